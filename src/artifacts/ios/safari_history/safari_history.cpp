#include "artifacts/common/other_device.hpp"
#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/safari_time.hpp"

#include <array>

namespace exhibit::ios::safari_history {
namespace {

using namespace std::string_view_literals;

struct Visit {
    std::optional<std::int64_t> visit_id;
    std::optional<std::int64_t> item_id;
    std::optional<std::string_view> url;
    std::optional<std::string_view> title;
    Time visited;
    std::optional<std::int64_t> redirect_source;
    std::optional<std::int64_t> redirect_destination;
    std::optional<bool> load_successful;
    std::optional<bool> http_non_get;
    std::optional<bool> synthesized;
    std::optional<std::int64_t> origin;
    std::optional<std::string_view> device_id;
    std::optional<std::int64_t> visit_count;
    std::optional<std::string_view> profile;
};

constexpr std::array kVisitColumns {
    column<&Visit::visit_id>("visit_id", "Number of the visit; absent for a page whose visits are gone.")
        .mvt("visit_id"),
    column<&Visit::item_id>("item_id", "Number of the page; all visits of a page share it.").mvt("id"),
    column<&Visit::url>("url", Is::url, "The page; absent when its row is gone and only the visit is left.")
        .mvt("url"),
    column<&Visit::title>("title", Is::free_text, "Title of the page.").mvt("-"),
    column<&Visit::visited>("visited", Clock::mac,
        "When the page was opened. Values after 2032 by this clock are seconds since 1970, as iOS 26 writes "
        "them.")
        .mvt("isodate+timestamp"),
    column<&Visit::redirect_source>("redirect_source", "The visit that redirected to this one.")
        .mvt("redirect_source"),
    column<&Visit::redirect_destination>("redirect_destination", "The visit that this one redirected to.")
        .mvt("redirect_destination"),
    column<&Visit::load_successful>("load_successful", "Whether the page was loaded.").mvt("-"),
    column<&Visit::http_non_get>("http_non_get", "Whether it was requested by something else than GET.")
        .mvt("-"),
    column<&Visit::synthesized>(
        "synthesized", "Whether the browser made the visit up, for instance from another device's.")
        .mvt("-"),
    column<&Visit::origin>("origin", "0 visited on this device, 1 on another of the same account.").mvt("-"),
    column<&Visit::device_id>("device_id", Is::opaque,
        "`another device` where `origin` is 1; which, is not kept. Absent for visits on this one.")
        .mvt("-"),
    column<&Visit::visit_count>("visit_count", "How often the page was opened in all.").mvt("-"),
    column<&Visit::profile>("profile", Is::opaque,
        "UUID of the Safari profile, made up by the phone; absent for the default one.")
        .mvt("-"),
};
constexpr std::array kVisitEvents { Event { "visited", "visit", "{url} {title}" } };
constexpr auto kVisits = table<Visit>("ios_safari_visit",
    "One row per page visit in Safari, and one for each page whose visits are gone.", Relation::visited,
    kVisitColumns, kVisitEvents, "safari_history");

struct Tombstone {
    std::optional<std::int64_t> tombstone_id;
    Time period_start;
    Time period_end;
    std::optional<std::string_view> url;
    std::optional<std::string_view> profile;
};

constexpr std::array kTombstoneColumns {
    column<&Tombstone::tombstone_id>("tombstone_id", "Number of the deletion.").mvt("-"),
    column<&Tombstone::period_start>(
        "period_start", Clock::mac, "Start of the period whose visits were deleted.")
        .mvt("-"),
    column<&Tombstone::period_end>(
        "period_end", Clock::mac, "End of that period: about when it was deleted, if all was.")
        .mvt("-"),
    column<&Tombstone::url>("url", Is::url,
        "The page whose visits were deleted; absent when all pages were, or when only "
        "a hash of it was kept.")
        .mvt("-"),
    column<&Tombstone::profile>("profile", Is::opaque,
        "UUID of the Safari profile, made up by the phone; absent for the default one.")
        .mvt("-"),
};
constexpr std::array kTombstoneEvents { Event {
    "period_end", "history_deleted", "history deleted back to {period_start} {url}" } };
constexpr auto kTombstones = table<Tombstone>("ios_safari_tombstone",
    "One row per deletion of history that the phone remembers, to pass it on to the person's other devices.",
    Relation::visited, kTombstoneColumns, kTombstoneEvents);

constexpr std::array kVisitFields {
    from<&Visit::visit_id>("visit.id"),
    from<&Visit::item_id>("visit.history_item"),
    from<&Visit::url>("item.url"),
    from<&Visit::title>("visit.title"),
    from<&Visit::visited>("visit.visit_time", Clock::mac),
    from<&Visit::redirect_source>("visit.redirect_source"),
    from<&Visit::redirect_destination>("visit.redirect_destination"),
    from<&Visit::load_successful>("visit.load_successful"),
    from<&Visit::http_non_get>("visit.http_non_get"),
    from<&Visit::synthesized>("visit.synthesized"),
    from<&Visit::origin>("visit.origin"),
    from<&Visit::visit_count>("item.visit_count"),
};
constexpr std::array kItemFields {
    from<&Visit::item_id>("item.id"),
    from<&Visit::url>("item.url"),
    from<&Visit::visit_count>("item.visit_count"),
};
constexpr std::array kTombstoneFields {
    from<&Tombstone::tombstone_id>("stone.id"),
    from<&Tombstone::period_start>("stone.start_time", Clock::mac),
    from<&Tombstone::period_end>("stone.end_time", Clock::mac),
    from<&Tombstone::url>("stone.url"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("history_visits") && !database.had_table("history_items"))
        return fail(Fault::unsupported, "the database has no table `history_visits`, nor `history_items`");
    if (!database.empty() && !database.had_table("history_visits"))
        context.note(Level::warning, Fault::missing, "the database has no table `history_visits`");
    std::optional<std::string_view> profile;
    if (auto const name = ios::safari_profile(input.path); !name.empty())
        profile = name;

    auto const add = [&](Visit& row, Origin origin) {
        row.visited = ios::safari_time(row.visited);
        row.profile = profile;
        if (row.origin == 1)
            row.device_id = kSomeOtherDevice;
        return context.add(kVisits, row, origin);
    };
    Select const visits { .alias = "visit",
        .table = "history_visits",
        .joins = { { "item", "history_items", "id", "visit.history_item" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Visit>(database, context, visits, kVisitFields, add));
    Select items { .alias = "item", .table = "history_items", .deleted = true };
    if (database.has_column("history_items", "id") && database.has_column("history_visits", "history_item"))
        items.where
            = "item.id NOT IN (SELECT history_item FROM history_visits WHERE history_item IS NOT NULL)";
    EXHIBIT_TRY(each_row<Visit>(database, context, items, kItemFields, add));
    return each_row<Tombstone>(database, context,
        { .alias = "stone", .table = "history_tombstones", .deleted = true }, kTombstoneFields,
        [&](Tombstone& row, Origin origin) {
            row.period_start = ios::safari_time(row.period_start);
            row.period_end = ios::safari_time(row.period_end);
            row.profile = profile;
            return context.add(kTombstones, row, origin);
        });
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Safari/History.db"sv,
    "/private/var/mobile/Library/Safari/Profiles/*/History.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/History.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/Profiles/*/History.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kVisits, &kTombstones };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.safari_history",
    .title = "Safari history",
    .doc
    = "Pages opened in Safari, with redirects, in every profile; and what is known of deleted history. "
      "Read from the tables "
      "`history_visits`, `history_items` and `history_tombstones`. Since iOS 13 backups hold it only "
      "when they are encrypted. "
      "Safari keeps a year at most. Where tables were dropped, visits and pages that are left of them have a "
      "row each, with the same `item_id`.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
    .kept = Kept::if_encrypted,
};

} // namespace exhibit::ios::safari_history
