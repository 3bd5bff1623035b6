#include "artifacts/ios/common/daemon_log.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <chrono>

namespace exhibit {
namespace {

using namespace std::string_view_literals;
using ios::between;

struct LockdownEvent {
    Time happened;
    std::string_view action;
    std::optional<std::string_view> client;
    std::optional<std::string_view> service;
    std::optional<std::string_view> function;
    std::string_view message;
};

constexpr std::array kEventColumns {
    column<&LockdownEvent::happened>("happened", Clock::local_text, "When, by the device's own time.")
        .mvt("-"),
    column<&LockdownEvent::action>("action", Is::opaque,
        "What happened: pairing for all that has to do with trust in a computer, session for a connection "
        "that is protected with it, service_started, passcode_changed, system_upgraded, or started for a "
        "start of the service and so of the device.")
        .mvt("-"),
    column<&LockdownEvent::client>(
        "client", Is::opaque, "The name that the program on the computer gave itself.")
        .mvt("-"),
    column<&LockdownEvent::service>("service", Is::opaque, "The service of the device that it asked for.")
        .mvt("-"),
    column<&LockdownEvent::function>("function", Is::opaque, "Where in the program's code it was written.")
        .mvt("-"),
    column<&LockdownEvent::message>("message", Is::opaque,
        "The whole message; it is compared with indicators as a row of the log's own table.")
        .mvt("-"),
};
constexpr std::array kEventEvents { Event {
    "happened", "lockdown", "{action} {client} {service} {message}" } };
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

/// `AMPDevicesAgent attempting to get [ProductVersion]`; a client's name may hold blanks.
std::optional<std::string_view> client_of(ios::DaemonLogEntry const& entry)
{
    auto const line = entry.message.substr(0, entry.message.find('\n'));
    auto const at = line.find(" attempting to ");
    return at == std::string_view::npos || at == 0 ? std::nullopt : std::optional { line.substr(0, at) };
}

/// `AMPDevicesAgent attempting to spawn com.apple.mobile.installation_proxy service.`
std::optional<std::string_view> service_of(ios::DaemonLogEntry const& entry)
{
    auto const found = between(entry.message, " attempting to spawn ", " ");
    return found == "service" ? std::nullopt : found;
}

bool mentions(std::string_view text, std::string_view lower)
{
    return to_lower(text).find(lower) != std::string::npos;
}

/// Empty for what is in the table of all lines only, such as the hundreds of values that each program reads.
std::string_view action_of(ios::DaemonLogEntry const& entry)
{
    auto const function = entry.function.value_or(std::string_view {});
    auto const first_line = entry.message.substr(0, entry.message.find('\n'));
    if (mentions(function, "password_changed"))
        return "passcode_changed";
    if (first_line.starts_with("Detected upgrade"))
        return "system_upgraded";
    if (function == "main" && first_line.starts_with("Starting Up"))
        return "started";
    if (service_of(entry))
        return "service_started";
    if (mentions(function, "pair") || mentions(first_line, "pairing") || mentions(first_line, "hostid"))
        return "pairing";
    if (mentions(function, "start_session") || mentions(function, "stop_session")
        || mentions(function, "secure_session"))
        return "session";
    return {};
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
        auto const client = client_of(entry);
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
            row.function = entry.function;
            row.message = entry.message;
            return context.add(kEvents, row, origin);
        });
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

extern Artifact const ios_lockdownd_log;
constinit Artifact const ios_lockdownd_log {
    .id = "ios.lockdownd_log",
    .title = "Log of connected computers",
    .doc = "Computers that were connected, what the programs on them asked for, and how trust in them was "
           "given: needed by most tools that take a phone's content with a cable. Also changes of the "
           "passcode and upgrades of the system. Read from lockdownd.log and from copies that a sysdiagnose "
           "left on the device. What the lines on pairing say differs between versions: each line counts "
           "whose function or text speaks of pairing or of a host's id. Reaches back days to weeks.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit
