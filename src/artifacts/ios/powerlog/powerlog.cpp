#include "artifacts/common/query.hpp"
#include "artifacts/ios/powerlog/clock_offsets.hpp"
#include "artifacts/ios/powerlog/rows.hpp"
#include "base/text.hpp"
#include "formats/gzip/gzip.hpp"

namespace exhibit::ios::powerlog {
namespace {

using namespace std::string_view_literals;

constexpr std::array kProcessFields {
    from<&Process::happened>("t.timestamp", Clock::unix_seconds),
    from<&Process::ended>("t.timestampEnd", Clock::unix_seconds),
    from<&Process::process>("t.ProcessName"),
    from<&Process::bundle_id>("t.BundleID"),
    from<&Process::launchd_label>("t.LaunchdName"),
    from<&Process::pid>("t.PID"),
    from<&Process::cpu_time>("t.cpu_time"),
    from<&Process::bytes_read>("t.bytesread"),
    from<&Process::bytes_written>("t.byteswritten"),
    from<&Process::tasks_started>("t.tasks_started"),
};
// Versions differ in which of the two tables has the name.
constexpr std::array kMeasuredFields {
    from<&Process::happened>("m.timestamp", Clock::unix_seconds),
    from<&Process::ended>("m.timestampEnd", Clock::unix_seconds),
    from<&Process::process>("m.ProcessName"),
    from<&Process::bundle_id>("m.BundleID"),
    from<&Process::pid>("m.PID"),
    from<&Process::process>("t.ProcessName"),
    from<&Process::bundle_id>("t.BundleID"),
    from<&Process::pid>("t.PID"),
    from<&Process::cpu_time>("t.value"),
};
constexpr std::array kTaskFields {
    from<&Process::happened>("t.StartDate", Clock::unix_seconds),
    from<&Process::ended>("t.EndDate", Clock::unix_seconds),
    from<&Process::process>("t.ProcessName"),
    from<&Process::pid>("t.PID"),
    from<&Process::bundle_id>("m.BundleID"),
    from<&Process::task>("m.Name"),
    from<&Process::launch_reason>("m.LaunchReason"),
};
constexpr std::array kKernelFields {
    from<&Process::happened>("t.timestamp", Clock::unix_seconds),
    from<&Process::ended>("t.timestampEnd", Clock::unix_seconds),
    from<&Process::task>("t.ThreadName"),
    from<&Process::cpu_time>("t.CPUTime"),
};
// Programs that had the neural engine load a model, by the identity that they are signed with.
constexpr std::array kModelFields {
    from<&Process::happened>("t.timestamp", Clock::unix_seconds),
    from<&Process::bundle_id>("t.csIdentity"),
    from<&Process::task>("t.modelURL"),
};
constexpr std::array kTrafficFields {
    from<&Traffic::happened>("t.timestamp", Clock::unix_seconds),
    from<&Traffic::ended>("t.timestampEnd", Clock::unix_seconds),
    from<&Traffic::process>("t.ProcessName"),
    from<&Traffic::bundle_id>("t.BundleName"),
    from<&Traffic::wwan_in>("t.CellIn"),
    from<&Traffic::wwan_out>("t.CellOut"),
    from<&Traffic::wifi_in>("t.WifiIn"),
    from<&Traffic::wifi_out>("t.WifiOut"),
};
constexpr std::array kAppFields {
    from<&App::noted>("t.timestamp", Clock::unix_seconds),
    from<&App::bundle_id>("t.AppBundleId"),
    from<&App::name>("t.AppName"),
    from<&App::process>("t.AppExecutable"),
    from<&App::app_version>("t.AppBundleVersion"),
    from<&App::build>("t.AppBuildVersion"),
    from<&App::app_type>("t.AppType"),
    from<&App::deleted_at>("t.AppDeletedDate", Clock::unix_seconds),
};
constexpr std::array kStateOfAppFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::bundle_id>("t.Identifier"),
    from<&Use::pid>("t.pid"),
    from<&Use::use_state>("t.State"),
    from<&Use::detail>("t.Reason"),
};
constexpr std::array kRunTimeFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::bundle_id>("t.BundleID"),
    from<&Use::screen_on_s>("t.ScreenOnTime"),
    from<&Use::background_s>("t.BackgroundTime"),
};
constexpr std::array kAudioFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::bundle_id>("t.ApplicationName"),
    from<&Use::pid>("t.PID"),
    from<&Use::use_state>("t.Operation"),
    from<&Use::detail>("t.AssertionName"),
    from<&Use::route>("t.AudioRoute"),
};
constexpr std::array kRouteFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::pid>("t.ActivePID"),
    from<&Use::use_state>("t.Active"),
    from<&Use::detail>("t.OutputCategory"),
    from<&Use::route>("t.ActiveRoute"),
};
constexpr std::array kCameraFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::bundle_id>("t.BundleId"),
    from<&Use::use_state>("t.State"),
    from<&Use::detail>("t.CameraType"),
};
constexpr std::array kLocationFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::ended>("t.timestampEnd", Clock::unix_seconds),
    from<&Use::bundle_id>("t.BundleID"),
    from<&Use::bundle_id>("t.Client"),
    from<&Use::client>("t.Client"),
    from<&Use::process>("t.Executable"),
    from<&Use::detail>("t.Type"),
};
constexpr std::array kWakeFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::pid>("t.AssertionOnBehalfOfPID"),
    from<&Use::use_state>("t.Action"),
    from<&Use::detail>("t.AssertName"),
};
constexpr std::array kNearbyFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::bundle_id>("t.BundleID"),
    from<&Use::pid>("t.PID"),
    from<&Use::use_state>("t.State"),
    from<&Use::detail>("t.Subevent"),
};
// What came over Rapport, by which devices near each other talk.
constexpr std::array kRapportFields {
    from<&Use::happened>("t.timestamp", Clock::unix_seconds),
    from<&Use::ended>("t.timestampEnd", Clock::unix_seconds),
    from<&Use::bundle_id>("t.AppID"),
    from<&Use::use_state>("t.Type"),
    from<&Use::detail>("t.Identifier"),
    from<&Use::route>("t.LinkType"),
    from<&Use::sender_device>("t.SenderID"),
    from<&Use::messages_in>("t.Messages"),
    from<&Use::bytes_in>("t.Bytes"),
};
constexpr std::array kInterfaceFields {
    from<&Interface::happened>("t.timestamp", Clock::unix_seconds),
    from<&Interface::name>("t.Interface"),
    from<&Interface::bytes_in>("t.DownBytes"),
    from<&Interface::bytes_out>("t.UpBytes"),
};
constexpr std::array kPushFields {
    from<&Push::happened>("t.timestamp", Clock::unix_seconds),
    from<&Push::topic>("t.Topic"),
    from<&Push::bundle_id>("t.BundleID"),
    from<&Push::connection>("t.ConnectionType"),
    from<&Push::priority>("t.Priority"),
    from<&Push::dropped>("t.isDropped"),
    from<&Push::server>("t.ServerHostname"),
    from<&Push::server_ip>("t.ServerIP"),
};
constexpr std::array kAccountFields {
    from<&Account::happened>("t.timestamp", Clock::unix_seconds),
    from<&Account::ended>("t.timestampEnd", Clock::unix_seconds),
    from<&Account::topic>("t.Topic"),
    from<&Account::messages_in>("t.IncomingMessages"),
    from<&Account::messages_out>("t.OutgoingMessages"),
    from<&Account::bytes_in>("t.IncomingBytes"),
    from<&Account::bytes_out>("t.OutgoingBytes"),
};
constexpr std::array kLockFields {
    from<&State::happened>("t.timestamp", Clock::unix_seconds),
    from<&State::device_state>("t.Locked"),
};
constexpr std::array kPowerFields {
    from<&State::happened>("t.timestamp", Clock::unix_seconds),
    from<&State::device_state>("t.State"),
    from<&State::reason>("t.Reason"),
};
constexpr std::array kOffsetFields {
    from<&Offset::happened>("t.timestamp", Clock::unix_seconds),
    from<&Offset::offset_s>("t.system"),
};

