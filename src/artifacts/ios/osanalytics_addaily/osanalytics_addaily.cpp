#include "artifacts/common/plist_file.hpp"
#include "artifacts/ios/common/network_usage.hpp"

#include <array>

namespace exhibit::ios::osanalytics_addaily {
namespace {

using namespace std::string_view_literals;

struct Baseline {
    std::string process_name;
    std::optional<std::string_view> process;
    std::optional<std::string_view> process_part;
    Time counted;
    std::optional<std::int64_t> wifi_in;
    std::optional<std::int64_t> wifi_out;
    std::optional<std::int64_t> wwan_in;
    std::optional<std::int64_t> wwan_out;
};

constexpr std::array kColumns {
    column<&Baseline::process_name>("process_name", Is::opaque,
        "The name as stored; `process` and `process_part` hold what can be compared.")
        .mvt("package"),
    column<&Baseline::process>(
        "process", Is::process, "The process: what stands before the first `/` of the name.")
        .mvt("-"),
    column<&Baseline::process_part>("process_part", Is::process,
        "What stands after the first `/`: the bundle or service on whose behalf the process worked.")
        .mvt("-"),
    column<&Baseline::counted>("counted", Clock::plist, "When the bytes were counted.").mvt("ts"),
    column<&Baseline::wifi_in>("wifi_in", "Bytes received over Wi-Fi.").mvt("wifi_in"),
    column<&Baseline::wifi_out>("wifi_out", "Bytes sent over Wi-Fi.").mvt("wifi_out"),
    column<&Baseline::wwan_in>("wwan_in", "Bytes received over the mobile network.").mvt("wwan_in"),
    column<&Baseline::wwan_out>("wwan_out", "Bytes sent over the mobile network.").mvt("wwan_out"),
};
constexpr std::array kEvents { Event { "counted", "network_counted",
    "{process_name} received {wifi_in|uncounted} bytes over Wi-Fi, "
    "{wwan_in|uncounted} over the mobile network" } };
constexpr auto kBaselines
    = table<Baseline>("ios_osanalytics_usage", "One row per process: its traffic when it was last counted.",
        Relation::traffic, kColumns, kEvents, "os_analytics_ad_daily");

std::optional<std::int64_t> bytes_of(plist::Value const& value)
{
    if (auto const number = value.as_int())
        return number;
    // Counters were seen as reals in the databases that this is taken from.
    auto const real = value.as_real();
    return real && *real > -9e18 && *real < 9e18 ? std::optional { static_cast<std::int64_t>(*real) }
                                                 : std::nullopt;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::uint64_t number = 0;
    for (auto const& entry : file.root().find("netUsageBaseline").entries()) {
        Origin const origin { ++number };
        Baseline row;
        row.process_name = entry.key.as_text().value_or("");
        auto const name = ios::split_process_name(row.process_name);
        row.process = name.process;
        row.process_part = name.part;
        if (entry.value.kind() != plist::Kind::array)
            context.note(Level::warning, Fault::malformed, "the counters of a process are no array", origin);
        row.counted = plist_time(entry.value.at(0));
        row.wifi_in = bytes_of(entry.value.at(1));
        row.wifi_out = bytes_of(entry.value.at(2));
        row.wwan_in = bytes_of(entry.value.at(3));
        row.wwan_out = bytes_of(entry.value.at(4));
        EXHIBIT_TRY(context.add(kBaselines, row, origin));
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Preferences/com.apple.osanalytics.addaily.plist"sv
};
constexpr std::array<Table const*, 1> kTables { &kBaselines };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.osanalytics_addaily",
    .title = "Network usage baseline",
    .doc = "Traffic per process as the system's own analytics last counted it. It is kept apart from the "
           "data usage database, and so "
           "outlives rows that were deleted there. Read from com.apple.osanalytics.addaily.plist.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::osanalytics_addaily
