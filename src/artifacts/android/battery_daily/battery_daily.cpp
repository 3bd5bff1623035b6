#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
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
    column<&Change::to>("to_time", Clock::local_text, "End of that day; empty for the day still running.")
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
            m_change.to = {};
        } else if (text == "Package changes:") {
            m_in_changes = true;
        } else if (m_in_changes) {
            return add_change(text, line.offset);
        }
        return {};
    }

    /// The changes of a day are told when it is over: only then it is known how often each stands there.
    Result<void> finish()
    {
        for (auto const& [change, origin] : m_day)
            EXHIBIT_TRY(m_context.add(kChanges, change, origin));
        m_day.clear();
        m_seen.clear();
        return {};
    }

private:
    Result<void> add_change(std::string_view text, std::uint64_t offset)
    {
        auto const action = take_word(text);
        if (action != "Update" && action != "Uninstall") {
            m_in_changes = false;
            return {};
        }
        m_change.action = to_lower(action);
        m_change.package = take_word(text);
        m_change.version_code = to_integer(value_of(text, "vers").value_or(""));
        if (m_change.version_code == 0)
            m_change.action = "uninstall"; // BatteryStats stores a removal as version 0.
        auto key
            = fmt::format("{} {} {}", m_change.action, m_change.package, m_change.version_code.value_or(-1));
        if (auto const seen = m_seen.find(key); seen != m_seen.end()) {
            ++m_day[seen->second].first.occurrences;
        } else if (m_day.size() < kMostPerDay) {
            m_seen.emplace(std::move(key), m_day.size());
            m_day.emplace_back(m_change, Origin { offset });
        }
        return {};
    }

    Context& m_context;
    DeviceClock m_clock;
    Change m_change;
    std::vector<std::pair<Change, Origin>> m_day;
    std::map<std::string, std::size_t> m_seen; ///< where each stands in `m_day`
    bool m_in_changes = false;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/batterystats" };
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
