#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/safari_time.hpp"

#include <array>

namespace exhibit::ios::safari_favicon {
namespace {

using namespace std::string_view_literals;

struct Favicon {
    std::optional<std::string_view> url;
    std::optional<std::string_view> icon_url;
    Time icon_updated;
    std::string_view icon_state;
    std::optional<std::int64_t> width;
    std::optional<std::int64_t> height;
};

constexpr std::array kColumns {
    column<&Favicon::url>("url", Is::url, "The page; absent when its row is gone and only the icon is left.")
        .mvt("url"),
    column<&Favicon::icon_url>("icon_url", Is::url, "Its icon.").mvt("icon_url"),
    column<&Favicon::icon_updated>("icon_updated", Clock::mac, "When the icon was fetched, or refused.")
        .mvt("isodate+timestamp"),
    column<&Favicon::icon_state>("icon_state", Is::opaque, "valid or rejected: one of two fixed words.")
        .mvt("type"),
    column<&Favicon::width>("width", "Points.").mvt("-"),
    column<&Favicon::height>("height", "Points.").mvt("-"),
};
constexpr std::array kEvents { Event { "icon_updated", "favicon", "{url} {icon_url}" } };
constexpr auto kFavicons = table<Favicon>("ios_safari_favicon",
    "One row per page whose icon Safari keeps or refused; stays when the history is deleted.",
    Relation::visited, kColumns, kEvents, "safari_favicon");

constexpr std::array kValidFields {
    from<&Favicon::url>("page.url"),
    from<&Favicon::icon_url>("icon.url"),
    from<&Favicon::icon_updated>("icon.timestamp", Clock::mac),
    from<&Favicon::width>("icon.width"),
    from<&Favicon::height>("icon.height"),
};
constexpr std::array kIconFields {
    from<&Favicon::icon_url>("icon.url"),
    from<&Favicon::icon_updated>("icon.timestamp", Clock::mac),
    from<&Favicon::width>("icon.width"),
    from<&Favicon::height>("icon.height"),
};
constexpr std::array kRejectedFields {
    from<&Favicon::url>("refused.page_url"),
    from<&Favicon::icon_url>("refused.icon_url"),
    from<&Favicon::icon_updated>("refused.timestamp", Clock::mac),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("page_url") && !database.had_table("rejected_resources"))
        return fail(
            Fault::unsupported, "the database has neither a table `page_url` nor `rejected_resources`");
    auto const add = [&](std::string_view state) {
        return [&context, state](Favicon& row, Origin origin) {
            row.icon_state = state;
            row.icon_updated = ios::safari_time(row.icon_updated);
            return context.add(kFavicons, row, origin);
        };
    };
    Select const pages { .alias = "page",
        .table = "page_url",
        .joins = { { "icon", "icon_info", "uuid", "page.uuid" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Favicon>(database, context, pages, kValidFields, add("valid")));
    if (database.has_column("page_url", "uuid") && database.has_column("icon_info", "uuid")) {
        Select const alone { .alias = "icon",
            .table = "icon_info",
            .where = "icon.uuid NOT IN (SELECT uuid FROM page_url WHERE uuid IS NOT NULL)",
            .deleted = true };
        EXHIBIT_TRY(each_row<Favicon>(database, context, alone, kIconFields, add("valid")));
    }
    return each_row<Favicon>(database, context,
        { .alias = "refused", .table = "rejected_resources", .deleted = true }, kRejectedFields,
        add("rejected"));
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Image Cache/Favicons/Favicons.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Image Cache/Favicons/Favicons.db"sv,
};
constexpr std::array<Table const*, 1> kTables { &kFavicons };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.safari_favicon",
    .title = "Safari page icons",
    .doc = "Pages whose icons Safari keeps, or refused to keep; they stay when the history is deleted. Read "
           "from Favicons.db.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::safari_favicon
