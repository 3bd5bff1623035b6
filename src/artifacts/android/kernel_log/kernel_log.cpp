#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/kernel_log/boot_clock.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exhibit::android::kernel_log {
namespace {

struct KernelEvent {
    Time happened;
    Time estimated;
    std::optional<double> uptime_seconds;
    std::string_view event;
    std::optional<std::string> usb_vendor;
    std::optional<std::string> usb_product;
    std::optional<std::string> usb_port;
    std::optional<std::string_view> usb_kind;
    std::string_view message;
};

constexpr std::array kColumns {
    column<&KernelEvent::happened>("happened", Clock::local_text, "When, where the log has the wall clock."),
    column<&KernelEvent::estimated>("estimated", Clock::utc_text,
        "About when, where the log counts seconds only: worked out from lines of it that state a moment, "
        "else "
        "from its end, which is when a dump was made. Wrong by the time that the device slept in between."),
    column<&KernelEvent::uptime_seconds>("uptime_seconds", "Seconds since the start of the device."),
    column<&KernelEvent::event>("event", Is::opaque,
        "`usb_device` something was plugged into the phone, `usb_driver` a driver took it, `usb_complaint` a "
        "driver found what it says of itself odd, `fault` of the kernel, `fault_at` where in the kernel it "
        "was, `dsp_fault` of the driver for a signal processor, `verity_damage` to the system, "
        "`permissive` access rules not enforced, `permissive_denial` what they forbid and nobody prevented, "
        "`module` foreign code in the kernel, `boot` start of the "
        "kernel."),
    column<&KernelEvent::usb_vendor>("usb_vendor", Is::opaque, "Number of the maker, hexadecimal."),
    column<&KernelEvent::usb_product>("usb_product", Is::opaque, "Number or name of the product."),
    column<&KernelEvent::usb_port>("usb_port", Is::opaque,
        "Where it was plugged in: `1-1` the phone's own port, `1-1.2` the second one of a hub there."),
    column<&KernelEvent::usb_kind>(
        "usb_kind", Is::opaque, "`camera`, `sound` or `input`, as the driver or the product's name tells."),
    column<&KernelEvent::message>("message", Is::system_text, "The line."),
};
constexpr std::array kEvents {
    Event { "happened", "kernel_event", "{event}: {message}" },
    Event { "estimated", "kernel_event",
        "{event}, {uptime_seconds} s after the start, time estimated: {message}" },
};
constexpr auto kKernelEvents = table<KernelEvent>("android_kernel_event",
    "One row per line of the kernel's log that tells of a device plugged in, a fault, or weakened "
    "protection.",
    Relation::context, kColumns, kEvents);

struct Pattern {
    std::string_view event;
    std::string_view words;
    std::string_view before {}; ///< what must stand before them
    std::string_view kind {}; ///< of the USB device
};

// Words of the Linux kernel's own messages.
constexpr std::array kPatterns {
    Pattern { "usb_device", "New USB device found" },
    Pattern { "usb_device", ": Product: " },
    Pattern { "usb_device", ": Manufacturer: " },
    Pattern { "usb_driver", "uvcvideo: Found UVC", "", "camera" },
    Pattern { "usb_driver", "USB HID v", "0003:", "input" }, // 0003: by USB, 0005: by Bluetooth
    Pattern { "usb_complaint", "Failed to initialize the device", "uvcvideo", "camera" },
    Pattern { "usb_complaint", "No valid video chain found", "uvcvideo", "camera" },
    Pattern { "usb_complaint", "UAC_FORMAT_TYPE", "", "sound" },
    Pattern { "usb_complaint", "UAC_AS_GENERAL", "", "sound" },
    Pattern { "usb_complaint", "item fetching failed at offset", "0003:", "input" },
    Pattern { "usb_complaint", "unbalanced collection at end of report", "0003:", "input" },
    Pattern { "usb_complaint", "invalid report_", "0003:", "input" },
    Pattern { "dsp_fault", " fault", "adsprpc" },
    Pattern { "fault", "Unable to handle kernel" },
    Pattern { "fault", "Internal error: Oops" },
    Pattern { "fault", "Kernel panic" },
    Pattern { "fault", "BUG: KASAN" },
    Pattern { "fault", "kernel BUG at" },
    Pattern { "fault", "CFI failure" },
    Pattern { "fault_at", "+0x", "pc : " },
    Pattern { "fault_at", "+0x", "PC is at " },
    Pattern { "verity_damage", "is corrupted", "verity: " }, // file systems and drivers use these words too
    Pattern { "permissive", " enforcing=0" }, // not `old_enforcing=0`, which every start tells
    Pattern { "permissive_denial", " permissive=1", "avc: " },
    Pattern { "module", "module verification failed" },
    Pattern { "module", "out-of-tree module" },
    Pattern { "boot", "Booting Linux on" },
};

bool tells(std::string_view line, Pattern const& pattern)
{
    auto const at = line.find(pattern.words);
    return at != line.npos && line.substr(0, at).contains(pattern.before);
}

/// `root     0     0 I words`: user, process, thread and priority, the first not always.
std::string_view without_columns(std::string_view text)
{
    constexpr std::size_t most = 3;
    auto rest = text;
    for (std::size_t i = 0; i <= most; ++i) {
        auto const word = take_word(rest);
        if (i >= 2 && word.size() == 1 && std::string_view { "VDIWEF" }.contains(word))
            return rest;
        if (word.empty() || (i != 0 && !to_integer(word)))
            break;
    }
    return text;
}

/// `05-01 10:11:12.345  root     0     0 I words`
KernelEvent read_dated(std::string_view text, DeviceClock const& clock)
{
    KernelEvent event;
    auto rest = trim(text);
    if (rest.size() > 18 && rest[2] == '-' && rest[5] == ' ') {
        auto const moment = rest.substr(0, rest.find(' ', 6));
        event.happened = log_time(moment, clock);
        rest = without_columns(trim(rest.substr(moment.size())));
    }
    event.message = rest;
    return event;
}

bool is_hexadecimal(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

/// Of `(0c45:6366)` and `0003:0C45:6366.0001` the numbers of maker and product.
void read_ids(KernelEvent& event, std::string_view before)
{
    constexpr std::size_t digits = 4;
    auto const at = event.message.find(before);
    if (at == event.message.npos)
        return;
    auto const ids = event.message.substr(at + before.size());
    auto const vendor = ids.substr(0, digits);
    auto const product = ids.substr(std::min(ids.size(), digits + 1), digits);
    if (product.size() != digits || ids[digits] != ':' || !is_hexadecimal(vendor) || !is_hexadecimal(product))
        return;
    event.usb_vendor = to_lower(vendor);
    event.usb_product = to_lower(product);
}

std::optional<std::string_view> kind_of_product(std::string_view product)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kinds { { { "camera", "camera" },
        { "webcam", "camera" }, { "uvc", "camera" }, { "audio", "sound" }, { "sound", "sound" },
        { "headset", "sound" }, { "extigy", "sound" }, { "mbox", "sound" }, { "touch pad", "input" },
        { "touchpad", "input" }, { "keyboard", "input" }, { "mouse", "input" }, { "tablet", "input" },
        { "touchscreen", "input" } } };
    auto const name = to_lower(product);
    for (auto const& [word, kind] : kinds)
        if (name.contains(word))
            return kind;
    return std::nullopt;
}

void read_usb(KernelEvent& event, Pattern const& pattern)
{
    auto const text = event.message;
    if (text.starts_with("usb "))
        if (auto const port = text.substr(4, text.find(':') - 4); port.contains('-'))
            event.usb_port = port;
    if (!pattern.kind.empty())
        event.usb_kind = pattern.kind;
    if (pattern.event != "usb_device")
        read_ids(event, pattern.kind == "camera" ? "(" : "0003:");
    if (auto const vendor = value_of(text, "idVendor"))
        event.usb_vendor = *vendor;
    if (auto const product = value_of(text, "idProduct"))
        event.usb_product = *product;
    else if (auto const at = text.find(": Product: "); at != text.npos)
        event.usb_product = trim(text.substr(at + 11));
    if (auto const at = text.find(": Product: "); at != text.npos)
        event.usb_kind = kind_of_product(text.substr(at));
}

class Log {
public:
    Log(Context& context, DeviceClock const& clock, BootClock const& boot_clock)
        : m_context(context)
        , m_clock(clock)
        , m_boot_clock(boot_clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto const counted = read_counted(line.text);
        auto const start = counted ? m_starts.of(counted->seconds) : 0;
        auto const* const found
            = std::ranges::find_if(kPatterns, [&](auto const& one) { return tells(line.text, one); });
        if (found == kPatterns.end())
            return {};
        KernelEvent event;
        if (counted) {
            event.uptime_seconds = counted->seconds;
            event.message = counted->words;
            if (auto const moment = m_boot_clock.moment(start, counted->seconds))
                event.estimated = { std::string { counted->seconds_text }, moment };
        } else {
            event = read_dated(line.text, m_clock);
        }
        event.event = found->event;
        if (event.event.starts_with("usb_"))
            read_usb(event, *found);
        return m_context.add(kKernelEvents, event, Origin { line.offset });
    }

private:
    Context& m_context;
    DeviceClock m_clock;
    BootClock const& m_boot_clock;
    Starts m_starts;
};

/// When the last line was written, about: a dump reads the log of the running system. Without the line that
/// ends the section the log is not whole.
std::optional<Timestamp> end_of_log(Input const& input, DeviceClock const& clock)
{
    if (!clock.taken || input.path != "@dumpstate/kernel_log")
        return std::nullopt;
    std::array<std::byte, 128> buffer {};
    auto const size = input.source->size();
    auto const read = input.source->read_at(size - std::min<std::uint64_t>(size, buffer.size()), buffer);
    auto const tail = as_text(Bytes { buffer }.first(read.value_or(0)));
    if (!tail.contains("s was the duration of 'KERNEL LOG'") && !tail.contains("s elapsed]"))
        return std::nullopt;
    return Time::local(to_text(*clock.taken), clock.zone).utc;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const clock = clock_of_section(input);
    auto const boot_clock = EXHIBIT_TRY(BootClock::read(input, context, clock, end_of_log(input, clock)));
    return read_section(input, context, Log { context, clock, boot_clock });
}

constexpr std::array<std::string_view, 6> kPaths { "@dumpstate/kernel_log", "@dumpstate/last_kmsg",
    "/proc/kmsg", "/proc/last_kmsg", "/sys/fs/pstore/console-ramoops*", "/cache/recovery/last_kmsg*" };
constexpr std::array<Table const*, 1> kTables { &kKernelEvents };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.kernel_log",
    .title = "Kernel log",
    .doc = "Lines of the kernel's log about devices plugged into the phone, faults, damage to the system and "
           "weakened "
           "protection. The log reaches back to the start of the device at most; most lines count seconds "
           "since then, and their moments are estimated.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::kernel_log
