#include "indicators/ascii.hpp"

namespace exhibit::indicators {
namespace {

// U+00A0; U+2000 to U+200F, U+2028 to U+202F, U+205F to U+206F (spaces, zero-width, direction marks);
// U+3000; U+FEFF; U+00AD; U+061C.
bool is_invisible_three(unsigned second, unsigned third)
{
    return (second == 0x80 && (third <= 0x8F || (third >= 0xA8 && third <= 0xAF)))
        || (second == 0x81 && third >= 0x9F && third <= 0xAF);
}

unsigned byte_at(std::string_view text, std::size_t at)
{
    return static_cast<unsigned char>(text[at]);
}

std::size_t blank_at_front(std::string_view text)
{
    return byte_at(text, 0) <= 0x20 || text.front() == '\x7F' ? 1 : invisible_at_front(text);
}

std::size_t blank_at_back(std::string_view text)
{
    if (byte_at(text, text.size() - 1) <= 0x20 || text.back() == '\x7F')
        return 1;
    for (std::size_t const size : { 2UZ, 3UZ })
        if (text.size() >= size && invisible_at_front(text.substr(text.size() - size)) == size)
            return size;
    return 0;
}

} // namespace

std::size_t invisible_at_front(std::string_view text)
{
    if (text.size() < 2 || is_ascii(text.front()))
        return 0;
    if (text.starts_with("\xC2\xA0") || text.starts_with("\xC2\xAD") || text.starts_with("\xD8\x9C"))
        return 2;
    if (text.size() < 3)
        return 0;
    if (text.front() == '\xE2' && is_invisible_three(byte_at(text, 1), byte_at(text, 2)))
        return 3;
    return text.starts_with("\xE3\x80\x80") || text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

std::string_view trim(std::string_view text)
{
    auto const is_visible = [](char c) { return c > ' ' && c < '\x7F'; };
    if (!text.empty() && is_visible(text.front()) && is_visible(text.back()))
        return text;
    while (!text.empty()) {
        auto const size = blank_at_front(text);
        if (size == 0)
            break;
        text.remove_prefix(size);
    }
    while (!text.empty()) {
        auto const size = blank_at_back(text);
        if (size == 0)
            break;
        text.remove_suffix(size);
    }
    return text;
}

} // namespace exhibit::indicators
