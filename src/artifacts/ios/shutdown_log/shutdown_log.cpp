#include "artifact/artifact.hpp"
#include "base/beginning.hpp"
#include "base/line_reader.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::ios::shutdown_log {
namespace {

using namespace std::string_view_literals;

struct Client {
    std::int64_t shutdown_number = 0;
    Time shut_down;
    std::int64_t notice_number = 0;
    std::optional<double> delay;
    std::optional<std::int64_t> pid;
    std::string client;
    std::string process;
    std::string path;
    std::optional<std::string> binary_uuid;
};

constexpr std::array kClientColumns {
    column<&Client::shutdown_number>("shutdown_number", "Which shutdown in the file, from 1.").mvt("-"),
    column<&Client::shut_down>("shut_down", Clock::unix_seconds,
        "When the device shut down; absent when the log breaks off before, or another shutdown begins.")
        .mvt("isodate"),
    column<&Client::notice_number>(
        "notice_number", "Which notice of this shutdown, from 1: several mean that it was held up.")
        .mvt("times_delayed"),
    column<&Client::delay>("delay", "Seconds since the shutdown began, as this notice has it.").mvt("delay"),
    column<&Client::pid>("pid", "Number of the process.").mvt("pid"),
    column<&Client::client>("client", Is::opaque,
        "Path of the program with the UUID of its binary, as stored; `path` is without it.")
        .mvt("client"),
    column<&Client::process>("process", Is::process, "The process.").mvt("-"),
    column<&Client::path>("path", Is::path, "Path of the program.").mvt("-"),
    column<&Client::binary_uuid>(
        "binary_uuid", Is::opaque, "UUID of its binary; indicators do not name these.")
        .mvt("-"),
};
constexpr std::array kClientEvents { Event {
    "shut_down", "shutdown_client", "{path} still ran after {delay} s" } };
constexpr auto kClients = table<Client>("ios_shutdown_client",
    "One row per notice and process that still ran when the device was shutting down.", Relation::executed,
    kClientColumns, kClientEvents, "shutdown_log");

struct Shutdown {
    std::int64_t shutdown_number = 0;
    Time shut_down;
    std::int64_t notices = 0;
    std::optional<double> longest_delay;
    bool is_copy = false;
};

constexpr std::array kShutdownColumns {
    column<&Shutdown::shutdown_number>("shutdown_number", "Which shutdown in the file, from 1.").mvt("-"),
    column<&Shutdown::shut_down>("shut_down", Clock::unix_seconds, "When.").mvt("-"),
    column<&Shutdown::notices>(
        "notices", "How often it was noted that processes still ran; more than three is unusual.")
        .mvt("-"),
    column<&Shutdown::longest_delay>("longest_delay", "Seconds until the last of these notices.").mvt("-"),
    column<&Shutdown::is_copy>(
        "is_copy", "Whether it stands in a copy of the log that a sysdiagnose took, not in the log itself.")
        .mvt("-"),
};
constexpr std::array kShutdownEvents { Event {
    "shut_down", "shutdown", "{notices} notices of processes that still ran" } };
constexpr auto kShutdowns = table<Shutdown>("ios_shutdown", "One row per shutdown of the device.",
    Relation::context, kShutdownColumns, kShutdownEvents);

struct Overwritten {
    std::string_view content;
    std::int64_t line_count = 0;
};

constexpr std::array kOverwrittenColumns {
    column<&Overwritten::content>(
        "content", Is::opaque, "zeros or foreign text: one of two fixed words for what stands there.")
        .mvt("-"),
    column<&Overwritten::line_count>("line_count", "In how many lines.").mvt("-"),
};
constexpr auto kOverwritten = table<Overwritten>("ios_shutdown_overwritten",
    "One row per log of shutdowns that holds something else.", Relation::context, kOverwrittenColumns);

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    return text;
}

/// Far more than any path; clients are held until the line that gives their time.
constexpr std::size_t kPathBytes = 4096;

