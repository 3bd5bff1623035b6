#pragma once

#include "artifact/artifact.hpp"

#include <array>

/// The rows of WhatsApp's databases.
namespace exhibit::ios::whatsapp {

/// Which way a message went, from its column ZISFROMME.
inline std::optional<std::string_view> direction_of(std::optional<bool> is_from_me)
{
    return is_from_me ? std::optional<std::string_view> { *is_from_me ? "sent" : "received" } : std::nullopt;
}

inline constexpr std::string_view kDirectionOfMessage
    = "Which way its message went, received or sent; absent where that is gone.";

struct Message {
    std::optional<std::int64_t> message_id;
    std::optional<std::int64_t> chat_id;
    Time sent;
    Time received;
    std::optional<std::string_view> direction;
    std::optional<bool> is_from_me;
    std::optional<std::string_view> text;
    std::optional<std::string_view> from_account;
    std::optional<std::string_view> to_account;
    std::optional<std::string_view> member_account;
    std::optional<std::string> phone;
    std::optional<std::string_view> push_name;
    std::optional<std::int64_t> message_type;
    std::optional<std::int64_t> group_event_type;
    std::optional<std::int64_t> message_status;
    std::optional<bool> is_starred;
    std::optional<std::string_view> stanza_id;
    std::optional<std::int64_t> media_id;
};

inline constexpr std::array kMessageColumns {
    column<&Message::message_id>("message_id", "Number of the message, counted up.").mvt("Z_PK"),
    column<&Message::chat_id>("chat_id", "The chat in ios_whatsapp_chat.").mvt("ZCHATSESSION"),
    // In data of iOS 15 ZMESSAGEDATE of received messages has whole seconds, and ZSENTDATE the fractions of
    // the device's own clock, up to a minute later; of sent ones it is some hundredths of a second later.
    column<&Message::sent>("sent", Clock::mac,
        "The message's date: as the network told it, in whole seconds, or when it was written here.")
        .mvt("isodate+ZMESSAGEDATE"),
    column<&Message::received>("received", Clock::mac,
        "ZSENTDATE: by this device's clock, when it had got the message, or had handed on one from here.")
        .mvt("+ZSENTDATE"),
    column<&Message::direction>("direction", Is::opaque, "received or sent: one of two fixed words.")
        .mvt("-"),
    column<&Message::is_from_me>("is_from_me", "Whether it was sent from this account.").mvt("ZISFROMME#"),
    column<&Message::text>(
        "text", Is::free_text, "What was written; a caption for media; absent for other kinds.")
        .mvt("ZTEXT"),
    column<&Message::from_account>("from_account", Is::handle, "Who sent it; the group for a message in one.")
        .mvt("ZFROMJID"),
    column<&Message::to_account>("to_account", Is::handle, "Who it was sent to.").mvt("ZTOJID"),
    column<&Message::member_account>("member_account", Is::handle, "Who in the group sent it.").mvt("-"),
    column<&Message::phone>("phone", Is::phone, "The other side's number, where its account tells one.")
        .mvt("-"),
    column<&Message::push_name>("push_name", Is::free_text, "Name that the sender chose.").mvt("ZPUSHNAME"),
    column<&Message::message_type>("message_type",
        "0 text, 1 image, 2 video, 3 audio, 4 contact, 5 place, 6 group event, 7 link, 8 document, 14 "
        "deleted by the sender.")
        .mvt("ZMESSAGETYPE"),
    column<&Message::group_event_type>("group_event_type", "What happened in the group, in the app's code.")
        .mvt("ZGROUPEVENTTYPE"),
    column<&Message::message_status>("message_status", "How far a sent message got, in the app's code.")
        .mvt("ZMESSAGESTATUS"),
    column<&Message::is_starred>("is_starred", "Whether the person starred it.").mvt("ZSTARRED#"),
    column<&Message::stanza_id>(
        "stanza_id", Is::opaque, "The message's number in the network, made up by the sender.")
        .mvt("ZSTANZAID"),
    column<&Message::media_id>("media_id", "Its media in ios_whatsapp_media.").mvt("ZMEDIAITEM"),
};
inline constexpr std::array kMessageEvents { Event {
    "sent", "whatsapp_message", "{direction} {from_account}{to_account}: {text}" } };

struct Media {
    std::optional<std::int64_t> media_id;
    std::optional<std::int64_t> message_id;
    std::optional<std::string_view> media_url;
    std::optional<std::string_view> local_path;
    std::optional<std::string_view> title;
    std::optional<std::string_view> author;
    std::optional<std::string_view> contact_name;
    std::optional<std::string_view> mime_type;
    std::optional<std::string_view> contact_card;
    std::optional<std::int64_t> size;
    std::optional<double> latitude;
    std::optional<double> longitude;
    Time uploaded;
    std::optional<std::string_view> direction;
    std::optional<bool> is_from_me; // not stored
};

inline constexpr std::array kMediaColumns {
    column<&Media::media_id>("media_id", "Number of the item.").mvt("-"),
    column<&Media::message_id>("message_id", "The message that it belongs to.").mvt("-"),
    column<&Media::media_url>(
        "media_url", Is::url, "Where it was uploaded: a server of WhatsApp's, or the link of a preview.")
        .mvt("-"),
    column<&Media::local_path>("local_path", Is::file_name, "Its file in the app's container.").mvt("-"),
    column<&Media::title>("title", Is::free_text, "Caption, document name or title of a link.").mvt("-"),
    column<&Media::author>("author", Is::free_text, "Name of the author, or of a file.").mvt("-"),
    column<&Media::contact_name>(
        "contact_name", Is::free_text, "Name of a shared contact; a hash of the file for documents.")
        .mvt("-"),
    column<&Media::mime_type>(
        "mime_type", Is::opaque, "Its type, such as image/jpeg; no indicator names types.")
        .mvt("-"),
    column<&Media::contact_card>(
        "contact_card", Is::free_text, "The text of a shared contact: names, numbers, addresses and links.")
        .mvt("-"),
    column<&Media::size>("size", "Bytes.").mvt("-"),
    column<&Media::latitude>("latitude", "Degrees north, of a shared place.").mvt("-"),
    column<&Media::longitude>("longitude", "Degrees east, of a shared place.").mvt("-"),
    column<&Media::uploaded>("uploaded", Clock::mac, "When it was uploaded.").mvt("-"),
    column<&Media::direction>("direction", Is::opaque, kDirectionOfMessage).mvt("-"),
};

struct CardValue {
    std::optional<std::int64_t> media_id;
    std::optional<std::int64_t> message_id;
    std::string_view property;
    std::string_view value;
    std::optional<std::string_view> direction;
};

inline constexpr std::array kCardValueColumns {
    column<&CardValue::media_id>("media_id", "The shared contact in ios_whatsapp_media.").mvt("-"),
    column<&CardValue::message_id>("message_id", "The message that it belongs to.").mvt("-"),
    column<&CardValue::property>("card_property", Is::opaque, "TEL, EMAIL or IMPP: a word of the format.")
        .mvt("-"),
    column<&CardValue::value>("value", Is::handle, "The number, mail address or account.").mvt("-"),
    column<&CardValue::direction>("direction", Is::opaque, kDirectionOfMessage).mvt("-"),
};

struct DataItem {
    std::optional<std::int64_t> item_id;
    std::optional<std::int64_t> message_id;
    std::optional<std::string_view> matched_text;
    std::optional<std::string_view> content_1;
    std::optional<std::string_view> content_2;
    std::optional<std::string_view> title;
    std::optional<std::string_view> summary;
    std::optional<std::string_view> sender_account;
    Time dated;
    std::optional<std::string_view> direction;
    std::optional<bool> is_from_me; // not stored
};

inline constexpr std::array kDataItemColumns {
    column<&DataItem::item_id>("item_id", "Number of the item.").mvt("-"),
    column<&DataItem::message_id>("message_id", "The message that it belongs to.").mvt("-"),
    column<&DataItem::matched_text>("matched_text", Is::free_text, "The link as it stands in the message.")
        .mvt("-"),
    column<&DataItem::content_1>("content_1", Is::free_text, "Where the link leads, or other content.")
        .mvt("-"),
    column<&DataItem::content_2>("content_2", Is::free_text, "More of it.").mvt("-"),
    column<&DataItem::title>("title", Is::free_text, "Title of the page.").mvt("-"),
    column<&DataItem::summary>("summary", Is::free_text, "Summary of the page.").mvt("-"),
    column<&DataItem::sender_account>("sender_account", Is::handle, "Who sent it.").mvt("-"),
    column<&DataItem::dated>("dated", Clock::mac, "Its date.").mvt("-"),
    column<&DataItem::direction>("direction", Is::opaque, kDirectionOfMessage).mvt("-"),
};

struct Chat {
    std::optional<std::int64_t> chat_id;
    std::optional<std::string_view> account;
    std::optional<std::string> phone;
    std::optional<std::string_view> name;
    std::optional<std::int64_t> session_type;
    std::optional<bool> is_archived;
    std::optional<bool> is_removed;
    std::optional<bool> is_hidden;
    std::optional<std::int64_t> message_counter;
    std::int64_t stored_messages = 0;
    Time last_message;
    Time first_stored;
    Time last_stored;
    Time group_created;
    std::optional<std::string_view> group_creator;
};

inline constexpr std::array kChatColumns {
    column<&Chat::chat_id>("chat_id", "Number of the chat.").mvt("session_pk"),
    column<&Chat::account>("account", Is::handle, "The other side: an account, a group or a list.")
        .mvt("contact_jid"),
    column<&Chat::phone>("phone", Is::phone, "Its number, where the account tells one.")
        .mvt("partner_resolved_phone_number"),
    column<&Chat::name>("name", Is::free_text, "Name of the contact or group.").mvt("partner_name"),
    column<&Chat::session_type>("session_type", "0 one contact, 1 group, 2 list, 3 status, 4 community.")
        .mvt("session_type"),
    column<&Chat::is_archived>("is_archived", "Whether it was archived.").mvt("archived#"),
    column<&Chat::is_removed>("is_removed", "Whether the person removed the chat.").mvt("removed#"),
    column<&Chat::is_hidden>("is_hidden", "Whether it is hidden.").mvt("-"),
    column<&Chat::message_counter>("message_counter",
        "Messages that the chat ever had; more than are stored means that some were deleted.")
        .mvt("message_counter"),
    column<&Chat::stored_messages>("stored_messages", "Messages that are there.").mvt("stored_message_count"),
    column<&Chat::last_message>(
        "last_message", Clock::mac, "Last message as the chat has it; stays when that is deleted.")
        .mvt("last_message_date"),
    column<&Chat::first_stored>("first_stored", Clock::mac, "Oldest message that is there.")
        .mvt("first_stored_message_date"),
    column<&Chat::last_stored>("last_stored", Clock::mac, "Newest message that is there.")
        .mvt("last_stored_message_date"),
    column<&Chat::group_created>("group_created", Clock::mac, "When the group was created.")
        .mvt("group_creation_date"),
    column<&Chat::group_creator>("group_creator", Is::handle, "Who created the group.").mvt("-"),
};
inline constexpr std::array kChatEvents {
    Event { "group_created", "whatsapp_group_created", "{name} {account}" },
    Event { "first_stored", "whatsapp_chat_first", "oldest message with {name} {account}" },
    Event { "last_message", "whatsapp_chat_last", "last message with {name} {account}" },
};

struct GroupChange {
    Time changed;
    std::optional<std::int64_t> change_type;
    std::optional<std::string_view> group;
    std::optional<std::string_view> members;
};

inline constexpr std::array kGroupChangeColumns {
    column<&GroupChange::changed>("changed", Clock::mac, "When.").mvt("-"),
    column<&GroupChange::change_type>("change_type", "What changed, in the app's code.").mvt("-"),
    column<&GroupChange::group>("group_account", Is::handle, "The group.").mvt("-"),
    column<&GroupChange::members>(
        "accounts", Is::free_text, "Accounts that it is about, where they are kept as text.")
        .mvt("-"),
};
inline constexpr std::array kGroupChangeEvents { Event {
    "changed", "whatsapp_group_changed", "{group_account}: {accounts|members that are not named}" } };

struct Blocked {
    std::optional<std::string_view> account;
};

inline constexpr std::array kBlockedColumns {
    column<&Blocked::account>("account", Is::handle, "The account.").mvt("-"),
};

struct Member {
    std::optional<std::int64_t> member_id;
    std::optional<std::int64_t> chat_id;
    std::optional<std::string_view> account;
    std::optional<std::string> phone;
    std::optional<std::string_view> name;
    std::optional<bool> is_admin;
    std::optional<bool> is_active;
};

inline constexpr std::array kMemberColumns {
    column<&Member::member_id>("member_id", "Number of the membership.").mvt("-"),
    column<&Member::chat_id>("chat_id", "The group in ios_whatsapp_chat.").mvt("-"),
    column<&Member::account>("account", Is::handle, "The member.").mvt("-"),
    column<&Member::phone>("phone", Is::phone, "The member's number, where the account tells one.").mvt("-"),
    column<&Member::name>("name", Is::free_text, "The member's name.").mvt("-"),
    column<&Member::is_admin>("is_admin", "Whether the member may change the group.").mvt("-"),
    column<&Member::is_active>("is_active", "Whether the member is still in the group.").mvt("-"),
};

struct LidPair {
    std::optional<std::string_view> lid;
    std::optional<std::string_view> phone;
    Time paired;
};

inline constexpr std::array kLidPairColumns {
    column<&LidPair::lid>(
        "lid", Is::handle, "Number that stands for an account without telling its phone number.")
        .mvt("lid"),
    column<&LidPair::phone>("phone", Is::phone, "The phone number.").mvt("phone_number"),
    column<&LidPair::paired>("paired", Clock::mac, "When the device learned this.").mvt("pair_timestamp"),
};
inline constexpr std::array kLidPairEvents { Event { "paired", "whatsapp_lid_paired", "{lid} is {phone}" } };

} // namespace exhibit::ios::whatsapp
