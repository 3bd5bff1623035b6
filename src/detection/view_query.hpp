#pragma once

#include "artifact/artifact.hpp"
#include "detection/like_pattern.hpp"
#include "detection/rule.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::detection {

/// A condition on the texts of one row, with the meaning that it has in a `WHERE`.
struct TextCondition {
    enum class Kind : std::uint8_t {
        all, ///< of `parts`
        any,
        like,
        one_of, ///< `values`
        there, ///< not NULL
        short_link, ///< `short_link_in` finds one
        listed, ///< in `list`
    };

    /// `texts` by column, null where there is none.
    [[nodiscard]] bool holds(std::span<std::string_view const> texts) const;

    Kind kind = Kind::all;
    std::size_t column = 0;
    std::optional<LikePattern> pattern {};
    std::vector<std::string> values {};
    ValueList const* list = nullptr;
    bool in_lower_case = false; ///< the text is, before it is looked for in the list
    std::vector<TextCondition> parts {};
};

/// What a view asks, in two forms that can be answered for each row by itself, so that SQLite need not go
/// through the table:
///
///     SELECT record_id, CONDITION AS name, ... FROM table WHERE CONDITION
///     SELECT DISTINCT column, ... FROM table WHERE CONDITION
///
/// A condition compares columns of text: `AND`, `OR`, `LIKE` with one `%` at the beginning, at the end or at
/// both, `=`, `IN`, `IS NOT NULL`, `short_link_in(...) IS NOT NULL`, `listed('list', ...)`.
struct ViewQuery {
    using Tables = std::function<Table const*(std::string_view name)>;
    using Lists = std::map<std::string, ValueList, std::less<>>;

    /// Nothing for SQL of any other form. Borrows the lists.
    static std::optional<ViewQuery> parse(std::string_view sql, Tables const& tables, Lists const& lists);

    Table const* table = nullptr;
    std::vector<std::string> names; ///< of the columns of the result, the record id's too
    std::vector<TextCondition> conditions; ///< of the first form, each a column
    std::vector<std::size_t> distinct; ///< of the second form: columns of the table
    TextCondition where;
};

} // namespace exhibit::detection
