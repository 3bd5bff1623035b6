#include "indicators/key_table.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace exhibit::indicators {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15; // 2^64 divided by the golden ratio
constexpr std::uint64_t kFactor = 0xD6E8FEB86659FD93; // an odd number with bits well spread

/// Both halves of the product, folded: each bit of the result depends on all bits of the operands.
std::uint64_t mix(std::uint64_t a, std::uint64_t b)
{
    auto const product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t load(char const* from, std::size_t count)
{
    std::uint64_t word = 0;
    std::memcpy(&word, from, count);
    if constexpr (std::endian::native == std::endian::big)
        word = std::byteswap(word);
    return word;
}

} // namespace

std::uint64_t hash_of(std::string_view key)
{
    auto hash = mix(kSeed ^ key.size(), kFactor);
    auto const* at = key.data();
    auto left = key.size();
    for (; left > 8; left -= 8, at += 8)
        hash = mix(hash ^ load(at, 8), kFactor);
    return mix(hash ^ load(at, left), kSeed);
}

KeyTable::KeyTable(std::vector<Entry> entries)
{
    std::ranges::sort(entries);
    auto const repeated = std::ranges::unique(entries);
    entries.erase(repeated.begin(), repeated.end());
    m_indicators.reserve(entries.size());
    for (auto const& [text, indicator] : entries) {
        if (m_keys.empty() || m_keys.back().text != text) {
            m_keys.push_back({ text, static_cast<std::uint32_t>(m_indicators.size()), 0 });
            m_lengths.set(std::min(text.size(), kLengths - 1));
            m_longest = std::max(m_longest, text.size());
        }
        m_indicators.push_back(indicator);
        ++m_keys.back().count;
    }
    if (m_keys.empty())
        return;
    m_slots.resize(std::bit_ceil(m_keys.size() * 2));
    m_filter.resize(std::max<std::size_t>(m_slots.size() / 16, 1));
    for (std::uint32_t i = 0; i != m_keys.size(); ++i)
        insert(i);
}

void KeyTable::insert(std::uint32_t key_index)
{
    auto const hash = hash_of(m_keys[key_index].text);
    auto const mask = m_slots.size() - 1;
    auto at = hash & mask;
    while (m_slots[at].key != 0)
        at = (at + 1) & mask;
    m_filter[hash & (m_filter.size() - 1)] |= filter_bits(hash);
    m_slots[at] = { static_cast<std::uint32_t>(hash >> 32U), key_index + 1 };
}

std::span<std::uint32_t const> KeyTable::find_hashed(std::string_view key) const
{
    auto const hash = hash_of(key);
    auto const bits = filter_bits(hash);
    if ((m_filter[hash & (m_filter.size() - 1)] & bits) != bits)
        return {};
    auto const tag = static_cast<std::uint32_t>(hash >> 32U);
    auto const mask = m_slots.size() - 1;
    for (auto at = hash & mask; m_slots[at].key != 0; at = (at + 1) & mask) {
        if (m_slots[at].tag != tag)
            continue;
        auto const& found = m_keys[m_slots[at].key - 1];
        if (found.text == key)
            return std::span { m_indicators }.subspan(found.first, found.count);
    }
    return {};
}

} // namespace exhibit::indicators
