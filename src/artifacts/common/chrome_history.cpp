#include "artifacts/common/chrome_history.hpp"

#include "artifacts/common/other_device.hpp"

namespace exhibit::chrome {
namespace {

constexpr std::int64_t kSynced = 0; // SOURCE_SYNCED in history_types.h of Chromium.

constexpr std::array kVisitFields {
    from<&Visit::visit_id>("visit.id"),
    from<&Visit::url_id>("visit.url"),
    from<&Visit::url>("page.url"),
    from<&Visit::title>("page.title"),
    from<&Visit::visited>("visit.visit_time", Clock::webkit),
    from<&Visit::from_visit>("visit.from_visit"),
    from<&Visit::transition>("visit.transition"),
    from<&Visit::visit_duration>("visit.visit_duration"),
    from<&Visit::visit_count>("page.visit_count"),
    from<&Visit::typed_count>("page.typed_count"),
    from<&Visit::source>("source.source"),
    from<&Visit::device_id>("visit.originator_cache_guid"),
};
constexpr std::array kPageFields {
    from<&Visit::url_id>("page.id"),
    from<&Visit::url>("page.url"),
    from<&Visit::title>("page.title"),
    from<&Visit::visited>("page.last_visit_time", Clock::webkit),
    from<&Visit::visit_count>("page.visit_count"),
    from<&Visit::typed_count>("page.typed_count"),
};

} // namespace

Result<void> each_visit(sqlite::Database const& database, Context& context,
    std::function<Result<void>(Visit&, Origin)> const& visit)
{
    if (!database.empty() && !database.had_table("visits"))
        return fail(Fault::unsupported, "the database has no table `visits`");
    Select const visits { .alias = "visit",
        .table = "visits",
        .joins = { { "page", "urls", "id", "visit.url" }, { "source", "visit_source", "id", "visit.id" } },
        .deleted = true };
    auto const told = [&](Visit& row, Origin origin) {
        if (row.device_id && row.device_id->empty())
            row.device_id.reset();
        if (!row.device_id && row.source == kSynced)
            row.device_id = kSomeOtherDevice;
        return visit(row, origin);
    };
    EXHIBIT_TRY(each_row<Visit>(database, context, visits, kVisitFields, told));
    if (!database.has_column("urls", "id") || !database.has_column("visits", "url"))
        return {};
    Select const pages { .alias = "page",
        .table = "urls",
        .where = "page.id NOT IN (SELECT url FROM visits WHERE url IS NOT NULL)",
        .deleted = true };
    return each_row<Visit>(database, context, pages, kPageFields, visit);
}

} // namespace exhibit::chrome
