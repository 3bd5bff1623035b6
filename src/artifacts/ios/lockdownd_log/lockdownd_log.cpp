#include "artifacts/ios/common/daemon_log.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <chrono>

namespace exhibit::ios::lockdownd_log {
namespace {

using namespace std::string_view_literals;
using ios::between;

struct LockdownEvent {
    Time happened;
    std::string_view action;
    std::optional<std::string_view> client;
    std::optional<std::string_view> service;
    std::optional<std::string_view> host_id;
    std::optional<std::string_view> system_buid;
    std::optional<std::string_view> host_name;
    std::optional<std::string_view> function;
    std::string_view message;
};

constexpr std::array kEventColumns {
    column<&LockdownEvent::happened>("happened", Clock::local_text, "When, by the device's own time.")
        .mvt("-"),
    column<&LockdownEvent::action>("action", Is::opaque,
        "What happened: pair_requested, trust_asked for the question on the screen, paired, pair_failed, "
        "pair_record_made, pair_record_deleted, and pairing for all else that has to do with trust in a "
        "computer; session for a connection that is protected with it; service_started, passcode_changed, "
        "system_upgraded, or started for a start of the log's own service.")
        .mvt("-"),
    column<&LockdownEvent::client>(
        "client", Is::opaque, "The name that the program on the computer gave itself.")
        .mvt("-"),
    column<&LockdownEvent::service>("service", Is::opaque, "The service of the device that it asked for.")
        .mvt("-"),
    column<&LockdownEvent::host_id>("host_id", Is::opaque, "The id under which the computer is trusted.")
        .mvt("-"),
    column<&LockdownEvent::system_buid>(
        "system_buid", Is::opaque, "The id of the computer's installation of Apple's programs.")
        .mvt("-"),
    column<&LockdownEvent::host_name>("host_name", Is::opaque, "The name of the computer, by itself.")
        .mvt("-"),
    column<&LockdownEvent::function>("function", Is::opaque, "Where in the program's code it was written.")
        .mvt("-"),
    column<&LockdownEvent::message>("message", Is::opaque,
        "The whole message; it is compared with indicators as a row of the log's own table.")
        .mvt("-"),
};
constexpr std::array kEventEvents { Event {
    "happened", "lockdown", "{action} {client} {service} {host_id} {host_name}" } };
constexpr auto kEvents = table<LockdownEvent>("ios_lockdownd_event",
    "One row per entry that tells of trust in a computer, of its connections or of the device's own state.",
    Relation::context, kEventColumns, kEventEvents);

struct Contact {
    Time began;
    Time ended;
    std::string client;
    std::int64_t requests = 0;
    std::optional<std::string> services;
};

constexpr std::array kContactColumns {
    column<&Contact::began>("began", Clock::local_text, "Its first request, by the device's own time.")
        .mvt("-"),
    column<&Contact::ended>("ended", Clock::local_text, "Its last request.").mvt("-"),
    column<&Contact::client>("client", Is::opaque, "The name that the program on the computer gave itself.")
        .mvt("-"),
    column<&Contact::requests>("requests", "How many values and services it asked for.").mvt("-"),
    column<&Contact::services>(
        "services", Is::opaque, "The services that it asked for, each once, in the order of the log.")
        .mvt("-"),
};
constexpr std::array kContactEvents { Event {
    "began", "host_contact", "{client} asked for {requests} values and services: {services}" } };
constexpr auto kContacts = table<Contact>("ios_host_contact",
    "One row per program on a computer and the time in which it asked this device for something, with no "
    "pause of more than five minutes.",
    Relation::contacted, kContactColumns, kContactEvents);
/// Its entries have no level.
constexpr std::array kLineColumns { ios::kDaemonLogColumns[0], ios::kDaemonLogColumns[1],
    ios::kDaemonLogColumns[3], ios::kDaemonLogColumns[4] };
constexpr auto kLines = table<ios::DaemonLogRow>(
    "ios_lockdownd_line", "One row per entry of the log, whatever it says.", Relation::context, kLineColumns);

std::string_view first_line(std::string_view message)
{
    return message.substr(0, message.find('\n'));
}

/// `AMPDevicesAgent attempting to get [ProductVersion]`; a client's name may hold blanks.
std::optional<std::string_view> requester_of(ios::DaemonLogEntry const& entry)
{
    auto const line = first_line(entry.message);
    auto const at = line.find(" attempting to ");
    return at == std::string_view::npos || at == 0 ? std::nullopt : std::optional { line.substr(0, at) };
}

/// The same, and `Pair for usbmuxd succeeded .`, `Preparing to pair for usbmuxd .`
std::optional<std::string_view> client_of(ios::DaemonLogEntry const& entry)
{
    if (auto const requester = requester_of(entry))
        return requester;
    for (auto const mark : { "Pair for "sv, "Preparing to pair for "sv })
        if (entry.message.starts_with(mark))
            return ios::first_word(entry.message.substr(mark.size()));
    return std::nullopt;
}

/// `AMPDevicesAgent attempting to spawn com.apple.mobile.installation_proxy service.`
std::optional<std::string_view> service_of(ios::DaemonLogEntry const& entry)
{
    auto const found = between(entry.message, " attempting to spawn ", " ");
    return found == "service" ? std::nullopt : found;
}

std::string_view without_quotes(std::string_view text)
{
    if (text.starts_with('"'))
        text.remove_prefix(1);
    if (text.ends_with('"'))
        text.remove_suffix(1);
    return text;
}

/// `HostID = "1D51D961-006E";` in the list that a request for pairing is logged as.
std::optional<std::string_view> field_of(std::string_view message, std::string_view mark)
{
    auto const found = between(message, mark, ";");
    return found ? std::optional { without_quotes(*found) } : std::nullopt;
}

std::optional<std::string_view> host_id_of(ios::DaemonLogEntry const& entry)
{
    if (auto const id = field_of(entry.message, "HostID = "))
        return id;
    for (auto const mark : { "Creating escrow bag for "sv, "No pairing record for "sv })
        if (entry.message.starts_with(mark)) {
            auto id = ios::first_word(entry.message.substr(mark.size()));
            if (id.ends_with('.'))
                id.remove_suffix(1);
            return id;
        }
    return between(entry.message, "/pair_records/", ".plist");
}

struct Form {
    std::string_view function; ///< part of the function's name, in lower case
    std::string_view begins; ///< how the message begins
    std::string_view holds; ///< what else is in its first line
    std::string_view action;
};
constexpr std::array kForms {
    Form { "password_changed", "", "", "passcode_changed" },
    Form { "", "Detected upgrade", "", "system_upgraded" },
    Form { "main", "Starting Up", "", "started" },
    Form { "handle_pair", "Pair message", "", "pair_requested" },
    Form { "handle_pair", "Pair for ", " succeeded", "paired" },
    Form { "handle_pair", "Pair for ", " failed", "pair_failed" },
    Form { "escrow", "Creating escrow bag for ", "", "pair_record_made" },
    Form { "", "Deleted pair record", "", "pair_record_deleted" },
    Form { "ask_user_to_trust", "Asking the user", "", "trust_asked" },
    Form { "", "", " attempting to spawn ", "service_started" },
    Form { "pair", "", "", "pairing" },
    Form { "ask_user_to_trust", "", "", "pairing" },
    Form { "", "", "HostID", "pairing" },
    Form { "", "No pairing record", "", "pairing" },
    Form { "start_session", "", "", "session" },
    Form { "stop_session", "", "", "session" },
    Form { "secure_session", "", "", "session" },
};

/// Empty for what is in the table of all lines only, such as the hundreds of values that each program reads.
std::string_view action_of(ios::DaemonLogEntry const& entry)
{
    auto const function = to_lower(entry.function.value_or(std::string_view {}));
    auto const line = first_line(entry.message);
    auto const form = std::ranges::find_if(kForms, [&](Form const& one) {
        return function.find(one.function) != std::string::npos && line.starts_with(one.begins)
            && line.find(one.holds) != std::string_view::npos;
    });
    return form == kForms.end() ? std::string_view {} : form->action;
}

/// Puts the requests of each program together, for as long as they follow each other.
class Contacts {
public:
    explicit Contacts(Context& context)
        : m_context(context)
    {
    }

