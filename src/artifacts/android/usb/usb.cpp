#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/usb/tables.hpp"
#include "base/beginning.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <vector>

namespace exhibit::android::usb {
namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestList = 4096;
constexpr std::size_t kMomentSize = 18; // `05-01 10:11:12:345`
constexpr std::string_view kLogName = "USB Event Log";

/// `1133` as `046d`: in that form makers' numbers are published.
std::optional<std::string> as_usb_number(std::string_view text)
{
    auto const number = to_integer(text);
    return number && *number >= 0 && *number <= 0xFFFF ? std::optional { fmt::format("{:04x}", *number) }
                                                       : std::nullopt;
}

std::optional<std::string> text_of(std::string_view value)
{
    return unless_null(value).transform([](auto text) { return std::string { text }; });
}

void add_to_list(std::optional<std::string>& list, std::string_view value)
{
    if (!list || list->size() < kLongestList)
        append_part(list, ' ', value);
}

std::string action_of(std::string_view mode)
{
    return mode == "0" ? "connect"
        : mode == "-1" ? "disconnect"
        : mode == "1"  ? "connect_unreadable"
        : mode == "2"  ? "connect_refused"
                       : std::string { mode };
}

/// Follows the nesting of `name={`, `name=[`, `{`, `}` and `]`, a line each, with `key=value` or a bare value
/// of a list between (DualDumpOutputStream, Android 9 on), and takes what stands at the places that matter.
class Dump {
public:
    Dump(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (text == "}" || text == "]")
            return pop();
        if (text == "{" || text.ends_with("={") || text.ends_with("=[")) {
            push(text, line.offset);
            return {};
        }
        if (m_places.empty() || text.empty())
            return {};
        if (is_log(m_places.back().name))
            return add_to_log(text, line.offset);
        auto const key = take_until(text, '=');
        if (is_log(key))
            return add_to_log(text, line.offset);
        add_field(key, text);
        return {};
    }

    Result<void> finish()
    {
        while (!m_places.empty())
            EXHIBIT_TRY(pop());
        return {};
    }

private:
    struct Place {
        std::string name; ///< of the object; empty for one that stands in a list
        std::size_t outside = 0; ///< how long the way is without it
        Origin origin;
    };

    static bool is_log(std::string_view name) { return name == kLogName; }

    void push(std::string_view text, std::uint64_t offset)
    {
        auto const name = text == "{" ? std::string_view {} : text.substr(0, text.size() - 2);
        if (m_places.size() == kDeepest) {
            ++m_too_deep;
            return;
        }
        Place place { std::string { beginning_of(name, kLongestName) }, m_way.size(), Origin { offset } };
        if (!place.name.empty())
            m_way.append(m_way.empty() ? "" : "/").append(place.name);
        m_places.push_back(std::move(place));
        if (text.ends_with('['))
            return; // Its objects follow.
        if (m_way == "host_manager/connections")
            m_connection.emplace();
        else if (m_way == "host_manager/devices")
            m_device.emplace();
        else if (m_way == "device_manager/handler")
            m_state.emplace();
    }

    Result<void> pop()
    {
        if (m_too_deep != 0) {
            --m_too_deep;
            return {};
        }
        if (m_places.empty())
            return {};
        auto const origin = m_places.back().origin;
        auto added = end_of_place(origin);
        m_way.resize(m_places.back().outside);
        m_places.pop_back();
        return added;
    }

    Result<void> end_of_place(Origin origin)
    {
        if (m_connection && m_way == "host_manager/connections")
            return m_context.add(kConnections, *std::exchange(m_connection, {}), origin);
        if (m_device && m_way == "host_manager/devices")
            return m_context.add(kDevices, *std::exchange(m_device, {}), origin);
        if (m_state && m_way == "device_manager/handler")
            return m_context.add(kState, *std::exchange(m_state, {}), origin);
        return {};
    }

