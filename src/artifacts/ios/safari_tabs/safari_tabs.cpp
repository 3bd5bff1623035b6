#include "artifacts/common/plist_file.hpp"
#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/safari_time.hpp"

#include <array>

namespace exhibit::ios::safari_tabs {
namespace {

using namespace std::string_view_literals;

struct Bookmark {
    std::optional<std::int64_t> bookmark_id;
    std::optional<std::int64_t> parent_id;
    std::optional<std::int64_t> item_kind;
    std::optional<std::int64_t> item_subkind;
    std::optional<std::string_view> title;
    std::optional<std::string_view> url;
    Time modified;
    Time closed;
    Time last_viewed;
    Time last_visited;
    std::optional<bool> opened_from_link;
    std::optional<bool> is_private;
    std::optional<bool> is_deleted;
    std::optional<std::string_view> uuid;
    // Not stored: what some of the above is read from.
    std::optional<Bytes> extra;
    std::optional<Bytes> local;
};

constexpr auto kBookmarkId
    = column<&Bookmark::bookmark_id>("bookmark_id", "Number of the tab, bookmark or folder.").mvt("-");
constexpr auto kParentId
    = column<&Bookmark::parent_id>("parent_id", "The folder or group of tabs that holds it.").mvt("-");
constexpr auto kItemKind = column<&Bookmark::item_kind>("item_kind", "0 a page, 1 a folder.").mvt("-");
constexpr auto kItemSubkind
    = column<&Bookmark::item_subkind>("item_subkind", "What kind of folder, in the browser's code.").mvt("-");
constexpr auto kTitle = column<&Bookmark::title>("title", Is::free_text, "Title.").mvt("-");
constexpr auto kUrl = column<&Bookmark::url>("url", Is::url, "The page.").mvt("-");
constexpr auto kModified
    = column<&Bookmark::modified>("modified", Clock::mac, "When it was last changed.").mvt("-");
constexpr auto kIsDeleted
    = column<&Bookmark::is_deleted>("is_deleted", "Whether it was deleted, and only the row is left.")
          .mvt("-");
constexpr auto kUuid
    = column<&Bookmark::uuid>("uuid", Is::opaque, "Its own number, made up by a device.").mvt("-");

constexpr std::array kTabColumns {
    kBookmarkId,
    kParentId,
    kItemKind,
    kItemSubkind,
    kTitle,
    kUrl,
    kModified,
    column<&Bookmark::closed>("closed", Clock::mac, "When the tab was closed.").mvt("-"),
    column<&Bookmark::last_viewed>("last_viewed", Clock::mac, "When the tab was last looked at.").mvt("-"),
    column<&Bookmark::last_visited>("last_visited", Clock::mac, "When the page was last opened.").mvt("-"),
    column<&Bookmark::opened_from_link>("opened_from_link", "Whether another page or app opened the tab.")
        .mvt("-"),
    column<&Bookmark::is_private>("is_private", "Whether it is a private tab.").mvt("-"),
    kIsDeleted,
    kUuid,
};
constexpr std::array kTabEvents {
    Event { "last_viewed", "tab_viewed", "{url} {title}" },
    Event { "last_visited", "tab_visited", "{url} {title}" },
    Event { "closed", "tab_closed", "{url} {title}" },
};
constexpr auto kTabs = table<Bookmark>("ios_safari_viewed_tab",
    "One row per open or recently closed Safari tab that was looked at, as far as it tells.",
    Relation::visited, kTabColumns, kTabEvents);

constexpr std::array kBookmarkColumns {
    kBookmarkId,
    kParentId,
    kItemKind,
    kItemSubkind,
    kTitle,
    kUrl,
    kModified,
    kIsDeleted,
    kUuid,
};
constexpr auto kBookmarks = table<Bookmark>("ios_safari_bookmark",
    "One row per bookmark or folder, and per tab of which nothing tells that it was looked at, such as one "
    "of "
    "another device.",
    Relation::context, kBookmarkColumns);

constexpr std::array kFields {
    from<&Bookmark::bookmark_id>("bookmark.id"),
    from<&Bookmark::parent_id>("bookmark.parent"),
    from<&Bookmark::item_kind>("bookmark.type"),
    from<&Bookmark::item_subkind>("bookmark.subtype"),
    from<&Bookmark::title>("bookmark.title"),
    from<&Bookmark::url>("bookmark.url"),
    from<&Bookmark::modified>("bookmark.last_modified", Clock::mac),
    from<&Bookmark::closed>("bookmark.date_closed", Clock::mac),
    from<&Bookmark::is_deleted>("bookmark.deleted"),
    from<&Bookmark::uuid>("bookmark.external_uuid"),
    from<&Bookmark::extra>("bookmark.extra_attributes"),
    from<&Bookmark::local>("bookmark.local_attributes"),
};

template<typename Read>
void with_list(std::optional<Bytes> const& bytes, Context& context, Origin origin, Read const& read)
{
    if (!bytes || bytes->empty())
        return;
    auto const document = plist::Document::parse(*bytes, context.limits().depth);
    if (document)
        read(document->root());
    else
        context.note(
            Level::warning, document.error().fault, "the attributes of a tab cannot be read", origin);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("bookmarks"))
        return fail(Fault::unsupported, "the database has no table `bookmarks`");
    return each_row<Bookmark>(database, context,
        { .alias = "bookmark", .table = "bookmarks", .deleted = true }, kFields,
        [&](Bookmark& row, Origin origin) {
            row.modified = ios::safari_time(row.modified);
            row.closed = ios::safari_time(row.closed);
            with_list(row.extra, context, origin, [&](plist::Value const& root) {
                row.last_viewed = ios::safari_time(plist_time(root.find("DateLastViewed")));
                row.opened_from_link = root.find("OpenedFromLink").as_bool();
            });
            with_list(row.local, context, origin, [&](plist::Value const& root) {
                row.last_visited = ios::safari_time(plist_time(root.find("LastVisitTime")));
                row.is_private = root.find("IsPrivateBrowsing").as_bool();
            });
            bool const is_viewed = !row.last_viewed.absent() || !row.last_visited.absent()
                || !row.closed.absent() || row.opened_from_link.has_value() || row.is_private.has_value();
            return context.add(is_viewed ? kTabs : kBookmarks, row, origin);
        });
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Safari/SafariTabs.db"sv,
    "/private/var/mobile/Library/Safari/Bookmarks.db"sv,
    "/private/var/mobile/Library/Safari/Profiles/*/SafariTabs.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/SafariTabs.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/Profiles/*/SafariTabs.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/Bookmarks.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kTabs, &kBookmarks };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.safari_tabs",
    .title = "Safari tabs and bookmarks",
    .doc = "Open and recently closed tabs of iOS 15 and later, and bookmarks. Read from SafariTabs.db and "
           "Bookmarks.db.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::safari_tabs
