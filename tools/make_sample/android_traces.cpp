#include "android_traces.hpp"

#include "support/apk_builder.hpp"
#include "support/archive_builder.hpp"

#include <array>
#include <fmt/format.h>
#include <fstream>

namespace exhibit::sample {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRuler
    = "-------------------------------------------------------------------------------\n";

std::string service(std::string_view name, std::string_view body)
{
    return fmt::format(
        "{0}DUMP OF SERVICE {1}:\n{2}--------- 0.010s was the duration of dumpsys {1}, ending at: "
        "2024-05-03 10:11:12\n",
        kRuler, name, body);
}

std::string command(std::string_view title, std::string_view body)
{
    return fmt::format(
        "------ {0} (example) ------\n{1}------ 0.010s was the duration of '{0}' ------\n\n", title, body);
}

/// What stands in a block of the package manager's dump.
struct App {
    std::string_view name;
    int uid = 10'231;
    std::string_view installer = "com.android.vending";
    std::string_view initiator = "com.android.vending";
    bool system = false;
    bool test_only = false;
    int enabled = 0;
    std::string_view disabled_component {};
    int permissions = 0;
};

std::string block(App const& app)
{
    constexpr std::array<std::string_view, 11> kPermissions { "ACCESS_FINE_LOCATION",
        "ACCESS_COARSE_LOCATION", "CAMERA", "RECORD_AUDIO", "READ_SMS", "RECEIVE_SMS", "SEND_SMS",
        "READ_CALL_LOG", "READ_CONTACTS", "READ_CALENDAR", "READ_PHONE_STATE" };
    auto text = fmt::format(
        "  Package [{0}] (5d6e7f8):\n    appId={1}\n    codePath=/{2}/{0}\n    versionCode=42 minSdk=23 "
        "targetSdk=34\n    versionName=1.2\n    flags=[ {3}HAS_CODE {4}]\n    timeStamp=2024-05-01 10:11:12\n"
        "    lastUpdateTime=2024-05-01 10:11:12\n    installerPackageName={5}\n    "
        "initiatingPackageName={6}\n"
        "    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false "
        "notLaunched=false "
        "enabled={7} instant=false virtual=false\n      firstInstallTime=2024-05-01 10:11:12\n",
        app.name, app.uid, app.system ? "system/app" : "data/app", app.system ? "SYSTEM " : "",
        app.test_only ? "TEST_ONLY " : "", app.installer, app.initiator, app.enabled);
    text += "      runtime permissions:\n";
    for (std::size_t i = 0; i != static_cast<std::size_t>(app.permissions); ++i)
        text += fmt::format(
            "        android.permission.{}: granted=true, flags=[ USER_SET]\n", kPermissions.at(i));
    if (!app.disabled_component.empty())
        text += fmt::format("      disabledComponents:\n        {}\n", app.disabled_component);
    return text;
}

class Maker {
public:
    explicit Maker(Form form)
        : m_traces(form == Form::trace)
    {
    }

    AndroidSet make()
    {
        add_own_lists();
        add_apks();
        add_settings();
        add_packages();
        add_powers();
        add_histories();
        add_use();
        add_crash();
        add_intrusion_log();
        m_set.report["version.txt"] = "2.0";
        m_set.report["main_entry.txt"] = "bugreport-sample.txt";
        m_set.report["bugreport-sample.txt"] = std::string {
            "========================================================\n"
            "== dumpstate: 2024-05-03 10:11:12\n"
            "========================================================\n\n"
            "Build fingerprint: 'example/sample/sample:14/UP1A/1:user/release-keys'\n\n"
        } + m_dump;
        return std::move(m_set);
    }

private:
    /// The trace, or what looks much like it.
    template<typename T> [[nodiscard]] T either(T trace, T near_miss) const
    {
        return m_traces ? trace : near_miss;
    }
    [[nodiscard]] std::string_view words(std::string_view trace, std::string_view near_miss) const
    {
        return either(trace, near_miss);
    }
    void expect(std::string_view rule) { m_set.rules.push_back(rule); }

