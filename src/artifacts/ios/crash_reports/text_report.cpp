#include "artifacts/ios/common/device_path.hpp"
#include "artifacts/ios/crash_reports/json_report.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios::crash_reports {
namespace {

/// The next word, taken off the text.
std::string_view take_word(std::string_view& text)
{
    text = trimmed(text);
    auto const word = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(word.size());
    return word;
}

std::optional<std::int64_t> integer(std::string_view text, int base = 10)
{
    if (base == 16 && text.starts_with("0x"))
        text.remove_prefix(2);
    return leading_number<std::int64_t>(text, base);
}

struct NamedPid {
    std::string name;
    std::optional<std::int64_t> pid;
};

/// `launchd [1]`, in reports on hangs also `adid [99159] [unique pid 696637]`
NamedPid read_named_pid(std::string_view text)
{
    text = text.substr(0, text.rfind(" [unique pid "));
    auto const open = text.rfind('[');
    if (open == std::string_view::npos)
        return { std::string { text }, std::nullopt };
    return { std::string { trimmed(text.substr(0, open)) }, integer(text.substr(open + 1)) };
}

struct TextField {
    std::string_view key;
    std::optional<std::string> Report::* field;
};
constexpr std::array kTextFields {
    TextField { "Incident Identifier", &Report::incident_id },
    TextField { "Hardware Model", &Report::model },
    TextField { "Hardware model", &Report::model },
    TextField { "Command", &Report::process }, // of reports on processor time, writing and hangs
    TextField { "Identifier", &Report::bundle_id },
    TextField { "Version", &Report::app_version },
    TextField { "Role", &Report::process_role },
    TextField { "OS Version", &Report::os_version },
    TextField { "Exception Codes", &Report::exception_codes },
    TextField { "Exception Subtype", &Report::exception_subtype },
    TextField { "Termination Reason", &Report::termination },
    TextField { "Largest process", &Report::largest_process },
};

void read_field(std::string_view key, std::string_view value, Report& report)
{
    if (auto const* const text = std::ranges::find(kTextFields, key, &TextField::key);
        text != kTextFields.end()) {
        report.*text->field = std::string { value };
    } else if (key == "PID") {
        report.pid = integer(value);
    } else if (key == "Coalition") {
        report.coalition = read_named_pid(value).name;
    } else if (key == "Date/Time" || key == "Date") {
        report.captured = Time::iso(value);
    } else if (key == "Launch Time") {
        report.launched = Time::iso(value);
    } else if (key == "Exception Type") {
        auto const open = value.find('(');
        report.exception_type = trimmed(value.substr(0, open));
        if (open != std::string_view::npos)
            report.signal = value.substr(open + 1, value.find(')', open) - open - 1);
    } else if (key == "Terminating Process") {
        report.terminated_by = read_named_pid(value).name;
    } else if (key == "Triggered by Thread") {
        report.faulting_thread = integer(value);
    }
}

/// `3   iOSCrashingTest   0x1022361cc 0x102230000 + 25036`, or a symbol before the `+`.
std::optional<Frame> read_frame(std::string_view line)
{
    auto const position = integer(take_word(line));
    if (!position)
        return std::nullopt;
    auto const address_at = line.find("0x");
    if (address_at == std::string_view::npos)
        return std::nullopt;
    Frame frame;
    frame.position = *position;
    frame.image = trimmed(line.substr(0, address_at));
    auto rest = line.substr(address_at);
    (void)take_word(rest);
    rest = trimmed(rest);
    auto const plus = rest.rfind(" + ");
    auto const symbol = trimmed(rest.substr(0, plus));
    if (!symbol.starts_with("0x"))
        frame.symbol = symbol;
    else if (plus != std::string_view::npos)
        frame.image_offset = integer(trimmed(rest.substr(plus + 3)));
    return frame;
}

/// `0x102230000 - 0x102237fff iOSCrashingTest arm64  <82d13d98...> /private/var/...`
std::optional<Image> read_image(std::string_view line)
{
    auto rest = trimmed(line);
    if (!rest.starts_with("0x"))
        return std::nullopt;
    auto const open = rest.find('<');
    auto const close = rest.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos)
        return std::nullopt;
    Image image;
    image.binary_uuid = rest.substr(open + 1, close - open - 1);
    image.path = device_path(trimmed(rest.substr(close + 1)));
    auto head = rest.substr(0, open);
    (void)take_word(head); // start
    (void)take_word(head); // hyphen
    (void)take_word(head); // end
    image.name = take_word(head);
    return image;
}

