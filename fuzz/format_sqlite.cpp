// Reads every row of every table through SQLite and the evidence file system.
#include "base/source.hpp"
#include "formats/sqlite/database.hpp"

#include <cstdint>
#include <cstdlib>

using namespace exhibit;

namespace {

void read_everything(sqlite::Database const& database)
{
    for (auto const& table : database.tables()) {
        auto const sql = "SELECT * FROM " + sqlite::quote_name(table);
        std::uint64_t rows = 0;
        auto const scan = database.each(sql, [&](sqlite::Statement const& row) -> Result<void> {
            for (int column = 0; column < row.columns(); ++column) {
                if (row.is_null(column) != !row.text_or_none(column).has_value())
                    std::abort();
                static_cast<void>(row.blob(column));
                static_cast<void>(row.time(column, Clock::mac));
            }
            return ++rows < 10'000 ? Result<void> {} : fail(Fault::over_limit, "enough");
        });
        if (scan.has_value() && scan->rows != rows)
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    MemorySource const source { std::as_bytes(std::span { data, size }) };
    sqlite::Options options;
    options.steps = 2'000'000;
    options.cell_bytes = 1U << 20U;
    if (auto const database = sqlite::Database::open(source, nullptr, nullptr, options); database.has_value())
        read_everything(*database);
    return 0;
}
