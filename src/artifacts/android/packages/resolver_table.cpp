#include "artifacts/android/packages/resolver_table.hpp"

#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace exhibit::android::packages {
namespace {

/// `Non-Data Actions:` is `actions`, `MIME Typed Actions:` is `typed_actions`.
std::string name_of_sub_table(std::string_view title)
{
    title.remove_suffix(1);
    if (title == "Non-Data Actions")
        return "actions";
    if (title == "MIME Typed Actions")
        return "typed_actions";
    auto name = to_lower(title);
    std::ranges::replace(name, ' ', '_');
    return name;
}

} // namespace

void ResolverTable::begin(std::string_view kind)
{
    m_kind = kind;
    m_matched_by.clear();
    m_action.clear();
}

Result<void> ResolverTable::add_line(Line const& line)
{
    auto text = trim(line.text);
    if (text.ends_with(':')) {
        if (indent_of(line.text) <= 2) {
            m_matched_by = name_of_sub_table(text);
            m_action.clear();
        } else if (!text.contains(' ')) {
            text.remove_suffix(1);
            m_action = text;
        }
        return {};
    }
    auto const hash = take_word(text);
    auto const component = to_component(take_word(text));
    if (!component || m_action.empty() || !to_hex_integer(hash))
        return {};
    Resolver row;
    row.kind = m_kind;
    row.matched_by = m_matched_by;
    row.action = m_action;
    row.package = component->package;
    row.component = component->class_name;
    if (auto const filters = between(text, "(", " filter")) // `(2 filters)`
        row.filters = to_integer(*filters).value_or(1);
    return m_context.add(kResolvers, row, Origin { line.offset });
}

} // namespace exhibit::android::packages
