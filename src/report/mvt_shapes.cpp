#include "report/mvt_shapes.hpp"

#include "base/text.hpp"
#include "report/mvt_shapes_android.hpp"

#include <algorithm>
#include <array>

namespace exhibit::report {
namespace {

using enum MvtForm;

/// `Domain::relative/path` in its two halves.
#define EXHIBIT_DOMAIN                                                                                       \
    "CASE WHEN instr(e.stored,'::') THEN substr(e.stored,1,instr(e.stored,'::')-1) ELSE '' END"
#define EXHIBIT_RELATIVE_PATH                                                                                \
    "CASE WHEN instr(e.stored,'::') THEN substr(e.stored,instr(e.stored,'::')+2) ELSE e.stored END"

constexpr std::array kAnalytics { MvtMember { "", "t.content", merge } };
constexpr std::array kAnalyticsParts { MvtPart { "", "", kAnalytics } };

constexpr std::array kChromeFavicon {
    MvtMember { "timestamp",
        "CASE WHEN t.icon_updated_raw<>0 THEN t.icon_updated_raw ELSE t.icon_requested_raw END" },
    MvtMember {
        "isodate", "CASE WHEN t.icon_updated_raw<>0 THEN t.icon_updated ELSE t.icon_requested END", time },
};
constexpr std::array kChromeFaviconParts { MvtPart { "", "", kChromeFavicon } };

// A name in the list of clients ends in a colon that MVT leaves out.
constexpr std::array kLocationClient {
    MvtMember { "package", "rtrim(t.client_key, ':')" },
    MvtMember { "Executable", "CASE WHEN json_valid(t.content) THEN t.content ->> '$.Executable' END" },
    MvtMember { "Registered", "CASE WHEN json_valid(t.content) THEN t.content -> '$.Registered' END", json },
    MvtMember { "", "t.content", merge },
};
constexpr std::array kLocationClientParts { MvtPart { "", "", kLocationClient } };

constexpr std::array kShutdownClient { MvtMember { "pid", "CAST(t.pid AS TEXT)" } };
constexpr std::array kShutdownClientParts { MvtPart { "", "", kShutdownClient } };

constexpr std::array kApplication {
    MvtMember { "com.apple.iTunesStore.downloadInfo",
        "json_patch('{}', json_object('purchaseDate', t.purchased_raw, 'accountInfo', json_object('AppleID', "
        "t.apple_id, 'DSPersonID', t.account_number)))", // without what is not known
        json },
    MvtMember { "distributor-info",
        "CASE WHEN t.distributor_id IS NOT NULL THEN json_object('distributorID', t.distributor_id) END",
        json },
    MvtMember { "file_path", "CASE WHEN t.listed_as IS NULL THEN e.stored END" },
};
constexpr std::array kApplicationParts { MvtPart { "", "", kApplication } };

constexpr std::array kBackupInfo {
    MvtMember { "Installed Applications",
        "(SELECT json_group_array(a.bundle_id) FROM ios_backup_app a WHERE a.entry_id=t.entry_id)", json },
};
constexpr std::array kBackupInfoDate {
    // A property list keeps whole seconds, and MVT writes no others.
    MvtMember { "Last Backup Date", "strftime('%Y-%m-%d %H:%M:%S', t.last_backup/1000000, 'unixepoch')" },
};
constexpr std::array kBackupInfoParts {
    MvtPart { "", "", kBackupInfoDate },
    MvtPart { "ios_backup_app", "", kBackupInfo },
};

constexpr std::array kProfile {
    MvtMember { "plist", "t.content", json },
    MvtMember { "domain", EXHIBIT_DOMAIN },
    MvtMember { "relative_path", EXHIBIT_RELATIVE_PATH },
    MvtMember { "file_id", "t.entry_id", file_id },
};
constexpr std::array kProfileParts { MvtPart { "", "", kProfile } };

// A null character, which some exploits put into what they look up, is written out there.
constexpr std::array kIdsLookup { MvtMember { "user", "replace(t.uri, char(9216), '\\x00')" } };
constexpr std::array kIdsLookupParts { MvtPart { "", "", kIdsLookup } };

constexpr std::array kPreference { MvtMember { "value", "t.value", json } };
constexpr std::array kPreferenceParts { MvtPart { "", "", kPreference } };

// A record of counters whose process row is gone stands at the time of the counters, under a name of its own.
constexpr std::array kUsage {
    MvtMember { "proc_id", "CASE WHEN NOT t.process_row_missing THEN t.process_id END" },
    MvtMember { "proc_name",
        "CASE WHEN t.process_row_missing THEN 'MANIPULATED [process record deleted]' ELSE t.process_name "
        "END" },
    MvtMember { "first_isodate", "CASE WHEN t.process_row_missing THEN t.used ELSE t.first_used END", time },
    MvtMember { "isodate", "CASE WHEN t.process_row_missing THEN t.used ELSE t.last_used END", time },
    MvtMember { "live_isodate", "coalesce(t.used, t.first_used)", time },
};
constexpr std::array kUsageParts { MvtPart { "", "", kUsage } };
constexpr std::array kUnused {
    MvtMember { "wifi_in", "NULL" },
    MvtMember { "wifi_out", "NULL" },
    MvtMember { "wwan_in", "NULL" },
    MvtMember { "wwan_out", "NULL" },
    MvtMember { "live_id", "NULL" },
    MvtMember { "live_proc_id", "NULL" },
    MvtMember { "live_isodate", "t.first_used", time },
};
constexpr std::array kUnusedParts { MvtPart { "", "", kUnused } };

constexpr std::array kVisit { MvtMember { "safari_history_db", "t.entry_id", payload } };
constexpr std::array kVisitParts { MvtPart { "", "", kVisit } };

constexpr std::array kTab { MvtMember { "safari_browser_state_db", "t.entry_id", payload } };
constexpr std::array kTabSession {
    MvtMember { "session_data", "coalesce(session.pages, '[]')", json },
};
constexpr std::array kTabParts {
    MvtPart { "", "", kTab },
    MvtPart { "ios_safari_tab_entry",
        "LEFT JOIN (SELECT entry_id, tab_id, json_group_array(json_object('entry_title', title, 'entry_url', "
        "url, 'data_length', coalesce(data_length, 0))) AS pages FROM ios_safari_tab_entry GROUP BY "
        "entry_id, tab_id) AS session ON session.entry_id=t.entry_id AND session.tab_id=t.tab_id",
        kTabSession },
};

constexpr std::array kFavicon { MvtMember { "safari_favicon_db_path", "t.entry_id", payload } };
constexpr std::array kFaviconParts { MvtPart { "", "", kFavicon } };

constexpr std::array kObserved {
    MvtMember { "domain", EXHIBIT_DOMAIN },
    MvtMember { "path", EXHIBIT_RELATIVE_PATH },
};
constexpr std::array kObservedParts { MvtPart { "", "", kObserved } };

constexpr std::array kAccess {
    MvtMember { "client_type", "CASE WHEN t.client_type=0 THEN 'bundle_id' ELSE 'absolute_path' END" },
    MvtMember { "auth_value", "CASE WHEN t.auth_value IS NOT NULL THEN t.decision END" },
    MvtMember {
        "auth_reason_desc", "coalesce(t.reason, CASE WHEN t.auth_value IS NOT NULL THEN 'unknown' END)" },
    MvtMember { "allowed_value", "CASE WHEN t.auth_value IS NULL THEN t.decision END" },
};
constexpr std::array kAccessParts { MvtPart { "", "", kAccess } };

constexpr std::array kMessage { MvtMember { "links", "t.text", links } };
constexpr std::array kMessageParts { MvtPart { "", "", kMessage } };

constexpr std::array kAttachment {
    MvtMember { "ROWID", "t.attachment_id" },
    MvtMember { "has_user_info", "t.user_info_bytes IS NOT NULL", flag },
    MvtMember { "service", "coalesce(t.service, 'Unknown')" },
    MvtMember { "filename", "coalesce(nullif(t.file_path, ''), 'NULL')" },
};
constexpr std::array kAttachmentParts { MvtPart { "", "", kAttachment } };

// The words of a message and those of what came with it; addresses of WhatsApp's own storage are no links.
#define EXHIBIT_OWN_STORAGE                                                                                  \
    "CASE WHEN media.media_url LIKE 'https://mmg.whatsapp.net/%' OR media.media_url LIKE "                   \
    "'https://mmg-fna.whatsapp.net/%' THEN '' ELSE coalesce(media.media_url, '') END"
constexpr std::array kChatMessage {
    MvtMember { "ZAUTHORNAME", "media.author" },
    MvtMember { "ZMEDIAURL", "media.media_url" },
    MvtMember { "ZCONTENT1", "item.content_1" },
    MvtMember { "ZCONTENT2", "item.content_2" },
    MvtMember { "ZMATCHEDTEXT", "item.matched_text" },
    MvtMember { "ZSUMMARY", "item.summary" },
    MvtMember { "ZTITLE", "coalesce(item.title, media.title)" },
    MvtMember { "links",
        "coalesce(t.text, '') || ' ' || coalesce(item.matched_text, '') || ' ' || " EXHIBIT_OWN_STORAGE
        " || ' ' || coalesce(item.content_1, '') || ' ' || coalesce(item.content_2, '')",
        links },
};
constexpr std::array kChatMessageParts {
    MvtPart { "ios_whatsapp_media",
        "LEFT JOIN ios_whatsapp_media AS media ON media.message_id=t.message_id AND "
        "media.entry_id=t.entry_id LEFT JOIN ios_whatsapp_link AS item ON item.message_id=t.message_id AND "
        "item.entry_id=t.entry_id AND item.recovered IS NULL",
        kChatMessage },
};

constexpr std::array kChat { MvtMember { "record_type", "'chat_session'" } };
constexpr std::array kChatLid {
    MvtMember { "partner_resolved_phone_number", "coalesce(t.phone, pair.phone)" },
};
constexpr std::array kChatParts {
    MvtPart { "", "", kChat },
    MvtPart { "ios_whatsapp_lid",
        "LEFT JOIN (SELECT lid || '@lid' AS account, '+' || ltrim(max(phone), '+') AS phone FROM "
        "ios_whatsapp_lid GROUP BY lid) AS pair ON pair.account=t.account",
        kChatLid },
};

constexpr std::array kLidPair { MvtMember { "record_type", "'lid_phone_number_pair'" } };
constexpr std::array kLidPairParts { MvtPart { "", "", kLidPair } };

constexpr std::array kWhatsappContact {
    MvtMember { "disappearing_mode_is_on", "coalesce(t.disappearing_is_on, 0)", flag },
    MvtMember { "disappearing_mode_label", "coalesce(t.disappearing_label, 'off')" },
};
constexpr std::array kWhatsappContactParts { MvtPart { "", "", kWhatsappContact } };

constexpr std::array kShortcut {
    MvtMember { "parsed_actions", "coalesce(steps.count, 0)" },
    MvtMember { "action_urls", "steps.words", links },
};
constexpr std::array kShortcutParts {
    MvtPart { "ios_shortcut_action",
        "LEFT JOIN (SELECT entry_id, shortcut_id, count(*) AS count, group_concat(parameters, ' ') AS words "
        "FROM ios_shortcut_action GROUP BY entry_id, shortcut_id) AS steps ON steps.entry_id=t.entry_id AND "
        "steps.shortcut_id=t.shortcut_id",
        kShortcut },
};

constexpr std::array kInteraction {
    MvtMember { "direction",
        "CASE t.direction_number WHEN 0 THEN 'INCOMING' WHEN 1 THEN 'OUTGOING' ELSE t.direction_number "
        "END" },
};
constexpr std::array kSender {
    MvtMember { "incoming_recipient_count", "sender.incoming_recipient_count" },
    MvtMember { "incoming_sender_count", "sender.incoming_sender_count" },
    MvtMember { "outgoing_recipient_count", "sender.outgoing_recipient_count" },
    MvtMember { "contacts_creation_date", "sender.created", time },
    MvtMember { "first_incoming_recipient_date", "sender.first_incoming_recipient", time },
    MvtMember { "first_incoming_sender_date", "sender.first_incoming_sender", time },
    MvtMember { "first_outgoing_recipient_date", "sender.first_outgoing_recipient", time },
    MvtMember { "last_incoming_sender_date", "sender.last_incoming_sender", time },
    MvtMember { "last_incoming_recipient_date", "sender.last_incoming_recipient", time },
    MvtMember { "last_outgoing_recipient_date", "sender.last_outgoing_recipient", time },
    MvtMember { "custom_id", "sender.custom_id" },
};
constexpr std::array kRecipient {
    MvtMember { "recipient_display_name", "recipient.name" },
    MvtMember { "recipient_identifier", "recipient.handle" },
    MvtMember { "recipient_personid", "person.person_id_text" },
};
constexpr std::array kInteractionAttachment {
    MvtMember { "content", "attachment.content_text" },
    MvtMember { "uti", "attachment.uti" },
    MvtMember { "attachment_content_url", "attachment.content_url" },
    MvtMember { "size", "attachment.size" },
    MvtMember { "photo_local_id", "attachment.photo_id" },
    MvtMember { "attachment_id", "hex(attachment.identifier_blob)" },
    MvtMember { "cloud_id", "attachment.cloud_id" },
};
// WhatsApp names the two sides of an interaction by account; its own list of contacts tells who that is.
#define EXHIBIT_IS_WHATSAPP "t.bundle_id='net.whatsapp.WhatsApp'"
#define EXHIBIT_KNOWN(alias, account)                                                                        \
    "LEFT JOIN (SELECT account, max(phone) AS phone, max(name) AS name FROM (SELECT lid AS account, phone, " \
    "coalesce(full_name, given_name) AS name FROM ios_whatsapp_contact WHERE lid IS NOT NULL UNION ALL "     \
    "SELECT account, coalesce(phone, account_phone), coalesce(full_name, given_name) FROM "                  \
    "ios_whatsapp_contact WHERE account IS NOT NULL UNION ALL SELECT coalesce(phone, account_phone), NULL, " \
    "coalesce(full_name, given_name) FROM ios_whatsapp_contact WHERE coalesce(phone, account_phone) IS NOT " \
    "NULL) GROUP BY account) AS " alias " ON " alias ".account=" account " AND " EXHIBIT_IS_WHATSAPP " "
#define EXHIBIT_TOLD(account)                                                                                \
    "CASE WHEN " EXHIBIT_IS_WHATSAPP " AND " account " LIKE '%@s.whatsapp.net' THEN '+' || substr(" account  \
    ", 1, instr(" account ", '@') - 1) END"
constexpr std::array kResolved {
    MvtMember { "sender_resolved_phone_number",
        "coalesce(known_sender.phone, " EXHIBIT_TOLD("coalesce(t.sender_handle, sender.custom_id)") ")" },
    MvtMember { "sender_resolved_name", "known_sender.name" },
    MvtMember { "recipient_resolved_phone_number",
        "coalesce(known_recipient.phone, " EXHIBIT_TOLD("recipient.handle") ")" },
    MvtMember { "recipient_resolved_name", "known_recipient.name" },
    MvtMember {
        "domain_resolved_phone_number", "coalesce(known_chat.phone, " EXHIBIT_TOLD("t.chat_handle") ")" },
    MvtMember { "domain_resolved_name", "known_chat.name" },
};
// The tables of one artifact are in a case together or not at all.
constexpr std::array kInteractionParts {
    MvtPart { "", "", kInteraction },
    MvtPart { "ios_interaction_contact",
        "LEFT JOIN ios_interaction_contact AS sender ON sender.contact_id=t.sender_id AND "
        "sender.entry_id=t.entry_id AND sender.recovered IS NULL",
        kSender },
    MvtPart { "ios_interaction_recipient",
        "LEFT JOIN ios_interaction_recipient AS recipient ON recipient.interaction_id=t.interaction_id AND "
        "recipient.entry_id=t.entry_id LEFT JOIN ios_interaction_contact AS person ON "
        "person.contact_id=recipient.contact_id AND person.entry_id=t.entry_id AND person.recovered IS NULL",
        kRecipient },
    MvtPart { "ios_interaction_attachment",
        "LEFT JOIN ios_interaction_attachment AS attachment ON attachment.interaction_id=t.interaction_id "
        "AND attachment.entry_id=t.entry_id",
        kInteractionAttachment },
    MvtPart { "ios_whatsapp_contact",
        EXHIBIT_KNOWN("known_sender", "coalesce(t.sender_handle, sender.custom_id)")
            EXHIBIT_KNOWN("known_recipient", "recipient.handle") EXHIBIT_KNOWN("known_chat", "t.chat_handle"),
        kResolved },
};

constexpr std::array kSessionDomain {
    MvtMember { "redirect_source", "related.redirect_source", json },
    MvtMember { "redirect_destination", "related.redirect_destination", json },
    MvtMember { "subframe_under_origin", "related.subframe", json },
    MvtMember { "subresource_under_origin", "related.subresource", json },
};
constexpr std::array kSessionDomainParts {
    MvtPart { "ios_webkit_session_relation",
        "LEFT JOIN (SELECT entry_id, domain, json_group_array(json(pair)) FILTER (WHERE "
        "relation='topFrameUniqueRedirectsFrom') AS redirect_source, json_group_array(json(pair)) "
        "FILTER (WHERE relation='topFrameUniqueRedirectsTo') AS redirect_destination, "
        "json_group_array(json(pair)) FILTER (WHERE relation='subframeUnderTopFrameOrigins') AS "
        "subframe, json_group_array(json(pair)) FILTER (WHERE "
        "relation='subresourceUnderTopFrameOrigins') AS subresource FROM (SELECT entry_id, domain, "
        "relation, json_object('origin', other_domain, 'count', count) AS pair FROM "
        "ios_webkit_session_relation) GROUP BY entry_id, domain) AS related ON "
        "related.entry_id=t.entry_id AND related.domain=t.domain",
        kSessionDomain },
};

constexpr std::array kShapes {
    MvtShape { "ios_analytics_event", "", kAnalyticsParts },
    MvtShape { "ios_application", "t.has_metadata", kApplicationParts },
    MvtShape { "ios_backup_info", "", kBackupInfoParts },
    MvtShape { "ios_chrome_favicon", "", kChromeFaviconParts },
    MvtShape { "ios_configuration_profile", "", kProfileParts },
    MvtShape { "ios_data_usage_live", "", kUsageParts },
    MvtShape { .table = "ios_data_usage_process",
        .where = "t.usage_rows=0",
        .parts = kUnusedParts,
        .told_in = "ios_data_usage_live",
        .told_by = "(SELECT min(o.record_id) FROM ios_data_usage_live AS o WHERE o.entry_id=t.entry_id AND "
                   "o.process_id=t.process_id AND o.recovered IS NULL)" },
    MvtShape { "ios_global_preference", "", kPreferenceParts },
    MvtShape { "ios_ids_lookup", "", kIdsLookupParts },
    MvtShape { "ios_interaction", "", kInteractionParts },
    MvtShape { "ios_location_client", "", kLocationClientParts },
    MvtShape { "ios_netusage_live", "", kUsageParts },
    MvtShape { .table = "ios_netusage_process",
        .where = "t.usage_rows=0",
        .parts = kUnusedParts,
        .told_in = "ios_netusage_live",
        .told_by = "(SELECT min(o.record_id) FROM ios_netusage_live AS o WHERE o.entry_id=t.entry_id AND "
                   "o.process_id=t.process_id AND o.recovered IS NULL)" },
    MvtShape { "ios_safari_favicon", "", kFaviconParts },
    MvtShape { "ios_safari_tab", "", kTabParts },
    MvtShape { "ios_safari_visit", "t.visit_id IS NOT NULL", kVisitParts },
    MvtShape { "ios_shortcut", "", kShortcutParts },
    MvtShape { "ios_shutdown_client", "", kShutdownClientParts },
    MvtShape { "ios_sms_attachment", "", kAttachmentParts },
    MvtShape { "ios_sms_message", "", kMessageParts },
    MvtShape { "ios_tcc_access", "", kAccessParts },
    MvtShape { "ios_webkit_domain", "", kObservedParts },
    MvtShape { "ios_webkit_session_domain", "", kSessionDomainParts },
    MvtShape { "ios_whatsapp_chat", "", kChatParts },
    MvtShape { "ios_whatsapp_contact", "", kWhatsappContactParts },
    MvtShape { "ios_whatsapp_lid", "", kLidPairParts },
    MvtShape { "ios_whatsapp_message", "", kChatMessageParts },
};

#undef EXHIBIT_DOMAIN
#undef EXHIBIT_RELATIVE_PATH
#undef EXHIBIT_OWN_STORAGE
#undef EXHIBIT_IS_WHATSAPP
#undef EXHIBIT_KNOWN
#undef EXHIBIT_TOLD

std::array<std::span<MvtShape const>, 4> all_shapes()
{
    return { kShapes, android_dump_shapes(), android_package_shapes(), android_event_shapes() };
}

} // namespace

MvtShape const* find_mvt_shape(std::string_view table, std::string_view file)
{
    for (auto const shapes : all_shapes())
        for (auto const& shape : shapes)
            if (shape.table == table && (shape.file.empty() || shape.file == file))
                return &shape;
    return nullptr;
}

std::vector<std::string_view> other_mvt_files(std::string_view table, std::string_view declared)
{
    std::vector<std::string_view> files;
    for (auto const shapes : all_shapes())
        for (auto const& shape : shapes)
            if (shape.table == table && !shape.file.empty() && shape.file != declared)
                files.push_back(shape.file);
    return files;
}

std::vector<std::string_view> links_in(std::string_view text)
{
    auto const lower = to_lower(text);
    std::vector<std::string_view> links;
    for (auto at = lower.find("http"); at != std::string::npos; at = lower.find("http", at)) {
        auto const rest = std::string_view { lower }.substr(at);
        if (!rest.starts_with("http://") && !rest.starts_with("https://")) {
            at += 4;
            continue;
        }
        auto const length = std::min(rest.find_first_of(" \t\r\n\v\f\"<>"), rest.size());
        if (auto const link = text.substr(at, length); std::ranges::find(links, link) == links.end())
            links.push_back(link);
        at += length;
    }
    return links;
}

} // namespace exhibit::report