/// Names may end in how long rows are kept, as in `ANE_modelLoad_1_2`.
bool is_version_of(std::string_view name, std::string_view base)
{
    if (!to_lower(name).starts_with(to_lower(base)))
        return false;
    auto const ending = name.substr(base.size());
    return ending.empty()
        || (ending.starts_with('_') && ending.find_first_not_of("_0123456789") == std::string_view::npos);
}

/// The same database on three occasions: PowerLog itself, that of telemetry, and that of background work.
constexpr std::array kOffsetTables { "PLStorageOperator_EventForward_TimeOffset"sv,
    "PPTStorageOperator_TimeOffset"sv, "PPTStorageOperator_EventForward_TimeOffset"sv,
    "BackgroundProcessing_TimeOffset"sv };

class LogReader {
public:
    LogReader(sqlite::Database const& database, Context& context)
        : m_database(database)
        , m_tables(database.tables())
        , m_context(context)
    {
    }

    Result<void> read()
    {
        EXHIBIT_TRY(read_offsets());
        EXHIBIT_TRY(read_processes());
        EXHIBIT_TRY((read<Traffic>(
            { "PLProcessNetworkAgent_EventInterval_UsageDiff", true }, kTrafficFields, kTraffic)));
        EXHIBIT_TRY((read<Interface>(
            { "PLNetworkAgent_EventBackward_CumulativeNetworkUsage" }, kInterfaceFields, kInterfaces)));
        EXHIBIT_TRY((read<App>({ "PLApplicationAgent_EventNone_AllApps", true }, kAppFields, kApps)));
        EXHIBIT_TRY(read_uses());
        EXHIBIT_TRY((read<Push>({ "PLPushAgent_EventPoint_ReceivedPush" }, kPushFields, kPushes)));
        EXHIBIT_TRY((read<Account>(
            { "PLIdentityServicesAgent_EventInterval_IDSMessagePeriodic" }, kAccountFields, kAccounts)));
        EXHIBIT_TRY((read<State>({ "PLSpringBoardAgent_EventForward_SBLock" }, kLockFields, kStates)));
        EXHIBIT_TRY((read<State>({ "PLSleepWakeAgent_EventForward_PowerState" }, kPowerFields, kStates)));
        if (m_moments_unknown)
            m_context.note(Level::warning, Fault::missing,
                "the differences between PowerLog's clock and the device's are not there: times are kept as "
                "stored, their moments are not known",
                {});
        return {};
    }

