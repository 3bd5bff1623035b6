#include "artifacts/android/common/elapsed.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "base/text.hpp"

#include <cmath>

namespace exhibit::android::background_work {
namespace {

struct Exemption {
    std::string kind;
    std::string_view package;
};

constexpr std::array kExemptionColumns {
    column<&Exemption::kind>(
        "kind", Is::opaque, "`user` for what a person allowed, `system`, or another list as it is titled."),
    column<&Exemption::package>(
        "package", Is::app_id, "Package that may run although the device saves power."),
};
constexpr auto kExemptions = table<Exemption>("android_power_exemption",
    "One row per package that is exempt from the saving of power.", Relation::permitted, kExemptionColumns);

struct Job {
    std::optional<std::int64_t> uid;
    std::string package;
    std::string component;
    std::optional<std::string> for_package;
    bool persisted = false;
};

constexpr std::array kJobColumns {
    column<&Job::uid>("uid", "Linux user id of the app."),
    column<&Job::package>("package", Is::app_id, "Package that runs the job."),
    column<&Job::component>("component", Is::opaque, "Class of the job."),
    column<&Job::for_package>("for_package", Is::app_id, "Package that the job is done for."),
    column<&Job::persisted>("persisted", "Whether it is kept over restarts."),
};
constexpr auto kJobs
    = table<Job>("android_job", "One row per job that was planned.", Relation::executed, kJobColumns);

struct JobRun {
    Time happened;
    std::string_view action;
    bool periodic = false;
    std::optional<std::int64_t> uid;
    std::string package;
    std::optional<std::string> component;
    std::optional<std::string_view> reason;
};

constexpr std::array kJobRunColumns {
    column<&JobRun::happened>(
        "happened", Clock::local_text, "When: the dump's own time less the age that it prints."),
    column<&JobRun::action>("action", Is::opaque, "`start` or `stop`."),
    column<&JobRun::periodic>("periodic", "Whether the job comes again and again."),
    column<&JobRun::uid>("uid", "Linux user id of the app that the job was done for."),
    column<&JobRun::package>("package", Is::app_id, "Package that ran the job."),
    column<&JobRun::component>("component", Is::opaque, "Class of the job."),
    column<&JobRun::reason>("reason", Is::opaque, "Why it was stopped."),
};
constexpr std::array kJobRunEvents { Event {
    "happened", "job_run", "job of {package}: {action} ({component})" } };
constexpr auto kJobRuns = table<JobRun>("android_job_run",
    "One row per start or stop of a job that the service remembers: the last hundred, also of apps that are "
    "gone.",
    Relation::executed, kJobRunColumns, kJobRunEvents);

struct AlarmUse {
    std::optional<std::int64_t> uid;
    std::string package;
    std::optional<std::int64_t> wakeups;
    std::optional<std::int64_t> running_ms;
};

constexpr std::array kAlarmColumns {
    column<&AlarmUse::uid>("uid", "Linux user id."),
    column<&AlarmUse::package>("package", Is::app_id, "Package."),
    column<&AlarmUse::wakeups>("wakeups", "How often its alarms woke the device since its start."),
    column<&AlarmUse::running_ms>("running_ms", "How long they ran, in milliseconds."),
};
constexpr auto kAlarms = table<AlarmUse>(
    "android_alarm_use", "One row per package that uses alarms.", Relation::executed, kAlarmColumns);

struct Alarm {
    std::string package;
    std::string kind;
    std::optional<std::string> tag;
    Time due;
    std::optional<std::int64_t> repeat_ms;
};

constexpr std::array kPlannedColumns {
    column<&Alarm::package>("package", Is::app_id, "Package that set it."),
    column<&Alarm::kind>("kind", Is::opaque, "`RTC_WAKEUP` or another; those with WAKEUP wake the device."),
    column<&Alarm::tag>("alarm_tag", Is::system_text, "What it calls: `*walarm*:` and a class or an action."),
    column<&Alarm::due>("due", Clock::local_text, "When it was due, where that is printed as a date."),
    column<&Alarm::repeat_ms>("repeat_ms", "After how many milliseconds it comes again, if it does."),
};
constexpr auto kPlannedAlarms = table<Alarm>("android_alarm",
    "One row per alarm that was set at the acquisition.", Relation::executed, kPlannedColumns);

struct Service {
    std::optional<std::int64_t> user;
    std::string package;
    std::string component;
    bool foreground = false;
    std::optional<std::int64_t> age_ms;
};

constexpr std::array kServiceColumns {
    column<&Service::user>("user", "Number of the Android user."),
    column<&Service::package>("package", Is::app_id, "Package."),
    column<&Service::component>("component", Is::opaque, "Class of the service."),
    column<&Service::foreground>("foreground", "Whether it showed a notification to keep running."),
    column<&Service::age_ms>("age_ms", "How long before the dump it was created, in milliseconds."),
};
constexpr auto kServices = table<Service>("android_running_service",
    "One row per service of an app that ran at the acquisition.", Relation::executed, kServiceColumns);

/// `Whitelist user apps:` and what is indented below it.
Result<void> parse_exemptions(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    std::string kind;
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        if (text.ends_with(':')) {
            kind.clear();
            if ((eat(text, "Whitelist ") || eat(text, "Allowlist ")) && text.ends_with(" apps:")) {
                text.remove_suffix(std::string_view { " apps:" }.size());
                kind = text;
            }
        } else if (!kind.empty() && is_package_name(text.substr(0, text.find(' ')))) {
            EXHIBIT_TRY(context.add(
                kExemptions, Exemption { kind, text.substr(0, text.find(' ')) }, Origin { line.offset }));
        } else {
            kind.clear();
        }
    }
    return lines.result();
}

/// `/data/system/deviceidle.xml`, where the service keeps what a person allowed: `<wl n="com.a" />`.
Result<void> parse_kept_exemptions(Input const& input, Context& context)
{
    return for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
        auto const package = element.attribute("n");
        if (element.name != "wl" || !package)
            return {};
        return context.add(kExemptions, Exemption { "user", *package }, origin);
    });
}

