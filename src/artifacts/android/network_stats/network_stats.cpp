#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/network_stats/tables.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace exhibit::android::network_stats {
namespace {

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
            EXHIBIT_TRY(close());
            m_has_uids = m_has_uids || text == "UID stats:";
            m_in_part = text == "UID stats:" || text == "Dev stats:";
        } else if (m_in_part && text.starts_with("ident=")) {
            EXHIBIT_TRY(close());
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
        EXHIBIT_TRY(close());
        if (!m_has_uids)
            m_context.note(Level::note, Fault::missing,
                "the text has no counters per app; bug reports have them in proto/netstats.proto", {});
        return {};
    }

private:
    Result<void> close()
    {
        if (!std::exchange(m_open, false) || m_row.buckets == 0)
            return {};
        return m_context.add(kTraffic, m_row, m_origin);
    }

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
        // The name of a network may hold brackets.
        auto const end = std::min(text.rfind("] uid="), text.size());
        auto const ident = text.substr(0, end);
        auto const rest = text.substr(end);
        m_row.network_kind = owned(value_of(ident, "type"));
        auto name = value_of(ident, "wifiNetworkKey");
        if (!name)
            name = value_of(ident, "networkId");
        bool const in_quotes = ident.contains("wifiNetworkKey=\"") || ident.contains("networkId=\"");
        m_row.network_name = name && in_quotes ? std::optional { std::string { *name } } : owned(name);
        m_row.subscriber = owned(value_of(ident, "subscriberId"));
        m_row.uid = to_integer(value_of(rest, "uid").value_or(""));
        if (m_row.uid == kAllUids)
            m_row.uid.reset();
        else
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
        add_period(m_row, start > 100'000'000'000 ? start / 1000 : start, number("rb", "rxBytes"),
            number("tb", "txBytes"));
    }

    Context& m_context;
    bool m_has_uids = false;
    bool m_in_part = false;
    bool m_open = false;
    Traffic m_row;
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".proto"))
        return parse_dump_message(input, context);
    if (!input.path.starts_with('@'))
        return parse_collection(input, context);
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 6> kPaths { "@dumpsys/netstats", "@bugreport/proto/netstats.proto",
    "/data/system/netstats/uid.*", "/data/system/netstats/dev.*",
    "/data/misc/apexdata/com.android.tethering/netstats/uid.*",
    "/data/misc/apexdata/com.android.tethering/netstats/dev.*" };
constexpr std::array<Table const*, 1> kTables { &kTraffic };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.network_stats",
    .title = "Network use per app",
    .doc
    = "How much each user id sent and received over which network, in front and in the background. "
      "Times are UTC; "
      "a dump prints the last 32 periods of each, so sums reach back days to weeks, and on most phones none "
      "of apps; what bug reports have beside the text, and the files of a file system, reach back up to "
      "three months.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::network_stats
