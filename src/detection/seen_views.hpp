#pragma once

#include "artifact/artifact.hpp"
#include "casefile/database.hpp"
#include "casefile/sink.hpp"
#include "detection/rule_set.hpp"

#include <map>
#include <memory>
#include <span>
#include <vector>

namespace exhibit::detection {

/// Answers views that are kept while the rows of a case are written, which saves going through their tables
/// afterwards: those of which `ViewQuery` understands the query. The rows are those that SQLite would find.
/// Where there are too many, or a text is longer than the case keeps, it is left to SQLite.
class SeenViews {
public:
    /// Rows are seen by so many threads, each with an observer of its own. Borrows the rules.
    SeenViews(RuleSet const& rules, std::span<Artifact const* const> artifacts, unsigned threads);
    ~SeenViews();
    SeenViews(SeenViews const&) = delete;
    SeenViews& operator=(SeenViews const&) = delete;

    [[nodiscard]] std::vector<RowObserver*> observers() const;

    /// Joins what the observers found. After it nothing more is seen.
    void finish();

    [[nodiscard]] bool has(View const& view) const { return m_answers.contains(&view); }
    /// Makes the table of a view that it has in the memory of a connection. From any thread.
    Result<void> keep_in(casefile::Database& reader, View const& view) const;

private:
    class Answer;
    class Observer;
    struct Question;

    std::vector<std::unique_ptr<Question>> m_questions;
    std::vector<std::unique_ptr<Observer>> m_observers;
    std::map<View const*, std::unique_ptr<Answer>> m_answers;
};

} // namespace exhibit::detection
