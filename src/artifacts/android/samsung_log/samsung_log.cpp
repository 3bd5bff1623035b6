#include "artifact/artifact.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/line_reader.hpp"
#include "formats/gzip/gzip.hpp"

#include <fmt/format.h>

namespace exhibit::android::samsung_log {
namespace {

struct Entry {
    Time happened;
    std::string_view event;
    std::string_view log_tag;
    std::optional<std::string_view> usb_vendor;
    std::optional<std::string_view> usb_product;
    std::optional<std::string_view> device_name;
    std::optional<bool> has_input;
    std::optional<std::string_view> usb_state;
    std::optional<std::string_view> owner;
    std::optional<std::int64_t> adb_state;
    std::string_view message;
};

constexpr std::array kColumns {
    column<&Entry::happened>("happened", Clock::utc_text, "When, by the clock of the device, with its zone."),
    column<&Entry::event>("event", Is::opaque,
        "`usb_device` something was plugged into the phone, `usb_state` a cable, `adb_computer` a computer "
        "asked for or ended debugging."),
    column<&Entry::log_tag>("log_tag", Is::opaque, "Part of the system that wrote it."),
    column<&Entry::usb_vendor>("usb_vendor", Is::opaque, "Number of the device's maker, hexadecimal."),
    column<&Entry::usb_product>("usb_product", Is::opaque, "Number of the product, hexadecimal."),
    column<&Entry::device_name>(
        "device_name", Is::free_text, "What the device says: maker, product, version and serial number."),
    column<&Entry::has_input>("has_input", "Whether it can type or move a pointer."),
    column<&Entry::usb_state>("usb_state", Is::opaque,
        "State of the cable: `CONNECTED`, `CONFIGURED` by a computer, `DISCONNECTED`."),
    column<&Entry::owner>(
        "owner", Is::opaque, "What the computer calls itself: user and host; it can claim any."),
    column<&Entry::adb_state>("adb_state", "What became of it; 2 when a person allowed it."),
    column<&Entry::message>("message", Is::system_text, "The words."),
};
constexpr std::array kEvents { Event {
    "happened", "samsung_log", "{event} {usb_vendor} {device_name} {usb_state} {owner}" } };
constexpr auto kEntries = table<Entry>("android_samsung_log_entry",
    "One row per line that tells of something plugged into the phone, a cable, or a computer that debugs.",
    Relation::context, kColumns, kEvents);

struct File {
    Time first;
    Time last;
    std::int64_t lines = 0;
    std::int64_t other_lines = 0;
};

constexpr std::array kFileColumns {
    column<&File::first>("first_line", Clock::utc_text, "Time of its first line."),
    column<&File::last>("last_line", Clock::utc_text, "Time of its last line."),
    column<&File::lines>("lines", "How many lines of the form of a log it has."),
    column<&File::other_lines>("other_lines", "How many lines have another form."),
};
constexpr auto kFiles = table<File>("android_samsung_log_file",
    "One row per file: what time it covers. Lines of other services are not copied.", Relation::context,
    kFileColumns);

/// `25-06-18 (GMT-03:00) 18:09:15.139`
std::optional<Time> read_moment(std::string_view& text)
{
    auto const whole = text;
    auto const date = take_word(text);
    auto const zone = between(take_word(text), "(GMT", ")");
    auto const clock = take_word(text);
    if (date.size() != 8 || date[2] != '-' || !zone || clock.size() < 8)
        return std::nullopt;
    auto time = Time::iso(fmt::format("20{} {}{}", date, clock, zone->empty() ? "Z" : *zone));
    time.raw = std::string { whole.substr(0, static_cast<std::size_t>(clock.end() - whole.begin())) };
    return time;
}

/// UsbHostManager.logUsbDevice: `USB device attached: vidpid 18d1:4ee7 mfg/product/ver/serial A/B/1/C
/// hasAudio/HID/Storage: true/false/true`
bool read_device(Entry& entry, std::string_view text)
{
    if (!eat(text, "USB device attached: vidpid "))
        return false;
    entry.event = "usb_device";
    entry.usb_vendor = take_until(text, ':');
    entry.usb_product = take_word(text);
    entry.device_name = between(text, "mfg/product/ver/serial ", " hasAudio/");
    if (auto const flags = text.find("hasAudio/HID/Storage: "); flags != text.npos) {
        auto rest = text.substr(flags + 22);
        (void)take_until(rest, '/');
        entry.has_input = to_flag(take_until(rest, '/'));
    }
    return true;
}

/// AdbDebuggingManager.logAdbConnectionChanged: `Logging key QUJD== user@host, state = 2, alwaysAllow = true,
/// ...`
bool read_computer(Entry& entry, std::string_view text)
{
    if (!eat(text, "Logging key "))
        return false;
    entry.event = "adb_computer";
    (void)take_word(text);
    entry.owner = unless_null(trim(text.substr(0, text.find(", state = "))));
    entry.adb_state = to_integer(trim(between(text, "state = ", ",").value_or("")));
    return true;
}

bool read_state(Entry& entry, std::string_view text)
{
    if (!eat(text, "USB UEVENT: {"))
        return false;
    entry.event = "usb_state";
    if (auto const state = value_of(text, "USB_STATE"))
        entry.usb_state = state->substr(0, state->find_first_of(",}"));
    return entry.usb_state.has_value();
}

/// `25-06-18 (GMT-03:00) 18:09:15.139 1498 D UsbHostManager: words`
Result<void> add_line(Line const& line, File& file, Context& context)
{
    auto rest = trim(line.text);
    if (rest.empty())
        return {};
    auto moment = read_moment(rest);
    if (!moment) {
        ++file.other_lines;
        return {};
    }
    ++file.lines;
    file.last = *moment;
    if (file.lines == 1)
        file.first = *moment;
    (void)take_word(rest); // The process, and how important it is.
    (void)take_word(rest);
    Entry entry;
    entry.log_tag = take_until(rest, ':');
    entry.message = trim(rest);
    if (!read_device(entry, entry.message) && !read_state(entry, entry.message)
        && !read_computer(entry, entry.message))
        return {};
    entry.happened = std::move(*moment);
    return context.add(kEntries, entry, Origin { line.offset });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const unpacked = gzip::unpack(*input.source, context.limits().whole_file);
    MemorySource const content { unpacked.bytes };
    LineReader lines { content, context.limits().text };
    File file;
    for (Line line; lines.next(line);)
        EXHIBIT_TRY(add_line(line, file, context));
    if (file.lines + file.other_lines != 0)
        EXHIBIT_TRY(context.add(kFiles, file, {}));
    return unpacked.damage ? std::unexpected(*unpacked.damage) : lines.result();
}

constexpr std::array<std::string_view, 1> kPaths { "/data/log/sfslog.*.gz" };
constexpr std::array<Table const*, 2> kTables { &kEntries, &kFiles };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.samsung_log",
    .title = "USB and debugging in the log of Samsung's devices",
    .doc
    = "What was plugged into a Samsung phone, and which computers debugged it, from the log of the system's "
      "services that these devices keep in files: it reaches further back than their buffers.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::samsung_log
