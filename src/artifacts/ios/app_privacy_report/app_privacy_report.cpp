#include "artifacts/ios/common/message_fields.hpp"
#include "base/line_reader.hpp"
#include "base/text.hpp"
#include "formats/json/json_fields.hpp"
#include "formats/segb/segb.hpp"

namespace exhibit::ios::app_privacy_report {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostOtherText = 4U << 10U;

struct Access {
    Time happened;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> process;
    std::optional<std::string_view> category;
    std::optional<std::string_view> kind;
    std::optional<std::string_view> access_id;
    std::optional<std::string_view> identifier_kind;
};

constexpr std::array kAccessColumns {
    column<&Access::happened>("happened", Clock::utc_text, "When; the text has its zone.").mvt("-"),
    column<&Access::bundle_id>("bundle_id", Is::app_id, "The app that used it.").mvt("-"),
    column<&Access::process>("process", Is::process, "The program, where it is no app and named by its path.")
        .mvt("-"),
    column<&Access::category>(
        "category", Is::opaque, "What was used: camera, microphone, location, contacts, photos and so on.")
        .mvt("-"),
    column<&Access::kind>(
        "kind", Is::opaque, "`intervalBegin`, `intervalEnd`, or `event` for what has no length.")
        .mvt("-"),
    column<&Access::access_id>("access_id", Is::opaque, "Number that begin and end of one use share.")
        .mvt("-"),
    column<&Access::identifier_kind>(
        "identifier_kind", Is::opaque, "What the app is named by: `bundleID`, or the path of a program.")
        .mvt("-"),
};
constexpr std::array kAccessEvents { Event {
    "happened", "data_used", "{bundle_id} {process} {category} {kind}" } };
constexpr auto kAccesses = table<Access>("ios_app_privacy_access",
    "One row per begin or end of an app's use of a sensor or of private data.", Relation::executed,
    kAccessColumns, kAccessEvents);

struct Contact {
    Time first_contacted;
    Time last_contacted;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> domain;
    std::optional<std::int64_t> hits;
    std::optional<std::string_view> initiated;
    std::optional<std::string_view> context;
    std::optional<std::string_view> domain_owner;
    std::optional<std::int64_t> domain_type;
    std::optional<std::int64_t> domain_classification;
};

constexpr std::array kContactColumns {
    column<&Contact::first_contacted>("first_contacted", Clock::utc_text,
        "When first in the seven days of the report; the text has its zone.")
        .mvt("-"),
    column<&Contact::last_contacted>("last_contacted", Clock::utc_text, "When last; the text has its zone.")
        .mvt("-"),
    column<&Contact::bundle_id>("bundle_id", Is::app_id, "The app that talked to it.").mvt("-"),
    column<&Contact::domain>("domain", Is::domain, "The host, or its address.").mvt("-"),
    column<&Contact::hits>("hits", "How often.").mvt("-"),
    column<&Contact::initiated>("initiated", Is::opaque,
        "`AppInitiated` by the app itself, `NonAppInitiated` by a page or document that it showed.")
        .mvt("-"),
    column<&Contact::context>("context", Is::free_text, "The page that was shown then.").mvt("-"),
    column<&Contact::domain_owner>(
        "domain_owner", Is::opaque, "Whom the system says the host belongs to: a company, mostly empty.")
        .mvt("-"),
    column<&Contact::domain_type>(
        "domain_type", "Kind of host, as a number of the system's: 1 for known trackers, else 2.")
        .mvt("-"),
    column<&Contact::domain_classification>("domain_classification",
        "A further number of the system's on the host, whose meaning is not published.")
        .mvt("-"),
};
constexpr std::array kContactEvents {
    Event { "first_contacted", "host_first_contacted", "{bundle_id} {domain} {initiated}" },
    Event { "last_contacted", "host_last_contacted", "{bundle_id} {domain} {hits}" },
};
constexpr auto kContacts = table<Contact>("ios_app_privacy_network",
    "One row per host that an app talked to.", Relation::contacted, kContactColumns, kContactEvents);

struct Accounting {
    Time written;
    std::string_view stream;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> service;
    std::optional<std::int64_t> kind_number;
    std::optional<std::string_view> access_id;
    std::string_view record_state;
    bool is_tombstone = false;
    std::optional<std::string> other_values;
};

constexpr std::array kAccountingColumns {
    column<&Accounting::written>("written", Clock::mac, "When.").mvt("-"),
    column<&Accounting::stream>(
        "stream", Is::opaque, "Which of the streams: permissions, location, or on behalf of others.")
        .mvt("-"),
    column<&Accounting::bundle_id>("bundle_id", Is::app_id, "The app that used it.").mvt("-"),
    column<&Accounting::service>(
        "service", Is::opaque, "What was used, such as kTCCServiceCamera: a name of the system's.")
        .mvt("-"),
    column<&Accounting::kind_number>("kind_number", "2 when a use began, 3 when it ended.").mvt("-"),
    column<&Accounting::access_id>("access_id", Is::opaque, "Number that begin and end of one use share.")
        .mvt("-"),
    column<&Accounting::record_state>("record_state", Is::opaque,
        "`written`, `deleted`, or `unknown` for a number whose meaning is not known: what such a record "
        "holds "
        "is told without a meaning.")
        .mvt("-"),
    column<&Accounting::is_tombstone>(
        "is_tombstone", "Whether it stands in a list of what was removed from the stream.")
        .mvt("-"),
    column<&Accounting::other_values>("other_values", Is::free_text,
        "What else the record holds, one value a line behind the numbers of its fields.")
        .mvt("-"),
};
constexpr std::array kAccountingEvents { Event {
    "written", "data_used", "{bundle_id} {service} {kind_number}" } };
constexpr auto kAccountings = table<Accounting>("ios_privacy_accounting",
    "One row per begin or end of an app's use of a sensor or of private data, as the system keeps it for the "
    "report; of those that were removed the time.",
    Relation::executed, kAccountingColumns, kAccountingEvents);

/// Identifiers are numbers of 16 bytes, or text.
constexpr std::array kAccountingFields {
    ios::taken<&Accounting::bundle_id>({ 1, 1, 2 }),
    ios::taken<&Accounting::access_id>({ 1, 2 }),
    ios::taken<&Accounting::kind_number>({ 1, 3 }),
    ios::taken<&Accounting::service>({ 2 }),
};

Result<void> read_accessor(JsonValue& value, Access& access)
{
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS)
        return {};
    return for_each_field(object, [&](std::string_view key, JsonValue& part) -> Result<void> {
        if (key == "identifier")
            access.bundle_id = json_text(part);
        else if (key == "identifierType")
            access.identifier_kind = json_text(part);
        return {};
    });
}

