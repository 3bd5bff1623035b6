#include "detection/kept_views.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <ranges>
#include <sqlite3.h>

namespace exhibit::detection {

bool KeptRows::add(casefile::Statement const& row, int column)
{
    constexpr std::size_t most_bytes = std::size_t { 8 } << 20U;
    m_bytes += sizeof(Value);
    switch (row.type(column)) {
    case SQLITE_NULL:
        m_values.emplace_back(nullptr);
        break;
    case SQLITE_INTEGER:
        m_values.emplace_back(row.integer(column));
        break;
    case SQLITE_FLOAT:
        m_values.emplace_back(row.real(column));
        break;
    case SQLITE_TEXT: {
        auto const text = row.text(column);
        m_bytes += text.size();
        m_values.emplace_back(std::string { text });
        break;
    }
    default:
        return false;
    }
    return m_bytes <= most_bytes;
}

Result<std::optional<KeptRows>> KeptRows::read(casefile::Database& reader, std::string_view name)
{
    KeptRows rows;
    auto made = EXHIBIT_TRY(reader.prepare("SELECT sql FROM sqlite_temp_master WHERE name = ?"));
    made.bind(1, name);
    EXHIBIT_TRY(made.step());
    auto const definition = made.text(0);
    rows.m_columns = definition.substr(std::min(definition.find('('), definition.size()));
    auto kept = EXHIBIT_TRY(reader.prepare(fmt::format("SELECT * FROM temp.\"{}\" ORDER BY rowid", name)));
    rows.m_width = static_cast<std::size_t>(kept.columns());
    while (EXHIBIT_TRY(kept.step()))
        for (int column = 0; column != kept.columns(); ++column)
            if (!rows.add(kept, column))
                return std::optional<KeptRows> {};
    return std::optional { std::move(rows) };
}

Result<void> KeptRows::keep_in(casefile::Database& reader, std::string_view name) const
{
    return reader.keep_rows(name, m_columns, m_width, [&](casefile::Statement& insert) -> Result<void> {
        for (std::size_t i = 0; i != m_values.size(); ++i) {
            auto const index = static_cast<int>(i % m_width) + 1;
            std::visit([&](auto const& value) { insert.bind(index, value); }, m_values[i]);
            if (i % m_width + 1 == m_width)
                EXHIBIT_TRY(insert.run());
        }
        return {};
    });
}

SharedViews::Slot& SharedViews::slot(View const& view)
{
    std::scoped_lock const lock { m_mutex };
    return m_slots[&view];
}

Result<void> KeptViews::keep_for(
    casefile::Database& reader, Rule const& rule, std::chrono::milliseconds limit)
{
    for (auto const& view : rule.reads)
        if (view->keep)
            EXHIBIT_TRY(keep(reader, rule, view, limit));
    return {};
}

Result<void> KeptViews::keep(casefile::Database& reader, Rule const& rule,
    std::shared_ptr<View const> const& view, std::chrono::milliseconds limit)
{
    if (m_kept.contains(view->id))
        return {};
    if (m_seen != nullptr && m_seen->has(*view)) {
        casefile::TimeLimit const time { reader, limit };
        EXHIBIT_TRY(m_seen->keep_in(reader, *view));
    } else if (m_shared == nullptr) {
        casefile::TimeLimit const time { reader, limit };
        EXHIBIT_TRY(compute(reader, rule, *view));
    } else {
        auto& slot = m_shared->slot(*view);
        std::scoped_lock const lock { slot.mutex };
        casefile::TimeLimit const time { reader, limit }; // To wait for another thread takes none of it.
        if (slot.rows) {
            EXHIBIT_TRY(slot.rows->keep_in(reader, view->id));
        } else {
            EXHIBIT_TRY(compute(reader, rule, *view));
            slot.rows = KeptRows::read(reader, view->id).value_or(std::nullopt);
        }
    }
    m_kept.emplace(view->id, view);
    return {};
}

Result<void> KeptViews::compute(casefile::Database& reader, Rule const& rule, View const& view) const
{
    return reader.keep(view.id, with_others(fmt::format("SELECT * FROM (\n{})", view.sql), rule));
}

std::string KeptViews::query_of(Rule const& rule) const
{
    return with_others(rule.own_sql, rule);
}

bool KeptViews::is_kept(View const& view) const
{
    auto const found = m_kept.find(view.id); // A user's view may have the name of another.
    return found != m_kept.end() && found->second->sql == view.sql;
}

std::string KeptViews::with_others(std::string sql, Rule const& rule) const
{
    for (auto const& view : rule.reads | std::views::reverse)
        if (!is_kept(*view))
            sql = with_view(sql, *view);
    return sql;
}

} // namespace exhibit::detection
