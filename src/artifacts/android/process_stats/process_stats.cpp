#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/beginning.hpp"

#include <string>

namespace exhibit::android::process_stats {
namespace {

struct ProcessTime {
    Time period_started;
    std::optional<std::int64_t> period_ms;
    std::string package;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> version_code;
    std::string process;
    std::int64_t running_ms = 0;
    std::int64_t screen_off_ms = 0;
    std::int64_t top_ms = 0;
    std::int64_t foreground_ms = 0;
    std::int64_t background_ms = 0;
    std::int64_t cached_ms = 0;
};

constexpr std::array kProcessColumns {
    column<&ProcessTime::period_started>("period_started", Clock::local_text, "When counting began."),
    column<&ProcessTime::period_ms>("period_ms", "How long it was counted, in milliseconds."),
    column<&ProcessTime::package>("package", Is::app_id, "Package that the process worked for."),
    column<&ProcessTime::uid>("uid", "Its Linux user id."),
    column<&ProcessTime::version_code>("version_code", "Version of the package."),
    column<&ProcessTime::process>("process", Is::process, "Name of the process."),
    column<&ProcessTime::running_ms>(
        "running_ms", "How long it did anything, in milliseconds: all but lying in memory unused."),
    column<&ProcessTime::screen_off_ms>("screen_off_ms", "How long of that the screen was off."),
    column<&ProcessTime::top_ms>("top_ms", "How long of that it was in front."),
    column<&ProcessTime::foreground_ms>(
        "foreground_ms", "How long of that it did what a person notices, mostly with a notification."),
    column<&ProcessTime::background_ms>(
        "background_ms", "How long of that it worked in the background: services, receivers, jobs."),
    column<&ProcessTime::cached_ms>("cached_ms", "How long it lay in memory unused, in milliseconds."),
};
constexpr auto kProcessTimes = table<ProcessTime>("android_process_time",
    "One row per process of an app and period: how long it ran, and as what.", Relation::executed,
    kProcessColumns);

struct ServiceTime {
    Time period_started;
    std::optional<std::int64_t> period_ms;
    std::string package;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> version_code;
    std::string service;
    std::string_view kind;
    std::optional<std::int64_t> count;
    std::int64_t running_ms = 0;
    std::int64_t screen_off_ms = 0;
};

constexpr std::array kServiceColumns {
    column<&ServiceTime::period_started>("period_started", Clock::local_text, "When counting began."),
    column<&ServiceTime::period_ms>("period_ms", "How long it was counted, in milliseconds."),
    column<&ServiceTime::package>("package", Is::app_id, "Package that the service belongs to."),
    column<&ServiceTime::uid>("uid", "Its Linux user id."),
    column<&ServiceTime::version_code>("version_code", "Version of the package."),
    column<&ServiceTime::service>("service", Is::opaque, "Class of the service."),
    column<&ServiceTime::kind>("kind", Is::opaque,
        "What is counted: `run` in all, `start` because it was started, `bound` for others, `fg` with a "
        "notification, `exec` while it handled something."),
    column<&ServiceTime::count>("times", "How often that began."),
    column<&ServiceTime::running_ms>("running_ms", "How long it lasted, in milliseconds."),
    column<&ServiceTime::screen_off_ms>("screen_off_ms", "How long of that the screen was off."),
};
constexpr auto kServiceTimes = table<ServiceTime>("android_service_time",
    "One row per service of an app, kind of work and period: how long it ran.", Relation::executed,
    kServiceColumns);

constexpr std::int64_t kLongestTime = 10LL * 366 * 86'400'000; // Of one part of a sum, in milliseconds.

/// A part of a sum: `0ns:1234` is with the screen off, memory not short, as a service; a service itself has
/// no third letter.
struct Part {
    bool screen_off = false;
    char state = '\0';
    std::int64_t millis = 0;
};

std::optional<Part> read_part(std::string_view text)
{
    auto const tag = take_until(text, ':');
    auto const millis = to_integer(text);
    if (tag.size() < 2 || tag.size() > 3 || !millis || *millis < 0 || *millis > kLongestTime)
        return std::nullopt;
    return Part { tag.front() == '0', tag.size() == 3 ? tag[2] : '\0', *millis };
}

/// Names are printed without the package that they begin with.
std::string whole_name(std::string_view package, std::string_view name)
{
    bool const is_short = name.empty() || name.front() == '.' || name.front() == ':';
    return std::string { is_short ? package : "" }.append(name);
}

void add(ProcessTime& row, Part const& part)
{
    // DumpUtils.STATE_TAGS: home, last activity, and three ways of being cached.
    if (std::string_view { "hlace" }.contains(part.state)) {
        row.cached_ms += part.millis;
        return;
    }
    row.running_ms += part.millis;
    row.screen_off_ms += part.screen_off ? part.millis : 0;
    if (part.state == 't')
        row.top_ms += part.millis;
    else if (part.state == 'f')
        row.foreground_ms += part.millis;
    else if (std::string_view { "busxrw" }.contains(part.state))
        row.background_ms += part.millis;
}

/// Lines of `dumpsys procstats -c`: `period,...` and then the sums of that period.
class Dump {
public:
    Dump(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto rest = trim(line.text);
        auto const tag = take_until(rest, ',');
        Origin const origin { line.offset };
        if (tag == "period")
            begin_period(rest);
        else if (tag == "pkgproc")
            return add_process(rest, origin);
        else if (auto kind = tag; eat(kind, "pkgsvc-"))
            return add_service(kind, rest, origin);
        return {};
    }

private:
    /// `2024-05-01-10-11-12,1000,86401000,complete`
    void begin_period(std::string_view rest)
    {
        m_period_started = local_time(beginning_of(take_until(rest, ',')), m_clock);
        auto const begin = to_integer(take_until(rest, ','));
        auto const end = to_integer(take_until(rest, ','));
        m_period_ms
            = begin && end && *begin >= 0 && *end >= *begin ? std::optional { *end - *begin } : std::nullopt;
    }

