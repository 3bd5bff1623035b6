#include "detection/yaml_fields.hpp"

namespace exhibit::detection {
namespace {

/// Block texts end in a line end that nobody wants in a sentence.
std::string without_line_end(std::string text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

} // namespace

YamlValue const* YamlFields::value(std::string_view name, Wanted wanted)
{
    m_asked.insert(name);
    auto const* found = m_map->find(name);
    if (found == nullptr && wanted == Wanted::required && m_map->kind == YamlValue::Kind::map)
        problem(m_map->line, fmt::format("the field `{}` is missing", name));
    return found;
}

std::string YamlFields::text(std::string_view name, Wanted wanted)
{
    auto const* found = value(name, wanted);
    if (found == nullptr)
        return {};
    auto text = without_line_end(found->text);
    if (found->kind != YamlValue::Kind::scalar || text.empty())
        problem(found->line, fmt::format("`{}` is one text that is not empty", name));
    else if (text.size() > RuleLimits::kText)
        problem(found->line, fmt::format("`{}` is longer than {} bytes", name, RuleLimits::kText));
    return text;
}

std::vector<std::string> YamlFields::texts(std::string_view name, Wanted wanted)
{
    auto const* found = value(name, wanted);
    if (found == nullptr)
        return {};
    if (found->kind == YamlValue::Kind::scalar)
        return { without_line_end(found->text) };
    std::vector<std::string> out;
    for (auto const& item : found->items) {
        if (item.kind != YamlValue::Kind::scalar || item.text.empty() || item.text.size() > RuleLimits::kText)
            problem(item.line, fmt::format("`{}` is a list of texts", name));
        out.push_back(without_line_end(item.text));
    }
    if (found->kind != YamlValue::Kind::list || (out.empty() && wanted == Wanted::required))
        problem(found->line, fmt::format("`{}` is a list of texts", name));
    return out;
}

void YamlFields::no_others() const
{
    for (auto const& field : m_map->fields)
        if (!m_asked.contains(field.name))
            problem(field.value.line, fmt::format("the field `{}` is not known", field.name));
}

} // namespace exhibit::detection
