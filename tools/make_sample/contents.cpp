#include "contents.hpp"

#include "database.hpp"
#include "support/plist_builder.hpp"

#include <fmt/format.h>

namespace exhibit::sample {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNanos = 1'000'000'000;

std::string phone_number(std::uint64_t number)
{
    return fmt::format("+1202555{:04}", 100 + number % 100);
}

std::string page(std::uint64_t number)
{
    return fmt::format("https://www{}.example.org/articles/{}?page={}", number % 997, number / 7, number % 7);
}

std::string words(std::uint64_t number)
{
    if (number % 10 == 0)
        return fmt::format("Have you read this? {}", page(number));
    return fmt::format(
        "Message {} of this conversation: see you at {} o'clock, at the usual place.", number, number % 24);
}

} // namespace

std::string sms_database(Size const& size, std::string const& more)
{
    Database database {
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, handle_id INTEGER, subject "
        "TEXT, "
        "attributedBody BLOB, version INTEGER, type INTEGER, service TEXT, account TEXT, error INTEGER, date "
        "INTEGER, "
        "date_read INTEGER, date_delivered INTEGER, is_delivered INTEGER, is_from_me INTEGER, is_read "
        "INTEGER, "
        "is_sent INTEGER, cache_has_attachments INTEGER, cache_roomnames TEXT, balloon_bundle_id TEXT, "
        "payload_data BLOB, message_summary_info BLOB);"
        "CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, country TEXT, service TEXT, "
        "uncanonicalized_id TEXT);"
        "CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, guid TEXT, style INTEGER, state INTEGER, account_id "
        "TEXT, "
        "chat_identifier TEXT, service_name TEXT, room_name TEXT, display_name TEXT);"
        "CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, message_date INTEGER);"
        "CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER);"
        "CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY, guid TEXT, created_date INTEGER, start_date "
        "INTEGER, "
        "filename TEXT, uti TEXT, mime_type TEXT, transfer_state INTEGER, is_outgoing INTEGER, user_info "
        "BLOB, "
        "transfer_name TEXT, total_bytes INTEGER, is_sticker INTEGER, hide_attachment INTEGER);"
        "CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER);"
        "CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY, guid TEXT);"
    };
    constexpr std::uint64_t handles = 50;
    Insert handle { database, "INSERT INTO handle (ROWID, id, country, service) VALUES (?,?,'us','SMS')" };
    Insert chat { database,
        "INSERT INTO chat (ROWID, guid, chat_identifier, service_name) VALUES (?,?,?,'SMS')" };
    for (std::uint64_t i = 1; i <= handles + 1; ++i) {
        auto const number = i > handles ? std::string { "+12025550199" } : phone_number(i);
        handle({ std::int64_t(i), number });
        chat({ std::int64_t(i), fmt::format("SMS;-;{}", number), number });
    }
    Insert message { database,
        "INSERT INTO message (ROWID, guid, text, handle_id, version, type, service, date, date_read, "
        "date_delivered, "
        "is_delivered, is_from_me, is_read, is_sent, cache_has_attachments) VALUES "
        "(?,?,?,?,10,0,'SMS',?,?,0,1,?,1,?,0)" };
    Insert join { database, "INSERT INTO chat_message_join VALUES (?,?,?)" };
    auto const add = [&](std::int64_t id, std::int64_t handle_id, std::string const& text, std::int64_t when,
                         bool own) {
        message({ id, fmt::format("00000000-0000-4000-8000-{:012X}", id), text, handle_id, when * kNanos,
            own ? 0 : (when + 60) * kNanos, std::int64_t { own }, std::int64_t { own } });
        join({ handle_id, id, when * kNanos });
    };
    for (std::uint64_t i = 0; i != size.messages; ++i)
        add(std::int64_t(i + 1), std::int64_t(i % handles + 1), words(i),
            kStart - std::int64_t((size.messages - i) * 300), i % 3 == 0);
    if (!size.demonstration)
        return database.content(more);
    add(std::int64_t(size.messages + 1), std::int64_t(handles + 1),
        fmt::format("Your parcel could not be delivered. Choose a new date: {}", kLink), kStart + 10 * kDay,
        false);
    auto const next = std::int64_t(size.messages + 2);
    // Since iOS 16 the text of most messages stands in the formatted body alone.
    Insert formatted { database,
        "INSERT INTO message (ROWID, guid, text, attributedBody, handle_id, version, type, service, date, "
        "date_read, date_delivered, is_delivered, is_from_me, is_read, is_sent, cache_has_attachments) "
        "VALUES "
        "(?,?,NULL,?,1,10,0,'iMessage',?,0,0,1,0,0,0,0)" };
    constexpr auto formatted_text = "Read on at https://www1.example.org/news/formatted";
    formatted({ next, fmt::format("00000000-0000-4000-8000-{:012X}", next),
        Blob { test::attributed_body(formatted_text, { { 11, 39, kFormattedLink } }) },
        (kStart + 9 * kDay) * kNanos + 539'000'000 });
    join({ std::int64_t { 1 }, next, (kStart + 9 * kDay) * kNanos });
    Insert attachment { database,
        "INSERT INTO attachment (ROWID, guid, created_date, start_date, filename, uti, mime_type, "
        "transfer_state, is_outgoing, transfer_name, total_bytes, is_sticker, hide_attachment) VALUES "
        "(?,?,?,?,?,?,?,5,?,?,?,0,0)" };
    Insert attached { database, "INSERT INTO message_attachment_join VALUES (?,?)" };
    for (std::int64_t i = 1; i != 6; ++i) {
        attachment({ i, fmt::format("at_0_00000000-0000-4000-A000-{:012X}", i), kStart + i * 60,
            kStart + i * 60 + 1, fmt::format("~/Library/SMS/Attachments/0{0}/0{0}/IMG_{0}.HEIC", i),
            "public.heic", "image/heic", i % 2, fmt::format("IMG_{}.HEIC", i), i * 1000 });
        attached({ i, i });
    }
    // As attacks over iMessage have left them: a file in the folder for temporary ones, its message gone.
    attachment({ std::int64_t { 6 }, "at_0_00000000-0000-4000-A000-000000000006", kStart + 10 * kDay,
        kStart + 10 * kDay, kAttachment, nullptr, "image/gif", std::int64_t { 0 }, "sample.gif",
        std::int64_t { 4096 } });
    return database.content(more);
}

