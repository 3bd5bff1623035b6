#include "artifacts/android/apk_content/marker_search.hpp"

#include <algorithm>
#include <limits>

namespace exhibit::android {
namespace {

constexpr std::size_t kKeyed = 3; ///< bytes of a marker that make its key
constexpr std::size_t kKeys = 1U << 15U;

static_assert(kMarkers.size() < std::numeric_limits<std::uint8_t>::max());
static_assert(std::ranges::all_of(kMarkers, [](Marker const& one) { return one.text.size() >= kKeyed; }));

constexpr unsigned small(char letter)
{
    auto const byte = static_cast<unsigned char>(letter);
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20U : byte;
}

constexpr unsigned key_of(unsigned first, unsigned second, unsigned third)
{
    return ((first << 8U) ^ (second << 4U) ^ third) % kKeys;
}

constexpr bool in_word(char letter)
{
    auto const byte = small(letter);
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

bool same_in_any_case(std::string_view left, std::string_view right)
{
    return std::ranges::equal(left, right, {}, small, small);
}

} // namespace

bool stands_at(Marker const& marker, std::string_view text, std::size_t at)
{
    auto const size = marker.text.size();
    if (size > text.size() - at)
        return false;
    auto const part = text.substr(at, size);
    if (marker.stands == Stands::inside_any_case)
        return same_in_any_case(part, marker.text);
    if (part != marker.text)
        return false;
    if (marker.stands == Stands::inside)
        return true;
    auto const alone_before = at == 0 || !in_word(text[at - 1]);
    return alone_before && (at + size == text.size() || !in_word(text[at + size]));
}

MarkerSearch::MarkerSearch()
    : m_first(kKeys)
{
    for (std::size_t i = 0; i != kMarkers.size(); ++i) {
        auto const text = kMarkers[i].text;
        auto& first = m_first[key_of(small(text[0]), small(text[1]), small(text[2]))];
        m_next[i] = first;
        first = static_cast<std::uint8_t>(i + 1);
    }
}

void MarkerSearch::look_at(std::string_view text, std::size_t offset)
{
    if (text.size() < kKeyed)
        return;
    auto first = small(text[0]);
    auto second = small(text[1]);
    for (std::size_t at = 0; at + kKeyed <= text.size(); ++at) {
        auto const third = small(text[at + 2]);
        for (auto place = m_first[key_of(first, second, third)]; place != 0; place = m_next[place - 1U]) {
            auto const index = place - 1U;
            if (!stands_at(kMarkers[index], text, at))
                continue;
            if (m_met[index].times++ == 0)
                m_met[index].first = offset + at;
        }
        first = second;
        second = third;
    }
}

} // namespace exhibit::android
