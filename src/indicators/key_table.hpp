#pragma once

#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::indicators {

/// From text to the numbers of the indicators that have it as their key. Immutable once built; a
/// look-up allocates nothing, compares the whole key and costs one hash whatever the table's size.
class KeyTable {
public:
    using Entry = std::pair<std::string_view, std::uint32_t>;

    KeyTable() = default;

    /// Keys must outlive the table. Entries may repeat a key.
    explicit KeyTable(std::vector<Entry> entries);

    /// The indicators with this key, in ascending order; empty when there is none.
    [[nodiscard]] std::span<std::uint32_t const> find(std::string_view key) const
    {
        return may_hold_length(key.size()) ? find_hashed(key) : std::span<std::uint32_t const> {};
    }

    /// Whether any key is this long: spares the hash where keys are rare.
    [[nodiscard]] bool may_hold_length(std::size_t length) const
    {
        return length <= m_longest && m_lengths[length < kLengths ? length : kLengths - 1];
    }

    [[nodiscard]] std::size_t longest() const { return m_longest; }
    [[nodiscard]] bool empty() const { return m_keys.empty(); }
    [[nodiscard]] std::size_t size() const { return m_keys.size(); }

private:
    struct Key {
        std::string_view text;
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    struct Slot {
        std::uint32_t tag = 0; ///< upper half of the hash
        std::uint32_t key = 0; ///< index of the key plus 1; 0 is a free slot
    };
    static constexpr std::size_t kLengths = 512; // the last bit stands for all longer ones

    [[nodiscard]] std::span<std::uint32_t const> find_hashed(std::string_view key) const;
    void insert(std::uint32_t key_index);
    /// The three bits that a key sets in its word of the filter.
    [[nodiscard]] static std::uint64_t filter_bits(std::uint64_t hash)
    {
        return 1ULL << (hash >> 58U) | 1ULL << (hash >> 52U & 63U) | 1ULL << (hash >> 46U & 63U);
    }

    std::vector<Key> m_keys;
    std::vector<std::uint32_t> m_indicators;
    std::vector<Slot> m_slots; ///< a power of two, at most half full
    /// Eight or more bits for each key (a Bloom filter of single words): most look-ups find nothing, and
    /// this is small enough to stay in the cache when the slots no longer are.
    std::vector<std::uint64_t> m_filter;
    std::bitset<kLengths> m_lengths;
    std::size_t m_longest = 0;
};

/// The same on every machine and run.
std::uint64_t hash_of(std::string_view key);

} // namespace exhibit::indicators
