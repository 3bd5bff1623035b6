#pragma once

#include "casefile/database.hpp"
#include "detection/rule.hpp"
#include "detection/seen_views.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

namespace exhibit::detection {

/// Rows of one view, as one connection gives them to others.
class KeptRows {
public:
    /// Reads the table that the connection keeps under this name. Nothing when it is too large to be held
    /// twice, or has a value that is neither number nor text.
    static Result<std::optional<KeptRows>> read(casefile::Database& reader, std::string_view name);

    /// Makes the same table in the memory of another connection.
    Result<void> keep_in(casefile::Database& reader, std::string_view name) const;

private:
    using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

    [[nodiscard]] bool add(casefile::Statement const& row, int column);

    std::string m_columns; ///< as a statement declares them
    std::size_t m_width = 0; ///< how many
    std::size_t m_bytes = 0;
    std::vector<Value> m_values; ///< row by row
};

/// Views that the threads of one detection share: each is computed by the first that needs it, while others
/// that need it wait.
class SharedViews {
public:
    struct Slot {
        std::mutex mutex;
        std::optional<KeptRows> rows; ///< nothing as long as nobody computed them, or when they are too many
    };

    [[nodiscard]] Slot& slot(View const& view);

private:
    std::mutex m_mutex;
    std::map<View const*, Slot> m_slots;
};

/// Rows of views that are kept in the memory of one connection, so that each is computed once for all rules
/// that read it.
class KeptViews {
public:
    explicit KeptViews(SharedViews* shared = nullptr, SeenViews const* seen = nullptr)
        : m_shared(shared)
        , m_seen(seen)
    {
    }

    /// Keeps those views of the rule that say so and are not kept yet, each within the limit.
    Result<void> keep_for(casefile::Database& reader, Rule const& rule, std::chrono::milliseconds limit);
    /// Keeps one view of the rule.
    Result<void> keep(casefile::Database& reader, Rule const& rule, std::shared_ptr<View const> const& view,
        std::chrono::milliseconds limit);
    /// The rule's query, with those of its views that are not kept.
    [[nodiscard]] std::string query_of(Rule const& rule) const;

private:
    [[nodiscard]] bool is_kept(View const& view) const;
    Result<void> compute(casefile::Database& reader, Rule const& rule, View const& view) const;
    /// Puts the queries of the views before `sql` that are not kept.
    [[nodiscard]] std::string with_others(std::string sql, Rule const& rule) const;

    SharedViews* m_shared;
    SeenViews const* m_seen; ///< views that need not be computed
    std::map<std::string_view, std::shared_ptr<View const>> m_kept; ///< by their names
};

} // namespace exhibit::detection