/// `      bh <1b0f3d36a0c0>    1113    1113  200   [vm-pageshortage]  (resume) (continuous)`: the columns
/// after the pages differ between versions, and what is in brackets may be absent.
std::optional<Process> read_memory_line(std::string_view line)
{
    auto const open = line.find(" <");
    auto const close = line.find('>', open == std::string_view::npos ? 0 : open);
    if (open == 0 || open == std::string_view::npos || close == std::string_view::npos)
        return std::nullopt;
    Process process;
    process.process = trimmed(line.substr(0, open));
    process.binary_uuid = line.substr(open + 2, close - open - 2);
    if (process.binary_uuid == "UUID") // the line of headings
        return std::nullopt;
    auto rest = line.substr(close + 1);
    process.memory_pages = integer(trimmed(rest));
    if (auto const from = rest.find('['); from != std::string_view::npos)
        process.reason = rest.substr(from + 1, rest.find(']', from) - from - 1);
    constexpr std::size_t longest = 1024;
    std::string states;
    for (auto from = rest.find('('); from != std::string_view::npos && states.size() < longest;
        from = rest.find('(', from + 1)) {
        auto const state = rest.substr(from + 1, rest.find(')', from) - from - 1);
        states.append(states.empty() ? "" : "\n").append(beginning_of(state, longest));
    }
    if (!states.empty())
        process.states = std::move(states);
    return process;
}

/// What the lines are in.
enum class Part : std::uint8_t { fields, crashed_thread, exception, other, images, memory };

Part part_of(std::string_view line, Part before)
{
    if (line == "Processes")
        return Part::memory;
    if (line.starts_with("Binary Images:"))
        return Part::images;
    if (line == "Last Exception Backtrace:")
        return Part::exception;
    if (line.starts_with("Thread ") && line.ends_with(':')) // `Thread 0 Crashed:`, `Thread 1:`
        return line.find("Crashed") != std::string_view::npos ? Part::crashed_thread : Part::other;
    if (line.starts_with("Thread ") && line.find(" crashed with ") != std::string_view::npos)
        return Part::other;
    return before;
}

/// `Thread 6 name:   Dispatch queue: AXCodeLoader`, `Thread 5 name:  com.apple.uikit.eventfetch-thread`,
/// `Thread 0 Crashed::  Dispatch queue: com.apple.main-thread`
std::string_view thread_name_in(std::string_view line)
{
    if (!line.starts_with("Thread "))
        return {};
    for (std::string_view const key : { "Dispatch queue:", " name:" })
        if (auto const at = line.find(key); at != std::string_view::npos)
            return trimmed(line.substr(at + key.size()));
    return {};
}

/// The processes of a report: the one that failed, or those that were sampled, the report's own among them.
class Processes {
public:
    explicit Processes(Contents& contents)
        : m_contents(contents)
    {
    }

    /// `Process:          adid [99159]`, `Powerstats for:   afcd [299]`: what follows is about this one.
    bool begin(std::string_view line)
    {
        constexpr std::string_view any = "Process:";
        constexpr std::string_view sampled = "Powerstats for:";
        if (!line.starts_with(any) && !line.starts_with(sampled))
            return false;
        m_are_sampled = m_are_sampled || m_last || line.starts_with(sampled);
        keep_last();
        auto [name, pid] = read_named_pid(trimmed(line.substr(line.find(':') + 1)));
        m_last.emplace();
        m_last->process = std::move(name);
        m_last->pid = pid;
        return true;
    }

