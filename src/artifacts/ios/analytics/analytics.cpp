#include "artifacts/common/query.hpp"
#include "base/text.hpp"
#include "formats/plist/json.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios::analytics {
namespace {

using namespace std::string_view_literals;

struct AnalyticsEvent {
    std::string_view database;
    std::string_view source;
    Time happened;
    std::optional<std::string> event_type;
    std::optional<std::string> build;
    std::optional<std::string> content;
    std::optional<Bytes> data; // not stored
};

constexpr std::array kColumns {
    column<&AnalyticsEvent::database>(
        "database", Is::file_name, "The file, which is named after what it is about.")
        .mvt("artifact"),
    column<&AnalyticsEvent::source>(
        "source", Is::opaque, "hard_failures, soft_failures or all_events: the table of the database.")
        .mvt("-"),
    column<&AnalyticsEvent::happened>("happened", Clock::unix_seconds, "When.").mvt("isodate"),
    column<&AnalyticsEvent::event_type>("event_type", Is::opaque, "Name of the event, chosen by the system.")
        .mvt("-"),
    column<&AnalyticsEvent::build>(
        "build", Is::opaque, "Build of iOS that ran; a number, never an indicator.")
        .mvt("build"),
    column<&AnalyticsEvent::content>("content", Is::free_text, "All of the event, as JSON.").mvt("-"),
};
constexpr std::array kEvents { Event { "happened", "analytics", "{database} {event_type}" } };
constexpr auto kAnalytics = table<AnalyticsEvent>("ios_analytics_event",
    "One row per event that a part of the system's security noted about itself.", Relation::context, kColumns,
    kEvents, "analytics");

struct AnalyticsName {
    std::string_view database;
    Time happened;
    std::string name;
    std::string value;
};

constexpr std::array kNameColumns {
    column<&AnalyticsName::database>("database", Is::file_name, "The file that the event stands in.")
        .mvt("-"),
    column<&AnalyticsName::happened>("happened", Clock::unix_seconds, "When.").mvt("-"),
    column<&AnalyticsName::name>("name", Is::opaque, "What the text is, by the system's word for it.")
        .mvt("-"),
    column<&AnalyticsName::value>(
        "value", Is::process, "The text: in several kinds of events the program or app that asked.")
        .mvt("-"),
};
constexpr auto kNames = table<AnalyticsName>("ios_analytics_text",
    "One row per short text of an event that may name a program.", Relation::executed, kNameColumns);

struct AnalyticsHost {
    std::string_view database;
    std::string_view source;
    Time happened;
    std::string name;
    std::optional<std::string_view> host;
    std::optional<std::string_view> url;
};

constexpr std::array kHostColumns {
    column<&AnalyticsHost::database>("database", Is::file_name, "The file that the event stands in.")
        .mvt("-"),
    column<&AnalyticsHost::source>(
        "source", Is::opaque, "The table of the database: hard_failures for what failed.")
        .mvt("-"),
    column<&AnalyticsHost::happened>("happened", Clock::unix_seconds, "When.").mvt("-"),
    column<&AnalyticsHost::name>("name", Is::opaque, "What the text is, by the system's word for it.")
        .mvt("-"),
    column<&AnalyticsHost::host>("host", Is::domain, "The host.").mvt("-"),
    column<&AnalyticsHost::url>("url", Is::url, "The address, where the text is a whole one.").mvt("-"),
};
constexpr std::array kHostEvents { Event { "happened", "analytics_host", "{source}: {host}{url}" } };
constexpr auto kHosts = table<AnalyticsHost>("ios_analytics_host",
    "One row per host that an event names: the device connected to it, or tried to.", Relation::contacted,
    kHostColumns, kHostEvents);

constexpr std::array kFields {
    from<&AnalyticsEvent::happened>("event.timestamp", Clock::unix_seconds),
    from<&AnalyticsEvent::data>("event.data"),
};

/// Whether a text is a host or an address, by its name and its form.
bool names_host(std::string_view name, std::string_view value)
{
    auto const lower = to_lower(name);
    bool const is_named_so = lower.find("host") != std::string::npos
        || lower.find("server") != std::string::npos || lower.find("url") != std::string::npos;
    return is_named_so && value.find('.') != std::string_view::npos
        && std::ranges::any_of(to_lower(value), [](char c) { return c >= 'a' && c <= 'z'; })
        && value.find_first_of(" \t\r\n") == std::string_view::npos;
}

Result<void> add_host(
    std::string_view name, std::string_view value, AnalyticsEvent const& row, Context& context, Origin origin)
{
    if (!names_host(name, value))
        return {};
    AnalyticsHost host { row.database, row.source, row.happened, std::string { name }, {}, {} };
    (value.find("://") == std::string_view::npos ? host.host : host.url) = value;
    return context.add(kHosts, host, origin);
}

struct NamedValue {
    std::string name; ///< what holds it says: lists have no words for what stands in them
    plist::Value value;
};

/// What stands in an event at any depth, from the outside in.
std::vector<NamedValue> values_in(plist::Value const& event, Context& context, Origin origin)
{
    constexpr std::size_t most = 1000;
    bool is_cut = false;
    std::vector<NamedValue> values { { "", event } };
    auto const add = [&](std::string name, plist::Value const& value) {
        if (values.size() <= most)
            values.push_back({ std::move(name), value });
        else
            is_cut = true;
    };
    for (std::size_t i = 0; i != values.size(); ++i) {
        auto const [name, value] = values[i];
        for (auto const& entry : value.entries())
            add(entry.key.as_text().value_or(""), entry.value);
        for (auto const& element : value.elements())
            add(name, element);
    }
    values.erase(values.begin());
    if (is_cut)
        context.note(Level::damage, Fault::over_limit,
            "an event has more values than are looked at: names and hosts in the others were left out",
            origin);
    return values;
}

/// The texts of an event that are as short as names and not of the system's own choice.
Result<void> add_names(plist::Value const& event, AnalyticsEvent const& row, Context& context, Origin origin)
{
    constexpr std::size_t longest = 255;
    for (auto const& [name, stored] : values_in(event, context, origin)) {
        auto value = stored.as_text();
        if (!value || value->empty() || value->size() > longest || name == "eventType" || name == "build")
            continue;
        EXHIBIT_TRY(add_host(name, *value, row, context, origin));
        EXHIBIT_TRY(context.add(kNames, { row.database, row.happened, name, *std::move(value) }, origin));
    }
    return {};
}

Result<void> unpack(AnalyticsEvent& row, Context& context, Origin origin)
{
    if (!row.data || row.data->empty())
        return {};
    auto const document = plist::Document::parse(*row.data, context.limits().depth);
    if (!document) {
        context.note(Level::warning, document.error().fault, "the data of an event cannot be read", origin);
        return {};
    }
    row.event_type = document->root().find("eventType").as_text();
    row.build = document->root().find("build").as_text();
    row.content = plist::to_json(document->root(), context.limits().text).text;
    return add_names(document->root(), row, context, origin);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    for (auto const source : { "hard_failures"sv, "soft_failures"sv, "all_events"sv, "rockwell"sv })
        EXHIBIT_TRY(each_row<AnalyticsEvent>(database, context,
            { .alias = "event", .table = source, .deleted = true }, kFields,
            [&](AnalyticsEvent& row, Origin origin) -> Result<void> {
                if (row.happened.absent() && !row.data)
                    return {};
                row.database = base_name(input.path);
                row.source = source;
                EXHIBIT_TRY(unpack(row, context, origin));
                return context.add(kAnalytics, row, origin);
            }));
    return {};
}

constexpr std::array kPaths { "/private/var/Keychains/Analytics/*.db"sv };
constexpr std::array<Table const*, 3> kTables { &kAnalytics, &kNames, &kHosts };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.analytics",
    .title = "Security analytics",
    .doc = "Events and failures of keychain, trust, networking and cloud services, with host names and the "
           "build of iOS that ran at "
           "the time. Read from the databases in Keychains/Analytics.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::analytics
