#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::messages {

struct Sms {
    Time date;
    Time date_sent;
    std::string direction;
    std::optional<std::int64_t> message_type;
    std::optional<std::string> address;
    std::optional<std::string> recipients;
    std::optional<std::string> body;
    std::optional<std::string> subject;
    std::optional<bool> read;
    std::optional<std::int64_t> status;
    std::optional<std::string> own_number;
};

inline constexpr std::array kSmsColumns {
    column<&Sms::date>("date", Clock::unix_millis, "When the device received or sent it.").mvt("isodate"),
    column<&Sms::date_sent>("date_sent", Clock::unix_millis, "When the sender sent it, as the network says."),
    column<&Sms::direction>("direction", Is::opaque, "`received`, `sent`, `draft`, `failed` or `queued`."),
    column<&Sms::message_type>("message_type", "Number of the folder that it lies in; 1 is the inbox.")
        .mvt("type"),
    column<&Sms::address>("address", Is::handle, "The other party."),
    column<&Sms::recipients>("recipients", Is::opaque, "All parties of a conversation."),
    column<&Sms::body>("body", Is::free_text, "The words."),
    column<&Sms::subject>("subject", Is::free_text, "Subject, where it has one."),
    column<&Sms::read>("read", "Whether it was read."),
    column<&Sms::status>("status", "Delivery state; -1 for none."),
    column<&Sms::own_number>("own_number", Is::opaque, "Number of the device itself.").mvt("self_phone"),
};
inline constexpr std::array kSmsEvents {
    Event { "date", "sms", "SMS {direction}, {address}: {body}" },
    Event { "date_sent", "sms_sent", "SMS of {address} sent" },
};
inline constexpr auto kSms = table<Sms>(
    "android_sms", "One row per short message.", Relation::received, kSmsColumns, kSmsEvents, "sms");

struct Mms {
    Time date;
    Time date_sent;
    std::string direction;
    std::optional<std::int64_t> message_type;
    std::optional<std::int64_t> box;
    std::optional<std::string> sender;
    std::optional<std::string> recipients;
    std::optional<std::string> body;
    std::optional<std::string> subject;
    std::optional<std::string> content_url;
    std::optional<std::string> transaction_id;
    std::optional<bool> read;
    std::optional<std::string> own_number;
};

inline constexpr std::array kMmsColumns {
    column<&Mms::date>("date", Clock::unix_seconds, "When the device received or sent it.").mvt("isodate"),
    column<&Mms::date_sent>(
        "date_sent", Clock::unix_seconds, "When the sender sent it, as the network says."),
    column<&Mms::direction>("direction", Is::opaque, "`received`, `sent`, `draft` or `outbox`."),
    column<&Mms::message_type>(
        "message_type", "128 sent, 130 an announcement whose content was never fetched, 132 received whole.")
        .mvt("m_type"),
    column<&Mms::box>("box", "Number of the folder that it lies in: 1 inbox, 2 sent, 3 drafts, 4 outbox.")
        .mvt("msg_box"),
    column<&Mms::sender>("sender", Is::handle, "Who sent it; empty where the network hides it."),
    column<&Mms::recipients>("recipients", Is::opaque, "To whom, one per line."),
    column<&Mms::body>("body", Is::free_text, "The words."),
    column<&Mms::subject>("subject", Is::free_text, "Subject.").mvt("sub"),
    column<&Mms::content_url>("content_url", Is::url, "Where the network keeps the content.").mvt("ct_l"),
    column<&Mms::transaction_id>("transaction_id", Is::opaque, "Number of the exchange.").mvt("tr_id"),
    column<&Mms::read>("read", "Whether it was read."),
    column<&Mms::own_number>("own_number", Is::opaque, "Number of the device itself.").mvt("self_phone"),
};
inline constexpr std::array kMmsEvents { Event { "date", "mms", "MMS {direction}, {sender}: {body}" } };
inline constexpr auto kMms = table<Mms>(
    "android_mms", "One row per multimedia message.", Relation::received, kMmsColumns, kMmsEvents, "sms");

struct Party {
    Time date;
    std::int64_t type = 0;
    std::string address;
    std::optional<std::int64_t> charset;
};

inline constexpr std::array kPartyColumns {
    column<&Party::date>("date", Clock::unix_seconds, "Date of the message."),
    column<&Party::type>("type", "137 the sender, 151 to, 130 copy to, 129 blind copy to."),
    column<&Party::address>(
        "address", Is::opaque, "Number or mail address; senders are compared in the table of messages."),
    column<&Party::charset>("charset", "Number of the character set that it was written in."),
};
inline constexpr auto kParties = table<Party>("android_mms_address",
    "One row per address that a multimedia message names.", Relation::context, kPartyColumns);

struct Attachment {
    Time date;
    std::string direction;
    std::optional<std::string> sender;
    std::optional<std::string> mime_type;
    std::optional<std::string> file_name;
};

inline constexpr std::array kAttachmentColumns {
    column<&Attachment::date>("date", Clock::unix_seconds, "Date of the message."),
    column<&Attachment::direction>("direction", Is::opaque, "`received`, `sent`, `draft` or `outbox`."),
    column<&Attachment::sender>("sender", Is::opaque,
        "Who sent the message; compared in the table of messages. Empty where the network hides it."),
    column<&Attachment::mime_type>("mime_type", Is::opaque, "Kind of the content."),
    column<&Attachment::file_name>("file_name", Is::file_name, "Name of the content."),
};
inline constexpr auto kAttachments = table<Attachment>("android_mms_attachment",
    "One row per part of a multimedia message.", Relation::received, kAttachmentColumns);

/// The type of an address that is a sender's, in the standard of multimedia messages.
inline constexpr std::int64_t kFromAddress = 137;
/// What Android puts for a sender that the network does not tell.
inline constexpr std::string_view kUnknownSender = "\xCA\xBCUNKNOWN_SENDER!\xCA\xBC";

/// In words: the number of a folder, which the provider calls a type of SMS and a box of MMS.
std::string_view direction_of_sms(std::optional<std::int64_t> type);
std::string_view direction_of_mms(std::int64_t box);

/// Reads the provider's own database.
Result<void> parse_database(Input const& input, Context& context);

} // namespace exhibit::android::messages
