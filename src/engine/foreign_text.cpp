#include "engine/foreign_text.hpp"

#include "base/text.hpp"
#include "base/utf16.hpp"

#include <algorithm>
#include <array>

namespace exhibit {
namespace {

bool promises_text(std::string_view path)
{
    return path.ends_with(".txt") || path.ends_with(".json") || path.ends_with(".jsonl");
}

bool is_control(char c)
{
    constexpr std::string_view in_texts = "\t\n\v\f\r\x1B";
    return static_cast<unsigned char>(c) < ' ' && !in_texts.contains(c);
}

bool is_web_page(std::string_view text)
{
    constexpr std::size_t enough = 16;
    auto const begin
        = to_lower(text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()), enough));
    return begin.starts_with("<html") || begin.starts_with("<!doctype");
}

} // namespace

Result<bool> is_foreign_text(std::string_view path, Source const& source)
{
    constexpr std::ptrdiff_t few = 32; // Damage in a few places leaves a text.
    if (!promises_text(path))
        return false;
    std::array<std::byte, 4096> head {};
    auto const read = EXHIBIT_TRY(source.read_at(0, head));
    auto const text = as_text(Bytes { head }.first(read));
    if (utf16_order(Bytes { head }.first(read)))
        return false;
    auto const controls = std::ranges::count_if(text, is_control);
    return controls * few > std::ssize(text) || is_web_page(text);
}

} // namespace exhibit
