#pragma once

#include <cstdint>

namespace exhibit::ios {

/// Which of the two domains that WebKit relates was the page itself, in the top frame.
enum class Page : std::uint8_t { none, first, second, both };

constexpr bool is_first(Page page)
{
    return page == Page::first || page == Page::both;
}
constexpr bool is_second(Page page)
{
    return page == Page::second || page == Page::both;
}

} // namespace exhibit::ios
