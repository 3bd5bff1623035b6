#include "traces.hpp"

#include "contents.hpp"
#include "database.hpp"
#include "support/media_builder.hpp"
#include "support/plist_builder.hpp"

#include <fmt/format.h>

namespace exhibit::sample {
namespace {

using test::Plist;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kWhen = kStart + 5 * kDay; ///< the moment of kTraceTime, in seconds since 2001

class TraceMaker {
public:
    explicit TraceMaker(Form form)
        : m_traces(form == Form::trace)
    {
        m_size.demonstration = false;
    }

    TraceSet make()
    {
        add_messages();
        add_browsing();
        add_usage();
        add_permissions();
        add_calendar();
        add_settings();
        add_shortcuts();
        add_files();
        add_crashes();
        add_shutdowns();
        add_programs();
        add_computers();
        add_media();
        return std::move(m_set);
    }

private:
    /// The trace, or what looks much like it.
    [[nodiscard]] std::string_view either(std::string_view trace, std::string_view near_miss) const
    {
        return m_traces ? trace : near_miss;
    }
    void expect(std::string_view rule, std::string_view severity)
    {
        m_set.in_backup.emplace_back(rule, severity);
        m_set.in_file_system.emplace_back(rule, severity);
    }
    void expect_in_file_system(std::string_view rule, std::string_view severity)
    {
        m_set.in_file_system.emplace_back(rule, severity);
    }
    void add(std::string_view domain, std::string path, std::string content)
    {
        m_set.files.push_back({ domain, std::move(path), std::move(content) });
    }

