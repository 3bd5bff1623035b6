#include "formats/media/prefix_code.hpp"

namespace exhibit::media {

PrefixCode::PrefixCode(std::vector<std::uint8_t> const& lengths)
{
    for (auto const length : lengths)
        if (length != 0 && length <= kLongestCode)
            ++m_counts[length];
    std::array<std::uint32_t, kLongestCode + 2> places {}; // Where the symbols of each length go.
    for (unsigned length = 1; length <= kLongestCode; ++length)
        places[length + 1] = places[length] + m_counts[length];
    m_symbols.resize(places.back());
    for (std::uint32_t symbol = 0; symbol != lengths.size(); ++symbol)
        if (auto const length = lengths[symbol]; length != 0 && length <= kLongestCode)
            m_symbols[places[length]++] = symbol;
    std::int64_t open = 1;
    for (unsigned length = 1; length <= kLongestCode; ++length) {
        open = open * 2 - m_counts[length];
        if (open < 0)
            return;
    }
    m_complete = open == 0 || m_symbols.size() == 1;
}

Result<std::uint32_t> PrefixCode::read(BitReader& bits) const
{
    if (m_symbols.size() == 1)
        return m_symbols.front(); // The only symbol takes no bits.
    std::uint32_t code = 0;
    std::uint32_t first = 0;
    std::uint32_t index = 0;
    for (unsigned length = 1; length <= kLongestCode; ++length) {
        code |= EXHIBIT_TRY(bits.bits(1));
        auto const count = m_counts[length];
        if (code < first + count)
            return m_symbols[index + (code - first)];
        index += count;
        first = (first + count) * 2;
        code *= 2;
    }
    return fail(Fault::malformed, "bits that are no code");
}

std::uint32_t PrefixCode::table_entries() const
{
    constexpr unsigned root = 8;
    std::uint32_t entries = 1U << root;
    if (m_symbols.size() <= 1)
        return entries;
    auto left = m_counts;
    std::int64_t open = 1;
    std::uint64_t code = 0;
    std::uint64_t beginning = ~0ULL;
    for (unsigned length = 1; length <= kLongestCode; ++length) {
        open = open * 2 - m_counts[length];
        if (open < 0)
            return entries; // More codes than there is room for: readers stop here.
        for (; left[length] != 0; --left[length], ++code) {
            if (length <= root || code >> (length - root) == beginning)
                continue;
            beginning = code >> (length - root);
            // The table for this beginning is as deep as what is left could fill.
            auto deepest = length;
            for (std::int64_t room = 1LL << (length - root); deepest < kLongestCode; ++deepest, room *= 2) {
                room -= left[deepest];
                if (room <= 0)
                    break;
            }
            entries += 1U << (deepest - root);
        }
        code *= 2;
    }
    return entries;
}

} // namespace exhibit::media
