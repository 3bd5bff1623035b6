#include "artifacts/common/query.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace exhibit::ios::interaction_c {
namespace {

using namespace std::string_view_literals;

std::optional<std::string_view> direction_of(std::optional<std::int64_t> number)
{
    if (number != 0 && number != 1)
        return std::nullopt;
    return *number == 0 ? "received"sv : "sent"sv;
}

struct Interaction {
    std::optional<std::int64_t> interaction_id;
    Time started;
    Time ended;
    Time created;
    Time filled_in;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> target_bundle_id;
    std::optional<std::string_view> account;
    std::optional<std::string_view> direction;
    std::optional<std::int64_t> direction_number;
    std::optional<std::int64_t> sender_id;
    std::optional<std::string_view> sender_name;
    std::optional<std::string_view> sender_handle;
    std::optional<std::string_view> sender_person_id;
    std::optional<std::int64_t> recipient_count;
    std::optional<std::string_view> chat_handle;
    std::optional<bool> is_response;
    std::optional<std::int64_t> mechanism;
    std::optional<std::string_view> content_url;
    std::optional<std::string_view> location_uuid;
    std::optional<std::string_view> group_name;
    std::optional<std::string_view> derived_intent;
};

constexpr std::array kInteractionColumns {
    column<&Interaction::interaction_id>("interaction_id", "Number of the interaction.").mvt("table_id"),
    column<&Interaction::started>("started", Clock::mac, "When it began.").mvt("start_date"),
    column<&Interaction::ended>("ended", Clock::mac, "When it ended.").mvt("end_date"),
    column<&Interaction::created>(
        "created", Clock::mac, "When the row was written; long after the start, it was filled in later.")
        .mvt("interactions_creation_date"),
    column<&Interaction::filled_in>("filled_in", Clock::mac,
        "The same where it was an hour or more away from the start, or no start is known: a restore does "
        "that, "
        "and who puts records in.")
        .mvt("-"),
    column<&Interaction::bundle_id>("bundle_id", Is::app_id, "The app that it went through.")
        .mvt("bundle_id"),
    column<&Interaction::target_bundle_id>("target_bundle_id", Is::app_id, "The app that it was handed to.")
        .mvt("target_bundle_id"),
    column<&Interaction::account>("account", Is::handle, "The device's own account.").mvt("account"),
    column<&Interaction::direction>("direction", Is::opaque, "received or sent: one of two fixed words.")
        .mvt("direction"),
    column<&Interaction::direction_number>("direction_number", "The direction as stored: 0 received, 1 sent.")
        .mvt("-"),
    column<&Interaction::sender_id>("sender_id", "The sender's number in ios_interaction_contact.").mvt("-"),
    column<&Interaction::sender_name>("sender_name", Is::free_text, "The sender's name.")
        .mvt("sender_display_name"),
    column<&Interaction::sender_handle>("sender_handle", Is::handle, "The sender's number or address.")
        .mvt("sender_identifier"),
    column<&Interaction::sender_person_id>(
        "sender_person_id", Is::opaque, "The sender's number in the address book.")
        .mvt("sender_personid"),
    column<&Interaction::recipient_count>("recipient_count", "How many recipients there were.")
        .mvt("recipient_count"),
    column<&Interaction::chat_handle>(
        "chat_handle", Is::handle, "The chat: another's address, or a number of the app's.")
        .mvt("domain_identifier"),
    column<&Interaction::is_response>("is_response", "Whether it answered another one.").mvt("is_response#"),
    column<&Interaction::mechanism>("mechanism", "How they interacted, in the system's code.")
        .mvt("mechanism"),
    column<&Interaction::content_url>("content_url", Is::url, "What it was about, as a link.")
        .mvt("interaction_content_url"),
    column<&Interaction::location_uuid>(
        "location_uuid", Is::opaque, "Number of a place, made up by the system.")
        .mvt("location_uuid"),
    column<&Interaction::group_name>("group_name", Is::free_text, "Name of the group chat.")
        .mvt("group_name"),
    column<&Interaction::derived_intent>(
        "derived_intent", Is::opaque, "Number of an intent, made up by the system.")
        .mvt("derivied_intent_id"),
};
constexpr std::array kInteractionEvents {
    Event { "started", "interaction", "{direction} over {bundle_id}, {sender_handle}" },
    Event {
        "filled_in", "interaction_filled_in", "noted late: {direction} over {bundle_id}, {sender_handle}" },
};
constexpr auto kInteractions = table<Interaction>("ios_interaction",
    "One row per message, call or mail that the system learned about; it outlives the message itself.",
    Relation::received, kInteractionColumns, kInteractionEvents, "interaction_c");

struct Contact {
    std::optional<std::int64_t> contact_id;
    std::optional<std::string_view> name;
    std::optional<std::string_view> handle;
    std::optional<std::string_view> person_id_text;
    std::optional<std::string_view> custom_id;
    std::optional<std::int64_t> incoming_recipient_count;
    std::optional<std::int64_t> incoming_sender_count;
    std::optional<std::int64_t> outgoing_recipient_count;
    Time created;
    Time first_incoming_sender;
    Time last_incoming_sender;
    Time first_incoming_recipient;
    Time last_incoming_recipient;
    Time first_outgoing_recipient;
    Time last_outgoing_recipient;
};

constexpr std::array kContactColumns {
    column<&Contact::contact_id>("contact_id", "Number of the contact.").mvt("-"),
    column<&Contact::name>("name", Is::free_text, "Name, where the device knew one.").mvt("-"),
    column<&Contact::handle>("handle", Is::handle, "Phone number, mail address or account.").mvt("-"),
    column<&Contact::person_id_text>(
        "person_id_text", Is::opaque, "Number of the person in the address book.")
        .mvt("-"),
    column<&Contact::custom_id>("custom_id", Is::handle,
        "Account or number that an app gave the contact; for some contacts the only one.")
        .mvt("-"),
    column<&Contact::incoming_recipient_count>(
        "incoming_recipient_count", "In how many received messages it was a recipient.")
        .mvt("-"),
    column<&Contact::incoming_sender_count>("incoming_sender_count", "How many received messages it sent.")
        .mvt("-"),
    column<&Contact::outgoing_recipient_count>(
        "outgoing_recipient_count", "How many messages were sent to it.")
        .mvt("-"),
    column<&Contact::created>("created", Clock::mac, "When the device first noted the contact.").mvt("-"),
    column<&Contact::first_incoming_sender>(
        "first_incoming_sender", Clock::mac, "First message received from it.")
        .mvt("-"),
    column<&Contact::last_incoming_sender>(
        "last_incoming_sender", Clock::mac, "Last message received from it.")
        .mvt("-"),
    column<&Contact::first_incoming_recipient>(
        "first_incoming_recipient", Clock::mac, "First received message that it was a recipient of too.")
        .mvt("-"),
    column<&Contact::last_incoming_recipient>(
        "last_incoming_recipient", Clock::mac, "Last received message that it was a recipient of too.")
        .mvt("-"),
    column<&Contact::first_outgoing_recipient>(
        "first_outgoing_recipient", Clock::mac, "First message sent to it.")
        .mvt("-"),
    column<&Contact::last_outgoing_recipient>(
        "last_outgoing_recipient", Clock::mac, "Last message sent to it.")
        .mvt("-"),
};
constexpr std::array kContactEvents {
    Event { "created", "contact_noted", "{handle} {name}" },
    Event { "first_incoming_sender", "first_received_from", "{handle} {name}" },
    Event { "last_incoming_sender", "last_received_from", "{handle} {name}" },
    Event { "first_incoming_recipient", "first_received_with", "{handle} {name}" },
    Event { "last_incoming_recipient", "last_received_with", "{handle} {name}" },
    Event { "first_outgoing_recipient", "first_sent_to", "{handle} {name}" },
    Event { "last_outgoing_recipient", "last_sent_to", "{handle} {name}" },
};
constexpr auto kContacts = table<Contact>("ios_interaction_contact",
    "One row per person or account that the device exchanged messages with, with sums over all of them.",
    Relation::contacted, kContactColumns, kContactEvents);

struct Recipient {
    std::optional<std::int64_t> interaction_id;
    std::optional<std::int64_t> contact_id;
    std::optional<std::string_view> name;
    std::optional<std::string_view> handle;
};

constexpr std::array kRecipientColumns {
    column<&Recipient::interaction_id>("interaction_id", "The interaction.").mvt("-"),
    column<&Recipient::contact_id>("contact_id", "The recipient's number in ios_interaction_contact.")
        .mvt("-"),
    column<&Recipient::name>("name", Is::free_text, "The recipient's name.").mvt("-"),
    column<&Recipient::handle>("handle", Is::handle, "The recipient's number or address.").mvt("-"),
};
constexpr auto kRecipients = table<Recipient>("ios_interaction_recipient",
    "One row per recipient of an interaction.", Relation::contacted, kRecipientColumns);

struct Attachment {
    std::optional<std::int64_t> attachment_id;
    std::optional<std::int64_t> interaction_id;
    std::optional<std::string_view> content_text;
    std::optional<std::string_view> uti;
    std::optional<std::string_view> content_url;
    std::optional<std::int64_t> size;
    std::optional<std::string_view> photo_id;
    std::optional<Bytes> identifier_blob;
    std::optional<std::string_view> cloud_id;
    std::optional<std::string_view> direction;
    std::optional<std::int64_t> direction_number; // not stored
};

constexpr std::array kAttachmentColumns {
    column<&Attachment::attachment_id>("attachment_id", "Number of the attachment.").mvt("-"),
    column<&Attachment::interaction_id>(
        "interaction_id", "The interaction that it came with; absent when that is gone.")
        .mvt("-"),
    column<&Attachment::content_text>("content_text", Is::free_text, "Text of the attachment.").mvt("-"),
    column<&Attachment::uti>("uti", Is::opaque, "Its type, such as public.jpeg; no indicator names types.")
        .mvt("-"),
    column<&Attachment::content_url>("content_url", Is::url, "Where it lies, as a link.").mvt("-"),
    column<&Attachment::size>("size", "Bytes.").mvt("-"),
    column<&Attachment::photo_id>("photo_id", Is::opaque, "Number of a photo, made up by the system.")
        .mvt("-"),
    column<&Attachment::identifier_blob>(
        "identifier_blob", "Number of the attachment, made up by the system.")
        .mvt("-"),
    column<&Attachment::cloud_id>("cloud_id", Is::opaque, "Number of the attachment in the cloud.").mvt("-"),
    column<&Attachment::direction>("direction", Is::opaque,
        "Which way the interaction went, received or sent; absent where that is gone.")
        .mvt("-"),
};
constexpr auto kAttachments = table<Attachment>("ios_interaction_attachment",
    "One row per attachment of an interaction.", Relation::received, kAttachmentColumns);

constexpr std::array kInteractionFields {
    from<&Interaction::interaction_id>("interaction.Z_PK"),
    from<&Interaction::started>("interaction.ZSTARTDATE", Clock::mac),
    from<&Interaction::ended>("interaction.ZENDDATE", Clock::mac),
    from<&Interaction::created>("interaction.ZCREATIONDATE", Clock::mac),
    from<&Interaction::bundle_id>("interaction.ZBUNDLEID"),
    from<&Interaction::target_bundle_id>("interaction.ZTARGETBUNDLEID"),
    from<&Interaction::account>("interaction.ZACCOUNT"),
    from<&Interaction::direction_number>("interaction.ZDIRECTION"),
    from<&Interaction::sender_id>("interaction.ZSENDER"),
    from<&Interaction::sender_name>("sender.ZDISPLAYNAME"),
    from<&Interaction::sender_handle>("sender.ZIDENTIFIER"),
    from<&Interaction::sender_person_id>("sender.ZPERSONID"),
    from<&Interaction::recipient_count>("interaction.ZRECIPIENTCOUNT"),
    from<&Interaction::chat_handle>("interaction.ZDOMAINIDENTIFIER"),
    from<&Interaction::is_response>("interaction.ZISRESPONSE"),
    from<&Interaction::mechanism>("interaction.ZMECHANISM"),
    from<&Interaction::content_url>("interaction.ZCONTENTURL"),
    from<&Interaction::location_uuid>("interaction.ZLOCATIONUUID"),
    from<&Interaction::group_name>("interaction.ZGROUPNAME"),
    from<&Interaction::derived_intent>("interaction.ZDERIVEDINTENTIDENTIFIER"),
};
constexpr std::array kContactFields {
    from<&Contact::contact_id>("contact.Z_PK"),
    from<&Contact::name>("contact.ZDISPLAYNAME"),
    from<&Contact::handle>("contact.ZIDENTIFIER"),
    from<&Contact::person_id_text>("contact.ZPERSONID"),
    from<&Contact::custom_id>("contact.ZCUSTOMIDENTIFIER"),
    from<&Contact::incoming_recipient_count>("contact.ZINCOMINGRECIPIENTCOUNT"),
    from<&Contact::incoming_sender_count>("contact.ZINCOMINGSENDERCOUNT"),
    from<&Contact::outgoing_recipient_count>("contact.ZOUTGOINGRECIPIENTCOUNT"),
    from<&Contact::created>("contact.ZCREATIONDATE", Clock::mac),
    from<&Contact::first_incoming_sender>("contact.ZFIRSTINCOMINGSENDERDATE", Clock::mac),
    from<&Contact::last_incoming_sender>("contact.ZLASTINCOMINGSENDERDATE", Clock::mac),
    from<&Contact::first_incoming_recipient>("contact.ZFIRSTINCOMINGRECIPIENTDATE", Clock::mac),
    from<&Contact::last_incoming_recipient>("contact.ZLASTINCOMINGRECIPIENTDATE", Clock::mac),
    from<&Contact::first_outgoing_recipient>("contact.ZFIRSTOUTGOINGRECIPIENTDATE", Clock::mac),
    from<&Contact::last_outgoing_recipient>("contact.ZLASTOUTGOINGRECIPIENTDATE", Clock::mac),
};
constexpr std::array kRecipientFields {
    from<&Recipient::name>("contact.ZDISPLAYNAME"),
    from<&Recipient::handle>("contact.ZIDENTIFIER"),
};
constexpr std::array kAttachmentFields {
    from<&Attachment::attachment_id>("attachment.Z_PK"),
    from<&Attachment::content_text>("attachment.ZCONTENTTEXT"),
    from<&Attachment::uti>("attachment.ZUTI"),
    from<&Attachment::content_url>("attachment.ZCONTENTURL"),
    from<&Attachment::size>("attachment.ZSIZEINBYTES"),
    from<&Attachment::photo_id>("attachment.ZPHOTOLOCALIDENTIFIER"),
    from<&Attachment::identifier_blob>("attachment.ZIDENTIFIER"),
    from<&Attachment::cloud_id>("attachment.ZCLOUDIDENTIFIER"),
};

/// A table of pairs between two kinds of rows, and its two columns.
struct JoinTable {
    std::string table;
    std::string to_interaction;
    std::string to_other;
};

/// `Z_12NAME` is `NAME` with the number of an entity before it, which changes between versions.
bool is_numbered(std::string_view text, std::string_view name)
{
    if (!text.starts_with("Z_") || !text.ends_with(name) || text.size() <= name.size() + 2)
        return false;
    auto const digits = text.substr(2, text.size() - 2 - name.size());
    return std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

/// Core Data names a table of pairs by the numbers of its entities (table `Z_PRIMARYKEY`), and so differently
/// in each version; so it is found by its form, whatever the numbers are.
std::optional<JoinTable> find_join(sqlite::Database const& database, std::string_view name,
    std::string_view interaction, std::string_view other)
{
    for (auto const& table : database.tables()) {
        if (!is_numbered(table, name))
            continue;
        JoinTable join { table, {}, {} };
        for (auto const& column : database.columns(table)) {
            if (is_numbered(column.name, interaction))
                join.to_interaction = column.name;
            else if (is_numbered(column.name, other))
                join.to_other = column.name;
        }
        if (!join.to_interaction.empty() && !join.to_other.empty())
            return join;
    }
    return std::nullopt;
}

Result<void> read_recipients(sqlite::Database const& database, Context& context)
{
    auto const join = find_join(database, "INTERACTIONRECIPIENT", "INTERACTIONRECIPIENT", "RECIPIENTS");
    if (!join)
        return {};
    auto const to_interaction = "pair." + join->to_interaction;
    auto const to_contact = "pair." + join->to_other;
    std::array<Field<Recipient>, 4> const fields { {
        { to_interaction, Clock::none, from<&Recipient::interaction_id>("").read },
        { to_contact, Clock::none, from<&Recipient::contact_id>("").read },
        kRecipientFields[0],
        kRecipientFields[1],
    } };
    Select const select { .alias = "pair",
        .table = join->table,
        .joins = { { "contact", "ZCONTACTS", "Z_PK", to_contact } },
        .deleted = true };
    return each_row<Recipient>(database, context, select, fields,
        [&](Recipient& row, Origin origin) { return context.add(kRecipients, row, origin); });
}

Result<void> read_attachments(sqlite::Database const& database, Context& context)
{
    auto const add = [&](Attachment& row, Origin origin) {
        row.direction = direction_of(row.direction_number);
        return context.add(kAttachments, row, origin);
    };
    Select select { .alias = "attachment", .table = "ZATTACHMENT", .deleted = true };
    auto const join = find_join(database, "INTERACTIONS", "INTERACTIONS", "ATTACHMENTS");
    if (!join)
        return each_row<Attachment>(database, context, select, kAttachmentFields, add);
    auto const to_interaction = "pair." + join->to_interaction;
    std::array<Field<Attachment>, kAttachmentFields.size() + 2> fields {};
    std::ranges::copy(kAttachmentFields, fields.begin());
    fields[kAttachmentFields.size()]
        = { to_interaction, Clock::none, from<&Attachment::interaction_id>("").read };
    fields.back() = from<&Attachment::direction_number>("interaction.ZDIRECTION");
    select.joins = { { "pair", join->table, join->to_other, "attachment.Z_PK" },
        { "interaction", "ZINTERACTIONS", "Z_PK", to_interaction } };
    return each_row<Attachment>(database, context, select, fields, add);
}

/// The system writes a row when the interaction happens: what was written at another time came otherwise.
Time filled_in(Interaction const& row)
{
    constexpr std::chrono::hours least { 1 };
    bool const at_once
        = row.created.utc && row.started.utc && std::chrono::abs(*row.created.utc - *row.started.utc) < least;
    return at_once || !row.created.utc ? Time {} : row.created;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZINTERACTIONS"))
        return fail(Fault::unsupported, "the database has no table `ZINTERACTIONS`");
    Select const interactions { .alias = "interaction",
        .table = "ZINTERACTIONS",
        .joins = { { "sender", "ZCONTACTS", "Z_PK", "interaction.ZSENDER" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Interaction>(
        database, context, interactions, kInteractionFields, [&](Interaction& row, Origin origin) {
            row.direction = direction_of(row.direction_number);
            row.filled_in = filled_in(row);
            return context.add(kInteractions, row, origin);
        }));
    EXHIBIT_TRY(each_row<Contact>(database, context,
        { .alias = "contact", .table = "ZCONTACTS", .deleted = true }, kContactFields,
        [&](Contact& row, Origin origin) { return context.add(kContacts, row, origin); }));
    EXHIBIT_TRY(read_recipients(database, context));
    return read_attachments(database, context);
}

constexpr std::array kPaths { "/private/var/mobile/Library/CoreDuet/People/interactionC.db"sv };
constexpr std::array<Table const*, 4> kTables { &kInteractions, &kContacts, &kRecipients, &kAttachments };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.interaction_c",
    .title = "Interactions (interactionC)",
    .doc = "With whom the device exchanged messages, calls and mails, app by app, and sums per contact: a "
           "trail that stays when a "
           "chat is deleted. Read from interactionC.db; the tables that link interactions to recipients and "
           "attachments are found "
           "by their form, since their names change with the version.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::interaction_c
