#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace exhibit::sqlite {

/// Places in a page, of which few are in the set: the next one is found 64 at a time.
class PlaceSet {
public:
    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

    /// Of places below `size`.
    explicit PlaceSet(std::size_t size)
        : m_size(size)
        , m_words(size / kBits + 1)
    {
    }

    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] bool operator[](std::size_t place) const
    {
        return (m_words[place / kBits] >> place % kBits & 1U) != 0;
    }
    void add(std::size_t place) { m_words[place / kBits] |= std::uint64_t { 1 } << place % kBits; }

    /// The first in the set from `first` on and below `end`, or `kNone`.
    [[nodiscard]] std::size_t next(std::size_t first, std::size_t end) const
    {
        end = std::min(end, m_size);
        if (first >= end)
            return kNone;
        auto word = first / kBits;
        auto bits = m_words[word] >> first % kBits << first % kBits;
        while (bits == 0 && (word + 1) * kBits < end)
            bits = m_words[++word];
        auto const found = word * kBits + static_cast<std::size_t>(std::countr_zero(bits));
        return found < end ? found : kNone;
    }

private:
    static constexpr std::size_t kBits = 64;

    std::size_t m_size;
    std::vector<std::uint64_t> m_words;
};

} // namespace exhibit::sqlite
