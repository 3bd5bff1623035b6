#include "artifacts/android/network_stats/tables.hpp"
#include "formats/protobuf/wire.hpp"

#include <fmt/format.h>
#include <utility>

namespace exhibit::android::network_stats {
namespace {

using protobuf::Field;
using protobuf::for_each_field;
using protobuf::MessageReader;

std::optional<std::string> owned(Field const& field)
{
    return field.bytes.empty() ? std::nullopt : std::optional { std::string { field.text() } };
}

/// Calls `visit(field)` for each message of that number within another.
template<typename Visitor>
Result<void> for_each_message(MessageReader outer, std::uint32_t number, Visitor&& visit)
{
    return for_each_field(outer, [&](Field const& field) {
        return field.number == number && field.wire == protobuf::Wire::bytes ? visit(field) : Result<void> {};
    });
}

/// What one user id sent and received over one set of networks. Field numbers: netstats.proto of the Android
/// Open Source Project.
class Stats {
public:
    Result<void> read(Field const& stats)
    {
        return for_each_field(MessageReader { stats }, [&](Field const& field) -> Result<void> {
            if (field.number == 1)
                return for_each_field(
                    MessageReader { field }, [&](Field const& part) { return read_key(part); });
            if (field.number == 2)
                return for_each_message(
                    MessageReader { field }, 2, [&](Field const& bucket) { return read_bucket(bucket); });
            return {};
        });
    }

    [[nodiscard]] Traffic const& row() const { return m_row; }

    /// Tagged histories repeat a part of the untagged one.
    [[nodiscard]] bool counts() const { return m_tag == 0 && m_row.buckets != 0; }

private:
    Result<void> read_key(Field const& field)
    {
        if (field.number == 1)
            return for_each_message(
                MessageReader { field }, 1, [&](Field const& network) { return read_network(network); });
        if (field.number == 2)
            m_row.uid = field.integer();
        else if (field.number == 3)
            m_row.usage_set = set_name(field.integer());
        else if (field.number == 4)
            m_tag = field.integer();
        return {};
    }

    static std::string set_name(std::int64_t set)
    {
        return set == 1 ? "FOREGROUND" : set == 0 ? "DEFAULT" : fmt::format("{}", set);
    }

    /// Of several networks the first counts. Its kind is not written where it is 0.
    Result<void> read_network(Field const& network)
    {
        if (std::exchange(m_has_network, true))
            return {};
        m_row.network_kind = "0";
        return for_each_field(MessageReader { network }, [&](Field const& field) -> Result<void> {
            if (field.number == 1)
                m_row.network_kind = fmt::format("{}", field.integer());
            else if (field.number == 2)
                m_row.subscriber = owned(field);
            else if (field.number == 3)
                m_row.network_name = owned(field);
            return {};
        });
    }

    Result<void> read_bucket(Field const& bucket)
    {
        std::int64_t start_ms = 0;
        std::int64_t bytes_in = 0;
        std::int64_t bytes_out = 0;
        EXHIBIT_TRY(for_each_field(MessageReader { bucket }, [&](Field const& field) -> Result<void> {
            if (field.number == 1)
                start_ms = field.integer();
            else if (field.number == 2)
                bytes_in = field.integer();
            else if (field.number == 4)
                bytes_out = field.integer();
            return {};
        }));
        add_period(m_row, start_ms / 1000, bytes_in, bytes_out);
        return {};
    }

    /// What a message leaves out is this.
    static Traffic unsaid()
    {
        Traffic row;
        row.uid = 0;
        row.usage_set = "DEFAULT";
        return row;
    }

    Traffic m_row = unsaid();
    std::int64_t m_tag = 0;
    bool m_has_network = false;
};

constexpr std::uint32_t kUidStats = 5; ///< What the text prints too, and what is tagged, has other numbers.
constexpr std::uint32_t kCompleteHistory = 2;
constexpr std::uint32_t kStats = 1;

} // namespace

Result<void> parse_dump_message(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    auto const add_stats = [&](Field const& field) -> Result<void> {
        if (context.stop().stop_requested())
            return fail(Fault::cancelled, "cancelled");
        Stats stats;
        if (auto const read = stats.read(field); !read)
            context.note(Level::damage, read.error());
        return stats.counts() ? context.add(kTraffic, stats.row(), Origin { field.offset }) : Result<void> {};
    };
    auto const add_history = [&](Field const& history) {
        return for_each_message(MessageReader { history }, kStats, add_stats);
    };
    return for_each_message(MessageReader { content.bytes() }, kUidStats, [&](Field const& recorder) {
        return for_each_message(MessageReader { recorder }, kCompleteHistory, add_history);
    });
}

} // namespace exhibit::android::network_stats
