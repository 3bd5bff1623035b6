#include "detection/row_queries.hpp"

namespace exhibit::detection {

casefile::Statement* RowQueries::find(
    std::string_view table, std::function<std::string(CaseTable const& table)> const& sql_of)
{
    auto found = m_statements.find(table);
    if (found == m_statements.end()) {
        auto const* const known = m_view == nullptr ? nullptr : m_view->table(table);
        auto const sql = known == nullptr ? std::string {} : sql_of(*known);
        std::optional<casefile::Statement> statement;
        if (!sql.empty())
            if (auto prepared = m_reader->prepare(sql))
                statement.emplace(std::move(*prepared));
        found = m_statements.emplace(std::string { table }, std::move(statement)).first;
    }
    return found->second ? &*found->second : nullptr;
}

} // namespace exhibit::detection
