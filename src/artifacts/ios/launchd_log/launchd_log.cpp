#include "artifact/artifact.hpp"
#include "base/line_reader.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

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

/// `2023-04-11 10:22:05.123456 (system/com.apple.x [123]) <Notice>: text`
std::optional<LaunchdLine> read_line(std::string_view text, DeviceClock const& clock)
{
    constexpr std::size_t date = "2023-04-11 10:22:05"sv.size();
    if (text.size() < date || !from_text(text.substr(0, date)))
        return std::nullopt;
    LaunchdLine line;
    auto const stamp = text.substr(0, text.find_first_of(" (", date));
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
    return line;
}

Result<void> parse(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    Line line;
    while (reader.next(line)) {
        if (line.text.empty())
            continue;
        Origin const origin { line.number };
        if (auto const row = read_line(line.text, input.clock))
            EXHIBIT_TRY(context.add(kLines, *row, origin));
        else
            context.note(Level::note, Fault::unsupported, "a line does not begin with a date", origin);
    }
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
      "that it is moved to; the form of its lines is that of macOS and was not verified on a sample of iOS.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::launchd_log