/// Takes `#u0a231/12: 1a2b3c ` and tells the user id; since Android 14 a namespace, words of the app and a
/// colon, may stand in the place of the `#`.
std::optional<std::int64_t> take_job_id(std::string_view& text)
{
    constexpr std::size_t longest = 40;
    for (auto at = text.find_first_of("#:"); at != text.npos; at = text.find(':', at + 1)) {
        auto const rest = text.substr(at + 1);
        auto const colon = rest.substr(0, longest).find(": ");
        auto number = rest.substr(0, colon);
        auto const uid = to_uid(take_until(number, '/'));
        if (colon == rest.npos || !uid || !to_integer(number))
            continue;
        text = rest.substr(colon + 2);
        (void)take_word(text);
        return uid;
    }
    return std::nullopt;
}

template<typename Row> void set_component(Row& job, std::string_view text)
{
    auto component = to_component(text);
    if (!component || (component->package != "android" && !is_package_name(component->package)))
        return;
    job.package = component->package;
    job.component = std::move(component->class_name);
}

constexpr std::size_t kSeconds = std::string_view { "0000-00-00 00:00:00" }.size();

/// `-1h02m03s400ms START-P: #u0a231/12 com.a/.Job`, behind the component of one that stopped the reason:
/// JobPackageTracker of the Android Open Source Project. Since Android 14 words of the app may stand before
/// the component, and a job that was given a tag has the package alone behind it.
std::optional<JobRun> to_job_run(std::string_view text, DeviceClock const& clock)
{
    auto const age = to_duration(take_word(text));
    auto label = take_word(text);
    if (!age || !label.ends_with(':') || !eat(text, "#"))
        return std::nullopt;
    label.remove_suffix(1);
    JobRun run;
    run.periodic = label.ends_with("-P");
    if (run.periodic)
        label.remove_suffix(2);
    run.action = label == "START" ? "start" : label == "STOP" ? "stop" : "";
    auto number = take_word(text);
    run.uid = to_uid(take_until(number, '/'));
    if (run.action.empty() || !run.uid || !to_integer(number))
        return std::nullopt;
    auto name = component_of_job(text);
    auto const component = take_word(name);
    set_component(run, component);
    if (auto const tagged = component.substr(component.rfind(':') + 1);
        run.package.empty() && is_package_name(tagged))
        run.package = tagged;
    if (run.action == "stop" && !name.empty())
        run.reason = name;
    if (clock.taken)
        run.happened = time_after(*clock.taken, *age, clock.zone, kSeconds);
    return run;
}

