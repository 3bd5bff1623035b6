#include "artifacts/common/plist_file.hpp"
#include "artifacts/ios/common/top_frame.hpp"

#include <array>
#include <set>

namespace exhibit::ios::webkit_session_resource_log {
namespace {

using namespace std::string_view_literals;

struct SessionDomain {
    std::optional<std::string> domain;
    std::optional<bool> had_interaction;
    Time last_interaction;
    Time last_seen;
    std::string_view direction;
};

constexpr std::array kDomainColumns {
    column<&SessionDomain::domain>("domain", Is::domain, "The domain.").mvt("origin"),
    column<&SessionDomain::had_interaction>(
        "had_interaction", "Whether the person did something on a page of it.")
        .mvt("user_interaction"),
    column<&SessionDomain::last_interaction>(
        "last_interaction", Clock::unix_seconds, "When the person last did; 0 or less for never.")
        .mvt("most_recent_interaction"),
    column<&SessionDomain::last_seen>("last_seen", Clock::unix_seconds, "When it was last loaded.")
        .mvt("last_seen"),
    column<&SessionDomain::direction>("direction", Is::opaque,
        "`opened` where the person did something on a page of it, or it was the page itself in a row of "
        "`ios_webkit_session_relation`; `loaded` where nothing tells that it was more than a part of pages.")
        .mvt("-"),
};
constexpr std::array kDomainEvents { Event { "last_seen", "domain_seen", "{domain}" } };
constexpr auto kDomains
    = table<SessionDomain>("ios_webkit_session_domain", "One row per domain that pages were loaded from.",
        Relation::visited, kDomainColumns, kDomainEvents, "webkit_session_resource_log");

struct SessionRelation {
    std::optional<std::string> domain;
    std::string_view relation;
    std::optional<std::string> other_domain;
    std::optional<std::int64_t> count;
    std::string_view direction;
};

constexpr std::array kRelationColumns {
    column<&SessionRelation::domain>("domain", Is::domain, "The first domain.").mvt("-"),
    column<&SessionRelation::relation>(
        "relation", Is::opaque, "What joins the two, such as topFrameUniqueRedirectsTo: a name of WebKit's.")
        .mvt("-"),
    column<&SessionRelation::other_domain>(
        "other_domain", Is::domain, "The second domain: that it redirected to, or was part of.")
        .mvt("-"),
    column<&SessionRelation::count>("count", "How often.").mvt("-"),
    column<&SessionRelation::direction>("direction", Is::opaque,
        "`opened` where both were pages, of which one led to the other; `loaded` where one was a part of the "
        "other.")
        .mvt("-"),
};
constexpr auto kRelations = table<SessionRelation>("ios_webkit_session_relation",
    "One row per pair of domains of which one redirected to the other, linked to it or was loaded inside it.",
    Relation::visited, kRelationColumns);

struct RelationKey {
    std::string_view name;
    Page page;
};

/// What ends in `Origins` was called so up to version 14 of the log, and ends in `Domains` since
/// (`ResourceLoadStatistics::encode` and `decode` in WebKit's source).
constexpr std::array kRelationKeys {
    RelationKey { "topFrameUniqueRedirectsFrom", Page::both },
    RelationKey { "topFrameUniqueRedirectsTo", Page::both },
    RelationKey { "topFrameLinkDecorationsFrom", Page::both },
    RelationKey { "topFrameLoadedThirdPartyScripts", Page::first },
    RelationKey { "subframeUnderTopFrameOrigins", Page::second },
    RelationKey { "subframeUnderTopFrameDomains", Page::second },
    RelationKey { "subresourceUnderTopFrameOrigins", Page::second },
    RelationKey { "subresourceUnderTopFrameDomains", Page::second },
    RelationKey { "subresourceUniqueRedirectsFrom", Page::none },
    RelationKey { "subresourceUniqueRedirectsTo", Page::none },
    RelationKey { "storageAccessUnderTopFrameOrigins", Page::second },
    RelationKey { "storageAccessUnderTopFrameDomains", Page::second },
};

/// WebKit writes seconds since 1970 (`WallTime::secondsSinceEpoch`).
Time web_time(plist::Value const& value)
{
    if (auto date = value.as_date())
        return *std::move(date);
    if (value.kind() == plist::Kind::integer)
        return Time::unix_seconds(value.as_int().value_or(0));
    if (auto const seconds = value.as_real())
        return Time::unix_seconds(*seconds);
    return {};
}

std::optional<std::string> domain_of(plist::Value const& statistics)
{
    auto domain = statistics.find("PrevalentResourceDomain").as_text();
    return domain ? domain : statistics.find("PrevalentResourceOrigin").as_text();
}

std::optional<std::string> related_domain_of(plist::Value const& other)
{
    for (auto const key : { "origin", "domain" })
        if (auto domain = other.find(key).as_text())
            return domain;
    return other.as_text();
}

/// Domains that were a page in a relation.
std::set<std::string> pages_of(plist::Value const& all)
{
    std::set<std::string> pages;
    for (auto const& statistics : all.elements()) {
        auto const domain = domain_of(statistics);
        for (auto const& key : kRelationKeys)
            for (auto const& other : statistics.find(key.name).elements()) {
                if (domain && is_first(key.page))
                    pages.insert(*domain);
                if (!is_second(key.page))
                    continue;
                if (auto page = related_domain_of(other))
                    pages.insert(*std::move(page));
            }
    }
    return pages;
}

Result<void> add_statistics(
    plist::Value const& value, std::set<std::string> const& pages, Context& context, Origin origin)
{
    SessionDomain row;
    row.domain = domain_of(value);
    if (!row.domain)
        context.note(Level::warning, Fault::malformed, "statistics name no domain", origin);
    row.had_interaction = value.find("hadUserInteraction").as_bool();
    row.last_interaction = web_time(value.find("mostRecentUserInteraction"));
    row.last_seen = web_time(value.find("lastSeen"));
    bool const is_page = row.had_interaction == true || (row.domain && pages.contains(*row.domain));
    row.direction = is_page ? "opened" : "loaded";
    EXHIBIT_TRY(context.add(kDomains, row, origin));
    for (auto const& key : kRelationKeys)
        for (auto const& other : value.find(key.name).elements()) {
            SessionRelation const relation { row.domain, key.name, related_domain_of(other),
                other.find("count").as_int(), key.page == Page::both ? "opened" : "loaded" };
            if (!relation.other_domain) {
                context.note(Level::warning, Fault::malformed, "a related domain has no name", origin);
                continue;
            }
            EXHIBIT_TRY(context.add(kRelations, relation, origin));
        }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    auto const all = file.root().find("browsingStatistics");
    auto const pages = pages_of(all);
    std::uint64_t number = 0;
    for (auto const& statistics : all.elements()) {
        Origin const origin { ++number };
        if (statistics.kind() == plist::Kind::dictionary)
            EXHIBIT_TRY(add_statistics(statistics, pages, context, origin));
        else
            context.note(
                Level::warning, Fault::malformed, "statistics of a domain are no dictionary", origin);
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/**/full_browsing_session_resourceLog.plist"sv,
};
constexpr std::array<Table const*, 2> kTables { &kDomains, &kRelations };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.webkit_session_resource_log",
    .title = "WebKit session log",
    .doc = "Domains that web pages were loaded from, and which redirected to which, as systems up "
           "to about iOS 13 kept them. Read from full_browsing_session_resourceLog.plist, one per app.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::webkit_session_resource_log
