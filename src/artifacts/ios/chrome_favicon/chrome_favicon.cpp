#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::chrome_favicon {
namespace {

using namespace std::string_view_literals;

struct Favicon {
    std::optional<std::int64_t> icon_id;
    std::optional<std::string_view> url;
    std::optional<std::string_view> icon_url;
    Time icon_updated;
    Time icon_requested;
};

constexpr std::array kColumns {
    column<&Favicon::icon_id>("icon_id", "Number of the icon.").mvt("-"),
    column<&Favicon::url>("url", Is::url, "The page.").mvt("url"),
    column<&Favicon::icon_url>("icon_url", Is::url, "Its icon.").mvt("icon_url"),
    column<&Favicon::icon_updated>("icon_updated", Clock::webkit, "When the icon was last fetched.")
        .mvt("isodate+timestamp"),
    column<&Favicon::icon_requested>("icon_requested", Clock::webkit, "When the icon was last needed.")
        .mvt("-"),
};
constexpr std::array kEvents {
    Event { "icon_updated", "favicon", "{url} {icon_url}" },
    Event { "icon_requested", "favicon", "{url} {icon_url}" },
};
constexpr auto kFavicons
    = table<Favicon>("ios_chrome_favicon", "One row per page and size of its icon that Chrome keeps.",
        Relation::visited, kColumns, kEvents, "chrome_favicon");

constexpr std::array kFields {
    from<&Favicon::icon_id>("mapping.icon_id"),
    from<&Favicon::url>("mapping.page_url"),
    from<&Favicon::icon_url>("icon.url"),
    from<&Favicon::icon_updated>("bitmap.last_updated", Clock::webkit),
    from<&Favicon::icon_requested>("bitmap.last_requested", Clock::webkit),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("icon_mapping"))
        return fail(Fault::unsupported, "the database has no table `icon_mapping`");
    Select const mappings { .alias = "mapping",
        .table = "icon_mapping",
        .joins = { { "icon", "favicons", "id", "mapping.icon_id" },
            { "bitmap", "favicon_bitmaps", "icon_id", "mapping.icon_id" } },
        .deleted = true };
    return each_row<Favicon>(database, context, mappings, kFields,
        [&](Favicon& row, Origin origin) { return context.add(kFavicons, row, origin); });
}

constexpr std::array kPaths {
    "/private/var/mobile/Containers/Data/Application/*/Library/Application Support/Google/Chrome/*/Favicons"sv,
};
constexpr std::array<Table const*, 1> kTables { &kFavicons };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.chrome_favicon",
    .title = "Chrome page icons",
    .doc = "Pages whose icons Chrome keeps, in every profile; they can outlive the history. Read from the "
           "file Favicons.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::chrome_favicon
