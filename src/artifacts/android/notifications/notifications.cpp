#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/notifications/tables.hpp"
#include "formats/protobuf/wire.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace exhibit::android::notifications {
namespace {

constexpr std::size_t kIndentOfParts = 2;
constexpr std::size_t kIndentOfRecords = 4;
constexpr std::size_t kLongestWords = 64U << 10U;

/// Headings of the service's parts, with the state of the records below; of the others nothing is read.
struct PartName {
    std::string_view title;
    std::string_view state;
};
constexpr std::array kParts { PartName { "Notification List", "shown" },
    PartName { "mNotificationList", "shown" }, PartName { "mArchive=", "archived" },
    PartName { "Snoozed notifications", "snoozed" }, PartName { "Enqueued Notification List", {} },
    PartName { "Lights List", {} }, PartName { "mMaxPackageEnqueueRate", {} },
    PartName { "Notification attention state", {} }, PartName { "Ranking Config", {} },
    PartName { "Zen Mode", {} }, PartName { "Usage Stats", {} }, PartName { "Group summaries", {} } };
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
    return std::string { text };
}

/// Words end with the last bracket of the lines that they may go on over.
void close_words(std::optional<std::string>& words)
{
    if (auto const end = words ? words->rfind(')') : std::string::npos; end != std::string::npos)
        words->resize(end);
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
/// and StatusBarNotification of the Android Open Source Project, and dumps that were published. Tags and
/// words are those of apps, with any lines in them: only a heading of the service ends a part, and what a
/// record told once is not told again by a later line.
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
        } else if (auto const* const part = part_of(line.text)) {
            EXHIBIT_TRY(finish());
            m_state = part->state;
        } else if (m_open) {
            add_property(line.text);
        }
        return {};
    }

    Result<void> finish()
    {
        if (!std::exchange(m_open, false))
            return {};
        close_words(m_row.title);
        close_words(m_row.text);
        return m_context.add(kNotifications, m_row, m_origin);
    }

private:
    static PartName const* part_of(std::string_view line)
    {
        if (indent_of(line) != kIndentOfParts)
            return nullptr;
        auto const* const part = std::ranges::find_if(
            kParts, [&](PartName const& one) { return line.substr(kIndentOfParts).starts_with(one.title); });
        return part == kParts.end() ? nullptr : part;
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
        m_words = nullptr;
        m_in_head = true;
        add_to_head(text);
        m_origin = Origin { offset };
        m_open = true;
    }

    /// The tag of an app may put the rest of the head on further lines.
    void add_to_head(std::string_view text)
    {
        if (!m_row.importance)
            m_row.importance = leading_integer(value_of(text, "importance").value_or(""));
        auto const content = text.find(": Notification(");
        if (content != text.npos) {
            m_in_head = false;
            auto const rest = text.substr(content);
            auto const flags = property(rest, "flags");
            m_row.channel = owned(unless_null(property(rest, "channel")));
            m_row.flags = owned(unless_null(flags));
            if (m_row.flags)
                m_row.foreground_service = stands_for_service(flags);
        }
    }

    void add_property(std::string_view line)
    {
        auto text = trim(line);
        auto* const words = std::exchange(m_words, nullptr);
        bool const is_deep = indent_of(line) > kIndentOfRecords;
        if (is_deep && !m_row.uid && text.starts_with("uid=")) {
            m_row.uid = leading_integer(text.substr(4));
            m_in_head = false;
        } else if (m_in_head) {
            add_to_head(text);
        } else if (is_deep && m_row.created.absent() && eat(text, "mCreationTimeMs=")) {
            m_row.created = moment(text);
        } else if (is_deep && m_row.updated.absent() && eat(text, "mUpdateTimeMs=")) {
            m_row.updated = moment(text);
        } else if (is_deep && !m_row.title && eat(text, "android.title=")) {
            begin_words(m_row.title, text);
        } else if (is_deep && !m_row.text && eat(text, "android.text=")) {
            begin_words(m_row.text, text);
        } else if (words != nullptr && !(is_deep && follows(text, *words))) {
            if (words->value().size() + line.size() < kLongestWords)
                append_part(*words, '\n', line);
            m_words = words;
        }
    }

    /// Whether a line stands behind words instead of going on with them.
    static bool follows(std::string_view text, std::optional<std::string> const& words)
    {
        auto const name = text.substr(0, text.find('='));
        return text.starts_with('}')
            || (words->ends_with(')') && name.size() != text.size() && !name.contains(' '));
    }

    void begin_words(std::optional<std::string>& words, std::string_view text)
    {
        words = words_of(text);
        if (words)
            m_words = &words;
    }

    Context& m_context;
    std::string_view m_state;
    Notification m_row;
    std::optional<std::string>* m_words = nullptr; ///< of the row, those that may go on
    Origin m_origin;
    bool m_open = false;
    bool m_in_head = false;
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
