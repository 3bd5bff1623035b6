#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <unordered_set>

namespace exhibit {
namespace {

using namespace android;

struct UsageEvent {
    std::optional<std::int64_t> user;
    Time happened;
    std::string event;
    std::optional<std::string> package;
    std::optional<std::string> component;
    std::optional<std::string> root_package;
};

constexpr std::array kEventColumns {
    column<&UsageEvent::user>("user", "Number of the Android user."),
    column<&UsageEvent::happened>("happened", Clock::local_text, "When."),
    column<&UsageEvent::event>("event", Is::opaque,
        "What, such as `ACTIVITY_RESUMED`, `FOREGROUND_SERVICE_START`, `SCREEN_INTERACTIVE`, "
        "`DEVICE_STARTUP`."),
    column<&UsageEvent::package>("package", Is::app_id, "Package."),
    column<&UsageEvent::component>("component", Is::opaque, "Class of the screen or service."),
    column<&UsageEvent::root_package>("root_package", Is::app_id, "Package that opened the screen's task."),
};
constexpr std::array kEvents { Event { "happened", "usage_event", "{event} {package} {component}" } };
constexpr auto kUsageEvents = table<UsageEvent>("android_usage_event",
    "One row per event that the system counts use by; events printed for several periods once.",
    Relation::executed, kEventColumns, kEvents);

struct UsageTotal {
    std::optional<std::int64_t> user;
    std::string period;
    std::string package;
    Time last_used;
    Time last_visible;
    Time last_component;
    std::optional<std::string> total_used;
    std::optional<std::string> total_visible;
    std::optional<std::int64_t> launches;
};

constexpr std::array kTotalColumns {
    column<&UsageTotal::user>("user", "Number of the Android user."),
    column<&UsageTotal::period>("period", Is::opaque, "`daily`, `weekly`, `monthly` or `yearly`."),
    column<&UsageTotal::package>("package", Is::app_id, "Package; it may have been removed since."),
    column<&UsageTotal::last_used>("last_used", Clock::local_text, "When it was last in front."),
    column<&UsageTotal::last_visible>("last_visible", Clock::local_text, "When it was last to be seen."),
    column<&UsageTotal::last_component>(
        "last_component", Clock::local_text, "When another app last used a part of it."),
    column<&UsageTotal::total_used>(
        "total_used", Is::opaque, "How long it was in front, as hours:minutes:seconds."),
    column<&UsageTotal::total_visible>("total_visible", Is::opaque, "How long it was to be seen."),
    column<&UsageTotal::launches>("launches", "How often it was started by hand."),
};
constexpr std::array kTotalEvents { Event {
    "last_used", "app_last_used", "{package} last in front ({period})" } };
constexpr auto kTotals = table<UsageTotal>("android_usage_total",
    "One row per package and period in which it was used.", Relation::executed, kTotalColumns, kTotalEvents);

constexpr std::size_t kMostRemembered = 500'000; // A day has some ten thousand events.

std::optional<std::string> owned(std::optional<std::string_view> value)
{
    auto const text = unless_null(value.value_or(""));
    return text ? std::optional { std::string { *text } } : std::nullopt;
}

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
        if (text.starts_with("user=") && !text.contains(' ')) {
            m_user = leading_integer(text.substr(5));
            m_seen.clear();
        } else if (eat(text, "In-memory ")) {
            m_period = take_word(text);
        } else if (text.starts_with("time=\"") && text.contains(" type=")) {
            return add_event(text, line.offset);
        } else if (text.starts_with("package=") && text.contains("lastTimeUsed=")) {
            return add_total(text, line.offset);
        }
        return {};
    }

private:
    Result<void> add_event(std::string_view text, std::uint64_t offset)
    {
        if (m_seen.size() < kMostRemembered && !m_seen.emplace(text).second)
            return {};
        UsageEvent row;
        row.user = m_user;
        row.happened = local_time(value_of(text, "time").value_or(""), m_clock);
        row.event = value_of(text, "type").value_or("");
        row.package = owned(value_of(text, "package"));
        row.component = owned(value_of(text, "class"));
        row.root_package = owned(value_of(text, "taskRootPackage"));
        return m_context.add(kUsageEvents, row, Origin { offset });
    }

    Result<void> add_total(std::string_view text, std::uint64_t offset)
    {
        auto const time = [&](std::string_view key) {
            auto const value = value_of(text, key);
            // Zero is printed as the first second of 1970 in the device's zone.
            bool const never = !value || value->starts_with("1970-01-01") || value->starts_with("1969-12-31");
            return never ? Time {} : local_time(*value, m_clock);
        };
        UsageTotal row;
        row.user = m_user;
        row.period = m_period;
        row.package = value_of(text, "package").value_or("");
        row.last_used = time("lastTimeUsed");
        row.last_visible = time("lastTimeVisible");
        row.last_component = time("lastTimeComponentUsed");
        row.total_used = owned(value_of(text, "totalTimeUsed"));
        row.total_visible = owned(value_of(text, "totalTimeVisible"));
        row.launches = to_integer(value_of(text, "appLaunchCount").value_or(""));
        return m_context.add(kTotals, row, Origin { offset });
    }

    Context& m_context;
    DeviceClock m_clock;
    std::optional<std::int64_t> m_user;
    std::string m_period;
    std::unordered_set<std::string> m_seen;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/usagestats" };
constexpr std::array<Table const*, 2> kTables { &kUsageEvents, &kTotals };

} // namespace

extern constinit Artifact const android_usage_events {
    .id = "android.usage_events",
    .title = "Use of apps",
    .doc = "Which app was in front or ran a service when, for the last day, and sums for the last day, week, "
           "month and "
           "year. Apps that were removed since still stand in the sums. Times are the device's wall clock.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit
