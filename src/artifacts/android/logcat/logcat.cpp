#include "artifacts/android/common/crash_line.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/logcat/log_clock.hpp"
#include "artifacts/android/logcat/log_line.hpp"
#include "artifacts/android/logcat/tables.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <vector>

namespace exhibit::android::logcat {
namespace {

constexpr std::int64_t kStepMs = 600'000;
constexpr std::uint64_t kKeptWhole = 64U << 20U; // The buffers of phones hold a few megabytes each.
constexpr std::uint64_t kLeastStretch = 4U << 20U; ///< that is worth to be read by itself

/// `starts_with` is a call for each line of a log, of which there are millions.
bool begins_with(std::string_view text, std::string_view beginning)
{
    return !text.empty() && text.front() == beginning.front() && text.starts_with(beginning);
}

/// The n-th value of an entry of the event log, `[0,4242,10231,com.example,activity,{...}]`.
std::string_view event_field(std::string_view message, std::size_t index)
{
    (void)eat(message, "[");
    for (; index != 0; --index)
        (void)take_until(message, ',');
    auto field = take_until(message, ',');
    if (message.empty() && field.ends_with(']'))
        field.remove_suffix(1);
    return field;
}

void set_process(LogEvent& event, std::string_view process)
{
    if (process.empty())
        return;
    event.process = process;
    if (auto const package = package_of_process(process); !package.empty())
        event.package = package;
}

/// Entries of the event log. Source: EventLogTags.logtags of the Android Open Source Project.
bool read_event_log(LogLine const& line, LogEvent& event)
{
    auto const& message = line.message;
    if (line.tag == "am_proc_start") {
        event.event = "process_start";
        event.uid = to_integer(event_field(message, 2));
        set_process(event, event_field(message, 3));
    } else if (line.tag == "am_kill" || line.tag == "am_proc_died") {
        event.event = "process_end";
        set_process(event, event_field(message, 2));
    } else if (line.tag == "am_crash" || line.tag == "am_anr") {
        event.event = line.tag == "am_crash" ? "crash" : "not_responding";
        set_process(event, event_field(message, 2));
    } else if (line.tag == "boot_progress_start") {
        event.event = "boot";
    } else if (line.tag == "snet_event_log" || line.tag == "1397638484") {
        event.event = "patched_hole_tried";
        event.uid = to_integer(event_field(message, 1));
    } else {
        return false;
    }
    return true;
}

/// `START u0 {act=android.intent.action.VIEW dat=https://example.org/... cmp=com.a/.B} from uid 10231`
bool read_start(LogLine const& line, LogEvent& event)
{
    if (!begins_with(line.message, "START u") || !line.message.contains(" dat=http"))
        return false;
    event.event = "link_opened";
    auto const intent = between(line.message, "{", "}").value_or("");
    event.url = value_of(intent, "dat").value_or("");
    if (auto const component = to_component(value_of(intent, "cmp").value_or("")))
        event.package = component->package;
    if (auto const from = line.message.find("from uid "); from != line.message.npos)
        event.uid = leading_integer(line.message.substr(from + 9));
    return true;
}

/// `Start proc 4242:com.a/u0a231 for service {...}`, `Killing 4242:com.a/u0a231 (adj 900): empty`
bool read_process(LogLine const& line, LogEvent& event)
{
    if (line.tag != "ActivityManager")
        return false;
    auto message = line.message;
    if (eat(message, "Start proc "))
        event.event = "process_start";
    else if (eat(message, "Killing "))
        event.event = "process_end";
    else
        return false;
    if (!to_integer(take_until(message, ':')))
        return false;
    set_process(event, take_until(message, '/'));
    event.uid = to_uid(message.substr(0, message.find_first_of(" i")));
    return event.process.has_value();
}

/// What the access rules forbid and nobody prevented: `avc:  denied  { find } ... permissive=1`. Of the
/// kernel's own such lines, `type=1400 audit(0.0:12): avc:  denied  { ... } ... permissive=1 app=com.a`, the
/// tag is the name of the process.
bool read_denial(LogLine const& line, LogEvent& event)
{
    auto const& message = line.message;
    bool const of_kernel = begins_with(message, "type=1400 audit(");
    if (!(of_kernel ? message.contains(": avc: ") : begins_with(message, "avc: "))
        || !message.contains("denied") || !message.contains("permissive=1"))
        return false;
    event.event = "permissive_denial";
    set_process(event, between(message, "comm=\"", "\"").value_or(of_kernel ? line.tag : ""));
    if (auto const app = value_of(message, "app"); app && is_package_name(*app))
        event.package = *app;
    return true;
}

bool read_text(LogLine const& line, LogEvent& event)
{
    auto const& message = line.message;
    if (line.tag == "DEBUG" && message.contains(">>> ")) {
        event.event = "native_crash";
        set_process(event, read_crash_line(message).process);
    } else if (read_denial(line, event)) {
        return true;
    } else if (line.tag == "auditd" && message.contains(" enforcing=0 old_enforcing=1")) {
        event.event = "permissive";
    } else if (line.tag.contains("InboundSmsHandler") && message.contains("type 0")) {
        event.event = "silent_message";
    } else if (line.tag == "RILJ" && message.contains("> SET_CALL_FORWARD")) {
        event.event = "call_forwarding_set";
    } else if (line.tag == "logd" && message.contains("clear")) {
        event.event = "log_cleared";
    } else {
        return false;
    }
    return true;
}

bool in_host(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'
        || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether the digits and dots around a dot could be an IPv4 address, which has at most 15 of them.
bool is_in_address(std::string_view text, std::size_t dot)
{
    constexpr std::size_t farthest = 16;
    auto const part = [](char c) { return is_digit(c) || c == '.'; };
    auto begin = dot;
    while (begin != 0 && dot - begin < farthest && part(text[begin - 1]))
        --begin;
    auto end = dot;
    while (end != text.size() && end - dot < farthest && part(text[end]))
        ++end;
    return std::ranges::count(text.substr(begin, end - begin), '.') >= 3;
}

/// Whether a host, a package, a file, a mail address or a link may stand in a text: a dot within a word, the
/// end of a scheme, or the folder where apps and people write. Nothing else in a line of the log can be
/// compared with an indicator.
bool may_name_something(std::string_view text)
{
    for (auto dot = text.find('.'); dot != text.npos; dot = text.find('.', dot + 1))
        if (dot != 0 && dot + 1 != text.size() && in_host(text[dot - 1]) && in_host(text[dot + 1])
            && (!is_digit(text[dot + 1]) || is_in_address(text, dot)))
            return true;
    for (auto slash = text.find('/'); slash != text.npos; slash = text.find('/', slash + 1))
        if (text.substr(slash).starts_with("/data/")
            || (slash != 0 && text[slash - 1] == ':' && text.substr(slash + 1).starts_with('/')))
            return true;
    return false;
}

bool is_warning(char priority)
{
    return priority == 'W' || priority == 'E' || priority == 'F' || priority == 'A';
}

/// Logs are written in order, so a line that is much older than the one before shows that the clock was set.
class Steps {
public:
    void see(std::int64_t at)
    {
        constexpr std::int64_t half_year_ms = std::int64_t { 183 } * 86'400'000;
        if (m_last && at < *m_last - kStepMs && *m_last - at < half_year_ms) {
            ++m_back;
            m_largest = std::max(m_largest.value_or(0), *m_last - at);
        }
        m_first = m_first.value_or(at);
        m_last = at;
    }

    /// Goes on with what was seen of the lines that follow.
    void append(Steps const& next)
    {
        if (!next.m_first)
            return;
        see(*next.m_first);
        m_last = next.m_last;
        m_back += next.m_back;
        m_largest = std::max(m_largest, next.m_largest);
    }

    [[nodiscard]] std::int64_t back() const { return m_back; }
    [[nodiscard]] std::optional<std::int64_t> largest_ms() const { return m_largest; }

private:
    std::optional<std::int64_t> m_first;
    std::optional<std::int64_t> m_last;
    std::int64_t m_back = 0;
    std::optional<std::int64_t> m_largest;
};

/// What a log, or a stretch of one, holds.
struct Summary {
    Buffer buffer;
    Steps steps;

    /// Goes on with the next stretch.
    void append(Summary const& next)
    {
        if (next.buffer.lines != 0) {
            if (buffer.lines == 0)
                buffer.first = next.buffer.first;
            buffer.last = next.buffer.last;
        }
        buffer.lines += next.buffer.lines;
        buffer.other_lines += next.buffer.other_lines;
        buffer.counted_only += next.buffer.counted_only;
        steps.append(next.steps);
    }
};

class Log {
public:
    Log(DeviceClock const& clock, bool keeps_all, Context& context, Summary& summary)
        : m_context(context)
        , m_clock(clock)
        , m_keeps_all(keeps_all)
        , m_steps(summary.steps)
        , m_buffer(summary.buffer)
    {
    }

    Result<void> add_line(Line const& line)
    {
        if (m_waiting)
            return add_long_message(line);
        auto const read = read_log_line(line.text);
        if (!read) {
            if (!line.text.empty() && !line.text.starts_with("--------- "))
                ++m_buffer.other_lines;
            return {};
        }
        if (!read->message_follows)
            return add_message(*read, line.offset);
        m_long_header = line.text;
        m_long_offset = line.offset;
        m_long_message.clear();
        m_waiting = true;
        return {};
    }

    Result<void> finish()
    {
        EXHIBIT_TRY(finish_long_message());
        m_buffer.last = m_row.happened;
        return {};
    }

private:
    Result<void> add_long_message(Line const& line)
    {
        if (line.text.empty())
            return finish_long_message();
        constexpr std::size_t longest = 64U << 10U; // logd cuts messages at 4 KB.
        if (m_long_message.size() < longest)
            m_long_message += fmt::format("{}{}", m_long_message.empty() ? "" : "\n", line.text);
        return {};
    }

    Result<void> finish_long_message()
    {
        if (!std::exchange(m_waiting, false))
            return {};
        auto message = read_log_line(m_long_header);
        if (!message)
            return {};
        message->message = m_long_message;
        return add_message(*message, m_long_offset);
    }

    Result<void> add_message(LogLine const& line, std::uint64_t offset)
    {
        m_row.uid_name = unless_null(line.uid);
        m_row.pid = line.pid;
        m_row.tid = line.tid;
        m_row.priority = std::string_view { &line.priority, 1 };
        m_row.log_tag = line.tag;
        m_row.message = line.message;
        auto const wall = m_clock.read(line.time, m_row.happened);
        if (m_buffer.lines++ == 0)
            m_buffer.first = m_row.happened;
        if (wall)
            m_steps.see(*wall);
        LogEvent event;
        bool const tells = read_event_log(line, event) || read_start(line, event) || read_process(line, event)
            || read_text(line, event);
        if (tells || m_keeps_all || is_warning(line.priority) || may_name_something(line.message))
            EXHIBIT_TRY(m_context.add(kMessages, m_row, Origin { offset }));
        else
            ++m_buffer.counted_only;
        if (!tells)
            return {};
        event.happened = m_row.happened;
        event.message = line.message;
        return m_context.add(kLogEvents, event, Origin { offset });
    }

    Context& m_context;
    LogClock m_clock;
    bool m_keeps_all;
    Steps& m_steps;
    Buffer& m_buffer;
    Message m_row;
    bool m_waiting = false;
    std::string m_long_header;
    std::string m_long_message;
    std::uint64_t m_long_offset = 0;
};

Result<void> parse(Input const& input, Context& context)
{
    auto const clock = clock_of_section(input);
    bool const keeps_all = input.source->size() <= kKeptWhole;
    auto const stretches = EXHIBIT_TRY(cut_at_lines(*input.source, kLeastStretch, Context::kMostParts));
    std::vector<Summary> summaries(stretches.size());
    EXHIBIT_TRY(context.read_parts(stretches.size(), [&](std::size_t part, Context& rows) {
        return read_section(input, rows, Log { clock, keeps_all, rows, summaries[part] }, stretches[part]);
    }));
    Summary whole;
    for (auto const& summary : summaries)
        whole.append(summary);
    auto& buffer = whole.buffer;
    if (buffer.counted_only != 0)
        context.note(Level::note, Fault::over_limit,
            "of so large a log, lines that name no host and no file, and are no warnings, are counted "
            "and "
            "not "
            "copied");
    if (buffer.lines == 0)
        return {};
    buffer.buffer = input.path;
    buffer.steps_back = whole.steps.back();
    buffer.largest_step_ms = whole.steps.largest_ms();
    return context.add(kBuffers, buffer, {});
}

constexpr std::array<std::string_view, 9> kPaths { "@androidqf/logcat.txt", "@androidqf/logcat_old.txt",
    "@dumpstate/system_log", "@dumpstate/event_log", "@dumpstate/radio_log", "@dumpstate/stats_log",
    "@dumpstate/last_logcat", "@logcat/**", "/data/misc/logd/logcat*" };
constexpr std::array<Table const*, 3> kTables { &kMessages, &kLogEvents, &kBuffers };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.logcat",
    .title = "System log",
    .doc
    = "The lines of the log buffers, and those among them that tell of starts, crashes, opened links, silent "
      "messages and attempts at holes that are closed. The buffers hold minutes to hours. Times are the "
      "device's "
      "wall clock; where the clock was set back, lines keep their order. Logs of up to 64 MB are copied "
      "whole. "
      "Of "
      "larger ones the lines that tell of such things, warnings, and lines in which a host or a file may be "
      "named are copied, and the others counted.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::logcat