/// What stands below `Job history:`.
class JobHistory {
public:
    JobHistory(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    /// Whether the line is one of the history.
    Result<bool> takes(std::string_view text, std::uint64_t offset)
    {
        if (text == "Job history:")
            return m_inside = true;
        auto const run = m_inside ? to_job_run(text, m_clock) : std::nullopt;
        m_inside = run.has_value();
        if (run && !run->package.empty())
            EXHIBIT_TRY(m_context.add(kJobRuns, *run, Origin { offset }));
        return m_inside;
    }

private:
    Context& m_context;
    DeviceClock m_clock;
    bool m_inside = false;
};

/// `JOB #u0a231/12: 1a2b3c com.a/.Job`, with `Source: uid=u0a231 user=0 pkg=com.a`, `Service: com.a/.Job` and
/// `PERSISTED` below: JobStatus of the Android Open Source Project.
Result<void> parse_jobs(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    JobHistory history { context, clock_of_section(input) };
    std::optional<Job> job;
    Origin origin;
    auto const finish = [&]() -> Result<void> {
        if (job && !job->package.empty())
            EXHIBIT_TRY(context.add(kJobs, *job, origin));
        job.reset();
        return {};
    };
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        if (EXHIBIT_TRY(history.takes(text, line.offset))) {
            EXHIBIT_TRY(finish());
        } else if (eat(text, "JOB ")) {
            EXHIBIT_TRY(finish());
            job.emplace();
            origin = Origin { line.offset };
            job->uid = take_job_id(text);
            set_component(*job, component_of_job(text));
        } else if (job && !text.empty() && indent_of(line.text) <= 2
            && (job->for_package || text.ends_with("Controller:"))) {
            EXHIBIT_TRY(finish()); // Before its source is told, words of the app may stand at the margin.
        } else if (job && !job->for_package && eat(text, "Source: ")) {
            job->for_package = value_of(text, "pkg").value_or("");
        } else if (job && eat(text, "Service: ")) {
            set_component(*job, text);
        } else if (job && (text == "PERSISTED" || text.starts_with("PERSISTED "))) {
            job->persisted = true;
        }
    }
    EXHIBIT_TRY(finish());
    return lines.result();
}

/// `RTC_WAKEUP #1: Alarm{1a2b type 0 origWhen 1714550000000 whenElapsed 100 com.a}`
std::optional<Alarm> to_alarm(std::string_view text)
{
    auto const number = text.find(" #");
    auto const record = text.find(": Alarm{");
    if (number == text.npos || record == text.npos || record < number)
        return std::nullopt;
    Alarm alarm;
    alarm.kind = text.substr(0, number);
    auto const words = between(text, "{", "}").value_or("");
    alarm.package = words.substr(words.rfind(' ') + 1);
    return is_package_name(alarm.package) || alarm.package == "android" ? std::optional { alarm }
                                                                        : std::nullopt;
}

/// The moment behind `when=`, or `origWhen=`: two words.
Time due_time(std::string_view text, DeviceClock const& clock)
{
    for (std::string_view const key : { " when=", "origWhen=" })
        if (auto const at = text.find(key); at != text.npos) {
            auto rest = text.substr(at + key.size());
            constexpr std::size_t moment = std::string_view { "0000-00-00 00:00:00.000" }.size();
            rest = rest.substr(0, moment);
            if (rest.size() > 10 && rest[4] == '-' && rest[10] == ' ')
                return local_time(trim(rest), clock);
        }
    return {};
}

void read_alarm_line(std::string_view text, DeviceClock const& clock, Alarm& alarm)
{
    if (text.starts_with("tag=")) {
        alarm.tag = text.substr(4);
        return;
    }
    if (auto const repeat = value_of(text, "repeatInterval").and_then(to_integer); repeat && *repeat != 0)
        alarm.repeat_ms = repeat;
    if (alarm.due.absent())
        alarm.due = due_time(text, clock);
}

