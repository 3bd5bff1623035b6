#include "database.hpp"
#include "support/segb_builder.hpp"
#include "traces.hpp"

#include <fmt/format.h>

namespace exhibit::sample {
namespace {

constexpr double kMacTraceTime = 641'952'000; ///< kTraceTime, in seconds since 2001
constexpr std::string_view kStreams = "private/var/mobile/Library/Biome/streams/";

std::string stream(std::string_view message)
{
    test::SegbRecord const record { test::protobuf_from_text(message), 1, kMacTraceTime };
    return test::segb_version_2({ record }, kMacTraceTime);
}

std::string power_log(bool traces)
{
    Database log {
        "CREATE TABLE PLStorageOperator_EventForward_TimeOffset (ID INTEGER PRIMARY KEY, timestamp REAL, "
        "system "
        "REAL);"
        "CREATE TABLE PLProcessMonitorAgent_EventForward_ProcessID (ID INTEGER PRIMARY KEY, timestamp REAL, "
        "ProcessName TEXT, BundleID TEXT, PID INTEGER);"
        "CREATE TABLE PLProcessNetworkAgent_EventInterval_UsageDiff (ID INTEGER PRIMARY KEY, timestamp REAL, "
        "timestampEnd REAL, BundleName TEXT, ProcessName TEXT, CellIn INTEGER, CellOut INTEGER, WifiIn "
        "INTEGER, "
        "WifiOut INTEGER);"
        "CREATE TABLE PLApplicationAgent_EventNone_AllApps (ID INTEGER PRIMARY KEY, timestamp REAL, AppName "
        "TEXT, "
        "AppExecutable TEXT, AppBundleId TEXT, AppBuildVersion TEXT, AppBundleVersion TEXT, AppType INTEGER, "
        "AppDeletedDate REAL);"
        "CREATE TABLE PLCameraAgent_EventForward_Camera (ID INTEGER PRIMARY KEY, timestamp REAL, BundleId "
        "TEXT, "
        "CameraType INTEGER, State INTEGER);"
        "CREATE TABLE PLSpringBoardAgent_EventForward_SBLock (ID INTEGER PRIMARY KEY, timestamp REAL, Locked "
        "INTEGER);"
    };
    auto const at = [](int seconds) { return kTraceTime - 86'400 + seconds; };
    log.run(fmt::format(
        "INSERT INTO PLStorageOperator_EventForward_TimeOffset VALUES (1, {}, 86400.0), (2, {}, {});", at(0),
        at(900), traces ? 79'200.0 : 86'399.0));
    log.run(fmt::format(
        "INSERT INTO PLProcessMonitorAgent_EventForward_ProcessID VALUES (1, {}, '{}', NULL, 91);", at(60),
        traces ? "mDNSRespoder" : "mDNSResponder"));
    log.run(fmt::format(
        "INSERT INTO PLProcessNetworkAgent_EventInterval_UsageDiff VALUES (1, {}, {}, '', 'sampled', "
        "0, {}, 0, 0);",
        at(60), at(120), traces ? 5'000'000 : 5'000));
    log.run(fmt::format("INSERT INTO PLApplicationAgent_EventNone_AllApps VALUES (1, {}, 'Sample', 'Sample', "
                        "'org.example.app2', '1', '1.0', 4, {});",
        at(0), traces ? kTraceTime - 3'600 : 0));
    log.run(fmt::format(
        "INSERT INTO PLSpringBoardAgent_EventForward_SBLock VALUES (1, {}, {});", at(200), traces ? 1 : 0));
    log.run(fmt::format(
        "INSERT INTO PLCameraAgent_EventForward_Camera VALUES (1, {}, 'org.example.app2', 1, 1);", at(260)));
    return log.content();
}

} // namespace

void add_device_use_traces(Form form, TraceSet& set)
{
    bool const traces = form == Form::trace;
    auto const add = [&](std::string path, std::string content) {
        set.files.push_back({ "", std::move(path), std::move(content) });
    };
    auto const expect = [&](std::string_view rule, std::string_view severity) {
        set.in_file_system.emplace_back(rule, severity);
    };
    add(fmt::format("{}public/Notification/local/641952000000000", kStreams),
        stream(fmt::format("8: \"Apple\" 9: \"{}\" 14: \"com.apple.MobileSMS\"",
            traces ? "ALERT: State-sponsored attackers may be targeting your iPhone"
                   : "Did you get this too: ALERT: State-sponsored attackers may be targeting your iPhone")));
    add(fmt::format("{}restricted/ProactiveHarvesting.Mail/local/641952000000000", kStreams),
        stream(fmt::format(
            "2: \"<1@sample.example>\" 10: {{ 1: \"From\" 2: \"Apple <{}>\" }} 11: \"ALERTE : Apple a "
            "détecté une attaque ciblée\"",
            traces ? "threat-notifications@email.apple.com" : "threat-notifications@apple.sample.example")));
    expect("ios-biome-apple-threat-notification", "high");
    add(fmt::format("{}restricted/App.WebUsage/local/641952000000000", kStreams),
        stream(fmt::format("4: \"https://pages.sample.example/{}.js\" 6: \"org.example.app2\"",
            traces ? "rce_loader" : "my_rce_loader")));
    expect("ios-biome-exploit-kit-page", "high");
    add("private/var/containers/Shared/SystemGroup/5A1B0E0C-6C0A-4B57-9E0B-0D6B5D3F1A11/Library/BatteryLife/"
        "CurrentPowerlog.PLSQL",
        power_log(traces));
    expect("ios-powerlog-lookalike", "low");
    expect("ios-powerlog-unknown-process-uploads", "low");
    expect("ios-powerlog-camera-while-locked", "low");
    expect("ios-powerlog-clock-set-back", "info");
    expect("ios-powerlog-app-removed", "info");
    add("private/var/mobile/Library/Mobile "
        "Documents/com~apple~CloudDocs/App_Privacy_Report_v4_2021-05-06.ndjson",
        fmt::format(R"({{"accessor":{{"identifier":"{}","identifierType":"{}"}},"category":"microphone",)"
                    R"("identifier":"5A1B0E0C-6C0A-4B57-9E0B-0D6B5D3F1A11","kind":"intervalBegin",)"
                    R"("timeStamp":"2021-05-06T00:00:00.000Z","type":"access"}})"
                    "\n",
            traces ? "/usr/libexec/sampled" : "org.example.app2", traces ? "path" : "bundleID"));
    expect("ios-privacy-access-by-program", "low");
}

} // namespace exhibit::sample
