#include "artifacts/ios/common/daemon_log.hpp"
#include "artifacts/ios/common/device_path.hpp"

namespace exhibit::ios::mobile_installation {
namespace {

using namespace std::string_view_literals;
using ios::between;
using ios::first_word;

struct Installation {
    Time happened;
    std::string_view action;
    std::optional<std::string_view> app_id;
    std::optional<std::string_view> kind;
    std::optional<std::string_view> version;
    std::optional<std::string> path;
    std::optional<std::string_view> requested_by;
    std::optional<std::string_view> distributor;
    std::string_view message;
    std::optional<std::string_view> relation;
};

constexpr std::array kColumns {
    column<&Installation::happened>("happened", Clock::local_text, "When, by the device's own time.")
        .mvt("-"),
    column<&Installation::action>("action", Is::opaque,
        "What was done: install_requested, install_started, installed, install_failed, delta_update, "
        "uninstall_requested, uninstalled, container_made, container_moved, container_destroyed, or "
        "restarted for a start of the device that the service saw.")
        .mvt("-"),
    column<&Installation::app_id>("app_id", Is::process, "The app or extension, by its bundle id.").mvt("-"),
    column<&Installation::kind>("kind", Is::opaque,
        "Placeholder for an icon before its app, Customer for an app of the store or of a developer, System.")
        .mvt("-"),
    column<&Installation::version>("version", Is::opaque, "Its version, where the line tells it.").mvt("-"),
    column<&Installation::path>("path", Is::path, "The container or the file that it was installed from.")
        .mvt("-"),
    column<&Installation::requested_by>(
        "requested_by", Is::process, "The process that asked for it, where the line tells it.")
        .mvt("-"),
    column<&Installation::distributor>("distributor", Is::app_id,
        "The marketplace that the app came from, where the line tells it: since iOS 17.4.")
        .mvt("-"),
    column<&Installation::message>("message", Is::opaque,
        "The whole message; it is compared with indicators as a row of the log's own table.")
        .mvt("-"),
    column<&Installation::relation>("row_relation", Is::opaque,
        "`attempted` where an installation was asked for, began or failed; absent elsewhere.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "happened", "app_installation", "{action} {app_id} {path}" } };
constexpr auto kInstallations = table<Installation>("ios_mobile_installation",
    "One row per step of an installation or a removal.", Relation::installed, kColumns, kEvents);
constexpr auto kLines = table<ios::DaemonLogRow>("ios_mobile_installation_line",
    "One row per entry of the log, whatever it says.", Relation::context, ios::kDaemonLogColumns);

/// The app of a beginning need never have been there: whether it was, another row tells.
bool is_attempt(std::string_view action)
{
    return action == "install_requested" || action == "install_started" || action == "install_failed";
}

/// `(null)` is how the system writes that there is nothing.
std::optional<std::string_view> unless_null(std::optional<std::string_view> text)
{
    return text == "(null)" ? std::nullopt : text;
}

void read_path(std::string_view rest, std::string_view mark, Installation& row)
{
    if (auto const path = between(rest, mark, "\n"))
        row.path = ios::device_path(*path);
}

/// `ID=com.example.app; Persona=X, Version=703, ShortVersion=7.53>`
void read_bundle(std::string_view rest, Installation& row)
{
    if (auto const id = between(rest, "ID=", ";"))
        row.app_id = first_word(*id);
    for (auto const mark : { " ShortVersion="sv, " Version="sv }) {
        auto const version = between(rest, mark, ">");
        if (version && !row.version)
            row.version = unless_null(version->substr(0, version->find(',')));
    }
}

/// `Customer:com.example.app) [Distributor: com.example.market]; ...`, and in older versions without a kind.
void read_outcome(std::string_view rest, Installation& row)
{
    auto const name = rest.substr(0, rest.find_first_of(")\n"));
    auto const colon = name.find(':');
    if (colon != std::string_view::npos)
        row.kind = name.substr(0, colon);
    row.app_id = colon == std::string_view::npos ? name : name.substr(colon + 1);
    row.distributor = unless_null(between(rest, "[Distributor: ", "]"));
}

/// `/private/var/installd/x.app" type Placeholder (LSInstallType = 1, ...) requested by installcoordinationd`
void read_request(std::string_view rest, Installation& row)
{
    row.path = ios::device_path(rest.substr(0, rest.find_first_of("\"\n")));
    if (auto const kind = between(rest, "\" type ", " "))
        row.kind = *kind;
    if (auto const by = between(rest, "requested by ", " ("))
        row.requested_by = *by;
}

/// `installcoordinationd (pid 123 (501/501)) for identity [com.example.app/Persona] with options: {`
void read_removal_request(std::string_view rest, Installation& row)
{
    row.requested_by = rest.substr(0, rest.find_first_of(" \n"));
    if (auto const id = between(rest, "identity [", "]"))
        row.app_id = id->substr(0, id->find('/'));
}

void read_removal(std::string_view rest, Installation& row)
{
    row.app_id = first_word(rest);
}

/// `com.example.app with persona X at /private/var/...`
void read_container(std::string_view rest, Installation& row)
{
    row.app_id = first_word(rest);
    read_path(rest, " at ", row);
}

void read_nothing(std::string_view, Installation&)
{
}

struct Form {
    std::string_view mark;
    std::string_view action;
    void (*read)(std::string_view rest, Installation&);
};
constexpr std::array kForms {
    Form { "Installing <MIInstallableBundle ", "install_started", read_bundle },
    Form { "Install Successful for (", "installed", read_outcome },
    Form { "Install successful for (", "installed", read_outcome },
    Form { "Made staged update live for (", "installed", read_outcome },
    Form { "Install Failed for (", "install_failed", read_outcome },
    Form { "Install of \"", "install_requested", read_request },
    Form { "Attempting Delta patch update of ", "delta_update", read_removal },
    Form { "Uninstall requested by ", "uninstall_requested", read_removal_request },
    Form { "Uninstalling identifier ", "uninstalled", read_removal },
    Form { "Destroying container with identifier ", "container_destroyed", read_container },
    Form { "Destroying container ", "container_destroyed", read_container },
    Form { "Made container live for ", "container_made", read_container },
    Form { "Data container for ", "container_moved", read_container },
    Form { "Reboot detected", "restarted", read_nothing },
};

std::optional<Installation> read_installation(ios::DaemonLogEntry const& entry)
{
    for (auto const& form : kForms) {
        if (!entry.message.starts_with(form.mark))
            continue;
        Installation row;
        row.happened = entry.written;
        row.action = form.action;
        row.message = entry.message;
        form.read(entry.message.substr(form.mark.size()), row);
        if (is_attempt(form.action))
            row.relation = "attempted";
        if (row.app_id && row.app_id->empty())
            row.app_id.reset();
        return row;
    }
    return std::nullopt;
}

Result<void> parse(Input const& input, Context& context)
{
    return ios::read_daemon_log(
        input, context, kLines, [&](ios::DaemonLogEntry const& entry, Origin origin) -> Result<void> {
            auto const row = read_installation(entry);
            return row ? context.add(kInstallations, *row, origin) : Result<void> {};
        });
}

constexpr std::array kPaths {
    "/private/var/installd/Library/Logs/MobileInstallation/mobile_installation.log*"sv,
    "/private/var/mobile/Library/Logs/MobileInstallation/mobile_installation.log*"sv,
    "/private/var/containers/Shared/SystemGroup/*/Library/Logs/mobile_installation_helper.log*"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/MobileInstallation/"
    "mobile_installation*.log*"sv,
};
constexpr std::array<Table const*, 2> kTables { &kInstallations, &kLines };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.mobile_installation",
    .title = "Log of app installations",
    .doc = "Apps that were installed, updated and removed, with the containers that were made and destroyed "
           "for them: an app that is gone still stands here. Read from mobile_installation.log.N, from the "
           "log of its helper, which backups take along, and from copies that a sysdiagnose left on the "
           "device. Reaches back days to weeks, depending on how much is installed.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::mobile_installation