std::string whatsapp_database(Size const& size)
{
    Database database {
        "CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZCHATSESSION "
        "INTEGER, "
        "ZMESSAGEDATE TIMESTAMP, ZSENTDATE TIMESTAMP, ZTEXT VARCHAR, ZFROMJID VARCHAR, ZTOJID VARCHAR, "
        "ZISFROMME INTEGER, ZSTANZAID VARCHAR, ZMESSAGETYPE INTEGER, ZPUSHNAME VARCHAR);"
        "CREATE TABLE ZWAMEDIAITEM (Z_PK INTEGER PRIMARY KEY, ZMESSAGE INTEGER, ZAUTHORNAME VARCHAR, "
        "ZMEDIAURL VARCHAR, "
        "ZMEDIALOCALPATH VARCHAR, ZTITLE VARCHAR, ZFILESIZE INTEGER);"
        "CREATE TABLE ZWAMESSAGEDATAITEM (Z_PK INTEGER PRIMARY KEY, ZMESSAGE INTEGER, ZCONTENT1 VARCHAR, "
        "ZCONTENT2 VARCHAR, ZMATCHEDTEXT VARCHAR, ZSUMMARY VARCHAR, ZTITLE VARCHAR);"
        "CREATE TABLE ZWACHATSESSION (Z_PK INTEGER PRIMARY KEY, ZCONTACTJID VARCHAR, ZPARTNERNAME VARCHAR, "
        "ZSESSIONTYPE INTEGER, ZARCHIVED INTEGER, ZREMOVED INTEGER, ZMESSAGECOUNTER INTEGER, "
        "ZLASTMESSAGEDATE TIMESTAMP, ZGROUPINFO INTEGER);"
        "CREATE TABLE ZWAGROUPINFO (Z_PK INTEGER PRIMARY KEY, ZCREATIONDATE TIMESTAMP);"
    };
    constexpr std::uint64_t sessions = 40;
    Insert session { database, "INSERT INTO ZWACHATSESSION VALUES (?,?,?,0,0,0,?,?,NULL)" };
    for (std::uint64_t i = 1; i <= sessions; ++i)
        session({ std::int64_t(i), fmt::format("{}@s.whatsapp.net", phone_number(i).substr(1)),
            fmt::format("Contact {}", i), std::int64_t(size.whatsapp_messages / sessions), double(kStart) });
    Insert message { database, "INSERT INTO ZWAMESSAGE VALUES (?,9,1,?,?,?,?,?,?,?,?,0,NULL)" };
    auto const add = [&](std::int64_t id, std::int64_t chat, std::string const& text, double when, bool own) {
        auto const jid = fmt::format("{}@s.whatsapp.net", phone_number(std::uint64_t(chat)).substr(1));
        Cell const from = own ? Cell { nullptr } : Cell { std::string_view { jid } };
        Cell const to = own ? Cell { std::string_view { jid } } : Cell { nullptr };
        message(
            { id, chat, when, when, text, from, to, std::int64_t { own }, fmt::format("3EB0{:012X}", id) });
    };
    for (std::uint64_t i = 0; i != size.whatsapp_messages; ++i)
        add(std::int64_t(i + 1), std::int64_t(i % sessions + 1), words(i),
            double(kStart) - double((size.whatsapp_messages - i) * 240), i % 2 == 0);
    auto const next = std::int64_t(size.whatsapp_messages + 1);
    add(next, 3, fmt::format("Look at this video {}", kLink), double(kStart + 10 * kDay + 900), false);
    Insert preview { database,
        "INSERT INTO ZWAMESSAGEDATAITEM (Z_PK, ZMESSAGE, ZCONTENT1, ZMATCHEDTEXT, ZTITLE) VALUES (1,?,?,?,'A "
        "video')" };
    preview({ next, kLink, kLink });
    Insert media { database,
        "INSERT INTO ZWAMEDIAITEM (Z_PK, ZMESSAGE, ZMEDIAURL, ZMEDIALOCALPATH, ZTITLE, ZFILESIZE) VALUES "
        "(1,1,'https://mmg.whatsapp.net/d/f/sample.enc','Media/1/sample.jpg',NULL,2048)" };
    media({});
    return database.content();
}

