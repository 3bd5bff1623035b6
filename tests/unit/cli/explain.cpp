#include "support/backup_builder.hpp"
#include "support/run_program.hpp"
#include "support/small_case.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace {

using exhibit::Time;
using namespace exhibit::test;

constexpr char const* kRule = R"(id: my-odd-file
title: An odd file
class: anomaly
platforms: [ios]
status: derived
severity: medium
confidence: moderate
relation: present
needs:
  ios_backup_file: [path, modified]
sql: |
  SELECT 'ios_backup_file' AS table_name, record_id, modified AS time, 'path' AS column_name, path AS value
  FROM ios_backup_file WHERE path LIKE '%/Odd/%' AND path LIKE '%.bin'
    AND record_id IN (SELECT record_id FROM Timeline WHERE kind = 'file_modified')
summary: "{values}."
meaning: It should not be there.
innocent_causes: [A test.]
next_steps: [Ask.]
references: ["A page about odd files"]
tests:
  - name: odd
    rows:
      ios_backup_file: [{path: /a/Odd/x.bin}]
    finds: [ios_backup_file 1]
  - name: even
    rows:
      ios_backup_file: [{path: /a/Even/x.bin}]
    finds: []
)";

class Explain : public ::testing::Test {
protected:
    Explain()
    {
        BackupBuilder backup { m_folder / "backup" };
        backup.add_file("HomeDomain", "Library/Odd/first.bin", "x");
        backup.finish();
        std::filesystem::create_directories(m_folder / "rules");
        std::ofstream { m_folder / "rules/my-odd-file.yaml" } << kRule;
        auto const ran = run_exhibit({ "check", (m_folder / "backup").string(), "--output", m_case, "--rules",
            (m_folder / "rules").string() });
        EXPECT_EQ(ran.code, 0) << ran.err;
    }

    [[nodiscard]] std::string explain(std::string const& finding) const
    {
        return run_exhibit({ "explain", finding, m_case }).out;
    }

    TemporaryFolder m_folder;
    std::string m_case = (m_folder / "a.exhibit").string();
};

TEST_F(Explain, shows_rows_their_origin_what_was_around_the_query_and_the_sources)
{
    auto const out = explain("rule/my-odd-file");
    for (auto const* part :
        { "An odd file", "It should not be there.", "A test.", "ios_backup_file",
            "path: /private/var/mobile/Library/Odd/first.bin", "Manifest.db", "row or byte ",
            "What happened within ten minutes of it", "2021-05-03 00:00:00  file_modified",
            "A page about odd files", "Key, the same in every case: rule/my-odd-file",
            "The query of the rule", "FROM ios_backup_file WHERE path LIKE '%/Odd/%' AND path LIKE '%.bin'" })
        EXPECT_NE(out.find(part), std::string::npos) << part << "\n" << out;
}

TEST_F(Explain, finds_nothing_that_is_not_there)
{
    auto const ran = run_exhibit({ "explain", "rule/none", m_case });
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.err.find("no finding 'rule/none'"), std::string::npos) << ran.err;
}

TEST(ExplainOlderCases, the_query_of_a_rule_that_the_case_does_not_keep_is_not_made_up)
{
    TemporaryFolder const folder;
    auto const path = folder / "old.exhibit";
    SmallCase small { path };
    small.call({ Time::mac(std::int64_t { 700'000'000 }), "+37410123456", 61, true });
    for (auto const* rule : { "gone-rule", "ios-lockdown-mode" }) {
        small.insert("rule", { { "rule_id", rule }, { "state", "matched" }, { "sha256", "0123" } });
        small.insert("finding",
            { { "finding_id", std::int64_t { *rule == 'g' ? 1 : 2 } },
                { "key", std::string { "rule/" } + rule }, { "origin", "rule" }, { "rule_id", rule },
                { "title", "Something" }, { "severity", "low" }, { "confidence", "weak" },
                { "relation", "present" }, { "rows", std::int64_t { 1 } } });
    }
    small.insert("finding_row",
        { { "finding_id", std::int64_t { 1 } }, { "table_name", "test_call" },
            { "record_id", SmallCase::first_record }, { "entry_id", std::int64_t { 1 } }, { "how", "rule" },
            { "recovered", "wal_frame 12, page 5" }, { "time", std::int64_t { 1'678'307'200'000'000 } } });
    small.finish();
    for (auto const* finding : { "1", "2" }) {
        auto const ran = run_exhibit({ "explain", finding, path.string() });
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_NE(ran.out.find("not in this case"), std::string::npos) << ran.out;
        EXPECT_EQ(ran.out.find("SELECT"), std::string::npos) << "another version of the rule is not this one";
    }
    auto const out = run_exhibit({ "explain", "1", path.string() }).out;
    EXPECT_NE(out.find("recovered from wal_frame 12, page 5"), std::string::npos) << out;
    EXPECT_NE(out.find("CallHistory.storedata, row or byte 1"), std::string::npos) << out;
}

} // namespace
