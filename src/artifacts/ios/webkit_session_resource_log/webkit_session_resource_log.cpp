#include "artifacts/common/plist_file.hpp"

#include <array>

namespace exhibit::ios::webkit_session_resource_log {
namespace {

using namespace std::string_view_literals;

struct SessionDomain {
    std::optional<std::string> domain;
    std::optional<bool> had_interaction;
    Time last_interaction;
    Time last_seen;
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
};
constexpr auto kRelations = table<SessionRelation>("ios_webkit_session_relation",
    "One row per pair of domains of which one redirected to the other, linked to it or was loaded inside it.",
    Relation::visited, kRelationColumns);

/// What ends in `Origins` was called so up to version 14 of the log, and ends in `Domains` since
/// (`ResourceLoadStatistics::encode` and `decode` in WebKit's source).
constexpr std::array kRelationKeys {
    "topFrameUniqueRedirectsFrom"sv,
    "topFrameUniqueRedirectsTo"sv,
    "topFrameLinkDecorationsFrom"sv,
    "topFrameLoadedThirdPartyScripts"sv,
    "subframeUnderTopFrameOrigins"sv,
    "subframeUnderTopFrameDomains"sv,
    "subresourceUnderTopFrameOrigins"sv,
    "subresourceUnderTopFrameDomains"sv,
    "subresourceUniqueRedirectsFrom"sv,
    "subresourceUniqueRedirectsTo"sv,
    "storageAccessUnderTopFrameOrigins"sv,
    "storageAccessUnderTopFrameDomains"sv,
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

Result<void> add_statistics(plist::Value const& value, Context& context, Origin origin)
{
    SessionDomain row;
    row.domain = value.find("PrevalentResourceDomain").as_text();
    if (!row.domain)
        row.domain = value.find("PrevalentResourceOrigin").as_text();
    if (!row.domain)
        context.note(Level::warning, Fault::malformed, "statistics name no domain", origin);
    row.had_interaction = value.find("hadUserInteraction").as_bool();
    row.last_interaction = web_time(value.find("mostRecentUserInteraction"));
    row.last_seen = web_time(value.find("lastSeen"));
    EXHIBIT_TRY(context.add(kDomains, row, origin));
    for (auto const key : kRelationKeys)
        for (auto const& other : value.find(key).elements()) {
            SessionRelation relation { row.domain, key, other.find("origin").as_text(),
                other.find("count").as_int() };
            if (!relation.other_domain)
                relation.other_domain = other.find("domain").as_text();
            if (!relation.other_domain)
                relation.other_domain = other.as_text();
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
    std::uint64_t number = 0;
    for (auto const& statistics : file.root().find("browsingStatistics").elements()) {
        Origin const origin { ++number };
        if (statistics.kind() == plist::Kind::dictionary)
            EXHIBIT_TRY(add_statistics(statistics, context, origin));
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
