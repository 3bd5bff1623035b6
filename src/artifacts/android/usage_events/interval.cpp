#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "artifacts/android/usage_events/tables.hpp"
#include "base/text.hpp"
#include "formats/protobuf/wire.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <vector>

namespace exhibit::android::usage_events {
namespace {

constexpr std::size_t kMostNames = 2'000'000; // Over all packages; phones have some ten thousand.

/// UsageEvents.Event of the Android Open Source Project, as its dumps print the numbers.
constexpr std::array<std::string_view, 32> kEventNames { "NONE", "ACTIVITY_RESUMED", "ACTIVITY_PAUSED",
    "END_OF_DAY", "CONTINUE_PREVIOUS_DAY", "CONFIGURATION_CHANGE", "SYSTEM_INTERACTION", "USER_INTERACTION",
    "SHORTCUT_INVOCATION", "CHOOSER_ACTION", "NOTIFICATION_SEEN", "STANDBY_BUCKET_CHANGED",
    "NOTIFICATION_INTERRUPTION", "SLICE_PINNED_PRIV", "SLICE_PINNED", "SCREEN_INTERACTIVE",
    "SCREEN_NON_INTERACTIVE", "KEYGUARD_SHOWN", "KEYGUARD_HIDDEN", "FOREGROUND_SERVICE_START",
    "FOREGROUND_SERVICE_STOP", "CONTINUING_FOREGROUND_SERVICE", "ROLLOVER_FOREGROUND_SERVICE",
    "ACTIVITY_STOPPED", "ACTIVITY_DESTROYED", "FLUSH_TO_DISK", "DEVICE_SHUTDOWN", "DEVICE_STARTUP",
    "USER_UNLOCKED", "USER_STOPPED", "LOCUS_ID_SET", "APP_COMPONENT_USED" };

std::string name_of_event(std::int64_t number)
{
    auto const at = static_cast<std::uint64_t>(number);
    return at < kEventNames.size() ? std::string { kEventNames.at(at) } : fmt::format("{}", number);
}

/// `123456` milliseconds as hours, minutes and seconds, as dumps print a sum.
std::string duration_text(std::int64_t millis)
{
    auto const seconds = millis / 1000;
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// Names that files put numbers for. Android 10 has one pool of texts in each file
/// (IntervalStatsProto.StringPool); from Android 11 on a file beside them has a list for each package: its
/// own name, and then classes and other texts of its.
class Names {
public:
    Result<void> read(Bytes file)
    {
        return protobuf::for_each_field(
            protobuf::MessageReader { file }, [&](protobuf::Field const& field) -> Result<void> {
                return field.number == 2 ? add(protobuf::MessageReader { field }) : Result<void> {};
            });
    }

    Result<void> read_pool(protobuf::MessageReader pool)
    {
        return protobuf::for_each_field(pool, [&](protobuf::Field const& field) -> Result<void> {
            if (field.number == 2 && ++m_count <= kMostNames)
                m_pool.emplace_back(field.text());
            return {};
        });
    }

    /// Numbers are stored one higher, so that zero can stand for none.
    [[nodiscard]] std::optional<std::string> package(std::int64_t number) const
    {
        return m_pool.empty() ? text(number, 1) : pooled(number);
    }
    [[nodiscard]] std::optional<std::string> text(std::int64_t package, std::int64_t number) const
    {
        if (!m_pool.empty())
            return pooled(number);
        auto const found = m_lists.find(package);
        if (found == m_lists.end() || number < 1 || static_cast<std::uint64_t>(number) > found->second.size())
            return std::nullopt;
        return found->second[static_cast<std::size_t>(number - 1)];
    }

private:
    [[nodiscard]] std::optional<std::string> pooled(std::int64_t number) const
    {
        if (number < 1 || static_cast<std::uint64_t>(number) > m_pool.size())
            return std::nullopt;
        return m_pool[static_cast<std::size_t>(number - 1)];
    }

    Result<void> add(protobuf::MessageReader message)
    {
        std::int64_t number = 0;
        std::vector<std::string> list;
        EXHIBIT_TRY(protobuf::for_each_field(message, [&](protobuf::Field const& field) -> Result<void> {
            if (field.number == 1)
                number = field.integer();
            else if (field.number == 2 && ++m_count <= kMostNames)
                list.emplace_back(field.text());
            return {};
        }));
        m_lists[number] = std::move(list);
        return {};
    }

    std::unordered_map<std::int64_t, std::vector<std::string>> m_lists;
    std::vector<std::string> m_pool;
    std::size_t m_count = 0;
};

/// The numbers that an event's fields have.
struct EventFields {
    std::uint32_t package = 0;
    std::uint32_t component = 0;
    std::uint32_t happened = 0;
    std::uint32_t type = 0;
    std::uint32_t root_package = 0;
    std::uint32_t package_text = 0; ///< where the pool lacks the name
    std::uint32_t component_text = 0;
};

/// IntervalStatsProto.Event: frameworks/base/core/proto/android/server/usagestatsservice.proto of Android 10.
constexpr EventFields kPooledEvent { .package = 2,
    .component = 4,
    .happened = 5,
    .type = 7,
    .root_package = 15,
    .package_text = 1,
    .component_text = 3 };
/// EventObfuscatedProto: usagestatsservice_v2.proto beside it, since Android 11.
constexpr EventFields kNumberedEvent {
    .package = 1, .component = 2, .happened = 3, .type = 5, .root_package = 11
};

/// IntervalStatsProto and IntervalStatsObfuscatedProto: field 20 is a package's sum, 22 an event. Times are
/// distances from the start of the interval, which is the name of the file.
class Interval {
public:
    Interval(Input const& input, Context& context)
        : m_context(context)
        , m_user(user_of_path(input.path))
        , m_begin(to_integer(base_name(input.path)).value_or(0))
    {
        auto const folder = input.path.substr(0, std::min(input.path.rfind('/'), input.path.size()));
        m_period = base_name(folder);
    }

    Names& names() { return m_names; }

    /// Whether the file has the form of Android 10, with a pool of its texts. What is damaged fails in
    /// `read`.
    bool read_pool(Bytes file)
    {
        protobuf::MessageReader reader { file };
        protobuf::Field field;
        for (auto more = reader.next(field); more && *more && field.number < 20; more = reader.next(field)) {
            if (field.number != 2)
                continue;
            m_pooled = field.wire == protobuf::Wire::bytes;
            if (m_pooled)
                if (auto const pool = m_names.read_pool(protobuf::MessageReader { field }); !pool)
                    m_context.note(Level::damage, pool.error());
            break;
        }
        return m_pooled;
    }

    Result<void> read(Bytes file)
    {
        return protobuf::for_each_field(
            protobuf::MessageReader { file }, [&](protobuf::Field const& field) -> Result<void> {
                if (field.wire != protobuf::Wire::bytes)
                    return {};
                if (field.number == 20)
                    return add_total(field);
                return field.number == 22 ? add_event(field) : Result<void> {};
            });
    }

    /// Android 9 and older: `<package package="com.a" lastTimeActive="1000" timeActive="20" />` and `<event
    /// time="5000" package="com.a" class="com.a.Main" type="1" />`.
    Result<void> add(XmlElement const& element, Origin origin)
    {
        if (element.name == "package") {
            UsageTotal row = new_total();
            row.package = element.attribute("package").value_or("");
            row.last_used = moment(integer_of(element, "lastTimeActive"));
            if (auto const total = integer_of(element, "timeActive"))
                row.total_used = duration_text(*total);
            row.launches = integer_of(element, "appLaunchCount");
            return row.package.empty() ? Result<void> {} : m_context.add(kTotals, row, origin);
        }
        if (element.name != "event")
            return {};
        UsageEvent row;
        row.user = m_user;
        row.happened = moment(integer_of(element, "time"));
        row.event = name_of_event(integer_of(element, "type").value_or(0));
        row.package = text_of(element, "package");
        row.component = text_of(element, "class");
        return m_context.add(kUsageEvents, row, origin);
    }

private:
    /// The name of the file and the distance from it are both kept.
    [[nodiscard]] Time moment(std::optional<std::int64_t> distance) const
    {
        constexpr std::int64_t most = std::int64_t { 1 } << 53U;
        if (!distance || *distance > most || *distance < -most || m_begin > most || m_begin <= 0)
            return {};
        return millis_text(fmt::format("{}+{}", m_begin, *distance), m_begin + *distance);
    }

    [[nodiscard]] UsageTotal new_total() const
    {
        UsageTotal row;
        row.user = m_user;
        row.period = m_period;
        return row;
    }

    [[nodiscard]] std::string package_name(std::int64_t number) const
    {
        return m_names.package(number).value_or(fmt::format("#{}", number));
    }

    Result<void> add_total(protobuf::Field const& message)
    {
        auto row = new_total();
        std::int64_t package = 0;
        EXHIBIT_TRY(protobuf::for_each_field(
            protobuf::MessageReader { message }, [&](protobuf::Field const& field) -> Result<void> {
                auto const value = field.integer();
                if (field.number == (m_pooled ? 2U : 1U))
                    package = value;
                else if (m_pooled && field.number == 1)
                    row.package = field.text();
                else if (field.number == 3)
                    row.last_used = moment(value);
                else if (field.number == 4)
                    row.total_used = duration_text(value);
                else if (field.number == 6)
                    row.launches = value;
                else if (field.number == 10)
                    row.last_visible = moment(value);
                else if (field.number == 11)
                    row.total_visible = duration_text(value);
                else if (field.number == 12)
                    row.last_component = moment(value);
                return {};
            }));
        if (row.package.empty())
            row.package = package_name(package);
        return m_context.add(kTotals, row, Origin { message.offset });
    }

    Result<void> add_event(protobuf::Field const& message)
    {
        auto const& fields = m_pooled ? kPooledEvent : kNumberedEvent;
        UsageEvent row;
        row.user = m_user;
        std::int64_t package = 0;
        std::int64_t component = 0;
        std::int64_t root = 0;
        EXHIBIT_TRY(protobuf::for_each_field(
            protobuf::MessageReader { message }, [&](protobuf::Field const& field) -> Result<void> {
                if (field.number == fields.package)
                    package = field.integer();
                else if (field.number == fields.component)
                    component = field.integer();
                else if (field.number == fields.happened)
                    row.happened = moment(field.integer());
                else if (field.number == fields.type)
                    row.event = name_of_event(field.integer());
                else if (field.number == fields.root_package)
                    root = field.integer();
                else if (field.number == fields.package_text)
                    row.package = field.text();
                else if (field.number == fields.component_text)
                    row.component = field.text();
                return {};
            }));
        if (package > 0)
            row.package = package_name(package);
        if (component > 0)
            row.component = m_names.text(package, component);
        if (root > 0)
            row.root_package = package_name(root);
        return m_context.add(kUsageEvents, row, Origin { message.offset });
    }

    Context& m_context;
    std::int64_t m_user;
    std::int64_t m_begin;
    std::string m_period;
    Names m_names;
    bool m_pooled = false;
};

} // namespace

Result<void> parse_interval(Input const& input, Context& context)
{
    // The system puts `-c` behind the name of what it saved at a change of the clock or of its version.
    if (!to_integer(base_name(input.path)))
        return {};
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    Interval interval { input, context };
    auto const text = as_text(content.bytes());
    if (text.starts_with("<") || text.starts_with("ABX"))
        return for_each_element(input, context,
            [&](XmlElement const& element, Origin origin) { return interval.add(element, origin); });
    if (interval.read_pool(content.bytes()))
        return interval.read(content.bytes());
    if (input.beside == nullptr)
        context.note(Level::damage, Fault::missing,
            "the file `mappings` is not there: packages have numbers instead of names");
    else if (auto const names = read_all(*input.beside, context.limits().whole_file); !names)
        context.note(Level::damage, names.error());
    else if (auto const read = interval.names().read(names->bytes()); !read)
        context.note(Level::damage, read.error());
    return interval.read(content.bytes());
}

} // namespace exhibit::android::usage_events
