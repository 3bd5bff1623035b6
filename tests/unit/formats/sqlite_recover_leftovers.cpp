// What the versions of SQLite leave of a cell that was the first in the content area when it was freed: up to
// 3.44 its head is overwritten, later ones leave it as it was. The tests make both, whichever is installed.
#include "formats/sqlite/recover.hpp"
#include "support/sqlite_files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {

using namespace exhibit;
using namespace exhibit::sqlite;
using exhibit::test::SqliteFiles;

constexpr std::size_t kPageSize = 1024;

std::size_t big(std::vector<std::byte> const& file, std::size_t at, std::size_t size)
{
    std::size_t value = 0;
    for (std::size_t i = 0; i != size; ++i)
        value = value << 8U | std::to_integer<std::size_t>(file[at + i]);
    return value;
}

/// Where the content area of a page begins in the file; the page's number is from 1.
std::size_t content_of(std::vector<std::byte> const& file, std::size_t page)
{
    auto const begin = (page - 1) * kPageSize;
    return begin + big(file, begin + (page == 1 ? 100 : 0) + 5, 2);
}

/// Puts a row of five NULLs and the id 5 right before the first cell of a page, where no cell is.
void put_nulls(std::vector<std::byte>& file, std::size_t page)
{
    constexpr std::array<unsigned char, 8> cell { 6, 5, 6, 0, 0, 0, 0, 0 };
    std::ranges::transform(cell,
        file.begin() + static_cast<std::ptrdiff_t>(content_of(file, page) - cell.size()),
        [](unsigned char byte) { return std::byte { byte }; });
}

Recovery recover(std::vector<std::byte> const& file, std::string_view table)
{
    MemorySource const source { file };
    auto const database = Database::open(source).value();
    return Recoverer::open(database).value().recover(table).value();
}

constexpr auto kFive = "PRAGMA page_size=1024; CREATE TABLE five(id INTEGER PRIMARY KEY, a TEXT, b TEXT, c "
                       "INTEGER, d REAL); INSERT INTO five VALUES(9, 'a', 'b', 1000, 0.5);";

TEST(SqliteRecoverLeftovers, what_keeps_the_place_of_a_declaration_is_no_row_of_a_table_of_five_columns)
{
    SqliteFiles one_page { kFive };
    auto file = one_page.main();
    put_nulls(file, 1);
    auto const recovery = recover(file, "five");
    EXPECT_TRUE(recovery.rows.empty());
    EXPECT_EQ(recovery.uncertain, 0U);
}

TEST(SqliteRecoverLeftovers, nor_is_it_where_declarations_take_several_pages)
{
    SqliteFiles several { kFive };
    for (int table = 0; table != 20; ++table)
        several.run("CREATE TABLE with_a_name_of_some_length_" + std::to_string(table) + "(id INTEGER);");
    auto file = several.main();
    constexpr std::byte interior { 5 };
    ASSERT_EQ(file[100], interior);
    put_nulls(file, 1);
    put_nulls(file, big(file, 108, 4));
    auto const recovery = recover(file, "five");
    EXPECT_TRUE(recovery.rows.empty());
    EXPECT_EQ(recovery.uncertain, 0U);
}

TEST(SqliteRecoverLeftovers, a_row_of_nulls_on_a_page_of_its_table_is_counted)
{
    SqliteFiles made { kFive };
    auto file = made.main();
    put_nulls(file, 2);
    EXPECT_EQ(recover(file, "five").uncertain, 1U);
}

TEST(SqliteRecoverLeftovers, the_row_written_last_is_found_with_its_head_or_without)
{
    SqliteFiles made { kFive };
    made.run("INSERT INTO five VALUES(10, 'a body of some length', 'another', 703002185, 12.25);");
    auto const before = made.main();
    auto const head = content_of(before, 2);
    made.run("DELETE FROM five WHERE id = 10;");
    for (bool const is_left : { true, false }) {
        auto file = made.main();
        auto const whole = std::to_integer<unsigned char>(before[head]) + 2U;
        auto const lost = std::array { std::byte {}, std::byte {}, std::byte {},
            static_cast<std::byte>(whole) }; // As a free block: the next one and the size.
        std::copy_n(is_left ? &before[head] : lost.data(), lost.size(),
            file.begin() + static_cast<std::ptrdiff_t>(head));
        auto const recovery = recover(file, "five");
        ASSERT_EQ(recovery.rows.size(), 1U);
        EXPECT_EQ(recovery.rows[0].text(1), "a body of some length");
        EXPECT_EQ(recovery.rows[0].integer(3), 703002185);
        EXPECT_EQ(recovery.rows[0].rowid.has_value(), is_left);
    }
}

} // namespace
