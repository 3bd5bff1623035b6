#pragma once

#include "detection/rule.hpp"

#include <fmt/format.h>
#include <initializer_list>
#include <set>

namespace exhibit::detection {

/// Takes the fields of one map, notes what is missing, wrong or unknown, and goes on.
class YamlFields {
public:
    YamlFields(YamlValue const& map, std::string_view file, std::vector<RuleProblem>& problems)
        : m_map(&map)
        , m_file(file)
        , m_problems(&problems)
    {
        if (map.kind != YamlValue::Kind::map)
            problem(map.line, "a map of fields was expected here");
    }

    void problem(std::size_t line, std::string what) const
    {
        m_problems->push_back({ std::string { m_file }, line, std::move(what) });
    }
    [[nodiscard]] std::size_t line() const { return m_map->line; }

    enum class Wanted : std::uint8_t { required, optional };

    /// The text of a scalar; empty when it is not there.
    std::string text(std::string_view name, Wanted wanted = Wanted::required);
    /// A list of texts; one text stands for a list of one.
    std::vector<std::string> texts(std::string_view name, Wanted wanted = Wanted::required);
    /// Anything, or nothing.
    YamlValue const* value(std::string_view name, Wanted wanted = Wanted::required);

    /// A word out of a fixed set.
    template<typename Enum>
    Enum word(std::string_view name, std::optional<Enum> (*named)(std::string_view), Enum otherwise)
    {
        auto const* field = value(name);
        if (field == nullptr)
            return otherwise;
        auto const found = named(field->text);
        if (!found)
            problem(field->line, fmt::format("`{}` is no word that `{}` may have", field->text, name));
        return found.value_or(otherwise);
    }

    /// Every field that nobody asked for is a problem: most of them are misspelt.
    void no_others() const;

private:
    YamlValue const* m_map;
    std::string_view m_file;
    std::vector<RuleProblem>* m_problems;
    std::set<std::string_view> m_asked;
};

} // namespace exhibit::detection
