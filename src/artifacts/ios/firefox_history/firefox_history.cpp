#include "artifacts/common/other_device.hpp"
#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::firefox_history {
namespace {

using namespace std::string_view_literals;

struct Visit {
    std::optional<std::int64_t> visit_id;
    std::optional<std::int64_t> url_id;
    std::optional<std::string_view> url;
    std::optional<std::string_view> title;
    Time visited;
    std::optional<std::int64_t> visit_type;
    std::optional<bool> is_local;
    std::optional<std::string_view> device_id;
};

constexpr std::array kVisitColumns {
    column<&Visit::visit_id>("visit_id", "Number of the visit; absent for a page whose visits are gone.")
        .mvt("id"),
    column<&Visit::url_id>("url_id", "Number of the page; all visits of a page share it.").mvt("-"),
    column<&Visit::url>("url", Is::url, "The page; absent when its row is gone and only the visit is left.")
        .mvt("url"),
    column<&Visit::title>("title", Is::free_text, "Title of the page.").mvt("title"),
    column<&Visit::visited>("visited", Clock::unix_micros, "When the page was opened.").mvt("isodate"),
    column<&Visit::visit_type>(
        "visit_type", "How it was come to: 1 link, 2 typed, 3 bookmark, 5 and 6 redirects.")
        .mvt("type"),
    column<&Visit::is_local>(
        "is_local", "Whether it was opened on this device, not on another of the same account.")
        .mvt("i1000000s_local#"),
    column<&Visit::device_id>("device_id", Is::opaque,
        "`another device` where `is_local` is false; which, is not kept. Absent for visits on this one.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "visited", "visit", "{url} {title}" } };
constexpr auto kVisits = table<Visit>("ios_firefox_visit",
    "One row per page visit in Firefox before 2022, and one for each page whose visits are gone.",
    Relation::visited, kVisitColumns, kEvents, "firefox_history");

struct PlaceVisit {
    std::optional<std::int64_t> visit_id;
    std::optional<std::int64_t> url_id;
    std::optional<std::string_view> url;
    std::optional<std::string_view> title;
    std::optional<std::string_view> description;
    Time visited;
    std::optional<std::int64_t> from_visit;
    std::optional<std::int64_t> visit_type;
    std::optional<bool> is_local;
    std::optional<std::string_view> device_id;
};

constexpr std::array kPlaceColumns {
    column<&PlaceVisit::visit_id>("visit_id", "Number of the visit; absent for a page whose visits are gone.")
        .mvt("id"),
    column<&PlaceVisit::url_id>("url_id", "Number of the page; all visits of a page share it.").mvt("-"),
    column<&PlaceVisit::url>(
        "url", Is::url, "The page; absent when its row is gone and only the visit is left.")
        .mvt("url"),
    column<&PlaceVisit::title>("title", Is::free_text, "Title of the page.").mvt("title"),
    column<&PlaceVisit::description>(
        "description", Is::free_text, "Description that the page gives of itself.")
        .mvt("-"),
    column<&PlaceVisit::visited>("visited", Clock::unix_millis, "When the page was opened.").mvt("isodate"),
    column<&PlaceVisit::from_visit>("from_visit", "The visit that led to this one.").mvt("-"),
    column<&PlaceVisit::visit_type>(
        "visit_type", "How it was come to: 1 link, 2 typed, 3 bookmark, 5 and 6 redirects.")
        .mvt("type"),
    column<&PlaceVisit::is_local>(
        "is_local", "Whether it was opened on this device, not on another of the same account.")
        .mvt("is_local"),
    column<&PlaceVisit::device_id>("device_id", Is::opaque,
        "`another device` where `is_local` is false; which, is not kept. Absent for visits on this one.")
        .mvt("-"),
};
constexpr auto kPlaceVisits = table<PlaceVisit>("ios_firefox_place_visit",
    "One row per page visit in Firefox since 2022, and one for each page whose visits are gone.",
    Relation::visited, kPlaceColumns, kEvents, "firefox_history");

constexpr std::array kVisitFields {
    from<&Visit::visit_id>("visit.id"),
    from<&Visit::url_id>("visit.siteID"),
    from<&Visit::url>("page.url"),
    from<&Visit::title>("page.title"),
    from<&Visit::visited>("visit.date", Clock::unix_micros),
    from<&Visit::visit_type>("visit.type"),
    from<&Visit::is_local>("visit.is_local"),
};
constexpr std::array kPageFields {
    from<&Visit::url_id>("page.id"),
    from<&Visit::url>("page.url"),
    from<&Visit::title>("page.title"),
};
constexpr std::array kPlaceVisitFields {
    from<&PlaceVisit::visit_id>("visit.id"),
    from<&PlaceVisit::url_id>("visit.place_id"),
    from<&PlaceVisit::url>("page.url"),
    from<&PlaceVisit::title>("page.title"),
    from<&PlaceVisit::description>("page.description"),
    from<&PlaceVisit::visited>("visit.visit_date", Clock::unix_millis),
    from<&PlaceVisit::from_visit>("visit.from_visit"),
    from<&PlaceVisit::visit_type>("visit.visit_type"),
    from<&PlaceVisit::is_local>("visit.is_local"),
};
constexpr std::array kPlaceFields {
    from<&PlaceVisit::url_id>("page.id"),
    from<&PlaceVisit::url>("page.url"),
    from<&PlaceVisit::title>("page.title"),
    from<&PlaceVisit::description>("page.description"),
};

Result<void> read_visits(sqlite::Database const& database, Context& context)
{
    auto const add = [&](Visit& row, Origin origin) {
        if (row.is_local == false)
            row.device_id = kSomeOtherDevice;
        return context.add(kVisits, row, origin);
    };
    Select const visits { .alias = "visit",
        .table = "visits",
        .joins = { { "page", "history", "id", "visit.siteID" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Visit>(database, context, visits, kVisitFields, add));
    if (!database.has_column("history", "id") || !database.has_column("visits", "siteID"))
        return {};
    Select const pages { .alias = "page",
        .table = "history",
        .where = "page.id NOT IN (SELECT siteID FROM visits WHERE siteID IS NOT NULL)",
        .deleted = true };
    return each_row<Visit>(database, context, pages, kPageFields, add);
}

Result<void> read_places(sqlite::Database const& database, Context& context)
{
    auto const add = [&](PlaceVisit& row, Origin origin) {
        if (row.is_local == false)
            row.device_id = kSomeOtherDevice;
        return context.add(kPlaceVisits, row, origin);
    };
    Select const visits { .alias = "visit",
        .table = "moz_historyvisits",
        .joins = { { "page", "moz_places", "id", "visit.place_id" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<PlaceVisit>(database, context, visits, kPlaceVisitFields, add));
    if (!database.has_column("moz_places", "id") || !database.has_column("moz_historyvisits", "place_id"))
        return {};
    Select const pages { .alias = "page",
        .table = "moz_places",
        .where = "page.id NOT IN (SELECT place_id FROM moz_historyvisits WHERE place_id IS NOT NULL)",
        .deleted = true };
    return each_row<PlaceVisit>(database, context, pages, kPlaceFields, add);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("visits") && !database.had_table("moz_historyvisits"))
        return fail(Fault::unsupported, "the database has neither a table `visits` nor `moz_historyvisits`");
    EXHIBIT_TRY(read_visits(database, context));
    return read_places(database, context);
}

constexpr std::array kPaths {
    "/private/var/mobile/Containers/Shared/AppGroup/*/profile.profile/browser.db"sv,
    "/private/var/mobile/Containers/Shared/AppGroup/*/profile.profile/places.db"sv,
    "/private/var/mobile/profile.profile/browser.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kVisits, &kPlaceVisits };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.firefox_history",
    .title = "Firefox history",
    .doc = "Pages opened in Firefox. Read from browser.db of old versions and places.db of new ones.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::firefox_history
