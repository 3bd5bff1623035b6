#include "artifact/registry.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "detection/rule_tests.hpp"
#include "detection/test_case.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <sqlite3.h>

namespace exhibit::detection {
namespace {

using Columns = std::set<std::pair<std::string, std::string>>; ///< (table, column)

/// Collects what a statement reads while it is prepared.
int note_read(void* columns, int action, char const* table, char const* column, char const*, char const*)
{
    if (action == SQLITE_READ && table != nullptr && column != nullptr && *column != '\0')
        static_cast<Columns*>(columns)->emplace(table, column);
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION
            || action == SQLITE_RECURSIVE
        ? SQLITE_OK
        : SQLITE_DENY;
}

bool is_declared(Rule const& rule, std::string_view table, std::string_view column)
{
    if (table == kFactTable || table == "coverage")
        return true;
    constexpr std::array<std::string_view, 4> everywhere { "record_id", "entry_id", "locator", "recovered" };
    bool const common = std::ranges::find(everywhere, column) != everywhere.end();
    constexpr std::string_view raw = "_raw"; // what a time was read from stands beside it
    auto const time = column.ends_with(raw) ? column.substr(0, column.size() - raw.size()) : column;
    for (auto const* needs : { &rule.needs, &rule.also_reads })
        for (auto const& need : *needs)
            if (need.table == table
                && (common || std::ranges::find(need.columns, column) != need.columns.end()
                    || std::ranges::find(need.columns, time) != need.columns.end()))
                return true;
    return false;
}

std::string unknown_part(Need const& need)
{
    auto const* table = find_table(need.table).table;
    if (table == nullptr)
        return fmt::format("no artifact of this program has a table {}", need.table);
    for (auto const& name : need.columns)
        if (std::ranges::find(table->columns, name, &Column::name) == table->columns.end())
            return fmt::format("the table {} has no column {}", need.table, name);
    return {};
}

/// `{name}` in the words of a finding, for every name that stands in none of `known`.
std::string unknown_placeholder(std::string_view text, std::set<std::string, std::less<>> const& known)
{
    for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
        auto const close = text.find('}', open);
        if (close == text.npos)
            break;
        auto const name = text.substr(open + 1, close - open - 1);
        if (!known.contains(name))
            return std::string { name };
    }
    return {};
}

class Lint {
public:
    Lint(RuleSet const& set, Rule const& rule)
        : m_set(&set)
        , m_rule(&rule)
    {
    }

    std::vector<RuleProblem> run()
    {
        find_unknown_parts();
        auto made = TestCase::make(*m_set, *m_rule);
        if (!made)
            say(std::string { made.error().what });
        else
            check_sql(made->database());
        return std::move(m_problems);
    }

    std::optional<RuleProblem> run_for_use()
    {
        find_unknown_parts();
        if (!m_problems.empty())
            return m_problems.front();
        auto made = TestCase::make(*m_set, *m_rule);
        if (!made)
            say(std::string { made.error().what });
        else if (!made->database().prepare(m_rule->sql) && !reads_more(made->database()))
            say(cannot_run(made->database()));
        return m_problems.empty() ? std::nullopt : std::optional { m_problems.front() };
    }

private:
    void find_unknown_parts()
    {
        for (auto const* needs : { &m_rule->needs, &m_rule->also_reads })
            for (auto const& need : *needs)
                if (auto unknown = unknown_part(need); !unknown.empty())
                    say(std::move(unknown));
    }

    /// Whether the query reads what a case has, and the test case has not: `needs` did not name it.
    [[nodiscard]] bool reads_more(casefile::Database& database) const
    {
        constexpr std::string_view no_table = "no such table: ";
        auto const why = to_lower(database.last_message());
        if (!why.starts_with(no_table))
            return false;
        auto const name = why.substr(no_table.size());
        return exhibit::may_read_view(name) || find_table(name).table != nullptr;
    }

    static std::string cannot_run(casefile::Database& database)
    {
        return fmt::format("the query cannot be run: {}", database.last_message());
    }

    void say(std::string what) { m_problems.push_back({ m_rule->file, 0, std::move(what) }); }

    void check_sql(casefile::Database& database)
    {
        Columns read;
        sqlite3_set_authorizer(database.handle(), note_read, &read);
        auto const statement = database.prepare(m_rule->sql);
        if (!statement)
            return say(cannot_run(database));
        for (auto const& [table, column] : read)
            if (!is_declared(*m_rule, table, column))
                say(fmt::format("the query reads {}.{}, which `needs` does not name", table, column));
        std::set<std::string, std::less<>> known { "rows", "times", "when", "first", "last", "value",
            "values" };
        for (int i = 0; i != statement->columns(); ++i)
            known.emplace(statement->column_name(i));
        for (auto const* text : { &m_rule->title, &m_rule->summary, &m_rule->meaning })
            if (auto name = unknown_placeholder(*text, known); !name.empty())
                say(fmt::format("`{{{}}}` stands in the words, but the query returns no such column", name));
    }

    RuleSet const* m_set;
    Rule const* m_rule;
    std::vector<RuleProblem> m_problems;
};

} // namespace

std::vector<RuleProblem> lint_rule(RuleSet const& set, Rule const& rule)
{
    return Lint { set, rule }.run();
}

std::optional<RuleProblem> why_unusable(RuleSet const& set, Rule const& rule)
{
    return Lint { set, rule }.run_for_use();
}

} // namespace exhibit::detection