    void read(std::string_view key, std::string_view value)
    {
        m_are_sampled = m_are_sampled || key == "Event" || key == "Steps" || key == "Data Source";
        if (m_last && read_process(key, value, *m_last))
            return;
        if (!m_last && read_process(key, value, m_contents.report))
            return;
        if (!m_last || !m_are_sampled)
            read_field(key, value, m_contents.report);
    }

    /// The one that a list of libraries belongs to, where it is not the report's own.
    [[nodiscard]] std::optional<std::string> owner() const
    {
        if (!m_last || !m_are_sampled)
            return std::nullopt;
        constexpr std::size_t longest = 255; ///< of what each row repeats
        return std::string { beginning_of(*m_last->process, longest) };
    }

    void end()
    {
        auto& report = m_contents.report;
        if (m_last && !m_are_sampled) {
            report.process = m_last->process;
            fill_from(*m_last);
            return;
        }
        keep_last();
        auto const is_own = [&](Process const& one) {
            return one.process == report.process && (!report.pid || one.pid == report.pid);
        };
        auto const& all = m_contents.processes;
        if (auto const own = std::ranges::find_if(all, is_own); m_are_sampled && own != all.end())
            fill_from(*own);
    }

private:
    template<typename Row> static bool read_process(std::string_view key, std::string_view value, Row& row)
    {
        if (key == "Path") {
            row.path = device_path(value);
        } else if (key == "Parent Process" || key == "Parent") {
            auto [name, pid] = read_named_pid(value);
            row.parent_process = std::move(name);
            row.parent_pid = pid;
        } else {
            return false;
        }
        return true;
    }

    void fill_from(Process const& own)
    {
        auto& report = m_contents.report;
        report.pid = report.pid ? report.pid : own.pid;
        report.path = report.path ? report.path : own.path;
        if (!report.parent_process) {
            report.parent_process = own.parent_process;
            report.parent_pid = own.parent_pid;
        }
    }

    void keep_last()
    {
        if (m_last)
            m_contents.keep(m_contents.processes, *std::move(m_last));
        m_last.reset();
    }

    Contents& m_contents;
    std::optional<Process> m_last;
    bool m_are_sampled = false; ///< each is a row of its own
};

/// Adds what a line says, if it says something.
template<typename Row> void keep(std::optional<Row> row, std::vector<Row>& rows, Contents& contents)
{
    if (row)
        contents.keep(rows, *std::move(row));
}

/// A line of a part, of which `thread` failed.
void read_line_of(
    Part part, std::string_view line, std::int64_t thread, Processes& processes, Contents& contents)
{
    auto const colon = line.find(':');
    if (part == Part::fields && colon != std::string_view::npos) {
        processes.read(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    } else if (part == Part::crashed_thread || part == Part::exception) {
        auto frame = read_frame(line);
        if (frame) {
            frame->of_exception = part == Part::exception;
            frame->thread = frame->of_exception ? contents.report.faulting_thread.value_or(0) : thread;
        }
        keep(std::move(frame), contents.frames, contents);
    } else if (part == Part::memory) {
        keep(read_memory_line(line), contents.processes, contents);
    } else if (part == Part::images) {
        auto image = read_image(line);
        if (image)
            image->process = processes.owner();
        keep(std::move(image), contents.images, contents);
    }
}

} // namespace

void read_text_body(std::string_view body, Contents& contents)
{
    auto part = Part::fields;
    std::int64_t thread = 0;
    Processes processes { contents };
    while (!body.empty()) {
        auto const end = body.find('\n');
        auto const line = trimmed(body.substr(0, end));
        body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
        contents.add_thread_name(thread_name_in(line));
        if (processes.begin(line)) {
            part = Part::fields;
            continue;
        }
        auto const next = part_of(line, part);
        if (next != part) {
            part = next;
            contents.lists_memory = contents.lists_memory || part == Part::memory;
            if (part == Part::crashed_thread)
                thread = integer(line.substr(7)).value_or(0);
            continue;
        }
        read_line_of(part, line, thread, processes, contents);
    }
    processes.end();
}

} // namespace exhibit::ios::crash_reports
