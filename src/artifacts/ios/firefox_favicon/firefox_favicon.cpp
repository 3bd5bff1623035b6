#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::firefox_favicon {
namespace {

using namespace std::string_view_literals;

struct Favicon {
    std::optional<std::int64_t> icon_id;
    std::optional<std::string_view> icon_url;
    std::optional<std::int64_t> width;
    std::optional<std::int64_t> height;
    std::optional<std::int64_t> icon_type;
    Time icon_updated;
    std::optional<std::int64_t> url_id;
    std::optional<std::string_view> url;
    std::optional<std::string_view> title;
};

constexpr std::array kColumns {
    column<&Favicon::icon_id>("icon_id", "Number of the icon.").mvt("id"),
    column<&Favicon::icon_url>("icon_url", Is::url, "The icon.").mvt("url"),
    column<&Favicon::width>("width", "Points.").mvt("width"),
    column<&Favicon::height>("height", "Points.").mvt("height"),
    column<&Favicon::icon_type>("icon_type", "Kind of icon, in the browser's code.").mvt("type"),
    column<&Favicon::icon_updated>("icon_updated", Clock::unix_seconds,
        "When the icon was fetched; values too large for seconds count milliseconds.")
        .mvt("isodate"),
    column<&Favicon::url_id>("url_id", "Number of the page in the history.").mvt("history_id"),
    column<&Favicon::url>("url", Is::url, "The page.").mvt("history_url"),
    column<&Favicon::title>("title", Is::free_text, "Title of the page.").mvt("-"),
};
constexpr std::array kEvents { Event { "icon_updated", "favicon", "{url} {icon_url}" } };
constexpr auto kFavicons
    = table<Favicon>("ios_firefox_favicon", "One row per icon that Firefox keeps, and page that has it.",
        Relation::visited, kColumns, kEvents, "firefox_favicon");

constexpr std::array kFields {
    from<&Favicon::icon_id>("icon.id"),
    from<&Favicon::icon_url>("icon.url"),
    from<&Favicon::width>("icon.width"),
    from<&Favicon::height>("icon.height"),
    from<&Favicon::icon_type>("icon.type"),
    from<&Favicon::icon_updated>("icon.date", Clock::unix_seconds),
    from<&Favicon::url_id>("site.siteID"),
    from<&Favicon::url>("page.url"),
    from<&Favicon::title>("page.title"),
};

/// Seconds by the first versions, milliseconds by later ones: no date is both.
Time icon_time(Time const& stored)
{
    constexpr double last_second = 1e11;
    if (auto const* number = std::get_if<std::int64_t>(&stored.raw);
        number != nullptr && *number > std::int64_t { 100'000'000'000 })
        return Time::unix_millis(*number);
    if (auto const* real = std::get_if<double>(&stored.raw);
        real != nullptr && *real > last_second && *real < 1e15) {
        auto time = Time::unix_millis(static_cast<std::int64_t>(*real));
        time.raw = *real;
        return time;
    }
    return stored;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("favicons"))
        return fail(Fault::unsupported, "the database has no table `favicons`");
    Select const icons { .alias = "icon",
        .table = "favicons",
        .joins
        = { { "site", "favicon_sites", "faviconID", "icon.id" }, { "page", "history", "id", "site.siteID" } },
        .deleted = true };
    return each_row<Favicon>(database, context, icons, kFields, [&](Favicon& row, Origin origin) {
        row.icon_updated = icon_time(row.icon_updated);
        return context.add(kFavicons, row, origin);
    });
}

constexpr std::array kPaths {
    "/private/var/mobile/Containers/Shared/AppGroup/*/profile.profile/browser.db"sv,
    "/private/var/mobile/profile.profile/browser.db"sv,
};
constexpr std::array<Table const*, 1> kTables { &kFavicons };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.firefox_favicon",
    .title = "Firefox page icons",
    .doc = "Icons of pages opened in Firefox, as old versions kept them. Read from the tables `favicons` and "
           "`favicon_sites` of "
           "browser.db.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::firefox_favicon
