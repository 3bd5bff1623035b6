#pragma once

#include "detection/row_queries.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::detection {

/// The end of the span in which it happened what a row tells that is only known to the day.
struct SpanEnd {
    std::optional<std::int64_t> utc; ///< microseconds since 1970
    std::string shown; ///< by the phone's clock, as `LocalTimes::of`
};

/// What a phone's clock showed, for rows whose moment cannot be told because the phone's zone is not known,
/// and the spans of those that have no moment.
class LocalTimes {
public:
    LocalTimes() = default; ///< knows none
    LocalTimes(casefile::Database& reader, CaseView const& view)
        : m_queries(reader, view)
        , m_ends(reader, view)
    {
    }

    /// `2024-05-01 10:11`, or `05-01 10:11` where the phone writes no year; empty when there is none.
    [[nodiscard]] std::string of(std::string_view table, std::int64_t record_id);
    [[nodiscard]] SpanEnd end_of(std::string_view table, std::int64_t record_id);

private:
    RowQueries m_queries;
    RowQueries m_ends;
};

} // namespace exhibit::detection