    void add_field(std::string_view key, std::string_view value)
    {
        if (m_connection && m_way == "host_manager/connections")
            add_to_connection(key, value);
        else if (m_device && m_way.starts_with("host_manager/devices"))
            add_to_device(key, value);
        else if (m_state && m_way.starts_with("device_manager/handler"))
            add_to_state(m_places.back().name, key, value);
    }

    void add_to_connection(std::string_view key, std::string_view value)
    {
        if (key == "device_address")
            m_connection->device_address = value;
        else if (key == "mode")
            m_connection->action = action_of(value);
        else if (key == "timestamp")
            m_connection->happened = Time::unix_millis(to_integer(value).value_or(0));
        else if (key == "manufacturer")
            m_connection->usb_vendor = as_usb_number(value);
        else if (key == "product")
            m_connection->usb_product = as_usb_number(value);
    }

    void add_to_device(std::string_view key, std::string_view value)
    {
        if (m_way.ends_with("/interfaces") && key == "class")
            add_to_list(m_device->interface_classes, value);
        if (m_way != "host_manager/devices")
            return;
        if (key == "name")
            m_device->device_address = value;
        else if (key == "vendor_id")
            m_device->usb_vendor = as_usb_number(value).value_or("");
        else if (key == "product_id")
            m_device->usb_product = as_usb_number(value).value_or("");
        else if (key == "manufacturer_name")
            m_device->maker = text_of(value);
        else if (key == "product_name")
            m_device->product_name = text_of(value);
        else if (key == "serial_number")
            m_device->serial = text_of(value);
    }

    /// A list of one is printed like a field; one of more has its values bare, below its name.
    void add_to_state(std::string_view list, std::string_view key, std::string_view value)
    {
        bool const bare = value.empty() && list != "handler";
        auto const name = bare ? list : key;
        auto const text = bare ? key : value;
        if (name == "current_functions")
            add_to_list(m_state->functions, text);
        else if (name == "screen_unlocked_functions")
            add_to_list(m_state->functions_unlocked, text);
        else if (list == "current_accessory" && (key == "manufacturer" || key == "model"))
            add_to_list(m_state->accessory, text);
        else if (list != "handler")
            return;
        else if (key == "connected")
            m_state->connected = to_flag(value);
        else if (key == "configured")
            m_state->configured = to_flag(value);
        else if (key == "host_connected")
            m_state->host_connected = to_flag(value);
        else if (key == "screen_locked")
            m_state->screen_locked = to_flag(value);
    }

    /// `05-01 10:11:12:345 USB UEVENT: {...}`; the first value is the title of the log.
    Result<void> add_to_log(std::string_view text, std::uint64_t offset)
    {
        if (text.size() <= kMomentSize || text[2] != '-' || text[14] != ':') {
            m_log = beginning_of(text);
            return {};
        }
        std::string moment { text.substr(0, kMomentSize) };
        moment[14] = '.'; // The log puts a colon before the milliseconds.
        LogEntry entry;
        entry.happened = log_time(moment, m_clock);
        entry.message = trim(text.substr(kMomentSize));
        if (!m_log.empty())
            entry.log = m_log;
        if (auto const state = value_of(entry.message, "USB_STATE"))
            entry.usb_state = state->substr(0, state->find_first_of(",}"));
        return m_context.add(kLog, entry, Origin { offset });
    }

    Context& m_context;
    DeviceClock m_clock;
    std::vector<Place> m_places;
    std::string m_way; ///< the names on the way here: `host_manager/devices`
    std::size_t m_too_deep = 0;
    std::optional<Connection> m_connection;
    std::optional<Device> m_device;
    std::optional<State> m_state;
    std::string m_log;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/usb" };
constexpr std::array<Table const*, 4> kTables { &kConnections, &kDevices, &kLog, &kState };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.usb",
    .title = "USB connections",
    .doc
    = "What was plugged into the phone since the system started, with the exact times, and what the phone "
      "itself "
      "was plugged into. Tools that unlock phones pretend to be one device after another.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::usb
