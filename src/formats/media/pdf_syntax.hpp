#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The objects of PDF files as text, which readers accept in many spellings.
namespace exhibit::media {

/// Whether PDF counts it as space between words.
constexpr bool is_pdf_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

/// The value of a hexadecimal digit, or -1.
int pdf_hex_digit(char c);

/// The first place from `at` on that is neither blank nor in a comment.
std::size_t skip_pdf_blanks(std::string_view text, std::size_t at);

/// An object in one spelling: its words with one blank between two of them, without comments and without
/// what its strings hold, names without `#` escapes.
struct PdfObject {
    std::string text;
    std::size_t end = 0; ///< where it ends in the file
};

/// The object that begins at `at`; nothing when it is broken or its text would be longer than `most`.
std::optional<PdfObject> read_pdf_object(std::string_view file, std::size_t at, std::size_t most);

/// What stands behind `key`, such as `/Filter`, in a dictionary of one spelling, not in those inside of it.
/// Empty when there is no such key.
std::string_view pdf_value(std::string_view dictionary, std::string_view key);

/// The words of a value, without the brackets of a list.
std::vector<std::string_view> pdf_words(std::string_view value, std::size_t most);

/// The number at the front, or nothing.
std::optional<std::uint64_t> pdf_number(std::string_view value);

/// The number of the object that a value such as `12 0 R` refers to; 0 for none.
std::uint64_t pdf_reference(std::string_view value);

} // namespace exhibit::media
