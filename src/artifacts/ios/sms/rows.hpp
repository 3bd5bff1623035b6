#pragma once

#include "artifact/artifact.hpp"

#include <array>

/// The rows of the message database.
namespace exhibit::ios::sms {

struct Message {
    std::optional<std::int64_t> message_id;
    std::optional<std::string_view> guid;
    std::optional<std::string_view> text;
    bool text_from_body = false;
    std::optional<std::string_view> subject;
    std::optional<std::string_view> handle;
    std::optional<std::int64_t> handle_id;
    std::optional<std::string_view> other_handle;
    std::optional<std::string_view> service;
    std::optional<std::string_view> account;
    std::optional<std::string_view> destination_caller;
    std::optional<std::string_view> direction;
    std::optional<bool> is_from_me;
    std::optional<bool> is_read;
    std::optional<bool> is_sent;
    std::optional<bool> is_delivered;
    Time sent;
    Time read_at;
    Time delivered;
    Time played;
    Time edited;
    Time retracted;
    Time taken_back;
    std::optional<std::string> retracted_parts;
    Time deleted;
    std::optional<std::int64_t> chat_id;
    std::optional<std::string_view> room_name;
    std::optional<std::string_view> group_title;
    std::optional<std::int64_t> item_type;
    std::optional<std::int64_t> group_action_type;
    std::optional<std::int64_t> error_code;
    std::optional<std::string_view> balloon_bundle_id;
    std::optional<std::string_view> associated_guid;
    std::optional<std::int64_t> associated_type;
    std::optional<std::string_view> reply_to_guid;
    std::optional<std::string_view> answers_guid;
    std::optional<std::string_view> answers_part;
    std::optional<std::string_view> reaction_emoji;
    std::optional<bool> has_attachments;
    std::optional<bool> is_spam;
    std::optional<bool> is_corrupt;
    // Not stored: what other rows are read from.
    std::optional<std::int64_t> recoverable_chat_id;
    std::optional<Bytes> body;
    std::optional<Bytes> payload;
    std::optional<Bytes> summary_info;
};

inline constexpr std::array kMessageColumns {
    column<&Message::message_id>(
        "message_id", "Number of the message, counted up; a gap is a deleted message.")
        .mvt("ROWID"),
    column<&Message::guid>("guid", Is::opaque, "The message's own number, made up by the sender's device.")
        .mvt("guid"),
    column<&Message::text>("text", Is::free_text, "What was written; U+FFFC stands for each attachment.")
        .mvt("text~"),
    column<&Message::text_from_body>(
        "text_from_body", "Whether the text was found in the formatted body alone, as is usual since iOS 16.")
        .mvt("-"),
    column<&Message::subject>("subject", Is::free_text, "Subject line.").mvt("subject"),
    column<&Message::handle>(
        "handle", Is::handle, "The other side; absent in groups for what was sent, and when its row is gone.")
        .mvt("phone_number"),
    column<&Message::handle_id>("handle_id", "Number of the other side in ios_sms_handle; 0 for none.")
        .mvt("handle_id"),
    column<&Message::other_handle>("other_handle", Is::handle, "Who was added to or removed from a group.")
        .mvt("-"),
    column<&Message::service>("service", Is::opaque, "iMessage, SMS or RCS: never an indicator.")
        .mvt("service"),
    column<&Message::account>(
        "account", Is::opaque, "The device's own account, with a letter and a colon before it.")
        .mvt("account"),
    column<&Message::destination_caller>(
        "destination_caller", Is::handle, "The own number or address that it came to.")
        .mvt("destination_caller_id"),
    column<&Message::direction>("direction", Is::opaque, "received or sent: one of two fixed words.")
        .mvt("direction"),
    column<&Message::is_from_me>("is_from_me", "Whether it was sent from this account.").mvt("is_from_me#"),
    column<&Message::is_read>("is_read", "Whether it was read.").mvt("is_read#"),
    column<&Message::is_sent>("is_sent", "Whether it was sent from here and left the device.")
        .mvt("is_sent#"),
    column<&Message::is_delivered>("is_delivered", "Whether it was delivered.").mvt("is_delivered#"),
    column<&Message::sent>("sent", Clock::mac, "The message's date: when the sender sent it.")
        .mvt("isodate~+date"),
    column<&Message::read_at>("read_at", Clock::mac, "When it was read.").mvt("isodate_read~+date_read"),
    column<&Message::delivered>("delivered", Clock::mac, "When it was delivered.").mvt("+date_delivered"),
    column<&Message::played>("played", Clock::mac, "When its sound was played.").mvt("+date_played"),
    column<&Message::edited>("edited", Clock::mac, "When it was last edited.").mvt("+date_edited"),
    column<&Message::retracted>("retracted", Clock::mac, "When the sender took it back.")
        .mvt("+date_retracted"),
    column<&Message::taken_back>("taken_back", Clock::mac,
        "Date of the last edit, where the summary says that parts were taken back: iOS 16 and later notes no "
        "other time of it.")
        .mvt("-"),
    column<&Message::retracted_parts>("retracted_parts", Is::opaque,
        "Numbers of the parts that were taken back, in digits; their text is gone.")
        .mvt("-"),
    column<&Message::deleted>(
        "deleted", Clock::mac, "When the person deleted it; it stays recoverable for a month.")
        .mvt("-"),
    column<&Message::chat_id>("chat_id", "The chat in ios_sms_chat.").mvt("-"),
    column<&Message::room_name>(
        "room_name", Is::opaque, "Name of the group chat in the network, made up by a device.")
        .mvt("cache_roomnames"),
    column<&Message::group_title>(
        "group_title", Is::free_text, "New name of the group, when this message set one.")
        .mvt("group_title"),
    column<&Message::item_type>("item_type", "0 a message; others are events in a group or of sharing.")
        .mvt("item_type"),
    column<&Message::group_action_type>(
        "group_action_type", "What happened in the group, in the system's code.")
        .mvt("group_action_type"),
    column<&Message::error_code>("error_code", "0, or why it could not be sent.").mvt("error"),
    column<&Message::balloon_bundle_id>(
        "balloon_bundle_id", Is::app_id, "The extension that shows it, for links, stickers, apps.")
        .mvt("balloon_bundle_id"),
    column<&Message::associated_guid>(
        "associated_guid", Is::opaque, "The message that this reacts to, by its own number.")
        .mvt("associated_message_guid"),
    column<&Message::associated_type>("associated_type", "Kind of reaction, in the system's code.")
        .mvt("associated_message_type"),
    column<&Message::reply_to_guid>(
        "reply_to_guid", Is::opaque, "The message that this follows, by its own number; no answer to it.")
        .mvt("reply_to_guid"),
    column<&Message::answers_guid>("answers_guid", Is::opaque,
        "The message that this answers in a thread of its own, by its own number.")
        .mvt("-"),
    column<&Message::answers_part>(
        "answers_part", Is::opaque, "The part of that message, as the system writes it.")
        .mvt("-"),
    column<&Message::reaction_emoji>(
        "reaction_emoji", Is::opaque, "The character of a reaction, where it is one of the person's choice.")
        .mvt("-"),
    column<&Message::has_attachments>("has_attachments", "Whether it has or had attachments.")
        .mvt("cache_has_attachments#"),
    column<&Message::is_spam>("is_spam", "Whether it was taken for unwanted.").mvt("is_spam#"),
    column<&Message::is_corrupt>("is_corrupt", "Whether the system found it damaged.").mvt("is_corrupt#"),
};
inline constexpr std::array kMessageEvents {
    Event { "sent", "message", "{direction} {service} {handle|an unknown address}: {text}" },
    Event { "read_at", "message_read", "{handle}: {text}" },
    Event { "edited", "message_edited", "{handle}: {text}" },
    Event { "retracted", "message_retracted", "{handle}" },
    Event { "taken_back", "message_retracted", "{handle}: {text|nothing is left}" },
    Event { "deleted", "message_deleted", "{handle}: {text}" },
};

struct Link {
    std::optional<std::int64_t> message_id;
    std::optional<std::string_view> direction;
    std::string_view source;
    std::optional<std::string> url;
    std::optional<std::string> original_url;
    std::optional<std::string> title;
    std::optional<std::string> summary;
    std::optional<std::string> site_name;
    std::optional<std::string> app_name;
};

inline constexpr std::array kLinkColumns {
    column<&Link::message_id>("message_id", "The message that holds it.").mvt("-"),
    column<&Link::direction>(
        "direction", Is::opaque, "received or sent, as the message says: one of two fixed words.")
        .mvt("-"),
    column<&Link::source>(
        "source", Is::opaque, "preview, app or body: one of three fixed words for the place of the link.")
        .mvt("-"),
    column<&Link::url>("url", Is::url, "Where the link leads, for a preview after redirects.").mvt("-"),
    column<&Link::original_url>("original_url", Is::url, "The link as it was sent.").mvt("-"),
    column<&Link::title>("title", Is::free_text, "Title that the preview shows.").mvt("-"),
    column<&Link::summary>("summary", Is::free_text, "Summary that the preview shows.").mvt("-"),
    column<&Link::site_name>("site_name", Is::free_text, "Name of the site that the preview shows.").mvt("-"),
    column<&Link::app_name>("app_name", Is::free_text, "Name of the app that made the message.").mvt("-"),
};

struct Edit {
    std::optional<std::int64_t> message_id;
    std::optional<std::string_view> direction;
    std::optional<std::string> part;
    std::int64_t version_number = 0;
    Time edited;
    std::optional<std::string> text;
};

inline constexpr std::array kEditColumns {
    column<&Edit::message_id>("message_id", "The message.").mvt("-"),
    column<&Edit::direction>(
        "direction", Is::opaque, "received or sent, as the message says: one of two fixed words.")
        .mvt("-"),
    column<&Edit::part>("part", Is::opaque, "Number of the part of the message, in digits.").mvt("-"),
    column<&Edit::version_number>("version_number", "0 for the text as first sent, then counted up.")
        .mvt("-"),
    column<&Edit::edited>("edited", Clock::mac, "When this version was written.").mvt("-"),
    column<&Edit::text>("text", Is::free_text, "What this version said.").mvt("-"),
};

struct Attachment {
    std::optional<std::int64_t> attachment_id;
    std::optional<std::int64_t> message_id;
    std::optional<std::string_view> guid;
    Time created;
    Time started;
    std::optional<std::string_view> file_path;
    std::optional<std::string> path;
    std::optional<std::string_view> transfer_name;
    std::optional<std::string_view> uti;
    std::optional<std::string_view> mime_type;
    std::optional<std::int64_t> size;
    std::optional<std::int64_t> transfer_state;
    std::optional<bool> is_outgoing;
    std::optional<std::string_view> direction;
    std::optional<std::string_view> service;
    std::optional<std::string_view> handle;
    std::optional<bool> is_sticker;
    std::optional<bool> is_hidden;
    std::optional<std::int64_t> user_info_bytes;
    std::optional<Bytes> user_info; // not stored
};

inline constexpr std::array kAttachmentColumns {
    column<&Attachment::attachment_id>("attachment_id", "Number of the attachment, counted up.")
        .mvt("attachment_id"),
    column<&Attachment::message_id>("message_id", "The message that it came with; absent when that is gone.")
        .mvt("-"),
    column<&Attachment::guid>("guid", Is::opaque, "The attachment's own number, made up by a device.")
        .mvt("guid"),
    column<&Attachment::created>("created", Clock::mac, "When it was created on this device.")
        .mvt("isodate+created_date"),
    column<&Attachment::started>("started", Clock::mac, "When its transfer began.").mvt("start_date"),
    column<&Attachment::file_path>(
        "file_path", Is::opaque, "Where its file lies, as stored; `path` is the same in full.")
        .mvt("filename"),
    column<&Attachment::path>("path", Is::path, "Where its file lies.").mvt("-"),
    column<&Attachment::transfer_name>("transfer_name", Is::file_name, "Name that the sender gave the file.")
        .mvt("transfer_name"),
    column<&Attachment::uti>("uti", Is::opaque,
        "Its type by the name of it, such as com.compuserve.gif; no indicator names types.")
        .mvt("uti"),
    column<&Attachment::mime_type>(
        "mime_type", Is::opaque, "Its type, such as image/gif; no indicator names types.")
        .mvt("mime_type"),
    column<&Attachment::size>("size", "Bytes.").mvt("total_bytes"),
    column<&Attachment::transfer_state>("transfer_state", "How far the transfer got; 5 is whole.")
        .mvt("transfer_state"),
    column<&Attachment::is_outgoing>("is_outgoing", "Whether it was sent from here.").mvt("is_outgoing#"),
    column<&Attachment::direction>("direction", Is::opaque, "received or sent: one of two fixed words.")
        .mvt("direction"),
    column<&Attachment::service>("service", Is::opaque, "iMessage, SMS or RCS: never an indicator.")
        .mvt("service"),
    column<&Attachment::handle>("handle", Is::handle, "The other side of its message.").mvt("phone_number"),
    column<&Attachment::is_sticker>("is_sticker", "Whether it is a sticker.").mvt("is_sticker#"),
    column<&Attachment::is_hidden>("is_hidden", "Whether it is hidden from the person.")
        .mvt("hide_attachment#"),
    column<&Attachment::user_info_bytes>("user_info_bytes", "Bytes of what the transfer noted about itself.")
        .mvt("-"),
};
inline constexpr std::array kAttachmentEvents {
    Event { "created", "message_attachment",
        "{direction} {handle|an unknown address}: {transfer_name} {mime_type} {path}" },
};

struct Chat {
    std::optional<std::int64_t> chat_id;
    std::optional<std::string_view> guid;
    std::optional<std::string_view> chat_handle;
    std::optional<std::string_view> name;
    std::optional<std::string_view> room_name;
    std::optional<std::string_view> service;
    std::optional<std::string_view> last_addressed;
    std::optional<bool> is_archived;
    std::optional<bool> is_filtered;
    Time last_read;
};

inline constexpr std::array kChatColumns {
    column<&Chat::chat_id>("chat_id", "Number of the chat.").mvt("-"),
    column<&Chat::guid>("guid", Is::opaque, "Service, kind and other side in one text.").mvt("-"),
    column<&Chat::chat_handle>("chat_handle", Is::handle, "The other side, or a group's number.").mvt("-"),
    column<&Chat::name>("name", Is::free_text, "Name of the group.").mvt("-"),
    column<&Chat::room_name>(
        "room_name", Is::opaque, "Name of the group in the network, made up by a device.")
        .mvt("-"),
    column<&Chat::service>("service", Is::opaque, "iMessage, SMS or RCS: never an indicator.").mvt("-"),
    column<&Chat::last_addressed>("last_addressed", Is::handle, "The own number or address last used.")
        .mvt("-"),
    column<&Chat::is_archived>("is_archived", "Whether it was archived.").mvt("-"),
    column<&Chat::is_filtered>("is_filtered", "Whether it is from an unknown sender and kept apart.")
        .mvt("-"),
    column<&Chat::last_read>("last_read", Clock::mac, "The newest message that was read.").mvt("-"),
};

struct Participant {
    std::optional<std::int64_t> chat_id;
    std::optional<std::int64_t> handle_id;
    std::optional<std::string_view> handle;
};

inline constexpr std::array kParticipantColumns {
    column<&Participant::chat_id>("chat_id", "The chat.").mvt("-"),
    column<&Participant::handle_id>("handle_id", "The participant's number in ios_sms_handle.").mvt("-"),
    column<&Participant::handle>("handle", Is::handle, "The participant.").mvt("-"),
};

struct Handle {
    std::optional<std::int64_t> handle_id;
    std::optional<std::string_view> handle;
    std::optional<std::string_view> service;
    std::optional<std::string_view> country;
    std::optional<std::string_view> as_dialed;
    std::optional<std::string_view> person_link;
};

inline constexpr std::array kHandleColumns {
    column<&Handle::handle_id>("handle_id", "Number of the handle.").mvt("-"),
    column<&Handle::handle>(
        "handle", Is::handle, "A phone number or mail address that messages were exchanged with.")
        .mvt("-"),
    column<&Handle::service>("service", Is::opaque, "iMessage, SMS or RCS: never an indicator.").mvt("-"),
    column<&Handle::country>(
        "country", Is::opaque, "Country code of the number; no indicator names countries.")
        .mvt("-"),
    column<&Handle::as_dialed>("as_dialed", Is::phone, "The number as it was dialed.").mvt("-"),
    column<&Handle::person_link>(
        "person_link", Is::opaque, "What joins the handles of one person, made up by the system.")
        .mvt("-"),
};

struct DeletedPart {
    std::optional<std::int64_t> message_id;
    std::optional<std::int64_t> chat_id;
    std::optional<std::string_view> direction;
    std::optional<std::int64_t> part_index;
    Time deleted;
    std::optional<std::string> text;
    // Not stored: what other columns are read from.
    std::optional<Bytes> body;
    std::optional<bool> is_from_me;
};

inline constexpr std::array kDeletedPartColumns {
    column<&DeletedPart::message_id>("message_id", "The message that it was a part of.").mvt("-"),
    column<&DeletedPart::chat_id>("chat_id", "The chat.").mvt("-"),
    column<&DeletedPart::direction>(
        "direction", Is::opaque, "received or sent, as the message says: one of two fixed words.")
        .mvt("-"),
    column<&DeletedPart::part_index>("part_index", "Number of the part in the message.").mvt("-"),
    column<&DeletedPart::deleted>("deleted", Clock::mac, "When the person deleted it.").mvt("-"),
    column<&DeletedPart::text>("text", Is::free_text, "What it said.").mvt("-"),
};
inline constexpr std::array kDeletedPartEvents { Event { "deleted", "message_part_deleted", "{text}" } };

struct DeletedMessage {
    std::optional<std::string_view> guid;
    std::string_view source;
};

inline constexpr std::array kDeletedMessageColumns {
    column<&DeletedMessage::guid>(
        "guid", Is::opaque, "The message's own number, made up by the sender's device.")
        .mvt("-"),
    column<&DeletedMessage::source>("source", Is::opaque, "The table of the database that says so.").mvt("-"),
};

struct Sequence {
    std::optional<std::string_view> counted_table;
    std::optional<std::int64_t> highest_id;
};

inline constexpr std::array kSequenceColumns {
    column<&Sequence::counted_table>("counted_table", Is::opaque, "A table of the message database.")
        .mvt("-"),
    column<&Sequence::highest_id>("highest_id",
        "The highest number ever given in it; more than is there means that the newest rows were deleted.")
        .mvt("-"),
};

} // namespace exhibit::ios::sms
