// Reads a table of 300,000 rows: through the evidence file system, by our own reader, and, for
// comparison, with plain SQLite on the file.
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/recover.hpp"
#include "formats/sqlite/schema.hpp"
#include "support/sqlite_files.hpp"
#include "support/temporary_folder.hpp"

#include <benchmark/benchmark.h>
#include <fstream>
#include <sqlite3.h>
#include <stdexcept>

namespace {

using namespace exhibit;

constexpr std::int64_t kRows = 300'000;
constexpr auto kSql = "SELECT id, number, date, text FROM message";

struct Made {
    Made()
    {
        test::SqliteFiles files {
            "CREATE TABLE message(id INTEGER PRIMARY KEY, number TEXT, date INTEGER, text TEXT);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
            "INSERT INTO message SELECT i, '+4915' || (i * 7919 % 100000000), "
            "700000000000000000 + i * 1000000000, 'message ' || i || ' with some words in it' FROM n;"
        };
        main = files.main();
        std::ofstream { folder / "made.db", std::ios::binary }.write(
            reinterpret_cast<char const*>(main.data()), static_cast<std::streamsize>(main.size()));
        files.run("DELETE FROM message WHERE id % 10 = 0;");
        deleted = files.main();
    }

    test::TemporaryFolder folder;
    std::vector<std::byte> main;
    std::vector<std::byte> deleted; ///< the same after a tenth of the rows was deleted
};

Made const& made()
{
    static Made const instance;
    return instance;
}

struct Sums {
    std::int64_t ids = 0;
    std::size_t bytes = 0;

    void check() const
    {
        if (ids != kRows * (kRows + 1) / 2 || bytes == 0)
            throw std::runtime_error("wrong rows");
    }
};

void report(benchmark::State& state)
{
    state.SetItemsProcessed(state.iterations() * kRows);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(made().main.size()));
}

void evidence_each(benchmark::State& state)
{
    MemorySource const source { made().main };
    for (auto _ : state) {
        auto const database = sqlite::Database::open(source).value();
        Sums sums;
        auto const scan = database.each(kSql, [&](sqlite::Statement const& row) -> Result<void> {
            sums.ids += row.integer(0).value_or(0) + (row.integer(2).value_or(0) & 0);
            sums.bytes += row.text(1).size() + row.text(3).size();
            return {};
        });
        if (!scan.has_value())
            throw std::runtime_error("not read");
        sums.check();
    }
    report(state);
}

void plain_sqlite(benchmark::State& state)
{
    auto const path = (made().folder / "made.db").string();
    for (auto _ : state) {
        sqlite3* handle = nullptr;
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr)
                != SQLITE_OK
            || sqlite3_prepare_v2(handle, kSql, -1, &statement, nullptr) != SQLITE_OK)
            throw std::runtime_error("not opened");
        Sums sums;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            sums.ids += sqlite3_column_int64(statement, 0) + (sqlite3_column_int64(statement, 2) & 0);
            for (int const column : { 1, 3 }) {
                benchmark::DoNotOptimize(sqlite3_column_text(statement, column));
                sums.bytes += static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
            }
        }
        sums.check();
        sqlite3_finalize(statement);
        sqlite3_close(handle);
    }
    report(state);
}

void own_reader(benchmark::State& state)
{
    MemorySource const source { made().main };
    for (auto _ : state) {
        auto const pages = sqlite::Pages::open(source, nullptr, nullptr).value();
        auto const schema = sqlite::read_schema(pages).value();
        Sums sums;
        auto const walk = sqlite::walk_rows(
            pages, schema.at(0).root, false, {}, [&](sqlite::TreeRow const& row) -> Result<void> {
                sums.ids += row.rowid + (row.fields[2].integer() & 0);
                sums.bytes += row.fields[1].body.size() + row.fields[3].body.size();
                return {};
            });
        if (!walk.has_value())
            throw std::runtime_error("not read");
        sums.check();
    }
    report(state);
}

void recover_deleted(benchmark::State& state)
{
    MemorySource const source { made().deleted };
    auto const database = sqlite::Database::open(source).value();
    for (auto _ : state) {
        auto const recovery = sqlite::Recoverer::open(database).value().recover("message").value();
        if (recovery.rows.size() < kRows / 10 * 9 / 10)
            throw std::runtime_error("too few rows recovered");
    }
    report(state);
}

BENCHMARK(plain_sqlite)->Unit(benchmark::kMillisecond);
BENCHMARK(evidence_each)->Unit(benchmark::kMillisecond);
BENCHMARK(own_reader)->Unit(benchmark::kMillisecond);
BENCHMARK(recover_deleted)->Unit(benchmark::kMillisecond);

} // namespace