    Result<void> add(ios::DaemonLogEntry const& entry, Origin origin)
    {
        auto const client = requester_of(entry);
        if (!client)
            return {};
        auto const open = std::ranges::find(m_open, *client, [](Open const& one) { return one.row.client; });
        if (open != m_open.end() && follows(*open, entry)) {
            extend(*open, entry);
            return {};
        }
        if (open != m_open.end()) {
            EXHIBIT_TRY(m_context.add(kContacts, open->row, open->origin));
            m_open.erase(open);
        } else if (m_open.size() == kMostOpen) {
            EXHIBIT_TRY(m_context.add(kContacts, m_open.front().row, m_open.front().origin));
            m_open.erase(m_open.begin());
        }
        m_open.push_back({ {}, origin, {} });
        m_open.back().row.began = entry.written;
        m_open.back().row.client = *client;
        extend(m_open.back(), entry);
        return {};
    }

    Result<void> end()
    {
        for (auto const& open : m_open)
            EXHIBIT_TRY(m_context.add(kContacts, open.row, open.origin));
        return {};
    }

private:
    static constexpr std::size_t kMostOpen = 16;
    static constexpr std::size_t kLongestList = 4096;
    static constexpr std::chrono::minutes kPause { 5 };

    struct Open {
        Contact row;
        Origin origin;
        std::optional<Timestamp> last;
    };