std::string safari_database(Size const& size, std::string const& more)
{
    Database database {
        "CREATE TABLE history_items (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, domain_expansion "
        "TEXT, "
        "visit_count INTEGER NOT NULL, daily_visit_counts BLOB, should_recompute_derived_visit_counts "
        "INTEGER);"
        "CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item INTEGER NOT NULL, visit_time REAL "
        "NOT NULL, "
        "title TEXT, load_successful BOOLEAN NOT NULL DEFAULT 1, http_non_get BOOLEAN NOT NULL DEFAULT 0, "
        "synthesized BOOLEAN NOT NULL DEFAULT 0, redirect_source INTEGER, redirect_destination INTEGER, "
        "origin INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0, attributes INTEGER, score "
        "INTEGER);"
        "CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY, start_time REAL, end_time REAL, url TEXT, "
        "generation INTEGER);"
    };
    Insert item { database, "INSERT INTO history_items (id, url, visit_count) VALUES (?,?,1)" };
    Insert visit { database,
        "INSERT INTO history_visits (id, history_item, visit_time, title, redirect_source, "
        "redirect_destination) "
        "VALUES (?,?,?,?,?,?)" };
    auto const add
        = [&](std::int64_t id, std::string const& url, double when, Cell source, Cell destination) {
              item({ id, url });
              visit({ id, id, when, fmt::format("Page {}", id), source, destination });
          };
    for (std::uint64_t i = 0; i != size.visits; ++i)
        add(std::int64_t(i + 1), page(i + 10'000), double(kStart) - double((size.visits - i) * 200), nullptr,
            nullptr);
    if (!size.demonstration)
        return database.content(more);
    // A page without encryption that another host takes over within half a second, as an injected redirect
    // does.
    auto const next = std::int64_t(size.visits) + 1;
    auto const when = double(kStart + 10 * kDay + 1200);
    add(next, "http://news.example.org/today", when, nullptr, next + 1);
    add(next + 1, kLink, when + 0.4, next, nullptr);
    return database.content(more);
}

std::string safari_profile_database()
{
    Database database {
        "CREATE TABLE history_items (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, domain_expansion "
        "TEXT, visit_count INTEGER NOT NULL);"
        "CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item INTEGER NOT NULL, visit_time REAL "
        "NOT NULL, title TEXT, redirect_source INTEGER, redirect_destination INTEGER, origin INTEGER NOT "
        "NULL "
        "DEFAULT 0);"
        "INSERT INTO history_items VALUES (1,'https://work.example.org/',NULL,1);"
    };
    database.run(
        fmt::format("INSERT INTO history_visits VALUES (1,1,{},'Work',NULL,NULL,0)", double(kStart - kDay)));
    return database.content();
}

std::string whatsapp_contact_database()
{
    Database database {
        "CREATE TABLE ZWAADDRESSBOOKCONTACT (Z_PK INTEGER PRIMARY KEY, ZWHATSAPPID VARCHAR, ZLID VARCHAR, "
        "ZPHONENUMBER VARCHAR, ZLOCALIZEDPHONENUMBER VARCHAR, ZFULLNAME VARCHAR, ZGIVENNAME VARCHAR, "
        "ZLASTNAME "
        "VARCHAR, ZABOUTTEXT VARCHAR, ZLASTUPDATED TIMESTAMP, ZPHONENUMBERSTATUS INTEGER, ZSYNCPOLICY "
        "INTEGER, ZDISAPPEARINGMODEDURATION FLOAT, ZDISAPPEARINGMODETIMESTAMP TIMESTAMP);"
    };
    Insert contact { database,
        "INSERT INTO ZWAADDRESSBOOKCONTACT VALUES (?,?,?,?,NULL,?,?,'Example',NULL,?,1,1,?,?)" };
    for (std::int64_t i = 1; i != 4; ++i) {
        auto const number = phone_number(std::uint64_t(i));
        contact({ i, number.substr(1) + "@s.whatsapp.net", fmt::format("9900000000000{}@lid", i), number,
            fmt::format("Contact {} Example", i), fmt::format("Contact {}", i), double(kStart - i * kDay),
            i == 1 ? 86'400.0 : 0.0, double(kStart - i * kDay) });
    }
    return database.content();
}

std::string usage_database(Size const& size, std::string const& more)
{
    Database database {
        "CREATE TABLE ZPROCESS (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZFIRSTTIMESTAMP "
        "TIMESTAMP, "
        "ZTIMESTAMP TIMESTAMP, ZBUNDLENAME VARCHAR, ZPROCNAME VARCHAR);"
        "CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZKIND INTEGER, "
        "ZMETADATA INTEGER, ZTAG INTEGER, ZHASPROCESS INTEGER, ZTIMESTAMP TIMESTAMP, ZWIFIIN FLOAT, ZWIFIOUT "
        "FLOAT, "
        "ZWWANIN FLOAT, ZWWANOUT FLOAT);"
    };
    Insert process { database, "INSERT INTO ZPROCESS VALUES (?,1,1,?,?,?,?)" };
    Insert usage { database, "INSERT INTO ZLIVEUSAGE VALUES (?,2,1,0,0,0,?,?,0,0,?,?)" };
    for (std::uint64_t i = 1; i <= size.usage_rows; ++i) {
        auto const bundle = fmt::format("org.example.app{}", i);
        auto const first = double(kStart) - double(i * 3600);
        process({ std::int64_t(i), first, double(kStart), bundle, fmt::format("app{}/{}", i, bundle) });
        usage({ std::int64_t(i), std::int64_t(i), double(kStart), double(i * 1000), double(i * 100) });
    }
    if (!size.demonstration)
        return database.content(more);
    auto const next = std::int64_t(size.usage_rows) + 1;
    auto const when = double(kStart + 10 * kDay + 1260);
    process({ next, when, when + 7200, nullptr, kProcess });
    usage({ next, next, when + 7200, 48'211.0, 9'731'002.0 });
    // Counters whose process row was taken away.
    usage({ next + 1, next + 5, when + 9000, 1'024.0, 2'048'000.0 });
    return database.content(more);
}

std::string tcc_database(std::string const& more)
{
    Database database {
        "CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, "
        "auth_value INTEGER NOT NULL, auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL, csreq "
        "BLOB, "
        "policy_id INTEGER, indirect_object_identifier_type INTEGER, indirect_object_identifier TEXT, "
        "indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL);"
    };
    Insert access { database,
        "INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, "
        "last_modified) VALUES (?,?,0,?,2,1,?)" };
    std::int64_t when = 1'619'000'000;
    for (auto const* service : { "kTCCServiceCamera", "kTCCServiceMicrophone", "kTCCServicePhotos" })
        for (std::int64_t i = 1; i != 6; ++i)
            access({ service, fmt::format("org.example.app{}", i), i % 2 == 0 ? std::int64_t { 2 } : 0,
                when += 3600 });
    return database.content(more);
}

std::string call_database()
{
    Database database {
        "CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, "
        "ZANSWERED INTEGER, ZCALLTYPE INTEGER, ZORIGINATED INTEGER, ZREAD INTEGER, ZDATE TIMESTAMP, "
        "ZDURATION FLOAT, ZADDRESS VARCHAR, ZLOCATION VARCHAR, ZSERVICE_PROVIDER VARCHAR, "
        "ZISO_COUNTRY_CODE VARCHAR, ZUNIQUE_ID VARCHAR);"
    };
    Insert call { database,
        "INSERT INTO ZCALLRECORD VALUES (?,2,1,?,1,?,1,?,?,?,NULL,'com.apple.Telephony','us',?)" };
    for (std::int64_t i = 1; i != 41; ++i)
        call({ i, i % 3 != 0 ? std::int64_t { 1 } : 0, i % 2, double(kStart - i * 7200), double(i * 11),
            phone_number(std::uint64_t(i)), fmt::format("00000000-0000-4000-9000-{:012X}", i) });
    return database.content();
}

std::string contact_database()
{
    Database database {
        "CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY, First TEXT, Last TEXT, Middle TEXT, "
        "Organization TEXT, Note TEXT, CreationDate INTEGER, ModificationDate INTEGER);"
        "CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, "
        "identifier INTEGER, label INTEGER, value TEXT);"
    };
    Insert person { database, "INSERT INTO ABPerson VALUES (?,?,'Example',NULL,NULL,NULL,?,?)" };
    Insert value { database, "INSERT INTO ABMultiValue VALUES (?,?,3,0,1,?)" };
    for (std::int64_t i = 1; i != 51; ++i) {
        person({ i, fmt::format("Contact {}", i), kStart - i * kDay, kStart - i * 3600 });
        value({ i, i, phone_number(std::uint64_t(i)) });
    }
    return database.content();
}

std::string interaction_database()
{
    Database database {
        "CREATE TABLE ZINTERACTIONS (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZDIRECTION "
        "INTEGER, "
        "ZISRESPONSE INTEGER, ZMECHANISM INTEGER, ZRECIPIENTCOUNT INTEGER, ZSENDER INTEGER, ZCREATIONDATE "
        "TIMESTAMP, "
        "ZENDDATE TIMESTAMP, ZSTARTDATE TIMESTAMP, ZACCOUNT VARCHAR, ZBUNDLEID VARCHAR, "
        "ZDERIVEDINTENTIDENTIFIER VARCHAR, "
        "ZDOMAINIDENTIFIER VARCHAR, ZGROUPNAME VARCHAR, ZLOCATIONUUID VARCHAR, ZTARGETBUNDLEID VARCHAR, "
        "ZCONTENTURL VARCHAR);"
        "CREATE TABLE ZCONTACTS (Z_PK INTEGER PRIMARY KEY, ZDISPLAYNAME VARCHAR, ZIDENTIFIER VARCHAR, "
        "ZPERSONID VARCHAR, ZCUSTOMIDENTIFIER VARCHAR, ZINCOMINGRECIPIENTCOUNT INTEGER, ZINCOMINGSENDERCOUNT "
        "INTEGER, "
        "ZOUTGOINGRECIPIENTCOUNT INTEGER, ZCREATIONDATE TIMESTAMP, ZFIRSTINCOMINGRECIPIENTDATE TIMESTAMP, "
        "ZFIRSTINCOMINGSENDERDATE TIMESTAMP, ZFIRSTOUTGOINGRECIPIENTDATE TIMESTAMP, "
        "ZLASTINCOMINGSENDERDATE TIMESTAMP, ZLASTINCOMINGRECIPIENTDATE TIMESTAMP, ZLASTOUTGOINGRECIPIENTDATE "
        "TIMESTAMP);"
        "CREATE TABLE Z_1INTERACTIONS (Z_1ATTACHMENTS INTEGER, Z_3INTERACTIONS INTEGER);"
        "CREATE TABLE Z_2INTERACTIONRECIPIENT (Z_2RECIPIENTS INTEGER, Z_3INTERACTIONRECIPIENT INTEGER);"
        "CREATE TABLE ZATTACHMENT (Z_PK INTEGER PRIMARY KEY, ZCONTENTTEXT VARCHAR, ZUTI VARCHAR, ZCONTENTURL "
        "VARCHAR, "
        "ZSIZEINBYTES INTEGER, ZPHOTOLOCALIDENTIFIER VARCHAR, ZIDENTIFIER BLOB, ZCLOUDIDENTIFIER VARCHAR);"
        "CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, Z_MAX "
        "INTEGER);"
        "INSERT INTO Z_PRIMARYKEY VALUES (1,'Attachment',0,0),(2,'Contacts',0,1),(3,'Interactions',0,1);"
    };
    Insert contact { database,
        "INSERT INTO ZCONTACTS (Z_PK, ZDISPLAYNAME, ZIDENTIFIER, ZINCOMINGSENDERCOUNT, "
        "ZCREATIONDATE, ZFIRSTINCOMINGSENDERDATE, ZLASTINCOMINGSENDERDATE) VALUES (?,?,?,?,?,?,?)" };
    auto const when = double(kStart + 10 * kDay - 300);
    contact({ std::int64_t { 1 }, nullptr, kMail, std::int64_t { 1 }, when, when, when });
    contact({ std::int64_t { 2 }, "Contact 2", phone_number(2), std::int64_t { 0 }, when - 60, nullptr,
        nullptr });
    Insert interaction { database,
        "INSERT INTO ZINTERACTIONS (Z_PK, Z_ENT, ZDIRECTION, ZMECHANISM, ZSENDER, ZCREATIONDATE, "
        "ZENDDATE, ZSTARTDATE, ZBUNDLEID) VALUES (1,3,0,4,1,?,?,?,'com.apple.MobileSMS')" };
    interaction({ when, when, when });
    database.run(fmt::format(
        "INSERT INTO ZINTERACTIONS (Z_PK, Z_ENT, ZDIRECTION, ZMECHANISM, ZRECIPIENTCOUNT, ZCREATIONDATE, "
        "ZENDDATE, ZSTARTDATE, ZBUNDLEID, ZDOMAINIDENTIFIER) VALUES "
        "(2,3,1,4,1,{0},{0},{0},'net.whatsapp.WhatsApp','{1}@s.whatsapp.net');"
        "INSERT INTO Z_2INTERACTIONRECIPIENT VALUES (2,2);"
        "INSERT INTO ZATTACHMENT (Z_PK, ZUTI, ZSIZEINBYTES, ZIDENTIFIER) VALUES (1,'public.jpeg',2048,"
        "X'00112233');"
        "INSERT INTO Z_1INTERACTIONS VALUES (1,2)",
        when - 60, phone_number(2).substr(1)));
    return database.content();
}

std::string indicator_file()
{
    auto const indicator = [](int number, std::string_view pattern) {
        return fmt::format(
            "    {{\"type\": \"indicator\", \"spec_version\": \"2.1\", "
            "\"id\": \"indicator--00000000-0000-4000-8000-00000000000{0}\", "
            "\"created\": \"2021-06-01T00:00:00.000Z\", \"modified\": \"2021-06-01T00:00:00.000Z\", "
            "\"indicator_types\": [\"malicious-activity\"], \"pattern_type\": \"stix\", "
            "\"valid_from\": \"2021-06-01T00:00:00Z\", \"pattern\": \"{1}\"}},\n"
            "    {{\"type\": \"relationship\", \"spec_version\": \"2.1\", "
            "\"id\": \"relationship--00000000-0000-4000-8000-00000000000{0}\", "
            "\"created\": \"2021-06-01T00:00:00.000Z\", \"modified\": \"2021-06-01T00:00:00.000Z\", "
            "\"relationship_type\": \"indicates\", "
            "\"source_ref\": \"indicator--00000000-0000-4000-8000-00000000000{0}\", "
            "\"target_ref\": \"malware--00000000-0000-4000-8000-000000000001\"}}",
            number, pattern);
    };
    return fmt::format(
        "{{\n  \"type\": \"bundle\",\n  \"id\": \"bundle--00000000-0000-4000-8000-000000000001\",\n"
        "  \"objects\": [\n"
        "    {{\"type\": \"malware\", \"spec_version\": \"2.1\", \"is_family\": true, "
        "\"id\": \"malware--00000000-0000-4000-8000-000000000001\", "
        "\"created\": \"2021-06-01T00:00:00.000Z\", \"modified\": \"2021-06-01T00:00:00.000Z\", "
        "\"name\": \"Sample Implant\", \"description\": \"Invented, for the demonstration.\"}},\n"
        "{},\n{},\n{}\n  ]\n}}\n",
        indicator(1, fmt::format("[domain-name:value='{}']", kDomain)),
        indicator(2, fmt::format("[process:name='{}']", kProcess)),
        indicator(3, fmt::format("[email-addr:value='{}']", kMail)));
}

} // namespace exhibit::sample