    [[nodiscard]] bool found() const { return m_found; }

private:
    /// A table of the database, and what its rows are.
    struct Part {
        std::string_view base;
        bool deleted = false; ///< whether deleted rows are looked for
        std::string_view sensor = {};
        std::vector<Join> joins = {};
    };

    [[nodiscard]] std::vector<std::string_view> versions_of(std::string_view base) const
    {
        std::vector<std::string_view> found;
        for (auto const& name : m_tables)
            if (is_version_of(name, base))
                found.push_back(name);
        return found;
    }

    template<typename Row> void finish(Row& row, Part const& part)
    {
        m_moments_unknown = m_moments_unknown || m_offsets.empty();
        if constexpr (requires { row.happened; })
            row.happened = m_offsets.correct(row.happened);
        if constexpr (requires { row.ended; })
            row.ended = m_offsets.correct(row.ended);
        if constexpr (requires { row.noted; })
            row.noted = m_offsets.correct(row.noted);
        if constexpr (requires { row.source; })
            row.source = part.base;
        if constexpr (requires { row.sensor; })
            row.sensor = part.sensor;
    }

    template<typename Row, std::size_t Count>
    Result<void> read(
        Part const& part, std::array<Field<Row>, Count> const& fields, TableOf<Row> const& table)
    {
        for (auto const name : versions_of(part.base)) {
            m_found = true;
            Select const select { .alias = "t", .table = name, .joins = part.joins, .deleted = part.deleted };
            EXHIBIT_TRY(each_row<Row>(
                m_database, m_context, select, fields, [&](Row& row, Origin origin) -> Result<void> {
                    finish(row, part);
                    return m_context.add(table, row, origin);
                }));
        }
        return {};
    }

