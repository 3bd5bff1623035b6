#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::indicators {

/// The right side of a comparison. Text is unescaped; other literals keep their spelling.
struct Literal {
    enum class Type : std::uint8_t { text, number, boolean, timestamp, hex, binary };
    Type type = Type::text;
    std::string text;
};

enum class Operator : std::uint8_t {
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    in,
    like,
    matches,
    is_subset,
    is_superset,
    exists,
};

/// `file:hashes.'SHA-256' = '...'`: object type `file`, steps `hashes` and `SHA-256`.
/// A list index is a step of its own: `[*]`, `[0]`.
struct Comparison {
    std::string object;
    std::vector<std::string> steps;
    Operator op = Operator::equal;
    bool negated = false;
    std::vector<Literal> values; ///< one; several for IN; none for EXISTS
    std::size_t at = 0; ///< byte offset in the pattern
};

struct PatternNode {
    enum class Type : std::uint8_t {
        comparison, ///< `comparison` says which; no children
        all_of, ///< AND within one observation
        any_of, ///< OR within one observation
        observations_and,
        observations_or,
        followed_by,
        within, ///< WITHIN n SECONDS
        repeats, ///< REPEATS n TIMES, n > 1
        start_stop,
    };
    Type type = Type::comparison;
    std::size_t comparison = 0;
    std::vector<std::size_t> children; ///< indices into Pattern::nodes, each smaller than this node's own
};

/// A parsed STIX pattern; the root is the last node.
struct Pattern {
    std::vector<Comparison> comparisons;
    std::vector<PatternNode> nodes;
};

/// Parses by the STIX 2.0 and 2.1 grammar. More lenient where published packs are: keywords in any
/// case, text in double quotes, and a backslash before another character than a quote or backslash
/// stands for itself. The error's `at` is a byte offset.
Result<Pattern> parse_pattern(std::string_view text);

} // namespace exhibit::indicators
