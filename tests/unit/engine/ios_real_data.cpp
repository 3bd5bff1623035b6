// Whole examinations of small parts of public images of iPhones, where EXHIBIT_TEST_DATA names a folder that
// holds them. Expected counts are those that another tool's own tests state (named `peer` here); where
// databases say something else, theirs count and the difference is told.
#include "acquisition/container.hpp"
#include "artifact/registry.hpp"
#include "casefile/database.hpp"
#include "engine/examine.hpp"
#include "support/recorder.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;

class IosRealData : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* folder = std::getenv("EXHIBIT_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
        if (folder == nullptr)
            GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
        m_data = std::filesystem::path { folder } / "ileapp/cases";
    }

    /// Examines `FOLDER/testdata.FOLDER.NAME.zip`; `count` and `text` then ask its case.
    void examine_case(std::string const& folder, std::string const& name)
    {
        SCOPED_TRACE(name);
        auto const acquisition
            = open_acquisition(m_data / folder / ("testdata." + folder + "." + name + ".zip"), {});
        ASSERT_TRUE(acquisition.has_value()) << acquisition.error().message;
        EXPECT_EQ((*acquisition)->kind(), AcquisitionKind::ios_file_system);
        EXPECT_TRUE(
            (*acquisition)->description().starts_with("part of an iOS file system, in a zip archive"));
        ExamineOptions options;
        m_case = m_folder / (std::to_string(++m_cases) + ".exhibit");
        options.output = m_case;
        options.jobs = 1;
        Progress progress;
        auto const examined = examine(**acquisition, {}, {}, options, progress);
        ASSERT_TRUE(examined.has_value()) << examined.error().message;
        EXPECT_EQ(count("finding WHERE severity IN ('critical', 'high')"), "0");
    }

    [[nodiscard]] std::string text(std::string const& sql) const
    {
        auto database = casefile::Database::open(m_case, casefile::Access::read_only);
        if (!database)
            return "no case";
        auto statement = database->prepare(sql);
        return statement && *statement->step() ? std::string { statement->text(0) } : std::string {};
    }

    [[nodiscard]] std::string count(std::string const& table_and_condition) const
    {
        return text("SELECT count(*) FROM " + table_and_condition);
    }

    [[nodiscard]] std::filesystem::path const& data() const { return m_data; }

private:
    std::filesystem::path m_data;
    test::TemporaryFolder m_folder;
    std::filesystem::path m_case;
    int m_cases = 0;
};

TEST_F(IosRealData, installations_by_the_store)
{
    examine_case("storeSystem", "storeSystemAppInstalls.mvs_ios_2023");
    EXPECT_EQ(count("ios_store_install"), "16");
    EXPECT_EQ(
        count("ios_store_install WHERE client_id = 'com.apple.AppStore' AND recorded IS NOT NULL"), "16");
    EXPECT_EQ(count("ios_store_package WHERE bundle_id IS NOT NULL AND url LIKE 'https://%'"), "32");
    // The peer states 0 updates: it reads `mapi_app_update` alone, which is empty. `app_updates` has 19 rows.
    EXPECT_EQ(count("ios_store_update WHERE recovered IS NULL"), "19");
    EXPECT_EQ(count("ios_store_update WHERE recovered IS NULL AND update_installed IS NOT NULL"), "3");
    EXPECT_EQ(
        text("SELECT datetime(recorded / 1000000, 'unixepoch') FROM ios_store_install WHERE bundle_id = "
             "'com.roblox.robloxmobile'"),
        "2022-12-07 13:38:31"); // 1670420311 of the peer
}

TEST_F(IosRealData, known_networks_in_both_layouts)
{
    examine_case("appleWifiPlist", "appleWifiKnownNetworks.mvs_ios_2023");
    EXPECT_EQ(count("ios_wifi_network"), "5");
    EXPECT_EQ(count("ios_wifi_access_point"), "37");
    EXPECT_EQ(
        text(
            "SELECT datetime(added / 1000000, 'unixepoch') FROM ios_wifi_network WHERE ssid = 'NETGEAR-345'"),
        "2022-11-21 00:45:52"); // 1668991552 of the peer
    examine_case("appleWifiPlist", "appleWifiKnownNetworks.josh_ios15_ffs"); // no stored result of the peer
    EXPECT_EQ(count("ios_wifi_network"), "1");
    EXPECT_EQ(count("ios_wifi_access_point"), "9");
}

TEST_F(IosRealData, accounts_with_their_log)
{
    examine_case("accountData", "accountData.mvs_ios_2023"); // no stored result of the peer
    EXPECT_EQ(count("ios_account WHERE recovered IS NULL"), "16");
    EXPECT_EQ(count("ios_account WHERE recovered IS NULL AND username IS NOT NULL"), "12");
    // The log holds what was changed since, and nothing that is gone.
    EXPECT_EQ(count("ios_account WHERE recovered LIKE '%earlier version%'"), "153");
    EXPECT_EQ(count("ios_account WHERE recovered IS NOT NULL"), "153");
}