    Result<void> read_offsets()
    {
        for (auto const base : kOffsetTables)
            for (auto const name : versions_of(base)) {
                m_found = true;
                EXHIBIT_TRY(each_row<Offset>(m_database, m_context, { "t", name }, kOffsetFields,
                    [&](Offset& row, Origin) -> Result<void> {
                        add_offset(row);
                        return {};
                    }));
            }
        m_offsets.sort();
        for (auto const base : kOffsetTables)
            EXHIBIT_TRY((read<Offset>({ base }, kOffsetFields, kOffsets)));
        return {};
    }

    void add_offset(Offset const& row)
    {
        if (auto const* own = std::get_if<double>(&row.happened.raw); own != nullptr && row.offset_s)
            m_offsets.add(*own, *row.offset_s);
        else if (auto const* number = std::get_if<std::int64_t>(&row.happened.raw);
            number != nullptr && row.offset_s)
            m_offsets.add(static_cast<double>(*number), *row.offset_s);
    }

    Result<void> read_processes()
    {
        EXHIBIT_TRY((read<Process>(
            { "PLProcessMonitorAgent_EventForward_ProcessID", true }, kProcessFields, kProcesses)));
        EXHIBIT_TRY(read_measured());
        EXHIBIT_TRY((read<Process>(
            { "PLCoalitionAgent_EventInterval_CoalitionInterval", true }, kProcessFields, kProcesses)));
        EXHIBIT_TRY((read<Process>(
            { "PLProcessMonitorAgent_EventInterval_KernelTaskMonitor" }, kKernelFields, kProcesses)));
        EXHIBIT_TRY((read<Process>({ "ANE_modelLoad" }, kModelFields, kProcesses)));
        // Its times are the device's already.
        constexpr auto task_table = "BackgroundProcessing_TaskInstanceData"sv;
        auto const metadata = versions_of("BackgroundProcessing_TaskMetadata");
        for (auto const name : versions_of(task_table)) {
            m_found = true;
            Select select { .alias = "t", .table = name, .once = true };
            if (!metadata.empty())
                select.joins.push_back({ "m", metadata.front(), "TaskID", "t.TaskID" });
            EXHIBIT_TRY(each_row<Process>(
                m_database, m_context, select, kTaskFields, [&](Process& row, Origin origin) -> Result<void> {
                    row.source = task_table;
                    return m_context.add(kProcesses, row, origin);
                }));
        }
        return {};
    }

    /// A measurement is one row, and one row per process that was measured.
    Result<void> read_measured()
    {
        constexpr auto measurement = "PLProcessMonitorAgent_EventBackward_ProcessMonitor"sv;
        Part part { "PLProcessMonitorAgent_EventBackward_ProcessMonitor_Dynamic" };
        auto const measurements = versions_of(measurement);
        if (measurements.empty() || versions_of(part.base).empty())
            return read<Process>({ measurement }, kProcessFields, kProcesses);
        part.joins.push_back({ "m", measurements.front(), "ID", "t.FK_ID" });
        return read<Process>(part, kMeasuredFields, kProcesses);
    }

    Result<void> read_uses()
    {
        EXHIBIT_TRY((read<Use>(
            { "PLApplicationAgent_EventForward_Application", false, "app" }, kStateOfAppFields, kUses)));
        EXHIBIT_TRY(
            (read<Use>({ "PLAppTimeService_Aggregate_AppRunTime", false, "app" }, kRunTimeFields, kUses)));
        EXHIBIT_TRY((read<Use>({ "PLAudioAgent_EventPoint_AudioApp", true, "audio" }, kAudioFields, kUses)));
        EXHIBIT_TRY(
            (read<Use>({ "PLAudioAgent_EventForward_Routing", false, "audio" }, kRouteFields, kUses)));
        EXHIBIT_TRY(
            (read<Use>({ "PLCameraAgent_EventForward_Camera", true, "camera" }, kCameraFields, kUses)));
        EXHIBIT_TRY((read<Use>(
            { "PLLocationAgent_EventForward_ClientStatus", true, "location" }, kLocationFields, kUses)));
        EXHIBIT_TRY((read<Use>(
            { "PLPowerAssertionAgent_EventForward_Assertion", false, "wake" }, kWakeFields, kUses)));
        EXHIBIT_TRY(
            (read<Use>({ "PLXPCAgent_EventForward_AirDrop", false, "nearby" }, kNearbyFields, kUses)));
        return read<Use>(
            { "PLXPCAgent_EventInterval_RapportReceivedMessage", false, "nearby" }, kRapportFields, kUses);
    }

