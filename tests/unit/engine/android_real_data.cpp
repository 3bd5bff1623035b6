// Whole examinations of public samples of Android, where EXHIBIT_TEST_DATA names a folder that holds them.
// Their counts were taken independently of this program.
#include "casefile/database.hpp"
#include "engine/examine.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;

class AndroidRealData : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* folder = std::getenv("EXHIBIT_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
        if (folder == nullptr)
            GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
        m_data = folder;
    }

    /// Examines a sample; `count` and `text` then ask its case.
    void examine_sample(std::string const& name)
    {
        SCOPED_TRACE(name);
        OpenOptions options;
        options.password = [] { return std::optional<std::string> { "123456" }; };
        auto const acquisition = open_acquisition(m_data / name, options);
        ASSERT_TRUE(acquisition.has_value()) << acquisition.error().message;
        ExamineOptions examine_options;
        m_case = m_folder / (std::to_string(++m_cases) + ".exhibit");
        examine_options.output = m_case;
        examine_options.jobs = 1;
        Progress progress;
        auto const examined = examine(**acquisition, {}, {}, examine_options, progress);
        ASSERT_TRUE(examined.has_value()) << examined.error().message;
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

    /// What speaks `critical` or `high`, and names no root tool or test that the sample's makers planted.
    [[nodiscard]] std::string loud() const
    {
        return text("SELECT coalesce(group_concat(title, '; '), '') FROM finding WHERE severity IN "
                    "('critical', 'high')");
    }

private:
    std::filesystem::path m_data;
    test::TemporaryFolder m_folder;
    std::filesystem::path m_case;
    int m_cases = 0;
};

TEST_F(AndroidRealData, androidqf_with_a_backup_in_it)
{
    examine_sample("mvt-fixtures/androidqf");
    EXPECT_EQ(count("android_androidqf_package"), "7");
    EXPECT_EQ(count("android_process"), "15");
    EXPECT_EQ(count("android_property"), "10");
    EXPECT_EQ(count("android_setting"), "9");
    EXPECT_EQ(count("android_androidqf_file"), "3");
    EXPECT_EQ(count("android_root_binary"), "4");
    EXPECT_EQ(count("android_sms"), "1");
    EXPECT_EQ(count("android_mms"), "1");
    EXPECT_EQ(text("SELECT value FROM android_property LIMIT 1"), "lz4");
}

TEST_F(AndroidRealData, adb_backups_plain_packed_and_encrypted)
{
    for (auto const* name :
        { "mvt-fixtures/android_backup/backup2.ab", "mvt-fixtures/android_backup/backup3.ab" }) {
        examine_sample(name);
        EXPECT_EQ(count("android_sms"), "1") << name;
        EXPECT_EQ(count("android_sms WHERE body LIKE '%https://google.com/%'"), "1") << name;
    }
    examine_sample("mvt-fixtures/android_backup/backup.ab");
    EXPECT_EQ(count("android_mms WHERE body LIKE '%http://google.com%' AND date > 1500000000000000"), "1");
}

TEST_F(AndroidRealData, a_bug_report_in_a_folder)
{
    examine_sample("mvt-fixtures/android_data/bugreport");
    EXPECT_EQ(text("SELECT count(DISTINCT package) FROM android_app_op"), "12");
    EXPECT_EQ(count("android_package"), "2");
    EXPECT_EQ(count("android_package WHERE installer = 'com.android.vending'"), "1");
    EXPECT_EQ(count("android_tombstone"), "2");
    EXPECT_EQ(count("android_tombstone WHERE pid = 3559"), "1");
    EXPECT_EQ(count("android_compat_override WHERE package = 'org.torproject.torbrowser'"), "1");
}

TEST_F(AndroidRealData, old_bug_reports_list_all_packages_and_nothing_alarms)
{
    for (auto const* name : { "chkbugreport/bugreport_aidldeadlock.txt",
             "chkbugreport/bugreport_deadlock.txt", "chkbugreport/bugreport_hybriddeadlock.txt" }) {
        examine_sample(name);
        EXPECT_EQ(text("SELECT count(DISTINCT package) FROM android_package"), "72") << name;
        EXPECT_EQ(loud(), "") << name;
    }
}

TEST_F(AndroidRealData, reports_of_emulators_and_a_stripped_one_alarm_nobody)
{
    for (auto const* name : { "andlogview/emulator_api34.minimized.dump",
             "andlogview/emulator_nougat.minimized.with-time-travel.dump",
             "andlogview/galaxy_nexus_jbmr2.minimized.dump", "aosp-winscope/bugreport_stripped.zip" }) {
        examine_sample(name);
        EXPECT_EQ(loud(), "") << name;
        EXPECT_NE(count("android_log_message"), "0") << name;
    }
    EXPECT_NE(count("acquisition_problem WHERE message LIKE '%package%'"), "0");
}

TEST_F(AndroidRealData, a_clock_that_runs_backwards_is_told)
{
    examine_sample("andlogview/emulator_nougat.minimized.with-time-travel.dump");
    EXPECT_NE(count("android_log_buffer WHERE steps_back > 0"), "0");
}

} // namespace
