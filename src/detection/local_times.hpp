#pragma once

#include "detection/row_queries.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::detection {

/// What a phone's clock showed, for rows whose moment cannot be told because the phone's zone is not known.
class LocalTimes {
public:
    LocalTimes() = default; ///< knows none
    LocalTimes(casefile::Database& reader, CaseView const& view)
        : m_queries(reader, view)
    {
    }

    /// `2024-05-01 10:11`, or `05-01 10:11` where the phone writes no year; empty when there is none.
    [[nodiscard]] std::string of(std::string_view table, std::int64_t record_id);

private:
    RowQueries m_queries;
};

} // namespace exhibit::detection