    void add_messages()
    {
        constexpr auto message
            = "INSERT INTO message (ROWID, guid, text, handle_id, service, date, is_from_me, is_read, "
              "cache_has_attachments) VALUES ({0}, 'trace-{0}', '{1}', 90001, 'iMessage', {2}, 0, 1, {3});";
        std::string sql = "INSERT INTO handle (ROWID, id, service) VALUES (90001, 'stranger@sample.example', "
                          "'iMessage');";
        auto const warning
            = either("ALERT: State-sponsored attackers may be targeting your iPhone. Apple believes ...",
                "A friend got this: ALERT: State-sponsored attackers may be targeting your iPhone");
        sql += fmt::format(message, 90'001, warning, (kWhen + 3'500) * 1'000'000'000, 1);
        expect("ios-message-like-apple-warning", "medium");
        sql += fmt::format(message, 90'004, warning, (kWhen + 3'550) * 1'000'000'000, 1);
        sql += "UPDATE message SET handle_id = NULL WHERE ROWID = 90004;";
        expect("ios-sms-apple-threat-notification", "high");
        sql += fmt::format(message, 90'002,
            either("Install this first: https://files.sample.example/settings.mobileconfig",
                "How to install: https://files.sample.example/mobileconfig-help.html"),
            (kWhen + 3'600) * 1'000'000'000, 0);
        expect("ios-link-installs-something", "medium");
        sql += fmt::format("INSERT INTO attachment (ROWID, guid, created_date, filename, is_outgoing) VALUES "
                           "(90001, 'trace-attachment', {}, '{}', 0);"
                           "INSERT INTO message_attachment_join VALUES (90001, 90001);",
            (kWhen + 3'500) * 1'000'000'000,
            either(
                "/var/tmp/com.apple.messages/file-1", "/var/mobile/Library/SMS/Attachments/ab/11/x/file-1"));
        expect("ios-sms-attachment-temporary-file", "medium");
        add("HomeDomain", "Library/SMS/sms.db", sms_database(m_size, sql));
        add("HomeDomain", "Library/AddressBook/AddressBook.sqlitedb", contact_database());
    }

    void add_browsing()
    {
        auto const visit = [](int id, std::string_view url, double when, std::string_view redirect) {
            return fmt::format(
                "INSERT INTO history_items (id, url, visit_count) VALUES ({0}, '{1}', 1);"
                "INSERT INTO history_visits (id, history_item, visit_time, redirect_destination) "
                "VALUES ({0}, {0}, {2}, {3});",
                id, url, when, redirect);
        };
        auto sql = visit(90'001,
            either(
                "https://cdn.sample.example/rce_loader.js?v=2", "https://cdn.sample.example/loader.js?v=2"),
            double(kWhen), "NULL");
        expect("ios-exploit-kit-page", "high");
        sql += visit(90'002, "http://news.example.org/trace", double(kWhen + 3'600), "90003");
        sql += visit(90'003, "https://a.b.c.sample.example:30495/x7Hq2",
            double(kWhen + 3'600) + (m_traces ? 0.3 : 5.0), "NULL");
        expect("ios-safari-instant-redirect", "medium");
        expect("ios-new-process-after-redirect", "medium");
        sql += visit(90'004, "https://short.example/trace", double(kWhen + 7'200), "90005");
        sql += visit(90'005, "https://track.example.net/trace", double(kWhen + 7'200), "90006");
        sql += visit(90'006, either("https://192.0.2.7/a", "https://www.example.org/a"),
            double(kWhen + 7'201), "NULL");
        expect("ios-safari-redirect-chain", "low");
        add("HomeDomain", "Library/Safari/History.db", safari_database(m_size, sql));
    }

    void add_usage()
    {
        // One number is left out in front of the traces, and not in front of the near misses.
        std::int64_t next = std::int64_t(m_size.usage_rows) + (m_traces ? 2 : 1);
        std::string sql = "CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER "
                          "INTEGER, Z_MAX INTEGER);";
        expect("ios-data-usage-process-gap", "low");
        auto const process = [&](std::string_view name, std::string_view bundle, std::int64_t first) {
            sql += fmt::format(
                "INSERT INTO ZPROCESS VALUES ({0}, 1, 1, {1}, {2}, {3}, '{4}');"
                "INSERT INTO ZLIVEUSAGE VALUES ({0}, 2, 1, 0, 0, 0, {0}, {1}, 0, 0, 100, 100);",
                next, first, kWhen + 4'000,
                bundle.empty() ? std::string { "NULL" } : fmt::format("'{}'", bundle), name);
            ++next;
        };
        process(either("sampleunknownd", "apsd"), "", kWhen + 3'660);
        expect("ios-process-unknown", "medium");
        expect("ios-new-process-after-unknown-message", "low");
        process(either("mDNSRespnoder", "mDNSResponder"), "", kWhen - 9'000);
        expect("ios-process-lookalike", "low");
        process("backwards", "org.example.backwards", m_traces ? kWhen + 9'000 : kWhen);
        expect("ios-data-usage-process-times", "info");
        process("Shop", either("com.saurik.Cydia", "com.example.Cydia"), kWhen);
        expect("ios-jailbreak-app", "low");
        process("nehelper", "", m_traces ? kWhen + 100 : kWhen + 700);
        m_set.in_backup.emplace_back("ios-triangulation-co-occurrence", "medium");
        sql += fmt::format("INSERT INTO ZLIVEUSAGE VALUES (90001, 2, 1, 0, 0, 0, {}, {}, 0, 0, 1, 204800);",
            m_traces ? 90'001 : 1, kWhen);
        expect("ios-data-usage-process-deleted", "high");
        sql += fmt::format(
            "INSERT INTO Z_PRIMARYKEY VALUES (1, 'Process', 0, {});", m_traces ? next + 3 : next - 1);
        expect("ios-data-usage-newest-processes-deleted", "low");
        add("WirelessDomain", "Library/Databases/DataUsage.sqlite", usage_database(m_size, sql));
        add_netusage();
    }

    void add_netusage()
    {
        Size size;
        size.demonstration = false;
        auto const sql
            = fmt::format("INSERT INTO ZPROCESS VALUES (61, 1, 1, {0}, {0}, NULL, '{1}');"
                          "INSERT INTO ZLIVEUSAGE VALUES (90001, 2, 1, 0, 0, 0, {2}, {0}, 0, 0, 1, 204800);",
                kWhen, either("identityservicsd", "identityservicesd"), m_traces ? 90'001 : 61);
        add("", "private/var/networkd/netusage.sqlite", usage_database(size, sql));
        expect_in_file_system("ios-netusage-process-deleted", "high");
    }

    void add_permissions()
    {
        add("HomeDomain", "Library/TCC/TCC.db",
            tcc_database(fmt::format(
                "INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, "
                "flags, last_modified) VALUES ('kTCCServiceMicrophone', '{}', {}, 2, 2, 1, 0, 1620000000);",
                either("/private/var/tmp/tool", "org.example.app2"), m_traces ? 1 : 0)));
        expect("ios-tcc-grant-without-consent", "medium");
        add("RootDomain", "Library/Caches/locationd/clients.plist",
            test::to_binary_plist(Plist::dictionary({ { "sample",
                Plist::dictionary({ { "Executable",
                    std::string { either("/private/var/tmp/sample",
                        "/private/var/containers/Bundle/Application/1/Sample.app/Sample") } } }) } })));
        expect("ios-location-client-odd-place", "medium");
    }

    void add_calendar()
    {
        Database database {
            "CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY, title TEXT);"
            "CREATE TABLE Location (ROWID INTEGER PRIMARY KEY, title TEXT);"
            "CREATE TABLE Identity (ROWID INTEGER PRIMARY KEY, display_name TEXT, address TEXT);"
            "CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY, role INTEGER, identity_id INTEGER, "
            "owner_id INTEGER, UUID TEXT, email TEXT, phone_number TEXT, is_self INTEGER, comment TEXT, "
            "last_modified REAL, invited_by TEXT);"
            "CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary TEXT, location_id INTEGER, "
            "description TEXT, start_date REAL, end_date REAL, all_day INTEGER, calendar_id INTEGER, "
            "organizer_id INTEGER, invitation_status INTEGER, url TEXT, last_modified REAL, sequence_num "
            "INTEGER, external_id TEXT, external_mod_tag TEXT, unique_identifier TEXT, external_rep BLOB, "
            "hidden INTEGER, UUID TEXT, creation_date REAL, action TEXT, created_by_id INTEGER, "
            "conference_url TEXT);"
        };
        auto const ended = m_traces ? kWhen - 400 * kDay : kWhen - 7 * kDay;
        add("HomeDomain", "Library/Calendar/Calendar.sqlitedb",
            database.content(fmt::format(
                "INSERT INTO Participant (ROWID, owner_id, email) VALUES (1, 1, 'guest@sample.example');"
                "INSERT INTO CalendarItem (ROWID, summary, description, start_date, end_date, organizer_id, "
                "sequence_num, external_rep, creation_date) VALUES (1, '{}', 'Notes', {}, {}, 1, 1, "
                "CAST('BEGIN:VCALENDAR\n{}\nEND:VCALENDAR' AS BLOB), {});",
                either("Meeting", "Team meeting"), ended - 3'600, ended,
                either("DESCRIPTION]]>", "DESCRIPTION:Notes <![CDATA[x]]>"), kWhen)));
        expect("ios-calendar-broken-form", "critical");
        expect("ios-calendar-invitation-past", "medium");
        expect("ios-calendar-meeting-notes", "high");
    }

    void add_settings()
    {
        std::vector<std::pair<std::string, Plist>> lookups;
        for (int i = 0; i != (m_traces ? 6 : 4); ++i)
            lookups.emplace_back(fmt::format("mailto:stranger{}@sample.example", i),
                Plist::dictionary({ { "LookupDate", double(kWhen + 20'000 + i) }, { "IDStatus", 1 } }));
        auto const malformed = m_traces ? std::string { "mailto:odd\0\0@sample.example", 27 }
                                        : std::string { "mailto:odd@sample.example" };
        lookups.emplace_back(malformed, Plist::dictionary({ { "LookupDate", double(kWhen - 20'000) } }));
        add("HomeDomain", "Library/Preferences/com.apple.identityservices.idstatuscache.plist",
            test::to_binary_plist(
                Plist::dictionary({ { "com.apple.madrid", Plist::dictionary(std::move(lookups)) } })));
        expect("ios-account-lookup-malformed", "high");
        expect("ios-account-lookup-burst", "low");
        add("HomeDomain", "Library/Preferences/.GlobalPreferences.plist",
            test::to_binary_plist(Plist::dictionary({ { "LDMGlobalEnabled", m_traces } })));
        expect("ios-lockdown-mode", "info");
        auto const event = Plist::dictionary({ { "org.example.sample.profile",
            Plist::dictionary(
                { { "timestamp", Plist::date(double(kWhen)) }, { "Operation", "install" } }) } });
        add("SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles",
            "Library/ConfigurationProfiles/MCProfileEvents.plist",
            test::to_binary_plist(Plist::dictionary({ { "ProfileEvents",
                Plist::array(m_traces ? std::vector { event } : std::vector<Plist> {}) } })));
        m_set.in_backup.emplace_back("ios-profile-event", "low");
    }

    void add_shortcuts()
    {
        Database database {
            "CREATE TABLE ZSHORTCUT (Z_PK INTEGER PRIMARY KEY, ZACTIONCOUNT INTEGER, ZTOMBSTONED "
            "INTEGER, ZCREATIONDATE TIMESTAMP, ZMODIFICATIONDATE TIMESTAMP, ZACTIONSDESCRIPTION "
            "VARCHAR, ZNAME VARCHAR, ZSOURCE VARCHAR, ZWORKFLOWID VARCHAR);"
            "CREATE TABLE ZSHORTCUTACTIONS (Z_PK INTEGER PRIMARY KEY, ZSHORTCUT INTEGER, ZDATA BLOB);"
            "CREATE TABLE ZTRIGGER (Z_PK INTEGER PRIMARY KEY, ZENABLED INTEGER, ZSHOULDPROMPT INTEGER, "
            "ZSHOULDNOTIFY INTEGER, ZSHORTCUT INTEGER, ZDATA BLOB);"
        };
        auto const actions = test::to_binary_plist(Plist::array(
            { Plist::dictionary({ { "WFWorkflowActionIdentifier", "is.workflow.actions.downloadurl" } }) }));
        auto hex = std::string {};
        for (char const c : actions)
            hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
        add("HomeDomain", "Library/Shortcuts/Shortcuts.sqlite",
            database.content(fmt::format("INSERT INTO ZSHORTCUT VALUES (1, 1, 0, {0}, {0}, 'Get contents of "
                                         "URL', 'Start', 'On device', "
                                         "'W-1'); INSERT INTO ZSHORTCUTACTIONS VALUES (1, 1, x'{1}');"
                                         "INSERT INTO ZTRIGGER VALUES (1, 1, {2}, 0, 1, NULL);",
                kWhen, hex, m_traces ? 0 : 1)));
        expect("ios-shortcut-automation-network", "medium");
    }

    void add_files()
    {
        auto const folder = [&](std::string_view domain, std::string path) {
            m_set.files.push_back({ domain, std::move(path), {}, true });
        };
        folder("WirelessDomain", "Library/Databases");
        folder("RootDomain", "Library/Preferences");
        folder("RootDomain", "Library/Caches/locationd");
        add("HomeDomain",
            std::string { either("Library/Caches/.com.sample.cache", "Library/Caches/com.sample.cache") },
            "sample");
        m_set.in_backup.emplace_back("ios-hidden-cache-file", "low");
        expect_in_file_system("ios-file-hidden-cache", "low");
        add("RootDomain",
            std::string { either("Library/Preferences/com.apple.CrashReporter.plist",
                "Library/Preferences/com.apple.sample.plist") },
            test::to_binary_plist(Plist::dictionary({ { "Sample", true } })));
        m_set.in_backup.emplace_back("ios-crash-reporter-settings", "info");
        expect_in_file_system("ios-file-crash-reporter-settings", "info");
        add("RootDomain",
            std::string { either("Library/Odd/sample.plist", "Library/Preferences/sample.plist") },
            test::to_binary_plist(Plist::dictionary({ { "Sample", true } })));
        m_set.in_backup.emplace_back("ios-backup-file-without-folder", "low");
        folder("MediaDomain", "Library/SMS/Attachments/ab");
    }

    void add_crash(std::string_view name, std::string_view process, std::string_view path, std::int64_t when)
    {
        auto const clock = fmt::format("{:02}:{:02}:{:02}", when / 3'600, when / 60 % 60, when % 60);
        add("", fmt::format("private/var/mobile/Library/Logs/CrashReporter/{}.ips", name),
            fmt::format(
                "{{\"app_name\":\"{0}\",\"timestamp\":\"2021-05-06 {2}.00 +0000\",\"bug_type\":\"309\","
                "\"os_version\":\"iPhone OS 14.3 (18C66)\",\"incident_id\":\"{3}\"}}\n"
                "{{\"captureTime\":\"2021-05-06 {2}.0000 +0000\",\"incident\":\"{3}\",\"pid\":455,"
                "\"procName\":\"{0}\",\"procPath\":\"{1}\",\"userID\":501,"
                "\"exception\":{{\"type\":\"EXC_BAD_ACCESS\",\"signal\":\"SIGSEGV\"}}}}\n",
                process, path, clock, name));
    }

    void add_crashes()
    {
        auto const exposed = either("IMTranscoderAgent", "SampleApp");
        for (int i = 0; i != 3; ++i)
            add_crash(fmt::format("cluster-{}", i), exposed, "/usr/libexec/x", 3'540 + i * 20);
        expect_in_file_system("ios-crash-cluster", "medium");
        expect_in_file_system("ios-crash-after-unknown-message", "medium");
        expect_in_file_system("ios-chain-lookup-crash-process", "high");
        add_crash("staging", "sampled",
            either("/private/var/db/com.apple.xpc.roleaccountd.staging/sampled",
                "/private/var/db/com.apple.xpc.roleaccountd.staging/"
                "exec/16777219.47523.xpc/com.apple.MobileSoftwareUpdate.UpdateBrainService"),
            50'000);
        expect_in_file_system("ios-crash-staging-folder", "high");
        add_crash("temporary", "sampled", either("/private/var/tmp/sampled", "/usr/libexec/sampled"), 51'000);
        expect_in_file_system("ios-crash-temporary-folder", "high");
        add_crash("forensic", either("mnm", "mnmd"), "/usr/libexec/x", 52'000);
        expect_in_file_system("ios-crash-forensic-tool", "high");
    }

    void add_shutdowns()
    {
        auto const client = [](std::string_view path) {
            return fmt::format(
                "\t\tremaining client pid: 91 ({}/12345678-9ABC-DEF0-1234-56789ABCDEF0)\n", path);
        };
        std::string log;
        for (int notice = 1; notice <= (m_traces ? 5 : 2); ++notice) {
            log += fmt::format("\tAfter {}.26s, these clients are still here:\n", notice);
            log += client(either("/private/var/db/com.apple.xpc.roleaccountd.staging/sampled",
                "/private/var/db/com.apple.xpc.roleaccountd.staging/"
                "com.apple.MobileSoftwareUpdate.UpdateBrainService.1.2.xpc/"
                "com.apple.MobileSoftwareUpdate.UpdateBrainService"));
            log += client(either("/private/var/tmp/sampled", "/usr/libexec/logd"));
            log += client(
                either("/opt/sample/sampled", "/private/var/containers/Bundle/Application/1/S.app/S"));
        }
        log += fmt::format("SIGTERM: [{}] All buffers flushed\n", kTraceTime);
        add("", "private/var/db/diagnostics/shutdown.log", log);
        expect_in_file_system("ios-shutdown-staging-folder", "high");
        expect_in_file_system("ios-shutdown-temporary-folder", "high");
        expect_in_file_system("ios-shutdown-odd-place", "medium");
        expect_in_file_system("ios-shutdown-held-up", "low");
    }

    /// What was seen running, and files that no phone brings.
    void add_programs()
    {
        std::string const staging { "/private/var/db/com.apple.xpc.roleaccountd.staging/" };
        auto const update = staging + "exec/16777219.47523.xpc/com.apple.NRD.UpdateBrainService";
        add("", "private/var/db/spindump/UUIDToBinaryLocations",
            test::to_binary_plist(Plist::dictionary({
                { "12345678-9ABC-DEF0-1234-56789ABCDEF1", m_traces ? staging + "sampled" : update },
                { "12345678-9ABC-DEF0-1234-56789ABCDEF2",
                    std::string { either("/private/var/root/sampled", "/usr/libexec/logd") } },
                { "12345678-9ABC-DEF0-1234-56789ABCDEF3",
                    std::string { either("/opt/identityservicsd", "/usr/libexec/identityservicsd") } },
            })));
        expect_in_file_system("ios-binary-staging-folder", "high");
        expect_in_file_system("ios-binary-temporary-folder", "high");
        expect_in_file_system("ios-executed-lookalike", "low");
        add("",
            std::string { either("private/var/jb/Library/LaunchDaemons/sample.plist",
                "private/var/jbackup/Library/LaunchDaemons.plist") },
            "sample");
        add("", "private/var/tmp/sampled",
            std::string { "\xCF\xFA\xED\xFE\x0C\0\0\x01\0\0\0\0\x02\0\0\0", 16 }.substr(m_traces ? 0 : 1));
        expect_in_file_system("ios-program-among-data", "high");
        add("",
            fmt::format("private{}sampled", m_traces ? staging.substr(8) : "/var/db/com.apple.xpc.staging/"),
            "sample");
        expect_in_file_system("ios-file-staging-folder", "high");
        expect_in_file_system("ios-launch-service-elsewhere", "medium");
        expect_in_file_system("ios-jailbreak-files", "low");
    }

    /// Who had the phone in hand: computers that were trusted, and what they asked for.
    void add_computers()
    {
        auto const host = either("9016926980658937761372207", "901692698065893776137220");
        auto const installation = either("30313996-42072961236303456", "30313996-4207296123630345");
        std::string log = fmt::format("05/06/21 10:00:00.000001 pid=69 handle_pair: Pair message: {{\n"
                                      "    PairRecord =     {{\n        HostID = {};\n"
                                      "        SystemBUID = \"{}\";\n    }};\n    Request = Pair;\n}}\n",
            host, installation);
        if (m_traces)
            log += fmt::format(
                "05/06/21 10:00:05.000001 pid=69 store_escrow_record: Creating escrow bag for {}\n", host);
        log += fmt::format("05/06/21 10:01:00.000001 pid=69 handle_start_service: sample attempting to spawn "
                           "{} service.\n",
            either("com.apple.amfi.lockdown", "com.apple.afc"));
        add("", "private/var/logs/lockdownd.log", log);
        expect_in_file_system("ios-forensic-tool-connected", "critical");
        expect_in_file_system("ios-computer-paired", "low");
        expect_in_file_system("ios-developer-service-used", "medium");
        add("", fmt::format("private/var/root/Library/Lockdown/pair_records/{}.plist", host),
            test::to_binary_plist(Plist::dictionary(
                { { "HostID", std::string { host } }, { "SystemBUID", std::string { installation } } })));
        expect_in_file_system("ios-forensic-tool-trusted", "critical");
        add("", "private/var/root/Library/Lockdown/data_ark.plist",
            test::to_binary_plist(Plist::dictionary(
                { { "com.apple.mobile.wireless_lockdown-EnableWifiDebugging", m_traces } })));
        expect_in_file_system("ios-debugging-over-wifi", "low");
        add("", "private/var/installd/Library/Logs/MobileInstallation/mobile_installation.log.0",
            fmt::format("Thu May  6 10:02:00 2021 [234] <notice> (0x16b48f000) -[MIUninstaller uninstall]: "
                        "Uninstalling identifier {}\n",
                either("com.opa334.TrollStore", "com.example.TrollStore")));
        expect_in_file_system("ios-jailbreak-app-installed", "medium");
    }

    void add_attachment(std::string_view name, std::string content)
    {
        add("MediaDomain", fmt::format("Library/SMS/Attachments/cd/12/sample/{}", name), std::move(content));
    }

    void add_media()
    {
        using namespace std::string_literals;
        std::vector<unsigned> const incomplete { 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 3 };
        std::vector<unsigned> const complete { 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2 };
        add_attachment("scan.pdf", test::pdf_with_jbig2(0x8000'0000, m_traces ? 0x8000'0000 : 0x7FFF'FFFF));
        expect("ios-media-jbig2", "critical");
        add_attachment("picture.webp", test::webp_with_distances(m_traces ? incomplete : complete));
        expect("ios-media-webp", "critical");
        add_attachment("letters.ttf", test::font_with_program(m_traces ? "\x2D\x8F"s : "\xB0\x8F"s));
        expect("ios-media-font", "critical");
        std::uint8_t const components = m_traces ? 1 : 2;
        add_attachment("raw.dng", test::dng_file({ .samples = 2, .components = components }));
        expect("ios-media-dng", "critical");
        add_attachment("list.dng", test::dng_file({ .opcodes = m_traces ? 1'000'000U : 0U }));
        expect("ios-media-dng-opcodes", "high");
        add_attachment(
            "photo1.jpg", test::plain_jpeg() + (m_traces ? test::zip_of("b.so", "sample") : "PK\5\6"s));
        expect("ios-media-program-behind", "critical");
        add_attachment(
            "photo2.jpg", test::plain_jpeg() + (m_traces ? test::zip_of("notes.txt", "sample") : "end"s));
        expect("ios-media-archive-behind", "high");
        add_attachment("moving.gif", m_traces ? test::pdf_with_jbig2(1, 1) : "GIF89a"s);
        expect("ios-media-kind-differs", "high");
    }

    bool m_traces;
    Size m_size;
    TraceSet m_set;
};

} // namespace

TraceSet make_traces(Form form)
{
    auto set = TraceMaker { form }.make();
    add_device_use_traces(form, set);
    add_app_traces(form, set);
    return set;
}

} // namespace exhibit::sample
