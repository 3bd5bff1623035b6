// Walks every table with our own reader; where SQLite finds no fault either, both must see as many rows.
// Recovers deleted rows, too: each must be one that could be stored.
#include "base/source.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/recover.hpp"
#include "formats/sqlite/schema.hpp"

#include <cstdint>
#include <cstdlib>

using namespace exhibit;

namespace {

struct Count {
    std::uint64_t rows = 0;
    bool whole = false;
};

Count own_count(sqlite::Pages const& pages, sqlite::TableShape const& shape)
{
    sqlite::WalkLimits limits;
    limits.fields = shape.stored.size();
    limits.record_bytes = 1U << 20U;
    Count count;
    auto const walk = sqlite::walk_rows(
        pages, shape.root, shape.without_rowid, limits, [&](sqlite::TreeRow const& row) -> Result<void> {
            ++count.rows;
            for (auto const& field : row.fields)
                static_cast<void>(sqlite::stored_value(field, pages.header().encoding));
            return {};
        });
    count.whole = walk.has_value() && !walk->damage;
    return count;
}

Count sqlite_count(sqlite::Database const& database, std::string const& table)
{
    Count count;
    auto const scan = database.each(
        "SELECT * FROM " + sqlite::quote_name(table), [&](sqlite::Statement const&) -> Result<void> {
            ++count.rows;
            return {};
        });
    count.whole = scan.has_value() && !scan->damage;
    return count;
}

void recover_everything(sqlite::Database const& database, std::uint64_t size)
{
    sqlite::RecoverOptions options;
    options.work = 10'000'000;
    options.rows = 10'000;
    auto const recoverer = sqlite::Recoverer::open(database, options);
    if (!recoverer.has_value())
        return;
    auto const tables = database.tables();
    for (std::size_t i = 0; i < tables.size() && i < 8; ++i) {
        auto const recovery = recoverer->recover(tables[i]);
        if (!recovery.has_value())
            continue;
        for (auto const& row : recovery->rows)
            if (row.kind == Recovered::live || row.offset >= size
                || row.values.size() != recovery->columns.size())
                std::abort();
        static_cast<void>(recoverer->database(*recovery, {}));
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
    auto const database = sqlite::Database::open(source, nullptr, nullptr, options);
    if (!database.has_value() || database->empty())
        return 0;
    auto const schema = sqlite::read_schema(database->pages());
    if (!schema.has_value())
        return 0;
    for (auto const& entry : *schema) {
        auto const shape = sqlite::read_shape(entry);
        if (!shape)
            continue;
        auto const own = own_count(database->pages(), *shape);
        if (!own.whole || !database->has_table(entry.name) || !database->notes().empty())
            continue;
        auto const theirs = sqlite_count(*database, entry.name);
        if (theirs.whole && theirs.rows != own.rows)
            std::abort();
    }
    recover_everything(*database, size);
    return 0;
}
