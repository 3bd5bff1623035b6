#include "detection/kept_views.hpp"

#include <fmt/format.h>
#include <ranges>

namespace exhibit::detection {

Result<void> KeptViews::keep_for(casefile::Database& reader, Rule const& rule)
{
    for (auto const& view : rule.reads) {
        if (!view->keep || m_kept.contains(view->id))
            continue;
        EXHIBIT_TRY(reader.keep(view->id, with_others(fmt::format("SELECT * FROM (\n{})", view->sql), rule)));
        m_kept.emplace(view->id, view);
    }
    return {};
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
