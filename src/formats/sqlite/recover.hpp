#pragma once

#include "base/recovered.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/record.hpp"
#include "formats/sqlite/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::sqlite {

/// A row that is in no live table: deleted, or as it was before it was changed.
class RecoveredRow {
public:
    std::optional<std::int64_t> rowid; ///< nothing where its bytes were overwritten
    Recovered kind = Recovered::free_block; ///< never `live`
    std::uint32_t page = 0; ///< of the database, from 1
    std::uint32_t frame = 0; ///< of the `-wal`, from 1; 0 elsewhere
    std::uint64_t offset = 0; ///< of its cell in the file that `kind` names: database, `-wal` or `-journal`
    bool earlier_version = false; ///< a live row is a later version of it
    bool incomplete = false; ///< values other than the row id were lost
    std::vector<StoredValue> values; ///< one per column of the recovery, in that order

    /// As those of Statement. What was lost reads as NULL; `is_lost` tells.
    [[nodiscard]] bool is_null(std::size_t column) const;
    [[nodiscard]] bool is_lost(std::size_t column) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::size_t column) const;
    [[nodiscard]] std::optional<double> real(std::size_t column) const;
    /// Of text and blobs; of numbers nothing.
    [[nodiscard]] std::string_view text(std::size_t column) const;
    [[nodiscard]] Bytes blob(std::size_t column) const;
    [[nodiscard]] Time time(std::size_t column, Clock clock) const;

private:
    [[nodiscard]] Value value(std::size_t column) const;
};

struct RecoverOptions {
    std::uint64_t rows = 1'000'000; ///< at most so many, before rows found twice are left out
    std::uint64_t work = 100'000'000'000; ///< bytes looked at, a byte in several readings counting each time
    std::stop_token stop = {};
};

struct Recovery {
    std::string table;
    std::vector<std::string> columns;
    std::vector<RecoveredRow> rows; ///< by kind and place
    /// Rows left out because another table of the database could as well have held them.
    std::uint64_t uncertain = 0;
    bool cut = false; ///< a limit was reached: there may be more
};

/// The name of a column that `Recoverer::database` adds: the place of the row in the recovery.
inline constexpr std::string_view kRecoveredIndex = "exhibit_recovered_index";

/// Finds rows that were deleted or replaced, in what SQLite leaves behind: older page images in the
/// `-wal` (also from before it was last restarted) and in the `-journal`, those in the database that the
/// `-wal` replaces, unused bytes in pages, and pages no longer in use. A row is reported only if its bytes
/// follow the format to the last one and can be a row of that table and of no other, and if no live row
/// equals it. Values that ran into overflow pages of a freed row are lost: another row may have used these
/// since.
class Recoverer {
public:
    /// Reads every page once. The database must outlive the recoverer.
    static Result<Recoverer> open(Database const& database, RecoverOptions options = {});
    Recoverer(Recoverer&&) noexcept;
    Recoverer& operator=(Recoverer&&) noexcept;
    ~Recoverer();

    /// `missing` when there is no such table, nor was one that left its declaration behind. Without
    /// `columns` all of the table; one that the table has not reads as NULL.
    Result<Recovery> recover(std::string_view table, std::span<std::string_view const> columns = {}) const;

    /// A database in memory in which the table holds the recovered rows instead of the live ones, with
    /// kRecoveredIndex as one more column, beside the live rows of the `joined` tables: for queries that
    /// were written for the live table. A lost value is NULL there.
    Result<Database> database(Recovery const& recovery, std::span<std::string_view const> joined) const;

    /// Whether `recover` knows the table.
    [[nodiscard]] bool has(std::string_view table) const;

private:
    class State;
    explicit Recoverer(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace exhibit::sqlite
