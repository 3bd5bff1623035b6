#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::cli {

/// How many columns of a terminal a text takes: one for a code point, two for East Asian wide ones.
std::size_t display_width(std::string_view text);

/// `text` cut to a width, with an ellipsis where something was cut.
std::string shortened(std::string_view text, std::size_t width);

/// `text` in lines of at most `width` columns, the lines after the first indented by `indent` blanks.
/// Line ends in the text stay line ends. A word longer than a line stands on a line of its own.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 100);

/// Texts under each other in columns. All cells must be escaped for the terminal already.
class TextTable {
public:
    void add(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
    [[nodiscard]] bool empty() const { return m_rows.empty(); }
    /// Each line ends in a line feed and begins with `indent` blanks; the last column is not padded.
    [[nodiscard]] std::string text(std::size_t indent) const;

private:
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace exhibit::cli
