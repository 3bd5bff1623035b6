#pragma once

#include "casefile/database.hpp"
#include "detection/case_view.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::detection {

/// A query on single rows for each table of a case, prepared when a row of that table is first asked for.
class RowQueries {
public:
    RowQueries() = default; ///< of no case: there is no table
    RowQueries(casefile::Database& reader, CaseView const& view)
        : m_reader(&reader)
        , m_view(&view)
    {
    }

    /// The query that `sql_of` gives for the table. Null where the case does not have that, where `sql_of`
    /// gives nothing, and where the query cannot be prepared.
    casefile::Statement* find(
        std::string_view table, std::function<std::string(CaseTable const& table)> const& sql_of);

    [[nodiscard]] CaseView const* view() const { return m_view; }

private:
    casefile::Database* m_reader = nullptr;
    CaseView const* m_view = nullptr;
    std::map<std::string, std::optional<casefile::Statement>, std::less<>> m_statements;
};

} // namespace exhibit::detection
