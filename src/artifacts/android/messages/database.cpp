#include "artifacts/android/messages/tables.hpp"
#include "artifacts/common/query.hpp"

namespace exhibit::android::messages {
namespace {

struct StoredSms {
    Time date;
    Time date_sent;
    std::optional<std::int64_t> type;
    std::optional<std::string_view> address;
    std::optional<std::string_view> body;
    std::optional<std::string_view> subject;
    std::optional<bool> read;
    std::optional<std::int64_t> status;
};
constexpr std::array kSmsFields {
    from<&StoredSms::date>("sms.date", Clock::unix_millis),
    from<&StoredSms::date_sent>("sms.date_sent", Clock::unix_millis),
    from<&StoredSms::type>("sms.type"),
    from<&StoredSms::address>("sms.address"),
    from<&StoredSms::body>("sms.body"),
    from<&StoredSms::subject>("sms.subject"),
    from<&StoredSms::read>("sms.read"),
    from<&StoredSms::status>("sms.status"),
};

struct StoredMms {
    Time date;
    Time date_sent;
    std::optional<std::int64_t> box;
    std::optional<std::int64_t> type;
    std::optional<std::string_view> subject;
    std::optional<std::string_view> content_url;
    std::optional<std::string_view> transaction;
    std::optional<bool> read;
};
constexpr std::array kMmsFields {
    from<&StoredMms::date>("pdu.date", Clock::unix_seconds),
    from<&StoredMms::date_sent>("pdu.date_sent", Clock::unix_seconds),
    from<&StoredMms::box>("pdu.msg_box"),
    from<&StoredMms::type>("pdu.m_type"),
    from<&StoredMms::subject>("pdu.sub"),
    from<&StoredMms::content_url>("pdu.ct_l"),
    from<&StoredMms::transaction>("pdu.tr_id"),
    from<&StoredMms::read>("pdu.read"),
};

struct StoredPart {
    Time date;
    std::optional<std::string_view> kind;
    std::optional<std::string_view> file;
    std::optional<std::string_view> name;
};
constexpr std::array kPartFields {
    from<&StoredPart::date>("pdu.date", Clock::unix_seconds),
    from<&StoredPart::kind>("part.ct"),
    from<&StoredPart::file>("part.fn"),
    from<&StoredPart::name>("part.name"),
};

std::optional<std::string> owned(std::optional<std::string_view> text)
{
    return text.transform([](auto value) { return std::string { value }; });
}

} // namespace

std::string_view direction_of_sms(std::optional<std::int64_t> type)
{
    switch (type.value_or(0)) {
    case 1:
        return "received";
    case 2:
        return "sent";
    case 3:
        return "draft";
    case 4:
        return "outbox";
    case 5:
        return "failed";
    case 6:
        return "queued";
    default:
        return "";
    }
}

std::string_view direction_of_mms(std::int64_t box)
{
    return box == 1 ? "received" : box == 2 ? "sent" : box == 3 ? "draft" : box == 4 ? "outbox" : "";
}

Result<void> parse_database(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    EXHIBIT_TRY(each_row<StoredSms>(database, context, { .alias = "sms", .table = "sms", .deleted = true },
        kSmsFields, [&](StoredSms& stored, Origin origin) {
            Sms row;
            row.date = stored.date;
            row.date_sent = stored.date_sent;
            row.message_type = stored.type;
            row.direction = direction_of_sms(stored.type);
            row.address = owned(stored.address);
            row.body = owned(stored.body);
            row.subject = owned(stored.subject);
            row.read = stored.read;
            row.status = stored.status;
            return context.add(kSms, row, origin);
        }));
    EXHIBIT_TRY(each_row<StoredMms>(database, context, { .alias = "pdu", .table = "pdu", .deleted = true },
        kMmsFields, [&](StoredMms& stored, Origin origin) {
            Mms row;
            row.date = stored.date;
            row.date_sent = stored.date_sent;
            row.direction = direction_of_mms(stored.box.value_or(0));
            row.message_type = stored.type;
            row.subject = owned(stored.subject);
            row.content_url = owned(stored.content_url);
            row.transaction_id = owned(stored.transaction);
            row.read = stored.read;
            return context.add(kMms, row, origin);
        }));
    Select const parts { .alias = "part", .table = "part", .joins = { { "pdu", "pdu", "_id", "part.mid" } } };
    return each_row<StoredPart>(
        database, context, parts, kPartFields, [&](StoredPart& stored, Origin origin) {
            Attachment row;
            row.date = stored.date;
            row.mime_type = owned(stored.kind);
            row.file_name = owned(stored.file ? stored.file : stored.name);
            return context.add(kAttachments, row, origin);
        });
}

} // namespace exhibit::android::messages
