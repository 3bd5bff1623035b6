#pragma once

#include "detection/row_queries.hpp"

#include <map>
#include <tuple>

namespace exhibit::detection {

/// A row of a finding and the value that it counts for.
struct CountedValue {
    std::string const& table;
    std::int64_t record_id;
    std::string_view column;
    std::string_view value;
    std::optional<std::int64_t> time;
};

/// Looks up where the rows of a case stand.
class RowOrigins {
public:
    struct Origin {
        std::int64_t entry = 0;
        std::int64_t locator = 0;
        std::string content; ///< a digest of the row's cells; empty where few of them hold something
    };

    /// Without a case nothing is known.
    RowOrigins() = default;
    RowOrigins(casefile::Database& reader, CaseView const& view)
        : m_queries(reader, view)
    {
    }

    /// The content only of rows without a time.
    [[nodiscard]] std::optional<Origin> of(CountedValue const& row);

private:
    RowQueries m_queries;
};

/// Tells among the rows of one finding what a copy of a file says again: another entry with the same words at
/// the same moment. Where no time tells rows apart, all of the row has to be the same, at the same place.
class Copies {
public:
    explicit Copies(RowOrigins& origins)
        : m_origins(&origins)
    {
    }

    bool is_repeated(CountedValue const& row);

private:
    using Key = std::tuple<std::string, std::string, std::string, std::optional<std::int64_t>>;
    /// Of rows with a time there is one, without locator and content.
    using Place = std::pair<std::int64_t, std::string>;
    struct Said {
        std::int64_t first_record = 0; ///< looked up when it is said again, which is seldom
        std::map<Place, std::int64_t> entries;
    };

    /// Whether it was said before in another entry.
    bool is_said_elsewhere(Said& said, CountedValue const& row);

    RowOrigins* m_origins;
    std::map<Key, Said> m_said;
};

} // namespace exhibit::detection
