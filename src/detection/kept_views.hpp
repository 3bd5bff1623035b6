#pragma once

#include "casefile/database.hpp"
#include "detection/rule.hpp"

namespace exhibit::detection {

/// Rows of views that are kept in the memory of one connection, so that each is computed once for all rules
/// that read it.
class KeptViews {
public:
    /// Keeps those views of the rule that say so and are not kept yet.
    Result<void> keep_for(casefile::Database& reader, Rule const& rule);
    /// The rule's query, with those of its views that are not kept.
    [[nodiscard]] std::string query_of(Rule const& rule) const;

private:
    [[nodiscard]] bool is_kept(View const& view) const;
    /// Puts the queries of the views before `sql` that are not kept.
    [[nodiscard]] std::string with_others(std::string sql, Rule const& rule) const;

    std::map<std::string_view, std::shared_ptr<View const>> m_kept; ///< by their names
};

} // namespace exhibit::detection
