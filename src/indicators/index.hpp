#pragma once

#include "indicators/address.hpp"
#include "indicators/canonical_value.hpp"
#include "indicators/key_table.hpp"
#include "indicators/regex_list.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace exhibit::indicators {

/// Lengths at which systems cut process names: `p_comm` and Linux `comm` hold 15 bytes, some records 16;
/// `p_name` of crash and memory reports holds 31 or 32.
constexpr std::array<std::size_t, 4> kCutLengths { 15, 16, 31, 32 };

/// Networks by prefix length: one hash look-up for each length that occurs.
class NetworkTable {
public:
    struct Entry {
        Network network;
        std::uint32_t indicator = 0;
    };

    NetworkTable() = default;
    explicit NetworkTable(std::vector<Entry> entries);

    [[nodiscard]] bool empty() const { return m_groups.empty(); }

    /// Calls `use(indicator)` for every network that holds the address.
    template<typename Use> void find(Address const& address, Use const& use) const
    {
        for (auto const& group : m_groups)
            for (auto const indicator : group.table.find(masked(address, group.bits).key()))
                use(indicator);
    }

private:
    struct Group {
        unsigned bits = 0;
        KeyTable table;
    };
    std::vector<Entry> m_entries; ///< owns the keys; never resized once the groups are built
    std::vector<Group> m_groups;
};

/// What the matcher looks things up in.
class Index {
public:
    std::array<KeyTable, kSpaceCount> tables;
    KeyTable cut_processes; ///< process names cut at kCutLengths
    NetworkTable networks;
    std::array<RegexList, kSpaceCount> regexes;
    bool has_international_hosts = false; ///< some host has an A-label
    bool has_ipv6 = false; ///< some address or network is no IPv4 one, or a pattern tells

    [[nodiscard]] KeyTable const& table(Space space) const { return tables[static_cast<std::size_t>(space)]; }
    [[nodiscard]] RegexList const& regex(Space space) const
    {
        return regexes[static_cast<std::size_t>(space)];
    }
};

} // namespace exhibit::indicators
