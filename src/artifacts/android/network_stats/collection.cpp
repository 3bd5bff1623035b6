#include "artifacts/android/network_stats/tables.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <vector>

namespace exhibit::android::network_stats {
namespace {

constexpr std::uint32_t kMagic = 0x414E4554; // `ANET`
constexpr std::uint32_t kUnified = 16; // The only version that Android 4.1 and later write.
constexpr std::size_t kMostIdentities = 64;
constexpr std::uint32_t kMostPeriods = 1U << 20U; // Over a century of hours.

/// What a set of networks is called in a row: of several the first.
struct Network {
    std::optional<std::string> kind;
    std::optional<std::string> name;
    std::optional<std::string> subscriber;
};

/// NetworkStatsCollection of the Android Open Source Project: networks, and for each the histories of its
/// user ids. Numbers are big-endian; text has its length in two bytes before it.
class Collection {
public:
    Collection(Bytes file, Context& context)
        : m_reader(file)
        , m_context(context)
    {
    }

    Result<void> read()
    {
        if (EXHIBIT_TRY(m_reader.big<std::uint32_t>()) != kMagic)
            return fail(Fault::malformed, "the file does not begin as network statistics do");
        if (EXHIBIT_TRY(m_reader.big<std::uint32_t>()) != kUnified)
            return fail(Fault::unsupported, "network statistics of a version that is not known");
        auto const networks = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
        for (std::uint32_t i = 0; i != networks; ++i) {
            if (m_context.stop().stop_requested())
                return fail(Fault::cancelled, "cancelled");
            auto const network = EXHIBIT_TRY(read_networks());
            auto const histories = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
            for (std::uint32_t k = 0; k != histories; ++k)
                EXHIBIT_TRY(read_history(network));
        }
        return {};
    }

private:
    Result<std::optional<std::string>> optional_text()
    {
        if (EXHIBIT_TRY(m_reader.big<std::uint8_t>()) == 0)
            return std::optional<std::string> {};
        auto const size = EXHIBIT_TRY(m_reader.big<std::uint16_t>());
        auto const text = EXHIBIT_TRY(m_reader.text(size));
        return std::optional { std::string { text } };
    }

    /// Of one network in a set: flags, and numbers that newer versions add.
    static std::size_t bytes_behind_names(std::uint32_t version)
    {
        constexpr std::array<std::size_t, 9> sizes { 0, 0, 1, 1, 2, 3, 7, 11, 19 };
        return sizes.at(std::min<std::size_t>(version, sizes.size() - 1));
    }

    /// NetworkIdentitySet: what stands behind the names depends on the version.
    Result<Network> read_networks()
    {
        auto const version = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
        auto const count = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
        if (count > kMostIdentities)
            return fail(Fault::malformed, "more networks in a set than there can be", m_reader.offset());
        Network first;
        for (std::uint32_t i = 0; i != count; ++i) {
            if (version <= 1)
                EXHIBIT_TRY(m_reader.skip(4));
            auto const kind = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
            EXHIBIT_TRY(m_reader.skip(4)); // the radio's technology
            auto subscriber = EXHIBIT_TRY(optional_text());
            auto name = version >= 3 ? EXHIBIT_TRY(optional_text()) : std::optional<std::string> {};
            EXHIBIT_TRY(m_reader.skip(bytes_behind_names(version)));
            if (i == 0)
                first = Network { fmt::format("{}", static_cast<std::int32_t>(kind)), std::move(name),
                    std::move(subscriber) };
        }
        return first;
    }

    Result<std::int64_t> varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            std::uint64_t const byte = EXHIBIT_TRY(m_reader.big<std::uint8_t>());
            value |= (byte & 0x7FU) << shift;
            if ((byte & 0x80U) == 0)
                return static_cast<std::int64_t>(value);
        }
        return fail(Fault::malformed, "a number longer than ten bytes", m_reader.offset());
    }

    /// An array of one column; -1 stands for none.
    Result<std::vector<std::int64_t>> numbers(bool variable)
    {
        auto const at = m_reader.offset();
        auto const size = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
        std::vector<std::int64_t> values;
        if (size == std::numeric_limits<std::uint32_t>::max())
            return values;
        if (size > kMostPeriods || size > m_reader.left() / (variable ? 1 : 8))
            return fail(Fault::malformed, "count is larger than the data", at);
        values.reserve(size);
        for (std::uint32_t i = 0; i != size; ++i)
            values.push_back(variable
                    ? EXHIBIT_TRY(varint())
                    : static_cast<std::int64_t>(EXHIBIT_TRY(m_reader.big<std::uint64_t>())));
        return values;
    }

    /// The key, and NetworkStatsHistory: a column per counter. Tagged histories repeat a part of the untagged
    /// one and are left out.
    Result<void> read_history(Network const& network)
    {
        Origin const origin { m_reader.offset() };
        auto const uid = static_cast<std::int32_t>(EXHIBIT_TRY(m_reader.big<std::uint32_t>()));
        auto const set = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
        auto const tag = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
        auto const version = EXHIBIT_TRY(m_reader.big<std::uint32_t>());
        if (version < 1 || version > 3)
            return fail(Fault::unsupported, "a history of a version that is not known", origin.locator);
        EXHIBIT_TRY(m_reader.skip(8)); // the length of a period
        bool const variable = version >= 2;
        auto const starts = EXHIBIT_TRY(numbers(variable));
        if (version >= 3)
            EXHIBIT_TRY(numbers(variable)); // how long the network was in use
        auto const in = EXHIBIT_TRY(numbers(variable));
        if (version >= 2)
            EXHIBIT_TRY(numbers(variable)); // packets
        auto const out = EXHIBIT_TRY(numbers(variable));
        for (unsigned skipped = 0; version >= 2 && skipped != 2; ++skipped)
            EXHIBIT_TRY(numbers(variable)); // packets, operations
        if (in.size() != starts.size() || out.size() != starts.size())
            return fail(Fault::malformed, "the columns of a history differ in length", origin.locator);
        if (tag != 0 || starts.empty())
            return {};
        Traffic row;
        if (uid != kAllUids)
            row.uid = uid;
        row.usage_set = uid == kAllUids ? ""
            : set == 1                  ? "FOREGROUND"
            : set == 0                  ? "DEFAULT"
                                        : fmt::format("{}", set);
        row.network_kind = network.kind;
        row.network_name = network.name;
        row.subscriber = network.subscriber;
        for (std::size_t i = 0; i != starts.size(); ++i)
            add_period(row, starts[i] / 1000, in[i], out[i]);
        return m_context.add(kTraffic, row, origin);
    }

    Reader m_reader;
    Context& m_context;
};

void add_bytes(std::int64_t& sum, std::int64_t bytes)
{
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    if (bytes > 0)
        sum = bytes > most - sum ? most : sum + bytes;
}

} // namespace

void add_period(Traffic& row, std::int64_t start_seconds, std::int64_t bytes_in, std::int64_t bytes_out)
{
    auto const time = Time::unix_seconds(start_seconds);
    if (row.buckets++ == 0)
        row.first_bucket = time;
    row.last_bucket = time;
    add_bytes(row.bytes_in, bytes_in);
    add_bytes(row.bytes_out, bytes_out);
}

Result<void> parse_collection(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    return Collection { content.bytes(), context }.read();
}

} // namespace exhibit::android::network_stats
