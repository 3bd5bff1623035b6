#include "detection/rule_set.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace exhibit::detection;

/// A value is what its kind says and nothing else, not nested deeper than allowed, on a line of the file.
void check(
    YamlValue const& value, std::size_t lines, unsigned depth) // NOLINT(misc-no-recursion): by kYamlDepth
{
    using Kind = YamlValue::Kind;
    bool const sound = (value.items.empty() || value.kind == Kind::list)
        && (value.fields.empty() || value.kind == Kind::map) && value.line <= lines
        && depth <= 2 * kYamlDepth;
    if (!sound)
        std::abort();
    for (auto const& item : value.items)
        check(item, lines, depth + 1);
    for (auto const& field : value.fields) {
        if (value.find(field.name) != &field.value)
            std::abort();
        check(field.value, lines, depth + 1);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text { reinterpret_cast<char const*>(data), size };
    auto const lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    if (auto const value = read_yaml(text))
        check(*value, lines, 0);
    else if (value.error().line > lines || value.error().what.empty())
        std::abort();
    RuleSet set;
    set.add_file("fuzz.yaml", text);
    if (set.rules().empty() && set.lists().empty() && set.problems().empty())
        std::abort(); // Whatever is not taken is complained about.
    return 0;
}
