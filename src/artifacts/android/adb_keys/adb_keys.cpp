#include "artifacts/android/adb_keys/tables.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace exhibit::android::adb_keys {
namespace {

constexpr std::size_t kLargest = std::size_t { 16 } << 20U; // Key lists have a few kilobytes.
constexpr std::size_t kMostStores = 8; // One, and what comments of keys may forge.

/// One key per line.
Result<void> add_list(std::string_view text, std::string_view list, std::uint64_t offset, Context& context)
{
    std::size_t at = 0;
    while (at < text.size()) {
        auto const end = std::min(text.find('\n', at), text.size());
        auto const line = trim(text.substr(at, end - at));
        if (!line.empty() && !line.starts_with('#'))
            EXHIBIT_TRY(context.add(kKeys, read_key(line, list), Origin { offset + at }));
        at = end + 1;
    }
    return {};
}

/// The dump of the service: lines `name=value`. Lists of keys go on until an empty line or the next name; the
/// key store is binary and may hold line breaks of its own.
class Dump {
public:
    Dump(std::string_view text, DeviceClock const& clock, Context& context)
        : m_text(text)
        , m_clock(clock)
        , m_context(context)
    {
        find_values();
    }

    Result<void> read()
    {
        EXHIBIT_TRY(add_keys("user_keys"));
        EXHIBIT_TRY(add_keys("system_keys"));
        EXHIBIT_TRY(add_stores());
        return add_state();
    }

private:
    /// Notes where each value begins: a name stands at the start of its line, and the first line that has it
    /// counts. In one pass: a computer chooses the comment of its key, which may repeat a name without end.
    /// As it may forge a key store before the real one, each of those is read.
    void find_values()
    {
        for (std::size_t at = 0; at < m_text.size();) {
            auto const end = std::min(m_text.find('\n', at), m_text.size());
            auto const line = m_text.substr(at, end - at);
            if (auto const equals = line.find('='); equals != line.npos)
                if (auto const value = m_values.find(trim(line.substr(0, equals))); value != m_values.end()) {
                    value->second = std::min(value->second, at + equals + 1);
                    if (value->first == "keystore" && m_stores.size() < kMostStores)
                        m_stores.push_back(at + equals + 1);
                }
            at = end + 1;
        }
    }

    /// Where the value of one of the names begins.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const
    {
        auto const at = m_values.at(name);
        return at == kNowhere ? std::nullopt : std::optional { at };
    }

    [[nodiscard]] std::optional<std::string_view> line_of(std::string_view name) const
    {
        auto const at = find(name);
        return at ? std::optional { trim(m_text.substr(*at, m_text.find('\n', *at) - *at)) } : std::nullopt;
    }

    static bool is_structure(std::string_view line)
    {
        auto const equals = line.find('=');
        auto const name = line.substr(0, equals);
        bool const plain
            = !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == name.npos;
        return line.empty() || line.starts_with('}') || (equals != line.npos && plain);
    }

    Result<void> add_keys(std::string_view name)
    {
        auto const start = find(name);
        if (!start)
            return {};
        auto end = std::min(m_text.find('\n', *start), m_text.size());
        while (end < m_text.size()) {
            auto const next = std::min(m_text.find('\n', end + 1), m_text.size());
            if (is_structure(trim(m_text.substr(end + 1, next - end - 1))))
                break;
            end = next;
        }
        return add_list(m_text.substr(*start, end - *start), name, *start, m_context);
    }

    Result<void> add_stores()
    {
        if (m_stores.size() > 1)
            m_context.note(Level::damage, Fault::malformed,
                "there are several key stores: the comment of a computer's key may have forged one",
                Origin { m_stores[1] });
        for (auto const start : m_stores)
            EXHIBIT_TRY(add_store(start));
        return {};
    }

    Result<void> add_store(std::size_t start)
    {
        auto const rest = m_text.substr(start);
        auto end = rest.size();
        for (std::string_view const mark : { "\n    adb_wifi={", "\n  }\n", "\n  }\r" })
            end = std::min(end, rest.find(mark));
        auto content = rest.substr(0, end);
        if (content.starts_with('<')) // Text has to end with its last element.
            content = content.substr(0, content.rfind('>') + 1);
        if (trim(content).empty())
            return {};
        return add_key_store(content, m_clock.taken, start, m_context);
    }

    Result<void> add_state()
    {
        State state;
        state.connected = to_flag(line_of("connected_to_adb").value_or(""));
        auto const text = [&](std::string_view name) {
            return unless_null(line_of(name).value_or("")).transform([](auto value) {
                return std::string { value };
            });
        };
        state.last_fingerprint = text("last_key_received");
        if (find("adb_wifi")) {
            state.wifi_enabled = to_flag(line_of("enabled").value_or(""));
            state.tls_port = to_integer(line_of("tls_port").value_or(""));
            state.bssid = text("network_bssid");
            state.network_name = text("network_ssid");
        }
        if (!state.connected && !state.last_fingerprint && !state.wifi_enabled)
            return {};
        return m_context.add(kStates, state, {});
    }

    static constexpr std::size_t kNowhere = std::string_view::npos;

    std::string_view m_text;
    DeviceClock m_clock;
    Context& m_context;
    std::vector<std::size_t> m_stores; ///< where each begins
    std::map<std::string_view, std::size_t> m_values { { "user_keys", kNowhere }, { "system_keys", kNowhere },
        { "keystore", kNowhere }, { "connected_to_adb", kNowhere }, { "last_key_received", kNowhere },
        { "adb_wifi", kNowhere }, { "enabled", kNowhere }, { "tls_port", kNowhere },
        { "network_bssid", kNowhere }, { "network_ssid", kNowhere } };
};

Result<void> parse(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, kLargest));
    auto const text = as_text(content.bytes());
    if (input.path.ends_with("/adb_keys"))
        return add_list(text, "user_keys", 0, context);
    if (input.path.ends_with(".xml"))
        return add_key_store(text, input.clock.taken, 0, context);
    return Dump { text, clock_of_section(input), context }.read();
}

constexpr std::array<std::string_view, 3> kPaths { "@dumpsys/adb", "/data/misc/adb/adb_keys",
    "/data/misc/adb/adb_temp_keys.xml" };
constexpr std::array<Table const*, 3> kTables { &kKeys, &kStates, &kNetworks };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.adb_keys",
    .title = "Computers trusted for adb",
    .doc = "Keys of the computers that may control the device over adb, when they last did, and whether that "
           "works "
           "over the network. The computer that made the acquisition is one of them.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::adb_keys
