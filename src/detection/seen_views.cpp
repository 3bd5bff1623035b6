#include "detection/seen_views.hpp"

#include "base/limits.hpp"
#include "detection/view_query.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <string>
#include <unordered_map>

namespace exhibit::detection {
namespace {

constexpr std::size_t kMostRows = 1'000'000; ///< of one view and thread
constexpr std::size_t kMostBytes = std::size_t { 4 } << 20U; ///< of texts that differ, likewise
constexpr std::size_t kMostConditions = 8; ///< in the result of a view

std::map<std::string_view, Table const*> tables_of(std::span<Artifact const* const> artifacts)
{
    std::map<std::string_view, Table const*> tables;
    for (auto const* artifact : artifacts)
        for (auto const* table : artifact->tables)
            tables.emplace(table->name, table);
    return tables;
}

std::set<View const*> kept_views_of(RuleSet const& rules)
{
    std::set<View const*> views;
    for (auto const& [id, rule] : rules.rules())
        for (auto const& view : rule.reads)
            if (view->keep)
                views.insert(view.get());
    return views;
}

} // namespace

struct SeenViews::Question {
    View const* view;
    ViewQuery query;
};

/// What rows came to for one question.
class SeenViews::Answer {
public:
    explicit Answer(Question const& question)
        : m_query(&question.query)
    {
    }

    void see(SeenRow const& row)
    {
        if (m_given_up || !m_query->where.holds(row.texts))
            return;
        if (m_query->distinct.empty())
            add_row(row);
        else
            add_texts(row);
    }

    void join(Answer other)
    {
        m_given_up = m_given_up || other.m_given_up;
        if (m_rows.empty())
            m_rows = std::move(other.m_rows);
        else
            m_rows.insert(m_rows.end(), other.m_rows.begin(), other.m_rows.end());
        for (auto const& [texts, first] : other.m_texts) {
            auto const [known, is_new] = m_texts.try_emplace(texts, first);
            known->second = std::min(known->second, first);
        }
    }

    [[nodiscard]] bool given_up() const { return m_given_up; }

    /// Puts the rows in the order of the table, as a pass over it would.
    void sort() { std::ranges::sort(m_rows, {}, &Row::record_id); }

    Result<void> insert_into(casefile::Statement& insert) const
    {
        for (auto const& row : m_rows) {
            insert.bind(1, row.record_id);
            for (std::size_t i = 0; i != m_query->conditions.size(); ++i)
                insert.bind(static_cast<int>(i) + 2, static_cast<std::int64_t>(row.conditions >> i & 1U));
            EXHIBIT_TRY(insert.run());
        }
        std::map<std::int64_t, std::string_view> in_order;
        for (auto const& [texts, first] : m_texts)
            in_order.emplace(first, texts);
        for (auto const& [first, texts] : in_order) {
            bind_texts(insert, texts);
            EXHIBIT_TRY(insert.run());
        }
        return {};
    }

    [[nodiscard]] std::vector<std::string> const& names() const { return m_query->names; }

private:
    struct Row {
        std::int64_t record_id = 0;
        std::uint8_t conditions = 0; ///< a bit for each that holds
    };

    // Texts that differ are joined, each behind a byte that tells NULL from text and in front of one that no
    // text of a case holds.
    static constexpr char kThere = 't';
    static constexpr char kNull = 'n';
    static constexpr char kEnd = '\0';

    void add_row(SeenRow const& row)
    {
        unsigned conditions = 0;
        for (std::size_t i = 0; i != m_query->conditions.size(); ++i)
            conditions |= (m_query->conditions[i].holds(row.texts) ? 1U : 0U) << i;
        m_rows.push_back({ row.record_id, static_cast<std::uint8_t>(conditions) });
        if (m_rows.size() > kMostRows)
            give_up();
    }