    template<typename Row> Row begin_row(std::string_view& rest)
    {
        Row row;
        row.period_started = m_period_started;
        row.period_ms = m_period_ms;
        row.package = take_until(rest, ',');
        row.uid = to_integer(take_until(rest, ','));
        row.version_code = to_integer(take_until(rest, ','));
        return row;
    }

    /// `com.example,10231,42,:push,0ns:1234,1nt:99`
    Result<void> add_process(std::string_view rest, Origin origin)
    {
        auto row = begin_row<ProcessTime>(rest);
        row.process = whole_name(row.package, take_until(rest, ','));
        if (row.package.empty())
            return {};
        while (!rest.empty())
            if (auto const part = read_part(take_until(rest, ',')))
                add(row, *part);
        return m_context.add(kProcessTimes, row, origin);
    }

    /// `com.example,10231,42,.Listener,3,0n:1234,1n:99`
    Result<void> add_service(std::string_view kind, std::string_view rest, Origin origin)
    {
        auto row = begin_row<ServiceTime>(rest);
        row.service = whole_name(row.package, take_until(rest, ','));
        row.kind = kind;
        row.count = to_integer(take_until(rest, ','));
        if (row.package.empty())
            return {};
        while (!rest.empty())
            if (auto const part = read_part(take_until(rest, ','))) {
                row.running_ms += part->millis;
                row.screen_off_ms += part->screen_off ? part->millis : 0;
            }
        return m_context.add(kServiceTimes, row, origin);
    }

    Context& m_context;
    DeviceClock m_clock;
    Time m_period_started;
    std::optional<std::int64_t> m_period_ms;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpstate/checkin_procstats" };
constexpr std::array<Table const*, 2> kTables { &kProcessTimes, &kServiceTimes };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.process_stats",
    .title = "How long apps ran",
    .doc
    = "How long processes and services of each app ran in the last periods of some hours, also while the "
      "screen was off, and of packages that were removed since. Spyware works in the background for hours "
      "on end; so do players, trackers of sport and synchronization.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::process_stats
