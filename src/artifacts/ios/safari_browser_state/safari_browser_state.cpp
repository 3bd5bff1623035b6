#include "artifacts/common/plist_file.hpp"
#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/safari_time.hpp"

#include <array>

namespace exhibit::ios::safari_browser_state {
namespace {

using namespace std::string_view_literals;

struct Tab {
    std::optional<std::int64_t> tab_id;
    std::optional<std::string_view> uuid;
    std::optional<std::string_view> title;
    std::optional<std::string_view> url;
    std::optional<std::string_view> visible_url;
    Time last_viewed;
    std::optional<bool> is_private;
    std::optional<bool> opened_from_link;
    std::optional<std::string_view> profile;
    std::optional<Bytes> session; // not stored
    std::optional<Bytes> old_session; // not stored
};

constexpr std::array kTabColumns {
    column<&Tab::tab_id>("tab_id", "Number of the tab.").mvt("-"),
    column<&Tab::uuid>("uuid", Is::opaque, "The tab's own number, made up by the device.").mvt("-"),
    column<&Tab::title>("title", Is::free_text, "Title of the page.").mvt("tab_title"),
    column<&Tab::url>("url", Is::url, "The page.").mvt("tab_url"),
    column<&Tab::visible_url>("visible_url", Is::url, "The page as the person was shown it.")
        .mvt("tab_visible_url"),
    column<&Tab::last_viewed>("last_viewed", Clock::mac,
        "When the tab was last looked at. Values after 2032 by this clock are seconds since 1970, as iOS 26 "
        "writes them.")
        .mvt("last_viewed_timestamp~"),
    column<&Tab::is_private>("is_private", "Whether it is a private tab.").mvt("-"),
    column<&Tab::opened_from_link>("opened_from_link", "Whether another page or app opened it.").mvt("-"),
    column<&Tab::profile>("profile", Is::opaque,
        "UUID of the Safari profile, made up by the phone; absent for the default one.")
        .mvt("-"),
};
constexpr std::array kTabEvents { Event { "last_viewed", "tab_viewed", "{url} {title}" } };
constexpr auto kTabs = table<Tab>("ios_safari_tab", "One row per open Safari tab.", Relation::visited,
    kTabColumns, kTabEvents, "safari_browser_state");

struct TabEntry {
    std::optional<std::int64_t> tab_id;
    std::int64_t position = 0;
    std::optional<std::string> title;
    std::optional<std::string> url;
    std::optional<std::string> original_url;
    std::optional<std::int64_t> data_length;
};

constexpr std::array kEntryColumns {
    column<&TabEntry::tab_id>("tab_id", "The tab; absent when it was closed and only its history is left.")
        .mvt("-"),
    column<&TabEntry::position>("position", "Place in the tab's own history, oldest first, from 0.").mvt("-"),
    column<&TabEntry::title>("title", Is::free_text, "Title of the page.").mvt("-"),
    column<&TabEntry::url>("url", Is::url, "The page.").mvt("-"),
    column<&TabEntry::original_url>("original_url", Is::url, "The page that was asked for, before redirects.")
        .mvt("-"),
    column<&TabEntry::data_length>("data_length", "Bytes of what was kept of the page.").mvt("-"),
};
constexpr auto kEntries = table<TabEntry>("ios_safari_tab_entry",
    "One row per page in the history of an open tab, or of a closed one that left it behind.",
    Relation::visited, kEntryColumns);

constexpr std::array kTabFields {
    from<&Tab::tab_id>("tab.id"),
    from<&Tab::uuid>("tab.uuid"),
    from<&Tab::title>("tab.title"),
    from<&Tab::url>("tab.url"),
    from<&Tab::visible_url>("tab.user_visible_url"),
    from<&Tab::last_viewed>("tab.last_viewed_time", Clock::mac),
    from<&Tab::is_private>("tab.private_browsing"),
    from<&Tab::opened_from_link>("tab.opened_from_link"),
    from<&Tab::session>("session.session_data"),
    from<&Tab::old_session>("tab.session_data"),
};

struct Session {
    std::optional<Bytes> data;
};
constexpr std::array kSessionFields { from<&Session::data>("session.session_data") };

/// The property list of a session stands behind four bytes of a length.
Bytes list_in(Bytes session)
{
    constexpr std::size_t header = 4;
    bool const begins_at_once
        = as_text(session).starts_with("bplist") || as_text(session).starts_with("<?xml");
    return begins_at_once || session.size() < header ? session : session.subspan(header);
}

Result<void> add_entries(Bytes session, std::optional<std::int64_t> tab_id, Context& context, Origin origin)
{
    auto const document = plist::Document::parse(list_in(session), context.limits().depth);
    if (!document) {
        context.note(Level::warning, document.error().fault, "the history of a tab cannot be read", origin);
        return {};
    }
    TabEntry entry;
    entry.tab_id = tab_id;
    for (auto const& page :
        document->root().find("SessionHistory").find("SessionHistoryEntries").elements()) {
        entry.title = page.find("SessionHistoryEntryTitle").as_text();
        entry.url = page.find("SessionHistoryEntryURL").as_text();
        entry.original_url = page.find("SessionHistoryEntryOriginalURL").as_text();
        entry.data_length.reset();
        if (auto const data = page.find("SessionHistoryEntryData").as_data())
            entry.data_length = static_cast<std::int64_t>(data->size());
        EXHIBIT_TRY(context.add(kEntries, entry, origin));
        ++entry.position;
    }
    return {};
}

/// What is left of tabs whose own row is gone.
Result<void> read_sessions_alone(sqlite::Database const& database, Context& context)
{
    if (!database.has_column("tabs", "uuid") || !database.has_column("tab_sessions", "tab_uuid"))
        return {};
    Select const alone { .alias = "session",
        .table = "tab_sessions",
        .where = "session.tab_uuid NOT IN (SELECT uuid FROM tabs WHERE uuid IS NOT NULL)",
        .deleted = true };
    return each_row<Session>(
        database, context, alone, kSessionFields, [&](Session& row, Origin origin) -> Result<void> {
            return row.data && !row.data->empty() ? add_entries(*row.data, std::nullopt, context, origin)
                                                  : Result<void> {};
        });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("tabs"))
        return fail(Fault::unsupported, "the database has no table `tabs`");
    std::optional<std::string_view> profile;
    if (auto const name = ios::safari_profile(input.path); !name.empty())
        profile = name;
    // A tab without a session is kept.
    Select const tabs { .alias = "tab",
        .table = "tabs",
        .joins = { { "session", "tab_sessions", "tab_uuid", "tab.uuid" } },
        .once = true,
        .deleted = true };
    EXHIBIT_TRY(
        each_row<Tab>(database, context, tabs, kTabFields, [&](Tab& row, Origin origin) -> Result<void> {
            row.last_viewed = ios::safari_time(row.last_viewed);
            row.profile = profile;
            EXHIBIT_TRY(context.add(kTabs, row, origin));
            auto const session = row.session ? row.session : row.old_session;
            return session && !session->empty() ? add_entries(*session, row.tab_id, context, origin)
                                                : Result<void> {};
        }));
    return read_sessions_alone(database, context);
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Safari/BrowserState.db"sv,
    "/private/var/mobile/Library/Safari/Profiles/*/BrowserState.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/BrowserState.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/Profiles/*/BrowserState.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kTabs, &kEntries };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.safari_browser_state",
    .title = "Safari tabs",
    .doc = "Open tabs of Safari, each with the pages visited in it, in every profile. Read from "
           "BrowserState.db; iOS 15 and later keep "
           "tabs in SafariTabs.db.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::safari_browser_state
