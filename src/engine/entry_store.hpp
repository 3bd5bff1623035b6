#pragma once

#include "acquisition/acquisition.hpp"

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit {

/// Files of an acquisition, in little room: there may be a million, most of them beside one another. What a
/// file's path and place have in common with those of an earlier file is kept once.
class EntryStore {
public:
    void add(EntryView const& view);

    [[nodiscard]] std::size_t size() const { return m_places.size(); }
    [[nodiscard]] std::uint64_t bytes(std::size_t at) const;
    /// Takes the room that `into` already has.
    void get(std::size_t at, Entry& into) const;
    [[nodiscard]] Entry operator[](std::size_t at) const;

    /// A path in two parts.
    struct Path {
        std::string_view beginning;
        std::string_view rest;

        [[nodiscard]] std::size_t size() const { return beginning.size() + rest.size(); }
        [[nodiscard]] char operator[](std::size_t at) const
        {
            return at < beginning.size() ? beginning[at] : rest[at - beginning.size()];
        }
        [[nodiscard]] std::size_t common_prefix(std::string_view text) const; ///< bytes
        std::strong_ordering operator<=>(Path const& other) const;
        bool operator==(Path const& other) const { return (*this <=> other) == 0; }
    };
    [[nodiscard]] Path path(std::size_t at) const;

private:
    /// What is known of a file. Its text is the beginning of `stored`, then `path`, of which `stored` repeats
    /// the end.
    struct Record {
        std::uint64_t size = 0;
        std::uint64_t handle = 0;
        std::optional<Timestamp> modified;
        std::optional<Timestamp> wall_clock;
        std::uint8_t mark = 0;
        std::string_view shared; ///< the beginning of its text, which stands with an earlier file
        std::string_view own; ///< the rest
        std::size_t stored_beginning = 0; ///< bytes of `stored` before what it repeats
        std::size_t repeated = 0; ///< bytes at the end of `path`
    };

    static constexpr std::uint64_t kBlock = 1U << 20U; ///< bytes; one longer text has a block for itself

    [[nodiscard]] std::uint64_t place_of(std::size_t at) const;
    [[nodiscard]] Record record(std::size_t at) const;
    static Path path_of(Record const& record);
    /// Where the bytes stand from now on: the number of their block times `kBlock`, and their place in it.
    std::uint64_t keep(std::string_view bytes);
    [[nodiscard]] std::string_view from(std::uint64_t place) const;

    std::deque<std::string> m_blocks; ///< which do not move as they grow
    std::deque<std::uint32_t> m_places; ///< of each record, from that of the first of its hundred
    std::vector<std::uint64_t> m_first_places; ///< of each hundred
    std::uint64_t m_whole_at = 0; ///< the last text that shares nothing
    std::size_t m_whole_size = 0;
    std::string m_text;
    std::string m_encoded;
};

} // namespace exhibit