/// All that a line may say, whichever its type is: that stands behind other fields.
struct ReportLine {
    std::optional<std::string_view> type;
    std::optional<std::string_view> time;
    std::optional<std::string_view> first_time;
    Access access;
    Contact contact;
};

Result<void> read_field(std::string_view key, JsonValue& value, ReportLine& line)
{
    auto& contact = line.contact;
    if (key == "accessor")
        return read_accessor(value, line.access);
    if (key == "hits")
        contact.hits = json_integer(value);
    else if (key == "domainType")
        contact.domain_type = json_integer(value);
    else if (key == "domainClassification")
        contact.domain_classification = json_integer(value);
    else if (auto const text = json_text(value)) {
        if (key == "type")
            line.type = text;
        else if (key == "timeStamp")
            line.time = text;
        else if (key == "firstTimeStamp")
            line.first_time = text;
        else if (key == "category")
            line.access.category = text;
        else if (key == "kind")
            line.access.kind = text;
        else if (key == "identifier")
            line.access.access_id = text;
        else if (text->empty())
            return {};
        else if (key == "bundleID")
            contact.bundle_id = text;
        else if (key == "domain")
            contact.domain = text;
        else if (key == "initiatedType")
            contact.initiated = text;
        else if (key == "context")
            contact.context = text;
        else if (key == "domainOwner")
            contact.domain_owner = text;
    }
    return {};
}