/// Alarms that are set, and of those that fired: `u0a231:com.example.notes +1s23ms running, 12 wakeups:`
Result<void> parse_alarms(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const clock = clock_of_section(input);
    std::optional<Alarm> alarm;
    Origin origin;
    auto const finish = [&]() -> Result<void> {
        if (alarm)
            EXHIBIT_TRY(context.add(kPlannedAlarms, *alarm, origin));
        alarm.reset();
        return {};
    };
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        if (auto planned = to_alarm(text)) {
            EXHIBIT_TRY(finish());
            alarm = std::move(planned);
            origin = Origin { line.offset };
            continue;
        }
        if (alarm)
            read_alarm_line(text, clock, *alarm);
        auto const at = text.find(" running, ");
        if (at == text.npos || !text.ends_with(" wakeups:"))
            continue;
        EXHIBIT_TRY(finish());
        auto name = take_word(text);
        AlarmUse use;
        if (name.contains(':'))
            use.uid = to_uid(take_until(name, ':'));
        use.package = name;
        use.running_ms = to_duration(take_word(text)).transform([](auto length) { return length.count(); });
        (void)eat(text, "running, ");
        use.wakeups = leading_integer(text);
        EXHIBIT_TRY(context.add(kAlarms, use, Origin { line.offset }));
    }
    EXHIBIT_TRY(finish());
    return lines.result();
}

/// `1a2b u0 com.a/.Svc`, from the first line of a service.
std::optional<Service> to_service(std::string_view record)
{
    (void)take_word(record);
    auto user = take_word(record);
    auto component = to_component(record.substr(0, record.find(' ')));
    if (!component)
        return std::nullopt;
    Service service;
    service.user = eat(user, "u") ? to_integer(user) : std::nullopt;
    service.package = component->package;
    service.component = std::move(component->class_name);
    return service;
}

/// `* ServiceRecord{1a2b u0 com.a/.Svc}` and its lines.
Result<void> parse_services(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    std::optional<Service> service;
    Origin origin;
    auto const finish = [&]() -> Result<void> {
        if (service)
            EXHIBIT_TRY(context.add(kServices, *service, origin));
        service.reset();
        return {};
    };
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        if (text.starts_with("* ServiceRecord{")) {
            EXHIBIT_TRY(finish());
            service = to_service(between(text, "{", "}").value_or(""));
            origin = Origin { line.offset };
        } else if (service && (text.empty() || text.starts_with("* "))) {
            EXHIBIT_TRY(finish());
        } else if (service) {
            if (text.contains("isForeground=true"))
                service->foreground = true;
            if (auto const created = value_of(text, "createTime"))
                service->age_ms
                    = to_duration(*created).transform([](auto length) { return std::abs(length.count()); });
        }
    }
    EXHIBIT_TRY(finish());
    return lines.result();
}

Result<void> parse(Input const& input, Context& context)
{
    auto const service = base_name(input.path);
    if (service == "deviceidle")
        return parse_exemptions(input, context);
    if (service == "deviceidle.xml")
        return parse_kept_exemptions(input, context);
    if (service == "jobscheduler")
        return parse_jobs(input, context);
    return service == "alarm" ? parse_alarms(input, context) : parse_services(input, context);
}

constexpr std::array<std::string_view, 5> kPaths { "@dumpsys/deviceidle", "@dumpsys/jobscheduler",
    "@dumpsys/alarm", "@dumpsys/activity", "/data/system/deviceidle.xml" };
constexpr std::array<Table const*, 6> kTables { &kExemptions, &kJobs, &kJobRuns, &kAlarms, &kPlannedAlarms,
    &kServices };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.background_work",
    .title = "What works in the background",
    .doc = "Apps that need not save power, planned jobs and alarms, alarms that woke the device, and "
           "services that ran: "
           "the means "
           "by which an app keeps itself alive. It shows the moment of the acquisition; counts since the "
           "last start.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::background_work
