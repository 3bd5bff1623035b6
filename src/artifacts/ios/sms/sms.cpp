#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/device_path.hpp"
#include "artifacts/ios/sms/old_form.hpp"
#include "artifacts/ios/sms/parts.hpp"
#include "artifacts/ios/sms/rows.hpp"

namespace exhibit::ios::sms {
namespace {

using namespace std::string_view_literals;

constexpr auto kMessages = table<Message>("ios_sms_message", "One row per SMS, MMS, iMessage or RCS message.",
    Relation::received, kMessageColumns, kMessageEvents, "sms");
constexpr auto kLinks = table<Link>("ios_sms_link",
    "One row per link of a message that stands elsewhere than in its text: in a preview, an app's message, "
    "the formatting.",
    Relation::received, kLinkColumns);
constexpr auto kEdits = table<Edit>("ios_sms_edit",
    "One row per version of a message that its sender edited.", Relation::received, kEditColumns);
constexpr auto kAttachments = table<Attachment>("ios_sms_attachment", "One row per attachment of a message.",
    Relation::received, kAttachmentColumns, kAttachmentEvents, "sms_attachments");
constexpr auto kChats = table<Chat>("ios_sms_chat", "One row per chat.", Relation::contacted, kChatColumns);
constexpr auto kParticipants = table<Participant>(
    "ios_sms_participant", "One row per participant of a chat.", Relation::contacted, kParticipantColumns);
constexpr auto kHandles = table<Handle>("ios_sms_handle",
    "One row per number or address that messages were exchanged with.", Relation::contacted, kHandleColumns);
constexpr auto kDeletedParts = table<DeletedPart>("ios_sms_deleted_part",
    "One row per part of a message that the person deleted and that is still recoverable.",
    Relation::received, kDeletedPartColumns, kDeletedPartEvents);
constexpr auto kDeletedMessages = table<DeletedMessage>("ios_sms_deleted_message",
    "One row per deleted message of which only the number is left.", Relation::context,
    kDeletedMessageColumns);
constexpr auto kSequences = table<Sequence>(
    "ios_sms_sequence", "One row per counter of the message database.", Relation::context, kSequenceColumns);

constexpr std::array kMessageFields {
    from<&Message::message_id>("message.ROWID"),
    from<&Message::guid>("message.guid"),
    from<&Message::text>("message.text"),
    from<&Message::body>("message.attributedBody"),
    from<&Message::subject>("message.subject"),
    from<&Message::handle>("handle.id"),
    from<&Message::handle_id>("message.handle_id"),
    from<&Message::other_handle>("other.id"),
    from<&Message::service>("message.service"),
    from<&Message::account>("message.account"),
    from<&Message::destination_caller>("message.destination_caller_id"),
    from<&Message::is_from_me>("message.is_from_me"),
    from<&Message::is_read>("message.is_read"),
    from<&Message::is_sent>("message.is_sent"),
    from<&Message::is_delivered>("message.is_delivered"),
    from<&Message::sent>("message.date", Clock::mac),
    from<&Message::read_at>("message.date_read", Clock::mac),
    from<&Message::delivered>("message.date_delivered", Clock::mac),
    from<&Message::played>("message.date_played", Clock::mac),
    from<&Message::edited>("message.date_edited", Clock::mac),
    from<&Message::retracted>("message.date_retracted", Clock::mac),
    from<&Message::deleted>("recoverable.delete_date", Clock::mac),
    from<&Message::chat_id>("chat_message.chat_id"),
    from<&Message::recoverable_chat_id>("recoverable.chat_id"),
    from<&Message::room_name>("message.cache_roomnames"),
    from<&Message::group_title>("message.group_title"),
    from<&Message::item_type>("message.item_type"),
    from<&Message::group_action_type>("message.group_action_type"),
    from<&Message::error_code>("message.error"),
    from<&Message::balloon_bundle_id>("message.balloon_bundle_id"),
    from<&Message::associated_guid>("message.associated_message_guid"),
    from<&Message::associated_type>("message.associated_message_type"),
    from<&Message::reply_to_guid>("message.reply_to_guid"),
    from<&Message::answers_guid>("message.thread_originator_guid"),
    from<&Message::answers_part>("message.thread_originator_part"),
    from<&Message::reaction_emoji>("message.associated_message_emoji"),
    from<&Message::has_attachments>("message.cache_has_attachments"),
    from<&Message::is_spam>("message.is_spam"),
    from<&Message::is_corrupt>("message.is_corrupt"),
    from<&Message::payload>("message.payload_data"),
    from<&Message::summary_info>("message.message_summary_info"),
};
constexpr std::array kAttachmentFields {
    from<&Attachment::attachment_id>("attachment.ROWID"),
    from<&Attachment::message_id>("pair.message_id"),
    from<&Attachment::guid>("attachment.guid"),
    from<&Attachment::created>("attachment.created_date", Clock::mac),
    from<&Attachment::started>("attachment.start_date", Clock::mac),
    from<&Attachment::file_path>("attachment.filename"),
    from<&Attachment::transfer_name>("attachment.transfer_name"),
    from<&Attachment::uti>("attachment.uti"),
    from<&Attachment::mime_type>("attachment.mime_type"),
    from<&Attachment::size>("attachment.total_bytes"),
    from<&Attachment::transfer_state>("attachment.transfer_state"),
    from<&Attachment::is_outgoing>("attachment.is_outgoing"),
    from<&Attachment::service>("message.service"),
    from<&Attachment::handle>("handle.id"),
    from<&Attachment::is_sticker>("attachment.is_sticker"),
    from<&Attachment::is_hidden>("attachment.hide_attachment"),
    from<&Attachment::user_info>("attachment.user_info"),
};
constexpr std::array kChatFields {
    from<&Chat::chat_id>("chat.ROWID"),
    from<&Chat::guid>("chat.guid"),
    from<&Chat::chat_handle>("chat.chat_identifier"),
    from<&Chat::name>("chat.display_name"),
    from<&Chat::room_name>("chat.room_name"),
    from<&Chat::service>("chat.service_name"),
    from<&Chat::last_addressed>("chat.last_addressed_handle"),
    from<&Chat::is_archived>("chat.is_archived"),
    from<&Chat::is_filtered>("chat.is_filtered"),
    from<&Chat::last_read>("chat.last_read_message_timestamp", Clock::mac),
};
constexpr std::array kParticipantFields {
    from<&Participant::chat_id>("pair.chat_id"),
    from<&Participant::handle_id>("pair.handle_id"),
    from<&Participant::handle>("handle.id"),
};
constexpr std::array kHandleFields {
    from<&Handle::handle_id>("handle.ROWID"),
    from<&Handle::handle>("handle.id"),
    from<&Handle::service>("handle.service"),
    from<&Handle::country>("handle.country"),
    from<&Handle::as_dialed>("handle.uncanonicalized_id"),
    from<&Handle::person_link>("handle.person_centric_id"),
};
constexpr std::array kDeletedPartFields {
    from<&DeletedPart::message_id>("part.message_id"),
    from<&DeletedPart::chat_id>("part.chat_id"),
    from<&DeletedPart::part_index>("part.part_index"),
    from<&DeletedPart::deleted>("part.delete_date", Clock::mac),
    from<&DeletedPart::body>("part.part_text"),
    from<&DeletedPart::is_from_me>("message.is_from_me"),
};
constexpr std::array kDeletedMessageFields { from<&DeletedMessage::guid>("gone.guid") };
constexpr std::array kSequenceFields {
    from<&Sequence::counted_table>("counter.name"),
    from<&Sequence::highest_id>("counter.seq"),
};

/// Text that is only in the body, and links that are only in the body, the payload or earlier versions.
struct Unpacked {
    std::optional<std::string> text;
    std::vector<Link> links;
    Changes changes;
};

void unpack_changes(Message const& message, Context& context, Origin origin, Unpacked& unpacked)
{
    auto changes = read_changes(*message.summary_info);
    if (!changes)
        return context.note(
            Level::warning, changes.error().fault, "the summary of a message cannot be read", origin);
    if (changes->cut)
        context.note(Level::damage, Fault::over_limit,
            "a message has more versions than are read: the others were left out", origin);
    if (changes->unreadable)
        context.note(Level::damage, Fault::malformed, "the text of an edited message cannot be read", origin);
    unpacked.changes = *std::move(changes);
}

void unpack_beside_text(Message const& message, Context& context, Origin origin, Unpacked& unpacked)
{
    if (message.payload && !message.payload->empty()) {
        auto links = read_payload(*message.payload);
        if (!links)
            context.note(
                Level::warning, links.error().fault, "the payload of a message cannot be read", origin);
        else
            unpacked.links.insert(unpacked.links.end(), links->begin(), links->end());
    }
    if (message.summary_info && !message.summary_info->empty())
        unpack_changes(message, context, origin, unpacked);
}

Unpacked unpack(Message const& message, Context& context, Origin origin)
{
    Unpacked unpacked;
    bool const has_text = message.text && !message.text->empty();
    if (message.body && (!has_text || may_hold_links(*message.body))) {
        auto text = read_body(*message.body, &unpacked.links);
        if (!text)
            context.note(has_text ? Level::warning : Level::damage, text.error().fault,
                "the formatted body of a message cannot be read", origin);
        else
            unpacked.text = *std::move(text);
    }
    // A link that the text shows too is found there.
    std::string_view const shown = has_text ? *message.text
        : unpacked.text                     ? std::string_view { *unpacked.text }
                                            : std::string_view {};
    std::erase_if(
        unpacked.links, [&](Link const& link) { return shown.find(*link.url) != std::string_view::npos; });
    unpack_beside_text(message, context, origin, unpacked);
    return unpacked;
}

std::optional<std::string_view> direction_of(std::optional<bool> is_from_me)
{
    return is_from_me ? std::optional { *is_from_me ? "sent"sv : "received"sv } : std::nullopt;
}

Result<void> add_message(Message& row, Context& context, Origin origin)
{
    auto unpacked = unpack(row, context, origin);
    bool const has_text = row.text && !row.text->empty();
    if (!has_text && unpacked.text) {
        row.text = *unpacked.text;
        row.text_from_body = true;
    }
    row.direction = direction_of(row.is_from_me);
    if (!row.chat_id)
        row.chat_id = row.recoverable_chat_id;
    if (!unpacked.changes.retracted_parts.empty()) {
        row.retracted_parts = std::move(unpacked.changes.retracted_parts);
        if (!row.retracted.utc)
            row.taken_back = row.edited;
    }
    EXHIBIT_TRY(context.add(kMessages, row, origin));
    for (auto& link : unpacked.links) {
        link.message_id = row.message_id;
        link.direction = row.direction;
        EXHIBIT_TRY(context.add(kLinks, link, origin));
    }
    for (auto& edit : unpacked.changes.edits) {
        edit.message_id = row.message_id;
        edit.direction = row.direction;
        EXHIBIT_TRY(context.add(kEdits, edit, origin));
    }
    return {};
}

Result<void> read_messages(sqlite::Database const& database, Context& context)
{
    Select const messages { .alias = "message",
        .table = "message",
        .joins = { { "handle", "handle", "ROWID", "message.handle_id" },
            { "other", "handle", "ROWID", "message.other_handle" },
            { "chat_message", "chat_message_join", "message_id", "message.ROWID" },
            { "recoverable", "chat_recoverable_message_join", "message_id", "message.ROWID" } },
        .once = true,
        .deleted = true };
    return each_row<Message>(database, context, messages, kMessageFields,
        [&](Message& row, Origin origin) { return add_message(row, context, origin); });
}

Result<void> read_attachments(sqlite::Database const& database, Context& context)
{
    Select const attachments { .alias = "attachment",
        .table = "attachment",
        .joins = { { "pair", "message_attachment_join", "attachment_id", "attachment.ROWID" },
            { "message", "message", "ROWID", "pair.message_id" },
            { "handle", "handle", "ROWID", "message.handle_id" } },
        .deleted = true }; // A sticker or a file that was passed on belongs to several messages.
    return each_row<Attachment>(
        database, context, attachments, kAttachmentFields, [&](Attachment& row, Origin origin) {
            if (row.file_path)
                row.path = ios::device_path(*row.file_path);
            row.direction = direction_of(row.is_outgoing);
            if (row.user_info)
                row.user_info_bytes = static_cast<std::int64_t>(row.user_info->size());
            return context.add(kAttachments, row, origin);
        });
}

Result<void> read_chats(sqlite::Database const& database, Context& context)
{
    EXHIBIT_TRY(each_row<Chat>(database, context, { .alias = "chat", .table = "chat", .deleted = true },
        kChatFields, [&](Chat& row, Origin origin) { return context.add(kChats, row, origin); }));
    Select const participants { .alias = "pair",
        .table = "chat_handle_join",
        .joins = { { "handle", "handle", "ROWID", "pair.handle_id" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Participant>(database, context, participants, kParticipantFields,
        [&](Participant& row, Origin origin) { return context.add(kParticipants, row, origin); }));
    return each_row<Handle>(database, context, { .alias = "handle", .table = "handle", .deleted = true },
        kHandleFields, [&](Handle& row, Origin origin) { return context.add(kHandles, row, origin); });
}

Result<void> read_deleted(sqlite::Database const& database, Context& context)
{
    Select const parts { .alias = "part",
        .table = "recoverable_message_part",
        .joins = { { "message", "message", "ROWID", "part.message_id" } },
        .once = true,
        .deleted = true };
    EXHIBIT_TRY(each_row<DeletedPart>(
        database, context, parts, kDeletedPartFields, [&](DeletedPart& row, Origin origin) {
            row.direction = direction_of(row.is_from_me);
            if (row.body && !row.body->empty()) {
                auto text = read_body(*row.body, nullptr);
                if (!text)
                    context.note(Level::warning, text.error().fault,
                        "the text of a deleted part cannot be read", origin);
                else
                    row.text = *std::move(text);
            }
            return context.add(kDeletedParts, row, origin);
        }));
    for (auto const source :
        { "deleted_messages"sv, "sync_deleted_messages"sv, "unsynced_removed_recoverable_messages"sv })
        EXHIBIT_TRY(
            each_row<DeletedMessage>(database, context, { .alias = "gone", .table = source, .deleted = true },
                kDeletedMessageFields, [&](DeletedMessage& row, Origin origin) {
                    row.source = source;
                    return context.add(kDeletedMessages, row, origin);
                }));
    return each_row<Sequence>(database, context, { "counter", "sqlite_sequence" }, kSequenceFields,
        [&](Sequence& row, Origin origin) { return context.add(kSequences, row, origin); });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("message"))
        return fail(Fault::unsupported, "the database has no table `message`");
    if (is_of_old_form(database))
        return read_old_messages(database, context,
            [&](Message& row, Origin origin) { return add_message(row, context, origin); });
    EXHIBIT_TRY(read_messages(database, context));
    EXHIBIT_TRY(read_attachments(database, context));
    EXHIBIT_TRY(read_chats(database, context));
    return read_deleted(database, context);
}

constexpr std::array kPaths { "/private/var/mobile/Library/SMS/sms.db"sv };
constexpr std::array<Table const*, 10> kTables { &kMessages, &kLinks, &kEdits, &kAttachments, &kChats,
    &kParticipants, &kHandles, &kDeletedParts, &kDeletedMessages, &kSequences };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.sms",
    .title = "Messages (SMS, iMessage, RCS)",
    .doc
    = "All messages with their attachments, chats, links and earlier versions, and what is left of "
      "deleted ones. Read from "
      "sms.db, in its form up to iOS 5 too; where a message has no plain text, its formatted body is read. "
      "Messages whose other side is gone are kept.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
};

} // namespace exhibit::ios::sms
