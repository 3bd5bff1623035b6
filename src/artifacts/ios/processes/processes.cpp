#include "artifact/artifact.hpp"
#include "artifacts/ios/common/device_path.hpp"
#include "base/line_reader.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <vector>

namespace exhibit::ios::processes {
namespace {

using namespace std::string_view_literals;

struct Process {
    Time taken;
    std::string process;
    std::optional<std::string> path;
    std::string command;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> parent_pid;
    std::optional<std::int64_t> uid;
    std::optional<std::string> user_name;
    std::optional<std::string> start_text;
};

constexpr std::array kColumns {
    column<&Process::taken>("taken", Clock::utc_text,
        "When the sysdiagnose was begun, as the name of its folder says with its zone."),
    column<&Process::process>("process", Is::process, "Name of the program."),
    column<&Process::path>("path", Is::path, "Path of its program, where the command begins with one."),
    column<&Process::command>("command", Is::system_text, "The command with its arguments."),
    column<&Process::pid>("pid", "Number of the process."),
    column<&Process::parent_pid>("parent_pid", "Number of the process that started it; 1 is launchd."),
    column<&Process::uid>("uid", "Number of the user that it ran as; 0 is root, 501 mobile."),
    column<&Process::user_name>("user_name", Is::opaque, "Name of the user; one of the system's."),
    column<&Process::start_text>("start_text", Is::opaque,
        "When it was started, as `ps` prints it: a time of the day, a day of the week or a date."),
};
constexpr std::array kEvents { Event { "taken", "process_running", "{command}, started {start_text}" } };
constexpr auto kProcesses = table<Process>("ios_process",
    "One row per process that ran when a sysdiagnose was made.", Relation::executed, kColumns, kEvents);

constexpr std::size_t kMostColumns = 64;

std::string_view take_word(std::string_view& text)
{
    constexpr auto blanks = " \t"sv;
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(blanks)));
    auto const word = text.substr(0, text.find_first_of(blanks));
    text.remove_prefix(word.size());
    return word;
}

/// The headings of the columns; empty where the line is none.
std::vector<std::string> headings_of(std::string_view line)
{
    std::vector<std::string> names;
    while (names.size() != kMostColumns)
        if (auto const word = take_word(line); !word.empty())
            names.emplace_back(word == "COMMAND\r" ? "COMMAND" : word);
        else
            break;
    bool const is_list
        = !names.empty() && names.back() == "COMMAND" && std::ranges::find(names, "PID") != names.end();
    return is_list ? names : std::vector<std::string> {};
}

/// `2024-05-03 10:00:00+0000` of `sysdiagnose_2024.05.03_10-00-00+0000_iPhone-OS_...`.
Time moment_of(std::string_view path)
{
    constexpr auto folder = "sysdiagnose_"sv;
    constexpr auto shape = "2024.05.03_10-00-00+0000"sv;
    auto const at = path.rfind(folder);
    if (at == std::string_view::npos)
        return {};
    auto const text = path.substr(at + folder.size(), shape.size());
    if (text.size() != shape.size())
        return {};
    return Time::iso(fmt::format("{}-{}-{} {}:{}:{}", text.substr(0, 4), text.substr(5, 2), text.substr(8, 2),
        text.substr(11, 2), text.substr(14, 2), text.substr(17)));
}

/// The path at the front of a command. Blanks stand in names of apps too: `.../My App.app/My App -x`.
std::string_view program_of(std::string_view command)
{
    if (!command.starts_with('/'))
        return {};
    for (auto const ending : { ".appex/"sv, ".app/"sv }) {
        auto const end = command.find(ending);
        auto const begin = command.rfind('/', end) + 1;
        if (end == std::string_view::npos)
            continue;
        auto const name = command.substr(begin, end - begin);
        if (command.substr(end + ending.size()).starts_with(name))
            return command.substr(0, end + ending.size() + name.size());
    }
    return command.substr(0, command.find(' '));
}

void set(Process& row, std::string_view heading, std::string_view word)
{
    if (heading == "USER")
        row.user_name = repair_utf8(word);
    else if (heading == "UID")
        row.uid = leading_number<std::int64_t>(word);
    else if (heading == "PID")
        row.pid = leading_number<std::int64_t>(word);
    else if (heading == "PPID")
        row.parent_pid = leading_number<std::int64_t>(word);
    else if (heading == "STARTED")
        row.start_text = repair_utf8(word);
}

std::optional<Process> read_process(std::string_view line, std::span<std::string const> headings)
{
    Process row;
    for (auto const& heading : headings.first(headings.size() - 1))
        set(row, heading, take_word(line));
    auto const command = trimmed(line);
    if (!row.pid || command.empty())
        return std::nullopt;
    row.command = repair_utf8(command);
    auto const program = program_of(row.command);
    if (!program.empty())
        row.path = ios::device_path(program);
    // What has ended and waits for its parent stands in brackets.
    auto name = program.empty() ? std::string_view { row.command } : base_name(program);
    if (name.starts_with('(') && name.ends_with(')'))
        name = name.substr(1, name.size() - 2);
    row.process = program.empty() ? name.substr(0, name.find(' ')) : name;
    return row;
}

Result<void> parse(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    Line line;
    std::vector<std::string> headings;
    auto const taken = moment_of(input.path);
    while (reader.next(line)) {
        if (headings.empty()) {
            headings = headings_of(line.text);
            continue;
        }
        Origin const origin { line.number };
        auto row = read_process(line.text, headings);
        if (!row) {
            if (!trimmed(line.text).empty())
                context.note(Level::warning, Fault::malformed, "a line that names no process", origin);
            continue;
        }
        row->taken = taken;
        EXHIBIT_TRY(context.add(kProcesses, *row, origin));
    }
    EXHIBIT_TRY(reader.result());
    return headings.empty() ? fail(Fault::malformed, "no list of processes") : Result<void> {};
}

constexpr std::array kPaths { "/private/var/**/*sysdiagnose_*/ps.txt"sv };
constexpr std::array<Table const*, 1> kTables { &kProcesses };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.processes",
    .title = "Processes in a sysdiagnose",
    .doc = "What ran when a sysdiagnose was made that lies unpacked on the device, with users, parents and "
           "arguments: the moment of each is that of the sysdiagnose. Read from ps.txt.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::processes
