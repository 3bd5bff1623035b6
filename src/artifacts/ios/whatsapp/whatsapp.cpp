#include "artifacts/ios/common/whatsapp.hpp"

#include "artifacts/common/query.hpp"
#include "artifacts/ios/whatsapp/rows.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace exhibit::ios::whatsapp {
namespace {

using namespace std::string_view_literals;

constexpr auto kMessages = table<Message>("ios_whatsapp_message", "One row per WhatsApp message.",
    Relation::received, kMessageColumns, kMessageEvents, "whatsapp");
constexpr auto kMedia = table<Media>("ios_whatsapp_media",
    "One row per picture, document, place or other media of a message.", Relation::received, kMediaColumns);
constexpr auto kCardValues = table<CardValue>("ios_whatsapp_card_value",
    "One row per number, mail address or account of a contact that was shared in a message.",
    Relation::received, kCardValueColumns);
constexpr auto kDataItems = table<DataItem>("ios_whatsapp_link",
    "One row per link that a message has a preview for.", Relation::received, kDataItemColumns);
constexpr auto kChats = table<Chat>("ios_whatsapp_chat", "One row per chat, also of those that were removed.",
    Relation::contacted, kChatColumns, kChatEvents, "whatsapp");
constexpr auto kMembers = table<ios::whatsapp::Member>(
    "ios_whatsapp_member", "One row per member of a group.", Relation::contacted, kMemberColumns);
constexpr auto kGroupChanges = table<GroupChange>("ios_whatsapp_group_change",
    "One row per change of who is in a group, such as that somebody was added.", Relation::contacted,
    kGroupChangeColumns, kGroupChangeEvents);
constexpr auto kBlocked = table<Blocked>("ios_whatsapp_blocked",
    "One row per account that the person blocked.", Relation::present, kBlockedColumns);
constexpr auto kLidPairs
    = table<LidPair>("ios_whatsapp_lid", "One row per hidden number whose phone number the device knows.",
        Relation::contacted, kLidPairColumns, kLidPairEvents, "whatsapp");

constexpr std::array kMessageFields {
    from<&Message::message_id>("message.Z_PK"),
    from<&Message::chat_id>("message.ZCHATSESSION"),
    from<&Message::sent>("message.ZMESSAGEDATE", Clock::mac),
    from<&Message::received>("message.ZSENTDATE", Clock::mac),
    from<&Message::is_from_me>("message.ZISFROMME"),
    from<&Message::text>("message.ZTEXT"),
    from<&Message::from_account>("message.ZFROMJID"),
    from<&Message::to_account>("message.ZTOJID"),
    from<&Message::member_account>("member.ZMEMBERJID"),
    from<&Message::push_name>("message.ZPUSHNAME"),
    from<&Message::message_type>("message.ZMESSAGETYPE"),
    from<&Message::group_event_type>("message.ZGROUPEVENTTYPE"),
    from<&Message::message_status>("message.ZMESSAGESTATUS"),
    from<&Message::is_starred>("message.ZSTARRED"),
    from<&Message::stanza_id>("message.ZSTANZAID"),
    from<&Message::media_id>("message.ZMEDIAITEM"),
};
constexpr std::array kMediaFields {
    from<&Media::media_id>("media.Z_PK"),
    from<&Media::message_id>("media.ZMESSAGE"),
    from<&Media::media_url>("media.ZMEDIAURL"),
    from<&Media::local_path>("media.ZMEDIALOCALPATH"),
    from<&Media::title>("media.ZTITLE"),
    from<&Media::author>("media.ZAUTHORNAME"),
    from<&Media::contact_name>("media.ZVCARDNAME"),
    from<&Media::mime_type>("media.ZVCARDSTRING"),
    from<&Media::size>("media.ZFILESIZE"),
    from<&Media::latitude>("media.ZLATITUDE"),
    from<&Media::longitude>("media.ZLONGITUDE"),
    from<&Media::uploaded>("media.ZMEDIAURLDATE", Clock::mac),
    from<&Media::is_from_me>("message.ZISFROMME"),
};
constexpr std::array kDataItemFields {
    from<&DataItem::item_id>("item.Z_PK"),
    from<&DataItem::message_id>("item.ZMESSAGE"),
    from<&DataItem::matched_text>("item.ZMATCHEDTEXT"),
    from<&DataItem::content_1>("item.ZCONTENT1"),
    from<&DataItem::content_2>("item.ZCONTENT2"),
    from<&DataItem::title>("item.ZTITLE"),
    from<&DataItem::summary>("item.ZSUMMARY"),
    from<&DataItem::sender_account>("item.ZSENDERJID"),
    from<&DataItem::dated>("item.ZDATE", Clock::mac),
    from<&DataItem::is_from_me>("message.ZISFROMME"),
};
constexpr std::array kChatFields {
    from<&Chat::chat_id>("chat.Z_PK"),
    from<&Chat::account>("chat.ZCONTACTJID"),
    from<&Chat::name>("chat.ZPARTNERNAME"),
    from<&Chat::session_type>("chat.ZSESSIONTYPE"),
    from<&Chat::is_archived>("chat.ZARCHIVED"),
    from<&Chat::is_removed>("chat.ZREMOVED"),
    from<&Chat::is_hidden>("chat.ZHIDDEN"),
    from<&Chat::message_counter>("chat.ZMESSAGECOUNTER"),
    from<&Chat::last_message>("chat.ZLASTMESSAGEDATE", Clock::mac),
    from<&Chat::group_created>("chat_group.ZCREATIONDATE", Clock::mac),
    from<&Chat::group_creator>("chat_group.ZCREATORJID"),
};
constexpr std::array kMemberFields {
    from<&ios::whatsapp::Member::member_id>("member.Z_PK"),
    from<&ios::whatsapp::Member::chat_id>("member.ZCHATSESSION"),
    from<&ios::whatsapp::Member::account>("member.ZMEMBERJID"),
    from<&ios::whatsapp::Member::name>("member.ZCONTACTNAME"),
    from<&ios::whatsapp::Member::is_admin>("member.ZISADMIN"),
    from<&ios::whatsapp::Member::is_active>("member.ZISACTIVE"),
};
constexpr std::array kGroupChangeFields {
    from<&GroupChange::changed>("change.ZCHANGEDATE", Clock::mac),
    from<&GroupChange::change_type>("change.ZCHANGETYPE"),
    from<&GroupChange::group>("change.ZGROUPJID"),
    from<&GroupChange::members>("change.ZMEMBERJIDS"),
};
constexpr std::array kBlockedFields { from<&Blocked::account>("blocked.ZJID") };
constexpr std::array kLidPairFields {
    from<&LidPair::lid>("pair.ZLID"),
    from<&LidPair::phone>("pair.ZPHONENUMBER"),
    from<&LidPair::paired>("pair.ZTIMESTAMP", Clock::mac),
};

/// What the messages of a chat add up to.
struct Stored {
    std::int64_t messages = 0;
    Time first;
    Time last;

