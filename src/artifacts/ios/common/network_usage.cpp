#include "artifacts/ios/common/network_usage.hpp"

#include <unordered_map>

namespace exhibit::ios {
namespace {

constexpr std::array kProcessFields {
    from<&UsageProcess::process_id>("process.Z_PK"),
    from<&UsageProcess::process_name>("process.ZPROCNAME"),
    from<&UsageProcess::bundle_id>("process.ZBUNDLENAME"),
    from<&UsageProcess::first_used>("process.ZFIRSTTIMESTAMP", Clock::mac),
    from<&UsageProcess::last_used>("process.ZTIMESTAMP", Clock::mac),
};
constexpr std::array kLiveFields {
    from<&UsageLive::usage_id>("live.Z_PK"),
    from<&UsageLive::process_id>("live.ZHASPROCESS"),
    from<&UsageLive::used>("live.ZTIMESTAMP", Clock::mac),
    from<&UsageLive::wifi_in>("live.ZWIFIIN"),
    from<&UsageLive::wifi_out>("live.ZWIFIOUT"),
    from<&UsageLive::wwan_in>("live.ZWWANIN"),
    from<&UsageLive::wwan_out>("live.ZWWANOUT"),
    from<&UsageLive::kind_number>("live.ZKIND"),
    from<&UsageLive::tag>("live.ZTAG"),
    from<&UsageLive::found_process_id>("process.Z_PK"),
    from<&UsageLive::process_name>("process.ZPROCNAME"),
    from<&UsageLive::bundle_id>("process.ZBUNDLENAME"),
    from<&UsageLive::first_used>("process.ZFIRSTTIMESTAMP", Clock::mac),
    from<&UsageLive::last_used>("process.ZTIMESTAMP", Clock::mac),
};
constexpr std::array kCountedFields {
    from<&UsageLive::process_id>("live.ZHASPROCESS"),
};
constexpr std::array kEntityFields {
    from<&UsageEntity::entity>("entity.Z_NAME"),
    from<&UsageEntity::highest_id>("entity.Z_MAX"),
};

} // namespace

ProcessName split_process_name(std::optional<std::string_view> stored)
{
    if (!stored || stored->empty())
        return {};
    auto const slash = stored->find('/');
    if (slash == 0 || slash == std::string_view::npos) // An absolute path is one name.
        return { stored, std::nullopt };
    return { stored->substr(0, slash), stored->substr(slash + 1) };
}

Result<void> read_network_usage(Input const& input, Context& context, TableOf<UsageProcess> const& processes,
    TableOf<UsageLive> const& live, TableOf<UsageEntity> const& entities)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZPROCESS") && !database.had_table("ZLIVEUSAGE"))
        return fail(Fault::unsupported, "the database has neither a table `ZPROCESS` nor `ZLIVEUSAGE`");
    return read_network_usage(database, context, processes, live, entities);
}

Result<void> read_network_usage(sqlite::Database const& database, Context& context,
    TableOf<UsageProcess> const& processes, TableOf<UsageLive> const& live,
    TableOf<UsageEntity> const& entities)
{
    std::unordered_map<std::int64_t, std::int64_t> usage_rows;
    EXHIBIT_TRY(each_row<UsageLive>(database, context, { "live", "ZLIVEUSAGE" }, kCountedFields,
        [&](UsageLive const& row, Origin) -> Result<void> {
            if (row.process_id)
                ++usage_rows[*row.process_id];
            return {};
        }));
    Select const process_rows { .alias = "process", .table = "ZPROCESS", .deleted = true };
    EXHIBIT_TRY(each_row<UsageProcess>(
        database, context, process_rows, kProcessFields, [&](UsageProcess& row, Origin origin) {
            auto const counted = usage_rows.find(row.process_id.value_or(0));
            row.usage_rows = counted == usage_rows.end() ? 0 : counted->second;
            auto const [process, part] = split_process_name(row.process_name);
            row.process = process;
            row.process_part = part;
            return context.add(processes, row, origin);
        }));
    // After the processes: a long name comes with each of its rows, which are left out where they are too
    // many.
    Select const live_rows { .alias = "live",
        .table = "ZLIVEUSAGE",
        .joins = { { "process", "ZPROCESS", "Z_PK", "live.ZHASPROCESS" } },
        .deleted = true };
    EXHIBIT_TRY(
        each_row<UsageLive>(database, context, live_rows, kLiveFields, [&](UsageLive& row, Origin origin) {
            row.process_row_missing = !row.found_process_id;
            auto const [process, part] = split_process_name(row.process_name);
            row.process = process;
            row.process_part = part;
            return context.add(live, row, origin);
        }));
    return each_row<UsageEntity>(database, context, { "entity", "Z_PRIMARYKEY" }, kEntityFields,
        [&](UsageEntity& row, Origin origin) { return context.add(entities, row, origin); });
}

} // namespace exhibit::ios
