#pragma once

#include "detection/yaml.hpp"

#include <optional>

/// The texts inside of YAML lines: where they end, what is in quotes, what is a comment.
namespace exhibit::detection::yaml {

template<typename T> using Read = std::expected<T, YamlProblem>;

struct Line {
    std::string_view text; ///< without indentation, trailing blanks and line end; comments are still there
    std::string_view raw; ///< the whole line
    std::size_t indent = 0;
    std::size_t number = 0;
    [[nodiscard]] bool blank() const { return text.empty() || text.front() == '#'; }
};

std::string_view trim_right(std::string_view text);
std::string_view trim_left(std::string_view text);

/// Up to a `#` that begins a comment: one at the front or after a blank.
std::string_view without_comment(std::string_view text);

/// The end of a quoted scalar that begins at the front of `text`: the offset behind its closing quote.
std::optional<std::size_t> end_of_quoted(std::string_view text);

/// Where a `key:` ends: the offset of its colon, if the text begins with a key.
std::optional<std::size_t> colon_of_key(std::string_view text);

/// Whether a line begins an item of a list.
bool is_item(std::string_view text);

/// Undoes the quotes of `text`, which is one quoted scalar and nothing else.
Read<std::string> unquote(std::string_view text, std::size_t line);

/// The lines of a document; refuses tabs in the indentation and markers of documents.
Read<std::vector<Line>> cut_lines(std::string_view text);

} // namespace exhibit::detection::yaml