TEST_F(IosRealData, whatsapp_messages_contacts_and_calls)
{
    examine_case("whatsApp", "whatsAppMessages.josh_ios15_ffs");
    EXPECT_EQ(count("ios_whatsapp_message WHERE recovered IS NULL"), "32");
    EXPECT_EQ(count("ios_whatsapp_message WHERE recovered IS NULL AND is_from_me = 1"), "11");
    EXPECT_EQ(count("ios_whatsapp_message WHERE recovered IS NULL AND text IS NOT NULL"), "15");
    EXPECT_EQ(count("ios_whatsapp_chat WHERE recovered IS NULL"), "5");
    examine_case("whatsApp", "whatsAppCallHistory.josh_ios15_ffs");
    EXPECT_EQ(count("ios_whatsapp_contact"), "9");
    EXPECT_EQ(count("ios_whatsapp_call"), "4");
    EXPECT_EQ(count("ios_whatsapp_call WHERE direction = 'received'"), "2");
    EXPECT_EQ(count("ios_whatsapp_call_participant WHERE phone = '+19198887386'"), "4");
    examine_case("whatsApp", "whatsAppContacts.mvs_ios_2023");
    EXPECT_EQ(count("ios_whatsapp_contact"), "0");
}

TEST_F(IosRealData, a_cached_response_that_is_in_the_log_only)
{
    examine_case("safariCache", "safariCache.mvs_ios_2023");
    EXPECT_EQ(count("ios_cached_response"), "1"); // 0 without the -wal
    EXPECT_EQ(count("ios_cached_response WHERE url LIKE 'https://configuration.apple.com/%'"), "1");
}

TEST_F(IosRealData, mobile_network_and_what_computers_are_told)
{
    examine_case("celWireless", "celWireless.mvs_ios_2023");
    EXPECT_EQ(count("ios_cellular_setting"), "55");
    EXPECT_EQ(count("ios_last_sim"), "1");
    examine_case("deviceDatam", "deviceDatam.mvs_ios_2023");
    EXPECT_EQ(count("ios_cellular_setting"), "36");
    examine_case("deviceName", "deviceName.mvs_ios_2023"); // no stored result of the peer
    EXPECT_EQ(count("ios_lockdown_setting"), "15");
    EXPECT_EQ(count("ios_lockdown_setting WHERE key LIKE '%EnableWifiDebugging' AND flag = 0"), "1");
}

TEST_F(IosRealData, an_address_in_a_local_network)
{
    // The one file of this case may be a Mac's as well, so the archive alone is refused.
    auto const zip = data() / "dhcpl/testdata.dhcpl.dhcpLeases.mvs_ios_2023.zip";
    EXPECT_FALSE(open_acquisition(zip, {}).has_value());
    auto const container = open_container(zip, {});
    ASSERT_TRUE(container.has_value());
    auto const source = (*container)->open("private/var/db/dhcpclient/leases/en0.plist");
    ASSERT_TRUE(source.has_value());
    auto const* artifact = find_artifact("ios.dhcp_leases");
    test::Recorder recorder { *artifact };
    Input input;
    input.path = "/private/var/db/dhcpclient/leases/en0.plist";
    input.source = source->get();
    ASSERT_TRUE(artifact->parse(input, recorder).has_value());
    // The peer states 6 rows, one per value that it knows; they are one row here.
    EXPECT_EQ(recorder.values("ios_dhcp_lease", "address"), std::vector<std::string> { "100.64.0.236" });
    EXPECT_EQ(recorder.values("ios_dhcp_lease", "length"), std::vector<std::string> { "7200" });
    EXPECT_TRUE(recorder.values("ios_dhcp_lease", "began").front().starts_with("2023-01-08T16:39:17"));
}

TEST_F(IosRealData, what_no_artifact_reads_is_opened_all_the_same)
{
    examine_case("accountConfig", "accountConfig.mvs_ios_2023");
    examine_case("controlCenter", "controlcenter.mvs_ios_2023");
    examine_case("advertisingID", "get_adId.mvs_ios_2023");
    examine_case("cachev0", "cachev0.mvs_ios_2023");
    examine_case("cloudkitSharing", "cloudkit_participants.mvs_ios_2023");
    examine_case("keyboard", "keyboardAppUsage.josh_ios15_ffs");
    examine_case("voicemail", "voicemail.mvs_ios_2023");
    EXPECT_EQ(count("ios_file"), "1");
}

} // namespace