Result<void> add_line(ReportLine& line, Origin origin, Context& context)
{
    auto const moment
        = [](std::optional<std::string_view> text) { return text ? Time::iso(*text) : Time {}; };
    if (line.type == "access") {
        line.access.happened = moment(line.time);
        if (line.access.bundle_id && line.access.bundle_id->starts_with('/'))
            line.access.process = std::exchange(line.access.bundle_id, std::nullopt);
        return context.add(kAccesses, line.access, origin);
    }
    if (line.type == "networkActivity") {
        line.contact.first_contacted = moment(line.first_time);
        line.contact.last_contacted = moment(line.time);
        return context.add(kContacts, line.contact, origin);
    }
    context.note(Level::warning, Fault::unsupported, "a line is of a type that is not known", origin);
    return {};
}

Result<void> read_report(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    JsonObjectReader json;
    Line text;
    while (reader.next(text)) {
        if (text.text.empty())
            continue;
        Origin const origin { text.number };
        ReportLine line;
        auto const read = json.read(
            text.text, [&](std::string_view key, JsonValue& value) { return read_field(key, value, line); });
        if (!read) {
            context.note(Level::damage, read.error().fault, read.error().what, origin);
            continue;
        }
        EXHIBIT_TRY(add_line(line, origin, context));
    }
    return reader.result();
}

/// `.../PrivacyAccounting/Biome/com.apple.privacy.accounting.stream.tcc/local/123`
std::string_view stream_of(std::string_view path)
{
    constexpr auto biome_folder = "/PrivacyAccounting/Biome/"sv;
    auto const from = std::min(path.size(), path.find(biome_folder) + biome_folder.size());
    return path.substr(from, path.find('/', from) - from);
}

Result<void> add_accounting(
    segb::Record const& record, Input const& input, bool is_tombstone, Context& context)
{
    bool const deleted = record.state() == segb::State::deleted;
    Origin const origin { record.offset,
        record.past_end ? Recovered::left_over
            : deleted   ? Recovered::deleted_record
                        : Recovered::live };
    Accounting row;
    if (record.written)
        row.written = Time::mac(*record.written);
    row.stream = stream_of(input.path);
    row.record_state = name_of(record.state());
    row.is_tombstone = is_tombstone;
    std::span<ios::MessageField<Accounting> const> fields { kAccountingFields };
    if (is_tombstone || !record.checksum_ok || record.state() == segb::State::unknown)
        fields = {};
    ios::MessageFiller<Accounting> filler { fields, row, kMostOtherText };
    if (!record.erased())
        if (auto const read = filler.read(protobuf::MessageReader { record.payload }); !read)
            context.note(Level::note, read.error().fault, "what a record holds is told in part only", origin);
    if (!filler.others().text().empty())
        row.other_values = filler.others().text();
    return context.add(kAccountings, row, origin);
}

Result<void> read_accounting(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    if (content.bytes().empty() || base_name(input.path).starts_with('.'))
        return {};
    auto file = EXHIBIT_TRY(segb::File::open(content.bytes()));
    bool const is_tombstone = input.path.find("/tombstone/") != std::string_view::npos;
    segb::Record record;
    while (file.next(record))
        EXHIBIT_TRY(add_accounting(record, input, is_tombstone, context));
    if (file.damage())
        context.note(Level::damage, *file.damage());
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    return input.path.ends_with(".ndjson") ? read_report(input, context) : read_accounting(input, context);
}

constexpr std::array kPaths {
    "/private/var/**/App_Privacy_Report*.ndjson"sv,
    "/private/var/mobile/Library/PrivacyAccounting/Biome/*/local/**"sv,
};
constexpr std::array<Table const*, 3> kTables { &kAccesses, &kContacts, &kAccountings };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.app_privacy_report",
    .title = "App privacy report",
    .doc
    = "Which apps used camera, microphone, location and private data, and which hosts they talked to. Only "
      "on phones whose owner turned the report on. Read from reports that were saved to a file "
      "(App_Privacy_Report_v4_*.ndjson), which reach back seven days, and from the streams in "
      "PrivacyAccounting that the system makes them from.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::app_privacy_report
