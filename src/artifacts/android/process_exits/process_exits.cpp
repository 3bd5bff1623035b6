#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

namespace exhibit::android::process_exits {
namespace {

struct Exit {
    Time ended;
    std::string process;
    std::string package;
    std::optional<std::int64_t> user;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> reason_number;
    std::optional<std::string> reason;
    std::optional<std::string> subreason;
    std::optional<std::int64_t> exit_status;
    std::optional<std::int64_t> importance;
    std::optional<std::string> description;
};

constexpr std::array kColumns {
    column<&Exit::ended>("ended", Clock::local_text, "When the process ended."),
    column<&Exit::process>("process", Is::process, "Its name."),
    column<&Exit::package>("package", Is::app_id, "Package that it belonged to."),
    column<&Exit::user>("user", "Number of the Android user."),
    column<&Exit::uid>("uid", "Linux user id that it really ran as."),
    column<&Exit::pid>("pid", "Process id."),
    column<&Exit::reason_number>("reason_number",
        "1 by itself, 2 a signal, 3 memory was short, 4 crash, 5 crash of native code, 6 it hung, 8 a "
        "permission "
        "changed, 10 asked for by a person, 11 the user was stopped, 15 switched off, 16 updated; others "
        "exist."),
    column<&Exit::reason>("reason", Is::opaque, "Name of the reason."),
    column<&Exit::subreason>("subreason", Is::opaque, "More about the reason."),
    column<&Exit::exit_status>("exit_status", "Exit status, or the signal."),
    column<&Exit::importance>(
        "importance", "100 in front, 125 foreground service, 200 visible, 400 in the background."),
    column<&Exit::description>("description", Is::system_text, "The system's words."),
};
constexpr std::array kEvents { Event {
    "ended", "process_ended", "{process} ended: {reason} {description}" } };
constexpr auto kExits = table<Exit>("android_process_exit",
    "One row per remembered end of an app's process: at most 16 for each user id.", Relation::executed,
    kColumns, kEvents);

constexpr std::size_t kLongestRecord = 64U << 10U;

/// Reads the part PROCESS EXIT INFO: below a package, records of `key=value` over several lines.
class Dump {
public:
    Dump(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (line.text.starts_with("ACTIVITY MANAGER ")) { // Further in it stands in a description.
            EXHIBIT_TRY(finish());
            m_in_part = text.contains("PROCESS EXIT INFO");
        } else if (!m_in_part) {
            return {};
        } else if (eat(text, "package: ")) {
            EXHIBIT_TRY(finish());
            m_package = text;
        } else if (text.starts_with("ApplicationExitInfo #") || text.starts_with("Historical Process Exit")) {
            EXHIBIT_TRY(finish());
            m_open = text.starts_with("Application");
            m_origin = Origin { line.offset };
        } else if (m_open && m_record.size() < kLongestRecord) {
            m_record += m_record.empty() ? "" : " ";
            m_record += text;
        }
        return {};
    }

    Result<void> finish()
    {
        if (!std::exchange(m_open, false))
            return {};
        auto const record = std::exchange(m_record, {});
        Exit row;
        row.package = m_package;
        auto const number
            = [&](std::string_view key) { return leading_integer(value_of(record, key).value_or("")); };
        // A date and a time with a space between them.
        if (auto const stamp = std::string_view { record }.find("timestamp="); stamp != record.npos) {
            auto const value = std::string_view { record }.substr(stamp + 10);
            row.ended = local_time(trim(value.substr(0, value.find(" pid="))), m_clock);
        }
        row.process = value_of(record, "process").value_or("");
        row.user = number("user");
        row.uid = number("realUid");
        row.pid = number("pid");
        row.reason_number = number("reason");
        row.reason = in_brackets(record, " reason=");
        row.subreason = in_brackets(record, " subreason=");
        row.exit_status = number("status");
        row.importance = number("importance");
        if (auto const words = between(record, " description=", " state="))
            if (auto const text = unless_null(trim(*words)))
                row.description = *text;
        if (row.process.empty() && row.ended.absent())
            return {};
        return m_context.add(kExits, row, m_origin);
    }

private:
    /// `16 (PACKAGE UPDATED)` behind a key.
    static std::optional<std::string> in_brackets(std::string_view record, std::string_view key)
    {
        auto const at = record.find(key);
        if (at == record.npos)
            return std::nullopt;
        auto rest = record.substr(at + key.size());
        (void)take_until(rest, ' ');
        if (!eat(rest, "("))
            return std::nullopt;
        auto const close = rest.find(") "); // The name itself may hold brackets: `APP CRASH(NATIVE)`.
        return std::string { rest.substr(0, close == rest.npos ? rest.rfind(')') : close) };
    }

    Context& m_context;
    DeviceClock m_clock;
    bool m_in_part = false;
    bool m_open = false;
    std::string m_package;
    std::string m_record;
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/activity" };
constexpr std::array<Table const*, 1> kTables { &kExits };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.process_exits",
    .title = "How processes of apps ended",
    .doc = "Why processes of apps ended: crashes, signals, updates, changed permissions, a person who "
           "stopped them. The "
           "system keeps up to 16 for each user id, also over restarts. Times are the device's wall clock.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::process_exits
