#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::detection {

struct YamlField;

/// A piece of a YAML document. Every piece knows its line, so that a mistake can be pointed at.
struct YamlValue {
    enum class Kind : unsigned char { null, scalar, list, map };

    Kind kind = Kind::null;
    bool plain = false; ///< a scalar without quotes: `3` and `true` are a number and a flag
    std::size_t line = 0; ///< from 1
    std::string text; ///< of a scalar
    std::vector<YamlValue> items; ///< of a list
    std::vector<YamlField> fields; ///< of a map, in the order of the file

    // Where they are defined `YamlField` is complete.
    YamlValue();
    YamlValue(YamlValue&&) noexcept;
    YamlValue& operator=(YamlValue&&) noexcept;
    YamlValue(YamlValue const& other);
    YamlValue& operator=(YamlValue const& other);
    ~YamlValue();

    /// The value of a field, or nothing.
    [[nodiscard]] YamlValue const* find(std::string_view name) const;

private:
    [[nodiscard]] YamlValue copy() const;
};

struct YamlField {
    std::string name;
    YamlValue value;
};

/// The items of a list; none where there is no list.
inline std::span<YamlValue const> items_of(YamlValue const* list)
{
    return list == nullptr ? std::span<YamlValue const> {} : std::span<YamlValue const> { list->items };
}

struct YamlProblem {
    std::string_view what; ///< a literal
    std::size_t line = 0;
};

/// Largest document and deepest nesting that are read.
constexpr std::size_t kYamlBytes = 1U << 20U;
constexpr unsigned kYamlDepth = 16;

/// Reads the part of YAML that rules are written in: block and flow maps and lists, plain, quoted and
/// block (`|`, `>`) scalars, comments. What makes YAML dangerous or ambiguous is refused: anchors, aliases,
/// tags, directives, several documents, doubled keys, tabs in the indentation.
std::expected<YamlValue, YamlProblem> read_yaml(std::string_view text);

} // namespace exhibit::detection
