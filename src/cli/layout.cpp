#include "cli/layout.hpp"

#include <algorithm>
#include <array>

namespace exhibit::cli {
namespace {

struct CodePoint {
    char32_t value;
    std::size_t length;
};

/// The code point at the front of escaped text, which is valid UTF-8.
CodePoint front_of(std::string_view text)
{
    auto const first = static_cast<unsigned char>(text.front());
    std::size_t const length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (length == 1 || text.size() < length)
        return { first, 1 };
    char32_t value = first & (0x7FU >> length);
    for (std::size_t i = 1; i != length; ++i)
        value = value << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return { value, length };
}

std::size_t width_of(char32_t point)
{
    constexpr std::array<std::pair<char32_t, char32_t>, 9> wide { { { 0x1100, 0x115F }, { 0x2E80, 0xA4CF },
        { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 },
        { 0x1F300, 0x1FAFF }, { 0x20000, 0x3FFFD } } };
    if ((point >= 0x300 && point <= 0x36F) || (point >= 0x200B && point <= 0x200D)
        || (point >= 0xFE00 && point <= 0xFE0F))
        return 0; // combining marks, joiners and variation selectors stand on what precedes them
    return std::ranges::any_of(
               wide, [&](auto range) { return point >= range.first && point <= range.second; })
        ? 2
        : 1;
}

/// Bytes of a color sequence (`ESC [ ... m`) at the front; 0 for anything else. Evidence cannot hold one
/// here: it was escaped.
std::size_t color_length(std::string_view text)
{
    if (!text.starts_with("\x1b["))
        return 0;
    auto const end = text.find('m');
    return end == std::string_view::npos ? 0 : end + 1;
}

/// How many bytes at the front fit into `width` columns.
std::size_t bytes_within(std::string_view text, std::size_t width)
{
    std::size_t at = 0;
    while (at != text.size()) {
        auto const point = front_of(text.substr(at));
        if (width < width_of(point.value))
            break;
        width -= width_of(point.value);
        at += point.length;
    }
    return at;
}

void wrap_paragraph(std::string& out, std::string_view text, std::size_t indent, std::size_t width)
{
    std::size_t used = 0;
    while (!text.empty()) {
        auto const end = text.find(' ');
        auto const word = text.substr(0, end);
        auto const needs = display_width(word);
        if (used != 0 && used + 1 + needs > width) {
            out += '\n';
            out.append(indent, ' ');
            used = 0;
        }
        if (used != 0) {
            out += ' ';
            ++used;
        }
        out += word;
        used += needs;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

} // namespace

std::size_t display_width(std::string_view text)
{
    std::size_t width = 0;
    while (!text.empty()) {
        if (auto const skip = color_length(text); skip != 0) {
            text.remove_prefix(skip);
            continue;
        }
        auto const point = front_of(text);
        width += width_of(point.value);
        text.remove_prefix(point.length);
    }
    return width;
}

std::string shortened(std::string_view text, std::size_t width)
{
    if (display_width(text) <= width || width == 0)
        return std::string { text };
    return std::string { text.substr(0, bytes_within(text, width - 1)) } + "…";
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width)
{
    std::string out;
    auto const room = width > indent + 20 ? width - indent : 20;
    while (!text.empty()) {
        auto const end = text.find('\n');
        wrap_paragraph(out, text.substr(0, end), indent, room);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!text.empty()) {
            out += '\n';
            out.append(indent, ' ');
        }
    }
    return out;
}

std::string TextTable::text(std::size_t indent) const
{
    std::vector<std::size_t> widths;
    for (auto const& row : m_rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i != row.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i]));
    }
    std::string out;
    for (auto const& row : m_rows) {
        out.append(indent, ' ');
        for (std::size_t i = 0; i != row.size(); ++i) {
            out += row[i];
            if (i + 1 != row.size())
                out.append(widths[i] - display_width(row[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

} // namespace exhibit::cli
