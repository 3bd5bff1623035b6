#include "artifacts/android/common/property_file.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

#include <string>

namespace exhibit::android::restarts {
namespace {

struct Request {
    Time asked;
    std::string origin;
    std::optional<std::string> reason;
    std::optional<std::string> process;
    std::optional<std::string> package;
    std::optional<std::int64_t> pid;
    std::optional<std::string> detail;
};

constexpr std::array kRequestColumns {
    column<&Request::asked>("asked", Clock::unix_millis, "When it was asked for."),
    column<&Request::origin>("asked_by", Is::opaque,
        "`SYSTEM` the system itself, the menu of the power button among it; `BINDER` another process; "
        "`INTENT` "
        "an app, over the system."),
    column<&Request::reason>("reason", Is::opaque, "Reason that was given."),
    column<&Request::process>("process", Is::process, "Process that asked."),
    column<&Request::package>("package", Is::app_id, "Package that asked."),
    column<&Request::pid>("pid", "Id of that process."),
    column<&Request::detail>("detail", Is::opaque, "What was asked for: the method, or the intent."),
};
constexpr std::array kRequestEvents { Event { "asked", "shutdown_asked",
    "shut-down or restart asked for by {asked_by} {process} {package}: {reason}" } };
constexpr auto kRequests = table<Request>("android_shutdown_request",
    "One row per request to shut down or restart that the system noted, also one that a person then took "
    "back. "
    "It keeps those of the last 20 starts.",
    Relation::executed, kRequestColumns, kRequestEvents);

struct Start {
    Time happened;
    std::string_view reason;
};

constexpr std::array kStartColumns {
    column<&Start::happened>("happened", Clock::unix_seconds, "When the system noted it, after the start."),
    column<&Start::reason>("reason", Is::opaque,
        "Why it had gone down, as the system knows it: `reboot,userrequested`, `reboot,factory_reset`, "
        "`reboot,ota`, `kernel_panic`, `cold,powerkey` and others."),
};
constexpr std::array kStartEvents { Event { "happened", "system_start", "the system started: {reason}" } };
constexpr auto kStarts = table<Start>("android_system_start",
    "One row per start that the system remembers with its reason: the last four.", Relation::context,
    kStartColumns, kStartEvents);

struct Power {
    Time happened;
    std::string_view action;
    std::optional<std::string_view> state;
    std::string_view detail;
};

constexpr std::array kPowerColumns {
    column<&Power::happened>("happened", Clock::utc_text, "When, by the clock of the device, with its zone."),
    column<&Power::action>("action", Is::opaque, "`SHUTDOWN`, `REBOOT`, `ON` or another as written."),
    column<&Power::state>("state", Is::opaque, "What the device puts beside it."),
    column<&Power::detail>("detail", Is::opaque,
        "The reason, such as `REASON: userrequested`; for a start the build and what the hardware told."),
};
constexpr std::array kPowerEvents { Event { "happened", "power", "{action} {detail}" } };
constexpr auto kPowers = table<Power>("android_power_event",
    "One row per shut-down, restart and start in the log that Samsung's devices keep.", Relation::context,
    kPowerColumns, kPowerEvents);

constexpr std::size_t kMoment = 24; // `2024-05-01 10:11:12+0200`

/// Requests as ShutdownCheckPoints writes them (Android 11 on), some lines each:
/// `Shutdown request from BINDER for reason x at 2024-05-01 10:11:12.345 CEST (epoch=1714551072345)`.
class CheckPoints {
public:
    explicit CheckPoints(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (auto rest = text; eat(rest, "Shutdown request from ")) {
            EXHIBIT_TRY(finish());
            begin(rest, line.offset);
        } else if (!m_open || text.empty() || text.starts_with("at ")) {
            return {}; // The calls that led to it.
        } else if (eat(text, "From process ")) {
            auto const name = take_word(text);
            if (name != "?")
                m_row.process = name;
            if (auto const package = package_of_process(name); !package.empty())
                m_row.package = package;
            m_row.pid = leading_integer(between(text, "(pid=", ")").value_or(""));
        } else if (eat(text, "Package: ")) {
            m_row.package = text;
        } else if (!m_row.detail) {
            (void)eat(text, "Intent: ");
            m_row.detail = text;
        }
        return {};
    }

