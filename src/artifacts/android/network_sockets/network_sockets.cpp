#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <vector>

namespace exhibit::android::network_sockets {
namespace {

struct Socket {
    Time seen;
    std::string protocol;
    std::string state;
    std::string local_ip;
    std::optional<std::int64_t> local_port;
    std::string remote_ip;
    std::optional<std::int64_t> remote_port;
    std::optional<std::int64_t> uid;
    std::optional<std::string> process;
    std::optional<std::int64_t> pid;
    std::optional<std::string> others;
};

constexpr std::array kColumns {
    column<&Socket::seen>("seen", Clock::local_text, "When it was open: at the acquisition."),
    column<&Socket::protocol>("protocol", Is::opaque, "`tcp`, `udp` or another as printed."),
    column<&Socket::state>("state", Is::opaque, "State, such as `ESTAB` or `LISTEN`."),
    column<&Socket::local_ip>("local_ip", Is::opaque, "The device's own address."),
    column<&Socket::local_port>("local_port", "Port on the device."),
    column<&Socket::remote_ip>("remote_ip", Is::ip, "Address of the other side."),
    column<&Socket::remote_port>("remote_port", "Port of the other side."),
    column<&Socket::uid>("uid", "Linux user id of the owner."),
    column<&Socket::process>("process", Is::process, "Process that has it open."),
    column<&Socket::pid>("pid", "Process id."),
    column<&Socket::others>(
        "other_processes", Is::system_text, "Names of further processes that have it open, one per line."),
};
constexpr auto kSockets = table<Socket>("android_socket",
    "One row per network connection or listening port at the acquisition.", Relation::traffic, kColumns);

struct Endpoint {
    std::string ip;
    std::optional<std::int64_t> port;
};

/// `192.0.2.1:443`, `[2001:db8::1]:443`, `[::ffff:192.0.2.1]:443`, `192.0.2.1%wlan0:68`, `*:*`
Endpoint read_endpoint(std::string_view text)
{
    Endpoint endpoint;
    auto const colon = text.rfind(':');
    auto address = text.substr(0, colon);
    if (colon != text.npos)
        endpoint.port = to_integer(text.substr(colon + 1));
    address = address.substr(0, address.find('%')); // The interface stands before or behind the bracket.
    (void)eat(address, "[");
    address.remove_suffix(address.ends_with(']') ? 1 : 0);
    if (auto const mapped = address.substr(address.starts_with("::ffff:") ? 7 : 0); mapped.contains('.'))
        address = mapped;
    if (address != "*")
        endpoint.ip = address;
    return endpoint;
}

bool is_endpoint(std::string_view word)
{
    auto const colon = word.rfind(':');
    return colon != word.npos && colon != 0
        && (word.substr(colon + 1) == "*" || to_integer(word.substr(colon + 1)));
}

/// `ss`: `tcp ESTAB 0 0 local remote users:(("name",pid=77,fd=4)) uid:10231 ...`;
/// `netstat`: `tcp 0 0 local remote ESTABLISHED`.
std::optional<Socket> read_socket(std::string_view text)
{
    Socket socket;
    auto rest = trim(text);
    socket.protocol = take_word(rest);
    if (!socket.protocol.starts_with("tcp") && !socket.protocol.starts_with("udp")
        && socket.protocol != "icmp6")
        return std::nullopt;
    std::vector<std::string_view> ends;
    constexpr std::size_t most_words = 8;
    for (std::size_t i = 0; i != most_words && !rest.empty() && ends.size() != 2; ++i) {
        auto const word = take_word(rest);
        if (is_endpoint(word))
            ends.push_back(word);
        else if (!to_integer(word) && socket.state.empty())
            socket.state = word;
    }
    if (ends.size() != 2)
        return std::nullopt;
    auto local = read_endpoint(ends[0]);
    auto remote = read_endpoint(ends[1]);
    socket.local_ip = std::move(local.ip);
    socket.local_port = local.port;
    socket.remote_ip = std::move(remote.ip);
    socket.remote_port = remote.port;
    auto after = rest;
    if (auto const word = take_word(after); socket.state.empty() && !word.contains(':'))
        socket.state = word;
    if (auto const name = between(rest, "users:((\"", "\""))
        socket.process = *name;
    for (auto at = rest.find("),(\""); at != rest.npos; at = rest.find("),(\"", at + 1))
        if (auto const name = between(rest.substr(at), "\"", "\""))
            append_part(socket.others, '\n', *name);
    socket.pid = leading_integer(value_of(rest, "pid").value_or(""));
    if (auto const uid = rest.find("uid:"); uid != rest.npos)
        socket.uid = leading_integer(rest.substr(uid + 4));
    return socket;
}

Result<void> parse(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const seen = time_of_section(input);
    for (Line line; lines.next(line);)
        if (auto socket = read_socket(line.text)) {
            socket->seen = seen;
            EXHIBIT_TRY(context.add(kSockets, *socket, Origin { line.offset }));
        }
    return lines.result();
}

constexpr std::array<std::string_view, 2> kPaths { "@dumpstate/detailed_socket_state", "@dumpstate/netstat" };
constexpr std::array<Table const*, 1> kTables { &kSockets };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.network_sockets",
    .title = "Open network connections",
    .doc = "Connections and listening ports at the moment of the bug report, with the app's user id where it "
           "is printed.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::network_sockets
