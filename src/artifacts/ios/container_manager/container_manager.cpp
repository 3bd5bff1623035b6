#include "artifacts/ios/common/daemon_log.hpp"
#include "artifacts/ios/common/device_path.hpp"

#include <algorithm>

namespace exhibit::ios::container_manager {
namespace {

using namespace std::string_view_literals;

struct ContainerChange {
    Time happened;
    std::string_view action;
    std::optional<std::string_view> container_id;
    std::optional<std::string> path;
    std::string_view message;
};

constexpr std::array kColumns {
    column<&ContainerChange::happened>("happened", Clock::local_text, "When, by the device's own time.")
        .mvt("-"),
    column<&ContainerChange::action>("action", Is::opaque,
        "What was done: created, removed, or unreferenced for a group that no app belongs to any more.")
        .mvt("-"),
    column<&ContainerChange::container_id>(
        "container_id", Is::process, "The app or group that the container belongs to.")
        .mvt("-"),
    column<&ContainerChange::path>("path", Is::path, "Where the container is or was.").mvt("-"),
    column<&ContainerChange::message>("message", Is::opaque,
        "The whole message; it is compared with indicators as a row of the log's own table.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "happened", "container", "{action} {container_id} {path}" } };
constexpr auto kChanges = table<ContainerChange>("ios_container_change",
    "One row per container that was made or removed.", Relation::installed, kColumns, kEvents);
constexpr auto kLines = table<ios::DaemonLogRow>("ios_container_manager_line",
    "One row per entry of the log, whatever it says.", Relation::context, ios::kDaemonLogColumns);

struct Verb {
    std::string_view mark;
    std::string_view action;
};
constexpr std::array kVerbs {
    Verb { "Creating ", "created" },
    Verb { "Created ", "created" },
    Verb { "Removing ", "removed" },
    Verb { "Removed ", "removed" },
    Verb { "Deleting ", "removed" },
    Verb { "Deleted ", "removed" },
    Verb { "Destroying ", "removed" },
    Verb { "Destroyed ", "removed" },
    Verb { "Last reference to group container ", "unreferenced" },
};

bool is_of_identifier(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'
        || c == '_';
}

/// The first word with a dot inside of it that is no number and part of no path: how apps and groups are
/// named.
std::optional<std::string_view> identifier_in(std::string_view text)
{
    std::size_t at = 0;
    while (at < text.size()) {
        if (!is_of_identifier(text[at])) {
            if (text[at] == '/') // A path: to its end.
                while (at < text.size() && text[at] != ' ')
                    ++at;
            ++at;
            continue;
        }
        auto const begin = at;
        while (at < text.size() && is_of_identifier(text[at]))
            ++at;
        auto word = text.substr(begin, at - begin);
        while (word.ends_with('.'))
            word.remove_suffix(1);
        bool const is_number = word.find_first_not_of("0123456789.-_") == std::string_view::npos;
        if (auto const dot = word.find('.'); dot != std::string_view::npos && dot != 0 && !is_number)
            return word;
    }
    return std::nullopt;
}

std::optional<std::string> path_in(std::string_view text)
{
    auto const at = std::min(text.find("/private/var/"), text.find("/var/"));
    if (at == std::string_view::npos)
        return std::nullopt;
    auto const rest = text.substr(at);
    return ios::device_path(rest.substr(0, rest.find_first_of(" ,;)>]\n")));
}

std::optional<ContainerChange> read_change(ios::DaemonLogEntry const& entry)
{
    for (auto const& verb : kVerbs) {
        if (!entry.message.starts_with(verb.mark))
            continue;
        auto const line = entry.message.substr(verb.mark.size(), entry.message.find('\n') - verb.mark.size());
        ContainerChange row;
        row.happened = entry.written;
        row.action = verb.action;
        row.container_id = identifier_in(line);
        row.path = path_in(line);
        row.message = entry.message;
        if (!row.container_id && !row.path)
            return std::nullopt; // It removes something else.
        return row;
    }
    return std::nullopt;
}

Result<void> parse(Input const& input, Context& context)
{
    return ios::read_daemon_log(
        input, context, kLines, [&](ios::DaemonLogEntry const& entry, Origin origin) -> Result<void> {
            auto const row = read_change(entry);
            return row ? context.add(kChanges, *row, origin) : Result<void> {};
        });
}

constexpr std::array kPaths {
    "/private/var/root/Library/Logs/MobileContainerManager/containermanagerd*.log*"sv,
    "/private/var/mobile/Library/Logs/MobileContainerManager/containermanagerd*.log*"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/"
    "MobileContainerManager/containermanagerd*.log*"sv,
};
constexpr std::array<Table const*, 2> kTables { &kChanges, &kLines };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.container_manager",
    .title = "Log of the container manager",
    .doc = "Folders that apps and groups of apps were given, and that were removed with the last app of a "
           "group. Read from containermanagerd.log.N and from copies that a sysdiagnose left on the device. "
           "Of changes, public notes show the removal of group containers; other entries count as a change "
           "when they begin with a word for making or removing and name an app, a group or a path. Reaches "
           "back days: much of it is written at each start.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::container_manager
