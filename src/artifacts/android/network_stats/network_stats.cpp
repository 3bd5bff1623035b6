#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <limits>

namespace exhibit {
namespace {

using namespace android;

struct Traffic {
    std::optional<std::int64_t> uid;
    std::string usage_set;
    std::optional<std::string> network_kind;
    std::optional<std::string> network_name;
    std::optional<std::string> subscriber;
    Time first_bucket;
    Time last_bucket;
    std::int64_t buckets = 0;
    std::int64_t omitted = 0;
    std::int64_t bytes_in = 0;
    std::int64_t bytes_out = 0;
};

constexpr std::array kColumns {
    column<&Traffic::uid>("uid", "Linux user id: -4 removed apps, -5 tethering; empty for a whole network."),
    column<&Traffic::usage_set>("usage_set", Is::opaque,
        "`DEFAULT` in the background, `FOREGROUND` while the app was in front; empty for a whole network."),
    column<&Traffic::network_kind>(
        "network_kind", Is::opaque, "Kind of the network: 0 or `MOBILE`, 1 or `WIFI`."),
    column<&Traffic::network_name>("network_name", Is::opaque, "Name of a wireless network."),
    column<&Traffic::subscriber>(
        "subscriber", Is::opaque, "Subscription of a mobile network, mostly shortened."),
    column<&Traffic::first_bucket>("first_bucket", Clock::unix_seconds, "Start of the first period printed."),
    column<&Traffic::last_bucket>("last_bucket", Clock::unix_seconds, "Start of the last period."),
    column<&Traffic::buckets>("buckets", "How many periods of (usually) two hours were printed."),
    column<&Traffic::omitted>("omitted", "How many older ones the dump left out: the sums lack them."),
    column<&Traffic::bytes_in>("bytes_in", "Bytes received."),
    column<&Traffic::bytes_out>("bytes_out", "Bytes sent."),
};
constexpr std::array kEvents { Event { "last_bucket", "network_used",
    "user id {uid} ({usage_set}) sent {bytes_out} and received {bytes_in} bytes since {first_bucket}" } };
constexpr auto kTraffic = table<Traffic>("android_network_use",
    "One row per user id, network and kind of use, with the sum of the periods that the dump prints.",
    Relation::traffic, kColumns, kEvents);

/// Sums up the periods below each `ident=...` line of the user ids' part.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (text.ends_with(" stats:") || text == "UID stats:") {
            EXHIBIT_TRY(finish());
            m_in_part = text == "UID stats:" || text == "Dev stats:";
        } else if (m_in_part && text.starts_with("ident=")) {
            EXHIBIT_TRY(finish());
            open(text, line.offset);
        } else if (m_open && eat(text, "(omitting ")) {
            m_row.omitted = leading_integer(text).value_or(0);
        } else if (m_open && (text.starts_with("st=") || text.starts_with("bucketStart="))) {
            add_bucket(text);
        }
        return {};
    }

    Result<void> finish()
    {
        if (!std::exchange(m_open, false) || m_row.buckets == 0)
            return {};
        return m_context.add(kTraffic, m_row, m_origin);
    }

private:
    static std::optional<std::string> owned(std::optional<std::string_view> value)
    {
        auto const text = value.value_or("").substr(0, value.value_or("").find('}')); // The last of its list.
        return text.empty() ? std::nullopt : std::optional { std::string { text } };
    }

    void open(std::string_view text, std::uint64_t offset)
    {
        m_open = true;
        m_origin = Origin { offset };
        m_row = {};
        // `[{type=1, wifiNetworkKey="Home"wpa2-psk, ...}]` or `[{type=WIFI, networkId="Home"}] uid=.. set=..`
        auto const ident = value_of(text, "ident").value_or("");
        auto const rest = text.substr(std::min(text.find(ident) + ident.size(), text.size()));
        m_row.network_kind = owned(value_of(ident, "type"));
        auto name = value_of(ident, "wifiNetworkKey");
        m_row.network_name = owned(name ? name : value_of(ident, "networkId"));
        m_row.subscriber = owned(value_of(ident, "subscriberId"));
        m_row.uid = to_integer(value_of(rest, "uid").value_or(""));
        m_row.usage_set = value_of(rest, "set").value_or("");
    }

    void add_bucket(std::string_view text)
    {
        auto const number = [&](std::string_view key, std::string_view old_key) {
            auto const value = value_of(text, key);
            return to_integer(value ? *value : value_of(text, old_key).value_or("")).value_or(0);
        };
        auto const start = number("st", "bucketStart");
        // Android 4 counted in milliseconds.
        auto const time
            = start > 100'000'000'000 ? Time::unix_seconds(start / 1000) : Time::unix_seconds(start);
        if (m_row.buckets++ == 0)
            m_row.first_bucket = time;
        m_row.last_bucket = time;
        add(m_row.bytes_in, number("rb", "rxBytes"));
        add(m_row.bytes_out, number("tb", "txBytes"));
    }

    static void add(std::int64_t& sum, std::int64_t bytes)
    {
        constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
        if (bytes > 0)
            sum = bytes > kMost - sum ? kMost : sum + bytes;
    }

    Context& m_context;
    bool m_in_part = false;
    bool m_open = false;
    Traffic m_row;
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/netstats" };
constexpr std::array<Table const*, 1> kTables { &kTraffic };

} // namespace

extern constinit Artifact const android_network_stats {
    .id = "android.network_stats",
    .title = "Network use per app",
    .doc = "How much each user id sent and received over which network, in front and in the background. "
           "Times are UTC; "
           "a dump prints the last 32 periods of each, so sums reach back days to weeks.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit
