#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/top_frame.hpp"

#include <array>
#include <unordered_set>

namespace exhibit::ios::webkit_resource_load_statistics {
namespace {

using namespace std::string_view_literals;

struct ObservedDomain {
    std::optional<std::int64_t> domain_id;
    std::optional<std::string_view> domain;
    Time last_seen;
    std::optional<bool> had_interaction;
    Time last_interaction;
    Time last_push;
    std::optional<bool> is_prevalent;
    std::optional<bool> is_very_prevalent;
    std::string_view direction;
};

constexpr std::array kDomainColumns {
    column<&ObservedDomain::domain_id>("domain_id", "Number of the domain.").mvt("domain_id"),
    column<&ObservedDomain::domain>(
        "domain", Is::domain, "A registrable domain: example.org also for www.example.org.")
        .mvt("registrable_domain"),
    column<&ObservedDomain::last_seen>(
        "last_seen", Clock::unix_seconds, "When it was last loaded, rounded to a day or so.")
        .mvt("last_seen_isodate+last_seen"),
    column<&ObservedDomain::had_interaction>(
        "had_interaction", "Whether the person did something on a page of it.")
        .mvt("had_user_interaction"),
    column<&ObservedDomain::last_interaction>(
        "last_interaction", Clock::unix_seconds, "When the person last did; -1 for never.")
        .mvt("most_recent_user_interaction_time_isodate+most_recent_user_interaction_time"),
    column<&ObservedDomain::last_push>(
        "last_push", Clock::unix_seconds, "When the person last used a notification of it; -1 for never.")
        .mvt("most_recent_web_push_interaction_time_isodate+most_recent_web_push_interaction_time"),
    column<&ObservedDomain::is_prevalent>("is_prevalent", "Whether the browser takes it for a tracker.")
        .mvt("-"),
    column<&ObservedDomain::is_very_prevalent>("is_very_prevalent", "Whether it takes it for a large one.")
        .mvt("-"),
    column<&ObservedDomain::direction>("direction", Is::opaque,
        "`opened` where the person did something on a page of it, or it was the page itself in a row of "
        "`ios_webkit_domain_relation`; `loaded` where nothing tells that it was more than a part of pages.")
        .mvt("-"),
};
constexpr std::array kDomainEvents {
    Event { "last_seen", "domain_seen", "{domain}" },
    Event { "last_interaction", "domain_used", "{domain}" },
};
constexpr auto kDomains = table<ObservedDomain>("ios_webkit_domain",
    "One row per domain that pages were loaded from; stays when the history is deleted.", Relation::visited,
    kDomainColumns, kDomainEvents, "webkit_resource_load_statistics");

struct DomainRelation {
    std::string_view relation;
    std::optional<std::int64_t> domain_id;
    std::optional<std::string_view> domain;
    std::optional<std::int64_t> other_domain_id;
    std::optional<std::string_view> other_domain;
    Time updated;
    std::string_view direction;
};

constexpr std::array kRelationColumns {
    column<&DomainRelation::relation>(
        "relation", Is::opaque, "What joins the two, such as TopFrameUniqueRedirectsTo: a name of WebKit's.")
        .mvt("-"),
    column<&DomainRelation::domain_id>("domain_id", "Number of the first domain.").mvt("-"),
    column<&DomainRelation::domain>("domain", Is::domain, "The first domain.").mvt("-"),
    column<&DomainRelation::other_domain_id>("other_domain_id", "Number of the second domain.").mvt("-"),
    column<&DomainRelation::other_domain>(
        "other_domain", Is::domain, "The second domain: that it redirected to, or was part of.")
        .mvt("-"),
    column<&DomainRelation::updated>("updated", Clock::unix_seconds, "When this was last seen.").mvt("-"),
    column<&DomainRelation::direction>("direction", Is::opaque,
        "`opened` where both were pages, of which one led to the other; `loaded` where one was a part of the "
        "other.")
        .mvt("-"),
};
constexpr auto kRelations = table<DomainRelation>("ios_webkit_domain_relation",
    "One row per pair of domains of which one redirected to the other or was loaded inside it.",
    Relation::visited, kRelationColumns);

constexpr std::array kDomainFields {
    from<&ObservedDomain::domain_id>("observed.domainID"),
    from<&ObservedDomain::domain>("observed.registrableDomain"),
    from<&ObservedDomain::last_seen>("observed.lastSeen", Clock::unix_seconds),
    from<&ObservedDomain::had_interaction>("observed.hadUserInteraction"),
    from<&ObservedDomain::last_interaction>("observed.mostRecentUserInteractionTime", Clock::unix_seconds),
    from<&ObservedDomain::last_push>("observed.mostRecentWebPushInteractionTime", Clock::unix_seconds),
    from<&ObservedDomain::is_prevalent>("observed.isPrevalent"),
    from<&ObservedDomain::is_very_prevalent>("observed.isVeryPrevalent"),
};

/// A table that joins two domains, by the names of its two columns.
struct Pair {
    std::string_view table;
    std::string_view first;
    std::string_view second;
    Page page;
};

constexpr std::array kPairs {
    Pair { "StorageAccessUnderTopFrameDomains", "domainID", "topLevelDomainID", Page::second },
    Pair { "TopFrameUniqueRedirectsTo", "sourceDomainID", "toDomainID", Page::both },
    Pair { "TopFrameUniqueRedirectsToSinceSameSiteStrictEnforcement", "sourceDomainID", "toDomainID",
        Page::both },
    Pair { "TopFrameUniqueRedirectsFrom", "targetDomainID", "fromDomainID", Page::both },
    Pair { "TopFrameLinkDecorationsFrom", "toDomainID", "fromDomainID", Page::both },
    Pair { "TopFrameLoadedThirdPartyScripts", "topFrameDomainID", "subresourceDomainID", Page::first },
    Pair { "SubframeUnderTopFrameDomains", "subFrameDomainID", "topFrameDomainID", Page::second },
    Pair { "SubresourceUnderTopFrameDomains", "subresourceDomainID", "topFrameDomainID", Page::second },
    Pair { "SubresourceUniqueRedirectsTo", "subresourceDomainID", "toDomainID", Page::none },
    Pair { "SubresourceUniqueRedirectsFrom", "subresourceDomainID", "fromDomainID", Page::none },
};

using DomainIds = std::unordered_set<std::int64_t>;

Result<void> read_pairs(
    sqlite::Database const& database, Context& context, Pair const& pair, DomainIds& pages)
{
    auto const first = "pair." + std::string { pair.first };
    auto const second = "pair." + std::string { pair.second };
    std::array<Field<DomainRelation>, 5> const fields { {
        { first, Clock::none, from<&DomainRelation::domain_id>("").read },
        { second, Clock::none, from<&DomainRelation::other_domain_id>("").read },
        from<&DomainRelation::domain>("first_domain.registrableDomain"),
        from<&DomainRelation::other_domain>("second_domain.registrableDomain"),
        from<&DomainRelation::updated>("pair.lastUpdated", Clock::unix_seconds),
    } };
    Select const select { .alias = "pair",
        .table = pair.table,
        .joins = { { "first_domain", "ObservedDomains", "domainID", first },
            { "second_domain", "ObservedDomains", "domainID", second } },
        .deleted = true };
    return each_row<DomainRelation>(
        database, context, select, fields, [&](DomainRelation& row, Origin origin) {
            row.relation = pair.table;
            row.direction = pair.page == Page::both ? "opened" : "loaded";
            if (row.domain_id && is_first(pair.page))
                pages.insert(*row.domain_id);
            if (row.other_domain_id && is_second(pair.page))
                pages.insert(*row.other_domain_id);
            return context.add(kRelations, row, origin);
        });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ObservedDomains"))
        return fail(Fault::unsupported, "the database has no table `ObservedDomains`");
    DomainIds pages;
    for (auto const& pair : kPairs)
        EXHIBIT_TRY(read_pairs(database, context, pair, pages));
    EXHIBIT_TRY(each_row<ObservedDomain>(database, context,
        { .alias = "observed", .table = "ObservedDomains", .deleted = true }, kDomainFields,
        [&](ObservedDomain& row, Origin origin) {
            bool const is_page
                = row.had_interaction == true || (row.domain_id && pages.contains(*row.domain_id));
            row.direction = is_page ? "opened" : "loaded";
            return context.add(kDomains, row, origin);
        }));
    return {};
}

constexpr std::array kPaths {
    "/private/var/**/WebKit/WebsiteData/ResourceLoadStatistics/observations.db"sv,
    "/private/var/**/WebKit/*/WebsiteData/ResourceLoadStatistics/observations.db"sv,
    "/private/var/**/WebKit/WebsiteData/observations.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kDomains, &kRelations };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.webkit_resource_load_statistics",
    .title = "WebKit domain statistics",
    .doc = "Domains that each app with a web view loaded pages from, and which redirected to which: kept "
           "apart from any history, and "
           "rounded to domains. Read from observations.db, one per app.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::webkit_resource_load_statistics
