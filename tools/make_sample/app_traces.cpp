#include "database.hpp"
#include "support/cms_builder.hpp"
#include "support/plist_builder.hpp"
#include "traces.hpp"

#include <fmt/format.h>

namespace exhibit::sample {
namespace {

using test::Plist;

std::string provisioning_profile(std::string_view bundle, std::vector<std::pair<std::string, Plist>> who)
{
    who.emplace_back("Name", "Sample");
    who.emplace_back("TeamName", "Sample Company");
    who.emplace_back("UUID", "12345678-9ABC-4EF0-8234-56789ABCDEF0");
    who.emplace_back("Entitlements",
        Plist::dictionary({ { "application-identifier", fmt::format("A1B2C3D4E5.{}", bundle) } }));
    return test::signed_message(test::to_xml_plist(Plist::dictionary(std::move(who))));
}

void add_provisioning_profiles(bool traces, TraceSet& set)
{
    auto const in_app = [&](std::string_view name, std::vector<std::pair<std::string, Plist>> who) {
        set.files.push_back({ "",
            fmt::format(
                "private/var/containers/Bundle/Application/{0}/{0}.app/embedded.mobileprovision", name),
            provisioning_profile(fmt::format("org.example.{}", name), std::move(who)) });
    };
    in_app("Carrier", { { "ProvisionsAllDevices", traces } });
    set.in_file_system.emplace_back("ios-app-for-any-device", "medium");
    in_app("Notes",
        traces ? std::vector<std::pair<std::string, Plist>> { { "ProvisionedDevices",
                     Plist::array({ "00008030-000000000000002E" }) } }
               : std::vector<std::pair<std::string, Plist>> {});
    set.in_file_system.emplace_back("ios-app-of-developer", "medium");
}

/// A program that failed, and the whole device after it.
void add_failures(bool traces, TraceSet& set)
{
    auto const report = [&](std::string_view name, std::string_view clock, int kind, std::string_view body) {
        set.files.push_back({ "",
            fmt::format("private/var/mobile/Library/Logs/CrashReporter/{}-2021-05-06-{}.ips", name, kind),
            fmt::format(
                "{{\"app_name\":\"{0}\",\"timestamp\":\"2021-05-06 {1}.00 +0000\",\"bug_type\":\"{2}\","
                "\"os_version\":\"iPhone OS 14.3 (18C66)\",\"incident_id\":\"{0}\"}}\n{{{3}}}\n",
                name, clock, kind, body) });
    };
    report("imagent", "21:00:00", 309,
        R"("procName":"imagent","procPath":"/System/Library/x/imagent","exception":{"type":"EXC_BAD_ACCESS"})");
    report("panic-full", traces ? "21:05:00" : "22:05:00", 210, R"("panicString":"the kernel failed")");
    set.in_file_system.emplace_back("ios-crash-then-restart", "low");
}

void add_log_statistics(bool traces, TraceSet& set)
{
    set.files.push_back({ "", "private/var/db/diagnostics/logdata.statistics.0.txt",
        fmt::format(
            "--- !logd statistics record\ntype  : File Rotate\ntime  : 2021-05-06 09:00:00+0000\n"
            "total : 300\nprocs :\n    - [        200,  66.7, {} ]\n    - [        100,  33.3, {} ]\n",
            traces ? "/private/var/tmp/sampled" : "/usr/libexec/sampled",
            traces ? "/private/var/db/com.apple.xpc.roleaccountd.staging/sampled" : "/kernel") });
    set.in_file_system.emplace_back("ios-log-statistics-temporary-folder", "high");
    set.in_file_system.emplace_back("ios-log-statistics-staging-folder", "high");
}

/// The list of processes in a sysdiagnose that lies unpacked on the phone.
void add_processes(bool traces, TraceSet& set)
{
    set.files.push_back({ "",
        "private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/"
        "sysdiagnose_2021.05.06_09-00-00+0000_iPhone-OS_iPhone_18C66/ps.txt",
        fmt::format("USER UID PID PPID %CPU %MEM PRI NI VSZ RSS WCHAN TT STAT STARTED TIME COMMAND\n"
                    "root 0 77 1 0.0 0.0 31 0 1 1 - ?? Ss 10:00AM 0:00.00 {}\n",
            traces ? "/private/var/tmp/sampled" : "/usr/libexec/logd /private/var/tmp/sampled") });
    set.in_file_system.emplace_back("ios-process-data-folder", "high");
}

void add_redirects(bool traces, TraceSet& set)
{
    Database domains { "CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT, "
                       "lastSeen REAL, hadUserInteraction INTEGER);"
                       "CREATE TABLE TopFrameUniqueRedirectsTo (sourceDomainID INTEGER, toDomainID INTEGER);"
                       "INSERT INTO TopFrameUniqueRedirectsTo VALUES (1, 2);" };
    set.files.push_back({ "HomeDomain", "Library/WebKit/WebsiteData/ResourceLoadStatistics/observations.db",
        domains.content(fmt::format("INSERT INTO ObservedDomains VALUES (1, 'news.example', {0}, 1), "
                                    "(2, 'sample.example', {0}, {1});",
            kTraceTime, traces ? 0 : 1)) });
    set.in_backup.emplace_back("ios-webkit-redirect-once", "info");
    set.in_file_system.emplace_back("ios-webkit-redirect-once", "info");
}

} // namespace

void add_app_traces(Form form, TraceSet& set)
{
    bool const traces = form == Form::trace;
    add_provisioning_profiles(traces, set);
    add_failures(traces, set);
    add_redirects(traces, set);
    add_log_statistics(traces, set);
    add_processes(traces, set);
}

} // namespace exhibit::sample
