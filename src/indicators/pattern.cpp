#include "indicators/pattern.hpp"

#include "base/text.hpp"
#include "indicators/pattern_lexer.hpp"

#include <array>
#include <optional>
#include <utility>

namespace exhibit::indicators {
namespace {

constexpr unsigned kDeepest = 64; // of parentheses
constexpr std::size_t kMostComparisons = 20'000;
constexpr std::size_t kMostValues = 100'000; // in one IN list

class Parser {
public:
    explicit Parser(std::string_view text)
        : m_lexer(text)
    {
    }

    Result<Pattern> parse()
    {
        EXHIBIT_TRY(advance());
        EXHIBIT_TRY(observations(kDeepest));
        if (m_token.type != Token::Type::end)
            return fail(Fault::malformed, "something follows the pattern", m_token.at);
        return std::move(m_pattern);
    }

private:
    using Node = PatternNode;
    using Index = std::size_t;

    Result<void> advance()
    {
        m_token = EXHIBIT_TRY(m_lexer.next());
        return {};
    }

    [[nodiscard]] bool at_symbol(std::string_view symbol) const
    {
        return m_token.type == Token::Type::symbol && m_token.symbol == symbol;
    }

    [[nodiscard]] bool at_word(std::string_view upper) const
    {
        return m_token.type == Token::Type::word && m_token.raw.size() == upper.size()
            && to_lower(m_token.raw) == to_lower(upper);
    }

    Result<void> expect(std::string_view symbol)
    {
        if (!at_symbol(symbol))
            return fail(Fault::malformed, "another sign was expected here", m_token.at);
        return advance();
    }

    Result<void> expect_word(std::string_view upper)
    {
        if (!at_word(upper))
            return fail(Fault::malformed, "another keyword was expected here", m_token.at);
        return advance();
    }

    Index add(Node node)
    {
        m_pattern.nodes.push_back(std::move(node));
        return m_pattern.nodes.size() - 1;
    }

    // NOLINTBEGIN(misc-no-recursion): they call each other only through parentheses, which `depth` bounds

    /// One operand or several joined by `keyword`; several become a node of type `joined`.
    template<typename Operand>
    Result<Index> chain(std::string_view keyword, Node::Type joined, Operand const& operand)
    {
        auto const first = EXHIBIT_TRY(operand());
        if (!at_word(keyword))
            return first;
        std::vector<Index> children { first };
        while (at_word(keyword)) {
            EXHIBIT_TRY(advance());
            children.push_back(EXHIBIT_TRY(operand()));
        }
        return add(Node { joined, 0, std::move(children) });
    }

    Result<Index> observations(unsigned depth)
    {
        return chain("FOLLOWEDBY", Node::Type::followed_by, [&] {
            return chain("OR", Node::Type::observations_or, [&] {
                return chain("AND", Node::Type::observations_and, [&] { return observation(depth); });
            });
        });
    }

    Result<Index> observation(unsigned depth)
    {
        Index node = 0;
        if (at_symbol("[")) {
            EXHIBIT_TRY(advance());
            node = EXHIBIT_TRY(any_of(depth));
            EXHIBIT_TRY(expect("]"));
        } else if (at_symbol("(")) {
            if (depth == 0)
                return fail(Fault::over_limit, "the pattern is nested too deeply", m_token.at);
            EXHIBIT_TRY(advance());
            node = EXHIBIT_TRY(observations(depth - 1));
            EXHIBIT_TRY(expect(")"));
        } else {
            return fail(Fault::malformed, "an observation begins with [", m_token.at);
        }
        return qualified(node);
    }

    Result<Index> any_of(unsigned depth)
    {
        return chain("OR", Node::Type::any_of,
            [&] { return chain("AND", Node::Type::all_of, [&] { return comparison(depth); }); });
    }

    Result<Index> comparison(unsigned depth)
    {
        if (!at_symbol("("))
            return test();
        if (depth == 0)
            return fail(Fault::over_limit, "the pattern is nested too deeply", m_token.at);
        EXHIBIT_TRY(advance());
        auto const node = EXHIBIT_TRY(any_of(depth - 1));
        EXHIBIT_TRY(expect(")"));
        return node;
    }

    // NOLINTEND(misc-no-recursion)

    Result<Index> qualified(Index node)
    {
        for (std::size_t count = 0;; ++count) {
            if (count > kDeepest)
                return fail(Fault::over_limit, "too many qualifiers", m_token.at);
            if (at_word("WITHIN")) {
                EXHIBIT_TRY(counted("SECONDS"));
                node = add(Node { Node::Type::within, 0, { node } });
            } else if (at_word("REPEATS")) {
                auto const once = EXHIBIT_TRY(counted("TIMES")) == "1";
                if (!once)
                    node = add(Node { Node::Type::repeats, 0, { node } });
            } else if (at_word("START")) {
                EXHIBIT_TRY(start_stop());
                node = add(Node { Node::Type::start_stop, 0, { node } });
            } else {
                return node;
            }
        }
    }

    Result<std::string_view> counted(std::string_view unit)
    {
        EXHIBIT_TRY(advance());
        if (m_token.type != Token::Type::number)
            return fail(Fault::malformed, "a number was expected here", m_token.at);
        auto const number = m_token.raw;
        EXHIBIT_TRY(advance());
        EXHIBIT_TRY(expect_word(unit));
        return number;
    }

