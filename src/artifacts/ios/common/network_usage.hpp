#pragma once

#include "artifacts/common/query.hpp"

#include <array>

/// Traffic counted per process, in the form that DataUsage.sqlite and netusage.sqlite share.
namespace exhibit::ios {

/// `process/bundle.or.service` in its two halves.
struct ProcessName {
    std::optional<std::string_view> process;
    std::optional<std::string_view> part;
};

ProcessName split_process_name(std::optional<std::string_view> stored);

struct UsageProcess {
    std::optional<std::int64_t> process_id;
    std::optional<std::string_view> process_name;
    std::optional<std::string_view> process;
    std::optional<std::string_view> process_part;
    std::optional<std::string_view> bundle_id;
    Time first_used;
    Time last_used;
    std::optional<std::int64_t> usage_rows;
};

inline constexpr std::array kUsageProcessColumns {
    column<&UsageProcess::process_id>(
        "process_id", "Number of the process, counted up; a gap is a deleted row.")
        .mvt("proc_id"),
    column<&UsageProcess::process_name>("process_name", Is::opaque,
        "The name as stored; `process` and `process_part` hold what can be compared.")
        .mvt("proc_name"),
    column<&UsageProcess::process>(
        "process", Is::process, "The process: what stands before the first `/` of the name.")
        .mvt("-"),
    column<&UsageProcess::process_part>("process_part", Is::process,
        "What stands after the first `/`: the bundle or service on whose behalf the process worked.")
        .mvt("-"),
    column<&UsageProcess::bundle_id>(
        "bundle_id", Is::process, "The app that the process belongs to, where it does to one.")
        .mvt("bundle_id"),
    column<&UsageProcess::first_used>(
        "first_used", Clock::mac, "When the process was first seen using the network.")
        .mvt("first_isodate"),
    column<&UsageProcess::last_used>("last_used", Clock::mac, "When it was last seen.").mvt("isodate"),
    column<&UsageProcess::usage_rows>("usage_rows", "How many rows of counters belong to it.").mvt("-"),
};
inline constexpr std::array kUsageProcessEvents {
    Event { "first_used", "network_first_used", "{process_name} first used the network" },
    Event { "last_used", "network_last_used", "{process_name} last used the network" },
};

struct UsageLive {
    std::optional<std::int64_t> usage_id;
    std::optional<std::int64_t> process_id;
    bool process_row_missing = false;
    std::optional<std::string_view> process_name;
    std::optional<std::string_view> process;
    std::optional<std::string_view> process_part;
    std::optional<std::string_view> bundle_id;
    Time used;
    Time first_used;
    Time last_used;
    std::optional<std::int64_t> wifi_in;
    std::optional<std::int64_t> wifi_out;
    std::optional<std::int64_t> wwan_in;
    std::optional<std::int64_t> wwan_out;
    std::optional<std::int64_t> kind_number;
    std::optional<std::int64_t> tag;
    // Only to tell a process row without a name from no process row.
    std::optional<std::int64_t> found_process_id;
};

inline constexpr std::array kUsageLiveColumns {
    column<&UsageLive::usage_id>("usage_id", "Number of the row, counted up.").mvt("live_id"),
    column<&UsageLive::process_id>("process_id", "The process that the counters belong to.")
        .mvt("live_proc_id"),
    column<&UsageLive::process_row_missing>("process_row_missing",
        "Whether the row names no process or one that is not there: some spyware deleted its process row and "
        "left its counters.")
        .mvt("-"),
    column<&UsageLive::process_name>("process_name", Is::opaque,
        "The process' name as stored; `process` and `process_part` hold what can be compared.")
        .mvt("proc_name"),
    column<&UsageLive::process>(
        "process", Is::process, "The process: what stands before the first `/` of the name.")
        .mvt("-"),
    column<&UsageLive::process_part>("process_part", Is::process,
        "What stands after the first `/`: the bundle or service on whose behalf the process worked.")
        .mvt("-"),
    column<&UsageLive::bundle_id>(
        "bundle_id", Is::process, "The app that the process belongs to, where it does to one.")
        .mvt("bundle_id"),
    column<&UsageLive::used>("used", Clock::mac, "When the counters were last written.").mvt("live_isodate"),
    column<&UsageLive::first_used>(
        "first_used", Clock::mac, "When the process was first seen using the network.")
        .mvt("first_isodate"),
    column<&UsageLive::last_used>("last_used", Clock::mac, "When the process was last seen.").mvt("isodate"),
    column<&UsageLive::wifi_in>("wifi_in", "Bytes received over Wi-Fi.").mvt("wifi_in"),
    column<&UsageLive::wifi_out>("wifi_out", "Bytes sent over Wi-Fi.").mvt("wifi_out"),
    column<&UsageLive::wwan_in>("wwan_in", "Bytes received over the mobile network.").mvt("wwan_in"),
    column<&UsageLive::wwan_out>("wwan_out", "Bytes sent over the mobile network.").mvt("wwan_out"),
    column<&UsageLive::kind_number>(
        "kind_number", "What is counted, in the system's code; 257 marks sums over processes.")
        .mvt("-"),
    column<&UsageLive::tag>("tag", "A number of the system's whose meaning is not known.").mvt("-"),
};
inline constexpr std::array kUsageLiveEvents {
    Event { "used", "network_used",
        "{process_name|a process without a record}: bytes in: {wifi_in|uncounted} over Wi-Fi and "
        "{wwan_in|uncounted} over the mobile network; out: {wifi_out|uncounted} and {wwan_out|uncounted}" },
};

struct UsageEntity {
    std::optional<std::string_view> entity;
    std::optional<std::int64_t> highest_id;
};

inline constexpr std::array kUsageEntityColumns {
    column<&UsageEntity::entity>("entity", Is::opaque, "Name of a kind of row, chosen by the system.")
        .mvt("-"),
    column<&UsageEntity::highest_id>("highest_id",
        "The highest number ever given to a row of this kind; more than what is "
        "there means that the newest were deleted.")
        .mvt("-"),
};

Result<void> read_network_usage(Input const&, Context&, TableOf<UsageProcess> const& processes,
    TableOf<UsageLive> const& live, TableOf<UsageEntity> const& entities);

/// As above for a database that is open.
Result<void> read_network_usage(sqlite::Database const&, Context&, TableOf<UsageProcess> const& processes,
    TableOf<UsageLive> const& live, TableOf<UsageEntity> const& entities);

} // namespace exhibit::ios