    /// A clock that was set back begins a new contact too.
    static bool follows(Open const& open, ios::DaemonLogEntry const& entry)
    {
        return open.last && entry.wall && *entry.wall >= *open.last && *entry.wall - *open.last <= kPause;
    }

    static void extend(Open& open, ios::DaemonLogEntry const& entry)
    {
        open.last = entry.wall;
        open.row.ended = entry.written;
        ++open.row.requests;
        auto const service = service_of(entry);
        if (!service)
            return;
        auto& list = open.row.services;
        if (!list)
            list = std::string { *service };
        else if ((' ' + *list + ' ').find(' ' + std::string { *service } + ' ') == std::string::npos
            && list->size() + service->size() < kLongestList)
            *list += ' ' + std::string { *service };
    }

    Context& m_context;
    std::vector<Open> m_open;
};

Result<void> parse(Input const& input, Context& context)
{
    Contacts contacts { context };
    auto const read = ios::read_daemon_log(
        input, context, kLines, [&](ios::DaemonLogEntry const& entry, Origin origin) -> Result<void> {
            EXHIBIT_TRY(contacts.add(entry, origin));
            LockdownEvent row;
            row.action = action_of(entry);
            if (row.action.empty())
                return {};
            row.happened = entry.written;
            row.client = client_of(entry);
            row.service = service_of(entry);
            row.host_id = host_id_of(entry);
            row.system_buid = field_of(entry.message, "SystemBUID = ");
            row.host_name = field_of(entry.message, "HostName = ");
            row.function = entry.function;
            row.message = entry.message;
            return context.add(kEvents, row, origin);
        });
    if (!context.ended())
        EXHIBIT_TRY(contacts.end()); // What was read before the damage is told too.
    return read;
}

constexpr std::array kPaths {
    "/private/var/logs/lockdownd.log*"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/MobileLockdown/"
    "lockdownd.log*"sv,
};
constexpr std::array<Table const*, 3> kTables { &kContacts, &kEvents, &kLines };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.lockdownd_log",
    .title = "Log of connected computers",
    .doc = "Computers that were connected, what the programs on them asked for, and how trust in them was "
           "given: needed by most tools that take a phone's content with a cable. Also changes of the "
           "passcode and upgrades of the system. Read from lockdownd.log and from copies that a sysdiagnose "
           "left on the device. Names of programs are what they call themselves. The forms of requests, "
           "pairing and services are those of iOS 15 and 16; other lines count whose function speaks of "
           "pairing or that name a host's id. Reaches back days to weeks.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::lockdownd_log
