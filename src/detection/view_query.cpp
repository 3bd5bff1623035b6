#include "detection/view_query.hpp"

#include "base/text.hpp"
#include "detection/sql_functions.hpp"

#include <algorithm>
#include <utility>

namespace exhibit::detection {
namespace {

constexpr bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

/// A word, a sign, or a text in quotes.
struct Token {
    std::string_view word; ///< empty at the end and for a text
    std::optional<std::string> text {};
};

/// Nothing where the SQL holds what no query of ours has.
std::optional<std::vector<Token>> tokens_of(std::string_view sql)
{
    std::vector<Token> tokens;
    while (true) {
        sql.remove_prefix(std::min(sql.find_first_not_of(" \n\t"), sql.size()));
        if (sql.empty())
            return tokens;
        if (sql.front() == '\'') {
            auto const end = sql.find('\'', 1);
            if (end == sql.npos || sql.substr(end).starts_with("''"))
                return std::nullopt;
            tokens.push_back({ {}, std::string { sql.substr(1, end - 1) } });
            sql.remove_prefix(end + 1);
            continue;
        }
        auto const length = static_cast<std::size_t>(std::ranges::find_if_not(sql, is_of_name) - sql.begin());
        if (length == 0 && !std::string_view { "(),=" }.contains(sql.front()))
            return std::nullopt;
        tokens.push_back({ sql.substr(0, std::max<std::size_t>(length, 1)) });
        sql.remove_prefix(tokens.back().word.size());
    }
}

/// Reads from the left; whatever it does not know makes it fail, once and for all.
class Parser {
public:
    Parser(std::vector<Token> tokens, ViewQuery::Lists const& lists)
        : m_tokens(std::move(tokens))
        , m_lists(lists)
    {
    }

    std::optional<ViewQuery> query(ViewQuery::Tables const& tables)
    {
        ViewQuery query;
        // The columns stand before the table that has them.
        auto const from = std::ranges::find(m_tokens, "FROM", &Token::word);
        if (m_tokens.end() - from < 4)
            return std::nullopt;
        query.table = tables(std::next(from)->word);
        if (query.table == nullptr)
            return std::nullopt;
        m_table = query.table;
        need("SELECT");
        if (take("DISTINCT"))
            distinct(query);
        else
            conditions(query);
        need("FROM");
        need(query.table->name);
        need("WHERE");
        query.where = any(0);
        if (m_failed || m_at != m_tokens.size())
            return std::nullopt;
        return query;
    }

private:
    static constexpr unsigned kDeepest = 16;

    bool take(std::string_view word)
    {
        bool const is_next = m_at != m_tokens.size() && m_tokens[m_at].word == word;
        m_at += is_next ? 1 : 0;
        return is_next;
    }
    void need(std::string_view word) { m_failed = !take(word) || m_failed; }

    std::string_view word()
    {
        if (m_failed || m_at == m_tokens.size() || m_tokens[m_at].word.empty()) {
            m_failed = true;
            return {};
        }
        return m_tokens[m_at++].word;
    }
    std::string text()
    {
        if (m_failed || m_at == m_tokens.size() || !m_tokens[m_at].text) {
            m_failed = true;
            return {};
        }
        return *m_tokens[m_at++].text;
    }
    std::size_t column() { return column_named(word()); }
    std::size_t column_named(std::string_view name)
    {
        auto const& columns = m_table->columns;
        auto const found = std::ranges::find(columns, name, &Column::name);
        if (found == columns.end() || found->type != Type::text) {
            m_failed = true;
            return 0;
        }
        return static_cast<std::size_t>(found - columns.begin());
    }

    void distinct(ViewQuery& query)
    {
        do {
            query.distinct.push_back(column());
            query.names.emplace_back(m_table->columns[query.distinct.back()].name);
        } while (!m_failed && take(","));
    }

    void conditions(ViewQuery& query)
    {
        need("record_id");
        query.names.emplace_back("record_id");
        while (!m_failed && take(",")) {
            query.conditions.push_back(any(0));
            need("AS");
            query.names.emplace_back(word());
        }
    }

