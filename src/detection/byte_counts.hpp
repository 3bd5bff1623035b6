#pragma once

#include "detection/row_queries.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::detection {

/// Whether the bytes of rows of network use were counted. A row may be there without any count.
class ByteCounts {
public:
    ByteCounts() = default; ///< can tell of none
    ByteCounts(casefile::Database& reader, CaseView const& view)
        : m_queries(reader, view)
    {
    }

    /// Also where nothing of the table counts bytes, so that nobody can tell; not where reading fails.
    [[nodiscard]] bool are_above_zero(std::string_view table, std::int64_t record_id);

private:
    [[nodiscard]] std::string sql_of(CaseTable const& table) const;

    RowQueries m_queries;
};

} // namespace exhibit::detection