    Result<void> start_stop()
    {
        for (std::string_view const keyword : { "START", "STOP" }) {
            EXHIBIT_TRY(expect_word(keyword));
            // STIX 2.0 drafts wrote the times as plain text.
            if (m_token.type != Token::Type::timestamp && m_token.type != Token::Type::text)
                return fail(Fault::malformed, "a time was expected here", m_token.at);
            EXHIBIT_TRY(advance());
        }
        return {};
    }

    Result<Index> test()
    {
        if (m_pattern.comparisons.size() == kMostComparisons)
            return fail(Fault::over_limit, "the pattern has too many comparisons", m_token.at);
        Comparison comparison;
        comparison.at = m_token.at;
        if (at_word("EXISTS")) {
            EXHIBIT_TRY(advance());
            EXHIBIT_TRY(object_path(comparison));
            comparison.op = Operator::exists;
        } else {
            EXHIBIT_TRY(object_path(comparison));
            if (at_word("NOT")) {
                comparison.negated = true;
                EXHIBIT_TRY(advance());
            }
            comparison.op = EXHIBIT_TRY(comparison_operator());
            if (comparison.op == Operator::in)
                EXHIBIT_TRY(literal_list(comparison));
            else
                comparison.values.push_back(EXHIBIT_TRY(literal()));
        }
        m_pattern.comparisons.push_back(std::move(comparison));
        return add(Node { Node::Type::comparison, m_pattern.comparisons.size() - 1, {} });
    }

    Result<void> object_path(Comparison& comparison)
    {
        if (m_token.type != Token::Type::word)
            return fail(Fault::malformed, "an object type was expected here", m_token.at);
        comparison.object = m_token.raw;
        EXHIBIT_TRY(advance());
        EXHIBIT_TRY(expect(":"));
        comparison.steps.push_back(EXHIBIT_TRY(step()));
        while (at_symbol(".") || at_symbol("[")) {
            auto const list = at_symbol("[");
            EXHIBIT_TRY(advance());
            comparison.steps.push_back(list ? EXHIBIT_TRY(list_index()) : EXHIBIT_TRY(step()));
            if (comparison.steps.size() > kDeepest)
                return fail(Fault::over_limit, "an object path is too long", m_token.at);
        }
        return {};
    }

    Result<std::string> step()
    {
        if (m_token.type != Token::Type::word && m_token.type != Token::Type::text)
            return fail(Fault::malformed, "a property name was expected here", m_token.at);
        auto name = m_token.type == Token::Type::text ? unescape(m_token.raw) : std::string { m_token.raw };
        EXHIBIT_TRY(advance());
        return name;
    }

    Result<std::string> list_index()
    {
        if (!at_symbol("*") && m_token.type != Token::Type::number)
            return fail(Fault::malformed, "a list index was expected here", m_token.at);
        auto index = '[' + std::string { m_token.raw } + ']';
        EXHIBIT_TRY(advance());
        EXHIBIT_TRY(expect("]"));
        return index;
    }

    Result<Operator> comparison_operator()
    {
        constexpr std::array<std::pair<std::string_view, Operator>, 6> symbols { { { "=", Operator::equal },
            { "!=", Operator::not_equal }, { "<", Operator::less }, { "<=", Operator::less_equal },
            { ">", Operator::greater }, { ">=", Operator::greater_equal } } };
        constexpr std::array<std::pair<std::string_view, Operator>, 5> words { { { "IN", Operator::in },
            { "LIKE", Operator::like }, { "MATCHES", Operator::matches }, { "ISSUBSET", Operator::is_subset },
            { "ISSUPERSET", Operator::is_superset } } };
        std::optional<Operator> found;
        for (auto const& [symbol, op] : symbols)
            if (at_symbol(symbol))
                found = op;
        for (auto const& [word, op] : words)
            if (at_word(word))
                found = op;
        if (!found)
            return fail(Fault::malformed, "a comparison operator was expected here", m_token.at);
        EXHIBIT_TRY(advance());
        return *found;
    }

    Result<void> literal_list(Comparison& comparison)
    {
        EXHIBIT_TRY(expect("("));
        do {
            if (!comparison.values.empty())
                EXHIBIT_TRY(advance());
            if (comparison.values.size() == kMostValues)
                return fail(Fault::over_limit, "a list of values is too long", m_token.at);
            comparison.values.push_back(EXHIBIT_TRY(literal()));
        } while (at_symbol(","));
        return expect(")");
    }

    Result<Literal> literal()
    {
        Literal literal;
        switch (m_token.type) {
        case Token::Type::text:
            literal.text = unescape(m_token.raw);
            break;
        case Token::Type::number:
            literal = { Literal::Type::number, std::string { m_token.raw } };
            break;
        case Token::Type::timestamp:
            literal = { Literal::Type::timestamp, std::string { m_token.raw } };
            break;
        case Token::Type::hex:
            literal = { Literal::Type::hex, std::string { m_token.raw } };
            break;
        case Token::Type::binary:
            literal = { Literal::Type::binary, std::string { m_token.raw } };
            break;
        case Token::Type::word:
            if (!at_word("TRUE") && !at_word("FALSE"))
                return fail(Fault::malformed, "text stands in quotes", m_token.at);
            literal = { Literal::Type::boolean, to_lower(m_token.raw) };
            break;
        default:
            return fail(Fault::malformed, "a value was expected here", m_token.at);
        }
        EXHIBIT_TRY(advance());
        return literal;
    }

    PatternLexer m_lexer;
    Token m_token;
    Pattern m_pattern;
};

} // namespace

Result<Pattern> parse_pattern(std::string_view text)
{
    return Parser { text }.parse();
}

} // namespace exhibit::indicators
