#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::calendar {
namespace {

using namespace std::string_view_literals;

/// What tells who made an entry. An organizer whose row is gone is somebody else: spyware removed its own.
struct Maker {
    std::optional<std::int64_t> organizer_id;
    std::optional<bool> is_self;
    std::optional<std::int64_t> store_type; ///< of the account that keeps its calendar

    [[nodiscard]] std::string_view direction() const
    {
        constexpr std::int64_t subscribed = 4;
        bool const is_own = organizer_id.value_or(0) == 0 || is_self.value_or(false);
        return is_own && store_type != subscribed ? "own"sv : "received"sv;
    }
};

constexpr std::string_view kDirectionDoc
    = "`own` for an entry of the person's own: no organizer, or the person is, and not in a calendar that "
      "was "
      "subscribed to. Else `received`; absent where the entry is gone, or the database names no organizers.";

struct CalendarEvent {
    std::optional<std::int64_t> event_id;
    std::optional<std::string_view> summary;
    std::optional<std::string_view> description;
    Time starts;
    Time ends;
    std::optional<bool> all_day;
    std::optional<std::string_view> location;
    std::optional<std::string_view> url;
    std::optional<std::string_view> conference_url;
    std::optional<std::int64_t> calendar_id;
    std::optional<std::string_view> calendar;
    std::optional<std::int64_t> organizer_id;
    std::optional<std::string_view> organizer_email;
    std::optional<std::string_view> organizer_phone;
    std::optional<std::string_view> organizer_uuid;
    std::optional<std::string_view> organizer_comment;
    Time organizer_modified;
    Time created;
    Time modified;
    std::optional<std::int64_t> sequence_number;
    std::optional<std::int64_t> invitation_status;
    std::optional<std::string_view> external_id;
    std::optional<std::string_view> external_tag;
    std::optional<std::string_view> external_form;
    std::optional<std::string_view> unique_id;
    std::optional<std::string_view> uuid;
    std::optional<bool> is_hidden;
    std::optional<std::string_view> action;
    std::optional<std::int64_t> created_by_id;
    std::optional<std::string_view> direction;
    // Not stored: what `direction` is told from.
    std::optional<bool> organizer_is_self;
    std::optional<std::int64_t> store_type;
};

constexpr std::array kEventColumns {
    column<&CalendarEvent::event_id>("event_id", "Number of the entry.").mvt("id"),
    column<&CalendarEvent::summary>("summary", Is::free_text, "Title.").mvt("summary"),
    column<&CalendarEvent::description>("description", Is::free_text, "Notes.").mvt("description"),
    column<&CalendarEvent::starts>("starts", Clock::mac, "When it starts.").mvt("start_date"),
    column<&CalendarEvent::ends>("ends", Clock::mac, "When it ends.").mvt("end_date"),
    column<&CalendarEvent::all_day>("all_day", "Whether it takes whole days.").mvt("all_day#"),
    column<&CalendarEvent::location>("location", Is::free_text, "Where it is, in words.").mvt("-"),
    column<&CalendarEvent::url>("url", Is::url, "Link of the entry.").mvt("url"),
    column<&CalendarEvent::conference_url>("conference_url", Is::url, "Link of a video call.").mvt("-"),
    column<&CalendarEvent::calendar_id>("calendar_id", "The calendar.").mvt("calendar_id"),
    column<&CalendarEvent::calendar>("calendar", Is::free_text, "Name of the calendar.").mvt("-"),
    column<&CalendarEvent::organizer_id>("organizer_id", "The organizer in ios_calendar_participant.")
        .mvt("organizer_id"),
    column<&CalendarEvent::organizer_email>("organizer_email", Is::email, "The organizer's mail address.")
        .mvt("participant_email"),
    column<&CalendarEvent::organizer_phone>("organizer_phone", Is::phone, "The organizer's phone number.")
        .mvt("participant_phone"),
    column<&CalendarEvent::organizer_uuid>(
        "organizer_uuid", Is::opaque, "The organizer's own number, made up by a device.")
        .mvt("participant_uuid"),
    column<&CalendarEvent::organizer_comment>("organizer_comment", Is::free_text, "What the organizer wrote.")
        .mvt("participant_comment"),
    column<&CalendarEvent::organizer_modified>(
        "organizer_modified", Clock::mac, "When the organizer's row was last changed.")
        .mvt("participant_last_modified"),
    column<&CalendarEvent::created>("created", Clock::mac, "When the entry was created.")
        .mvt("creation_date"),
    column<&CalendarEvent::modified>("modified", Clock::mac, "When the entry was last changed.")
        .mvt("last_modified"),
    column<&CalendarEvent::sequence_number>(
        "sequence_number", "How often the organizer changed the invitation.")
        .mvt("-"),
    column<&CalendarEvent::invitation_status>(
        "invitation_status", "What became of the invitation, in the system's code.")
        .mvt("-"),
    column<&CalendarEvent::external_id>(
        "external_id", Is::opaque, "Name of the entry on its server, made up by that.")
        .mvt("external_id"),
    column<&CalendarEvent::external_tag>(
        "external_tag", Is::opaque, "Version of the entry on its server, made up by that.")
        .mvt("external_mod_tag"),
    column<&CalendarEvent::external_form>("external_form", Is::free_text, "The entry as the server sent it.")
        .mvt("-"),
    column<&CalendarEvent::unique_id>(
        "unique_id", Is::opaque, "Number of the entry in all calendars, made up by its author.")
        .mvt("unique_identifier"),
    column<&CalendarEvent::uuid>("uuid", Is::opaque, "Number of the entry on this device, made up by that.")
        .mvt("uuid"),
    column<&CalendarEvent::is_hidden>("is_hidden", "Whether the person does not see it.").mvt("hidden#"),
    column<&CalendarEvent::action>("action", Is::free_text, "What a reminder does.").mvt("action"),
    column<&CalendarEvent::created_by_id>("created_by_id", "Who created it, as a number.")
        .mvt("created_by_id"),
    column<&CalendarEvent::direction>("direction", Is::opaque, kDirectionDoc).mvt("-"),
};
constexpr std::array kEvents {
    Event { "starts", "calendar_starts", "{summary}" },
    Event { "ends", "calendar_ends", "{summary}" },
    Event { "created", "calendar_created", "{summary} {organizer_email}" },
    Event { "modified", "calendar_modified", "{summary}" },
};
constexpr auto kCalendarEvents
    = table<CalendarEvent>("ios_calendar_event", "One row per entry of a calendar or list of reminders.",
        Relation::received, kEventColumns, kEvents, "calendar");

struct Participant {
    std::optional<std::int64_t> participant_id;
    std::optional<std::int64_t> event_id;
    std::optional<std::string_view> email;
    std::optional<std::string_view> phone;
    std::optional<std::string_view> name;
    std::optional<std::string_view> address;
    std::optional<std::string_view> comment;
    std::optional<std::string_view> invited_by;
    std::optional<bool> is_self;
    std::optional<std::int64_t> role_number;
    std::optional<std::string_view> uuid;
    Time modified;
};

constexpr std::array kParticipantColumns {
    column<&Participant::participant_id>("participant_id", "Number of the participant.").mvt("-"),
    column<&Participant::event_id>("event_id", "The entry.").mvt("-"),
    column<&Participant::email>("email", Is::email, "Mail address.").mvt("-"),
    column<&Participant::phone>("phone", Is::phone, "Phone number.").mvt("-"),
    column<&Participant::name>("name", Is::free_text, "Name.").mvt("-"),
    column<&Participant::address>("address", Is::free_text, "Address as a link, usually mailto:.").mvt("-"),
    column<&Participant::comment>("comment", Is::free_text, "What the participant wrote.").mvt("-"),
    column<&Participant::invited_by>("invited_by", Is::free_text, "Who invited the participant.").mvt("-"),
    column<&Participant::is_self>("is_self", "Whether this is the phone's owner.").mvt("-"),
    column<&Participant::role_number>("role_number", "Role, in the system's code.").mvt("-"),
    column<&Participant::uuid>("uuid", Is::opaque, "The participant's own number, made up by a device.")
        .mvt("-"),
    column<&Participant::modified>("modified", Clock::mac, "When the row was last changed.").mvt("-"),
};
constexpr auto kParticipants = table<Participant>("ios_calendar_participant",
    "One row per organizer or guest of an entry.", Relation::contacted, kParticipantColumns);

struct Place {
    std::optional<std::int64_t> event_id;
    std::optional<std::string_view> title;
    std::optional<std::string_view> address;
    std::optional<std::string_view> direction;
    // Not stored: what `direction` is told from.
    std::optional<std::int64_t> entry;
    std::optional<std::int64_t> organizer_id;
    std::optional<bool> organizer_is_self;
    std::optional<std::int64_t> store_type;
};

constexpr std::array kPlaceColumns {
    column<&Place::event_id>("event_id", "The entry.").mvt("-"),
    column<&Place::title>("title", Is::free_text, "The place in words, or the link of a meeting.").mvt("-"),
    column<&Place::address>("address", Is::free_text, "Its address.").mvt("-"),
    column<&Place::direction>("direction", Is::opaque, kDirectionDoc).mvt("-"),
};
constexpr auto kPlaces = table<Place>(
    "ios_calendar_location", "One row per place that an entry names.", Relation::received, kPlaceColumns);

struct Attachment {
    std::optional<std::int64_t> event_id;
    std::optional<std::string_view> url;
    std::optional<std::string_view> file_url;
    std::optional<std::string_view> file_name;
    std::optional<std::string_view> stored_name;
    std::optional<std::string_view> local_path;
    std::optional<std::string_view> external_form;
    std::optional<std::string_view> media_type;
    std::optional<std::int64_t> size;
    std::optional<std::string_view> direction;
    // Not stored: what `direction` is told from.
    std::optional<std::int64_t> entry;
    std::optional<std::int64_t> organizer_id;
    std::optional<bool> organizer_is_self;
    std::optional<std::int64_t> store_type;
};

constexpr std::array kAttachmentColumns {
    column<&Attachment::event_id>("event_id", "The entry.").mvt("-"),
    column<&Attachment::url>("url", Is::url, "Where it is.").mvt("-"),
    column<&Attachment::file_url>("file_url", Is::url, "The same, as its file has it.").mvt("-"),
    column<&Attachment::file_name>("file_name", Is::file_name, "Name of the file.").mvt("-"),
    column<&Attachment::stored_name>("stored_name", Is::file_name, "The same, as its file has it.").mvt("-"),
    column<&Attachment::local_path>("local_path", Is::file_name, "Where the phone keeps it.").mvt("-"),
    column<&Attachment::external_form>(
        "external_form", Is::free_text, "The attachment as the server sent it.")
        .mvt("-"),
    column<&Attachment::media_type>(
        "media_type", Is::opaque, "Its type, such as application/pdf; no indicator names types.")
        .mvt("-"),
    column<&Attachment::size>("size", "Bytes.").mvt("-"),
    column<&Attachment::direction>("direction", Is::opaque, kDirectionDoc).mvt("-"),
};
constexpr auto kAttachments = table<Attachment>("ios_calendar_attachment",
    "One row per file or link that is attached to an entry.", Relation::received, kAttachmentColumns);

constexpr std::array kEventFields {
    from<&CalendarEvent::event_id>("item.ROWID"),
    from<&CalendarEvent::summary>("item.summary"),
    from<&CalendarEvent::description>("item.description"),
    from<&CalendarEvent::starts>("item.start_date", Clock::mac),
    from<&CalendarEvent::ends>("item.end_date", Clock::mac),
    from<&CalendarEvent::all_day>("item.all_day"),
    from<&CalendarEvent::location>("location.title"),
    from<&CalendarEvent::url>("item.url"),
    from<&CalendarEvent::conference_url>("item.conference_url"),
    from<&CalendarEvent::calendar_id>("item.calendar_id"),
    from<&CalendarEvent::calendar>("calendar.title"),
    from<&CalendarEvent::organizer_id>("item.organizer_id"),
    from<&CalendarEvent::organizer_email>("organizer.email"),
    from<&CalendarEvent::organizer_phone>("organizer.phone_number"),
    from<&CalendarEvent::organizer_uuid>("organizer.UUID"),
    from<&CalendarEvent::organizer_comment>("organizer.comment"),
    from<&CalendarEvent::organizer_modified>("organizer.last_modified", Clock::mac),
    from<&CalendarEvent::created>("item.creation_date", Clock::mac),
    from<&CalendarEvent::modified>("item.last_modified", Clock::mac),
    from<&CalendarEvent::sequence_number>("item.sequence_num"),
    from<&CalendarEvent::invitation_status>("item.invitation_status"),
    from<&CalendarEvent::external_id>("item.external_id"),
    from<&CalendarEvent::external_tag>("item.external_mod_tag"),
    from<&CalendarEvent::external_form>("item.external_rep"),
    from<&CalendarEvent::unique_id>("item.unique_identifier"),
    from<&CalendarEvent::uuid>("item.UUID"),
    from<&CalendarEvent::is_hidden>("item.hidden"),
    from<&CalendarEvent::action>("item.action"),
    from<&CalendarEvent::created_by_id>("item.created_by_id"),
    from<&CalendarEvent::organizer_is_self>("organizer.is_self"),
    from<&CalendarEvent::store_type>("store.type"),
};
constexpr std::array kParticipantFields {
    from<&Participant::participant_id>("participant.ROWID"),
    from<&Participant::event_id>("participant.owner_id"),
    from<&Participant::email>("participant.email"),
    from<&Participant::phone>("participant.phone_number"),
    from<&Participant::name>("identity.display_name"),
    from<&Participant::address>("identity.address"),
    from<&Participant::comment>("participant.comment"),
    from<&Participant::invited_by>("participant.invited_by"),
    from<&Participant::is_self>("participant.is_self"),
    from<&Participant::role_number>("participant.role"),
    from<&Participant::uuid>("participant.UUID"),
    from<&Participant::modified>("participant.last_modified", Clock::mac),
};

constexpr std::array kPlaceFields {
    from<&Place::event_id>("place.item_owner_id"),
    from<&Place::title>("place.title"),
    from<&Place::address>("place.address"),
    from<&Place::entry>("item.ROWID"),
    from<&Place::organizer_id>("item.organizer_id"),
    from<&Place::organizer_is_self>("organizer.is_self"),
    from<&Place::store_type>("store.type"),
};
constexpr std::array kAttachmentFields {
    from<&Attachment::event_id>("attachment.owner_id"),
    from<&Attachment::url>("attachment.url"),
    from<&Attachment::file_url>("file.url"),
    from<&Attachment::file_name>("attachment.filename"),
    from<&Attachment::stored_name>("file.filename"),
    from<&Attachment::local_path>("file.local_path"),
    from<&Attachment::external_form>("attachment.external_rep"),
    from<&Attachment::media_type>("file.format"),
    from<&Attachment::size>("file.file_size"),
    from<&Attachment::entry>("item.ROWID"),
    from<&Attachment::organizer_id>("item.organizer_id"),
    from<&Attachment::organizer_is_self>("organizer.is_self"),
    from<&Attachment::store_type>("store.type"),
};

bool names_organizers(sqlite::Database const& database)
{
    return database.has_column("CalendarItem", "organizer_id");
}

struct CalendarList {
    std::optional<std::int64_t> calendar_id;
    std::optional<std::string_view> title;
    std::optional<std::string_view> subscription_url;
    std::optional<std::string_view> published_url;
    std::optional<std::string_view> external_id;
    std::optional<std::string_view> notes;
    std::optional<std::string_view> store;
};

constexpr std::array kCalendarColumns {
    column<&CalendarList::calendar_id>("calendar_id", "Number of the calendar.").mvt("-"),
    column<&CalendarList::title>("title", Is::free_text, "Its name.").mvt("-"),
    column<&CalendarList::subscription_url>(
        "subscription_url", Is::url, "Where the entries of a calendar that is subscribed to come from.")
        .mvt("-"),
    column<&CalendarList::published_url>("published_url", Is::url, "Where its own entries are published.")
        .mvt("-"),
    column<&CalendarList::external_id>("external_id", Is::free_text, "Its name on a server.").mvt("-"),
    column<&CalendarList::notes>("notes", Is::free_text, "What is noted about it.").mvt("-"),
    column<&CalendarList::store>("store", Is::free_text, "The account that it belongs to, by name.").mvt("-"),
};
constexpr auto kCalendars
    = table<CalendarList>("ios_calendar", "One row per calendar.", Relation::present, kCalendarColumns);

constexpr std::array kCalendarFields {
    from<&CalendarList::calendar_id>("calendar.ROWID"),
    from<&CalendarList::title>("calendar.title"),
    from<&CalendarList::subscription_url>("calendar.subcal_url"),
    from<&CalendarList::published_url>("calendar.published_URL"),
    from<&CalendarList::external_id>("calendar.external_id"),
    from<&CalendarList::notes>("calendar.notes"),
    from<&CalendarList::store>("store.name"),
};

template<typename Row>
std::optional<std::string_view> direction_of_addition(sqlite::Database const& database, Row const& row)
{
    if (!row.entry || !names_organizers(database))
        return std::nullopt;
    return Maker { row.organizer_id, row.organizer_is_self, row.store_type }.direction();
}

/// What an invitation brings besides its own row.
Result<void> read_additions(sqlite::Database const& database, Context& context)
{
    Select const places { .alias = "place",
        .table = "Location",
        .joins = { { "item", "CalendarItem", "ROWID", "place.item_owner_id" },
            { "organizer", "Participant", "ROWID", "item.organizer_id" },
            { "calendar", "Calendar", "ROWID", "item.calendar_id" },
            { "store", "Store", "ROWID", "calendar.store_id" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Place>(database, context, places, kPlaceFields, [&](Place& row, Origin origin) {
        row.direction = direction_of_addition(database, row);
        return context.add(kPlaces, row, origin);
    }));
    Select const attachments { .alias = "attachment",
        .table = "Attachment",
        .joins = { { "file", "AttachmentFile", "ROWID", "attachment.file_id" },
            { "item", "CalendarItem", "ROWID", "attachment.owner_id" },
            { "organizer", "Participant", "ROWID", "item.organizer_id" },
            { "calendar", "Calendar", "ROWID", "item.calendar_id" },
            { "store", "Store", "ROWID", "calendar.store_id" } },
        .deleted = true };
    return each_row<Attachment>(
        database, context, attachments, kAttachmentFields, [&](Attachment& row, Origin origin) {
            row.direction = direction_of_addition(database, row);
            return context.add(kAttachments, row, origin);
        });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("CalendarItem"))
        return fail(Fault::unsupported, "the database has no table `CalendarItem`");
    Select const items { .alias = "item",
        .table = "CalendarItem",
        .joins = { { "organizer", "Participant", "ROWID", "item.organizer_id" },
            { "calendar", "Calendar", "ROWID", "item.calendar_id" },
            { "store", "Store", "ROWID", "calendar.store_id" },
            { "location", "Location", "ROWID", "item.location_id" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<CalendarEvent>(
        database, context, items, kEventFields, [&](CalendarEvent& row, Origin origin) {
            if (names_organizers(database))
                row.direction = Maker { row.organizer_id, row.organizer_is_self, row.store_type }.direction();
            return context.add(kCalendarEvents, row, origin);
        }));
    Select const participants { .alias = "participant",
        .table = "Participant",
        .joins = { { "identity", "Identity", "ROWID", "participant.identity_id" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Participant>(database, context, participants, kParticipantFields,
        [&](Participant& row, Origin origin) { return context.add(kParticipants, row, origin); }));
    Select const calendars { .alias = "calendar",
        .table = "Calendar",
        .joins = { { "store", "Store", "ROWID", "calendar.store_id" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<CalendarList>(database, context, calendars, kCalendarFields,
        [&](CalendarList& row, Origin origin) { return context.add(kCalendars, row, origin); }));
    return read_additions(database, context);
}

constexpr std::array kPaths { "/private/var/mobile/Library/Calendar/Calendar.sqlitedb"sv };
constexpr std::array<Table const*, 5> kTables { &kCalendarEvents, &kParticipants, &kPlaces, &kAttachments,
    &kCalendars };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.calendar",
    .title = "Calendar",
    .doc = "Calendar entries and reminders with organizers and guests. Invitations were a way in for "
           "spyware: see entries that lie "
           "in the past when they are created. Calendars that are subscribed to have the address that their "
           "entries come from. "
           "Read from the tables `CalendarItem`, `Participant` and `Calendar`.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::calendar
