// Counts of public sample data, where EXHIBIT_TEST_DATA names a folder that holds it.
#include "artifact/registry.hpp"
#include "support/fixture.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>

namespace exhibit {
namespace {

class RealData : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* folder = std::getenv("EXHIBIT_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
        if (folder == nullptr)
            GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
        m_folder = folder;
    }

    /// Reads a file of the sample data, with the `-wal` beside it, as if it had lain at `path`.
    std::unique_ptr<test::Recorder> read(
        std::string_view id, std::string const& file, std::string_view path = {}) const
    {
        auto const* artifact = find_artifact(id);
        EXPECT_NE(artifact, nullptr);
        auto recorder = std::make_unique<test::Recorder>(*artifact);
        auto const main = test::slurp(m_folder / file);
        auto const wal = test::slurp(m_folder / (file + "-wal"));
        EXPECT_FALSE(main.empty()) << file;
        MemorySource const source { as_bytes(main) };
        MemorySource const log { as_bytes(wal) };
        Input input;
        input.path = path.empty() ? artifact->paths.front() : path;
        input.stored = input.path;
        input.source = &source;
        input.wal = wal.empty() ? nullptr : &log;
        auto const result = artifact->parse(input, *recorder);
        EXPECT_TRUE(result.has_value()) << file << ": " << result.error().what;
        return recorder;
    }

private:
    std::filesystem::path m_folder;
};

constexpr std::string_view kBackup = "mvt-fixtures/ios_backup/";

std::string backup(std::string_view file)
{
    return std::string { kBackup } + std::string { file };
}

std::size_t count_value(std::vector<std::string> const& values, std::string_view value)
{
    return static_cast<std::size_t>(std::ranges::count(values, value));
}

TEST_F(RealData, data_usage_has_every_process_and_no_orphan)
{
    auto const rows = read("ios.data_usage", "plaso/ios/DataUsage.sqlite");
    EXPECT_EQ(rows->count("ios_data_usage_process"), 371U);
    EXPECT_EQ(rows->count("ios_data_usage_live"), 887U);
    EXPECT_EQ(count_value(rows->values("ios_data_usage_live", "process_row_missing"), "true"), 0U);
    EXPECT_EQ(count_value(rows->values("ios_data_usage_process", "usage_rows"), "0"), 35U);
    auto const highest = rows->values("ios_data_usage_entity", "highest_id");
    EXPECT_EQ(count_value(highest, "371"), 1U);
    EXPECT_EQ(count_value(highest, "1766"), 1U);
}

TEST_F(RealData, data_usage_of_a_backup_has_one_gap_in_its_process_numbers)
{
    auto const rows = read("ios.data_usage", backup("0d/0d609c54856a9bb2d56729df1d68f2958a88426b"));
    EXPECT_EQ(rows->count("ios_data_usage_process"), 40U);
    EXPECT_EQ(rows->count("ios_data_usage_live"), 10U);
    auto const ids = rows->values("ios_data_usage_process", "process_id");
    EXPECT_EQ(count_value(ids, "4"), 1U);
    EXPECT_EQ(count_value(ids, "5"), 0U);
    EXPECT_EQ(count_value(ids, "41"), 1U);
}

TEST_F(RealData, permissions)
{
    EXPECT_EQ(read("ios.tcc", "plaso/macos/TCC-test.db")->count("ios_tcc_access"), 21U);
    auto const rows = read("ios.tcc", backup("64/64d0019cb3d46bfc8cce545a8ba54b93e7ea9347"));
    EXPECT_EQ(rows->count("ios_tcc_access"), 11U);
    EXPECT_EQ(rows->values("ios_tcc_access", "service").front(), "kTCCServiceUbiquity");
    EXPECT_EQ(rows->values("ios_tcc_access", "client").front(), "com.apple.Preferences");
    EXPECT_EQ(rows->values("ios_tcc_access", "decision").front(), "allowed");
    EXPECT_EQ(count_value(rows->values("ios_tcc_access", "client"), "Launch"), 1U);
}

TEST_F(RealData, safari_history_and_its_tombstones)
{
    auto const rows = read("ios.safari_history", "plaso/safari/History.db");
    EXPECT_EQ(rows->count("ios_safari_visit"), 25U);
    EXPECT_EQ(rows->count("ios_safari_tombstone"), 6U);
}

TEST_F(RealData, accounts_and_device_use)
{
    EXPECT_EQ(read("ios.accounts", "plaso/ios/Accounts3.sqlite")->count("ios_account"), 18U);
    EXPECT_EQ(read("ios.knowledge_c", "plaso/macos/knowledgec-10.14.db")->count("ios_knowledge_event"), 92U);
}

TEST_F(RealData, app_privacy_report)
{
    auto const report = read("ios.app_privacy_report", "plaso/ios_app_privacy_report.ndjson",
        "/private/var/mobile/Documents/App_Privacy_Report_v4_2022-04-27.ndjson");
    EXPECT_EQ(report->count("ios_app_privacy_access"), 8U);
    EXPECT_EQ(report->count("ios_app_privacy_network"), 64U);
    EXPECT_TRUE(report->diagnostics().empty());
}

TEST_F(RealData, files_of_a_backup)
{
    auto const rows = read("ios.manifest", backup("Manifest.db"), "@backup/Manifest.db");
    EXPECT_EQ(rows->count("ios_backup_file"), 3721U);
    auto const flags = rows->values("ios_backup_file", "entry_flags");
    EXPECT_EQ(count_value(flags, "1"), 1089U);
    // Three folders have an earlier version on a page that is free.
    EXPECT_EQ(count_value(flags, "2"), 2618U + 3U);
    auto const& lines = rows->rows();
    EXPECT_EQ(std::ranges::count_if(lines,
                  [](std::string const& line) {
                      return line.find("free_page, page 333, earlier version") != std::string::npos;
                  }),
        3);
    EXPECT_EQ(count_value(flags, "4"), 14U);
    EXPECT_EQ(
        count_value(rows->values("ios_backup_file", "path"), "/private/var/mobile/Library/SMS/sms.db"), 1U);
}

TEST_F(RealData, description_of_a_backup)
{
    auto const rows = read("ios.backup_info", backup("Info.plist"));
    EXPECT_EQ(rows->values("ios_backup_info", "build_version").front(), "18C66");
    EXPECT_EQ(rows->values("ios_backup_info", "imei").front(), "42");
    EXPECT_EQ(rows->count("ios_backup_app"), 6U);
    EXPECT_EQ(read("ios.applications", backup("Info.plist"))->count("ios_application"), 0U);
}

TEST_F(RealData, one_message_with_a_link)
{
    auto const rows = read("ios.sms", backup("3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28"));
    EXPECT_EQ(rows->count("ios_sms_message"), 1U);
    EXPECT_NE(rows->values("ios_sms_message", "text").front().find("https://badbadbad.example.org/"),
        std::string::npos);
    EXPECT_TRUE(rows->values("ios_sms_message", "sent").front().starts_with("2019-08-29T23:13:30"));
    EXPECT_EQ(rows->count("ios_sms_attachment"), 0U);
}

TEST_F(RealData, whatsapp_messages_chats_and_hidden_numbers)
{
    auto const rows = read("ios.whatsapp", backup("7c/7c7fba66680ef796b916b067077cc246adacf01d"));
    EXPECT_EQ(rows->count("ios_whatsapp_message"), 3U);
    EXPECT_EQ(rows->count("ios_whatsapp_chat"), 2U);
    EXPECT_EQ(count_value(rows->values("ios_whatsapp_chat", "stored_messages"), "2"), 1U);
    auto const first = rows->values("ios_whatsapp_chat", "first_stored");
    EXPECT_TRUE(
        std::ranges::any_of(first, [](auto const& one) { return one.starts_with("2025-08-27T15:06:40"); }));
    auto const pairs = read("ios.whatsapp", backup("e7/e794f6ffcc3c222535f47684a63d5178da3c4500"));
    EXPECT_EQ(pairs->count("ios_whatsapp_lid"), 1U);
    EXPECT_TRUE(pairs->values("ios_whatsapp_lid", "paired").front().starts_with("2025-08-25T07:33:20"));
    auto const contacts
        = read("ios.whatsapp_contacts", backup("b8/b8548dc30aa1030df0ce18ef08b882cf7ab5212f"));
    EXPECT_EQ(contacts->count("ios_whatsapp_contact"), 2U);
    EXPECT_EQ(contacts->values("ios_whatsapp_contact", "disappearing_label").front(), "24 hours");
}

TEST_F(RealData, interactions_are_not_multiplied)
{
    auto const rows = read("ios.interaction_c", backup("1f/1f5a521220a3ad80ebfdc196978df8e7a2e49dee"));
    EXPECT_EQ(rows->count("ios_interaction"), 3U);
    EXPECT_EQ(rows->count("ios_interaction_contact"), 3U);
    EXPECT_EQ(rows->count("ios_interaction_recipient"), 1U);
}

TEST_F(RealData, calendar_tabs_domains_and_preferences)
{
    auto const calendar = read("ios.calendar", backup("20/2041457d5fe04d39d0ab481178355df6781e6858"));
    EXPECT_EQ(calendar->values("ios_calendar_event", "summary").front(), "Super interesting meeting");
    EXPECT_EQ(calendar->values("ios_calendar_event", "organizer_email").front(), "user@example.org");
    auto const tabs = read("ios.safari_browser_state", backup("3a/3a47b0981ed7c10f3e2800aa66bac96a3b5db28e"));
    EXPECT_EQ(tabs->values("ios_safari_tab", "url").front(), "https://en.wikipedia.org/wiki/NSO_Group");
    EXPECT_EQ(tabs->count("ios_safari_tab_entry"), 0U); // The peer reads an empty session too.
    auto const domains
        = read("ios.webkit_resource_load_statistics", backup("6e/6e9d0cb750a70e7fa10943c134a5f021dab327e7"));
    EXPECT_EQ(domains->count("ios_webkit_domain"), 2U);
    auto const preferences
        = read("ios.global_preferences", backup("0d/0dc926a1810f7aee4e8f38793ed788701f93bf9d"));
    EXPECT_EQ(preferences->count("ios_global_preference"), 16U);
}

TEST_F(RealData, three_forms_of_one_crash_give_the_same_report)
{
    std::string const folder = "crash-ips/macsymbolicator/";
    auto const json = read("ios.crash_reports", folder + "ios-crash-in-ips-format.ips");
    auto const text = read("ios.crash_reports", folder + "ios-crash-with-json-header.crash");
    auto const bare = read("ios.crash_reports", folder + "ios-crash-without-json-header.crash");
    for (auto const* column : { "incident_id", "process", "path", "bundle_id", "pid", "parent_process",
             "captured", "launched", "exception_type", "signal", "model", "process_role" }) {
        EXPECT_EQ(json->values("ios_crash_report", column), text->values("ios_crash_report", column))
            << column;
        EXPECT_EQ(json->values("ios_crash_report", column), bare->values("ios_crash_report", column))
            << column;
    }
    EXPECT_GT(json->count("ios_crash_frame"), 20U);
    EXPECT_EQ(json->values("ios_crash_frame", "image"), text->values("ios_crash_frame", "image"));
    EXPECT_EQ(text->values("ios_crash_frame", "symbol"), bare->values("ios_crash_frame", "symbol"));
    EXPECT_GT(json->count("ios_crash_image"), 10U);
}

} // namespace
} // namespace exhibit