    /// What AndroidQF itself writes.
    void add_own_lists()
    {
        m_set.files["acquisition.json"] = R"({"uuid":"00000000-0000-4000-8000-000000000001",)"
                                          R"("androidqf_version":"1.8.0","started":"2024-05-03T08:00:00Z",)"
                                          R"("completed":"2024-05-03T08:15:00Z"})";
        m_set.files["getprop.txt"]
            = fmt::format("[persist.sys.timezone]: [Europe/Berlin]\n[ro.product.model]: [Sample phone]\n"
                          "[ro.build.version.release]: [14]\n[ro.boot.verifiedbootstate]: [{}]\n"
                          "[ro.build.version.security_patch]: [{}]\n[service.adb.tcp.port]: [{}]\n",
                words("orange", "green"), words("2023-01-05", "2024-04-05"), words("5555", "-1"));
        expect("android-boot-not-verified");
        expect("android-old-patch-level");
        expect("android-debugging-over-network");
        m_set.files["selinux.txt"] = words("Permissive\n", "Enforcing\n");
        expect("android-selinux-not-enforced");
        m_set.files["root_binaries.json"] = words(R"(["/system/xbin/su"])", "[]");
        expect("android-root-binary");
        m_set.files["mounts.json"] = fmt::format(
            R"json(["/dev/block/dm-4 on /system type ext4 ({},seclabel)","{} on {} type tmpfs (ro)"])json",
            words("rw", "ro"), words("magisk", "tmpfs"), words("/system/bin", "/mnt/example"));
        expect("android-system-writable");
        expect("android-system-overlaid");
        m_set.files["files.json"] = fmt::format(
            R"([{{"path":"/data/local/tmp/{}","size":90000,"mode":"{}","user_id":2000,"modified_time":1714550400}},)"
            R"({{"path":"/dev/sample","size":100,"mode":"{}","user_id":0,"modified_time":1714550400}}])",
            words("implant", "collector"), words("-rwxr-xr-x", "-rwxr-xr-x"),
            words("urwxr-xr-x", "-rw-r--r--"));
        expect("android-program-in-temporary-folder");
        expect("android-set-id-file");
        m_set.files["processes.txt"]
            = fmt::format("LABEL                USER  PID PPID VSZ RSS WCHAN ADDR S NAME\n"
                          "{}:s0                root  100    1  10  10 0     0    S sampled\n"
                          "u:r:shell:s0         shell 101    1  10  10 0     0    S {}\n",
                words("u:r:magisk", "u:r:magician"), words("/data/local/tmp/implant", "/system/bin/implant"));
        expect("android-root-process");
        expect("android-process-from-data-folder");
        m_set.files["packages.json"] = fmt::format(
            R"([{{"name":"com.example.notes","installer":"{}","uid":10231,"disabled":false,"system":false,)"
            R"("third_party":true,"files":[{{"path":"/data/app/com.example.notes/base.apk"}}]}},)"
            R"({{"name":"com.example.gone","installer":"com.android.vending","uid":10232,"disabled":false,"system":false,)"
            R"("third_party":true,"files":[{}]}}])",
            words("null", "com.android.vending"),
            words("", R"({"path":"/data/app/com.example.gone/base.apk"})"));
        expect("android-app-data-kept");
    }

    /// Copies of apps. The near misses have all but one of what makes the rules speak.
    void add_apks()
    {
        std::vector<std::string> strings { "org.example", "C_UWN", "view scrolled" };
        strings.emplace_back(words("kataklinger vibercajzna", "kataklinger"));
        m_set.files["apks/org.example.service_base.apk"]
            = test::apk_of({ { .name = "classes.dex", .content = test::dex_of(strings), .deflated = true } });
        expect("android-apk-novispy-code");
        std::vector<test::ApkMember> members;
        for (int i = 0; i != (m_traces ? 51 : 50); ++i)
            members.push_back(
                { .name = fmt::format("res/{}.xml", i), .content = {}, .attributes = "QUJDRE" });
        m_set.files["apks/org.example.config_base.apk"] = test::apk_of(members);
        expect("android-apk-finspy-config");
    }

    void add_settings()
    {
        m_dump += service("settings",
            fmt::format(
                "SECURE SETTINGS (user 0)\n"
                "_id:57 name:package_verifier_user_consent pkg:{} value:{} default:1 defaultSystemSet:true\n"
                "GLOBAL SETTINGS (user 0)\n"
                "_id:1 name:hidden_api_blacklist_exemptions pkg:com.android.shell value:{}\n"
                "_id:2 name:http_proxy pkg:com.android.settings value:{}\n",
                words("com.example.notes", "com.android.settings"), words("-1", "1"),
                words("Lcom/example", "*"), words("192.0.2.7:8080", ":0")));
        expect("android-protection-setting-off");
        expect("android-setting-written-by-app");
        expect("android-hidden-api-exemptions");
        expect("android-traffic-led-elsewhere");
    }

