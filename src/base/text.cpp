#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace exhibit {
namespace {

constexpr char32_t kSymbolForNull = 0x2400;

unsigned byte_at(std::string_view text, std::size_t at)
{
    return static_cast<unsigned char>(text[at]);
}

/// Decodes the code point at the front; its length is 0 where no valid sequence starts: overlong forms,
/// surrogates and values past U+10FFFF are none.
CodePoint decode_front(std::string_view text)
{
    auto const first = byte_at(text, 0);
    if (first < 0x80)
        return { first, 1 };
    std::size_t const length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length)
        return { kReplacement, 0 };
    char32_t point = first & (0x7FU >> length);
    for (std::size_t i = 1; i != length; ++i) {
        auto const next = byte_at(text, i);
        if ((next & 0xC0U) != 0x80U)
            return { kReplacement, 0 };
        point = point << 6U | (next & 0x3FU);
    }
    constexpr std::array<char32_t, 5> smallest { 0, 0, 0x80, 0x800, 0x10000 };
    if (point < smallest[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return { kReplacement, 0 };
    return { point, length };
}

/// Whether eight bytes are ASCII without NUL.
bool eight_are_plain(std::string_view text, std::size_t at)
{
    constexpr std::uint64_t high = 0x8080808080808080U;
    constexpr std::uint64_t ones = 0x0101010101010101U;
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    return (word & high) == 0 && ((word - ones) & ~word & high) == 0;
}

/// How many bytes at the front are ASCII without NUL.
std::size_t plain_prefix(std::string_view text)
{
    std::size_t at = 0;
    while (at + 8 <= text.size() && eight_are_plain(text, at))
        at += 8;
    if (at != 0 && at + 8 > text.size() && eight_are_plain(text, text.size() - 8)) // once more, or in part
        return text.size();
    while (at != text.size() && byte_at(text, at) != 0 && byte_at(text, at) < 0x80)
        ++at;
    return at;
}

/// Drives a terminal, turns the direction of what follows, or stands in a text without being seen. The
/// joiners U+200C and U+200D are left alone: languages and emoji need them.
bool is_unsafe(char32_t point)
{
    constexpr std::array<std::pair<char32_t, char32_t>, 11> unsafe { { { 0x00, 0x1F }, { 0x7F, 0x9F },
        { 0xAD, 0xAD }, { 0x061C, 0x061C }, { 0x180E, 0x180E }, { 0x200B, 0x200B }, { 0x200E, 0x200F },
        { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB } } };
    return std::ranges::any_of(
        unsafe, [&](auto range) { return point >= range.first && point <= range.second; });
}

template<unsigned HighByte> std::string from_utf16(std::string_view bytes)
{
    auto const unit = [&](std::size_t at) -> char32_t {
        return byte_at(bytes, at + HighByte) << 8U | byte_at(bytes, at + 1 - HighByte);
    };
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at + 2 <= bytes.size(); at += 2) {
        auto point = unit(at);
        if (point >= 0xD800 && point <= 0xDBFF && at + 4 <= bytes.size()
            && (unit(at + 2) & 0xFC00U) == 0xDC00U) {
            point = 0x10000 + ((point & 0x3FFU) << 10U) + (unit(at + 2) & 0x3FFU);
            at += 2;
        } else if (point >= 0xD800 && point <= 0xDFFF) {
            point = kReplacement;
        }
        append_utf8(out, point);
    }
    return out;
}

} // namespace

void append_utf8(std::string& out, char32_t point)
{
    auto const put = [&](char32_t bits) { out += static_cast<char>(bits); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | point >> 6U);
        put(0x80 | (point & 0x3FU));
    } else if (point < 0x10000) {
        put(0xE0 | point >> 12U);
        put(0x80 | (point >> 6U & 0x3FU));
        put(0x80 | (point & 0x3FU));
    } else {
        put(0xF0 | point >> 18U);
        put(0x80 | (point >> 12U & 0x3FU));
        put(0x80 | (point >> 6U & 0x3FU));
        put(0x80 | (point & 0x3FU));
    }
}

bool is_plain_utf8(std::string_view text)
{
    for (;;) {
        text.remove_prefix(plain_prefix(text));
        if (text.empty())
            return true;
        auto const decoded = decode_front(text);
        if (decoded.length == 0 || decoded.point == 0)
            return false;
        text.remove_prefix(decoded.length);
    }
}

std::string repair_utf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        auto const plain = plain_prefix(text);
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty())
            break;
        auto const decoded = decode_front(text);
        append_utf8(out, decoded.point == 0 ? kSymbolForNull : decoded.point);
        text.remove_prefix(decoded.length == 0 ? 1 : decoded.length);
    }
    return out;
}

std::string escape_for_terminal(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        auto const decoded = decode_front(text);
        if (decoded.length == 0)
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte_at(text, 0));
        else if (is_unsafe(decoded.point) && decoded.point < 0x100)
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<std::uint32_t>(decoded.point));
        else if (is_unsafe(decoded.point))
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(decoded.point));
        else
            out.append(text.substr(0, decoded.length));
        text.remove_prefix(decoded.length == 0 ? 1 : decoded.length);
    }
    return out;
}

