#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/number.hpp"

#include <algorithm>

namespace exhibit::android::kernel_log {
namespace {

struct KernelEvent {
    Time happened;
    std::optional<double> uptime_seconds;
    std::string_view event;
    std::optional<std::string> usb_vendor;
    std::optional<std::string> usb_product;
    std::string_view message;
};

constexpr std::array kColumns {
    column<&KernelEvent::happened>("happened", Clock::local_text, "When, where the log has the wall clock."),
    column<&KernelEvent::uptime_seconds>("uptime_seconds", "Seconds since the start of the device."),
    column<&KernelEvent::event>("event", Is::opaque,
        "`usb_device` something was plugged into the phone, `fault` of the kernel, `verity_damage` to the "
        "system, "
        "`permissive` access rules not enforced, `module` foreign code in the kernel, `boot` start of the "
        "kernel."),
    column<&KernelEvent::usb_vendor>("usb_vendor", Is::opaque, "Number of the maker, hexadecimal."),
    column<&KernelEvent::usb_product>("usb_product", Is::opaque, "Number or name of the product."),
    column<&KernelEvent::message>("message", Is::system_text, "The line."),
};
constexpr std::array kEvents { Event { "happened", "kernel_event", "{event}: {message}" } };
constexpr auto kKernelEvents = table<KernelEvent>("android_kernel_event",
    "One row per line of the kernel's log that tells of a device plugged in, a fault, or weakened "
    "protection.",
    Relation::context, kColumns, kEvents);

struct Pattern {
    std::string_view event;
    std::string_view words;
    std::string_view before {}; ///< what must stand before them
};

// Words of the Linux kernel's own messages.
constexpr std::array kPatterns {
    Pattern { "usb_device", "New USB device found" },
    Pattern { "usb_device", ": Product: " },
    Pattern { "usb_device", ": Manufacturer: " },
    Pattern { "fault", "Unable to handle kernel" },
    Pattern { "fault", "Internal error: Oops" },
    Pattern { "fault", "Kernel panic" },
    Pattern { "fault", "BUG: KASAN" },
    Pattern { "fault", "kernel BUG at" },
    Pattern { "fault", "CFI failure" },
    Pattern { "verity_damage", "is corrupted", "verity: " }, // file systems and drivers use these words too
    Pattern { "permissive", " enforcing=0" }, // not `old_enforcing=0`, which every start tells
    Pattern { "module", "module verification failed" },
    Pattern { "module", "out-of-tree module" },
    Pattern { "boot", "Booting Linux on" },
};

bool tells(std::string_view line, Pattern const& pattern)
{
    return line.substr(0, line.find(pattern.words)).contains(pattern.before) && line.contains(pattern.words);
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

/// `<6>[ 1234.567890] words`, or `05-01 10:11:12.345  root     0     0 I words`.
KernelEvent read_line(std::string_view text, DeviceClock const& clock)
{
    KernelEvent event;
    if (text.starts_with('<'))
        text.remove_prefix(std::min(text.find('>') + 1, text.size()));
    auto rest = trim(text);
    if (rest.starts_with('[')) {
        event.uptime_seconds = whole_number<double>(trim(between(rest, "[", "]").value_or("")));
        if (event.uptime_seconds)
            rest = trim(rest.substr(rest.find(']') + 1));
    } else if (rest.size() > 18 && rest[2] == '-' && rest[5] == ' ') {
        auto moment = rest.substr(0, rest.find(' ', 6));
        event.happened = log_time(moment, clock);
        rest = without_columns(trim(rest.substr(moment.size())));
    }
    event.message = rest;
    return event;
}

void read_usb(KernelEvent& event)
{
    auto const text = event.message;
    if (auto const vendor = value_of(text, "idVendor"))
        event.usb_vendor = *vendor;
    if (auto const product = value_of(text, "idProduct"))
        event.usb_product = *product;
    else if (auto const at = text.find(": Product: "); at != text.npos)
        event.usb_product = trim(text.substr(at + 11));
}

Result<void> parse(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const clock = clock_of_section(input);
    for (Line line; lines.next(line);) {
        auto const found
            = std::ranges::find_if(kPatterns, [&](auto const& one) { return tells(line.text, one); });
        if (found == kPatterns.end())
            continue;
        auto event = read_line(line.text, clock);
        event.event = found->event;
        if (event.event == "usb_device")
            read_usb(event);
        EXHIBIT_TRY(context.add(kKernelEvents, event, Origin { line.offset }));
    }
    return lines.result();
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
           "since then.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::kernel_log