    void add_texts(SeenRow const& row)
    {
        m_key.clear();
        for (auto const column : m_query->distinct) {
            auto const text = row.texts[column];
            if (text.size() > Limits {}.text)
                return give_up();
            m_key += text.data() == nullptr ? kNull : kThere;
            m_key.append(text) += kEnd;
        }
        auto const [known, is_new] = m_texts.try_emplace(m_key, row.record_id);
        known->second = std::min(known->second, row.record_id);
        m_bytes += is_new ? m_key.size() : 0;
        if (m_bytes > kMostBytes)
            give_up();
    }

    static void bind_texts(casefile::Statement& insert, std::string_view texts)
    {
        for (int index = 1; !texts.empty(); ++index) {
            auto const end = texts.find(kEnd);
            if (texts.front() == kNull)
                insert.bind(index, nullptr);
            else
                insert.bind(index, texts.substr(1, end - 1));
            texts.remove_prefix(end + 1);
        }
    }

    void give_up()
    {
        m_given_up = true;
        m_rows = {};
        m_texts = {};
    }

    ViewQuery const* m_query;
    std::vector<Row> m_rows;
    std::unordered_map<std::string, std::int64_t> m_texts; ///< to the first row that has them
    std::size_t m_bytes = 0;
    std::string m_key;
    bool m_given_up = false;
};

class SeenViews::Observer final : public RowObserver {
public:
    explicit Observer(std::span<std::unique_ptr<Question> const> questions)
    {
        for (auto const& question : questions)
            m_answers[question->query.table].emplace_back(question->view, Answer { *question });
    }

    void see(SeenRow const& row) override
    {
        // Most rows come after another one of their table.
        if (m_table != &row.table) {
            m_table = &row.table;
            auto const found = m_answers.find(m_table);
            m_of_table = found == m_answers.end() ? nullptr : &found->second;
        }
        if (m_of_table != nullptr)
            for (auto& [view, answer] : *m_of_table)
                answer.see(row);
    }

    void give_to(std::map<View const*, std::unique_ptr<Answer>>& answers)
    {
        for (auto& [table, of_table] : m_answers)
            for (auto& [view, answer] : of_table)
                if (auto& joined = answers[view]; joined)
                    joined->join(std::move(answer));
                else
                    joined = std::make_unique<Answer>(std::move(answer));
        m_answers.clear();
        m_table = nullptr;
    }

private:
    using Answers = std::vector<std::pair<View const*, Answer>>;

    std::map<Table const*, Answers> m_answers;
    Table const* m_table = nullptr;
    Answers* m_of_table = nullptr;
};

SeenViews::SeenViews(RuleSet const& rules, std::span<Artifact const* const> artifacts, unsigned threads)
{
    auto const tables = tables_of(artifacts);
    auto const table_named = [&](std::string_view name) {
        auto const found = tables.find(name);
        return found == tables.end() ? nullptr : found->second;
    };
    for (auto const* const view : kept_views_of(rules))
        if (auto query = ViewQuery::parse(view->sql, table_named, rules.lists());
            query && query->conditions.size() <= kMostConditions)
            m_questions.push_back(std::make_unique<Question>(Question { view, *std::move(query) }));
    for (unsigned i = 0; i != threads; ++i)
        m_observers.push_back(std::make_unique<Observer>(m_questions));
}

SeenViews::~SeenViews() = default;

std::vector<RowObserver*> SeenViews::observers() const
{
    std::vector<RowObserver*> all;
    all.reserve(m_observers.size());
    for (auto const& observer : m_observers)
        all.push_back(observer.get());
    return all;
}

void SeenViews::finish()
{
    for (auto const& observer : m_observers)
        observer->give_to(m_answers);
    std::erase_if(m_answers, [](auto const& one) { return one.second->given_up(); });
    for (auto const& [view, answer] : m_answers)
        answer->sort();
}

Result<void> SeenViews::keep_in(casefile::Database& reader, View const& view) const
{
    auto const& answer = *m_answers.at(&view);
    auto const& names = answer.names();
    return reader.keep_rows(view.id, fmt::format("(\"{}\")", fmt::join(names, "\", \"")), names.size(),
        [&](casefile::Statement& insert) { return answer.insert_into(insert); });
}

} // namespace exhibit::detection
