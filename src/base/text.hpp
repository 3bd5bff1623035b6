#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit {

/// What stands for a character that cannot be told.
constexpr char32_t kReplacement = 0xFFFD;

/// Appends one code point, which must be below U+110000.
void append_utf8(std::string& out, char32_t point);

/// Whether `text` is valid UTF-8 and holds no NUL.
bool is_plain_utf8(std::string_view text);

/// Valid UTF-8 for any bytes: each invalid byte becomes U+FFFD, each NUL becomes U+2400.
std::string repair_utf8(std::string_view text);

/// For terminals and logs: control characters (C0, DEL, C1), bidirectional overrides, characters without
/// width that hide in links, and invalid bytes become visible escapes such as `\x1b` and `\u202e`, so that
/// evidence cannot drive the terminal.
std::string escape_for_terminal(std::string_view text);

struct CodePoint {
    char32_t point = 0;
    std::size_t length = 0; ///< in bytes
};
/// The character at the front when it is one that `escape_for_terminal` makes visible. Not for empty text.
std::optional<CodePoint> unsafe_front(std::string_view text);

/// `1 row`, `2 rows`.
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

/// Whether it is 0 to 9, in any locale.
constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Whether the text is a UUID with its hyphens, in capitals or small letters.
bool is_uuid(std::string_view text);

/// Without the blanks at either end.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r");

/// ASCII lower case; other bytes unchanged, independent of the locale.
std::string to_lower(std::string_view text);

/// UTF-16 (big or little endian bytes) to UTF-8; unpaired surrogates become U+FFFD.
std::string from_utf16be(std::string_view bytes);
std::string from_utf16le(std::string_view bytes);

/// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);

/// Matches a whole path. `*` stands for any run of characters except `/`, `**` for any run, `?` for
/// one character except `/`.
bool glob_match(std::string_view pattern, std::string_view path);

/// What follows the last `/`, or the whole text.
std::string_view base_name(std::string_view path);

/// A file that a process has in memory or open, as Linux and Android's crash reports write it:
/// `/a/b.so (deleted)` once its name is gone, `/memfd:name (deleted)` where it never had one in a folder,
/// `/a/base.apk!lib/b.so` for a library within an app's file.
struct MappedFile {
    std::string_view path; ///< without such signs; of a library, that of the app's file
    std::string_view name; ///< of the library itself
};
MappedFile read_mapped_file(std::string_view text);

} // namespace exhibit
