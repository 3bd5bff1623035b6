// What was deleted is told by every artifact that reads databases: the rows of each fixture are deleted once
// more, into a `-wal`, so that what stands in the database itself is all that is left of them.
#include "formats/sqlite/database.hpp"
#include "support/fixture.hpp"
#include "support/fixture_sql.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>

namespace exhibit {
namespace {

using namespace std::string_view_literals;

constexpr std::array kNotTold {
    // What counts the rows of other tables.
    "ios_sms_sequence"sv,
    "ios_data_usage_entity"sv,
    "ios_netusage_entity"sv,
    // Rows of fixtures that several tables could have held: these are counted as long as no live row is left.
    "ios_app_state"sv,
    "ios_interaction_recipient"sv,
    "ios_keychain_synchronized_item"sv,
    "ios_netusage_process"sv,
    "ios_screen_time"sv,
    "ios_sms_deleted_message"sv,
    "ios_sms_participant"sv,
    "ios_whatsapp_blocked"sv,
};

std::string deletion_of_all(std::string const& main)
{
    MemorySource const source { as_bytes(main) };
    auto const database = sqlite::Database::open(source, nullptr, nullptr);
    std::string sql;
    for (auto const& table : database->tables())
        if (!table.starts_with("sqlite_"))
            sql += fmt::format("DELETE FROM \"{}\";", table);
    return sql;
}

void parse(test::Fixture const& fixture, test::DatabaseFiles const& files, test::Recorder& recorder)
{
    MemorySource const main { as_bytes(files.main) };
    MemorySource const log { as_bytes(files.wal) };
    auto input = test::input_of(fixture, main, log);
    input.wal = files.wal.empty() ? nullptr : &log;
    (void)fixture.artifact->parse(input, recorder);
}

TEST(DeletedRows, every_artifact_that_reads_databases_of_an_iphone_tells_them)
{
    std::map<std::string, bool> tables; // Whether rows that were deleted were told.
    for (auto const& fixture : test::load_fixtures()) {
        // Its deleted rows are told of some tables only, since most are large.
        bool const is_looked_at
            = fixture.name.starts_with("ios.") && !fixture.name.starts_with("ios.powerlog");
        if (!is_looked_at || fixture.form != test::Form::database || fixture.has_wal)
            continue;
        SCOPED_TRACE(fixture.name);
        auto const sql = test::slurp(fixture.folder / "input.sql");
        auto const whole = test::build_database(sql, {});
        test::Recorder live { *fixture.artifact };
        parse(fixture, whole, live);
        test::Recorder deleted { *fixture.artifact };
        parse(fixture, test::build_database(sql, deletion_of_all(whole.main)), deleted);
        for (auto const* table : fixture.artifact->tables) {
            if (live.count(table->name) == 0 || std::ranges::find(kNotTold, table->name) != kNotTold.end())
                continue;
            auto const begin = fmt::format(R"({{"table":"{}",)", table->name);
            auto& told = tables[std::string { table->name }];
            told = told || std::ranges::any_of(deleted.rows(), [&](std::string const& row) {
                return row.starts_with(begin) && row.find(R"("recovered":")") != row.npos;
            });
        }
    }
    EXPECT_GT(tables.size(), 60U);
    for (auto const& [name, told] : tables)
        EXPECT_TRUE(told) << name;
}

} // namespace
} // namespace exhibit