std::optional<CodePoint> unsafe_front(std::string_view text)
{
    auto const decoded = decode_front(text);
    return decoded.length != 0 && is_unsafe(decoded.point) ? std::optional { decoded } : std::nullopt;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many)
{
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string to_lower(std::string_view text)
{
    std::string out { text };
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

std::string from_utf16be(std::string_view bytes)
{
    return from_utf16<0>(bytes);
}

std::string from_utf16le(std::string_view bytes)
{
    return from_utf16<1>(bytes);
}

std::string to_hex(std::string_view bytes)
{
    constexpr std::string_view alphabet = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (std::size_t at = 0; at != bytes.size(); ++at) {
        out += alphabet[byte_at(bytes, at) >> 4U];
        out += alphabet[byte_at(bytes, at) & 15U];
    }
    return out;
}

namespace {

bool is_wild(char c)
{
    return c == '*' || c == '?';
}

/// Whether one of the eight characters is a wildcard.
bool has_wild(std::uint64_t eight)
{
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    auto const star = eight ^ ones * '*';
    auto const mark = eight ^ ones * '?';
    return ((((star - ones) & ~star) | ((mark - ones) & ~mark)) & tops) != 0;
}

/// How much of a pattern, up to its first wildcard, a path begins with. Most patterns differ before that.
std::size_t same_beginning(std::string_view pattern, std::string_view path)
{
    std::size_t at = 0;
    for (auto const most = std::min(pattern.size(), path.size()); at + 8 <= most; at += 8) {
        std::uint64_t wanted = 0;
        std::uint64_t there = 0;
        std::memcpy(&wanted, pattern.data() + at, 8);
        std::memcpy(&there, path.data() + at, 8);
        if (wanted != there || has_wild(wanted))
            break;
    }
    while (at != pattern.size() && at != path.size() && pattern[at] == path[at] && !is_wild(pattern[at]))
        ++at;
    return at;
}

/// Whether a path ends as a pattern does behind its last wildcard, which there must be.
bool has_same_end(std::string_view pattern, std::string_view path)
{
    auto at = pattern.size();
    auto left = path.size();
    for (; !is_wild(pattern[at - 1]); --at, --left)
        if (left == 0 || pattern[at - 1] != path[left - 1])
            return false;
    return true;
}

/// Whether one character that is no star fits.
bool fits(char wanted, char c)
{
    return wanted == c || (wanted == '?' && c != '/');
}

} // namespace

bool glob_match(std::string_view pattern, std::string_view path)
{
    constexpr std::string_view wild = "*?";
    auto p = same_beginning(pattern, path);
    if (p == pattern.size())
        return p == path.size();
    if (!is_wild(pattern[p]) || !has_same_end(pattern, path))
        return false;
    // Backtracks to the last star only: linear in practice, at worst the product of the two lengths.
    auto t = p;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    std::size_t deep = std::string_view::npos;
    std::size_t deep_text = 0;
    std::string_view behind_deep; // Free of wildcards: `**` reaches to a place where it stands.
    auto const reach = [&](std::size_t from) {
        t = deep_text = std::min(path.find(behind_deep, from), path.size());
        p = deep;
        star = std::string_view::npos;
    };
    while (t != path.size() || p != pattern.size()) {
        if (pattern.substr(p).starts_with("**")) {
            deep = p += 2;
            if (p == pattern.size())
                return true;
            behind_deep = pattern.substr(p, pattern.find_first_of(wild, p) - p);
            reach(t);
        } else if (p != pattern.size() && pattern[p] == '*') {
            star = ++p;
            star_text = t;
        } else if (t != path.size() && p != pattern.size() && fits(pattern[p], path[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos && star_text != path.size() && path[star_text] != '/') {
            t = ++star_text;
            p = star;
        } else if (deep != std::string_view::npos && deep_text != path.size()) {
            reach(deep_text + 1);
        } else {
            return false;
        }
    }
    return true;
}

std::string_view base_name(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

MappedFile read_mapped_file(std::string_view text)
{
    constexpr std::string_view deleted = " (deleted)";
    if (text.ends_with(deleted))
        text.remove_suffix(deleted.size());
    if (auto const mark = text.find('!'); mark != text.npos && text.substr(0, mark).ends_with(".apk"))
        return { text.substr(0, mark), base_name(text.substr(mark + 1)) };
    constexpr std::string_view memory = "/memfd:";
    auto const name = text.starts_with(memory) ? text.substr(memory.size()) : text;
    return { text, base_name(name) };
}

bool is_uuid(std::string_view text)
{
    constexpr std::string_view form = "00000000-0000-0000-0000-000000000000";
    return std::ranges::equal(text, form, [](char c, char wanted) {
        auto const lower = static_cast<char>(c | 0x20);
        return wanted == '-' ? c == '-' : is_digit(c) || (lower >= 'a' && lower <= 'f');
    });
}

std::string_view trimmed(std::string_view text, std::string_view blanks)
{
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(blanks)));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

} // namespace exhibit
