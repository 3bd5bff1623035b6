#include "report/mvt_events.hpp"

#include "report/mvt_record.hpp"
#include "report/text_format.hpp"

#include <algorithm>

namespace exhibit::report {
namespace {

struct Name {
    std::string_view table;
    std::string_view kind;
    std::string_view event;
    std::string_view ending = {}; ///< of the words, where one kind stands for several
};

constexpr std::array kNames {
    Name { "ios_cached_response", "http_cached", "cache_response" },
    Name { "ios_calendar_event", "calendar_created", "creation_date" },
    Name { "ios_calendar_event", "calendar_ends", "end_date" },
    Name { "ios_calendar_event", "calendar_modified", "last_modified" },
    Name { "ios_calendar_event", "calendar_starts", "start_date" },
    Name { "ios_chrome_favicon", "favicon", "new_favicon" },
    Name { "ios_configuration_profile", "profile_installed", "configuration_profile_install" },
    Name { "ios_data_usage_live", "network_used", "live_usage" },
    Name { "ios_data_usage_process", "network_first_used", "first_usage" },
    Name { "ios_data_usage_process", "network_last_used", "current_usage" },
    Name { "ios_firefox_favicon", "favicon", "firefox_history" },
    Name { "ios_firefox_place_visit", "visit", "firefox_history" },
    Name { "ios_firefox_visit", "visit", "firefox_history" },
    Name { "ios_ids_lookup", "account_lookup", "lookup" },
    Name { "ios_interaction", "interaction", "start_date" },
    Name { "ios_interaction", "interaction_filled_in", "interactions_creation_date" },
    Name { "ios_interaction_contact", "contact_noted", "contacts_creation_date" },
    Name { "ios_interaction_contact", "first_received_from", "first_incoming_sender_date" },
    Name { "ios_interaction_contact", "first_received_with", "first_incoming_recipient_date" },
    Name { "ios_interaction_contact", "first_sent_to", "first_outgoing_recipient_date" },
    Name { "ios_interaction_contact", "last_received_from", "last_incoming_sender_date" },
    Name { "ios_interaction_contact", "last_received_with", "last_incoming_recipient_date" },
    Name { "ios_interaction_contact", "last_sent_to", "last_outgoing_recipient_date" },
    Name { "ios_location_client", "location_began", "ConsumptionPeriodBegin" },
    Name {
        "ios_location_client", "location_stopped", "BackgroundLocationTimeStopped", ", in the background" },
    Name { "ios_location_client", "location_stopped", "BeaconRegionTimeStopped", ", a beacon" },
    Name { "ios_location_client", "location_stopped", "FenceTimeStopped", ", an area" },
    Name { "ios_location_client", "location_stopped", "LocationTimeStopped", ", location" },
    Name { "ios_location_client", "location_stopped", "NonPersistentSignificantTimeStopped",
        ", large moves once" },
    Name {
        "ios_location_client", "location_stopped", "ReceivingLocationInformationTimeStopped", ", anything" },
    Name { "ios_location_client", "location_stopped", "SignificantTimeStopped", ", large moves" },
    Name { "ios_location_client", "location_stopped", "VisitTimeStopped", ", visits" },
    Name { "ios_netusage_live", "network_used", "live_usage" },
    Name { "ios_netusage_process", "network_first_used", "first_usage" },
    Name { "ios_netusage_process", "network_last_used", "current_usage" },
    Name { "ios_osanalytics_usage", "network_counted", "osanalytics_addaily" },
    Name { "ios_safari_favicon", "favicon", "safari_favicon" },
    Name { "ios_safari_tab", "tab_viewed", "tab" },
    Name { "ios_safari_visit", "visit", "safari_history" },
    Name { "ios_shutdown_client", "shutdown_client", "shutdown" },
    Name { "ios_sms_attachment", "message_attachment", "sms_attachment" },
    Name { "ios_sms_message", "message", "sms_received" },
    Name { "ios_sms_message", "message_read", "sms_read" },
    Name { "ios_tcc_access", "permission", "AccessRequest" },
    Name { "ios_webkit_domain", "domain_seen", "visit" },
    Name { "ios_webkit_indexeddb", "site_storage", "webkit_indexeddb" },
    Name { "ios_webkit_local_storage", "site_storage", "webkit_local_storage" },
    Name { "ios_whatsapp_chat", "whatsapp_chat_first", "chat_first_message" },
    Name { "ios_whatsapp_chat", "whatsapp_chat_last", "chat_last_message" },
    Name { "ios_whatsapp_chat", "whatsapp_group_created", "group_created" },
    Name { "ios_whatsapp_contact", "whatsapp_about_changed", "about_changed" },
    Name { "ios_whatsapp_contact", "whatsapp_about_expires", "about_expiration" },
    Name { "ios_whatsapp_contact", "whatsapp_contact_updated", "contact_last_updated" },
    Name { "ios_whatsapp_contact", "whatsapp_disappearing_set", "disappearing_mode_set" },
    Name { "ios_whatsapp_lid", "whatsapp_lid_paired", "lid_pair_recorded" },
    Name { "ios_whatsapp_message", "whatsapp_message", "message" },
};

constexpr std::string_view kFileTable = "ios_backup_file";
constexpr std::array kLetters {
    Name { kFileTable, "file_created", "---B" },
    Name { kFileTable, "file_modified", "M---" },
    Name { kFileTable, "file_status_changed", "--C-" },
};

std::string_view event_name(TimelineEvent const& event)
{
    if (event.table == "ios_analytics_event") // Named after the database, which the words begin with.
        return event.words.substr(0, event.words.find(' '));
    auto const name = std::ranges::find_if(kNames, [&](Name const& one) {
        return one.table == event.table && one.kind == event.kind && event.words.ends_with(one.ending);
    });
    return name == kNames.end() ? event.kind : name->event;
}

std::string_view letters_of(TimelineEvent const& event)
{
    auto const name = std::ranges::find_if(
        kLetters, [&](Name const& one) { return one.table == event.table && one.kind == event.kind; });
    return name == kLetters.end() ? std::string_view {} : name->event;
}

} // namespace

void append_mvt_line(std::string& out, Timestamp time, std::array<std::string_view, 3> const& texts)
{
    out += '"';
    append_time(out, time);
    out += '"';
    for (auto const text : texts) {
        out += ',';
        if (text.size() == kLetters.front().event.size() && text.find_first_not_of("MACB-") == text.npos)
            out.append("\"").append(text).append("\""); // `---B` is no formula.
        else
            append_csv(out, text, Quoting::always);
    }
    out += "\r\n";
}

MvtTimeline::MvtTimeline(std::vector<TableInfo> const& tables)
{
    for (auto const& table : tables)
        m_plugins.emplace(table.name, mvt_plugin(table.mvt_file.empty() ? table.name : table.mvt_file));
    m_plugins.insert_or_assign("ios_interaction_contact", mvt_plugin("interaction_c"));
}

void MvtTimeline::add(TimelineEvent const& event, std::string& out)
{
    if (!event.recovered.empty())
        return;
    auto const letters = letters_of(event);
    if (!letters.empty() && !m_letters.empty() && event.record_id == m_record && event.time == m_time) {
        for (std::size_t i = 0; i != std::min(letters.size(), m_letters.size()); ++i)
            if (letters[i] != '-')
                m_letters[i] = letters[i];
        return;
    }
    finish(out);
    if (letters.empty()) {
        auto const plugin = m_plugins.find(event.table);
        append_mvt_line(out, event.time,
            { plugin == m_plugins.end() ? event.table : std::string_view { plugin->second },
                event_name(event), event.words });
        return;
    }
    m_letters = letters;
    m_record = event.record_id;
    m_time = event.time;
    m_words = event.words;
}

void MvtTimeline::finish(std::string& out)
{
    if (m_letters.empty())
        return;
    append_mvt_line(out, m_time, { m_plugins[std::string { kFileTable }], m_letters, m_words });
    m_letters.clear();
}

} // namespace exhibit::report
