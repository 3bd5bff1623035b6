#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/usage_events/tables.hpp"
#include "base/text.hpp"

#include <openssl/evp.h>
#include <set>

namespace exhibit::android::usage_events {
namespace {

constexpr std::size_t kMostRemembered = 500'000; // A day has some ten thousand events.

/// A line may have a megabyte: what was seen is remembered by its digest, which nobody can make collide.
using Digest = std::array<unsigned char, 32>;

Digest digest_of(std::string_view text)
{
    Digest digest {};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    return digest;
}

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
        // Words of apps, such as names of shortcuts, may begin a line too, further in.
        if (line.text.starts_with("user=") && !text.contains(' ')) {
            m_user = leading_integer(text.substr(5));
            m_seen.clear();
        } else if (eat(text, "In-memory ")) {
            m_period = take_word(text);
        } else if (text.starts_with("time=") && text.contains(" type=")) {
            return add_event(text, line.offset);
        } else if (text.starts_with("package=")
            && (text.contains("lastTimeUsed=") || text.contains(" lastTime="))) {
            return add_total(text, line.offset);
        }
        return {};
    }

private:
    Result<void> add_event(std::string_view text, std::uint64_t offset)
    {
        if (m_seen.size() < kMostRemembered && !m_seen.insert(digest_of(text)).second)
            return {};
        UsageEvent row;
        row.user = m_user;
        auto const time = value_of(text, "time").value_or("");
        auto const millis = to_integer(time);
        row.happened = millis ? Time::unix_millis(*millis) : local_time(time, m_clock);
        row.event = value_of(text, "type").value_or("");
        row.package = owned(value_of(text, "package"));
        row.component = owned(value_of(text, "class"));
        row.root_package = owned(value_of(text, "taskRootPackage"));
        return m_context.add(kUsageEvents, row, Origin { offset });
    }

    Result<void> add_total(std::string_view text, std::uint64_t offset)
    {
        // Up to Android 9 two names are shorter.
        auto const either = [&](std::string_view key, std::string_view older) {
            auto const value = value_of(text, key);
            return value || older.empty() ? value : value_of(text, older);
        };
        auto const time = [&](std::string_view key, std::string_view older) {
            auto const value = either(key, older);
            if (auto const millis = to_integer(value.value_or("")))
                return *millis == 0 ? Time {} : Time::unix_millis(*millis);
            // Zero is printed as the first second of 1970 in the device's zone.
            bool const never = !value || value->starts_with("1970-01-01") || value->starts_with("1969-12-31");
            return never ? Time {} : local_time(*value, m_clock);
        };
        UsageTotal row;
        row.user = m_user;
        row.period = m_period;
        row.package = value_of(text, "package").value_or("");
        row.last_used = time("lastTimeUsed", "lastTime");
        row.last_visible = time("lastTimeVisible", {});
        row.last_component = time("lastTimeComponentUsed", {});
        row.total_used = owned(either("totalTimeUsed", "totalTime"));
        row.total_visible = owned(value_of(text, "totalTimeVisible"));
        row.launches = to_integer(value_of(text, "appLaunchCount").value_or(""));
        return m_context.add(kTotals, row, Origin { offset });
    }

    Context& m_context;
    DeviceClock m_clock;
    std::optional<std::int64_t> m_user;
    std::string m_period;
    std::set<Digest> m_seen;
};

Result<void> parse(Input const& input, Context& context)
{
    if (!input.path.starts_with('@'))
        return parse_interval(input, context);
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 9> kPaths { "@dumpsys/usagestats",
    "/data/system_ce/*/usagestats/daily/*", "/data/system_ce/*/usagestats/weekly/*",
    "/data/system_ce/*/usagestats/monthly/*", "/data/system_ce/*/usagestats/yearly/*",
    "/data/system/usagestats/*/daily/*", "/data/system/usagestats/*/weekly/*",
    "/data/system/usagestats/*/monthly/*", "/data/system/usagestats/*/yearly/*" };
constexpr std::array<Table const*, 2> kTables { &kUsageEvents, &kTotals };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.usage_events",
    .title = "Use of apps",
    .doc = "Which app was in front or ran a service when, for the last day, and sums for the last day, week, "
           "month and "
           "year. Apps that were removed since still stand in the sums. Times are the device's wall clock in "
           "a dump; the "
           "files of a file system hold UTC, and reach back two years.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .beside = "mappings",
};

} // namespace exhibit::android::usage_events