/// `remaining client pid: 123 (/usr/sbin/x/UUID)`. A longer path is cut, the UUID behind it too.
std::optional<Client> read_client(std::string_view line, bool& is_cut)
{
    constexpr std::string_view mark = "remaining client pid: ";
    auto const at = line.find(mark);
    if (at == std::string_view::npos)
        return std::nullopt;
    auto const rest = line.substr(at + mark.size());
    Client client;
    client.pid = leading_number<std::int64_t>(rest);
    auto const open = rest.find('(');
    auto const close = rest.rfind(')'); // A path may hold brackets of its own.
    if (open == std::string_view::npos)
        return client;
    auto path = rest.substr(
        open + 1, (close == std::string_view::npos || close < open ? rest.size() : close) - open - 1);
    client.client = beginning_of(path, kPathBytes);
    is_cut = path.size() > kPathBytes;
    if (auto const last = base_name(path); is_uuid(last) && last.size() < path.size()) {
        client.binary_uuid = last;
        path.remove_suffix(last.size() + 1);
    }
    client.process = beginning_of(base_name(path), kPathBytes);
    path = beginning_of(path, kPathBytes);
    client.path = path.starts_with("/var/") ? "/private" + std::string { path } : std::string { path };
    return client;
}

/// The time in `SIGTERM: [1681208525] ...`, in some versions `... @1681208525`; absent where none of the two
/// can be read. Nothing when the line is no such end.
std::optional<Time> read_end(std::string_view line)
{
    if (!line.contains("SIGTERM"))
        return std::nullopt;
    constexpr std::array<std::string_view, 2> marks { "SIGTERM: [", " @" };
    for (auto const mark : marks)
        if (auto const at = line.find(mark); at != std::string_view::npos)
            if (auto const seconds = leading_number<std::int64_t>(line.substr(at + mark.size())))
                return Time::unix_seconds(*seconds);
    return Time {};
}

/// One shutdown: what was noted until the line that gives its time.
class Block {
public:
    Block(Context& context, bool is_copy)
        : m_context(context)
        , m_is_copy(is_copy)
    {
    }

    [[nodiscard]] bool empty() const { return m_clients.empty() && m_shutdown.notices == 0; }

    /// Delays of one shutdown grow: a smaller one is of the next, and what came before was interrupted.
    Result<void> begin_notice(std::optional<double> delay)
    {
        if (delay && m_delay && *delay < *m_delay) {
            m_context.note(Level::note, Fault::truncated,
                "a shutdown has no end and so no time: another one follows", m_last);
            EXHIBIT_TRY(end({}, m_last));
        }
        ++m_shutdown.notices;
        m_delay = delay;
        if (delay && (!m_shutdown.longest_delay || *delay > *m_shutdown.longest_delay))
            m_shutdown.longest_delay = delay;
        return {};
    }

    Result<void> add(Client client, Origin origin)
    {
        m_bytes += sizeof(client) + client.client.size() + client.process.size() + client.path.size();
        if (m_bytes > kMostBytes) {
            m_context.note(Level::damage, Fault::over_limit,
                "more processes in one shutdown than any has: those before this line have no time", origin);
            EXHIBIT_TRY(end({}, m_last));
        }
        client.notice_number = m_shutdown.notices;
        client.delay = m_delay;
        m_clients.push_back({ std::move(client), origin });
        m_last = origin;
        return {};
    }

    Result<void> end(Time const& when, Origin origin)
    {
        m_shutdown.shutdown_number = ++m_number;
        m_shutdown.shut_down = when;
        m_shutdown.is_copy = m_is_copy;
        for (auto& [client, client_origin] : m_clients) {
            client.shutdown_number = m_number;
            client.shut_down = when;
            EXHIBIT_TRY(m_context.add(kClients, client, client_origin));
        }
        EXHIBIT_TRY(m_context.add(kShutdowns, m_shutdown, origin));
        m_clients.clear();
        m_shutdown = {};
        m_delay.reset();
        m_bytes = 0;
        return {};
    }

private:
    static constexpr std::size_t kMostBytes = 32U << 20U;

