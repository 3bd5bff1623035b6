#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <map>
#include <utility>
#include <vector>

namespace exhibit::android::battery_daily {
namespace {

struct Change {
    Time from;
    Time to;
    std::string action;
    std::string package;
    std::optional<std::int64_t> version_code;
    std::int64_t occurrences = 1;
};

constexpr std::array kColumns {
    column<&Change::from>("from_time", Clock::local_text, "Start of the day that it belongs to.")
        .mvt("period_start"),
    column<&Change::to>("to_time", Clock::local_text,
        "End of that day; for the day still running, when the dump was written.")
        .mvt("period_end"),
    column<&Change::action>("action", Is::opaque, "`update` or `uninstall`."),
    column<&Change::package>("package", Is::app_id, "Package that changed.").mvt("package_name"),
    column<&Change::version_code>("version_code", "Its version then; 0 when it was removed."),
    column<&Change::occurrences>("occurrences", "How often the day's list has it."),
};
constexpr std::array kEvents { Event { "from_time", "battery_daily",
    "{action} of {package}, version {version_code}, on the day that began then" } };
constexpr auto kChanges = table<Change>("android_package_day",
    "One row per package that was updated or removed on a day, repeated updates to one version once.",
    Relation::installed, kColumns, kEvents, "dumpsys_battery_daily");

constexpr std::size_t kMostPerDay = 100'000;

/// The changes of a day. They are told when it is over: only then it is known how often each stands there.
class Day {
public:
    explicit Day(Context& context)
        : m_context(context)
    {
    }

    void add(Change const& change, Origin origin)
    {
        auto key = fmt::format("{} {} {}", change.action, change.package, change.version_code.value_or(-1));
        if (auto const seen = m_seen.find(key); seen != m_seen.end()) {
            ++m_changes[seen->second].first.occurrences;
        } else if (m_changes.size() < kMostPerDay) {
            m_seen.emplace(std::move(key), m_changes.size());
            m_changes.emplace_back(change, origin);
        }
    }

    Result<void> finish()
    {
        for (auto const& [change, origin] : m_changes)
            EXHIBIT_TRY(m_context.add(kChanges, change, origin));
        m_changes.clear();
        m_seen.clear();
        return {};
    }

private:
    Context& m_context;
    std::vector<std::pair<Change, Origin>> m_changes;
    std::map<std::string, std::size_t> m_seen; ///< where each stands in `m_changes`
};

class Dump {
public:
    Dump(Context& context, Input const& input)
        : m_day(context)
        , m_clock(clock_of_section(input))
        , m_written(time_of_section(input))
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (eat(text, "Daily from ")) {
            EXHIBIT_TRY(finish());
            auto const to = text.find(" to ");
            m_change.from = local_time(text.substr(0, to), m_clock);
            text.remove_suffix(text.ends_with(':') ? 1 : 0);
            m_change.to = to == text.npos ? Time {} : local_time(text.substr(to + 4), m_clock);
            m_in_changes = false;
        } else if (eat(text, "Current start time:")) {
            EXHIBIT_TRY(finish());
            m_change.from = local_time(trim(text), m_clock);
            m_change.to = m_written;
        } else if (text == "Package changes:") {
            m_in_changes = true;
        } else if (m_in_changes) {
            add_change(text, line.offset);
        }
        return {};
    }

    Result<void> finish() { return m_day.finish(); }

private:
    void add_change(std::string_view text, std::uint64_t offset)
    {
        auto const action = take_word(text);
        m_in_changes = action == "Update" || action == "Uninstall";
        if (!m_in_changes)
            return;
        m_change.action = to_lower(action);
        m_change.package = take_word(text);
        m_change.version_code = to_integer(value_of(text, "vers").value_or(""));
        if (m_change.version_code == 0)
            m_change.action = "uninstall"; // BatteryStats stores a removal as version 0.
        m_day.add(m_change, Origin { offset });
    }

    Day m_day;
    DeviceClock m_clock;
    Time m_written;
    Change m_change;
    bool m_in_changes = false;
};

/// `<item start="1714550000000" end="..."><upd pkg="com.a" ver="3"/><rem pkg="com.b"/></item>`. Source:
/// BatteryStatsImpl of the Android Open Source Project.
Result<void> parse_file(Input const& input, Context& context)
{
    Day day { context };
    Change change;
    EXHIBIT_TRY(
        for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
            if (element.name == "item") {
                EXHIBIT_TRY(day.finish());
                change.from = time_of(element, "start");
                change.to = time_of(element, "end");
            } else if (element.name == "upd" || element.name == "rem") {
                change.package = element.attribute("pkg").value_or("");
                change.version_code = integer_of(element, "ver");
                bool const is_update = element.name == "upd" && change.version_code != 0;
                change.action = is_update ? "update" : "uninstall";
                day.add(change, origin);
            }
            return {};
        }));
    return day.finish();
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".xml"))
        return parse_file(input, context);
    return read_section(input, context, Dump { context, input });
}

constexpr std::array<std::string_view, 2> kPaths { "@dumpsys/batterystats",
    "/data/system/batterystats-daily.xml" };
constexpr std::array<Table const*, 1> kTables { &kChanges };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.battery_daily",
    .title = "Package changes by day",
    .doc
    = "Updates and removals of packages that the battery statistics keep for about ten days, to the day.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::battery_daily
