#pragma once

#include "casefile/database.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::casefile {

/// A row of the table `coverage`, as far as it is summed up.
struct CoverageRow {
    std::string_view artifact;
    std::string_view state;
    std::string_view message;
    std::optional<std::int64_t> entry_id;
    std::uint64_t rows = 0;
    std::uint64_t recovered_rows = 0;
    std::optional<std::int64_t> first_seen; ///< microseconds since 1970, as the next
    std::optional<std::int64_t> last_seen;
};

/// Rows that follow on one another: entries of one artifact that were read whole, or one row of any other
/// kind.
struct CoverageRun {
    std::string artifact;
    std::string state;
    std::string message;
    std::optional<std::int64_t> entry_id; ///< of the first
    std::uint64_t count = 0;
    std::uint64_t entries = 0; ///< how many of them are of an entry
    std::uint64_t rows = 0;
    std::uint64_t recovered_rows = 0;
    std::optional<std::int64_t> first_seen;
    std::optional<std::int64_t> last_seen;

    bool operator==(CoverageRun const&) const = default;
};

/// The coverage of a case in little room: of tens of thousands of files nearly all are read whole.
class CoverageRuns {
public:
    static Result<CoverageRuns> read(Database& database);

    /// In the order of the table.
    void add(CoverageRow const& row);
    [[nodiscard]] std::span<CoverageRun const> runs() const { return m_runs; }

private:
    std::vector<CoverageRun> m_runs;
};

} // namespace exhibit::casefile