    sqlite::Database const& m_database;
    std::vector<std::string> m_tables;
    Context& m_context;
    ClockOffsets m_offsets;
    bool m_moments_unknown = false;
    bool m_found = false;
};

/// What a packed log unpacks to. Up to 64 MiB are kept in memory, since a database is read in no order; of
/// larger ones places to unpack from.
class UnpackedLog {
public:
    explicit UnpackedLog(Source const& packed)
        : m_packed(std::shared_ptr<void> {}, &packed) // borrowed
    {
    }

    Result<void> unpack(Limits const& limits, Context& context)
    {
        constexpr std::size_t step = std::size_t { 1 } << 20U;
        constexpr std::size_t most_in_memory = std::size_t { 64 } << 20U;
        gzip::Stream stream { m_packed };
        stream.note_points(step, 1024);
        std::vector<std::byte> rest(step);
        for (;;) {
            if (context.stop().stop_requested())
                return fail(Fault::cancelled, "cancelled");
            auto const size = stream.position();
            auto const count = stream.read(rest);
            if (!count && size == 0)
                return std::unexpected(count.error());
            if (!count)
                context.note(Level::damage, count.error());
            if (!count || *count == 0)
                break;
            if (size + *count > limits.unpacked)
                return fail(Fault::over_limit, "the log is larger than the limit when unpacked", size);
            if (size + *count <= most_in_memory)
                m_bytes.insert(
                    m_bytes.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(*count));
        }
        if (stream.position() > m_bytes.size()) {
            m_bytes = {};
            m_source = std::make_unique<gzip::GzipSource>(m_packed, stream.take_points(), stream.position());
        } else {
            m_source = std::make_unique<MemorySource>(m_bytes);
        }
        return {};
    }

    [[nodiscard]] Source const& source() const { return *m_source; }

private:
    std::shared_ptr<Source const> m_packed;
    std::vector<std::byte> m_bytes;
    std::unique_ptr<Source> m_source;
};

Result<void> read_log(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    LogReader reader { database, context };
    EXHIBIT_TRY(reader.read());
    if (!reader.found() && !database.empty())
        return fail(Fault::unsupported, "the database has none of the tables of PowerLog");
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    if (base_name(input.path).starts_with("._")) // What macOS writes beside a file that it copies.
        return {};
    if (!input.path.ends_with(".gz"))
        return read_log(input, context);
    UnpackedLog log { *input.source };
    EXHIBIT_TRY(log.unpack(context.limits(), context));
    auto unpacked = input;
    unpacked.source = &log.source();
    unpacked.wal = nullptr;
    unpacked.journal = nullptr;
    return read_log(unpacked, context);
}

constexpr std::array kPaths {
    "/private/var/**/BatteryLife/CurrentPowerlog.PLSQL"sv,
    "/private/var/**/BatteryLife/**.??SQL"sv, // .PLSQL, .EPSQL, .BGSQL
    "/private/var/**/BatteryLife/**.??SQL.gz"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "logs/powerlogs/**.??SQL"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "logs/powerlogs/**.??SQL.gz"sv,
};
constexpr std::array<Table const*, 9> kTables { &kProcesses, &kTraffic, &kInterfaces, &kApps, &kUses,
    &kPushes, &kAccounts, &kStates, &kOffsets };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.powerlog",
    .title = "PowerLog",
    .doc
    = "What used energy: which processes ran and used the network, how apps and services used camera, sound "
      "and location, which apps were removed, when the device was locked. Read from CurrentPowerlog.PLSQL, "
      "which reaches back about three days, from the packed logs before it, and from the databases of "
      "telemetry and background work beside them. Times are corrected by the differences of clocks that the "
      "database notes; where it notes none, the times as stored are all that is known. Of its several "
      "hundred tables those that say which program did something are read.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::powerlog
