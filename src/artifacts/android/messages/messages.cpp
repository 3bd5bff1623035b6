#include "artifacts/android/common/text.hpp"
#include "artifacts/android/messages/tables.hpp"
#include "formats/gzip/inflate.hpp"
#include "formats/json/json_elements.hpp"
#include "formats/json/json_fields.hpp"

namespace exhibit::android::messages {
namespace {

std::optional<std::string> owned(JsonValue& value)
{
    auto const text = json_text(value);
    return text && !text->empty() ? std::optional { std::string { *text } } : std::nullopt;
}

/// Numbers are written as text.
std::optional<std::int64_t> number(JsonValue& value)
{
    return to_integer(json_text(value).value_or(""));
}

Result<std::optional<std::string>> joined(JsonValue& list)
{
    std::string out;
    EXHIBIT_TRY(for_each_json_element(list, [&](JsonValue& value) -> Result<void> {
        if (!out.empty())
            out += '\n';
        out += json_text(value).value_or("");
        return {};
    }));
    return out.empty() ? std::nullopt : std::optional { std::move(out) };
}

Result<void> read_sms_field(Sms& sms, std::string_view key, JsonValue& value)
{
    if (key == "date")
        sms.date = number(value).transform(Time::unix_millis).value_or(Time {});
    else if (key == "date_sent") {
        if (auto const millis = number(value); millis && *millis != 0)
            sms.date_sent = Time::unix_millis(*millis);
    } else if (key == "type")
        sms.message_type = number(value);
    else if (key == "address")
        sms.address = owned(value);
    else if (key == "recipients" || key == "sms_recipients")
        sms.recipients = EXHIBIT_TRY(joined(value));
    else if (key == "body")
        sms.body = owned(value);
    else if (key == "subject")
        sms.subject = owned(value);
    else if (key == "read")
        sms.read = to_flag(json_text(value).value_or(""));
    else if (key == "status")
        sms.status = number(value);
    else if (key == "self_phone")
        sms.own_number = owned(value);
    return {};
}

struct ReadMms {
    Mms message;
    std::vector<Party> parties;
    std::vector<Attachment> attachments;
};

/// Addresses are `{type, address, charset}` with the types of the MMS standard.
Result<void> read_address(ReadMms& read, JsonValue& value)
{
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS)
        return {};
    Party party;
    EXHIBIT_TRY(for_each_field(object, [&](std::string_view key, JsonValue& field) -> Result<void> {
        if (key == "type")
            party.type = number(field).value_or(0);
        else if (key == "address")
            party.address = json_text(field).value_or("");
        else if (key == "charset")
            party.charset = number(field);
        return {};
    }));
    if (party.address.empty())
        return {};
    if (party.type != kFromAddress)
        append_part(read.message.recipients, '\n', party.address);
    else if (party.address != kUnknownSender)
        read.message.sender = party.address;
    read.parties.push_back(std::move(party));
    return {};
}

Result<void> read_attachment(std::vector<Attachment>& attachments, JsonValue& value)
{
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS)
        return {};
    auto& attachment = attachments.emplace_back();
    return for_each_field(object, [&](std::string_view key, JsonValue& field) -> Result<void> {
        if (key == "mime_type")
            attachment.mime_type = owned(field);
        else if (key == "filename")
            attachment.file_name = owned(field);
        return {};
    });
}

Result<void> read_mms_field(ReadMms& read, std::string_view key, JsonValue& value)
{
    auto& mms = read.message;
    if (key == "date")
        mms.date = number(value)
                       .transform([](auto seconds) { return Time::unix_seconds(seconds); })
                       .value_or(Time {});
    else if (key == "date_sent") {
        if (auto const seconds = number(value); seconds && *seconds != 0)
            mms.date_sent = Time::unix_seconds(*seconds);
    } else if (key == "m_type")
        mms.message_type = number(value);
    else if (key == "msg_box") {
        mms.box = number(value);
        mms.direction = direction_of_mms(mms.box.value_or(0));
    } else if (key == "sub")
        mms.subject = owned(value);
    else if (key == "mms_body")
        mms.body = owned(value);
    else if (key == "ct_l")
        mms.content_url = owned(value);
    else if (key == "tr_id")
        mms.transaction_id = owned(value);
    else if (key == "read")
        mms.read = to_flag(json_text(value).value_or(""));
    else if (key == "self_phone")
        mms.own_number = owned(value);
    else if (key == "mms_addresses")
        return for_each_json_element(value, [&](JsonValue& one) { return read_address(read, one); });
    else if (key == "attachments")
        return for_each_json_element(
            value, [&](JsonValue& one) { return read_attachment(read.attachments, one); });
    return {};
}