    Context& m_context;
    bool m_is_copy;
    std::int64_t m_number = 0;
    Shutdown m_shutdown;
    std::optional<double> m_delay;
    std::size_t m_bytes = 0;
    Origin m_last;
    std::vector<std::pair<Client, Origin>> m_clients;
};

/// What in a log is none of its lines.
class Strange {
public:
    explicit Strange(Context& context)
        : m_context(context)
    {
    }

    void look_at(std::string_view text, bool is_understood, Origin origin)
    {
        m_is_understood = m_is_understood || is_understood;
        auto& lines = text.contains('\0') ? m_zeros : m_foreign;
        if (&lines == &m_zeros)
            m_context.note(Level::damage, Fault::malformed,
                "a line holds zeros: a part of the log was overwritten", origin);
        else if (text.empty() || is_understood)
            return;
        if (lines.line_count++ == 0)
            lines.first = origin;
    }

    /// Single lines that are not understood are passed over: a later system may write such.
    Result<void> end()
    {
        if (m_zeros.line_count != 0)
            return m_context.add(kOverwritten, { "zeros", m_zeros.line_count }, m_zeros.first);
        if (m_is_understood || m_foreign.line_count == 0)
            return {};
        m_context.note(
            Level::damage, Fault::unsupported, "no line of this log is one of a shutdown", m_foreign.first);
        return m_context.add(kOverwritten, { "foreign text", m_foreign.line_count }, m_foreign.first);
    }

private:
    struct Lines {
        std::int64_t line_count = 0;
        Origin first;
    };

    Context& m_context;
    Lines m_zeros;
    Lines m_foreign;
    bool m_is_understood = false;
};

/// False when the line is none of a shutdown.
Result<bool> read_line(std::string_view text, Origin origin, Block& block, Context& context)
{
    bool is_cut = false;
    if (text.starts_with("After ")) {
        EXHIBIT_TRY(block.begin_notice(leading_number<double>(text.substr(6))));
    } else if (auto client = read_client(text, is_cut)) {
        if (is_cut)
            context.note(Level::note, Fault::over_limit, "a path of more than 4 KB was cut", origin);
        EXHIBIT_TRY(block.add(*std::move(client), origin));
    } else if (auto const when = read_end(text)) {
        if (when->absent())
            context.note(Level::note, Fault::malformed, "the end of a shutdown has no time", origin);
        EXHIBIT_TRY(block.end(*when, origin));
    } else {
        return false;
    }
    return true;
}

Result<void> parse(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    Line line;
    Block block { context, input.path.contains("/sysdiagnose/") };
    Strange strange { context };
    while (reader.next(line)) {
        Origin const origin { line.number };
        auto const text = trimmed(line.text);
        strange.look_at(text, EXHIBIT_TRY(read_line(text, origin, block, context)), origin);
    }
    EXHIBIT_TRY(reader.result());
    EXHIBIT_TRY(strange.end());
    if (!block.empty()) { // The log breaks off: the processes were there all the same.
        context.note(Level::note, Fault::truncated, "the last shutdown has no end and so no time",
            Origin { line.number });
        EXHIBIT_TRY(block.end({}, Origin { line.number }));
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/db/diagnostics/shutdown.log"sv,
    "/private/var/db/diagnostics/shutdown.*.log"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "system_logs.logarchive/Extra/shutdown*.log"sv,
};
constexpr std::array<Table const*, 3> kTables { &kClients, &kShutdowns, &kOverwritten };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.shutdown_log",
    .title = "Shutdown log",
    .doc = "Processes that still ran when the device was shut down, with their paths: spyware shows up here "
           "by where it lies, and by "
           "holding the shutdown up. Read from shutdown.log. Delays are kept as each notice has them, not "
           "added up; a block "
           "without an end, behind which the log breaks off or another shutdown begins, is kept without a "
           "time. Reaches back years.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::shutdown_log
