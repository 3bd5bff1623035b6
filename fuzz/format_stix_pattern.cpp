// A pattern either fails with a place inside it, or comes to something: terms, or what cannot be used.
#include "indicators/pattern.hpp"
#include "indicators/pattern_terms.hpp"

#include <cstdlib>

using namespace exhibit::indicators;

namespace {

void demand(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text { reinterpret_cast<char const*>(data), size };
    auto const pattern = parse_pattern(text);
    if (!pattern) {
        demand(pattern.error().at <= size);
        return 0;
    }
    demand(!pattern->nodes.empty() && !pattern->comparisons.empty());
    for (std::size_t i = 0; i != pattern->nodes.size(); ++i) {
        auto const& node = pattern->nodes[i];
        demand(node.type != PatternNode::Type::comparison || node.comparison < pattern->comparisons.size());
        for (auto const child : node.children)
            demand(child < i);
    }
    auto const terms = terms_of(*pattern);
    demand(!terms.terms.empty() || !terms.unusable.empty());
    return 0;
}
