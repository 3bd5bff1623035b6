#include "artifacts/ios/sms/old_form.hpp"

#include <algorithm>

namespace exhibit::ios::sms {
namespace {

using namespace std::string_view_literals;

struct OldMessage {
    std::optional<std::int64_t> message_id;
    std::optional<std::string_view> address;
    std::optional<std::int64_t> flags;
    Time dated_unix;
    Time dated_mac;
    std::optional<std::string_view> text;
    std::optional<std::string_view> subject;
    std::optional<bool> is_read;
    std::optional<bool> is_imessage;
    std::optional<std::string_view> imessage_handle;
    std::optional<std::int64_t> imessage_flags;
    std::optional<std::string_view> guid;
    std::optional<std::string_view> service;
    std::optional<std::string_view> account;
    std::optional<std::string_view> room_name;
    std::optional<std::int64_t> error_code;
    Time read_at;
    Time delivered;
    std::optional<Bytes> body;
};

/// Names, flags and clocks: `iMessage` came with iOS 5 as `madrid`, and its times count from 2001, those of
/// SMS from 1970. Described by Tom Offermann (imessage notes, 2011) and in queries of several published
/// readers.
constexpr std::array kFields {
    from<&OldMessage::message_id>("message.ROWID"),
    from<&OldMessage::address>("message.address"),
    from<&OldMessage::flags>("message.flags"),
    from<&OldMessage::dated_unix>("message.date", Clock::unix_seconds),
    from<&OldMessage::dated_mac>("message.date", Clock::mac),
    from<&OldMessage::text>("message.text"),
    from<&OldMessage::subject>("message.subject"),
    from<&OldMessage::is_read>("message.read"),
    from<&OldMessage::is_imessage>("message.is_madrid"),
    from<&OldMessage::imessage_handle>("message.madrid_handle"),
    from<&OldMessage::imessage_flags>("message.madrid_flags"),
    from<&OldMessage::guid>("message.madrid_guid"),
    from<&OldMessage::service>("message.madrid_service"),
    from<&OldMessage::account>("message.madrid_account"),
    from<&OldMessage::room_name>("message.madrid_roomname"),
    from<&OldMessage::error_code>("message.madrid_error"),
    from<&OldMessage::read_at>("message.madrid_date_read", Clock::mac),
    from<&OldMessage::delivered>("message.madrid_date_delivered", Clock::mac),
    from<&OldMessage::body>("message.madrid_attributedBody"),
};

/// 2 received; 3 sent; 33, 35 and 131 could not be sent. Others, such as 129 for a deleted one, do not tell.
std::optional<bool> sms_is_from_me(std::optional<std::int64_t> flags)
{
    if (flags == 2)
        return false;
    if (flags == 3 || flags == 33 || flags == 35 || flags == 131)
        return true;
    return std::nullopt;
}

/// Bit 4 is set in the numbers that are known of sent messages (36869, 102405, 32773), and not in those of
/// received ones (12289, 77825, 4097).
std::optional<bool> imessage_is_from_me(std::optional<std::int64_t> flags)
{
    constexpr std::uint64_t from_me = 4;
    return flags && *flags != 0 ? std::optional { (static_cast<std::uint64_t>(*flags) & from_me) != 0 }
                                : std::nullopt;
}

Message message_of(OldMessage const& old)
{
    bool const is_imessage = old.is_imessage == true;
    Message row;
    row.message_id = old.message_id;
    row.guid = old.guid;
    row.text = old.text;
    row.subject = old.subject;
    row.handle = is_imessage ? old.imessage_handle : old.address;
    row.service = is_imessage ? old.service.value_or("iMessage") : "SMS";
    row.account = old.account;
    row.is_from_me = is_imessage ? imessage_is_from_me(old.imessage_flags) : sms_is_from_me(old.flags);
    row.is_read = old.is_read;
    row.sent = is_imessage ? old.dated_mac : old.dated_unix;
    row.read_at = old.read_at;
    row.delivered = old.delivered;
    row.room_name = old.room_name;
    row.error_code = old.error_code;
    row.body = old.body;
    return row;
}

struct Part {
    std::optional<std::int64_t> part_id;
};

Result<bool> has_rows(sqlite::Database const& database, Context& context, std::string_view table)
{
    constexpr std::array fields { from<&Part::part_id>("part.ROWID") };
    bool any = false;
    EXHIBIT_TRY(each_row<Part>(
        database, context, { "part", table }, fields, [&](Part const&, Origin) -> Result<void> {
            any = true;
            return {};
        }));
    return any;
}

} // namespace

bool is_of_old_form(sqlite::Database const& database)
{
    auto const columns = database.columns("message");
    auto const has = [&](std::string_view name) {
        return std::ranges::any_of(columns, [&](auto const& column) { return column.name == name; });
    };
    return has("address") && has("flags") && !has("is_from_me");
}

Result<void> read_old_messages(sqlite::Database const& database, Context& context,
    std::function<Result<void>(Message&, Origin)> const& add)
{
    Select const messages { .alias = "message", .table = "message", .deleted = true };
    EXHIBIT_TRY(each_row<OldMessage>(
        database, context, messages, kFields, [&](OldMessage& old, Origin origin) -> Result<void> {
            auto row = message_of(old);
            return add(row, origin);
        }));
    for (auto const table : { "msg_pieces"sv, "madrid_attachment"sv, "group_member"sv })
        if (EXHIBIT_TRY(has_rows(database, context, table)))
            context.note(Level::damage, Fault::unsupported,
                "the database has the form of iOS 5 and older: parts of MMS, attachments and members of "
                "groups "
                "were not read");
    return {};
}

} // namespace exhibit::ios::sms
