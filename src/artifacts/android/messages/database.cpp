#include "artifacts/android/common/text.hpp"
#include "artifacts/android/messages/tables.hpp"
#include "artifacts/common/query.hpp"

#include <algorithm>
#include <map>

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
    std::optional<std::int64_t> id;
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
    from<&StoredMms::id>("pdu._id"),
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
    std::optional<std::int64_t> message;
    Time date;
    std::optional<std::int64_t> box;
    std::optional<std::string_view> kind;
    std::optional<std::string_view> file;
    std::optional<std::string_view> name;
};
constexpr std::array kPartFields {
    from<&StoredPart::message>("pdu._id"),
    from<&StoredPart::date>("pdu.date", Clock::unix_seconds),
    from<&StoredPart::box>("pdu.msg_box"),
    from<&StoredPart::kind>("part.ct"),
    from<&StoredPart::file>("part.fn"),
    from<&StoredPart::name>("part.name"),
};

struct StoredAddress {
    std::optional<std::int64_t> message;
    std::optional<std::int64_t> type;
    std::optional<std::string_view> address;
};
constexpr std::array kAddressFields {
    from<&StoredAddress::message>("addr.msg_id"),
    from<&StoredAddress::type>("addr.type"),
    from<&StoredAddress::address>("addr.address"),
};

struct StoredText {
    std::optional<std::int64_t> message;
    std::optional<std::string_view> kind;
    std::optional<std::string_view> text;
};
constexpr std::array kTextFields {
    from<&StoredText::message>("part.mid"),
    from<&StoredText::kind>("part.ct"),
    from<&StoredText::text>("part.text"),
};

std::optional<std::string> owned(std::optional<std::string_view> text)
{
    return text.transform([](auto value) { return std::string { value }; });
}

/// What other tables hold of the multimedia messages. Texts of megabytes are looked at in their database.
class MmsParts {
public:
    struct Part {
        std::optional<std::string> sender;
        std::optional<std::string> recipients;
        std::optional<std::string> body;
    };

    Result<void> read(sqlite::Database const& database, Context& context)
    {
        EXHIBIT_TRY(each_row<StoredAddress>(database, context, { .alias = "addr", .table = "addr" },
            kAddressFields, [&](StoredAddress& stored, Origin) -> Result<void> {
                add_address(stored);
                return {};
            }));
        EXHIBIT_TRY(each_row<StoredText>(database, context, { .alias = "part", .table = "part" }, kTextFields,
            [&](StoredText& stored, Origin) -> Result<void> {
                if (stored.message && stored.kind == "text/plain" && stored.text && take(stored.text->size()))
                    append_part(m_parts[*stored.message].body, '\n', *stored.text);
                return {};
            }));
        if (m_left == 0)
            context.note(Level::warning, Fault::over_limit,
                "more texts and addresses of multimedia messages than are kept in memory");
        return {};
    }

    [[nodiscard]] Part const* find(std::optional<std::int64_t> message) const
    {
        auto const found = message ? m_parts.find(*message) : m_parts.end();
        return found == m_parts.end() ? nullptr : &found->second;
    }

private:
    void add_address(StoredAddress const& stored)
    {
        if (!stored.message || !stored.address || stored.address->empty() || stored.address == kUnknownSender
            || stored.address == "insert-address-token" || !take(stored.address->size()))
            return;
        auto& part = m_parts[*stored.message];
        if (stored.type == kFromAddress)
            part.sender = *stored.address;
        else
            append_part(part.recipients, '\n', *stored.address);
    }

    bool take(std::size_t bytes)
    {
        constexpr std::size_t overhead = 128;
        m_left -= std::min(m_left, bytes + overhead);
        return m_left != 0;
    }

    std::map<std::int64_t, Part> m_parts;
    std::size_t m_left = std::size_t { 64 } << 20U;
};

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
    MmsParts parts_of;
    EXHIBIT_TRY(parts_of.read(database, context));
    EXHIBIT_TRY(each_row<StoredMms>(database, context, { .alias = "pdu", .table = "pdu", .deleted = true },
        kMmsFields, [&](StoredMms& stored, Origin origin) {
            Mms row;
            row.date = stored.date;
            row.date_sent = stored.date_sent;
            row.box = stored.box;
            row.direction = direction_of_mms(stored.box.value_or(0));
            row.message_type = stored.type;
            row.subject = owned(stored.subject);
            row.content_url = owned(stored.content_url);
            row.transaction_id = owned(stored.transaction);
            row.read = stored.read;
            // The number of a deleted message may be another's by now.
            if (auto const* part = origin.recovered == Recovered::live ? parts_of.find(stored.id) : nullptr) {
                row.sender = part->sender;
                row.recipients = part->recipients;
                row.body = part->body;
            }
            return context.add(kMms, row, origin);
        }));
    Select const parts { .alias = "part", .table = "part", .joins = { { "pdu", "pdu", "_id", "part.mid" } } };
    return each_row<StoredPart>(
        database, context, parts, kPartFields, [&](StoredPart& stored, Origin origin) {
            Attachment row;
            row.date = stored.date;
            row.direction = direction_of_mms(stored.box.value_or(0));
            if (auto const* part = parts_of.find(stored.message))
                row.sender = part->sender;
            row.mime_type = owned(stored.kind);
            row.file_name = owned(stored.file ? stored.file : stored.name);
            return context.add(kAttachments, row, origin);
        });
}

} // namespace exhibit::android::messages
