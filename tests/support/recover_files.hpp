#pragma once

#include "formats/sqlite/recover.hpp"
#include "support/sqlite_files.hpp"

#include <string_view>

namespace exhibit::test {

/// Recovers from a database as it is on disk; what was there is checked by the caller.
inline sqlite::Recovery recover(SqliteFiles const& made, std::string_view table)
{
    auto const main = made.main();
    auto const wal = made.wal();
    auto const journal = made.journal();
    MemorySource const main_source { main };
    MemorySource const wal_source { wal };
    MemorySource const journal_source { journal };
    auto const database = sqlite::Database::open(
        main_source, wal.empty() ? nullptr : &wal_source, journal.empty() ? nullptr : &journal_source)
                              .value();
    return sqlite::Recoverer::open(database).value().recover(table).value();
}

} // namespace exhibit::test
