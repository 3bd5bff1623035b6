#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::chrome_history {
namespace {

using namespace std::string_view_literals;

struct Visit {
    std::optional<std::int64_t> visit_id;
    std::optional<std::int64_t> url_id;
    std::optional<std::string_view> url;
    std::optional<std::string_view> title;
    Time visited;
    std::optional<std::int64_t> from_visit;
    std::optional<std::int64_t> transition;
    std::optional<std::int64_t> visit_duration;
    std::optional<std::int64_t> visit_count;
    std::optional<std::int64_t> typed_count;
};

constexpr std::array kColumns {
    column<&Visit::visit_id>("visit_id", "Number of the visit; absent for a page whose visits are gone.")
        .mvt("visit_id"),
    column<&Visit::url_id>("url_id", "Number of the page; all visits of a page share it.").mvt("id"),
    column<&Visit::url>("url", Is::url, "The page; absent when its row is gone and only the visit is left.")
        .mvt("url"),
    column<&Visit::title>("title", Is::free_text, "Title of the page.").mvt("-"),
    column<&Visit::visited>("visited", Clock::webkit, "When the page was opened.").mvt("isodate+timestamp"),
    column<&Visit::from_visit>("from_visit", "The visit that led to this one.").mvt("redirect_source"),
    column<&Visit::transition>(
        "transition", "How it was come to, in the browser's code; its upper bits tell redirects.")
        .mvt("-"),
    column<&Visit::visit_duration>("visit_duration", "Microseconds that the page was open.").mvt("-"),
    column<&Visit::visit_count>("visit_count", "How often the page was opened in all.").mvt("-"),
    column<&Visit::typed_count>("typed_count", "How often its address was typed.").mvt("-"),
};
constexpr std::array kEvents { Event { "visited", "visit", "{url} {title}" } };
constexpr auto kVisits = table<Visit>("ios_chrome_visit",
    "One row per page visit in Chrome, and one for each page whose visits are gone.", Relation::visited,
    kColumns, kEvents, "chrome_history");

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
};
constexpr std::array kPageFields {
    from<&Visit::url_id>("page.id"),
    from<&Visit::url>("page.url"),
    from<&Visit::title>("page.title"),
    from<&Visit::visited>("page.last_visit_time", Clock::webkit),
    from<&Visit::visit_count>("page.visit_count"),
    from<&Visit::typed_count>("page.typed_count"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.has_table("visits"))
        return fail(Fault::unsupported, "the database has no table `visits`");
    auto const add = [&](Visit& row, Origin origin) { return context.add(kVisits, row, origin); };
    Select const visits { .alias = "visit",
        .table = "visits",
        .joins = { { "page", "urls", "id", "visit.url" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Visit>(database, context, visits, kVisitFields, add));
    if (!database.has_column("urls", "id") || !database.has_column("visits", "url"))
        return {};
    Select const pages { .alias = "page",
        .table = "urls",
        .where = "page.id NOT IN (SELECT url FROM visits WHERE url IS NOT NULL)",
        .deleted = true };
    return each_row<Visit>(database, context, pages, kPageFields, add);
}

// Every profile has a folder: Default, Profile 1 and so on.
constexpr std::array kPaths {
    "/private/var/mobile/Containers/Data/Application/*/Library/Application Support/Google/Chrome/*/History"sv,
};
constexpr std::array<Table const*, 1> kTables { &kVisits };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.chrome_history",
    .title = "Chrome history",
    .doc = "Pages opened in Chrome, in every profile. Read from the tables `visits` and `urls` of the file "
           "History. Chrome keeps some "
           "three months.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::chrome_history
