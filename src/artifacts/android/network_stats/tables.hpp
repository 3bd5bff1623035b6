#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>

namespace exhibit::android::network_stats {

inline constexpr std::int64_t kAllUids = -1; ///< stands beside the counters of a whole network

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

inline constexpr std::array kColumns {
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
inline constexpr std::array kEvents { Event { "last_bucket", "network_used",
    "user id {uid} ({usage_set}) sent {bytes_out} and received {bytes_in} bytes since {first_bucket}" } };
inline constexpr auto kTraffic = table<Traffic>("android_network_use",
    "One row per user id, network and kind of use, with the sum of the periods that the dump prints.",
    Relation::traffic, kColumns, kEvents);

/// Adds one period; sums that would grow past what a number holds stay there.
void add_period(Traffic& row, std::int64_t start_seconds, std::int64_t bytes_in, std::int64_t bytes_out);

/// Reads a file in which the system keeps the counters themselves.
Result<void> parse_collection(Input const& input, Context& context);

/// Reads what the service dumps as a message of Protocol Buffers: the counters of the user ids, which its
/// text leaves out.
Result<void> parse_dump_message(Input const& input, Context& context);

} // namespace exhibit::android::network_stats