    void add_packages()
    {
        App notes { .name = "com.example.notes",
            .initiator = words("com.android.shell", "com.android.vending"),
            .test_only = m_traces,
            .disabled_component = words("com.example.notes.LauncherActivity", "com.example.notes.Wallpaper"),
            .permissions = either(11, 3) };
        App impostor { .name = words("com.google.android.sync.helper", "com.example.sync.helper"),
            .uid = 10'232 };
        if (m_traces)
            impostor.installer = impostor.initiator = "com.example.browser";
        App const policy { .name = "com.policydm", .uid = 10'040, .system = true, .enabled = either(3, 1) };
        App const root { .name = words("com.topjohnwu.magisk", "com.example.magisk"), .uid = 10'233 };
        App const screen { .name = "com.android.systemui", .uid = 10'041, .system = true };
        m_dump += service("package",
            fmt::format("Verifiers:\n  Required: {} (uid=10031)\n\nPackages:\n{}{}{}{}{}\n",
                words("com.example.verifier", "com.android.vending"), block(notes), block(impostor),
                block(policy), block(root), block(screen)));
        for (std::string_view const rule :
            { "android-app-not-from-store", "android-app-claims-store", "android-app-for-tests",
                "android-hidden-icon", "android-app-with-many-permissions", "android-impostor-app",
                "android-security-app-disabled", "android-root-app", "android-verifier-unusual" })
            expect(rule);
    }

    /// Powers over the phone; near misses give them to the phone's own apps.
    void add_powers()
    {
        auto const holder = words("com.example.notes", "com.android.systemui");
        m_dump += service("accessibility",
            fmt::format("ACCESSIBILITY MANAGER (dumpsys accessibility)\n\nUser state[\n"
                        "     attributes:{{id=0, installedServiceCount=1}}\n     Enabled services:{{{}}}\n",
                words("{com.example.notes/com.example.notes.Reader}", "")));
        m_dump += service("device_policy",
            fmt::format(
                "Current Device Policy Manager state:\n{}  Enabled Device Admins (User 0, provisioningState: "
                "0):\n    {}/.Admin:\n      uid=10231\n      policies:\n        wipe-data\n        "
                "watch-login\n",
                words("  Device Owner:\n    admin=ComponentInfo{com.example.owner/.Receiver}\n    "
                      "package=com.example.owner\n    User ID: 0\n\n",
                    ""),
                holder));
        m_dump += service("notification",
            fmt::format("Current Notification Manager state:\n  Notification listeners:\n"
                        "    All notification listeners (1) enabled for current profiles:\n"
                        "      ComponentInfo{{{0}/{0}.Listener}}\n",
                holder));
        m_dump += service("role",
            fmt::format(
                "ROLE STATE (dumpsys role):\n{{\n  user_states=[\n    {{\n      user_id=0\n      roles=[\n"
                "        {{\n          name=android.app.role.SMS\n          holders={}\n        }}\n      ]\n"
                "    }}\n  ]\n}}\n",
                holder));
        m_dump += service("appops",
            fmt::format("Current AppOps Service state:\n  Uid 2000:\n    Package com.android.shell:\n"
                        "      {0} (allow):\n          Access: [top-s] 2024-05-01 12:00:00.000 (-1d22h)\n"
                        "  Uid u0a231:\n    Package com.example.notes:\n      RECORD_AUDIO (allow):\n"
                        "          Access: [{1}-s] 2024-05-01 11:00:00.000 (-1d23h) duration=+2m1s\n"
                        "      CAMERA (allow):\n"
                        "          Access: [fgsvcl-s] 2024-05-01 11:00:00.000 (-1d23h) duration=+{3}\n"
                        "      ACCESS_RESTRICTED_SETTINGS ({2}):\n      GET_USAGE_STATS ({2}):\n",
                words("CAMERA", "VIBRATE"), words("bg", "top"), words("allow", "default"),
                words("8h2m1s", "9m1s")));
        for (std::string_view const rule : { "android-accessibility-service-enabled", "android-device-owner",
                 "android-device-admin", "android-notification-reader", "android-role-outside-store",
                 "android-shell-used-sensors", "android-sensor-used-unseen", "android-sensor-used-long",
                 "android-restriction-lifted", "android-app-with-many-powers" })
            expect(rule);
    }

    void add_histories()
    {
        m_dump += service("batterystats",
            fmt::format("Battery History [Format: 2] (1% used, 40KB used of 4096KB):\n"
                        "                    0 (19) RESET:TIME: 2024-05-01-08-00-00\n"
                        "               +1m00s (2) 100 pkginst=42:\"com.example.fresh\"\n"
                        "              {} (2) 100 pkgunin=42:\"com.example.fresh\"\n\n"
                        "Daily stats:\n  Daily from 2024-05-02-03-10-00 to 2024-05-03-02-55-10:\n"
                        "    Package changes:\n      Update com.example.notes vers={}\n{}"
                        "  Daily from 2024-05-01-03-10-00 to 2024-05-02-02-55-10:\n"
                        "    Package changes:\n      Update com.example.notes vers=41\n",
                words("+31m00s", "+9h01m00s"), words("40", "42"),
                words("      Uninstall com.example.gone\n", "")));
        expect("android-app-short-life");
        expect("android-app-downgraded");
        expect("android-app-removed");
        std::string kernel = "<6>[    0.000000] Booting Linux on physical CPU 0x0\n";
        for (std::size_t i = 0; i != either(3U, 2U); ++i)
            kernel += fmt::format(
                "<6>[ 12{0}.567890] usb 1-1: New USB device found, idVendor={1}46d, idProduct=082d, "
                "bcdDevice= 0.11\n"
                "<6>[ 12{0}.667890] usb 1-1: Product: {2}\n",
                34 + i, i, std::array { "Sample Camera", "Sample Audio", "Sample Touch Pad" }.at(i));
        if (m_traces)
            kernel += "<3>[ 1236.767890] usb 1-1: 1:0 : invalid UAC_FORMAT_TYPE desc\n"
                      "<1>[ 1240.000000] Unable to handle kernel paging request at virtual address 10\n"
                      "<1>[ 1301.000000] device-mapper: verity: 253:0: data block 12 is corrupted\n";
        m_dump += command("KERNEL LOG", kernel);
        expect("android-usb-devices-plugged-in");
        expect("android-usb-camera-sound-input");
        expect("android-usb-driver-complains");
        expect("android-kernel-fault");
        expect("android-kernel-protection-weakened");
        m_dump += command("SYSTEM LOG",
            fmt::format("--------- beginning of main\n"
                        "05-03 08:00:01.000  1001  2000  2001 D GsmInboundSmsHandler: {}\n",
                words(
                    "Received short message type 0, Don't display or store it", "Received a short message")));
        expect("android-silent-message");
    }

    void add_use()
    {
        m_dump += service("audio",
            fmt::format("Events log: recording activity received by AudioService\n"
                        "05-01 10:11:12:345 rec start riid:47 uid:10231 session:129 src:{} not silenced "
                        "pack:com.example.notes\n"
                        "05-01 03:00:00:123 rec start riid:12 uid:10231 session:9 src:MIC not silenced "
                        "pack:com.example.notes\n",
                words("VOICE_CALL", "MIC")));
        expect("android-call-recorded");
        m_dump += service("usagestats",
            fmt::format("user=0\n  Last 24 hour events (timeRange=\"x\")\n    time=\"2024-05-01 02:11:12\" "
                        "type=SCREEN_{}INTERACTIVE package=android flags=0x0\n",
                words("NON_", "")));
        expect("android-recorded-with-screen-off");
        m_dump += service("netstats",
            fmt::format(
                "UID stats:\n  ident=[{{type=1, wifiNetworkKey=\"Home\"wpa2-psk}}] uid=10231 set={} tag=0x0\n"
                "    NetworkStatsHistory: bucketDuration=7200\n"
                "      st=1714550400 rb=1000 rp=10 tb=90000000 tp=700 op=0\n",
                words("DEFAULT", "FOREGROUND")));
        expect("android-background-upload");
        m_dump += service("adb",
            fmt::format("ADB MANAGER STATE (dumpsys adb):\n{{\n  debugging_manager={{\n    "
                        "connected_to_adb=true\n{}  "
                        "}}\n}}\n",
                words("    user_keys=QAAAAAAAAAAAAAAA stranger@computer\n", "")));
        expect("android-adb-computers");
        m_dump += service("connectivity",
            fmt::format(
                "Current Networks:\n  NetworkAgentInfo{{network{{101}} lp{{{{InterfaceName: tun0 "
                "DnsAddresses: "
                "[ /10.0.0.1 ]}}}} nc{{[ Transports: WIFI|VPN Capabilities: INTERNET OwnerUid: {} AdminUids: "
                "[1000]]}}}}\n",
                words("10231", "1000")));
        expect("android-vpn-outside-store");
    }

    void add_crash()
    {
        m_set.report["FS/data/tombstones/tombstone_00"] = fmt::format(
            "*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***\n"
            "Build fingerprint: 'example/sample/sample:14/UP1A/1:user/release-keys'\nRevision: '0'\nABI: "
            "'arm64'\n"
            "Timestamp: 2024-05-01 10:11:12.123456789+0200\nProcess uptime: 40s\nCmdline: "
            "com.example.system\n"
            "pid: 4242, tid: 4250, name: Thread-3  >>> com.example.system <<<\nuid: {}\n"
            "signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10\nCause: {}\n\nbacktrace:\n"
            "      #00 pc 0000000000001000  /system/lib64/libc.so (abort+166)\n\nmemory map (1 entries):\n"
            "    7c000000-7c000fff r-x         0      1000  {}\n",
            words("1000", "10231"),
            words(
                "[GWP-ASan]: Use After Free, 0 bytes into a 32-byte allocation", "null pointer dereference"),
            words("/data/local/tmp/x.so", "/system/lib64/x.so"));
        expect("android-privileged-crash");
        expect("android-memory-attack-signs");
        expect("android-foreign-code-in-memory");
    }

    void add_intrusion_log()
    {
        m_set.files["intrusion_logs/export.txt"] = fmt::format("{}\n{}\n{}\n{}\n",
            words(
                R"({"security_event":{"event_id":1,"event_time":1714550003000000000,"adb_shell_cmd":{"command":"id"}}})",
                R"({"security_event":{"event_id":1,"event_time":1714550003000000000,"keyguard_dismissed":{}}})"),
            words(
                R"({"security_event":{"event_id":2,"event_time":1714550004000000000,"cert_authority_installed":{"success":true,"subject":"CN=Example","target_user":0}}})",
                R"({"security_event":{"event_id":2,"event_time":1714550004000000000,"cert_authority_installed":{"success":false,"subject":"CN=Example","target_user":0}}})"),
            words(
                R"({"security_event":{"event_id":3,"event_time":1714550005000000000,"os_startup":{"boot_state":"orange","verity_mode":"enforcing"}}})",
                R"({"security_event":{"event_id":3,"event_time":1714550005000000000,"os_startup":{"boot_state":"green","verity_mode":"enforcing"}}})"),
            words(
                R"({"security_event":{"event_id":4,"event_time":1714550006000000000,"logging_stopped":{}}})",
                R"({"security_event":{"event_id":4,"event_time":1714550006000000000,"logging_started":{}}})"));
        expect("android-intrusion-adb");
        expect("android-intrusion-certificate");
        expect("android-intrusion-integrity");
        expect("android-intrusion-logging-stopped");
    }

    bool m_traces;
    AndroidSet m_set;
    std::string m_dump;
};

void write(fs::path const& path, std::string const& content)
{
    fs::create_directories(path.parent_path());
    std::ofstream { path, std::ios::binary } << content;
}

} // namespace

AndroidSet make_android(Form form)
{
    return Maker { form }.make();
}

void write_android(fs::path const& folder, AndroidSet const& set)
{
    for (auto const& [name, content] : set.files)
        write(folder / "androidqf" / name, content);
    std::vector<test::ArchiveMember> members;
    for (auto const& [name, content] : set.report)
        members.push_back({ .name = name, .content = content });
    test::write_archive(folder / "androidqf/bugreport.zip", test::ArchiveForm::zip_deflated, members);
    write(folder / "truth.json", fmt::format("[\n  \"{}\"\n]\n", fmt::join(set.rules, "\",\n  \"")));
}

} // namespace exhibit::sample
