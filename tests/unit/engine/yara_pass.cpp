#include "engine/yara_pass.hpp"

#include "support/memory_acquisition.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using exhibit::test::MemoryAcquisition;

class NoObserver final : public RowObserver {
public:
    void see(SeenRow const&) override { }
};

class YaraPassTest : public ::testing::Test {
protected:
    YaraPassTest()
    {
        std::ofstream { m_folder / "sample.yar" }
            << "rule Sample { strings: $a = \"sample-implant\" condition: $a }";
        std::array const paths { m_folder.path() };
        m_rules.emplace(indicators::YaraRules::load(paths).value());
    }

    TaskOutcome outcome_of(std::chrono::nanoseconds most_too_long)
    {
        MemoryAcquisition const acquisition { AcquisitionKind::ios_backup,
            { { "/private/var/a", "a sample-implant" }, { "/private/var/b", "nothing" } } };
        YaraPass pass { *m_rules, {}, most_too_long };
        Progress progress;
        EXPECT_TRUE(pass.read(acquisition, 1, {}, progress));
        std::array const artifacts { yara_artifact(Platform::ios) };
        auto writer = CaseWriter::create(m_folder / "yara.exhibit", artifacts).value();
        NoObserver observer;
        std::vector<EntryRecord> entries;
        return pass.write({}, nullptr, {}, {}, writer, progress, observer, entries).value();
    }

    test::TemporaryFolder m_folder;
    std::optional<indicators::YaraRules> m_rules;
};

TEST_F(YaraPassTest, rules_that_are_too_slow_are_given_up_and_the_case_says_so)
{
    auto const whole = outcome_of(std::chrono::hours { 1 });
    EXPECT_EQ(whole.coverage.state, "parsed");
    EXPECT_EQ(whole.coverage.rows, 1U);
    EXPECT_TRUE(whole.diagnostics.empty());

    auto const given_up = outcome_of(std::chrono::nanoseconds { -1 }); // Any time is too long.
    EXPECT_EQ(given_up.coverage.state, "partial");
    EXPECT_EQ(given_up.coverage.rows, 0U);
    EXPECT_TRUE(given_up.coverage.message.contains("2 were not")) << given_up.coverage.message;
    ASSERT_EQ(given_up.diagnostics.size(), 1U);
    EXPECT_TRUE(given_up.diagnostics[0].message.contains("too slow and were given up"));
    EXPECT_EQ(given_up.diagnostics[0].count, 2U);
}

} // namespace