    void count(Time const& sent)
    {
        ++messages;
        if (!sent.utc)
            return;
        if (!first.utc || *sent.utc < *first.utc)
            first = sent;
        if (!last.utc || *sent.utc > *last.utc)
            last = sent;
    }
};
using StoredByChat = std::unordered_map<std::int64_t, Stored>;

Result<void> read_messages(sqlite::Database const& database, Context& context, StoredByChat& stored)
{
    Select const messages { .alias = "message",
        .table = "ZWAMESSAGE",
        .joins = { { "member", "ZWAGROUPMEMBER", "Z_PK", "message.ZGROUPMEMBER" } },
        .deleted = true };
    return each_row<Message>(database, context, messages, kMessageFields, [&](Message& row, Origin origin) {
        row.direction = direction_of(row.is_from_me);
        row.phone = ios::whatsapp_phone(row.member_account ? row.member_account
                : row.is_from_me == true                   ? row.to_account
                                                           : row.from_account);
        if (row.chat_id && origin.recovered == Recovered::live)
            stored[*row.chat_id].count(row.sent);
        return context.add(kMessages, row, origin);
    });
}

/// Takes a line off a vCard and gives its property and value: `item1.TEL;type=CELL:+1 415 555 0100`.
std::pair<std::string_view, std::string_view> take_card_line(std::string_view& card)
{
    auto const end = card.find('\n');
    auto const line = trimmed(card.substr(0, end));
    card.remove_prefix(end == card.npos ? card.size() : end + 1);
    auto const colon = line.find(':');
    if (colon == line.npos)
        return {};
    auto property = line.substr(0, std::min(colon, line.find(';')));
    if (auto const dot = property.find('.'); dot != property.npos)
        property.remove_prefix(dot + 1);
    return { property, trimmed(line.substr(colon + 1)) };
}

Result<void> add_card_values(Media const& media, Context& context, Origin origin)
{
    constexpr int most = 10'000; // a message may hold several contacts
    int count = 0;
    for (auto card = *media.contact_card; !card.empty() && count != most;) {
        auto const [property, value] = take_card_line(card);
        if (value.empty() || (property != "TEL" && property != "EMAIL" && property != "IMPP"))
            continue;
        ++count;
        EXHIBIT_TRY(context.add(
            kCardValues, { media.media_id, media.message_id, property, value, media.direction }, origin));
    }
    return {};
}

/// The app keeps the type of a file and the text of a shared contact in one column.
Result<void> read_media(sqlite::Database const& database, Context& context)
{
    Select const media { .alias = "media",
        .table = "ZWAMEDIAITEM",
        .joins = { { "message", "ZWAMESSAGE", "Z_PK", "media.ZMESSAGE" } },
        .deleted = true };
    return each_row<Media>(
        database, context, media, kMediaFields, [&](Media& row, Origin origin) -> Result<void> {
            row.direction = direction_of(row.is_from_me);
            if (row.mime_type && row.mime_type->find("BEGIN:VCARD") != row.mime_type->npos)
                std::swap(row.contact_card, row.mime_type);
            EXHIBIT_TRY(context.add(kMedia, row, origin));
            return row.contact_card ? add_card_values(row, context, origin) : Result<void> {};
        });
}

Result<void> read_chats(sqlite::Database const& database, Context& context, StoredByChat const& stored)
{
    Select const chats { .alias = "chat",
        .table = "ZWACHATSESSION",
        .joins = { { "chat_group", "ZWAGROUPINFO", "Z_PK", "chat.ZGROUPINFO" } },
        .deleted = true };
    return each_row<Chat>(database, context, chats, kChatFields, [&](Chat& row, Origin origin) {
        row.phone = ios::whatsapp_phone(row.account);
        if (auto const found = stored.find(row.chat_id.value_or(0)); found != stored.end()) {
            row.stored_messages = found->second.messages;
            row.first_stored = found->second.first;
            row.last_stored = found->second.last;
        }
        return context.add(kChats, row, origin);
    });
}

Result<void> read_lid_pairs(sqlite::Database const& database, Context& context)
{
    return each_row<LidPair>(database, context,
        { .alias = "pair", .table = "ZWAPHONENUMBERLIDPAIR", .deleted = true }, kLidPairFields,
        [&](LidPair& row, Origin origin) { return context.add(kLidPairs, row, origin); });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZWAMESSAGE")
        && !database.had_table("ZWAPHONENUMBERLIDPAIR"))
        return fail(
            Fault::unsupported, "the database has neither a table `ZWAMESSAGE` nor `ZWAPHONENUMBERLIDPAIR`");
    StoredByChat stored;
    EXHIBIT_TRY(read_messages(database, context, stored));
    EXHIBIT_TRY(read_media(database, context));
    Select const items { .alias = "item",
        .table = "ZWAMESSAGEDATAITEM",
        .joins = { { "message", "ZWAMESSAGE", "Z_PK", "item.ZMESSAGE" } },
        .deleted = true };
    EXHIBIT_TRY(
        each_row<DataItem>(database, context, items, kDataItemFields, [&](DataItem& row, Origin origin) {
            row.direction = direction_of(row.is_from_me);
            return context.add(kDataItems, row, origin);
        }));
    EXHIBIT_TRY(read_chats(database, context, stored));
    EXHIBIT_TRY(each_row<ios::whatsapp::Member>(database, context,
        { .alias = "member", .table = "ZWAGROUPMEMBER", .deleted = true }, kMemberFields,
        [&](ios::whatsapp::Member& row, Origin origin) {
            row.phone = ios::whatsapp_phone(row.account);
            return context.add(kMembers, row, origin);
        }));
    EXHIBIT_TRY(each_row<GroupChange>(database, context,
        { .alias = "change", .table = "ZWAGROUPMEMBERSCHANGE", .deleted = true }, kGroupChangeFields,
        [&](GroupChange& row, Origin origin) {
            if (row.members && row.members->contains('\0')) // Bytes, not text.
                row.members.reset();
            return context.add(kGroupChanges, row, origin);
        }));
    EXHIBIT_TRY(each_row<Blocked>(database, context,
        { .alias = "blocked", .table = "ZWABLACKLISTITEM", .deleted = true }, kBlockedFields,
        [&](Blocked& row, Origin origin) { return context.add(kBlocked, row, origin); }));
    return read_lid_pairs(database, context);
}

// In a backup the container of WhatsApp is group.net.whatsapp.WhatsApp.shared, that of WhatsApp Business
// group.net.whatsapp.WhatsAppSMB.shared.
constexpr std::array kPaths {
    "/private/var/mobile/Containers/Shared/AppGroup/*/ChatStorage.sqlite"sv,
    "/private/var/mobile/Containers/Shared/AppGroup/*/LID.sqlite"sv,
};
constexpr std::array<Table const*, 9> kTables { &kMessages, &kMedia, &kCardValues, &kDataItems, &kChats,
    &kMembers, &kGroupChanges, &kBlocked, &kLidPairs };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.whatsapp",
    .title = "WhatsApp",
    .doc = "Messages, media, links, chats and groups of WhatsApp and WhatsApp Business, and which hidden "
           "numbers belong to which "
           "phone numbers. Read from ChatStorage.sqlite and LID.sqlite.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::whatsapp