    Result<void> finish()
    {
        return std::exchange(m_open, false) ? m_context.add(kRequests, m_row, m_origin) : Result<void> {};
    }

private:
    void begin(std::string_view rest, std::uint64_t offset)
    {
        m_row = {};
        m_origin = Origin { offset };
        m_row.origin = take_word(rest);
        if (auto const epoch = to_integer(between(rest, "(epoch=", ")").value_or("")))
            m_row.asked = Time::unix_millis(*epoch);
        if (auto const at = rest.rfind(" at "); at != rest.npos && eat(rest, "for reason "))
            m_row.reason = unless_null(rest.substr(0, rest.rfind(" at ")));
        m_open = true;
    }

    Context& m_context;
    Request m_row;
    Origin m_origin;
    bool m_open = false;
};

/// bootstat keeps the last four: `reboot,userrequested,1714551072`, a line each, the last one first.
Result<void> add_starts(std::string_view history, Origin origin, Context& context)
{
    while (!history.empty()) {
        auto const entry = take_until(history, '\n');
        auto const comma = entry.rfind(',');
        auto const moment = comma == entry.npos ? std::nullopt : to_integer(entry.substr(comma + 1));
        if (!moment) {
            if (!trim(entry).empty())
                context.note(Level::warning, Fault::malformed, "a start in the history has no time", origin);
            continue;
        }
        EXHIBIT_TRY(
            context.add(kStarts, Start { Time::unix_seconds(*moment), entry.substr(0, comma) }, origin));
    }
    return {};
}

Result<void> parse_properties(Input const& input, Context& context)
{
    return for_each_property(
        input, context, [&](std::string_view name, std::string_view value, Origin origin) -> Result<void> {
            return name == "persist.sys.boot.reason.history" ? add_starts(value, origin, context)
                                                             : Result<void> {};
        });
}

/// `10:11:12  2024-05-01 10:11:12+0200 | SHUTDOWN |       | REASON: userrequested`; a start has no time in
/// front. Other lines, such as the calls that led to it, have no such columns. Source of the form: the page
/// of The Binary Hick on Samsung's power events, and ALEAPP's module.
Result<void> parse_power(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    for (Line line; lines.next(line);) {
        auto rest = line.text;
        auto moment = trim(take_until(rest, '|'));
        if (moment.size() > kMoment)
            moment = trim(moment.substr(moment.size() - kMoment));
        auto const action = trim(take_until(rest, '|'));
        if (moment.size() != kMoment || moment[4] != '-' || action.empty())
            continue;
        auto const state = trim(take_until(rest, '|'));
        EXHIBIT_TRY(context.add(kPowers, Power { Time::iso(moment), action, unless_null(state), trim(rest) },
            Origin { line.offset }));
    }
    return lines.result();
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.contains("checkpoints"))
        return read_section(input, context, CheckPoints { context });
    return input.path.starts_with("/data/log/") ? parse_power(input, context)
                                                : parse_properties(input, context);
}

constexpr std::array<std::string_view, 6> kPaths { "@dumpstate/shutdown_checkpoints",
    "/data/system/shutdown-checkpoints/checkpoints-*", "@androidqf/getprop.txt",
    "@dumpstate/system_properties", "/data/property/persistent_properties",
    "/data/log/power_off_reset_reason*.txt" };
constexpr std::array<Table const*, 3> kTables { &kRequests, &kStarts, &kPowers };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.restarts",
    .title = "Shut-downs and restarts",
    .doc
    = "Who asked the system to shut down or restart, why it had gone down before its last starts, and the "
      "log of Samsung's devices. Restarts, resets and updates that the owner does not know of, or at "
      "hours when the phone was in other hands, show in it. Restarts remove most of what attacks leave in "
      "memory.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::restarts
