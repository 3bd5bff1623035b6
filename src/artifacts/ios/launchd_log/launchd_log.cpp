#include "artifact/artifact.hpp"
#include "base/line_reader.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace exhibit::ios::launchd_log {
namespace {

using namespace std::string_view_literals;

struct LaunchdLine {
    Time happened;
    std::optional<std::string_view> domain_target;
    std::optional<std::string_view> label;
    std::optional<std::int64_t> pid;
    std::optional<std::string_view> level;
    std::string_view message;
    std::optional<std::string_view> process;
    std::optional<std::int64_t> spawned_pid;
    std::optional<std::string_view> initiator;
    std::optional<std::string_view> initiator_parent;
};

constexpr std::array kColumns {
    column<&LaunchdLine::happened>("happened", Clock::local_text, "When, by the device's own time.").mvt("-"),
    column<&LaunchdLine::domain_target>(
        "domain_target", Is::opaque, "Part of the system that the line is about, such as system.")
        .mvt("-"),
    column<&LaunchdLine::label>("label", Is::process, "The service, by its label.").mvt("-"),
    column<&LaunchdLine::pid>("pid", "Number of its process.").mvt("-"),
    column<&LaunchdLine::level>("level", Is::opaque, "How serious: a word of the system's.").mvt("-"),
    column<&LaunchdLine::message>("message", Is::free_text, "What it says.").mvt("-"),
    column<&LaunchdLine::process>(
        "process", Is::process, "The process, where the line says that one was started.")
        .mvt("-"),
    column<&LaunchdLine::spawned_pid>("spawned_pid", "Number of that process.").mvt("-"),
    column<&LaunchdLine::initiator>("initiator", Is::process,
        "The process that asked for it, where the line says that a service was started or removed for one.")
        .mvt("-"),
    column<&LaunchdLine::initiator_parent>(
        "initiator_parent", Is::process, "The process that had started that one, the first of several.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "happened", "launchd", "{label} {message}" } };
constexpr auto kLines = table<LaunchdLine>("ios_launchd_line",
    "One row per line of the log of the process that starts all others.", Relation::executed, kColumns,
    kEvents);

/// `system/com.apple.x [123]` or `pid/12/com.apple.x`, from between the brackets.
void read_subject(std::string_view subject, LaunchdLine& line)
{
    if (auto const open = subject.rfind(" ["); open != std::string_view::npos) {
        line.pid = leading_number<std::int64_t>(subject.substr(open + 2));
        subject = subject.substr(0, open);
    }
    auto const slash = subject.rfind('/');
    line.domain_target = subject.substr(0, slash);
    if (slash != std::string_view::npos)
        line.label = subject.substr(slash + 1);
}

/// `Successfully spawned NAME[123] because REASON`
void read_spawn(LaunchdLine& line)
{
    constexpr auto mark = "uccessfully spawned "sv;
    auto const at = line.message.find(mark);
    if (at == std::string_view::npos)
        return;
    auto const rest = line.message.substr(at + mark.size());
    auto const open = rest.find('[');
    line.process = rest.substr(0, open == std::string_view::npos ? rest.find(' ') : open);
    if (open != std::string_view::npos)
        line.spawned_pid = leading_number<std::int64_t>(rest.substr(open + 1));
}

/// Without the number of the process, which stands behind its name: `launchctl[123]`, `launchctl.123`.
std::string_view without_pid(std::string_view process)
{
    auto const end = process.find_last_not_of("0123456789[] ");
    bool const has_pid = end != std::string_view::npos && end + 1 != process.size();
    return has_pid ? process.substr(0, process[end] == '.' ? end : end + 1) : process;
}

/// `bootout initiated by: launchctl[123]<-sh[122]`
void read_initiator(LaunchdLine& line)
{
    constexpr auto mark = " initiated by: "sv;
    constexpr auto next = "<-"sv;
    auto const at = line.message.find(mark);
    if (at == std::string_view::npos)
        return;
    auto const chain = line.message.substr(at + mark.size());
    auto const first_end = chain.find(next);
    line.initiator = without_pid(chain.substr(0, first_end));
    if (first_end != std::string_view::npos)
        line.initiator_parent = without_pid(chain.substr(chain.rfind(next) + next.size()));
}

constexpr std::size_t kDate = "2023-04-11 10:22:05"sv.size();

using Seconds
    = std::chrono::duration<double>; // Times that go to and fro add up to more than an integer holds.

std::string in_hours(Seconds span)
{
    auto const minutes = std::chrono::floor<std::chrono::minutes>(span).count();
    return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

/// Looks for spans without lines. Of the phone's own time that is not converted: a change of its zone, or of
/// summer time, is shorter than what counts.
class Gaps {
public:
    void see(std::string_view date, std::uint64_t line)
    {
        auto const now = from_text(date);
        if (m_last && now > m_last) {
            Seconds const length = *now - *m_last;
            ++m_steps;
            m_span += length;
            if (length >= kLeast && m_long.size() < kMost)
                m_long.push_back({ length, line, m_date, std::string { date } });
        }
        m_last = now;
        m_date = date;
    }

    void note(Context& context)
    {
        std::erase_if(
            m_long, [this](Step const& step) { return step.length < kMuchLonger * m_span / m_steps; });
        if (m_long.empty())
            return;
        auto const longest = std::ranges::max_element(m_long, {}, &Step::length);
        context.note(Level::note, Fault::missing,
            fmt::format(
                "spans without a line that are much longer than the usual step of this log (the phone "
                "was off, or lines are gone): {}; the longest is {}, from {} to {}",
                m_long.size(), in_hours(longest->length), longest->from, longest->to),
            Origin { longest->line });
    }

private:
    static constexpr std::chrono::hours kLeast { 2 };
    static constexpr int kMuchLonger = 20; ///< than the mean: so at most one step in 20 is
    static constexpr std::size_t kMost = 10'000;

    struct Step {
        Seconds length;
        std::uint64_t line = 0; ///< behind it
        std::string from;
        std::string to;
    };

    std::optional<Timestamp> m_last;
    std::string m_date; ///< of the last line
    double m_steps = 0;
    Seconds m_span {};
    std::vector<Step> m_long;
};

/// `2023-04-11 10:22:05.123456 (system/com.apple.x [123]) <Notice>: text`
std::optional<LaunchdLine> read_line(std::string_view text, DeviceClock const& clock)
{
    if (text.size() < kDate || !from_text(text.substr(0, kDate)))
        return std::nullopt;
    LaunchdLine line;
    auto const stamp = text.substr(0, text.find_first_of(" (", kDate));
    line.happened = Time::local(stamp, clock.zone);
    auto rest = text.substr(stamp.size());
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
    if (rest.starts_with('(')) {
        auto const close = rest.find(')');
        if (close == std::string_view::npos)
            return std::nullopt;
        read_subject(rest.substr(1, close - 1), line);
        rest.remove_prefix(close + 1);
    }
    if (auto const open = rest.find('<'), close = rest.find(">: ");
        open != std::string_view::npos && close != std::string_view::npos && open < close) {
        line.level = rest.substr(open + 1, close - open - 1);
        rest.remove_prefix(close + 3);
    }
    line.message = rest;
    read_spawn(line);
    read_initiator(line);
    return line;
}

Result<void> parse(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    Line line;
    Gaps gaps;
    while (reader.next(line)) {
        if (line.text.empty())
            continue;
        Origin const origin { line.number };
        if (auto const row = read_line(line.text, input.clock)) {
            gaps.see(line.text.substr(0, kDate), line.number);
            EXHIBIT_TRY(context.add(kLines, *row, origin));
        } else {
            context.note(Level::note, Fault::unsupported, "a line does not begin with a date", origin);
        }
    }
    gaps.note(context);
    return reader.result();
}

constexpr std::array kPaths { "/private/var/log/com.apple.xpc.launchd/launchd.log*"sv };
constexpr std::array<Table const*, 1> kTables { &kLines };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.launchd_log",
    .title = "Log of launchd",
    .doc
    = "Services that were started, ended and removed, by the process that starts all others. Read from "
      "launchd.log and the files "
      "that it is moved to; the form of its lines is that of macOS and was not verified on a sample of iOS. "
      "Coverage names spans of two hours and more without a line, where they are twenty times as long as the "
      "mean step of the log: a phone that was off leaves them, and so does who removes lines.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::launchd_log
