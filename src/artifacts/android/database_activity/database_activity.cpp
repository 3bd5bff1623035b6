#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

#include <algorithm>
#include <utility>

namespace exhibit::android::database_activity {
namespace {

struct Activity {
    std::string process;
    std::optional<std::int64_t> pid;
    std::string path;
    std::optional<std::int64_t> connection;
    std::optional<bool> primary;
    Time started;
    std::string action;
    std::optional<std::int64_t> took_ms;
    std::string result;
    std::string sql;
    std::optional<std::string> arguments;
    std::optional<std::string> error;
};

constexpr std::array kColumns {
    column<&Activity::process>("process", Is::process, "Process that has the database open."),
    column<&Activity::pid>("pid", "Its process id; 0 where the device does not say."),
    column<&Activity::path>("path", Is::path, "The database."),
    column<&Activity::connection>("connection_number", "Number of the connection to it."),
    column<&Activity::primary>("is_primary", "Whether it is the connection that may write."),
    column<&Activity::started>("started", Clock::local_text,
        "When the operation began; recent versions write no year, it is taken from the dump's date.")
        .mvt("-"),
    column<&Activity::action>("action", Is::opaque, "What was done, such as `executeForCursorWindow`."),
    column<&Activity::took_ms>("took_ms", "How long it took, in milliseconds.").mvt("duration_ms"),
    column<&Activity::result>("result", Is::opaque, "`succeeded`, `failed` or `running`.").mvt("status"),
    column<&Activity::sql>("sql", Is::free_text, "The statement."),
    column<&Activity::arguments>("bind_arguments", Is::free_text,
        "Values that it was run with; up to Android 10, and on builds for developers.")
        .mvt("-"),
    column<&Activity::error>("error", Is::free_text, "What went wrong.").mvt("-"),
};
constexpr std::array kEvents { Event { "started", "database_operation", "{process}: {action} on {path}" } };
constexpr auto kActivities = table<Activity>("android_database_operation",
    "One row per recent operation on a database that an app has open.", Relation::executed, kColumns, kEvents,
    "dbinfo");

struct OpenDatabase {
    std::string process;
    std::optional<std::int64_t> pid;
    std::optional<std::string> path;
};

constexpr std::array kOpenColumns {
    column<&OpenDatabase::process>("process", Is::process, "Process."),
    column<&OpenDatabase::pid>("pid", "Its process id."),
    column<&OpenDatabase::path>("path", Is::path, "The database; empty where the process has none open."),
};
constexpr auto kOpenDatabases = table<OpenDatabase>("android_open_database",
    "One row per process that was asked, and per database that it has open.", Relation::executed,
    kOpenColumns);

/// What stands behind the statement: `", bindArgs=["a", 5], path=/data/..., exception="words"`
void read_rest(std::string_view text, Activity& activity)
{
    if (auto const error = text.find(", exception=\""); error != text.npos) {
        auto const words = text.substr(error + 13);
        activity.error = words.substr(0, words.rfind('"'));
        text = text.substr(0, error);
    }
    if (auto const from = text.find("bindArgs=["); from != text.npos) {
        auto const list = text.substr(from + 10);
        activity.arguments = list.substr(0, list.rfind(']'));
    }
}

/// `0: [2024-05-01 10:11:12.345] [Pid:(8817)]executeForLong took 2ms - succeeded, sql="...", path=/data/...`
std::optional<Activity> read_operation(std::string_view text, DeviceClock const& clock)
{
    auto const number = take_until(text, ':');
    if (!to_integer(number) || !eat(text, " ["))
        return std::nullopt;
    Activity activity;
    auto const moment = take_until(text, ']');
    // Without a year the third character is the dash behind the month.
    activity.started
        = moment.size() > 2 && moment[2] == '-' ? log_time(moment, clock) : local_time(moment, clock);
    text = trim(text);
    if (eat(text, "[Pid:("))
        activity.pid = to_integer(take_until(text, ')'));
    (void)eat(text, "]");
    text = trim(text);
    activity.action = take_word(text);
    if (eat(text, "took ")) {
        activity.took_ms = leading_integer(text);
        if (auto const dash = text.find(" - "); dash != text.npos)
            activity.result = trim(text.substr(dash + 3, text.find(',', dash) - dash - 3));
    } else {
        activity.result = "running";
    }
    if (auto const sql = text.find("sql=\""); sql != text.npos) {
        auto const content = text.substr(sql + 5);
        auto const end = std::min({ content.rfind("\", path="), content.rfind("\", bindArgs=["),
            content.rfind("\", exception=\"") });
        auto const quote = std::min(end == content.npos ? content.rfind('"') : end, content.size());
        activity.sql = content.substr(0, quote);
        read_rest(content.substr(quote), activity);
    }
    return activity;
}

Result<void> parse(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const clock = clock_of_section(input);
    std::string process;
    std::string path;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> connection;
    std::optional<bool> primary;
    bool named = true; ///< the process has a row
    Origin origin;
    auto const add_unnamed = [&]() -> Result<void> {
        if (std::exchange(named, true))
            return {};
        return context.add(kOpenDatabases, OpenDatabase { process, pid, {} }, origin);
    };
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        if (eat(text, "** Database info for pid ")) {
            EXHIBIT_TRY(add_unnamed());
            origin = Origin { line.offset };
            named = false;
            pid = leading_integer(text);
            process = between(text, "[", "]").value_or("");
        } else if (eat(text, "Connection pool for ")) {
            text.remove_suffix(text.ends_with(':') ? 1 : 0);
            path = text;
            connection.reset();
            primary.reset();
            named = true;
            EXHIBIT_TRY(
                context.add(kOpenDatabases, OpenDatabase { process, pid, path }, Origin { line.offset }));
        } else if (eat(text, "Connection #")) {
            connection = leading_integer(text);
            primary.reset();
        } else if (eat(text, "isPrimaryConnection:")) {
            primary = to_flag(trim(text));
        } else if (auto activity = read_operation(text, clock)) {
            activity->process = process;
            activity->path = path;
            activity->connection = connection;
            activity->primary = primary;
            if (!activity->pid)
                activity->pid = pid;
            EXHIBIT_TRY(context.add(kActivities, *activity, Origin { line.offset }));
        }
    }
    EXHIBIT_TRY(add_unnamed());
    return lines.result();
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/dbinfo" };
constexpr std::array<Table const*, 2> kTables { &kActivities, &kOpenDatabases };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.database_activity",
    .title = "Recent database operations",
    .doc = "The databases that running apps have open, and the last operations on each.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::database_activity
