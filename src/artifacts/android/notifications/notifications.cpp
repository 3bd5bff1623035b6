#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/notifications/tables.hpp"
#include "formats/protobuf/wire.hpp"

#include <vector>

namespace exhibit::android::notifications {
namespace {

constexpr std::size_t kIndentOfParts = 2;
constexpr std::uint64_t kForegroundService = 0x40; // Notification.FLAG_FOREGROUND_SERVICE
constexpr std::size_t kLargestHistory = 64U << 20U;
constexpr std::size_t kMostNames = 1'000'000;

std::optional<std::string> owned(std::optional<std::string_view> text)
{
    return text ? std::optional { std::string { *text } } : std::nullopt;
}

/// `android.title=String (words)`; a dump without words has their length in angular brackets instead.
std::optional<std::string> words_of(std::string_view text)
{
    if (!eat(text, "String (") && !eat(text, "SpannableString ("))
        return std::nullopt;
    return std::string { text.substr(0, text.rfind(')')) };
}

/// The last property ends with the brackets of the whole.
std::string_view property(std::string_view text, std::string_view key)
{
    auto const value = value_of(text, key).value_or("");
    return value.substr(0, value.find(')'));
}

Time moment(std::string_view text)
{
    auto const millis = to_integer(text);
    return millis ? Time::unix_millis(*millis) : Time {};
}

bool stands_for_service(std::string_view flags)
{
    if (auto const number = to_hex_integer(flags); number && flags.starts_with("0x"))
        return (*number & kForegroundService) != 0;
    return flags.contains("FOREGROUND_SERVICE");
}

/// Records of the service: a line with their names and properties, and more below. Forms: NotificationRecord
/// and StatusBarNotification of the Android Open Source Project, and dumps that were published.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (text.starts_with("NotificationRecord(") || text.starts_with("StatusBarNotification(")) {
            EXHIBIT_TRY(finish());
            begin(text, line.offset);
        } else if (!text.empty() && indent_of(line.text) <= kIndentOfParts) {
            EXHIBIT_TRY(finish());
            begin_part(text);
        } else if (m_open) {
            add_property(text);
        }
        return {};
    }

    Result<void> finish()
    {
        return std::exchange(m_open, false) ? m_context.add(kNotifications, m_row, m_origin)
                                            : Result<void> {};
    }

private:
    void begin_part(std::string_view title)
    {
        if (title.starts_with("Notification List") || title.starts_with("mNotificationList"))
            m_state = "shown";
        else if (title.starts_with("mArchive="))
            m_state = "archived";
        else if (title.starts_with("Snoozed notifications"))
            m_state = "snoozed";
        else
            m_state = {};
    }

    /// `NotificationRecord(0x01: pkg=com.a user=UserHandle{0} id=1 tag=null importance=3 key=...:
    /// Notification(channel=x ... flags=0x11 ...))`
    void begin(std::string_view text, std::uint64_t offset)
    {
        auto const package = value_of(text, "pkg");
        if (!package || m_state.empty())
            return;
        m_row = {};
        m_row.state = m_state;
        m_row.package = *package;
        auto const user = value_of(text, "user").value_or("");
        m_row.user = leading_integer(between(user, "{", "}").value_or(user));
        m_row.importance = leading_integer(value_of(text, "importance").value_or(""));
        auto const content = text.find(": Notification(");
        if (content != text.npos) {
            auto const rest = text.substr(content);
            auto const flags = property(rest, "flags");
            m_row.channel = owned(unless_null(property(rest, "channel")));
            m_row.flags = owned(unless_null(flags));
            if (m_row.flags)
                m_row.foreground_service = stands_for_service(flags);
        }
        m_origin = Origin { offset };
        m_open = true;
    }

    void add_property(std::string_view text)
    {
        if (text.starts_with("uid=") && !m_row.uid)
            m_row.uid = leading_integer(text.substr(4));
        else if (eat(text, "mCreationTimeMs="))
            m_row.created = moment(text);
        else if (eat(text, "mUpdateTimeMs="))
            m_row.updated = moment(text);
        else if (eat(text, "android.title="))
            m_row.title = words_of(text);
        else if (eat(text, "android.text="))
            m_row.text = words_of(text);
    }

    Context& m_context;
    std::string_view m_state;
    Notification m_row;
    Origin m_origin;
    bool m_open = false;
};

/// NotificationHistoryProto of the Android Open Source Project: field 2 is a pool of names, 5 a notification.
class History {
public:
    explicit History(Context& context)
        : m_context(context)
    {
    }

    Result<void> read(Bytes file)
    {
        EXHIBIT_TRY(protobuf::for_each_field(
            protobuf::MessageReader { file }, [&](protobuf::Field const& field) -> Result<void> {
                return field.number == 2 ? read_pool(protobuf::MessageReader { field }) : Result<void> {};
            }));
        return protobuf::for_each_field(
            protobuf::MessageReader { file }, [&](protobuf::Field const& field) -> Result<void> {
                return field.number == 5 ? add(field) : Result<void> {};
            });
    }

private:
    Result<void> read_pool(protobuf::MessageReader pool)
    {
        return protobuf::for_each_field(pool, [&](protobuf::Field const& field) -> Result<void> {
            if (field.number == 2 && m_names.size() < kMostNames)
                m_names.push_back(field.text());
            return {};
        });
    }

    /// Numbers are stored one higher, so that zero can stand for none.
    [[nodiscard]] std::optional<std::string> name(std::int64_t number) const
    {
        if (number < 1 || static_cast<std::uint64_t>(number) > m_names.size())
            return std::nullopt;
        return std::string { m_names[static_cast<std::size_t>(number - 1)] };
    }

    Result<void> add(protobuf::Field const& notification)
    {
        Posted row;
        EXHIBIT_TRY(protobuf::for_each_field(
            protobuf::MessageReader { notification }, [&](protobuf::Field const& field) -> Result<void> {
                set(row, field);
                return {};
            }));
        return row.package.empty() ? Result<void> {}
                                   : m_context.add(kPosted, row, Origin { notification.offset });
    }

    void set(Posted& row, protobuf::Field const& field) const
    {
        switch (field.number) {
        case 1:
            row.package = field.text();
            break;
        case 2:
            row.package = name(field.integer()).value_or("");
            break;
        case 3:
            row.channel = field.text();
            break;
        case 4:
            row.channel = name(field.integer());
            break;
        case 5:
            row.channel_id = field.text();
            break;
        case 6:
            row.channel_id = name(field.integer());
            break;
        case 7:
            row.uid = field.integer();
            break;
        case 8:
            row.user = field.integer();
            break;
        case 9:
            row.posted = Time::unix_millis(field.integer());
            break;
        case 10:
            row.title = field.text();
            break;
        case 11:
            row.text = field.text();
            break;
        default:
            break;
        }
    }

    Context& m_context;
    std::vector<std::string_view> m_names;
};

Result<void> parse(Input const& input, Context& context)
{
    if (!input.path.starts_with("/data/"))
        return read_section(input, context, Dump { context });
    auto const content = EXHIBIT_TRY(read_all(*input.source, kLargestHistory));
    return History { context }.read(content.bytes());
}

constexpr std::array<std::string_view, 2> kPaths { "@dumpsys/notification",
    "/data/system_ce/*/notification_history/history/*" };
constexpr std::array<Table const*, 2> kTables { &kNotifications, &kPosted };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.notifications",
    .title = "Notifications",
    .doc
    = "Notifications that were there when a dump was made, hidden ones of apps that work in the background "
      "among them, and of a file system those of about the last day, with their words, where the history "
      "was switched on.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::notifications