    // NOLINTBEGIN(misc-no-recursion): no deeper than kDeepest
    /// Parts joined by one word, each of which `read` reads.
    template<typename Read>
    TextCondition joined(TextCondition::Kind kind, std::string_view by, Read const& read)
    {
        TextCondition condition { kind };
        do
            condition.parts.push_back(read());
        while (!m_failed && take(by));
        return condition.parts.size() == 1 ? std::move(condition.parts.front()) : std::move(condition);
    }
    TextCondition any(unsigned depth)
    {
        return joined(TextCondition::Kind::any, "OR",
            [&] { return joined(TextCondition::Kind::all, "AND", [&] { return one(depth); }); });
    }

    TextCondition one(unsigned depth)
    {
        if (take("(")) {
            m_failed = m_failed || depth == kDeepest;
            auto condition = m_failed ? TextCondition {} : any(depth + 1);
            need(")");
            return condition;
        }
        if (take("short_link_in"))
            return short_link();
        if (take("listed"))
            return listed();
        return compared();
    }
    // NOLINTEND(misc-no-recursion)

    TextCondition short_link()
    {
        TextCondition condition { TextCondition::Kind::short_link };
        need("(");
        condition.column = column();
        need(")");
        need_not_null();
        return condition;
    }

    TextCondition listed()
    {
        TextCondition condition { TextCondition::Kind::listed };
        need("(");
        auto const list = m_lists.find(text());
        need(",");
        condition.in_lower_case = take("lower");
        if (condition.in_lower_case)
            need("(");
        condition.column = column();
        if (condition.in_lower_case)
            need(")");
        need(")");
        m_failed = m_failed || list == m_lists.end();
        condition.list = m_failed ? nullptr : &list->second;
        return condition;
    }

    TextCondition compared()
    {
        TextCondition condition;
        condition.column = column();
        if (take("LIKE")) {
            condition.kind = TextCondition::Kind::like;
            condition.pattern.emplace(text());
            m_failed = m_failed || !condition.pattern->is_one_literal();
        } else if (take("=")) {
            condition.kind = TextCondition::Kind::one_of;
            condition.values.push_back(text());
        } else if (take("IN")) {
            condition.kind = TextCondition::Kind::one_of;
            need("(");
            do
                condition.values.push_back(text());
            while (!m_failed && take(","));
            need(")");
        } else {
            condition.kind = TextCondition::Kind::there;
            need_not_null();
        }
        return condition;
    }

    void need_not_null()
    {
        for (auto const* const word : { "IS", "NOT", "NULL" })
            need(word);
    }

    std::vector<Token> m_tokens;
    ViewQuery::Lists const& m_lists;
    Table const* m_table = nullptr;
    std::size_t m_at = 0;
    bool m_failed = false;
};

} // namespace

// NOLINTBEGIN(misc-no-recursion): as deep as it was parsed
bool TextCondition::holds(std::span<std::string_view const> texts) const
{
    auto const part_holds = [&](TextCondition const& part) { return part.holds(texts); };
    if (kind == Kind::all)
        return std::ranges::all_of(parts, part_holds);
    if (kind == Kind::any)
        return std::ranges::any_of(parts, part_holds);
    auto const text = texts[column];
    if (text.data() == nullptr)
        return false;
    switch (kind) {
    case Kind::like:
        return pattern->matches(text);
    case Kind::one_of:
        return std::ranges::find(values, text) != values.end();
    case Kind::short_link:
        return !short_link_in(text).empty();
    case Kind::listed:
        return in_lower_case ? list->values.contains(to_lower(text)) : list->values.contains(text);
    default:
        return true;
    }
}
// NOLINTEND(misc-no-recursion)

std::optional<ViewQuery> ViewQuery::parse(std::string_view sql, Tables const& tables, Lists const& lists)
{
    auto tokens = tokens_of(sql);
    return tokens ? Parser { *std::move(tokens), lists }.query(tables) : std::nullopt;
}

} // namespace exhibit::detection