Result<void> add_sms(JsonObjectReader& reader, JsonElement const& element, Context& context)
{
    Sms sms;
    auto const read = reader.read(element.text,
        [&](std::string_view key, JsonValue& value) { return read_sms_field(sms, key, value); });
    Origin const origin { element.offset };
    if (!read)
        context.note(Level::damage, read.error().fault, read.error().what, origin);
    if (!read && !sms.body && sms.date.absent())
        return {};
    sms.direction = direction_of_sms(sms.message_type);
    return context.add(kSms, sms, origin);
}

Result<void> add_mms(JsonObjectReader& reader, JsonElement const& element, Context& context)
{
    ReadMms mms;
    auto const read = reader.read(element.text,
        [&](std::string_view key, JsonValue& value) { return read_mms_field(mms, key, value); });
    Origin const origin { element.offset };
    if (!read)
        context.note(Level::damage, read.error().fault, read.error().what, origin);
    if (!read && !mms.message.body && mms.message.date.absent())
        return {};
    EXHIBIT_TRY(context.add(kMms, mms.message, origin));
    for (auto& party : mms.parties) {
        party.date = mms.message.date;
        EXHIBIT_TRY(context.add(kParties, party, origin));
    }
    for (auto& attachment : mms.attachments) {
        attachment.date = mms.message.date;
        attachment.direction = mms.message.direction;
        attachment.sender = mms.message.sender;
        EXHIBIT_TRY(context.add(kAttachments, attachment, origin));
    }
    return {};
}

/// Unpacks a zlib stream (RFC 1950) as far as it goes.
Result<std::vector<std::byte>> unpack(Source const& packed, Context& context)
{
    constexpr std::uint64_t header = 2;
    constexpr std::size_t step = std::size_t { 256 } << 10U;
    InflateStream stream { packed, header };
    std::vector<std::byte> out;
    for (;;) {
        auto const size = out.size();
        if (size >= context.limits().whole_file)
            return fail(Fault::over_limit, "the messages are larger than the limit");
        out.resize(size + step);
        auto const count = stream.read(std::span { out }.subspan(size));
        out.resize(size + (count ? *count : 0));
        if (!count)
            context.note(Level::damage, count.error());
        if (!count || *count == 0)
            return out;
    }
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".db"))
        return parse_database(input, context);
    std::array<std::byte, 1> first {};
    if (EXHIBIT_TRY(input.source->read_at(0, first)) == 0)
        return fail(Fault::truncated, "the file of messages is empty");
    constexpr auto zlib = std::byte { 0x78 };
    std::vector<std::byte> unpacked;
    if (first[0] == zlib)
        unpacked = EXHIBIT_TRY(unpack(*input.source, context));
    MemorySource const memory { unpacked };
    JsonElements elements { first[0] == zlib ? static_cast<Source const&>(memory) : *input.source };
    JsonObjectReader reader;
    bool const is_mms = input.path.ends_with("_mms_backup");
    for (JsonElement element; elements.next(element);)
        EXHIBIT_TRY(is_mms ? add_mms(reader, element, context) : add_sms(reader, element, context));
    return elements.result();
}

constexpr std::array<std::string_view, 4> kPaths {
    "/data/user_de/*/com.android.providers.telephony/files/*_sms_backup",
    "/data/user_de/*/com.android.providers.telephony/files/*_mms_backup",
    "/data/user_de/*/com.android.providers.telephony/databases/mmssms.db",
    "/data/data/com.android.providers.telephony/databases/mmssms.db",
};
constexpr std::array<Table const*, 4> kTables { &kSms, &kMms, &kParties, &kAttachments };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.messages",
    .title = "SMS and MMS",
    .doc = "Short and multimedia messages from an adb backup of the telephony provider, or from its database "
           "in a file "
           "system, where deleted ones may be left. Chat messages (RCS) are not in them.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::in_backup,
};

} // namespace exhibit::android::messages
