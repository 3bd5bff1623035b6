#include "artifacts/common/query.hpp"
#include "base/text.hpp"

#include <array>
#include <unordered_map>

namespace exhibit::ios::knowledge_c {
namespace {

using namespace std::string_view_literals;

struct KnowledgeEvent {
    std::optional<std::int64_t> object_id;
    std::optional<std::string_view> stream;
    std::optional<std::string_view> value_text;
    std::optional<std::int64_t> value_number;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> url;
    Time started;
    Time ended;
    Time created;
    std::optional<std::int64_t> seconds_from_gmt;
    std::optional<std::string_view> source_bundle_id;
    std::optional<std::string_view> device_id;
    std::optional<std::string_view> item_id_text;
    std::optional<std::string_view> uuid;
    std::optional<std::int64_t> metadata_id;
};

constexpr std::array kColumns {
    column<&KnowledgeEvent::object_id>("object_id", "Number of the event.").mvt("-"),
    column<&KnowledgeEvent::stream>(
        "stream", Is::opaque, "What the event is about, such as /app/inFocus: a name of the system's.")
        .mvt("-"),
    column<&KnowledgeEvent::value_text>(
        "value_text", Is::free_text, "Its value, where that is text: an app, an address, a title.")
        .mvt("-"),
    column<&KnowledgeEvent::value_number>(
        "value_number", "Its value, where that is a number, such as 1 for locked.")
        .mvt("-"),
    column<&KnowledgeEvent::bundle_id>("bundle_id", Is::app_id, "The value, in streams on apps.").mvt("-"),
    column<&KnowledgeEvent::url>("url", Is::url, "The value, where it is an address.").mvt("-"),
    column<&KnowledgeEvent::started>("started", Clock::mac, "When it began.").mvt("-"),
    column<&KnowledgeEvent::ended>("ended", Clock::mac, "When it ended.").mvt("-"),
    column<&KnowledgeEvent::created>("created", Clock::mac, "When the row was written.").mvt("-"),
    column<&KnowledgeEvent::seconds_from_gmt>("seconds_from_gmt", "The device's time zone then, in seconds.")
        .mvt("-"),
    column<&KnowledgeEvent::source_bundle_id>("source_bundle_id", Is::app_id, "The app that told of it.")
        .mvt("-"),
    column<&KnowledgeEvent::device_id>(
        "device_id", Is::opaque, "The other device that it came from, by a number of the system's.")
        .mvt("-"),
    column<&KnowledgeEvent::item_id_text>(
        "item_id_text", Is::opaque, "The item that it is about, by a number of the app's.")
        .mvt("-"),
    column<&KnowledgeEvent::uuid>("uuid", Is::opaque, "The event's own number, made up by the system.")
        .mvt("-"),
    column<&KnowledgeEvent::metadata_id>("metadata_id", "What more there is of it in ios_knowledge_metadata.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "started", "knowledge", "{stream} {value_text} {value_number}" } };
constexpr auto kKnowledge = table<KnowledgeEvent>("ios_knowledge_event",
    "One row per use of an app, page, notification, lock and so on that the system noted.",
    Relation::executed, kColumns, kEvents);

struct Metadata {
    std::optional<std::int64_t> metadata_id;
    std::string_view name;
    std::string_view value_text;
    std::optional<std::string_view> url;
    std::optional<std::string_view> domain;
    Time started;
    Time last_started;
    std::optional<std::string_view> device_id;
};

constexpr std::array kMetadataColumns {
    column<&Metadata::metadata_id>(
        "metadata_id", "Which events it belongs to; absent for a row that was deleted.")
        .mvt("-"),
    column<&Metadata::name>("name", Is::opaque,
        "Name of the value, such as Z_DKWEBUSAGEMETADATAKEY__WEBPAGEURL, from the system.")
        .mvt("-"),
    column<&Metadata::value_text>("value_text", Is::free_text, "The value.").mvt("-"),
    column<&Metadata::url>(
        "url", Is::url, "The value, where its name says that it is the page that was open.")
        .mvt("-"),
    column<&Metadata::domain>("domain", Is::domain, "Likewise of the page's domain.").mvt("-"),
    column<&Metadata::started>("started", Clock::mac, "When the first event that it belongs to began.")
        .mvt("-"),
    column<&Metadata::last_started>("last_started", Clock::mac, "Likewise the last.").mvt("-"),
    column<&Metadata::device_id>("device_id", Is::opaque,
        "The other device that all these events came from, by a number of the system's.")
        .mvt("-"),
};
constexpr auto kMetadata = table<Metadata>("ios_knowledge_metadata",
    "One row per text that the system noted with an event.", Relation::executed, kMetadataColumns);

constexpr std::array kFields {
    from<&KnowledgeEvent::object_id>("object.Z_PK"),
    from<&KnowledgeEvent::stream>("object.ZSTREAMNAME"),
    from<&KnowledgeEvent::value_text>("object.ZVALUESTRING"),
    from<&KnowledgeEvent::value_number>("object.ZVALUEINTEGER"),
    from<&KnowledgeEvent::started>("object.ZSTARTDATE", Clock::mac),
    from<&KnowledgeEvent::ended>("object.ZENDDATE", Clock::mac),
    from<&KnowledgeEvent::created>("object.ZCREATIONDATE", Clock::mac),
    from<&KnowledgeEvent::seconds_from_gmt>("object.ZSECONDSFROMGMT"),
    from<&KnowledgeEvent::source_bundle_id>("source.ZBUNDLEID"),
    from<&KnowledgeEvent::device_id>("source.ZDEVICEID"),
    from<&KnowledgeEvent::item_id_text>("source.ZITEMID"),
    from<&KnowledgeEvent::uuid>("object.ZUUID"),
    from<&KnowledgeEvent::metadata_id>("object.ZSTRUCTUREDMETADATA"),
};

/// What the events say that one row of metadata belongs to: equal metadata is stored once.
struct Use {
    Time first;
    Time last;
    std::string device_id;
    bool is_of_this_device = false;

    void add(KnowledgeEvent const& event)
    {
        if (event.started.utc && (!first.utc || *event.started.utc < *first.utc))
            first = event.started;
        if (event.started.utc && (!last.utc || *event.started.utc > *last.utc))
            last = event.started;
        if (!event.device_id || event.device_id->empty())
            is_of_this_device = true;
        else if (device_id.empty())
            device_id = *event.device_id;
    }
};
using Uses = std::unordered_map<std::int64_t, Use>;

void add_uses(Metadata& row, Uses const& uses)
{
    auto const found = row.metadata_id ? uses.find(*row.metadata_id) : uses.end();
    if (found == uses.end())
        return;
    auto const& use = found->second;
    row.started = use.first;
    row.last_started = use.last;
    if (!use.is_of_this_device && !use.device_id.empty())
        row.device_id = use.device_id;
}

/// Every text of the table of metadata, whose columns differ between versions.
Result<void> read_metadata(sqlite::Database const& database, Context& context, Uses const& uses)
{
    constexpr auto metadata = "ZSTRUCTUREDMETADATA"sv;
    std::vector<std::string_view> names;
    std::vector<std::string> sources;
    for (auto const& column : database.columns(metadata))
        if (!column.primary_key && !column.name.starts_with("Z_ENT") && !column.name.starts_with("Z_OPT")) {
            names.push_back(column.name);
            sources.push_back("metadata." + column.name);
        }
    return each_cells(database, context, { .alias = "metadata", .table = metadata, .deleted = true },
        { sources.begin(), sources.end() },
        [&](sqlite::Cells const& cells, std::span<std::size_t const> found, Origin origin) -> Result<void> {
            for (std::size_t i = 0; i != found.size(); ++i) {
                auto const column = static_cast<int>(i);
                if (cells.kind(column) != sqlite::Value::Kind::text)
                    continue;
                Metadata row;
                if (origin.recovered == Recovered::live)
                    row.metadata_id = static_cast<std::int64_t>(origin.locator);
                row.name = names[found[i]];
                row.value_text = cells.text(column);
                if (row.name.ends_with("__WEBPAGEURL"))
                    row.url = row.value_text;
                else if (row.name.ends_with("__WEBDOMAIN"))
                    row.domain = row.value_text;
                add_uses(row, uses);
                EXHIBIT_TRY(context.add(kMetadata, row, origin));
            }
            return {};
        });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZOBJECT"))
        return fail(Fault::unsupported, "the database has no table `ZOBJECT`");
    Select const objects { .alias = "object",
        .table = "ZOBJECT",
        .joins = { { "source", "ZSOURCE", "Z_PK", "object.ZSOURCE" } },
        .deleted = true };
    Uses uses;
    EXHIBIT_TRY(each_row<KnowledgeEvent>(
        database, context, objects, kFields, [&](KnowledgeEvent& row, Origin origin) {
            if (row.metadata_id)
                uses[*row.metadata_id].add(row);
            if (row.value_text && row.stream && row.stream->starts_with("/app/"))
                row.bundle_id = row.value_text;
            if (row.value_text
                && (row.value_text->starts_with("http://") || row.value_text->starts_with("https://")))
                row.url = row.value_text;
            return context.add(kKnowledge, row, origin);
        }));
    return read_metadata(database, context, uses);
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/CoreDuet/Knowledge/knowledgeC.db"sv,
    "/private/var/db/CoreDuet/Knowledge/knowledgeC.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kKnowledge, &kMetadata };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.knowledge_c",
    .title = "Device use (knowledgeC)",
    .doc = "Which apps were used, which pages opened, when the screen was locked and so on, as the system "
           "notes it for its own "
           "suggestions. Read from knowledgeC.db. Reaches back four weeks; since iOS 16 most of it is in "
           "Biome instead.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::knowledge_c
