#include "artifacts/ios/common/named_servers.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios {
namespace {

using namespace std::string_view_literals;

constexpr std::array kKeys {
    // Device management, and where a profile or a phone is enrolled.
    "ServerURL"sv,
    "CheckInURL"sv,
    "ConfigurationURL"sv,
    // VPN, relays, lookup of names.
    "RemoteAddress"sv,
    "CommRemoteAddress"sv,
    "HTTP3RelayURL"sv,
    "HTTP2RelayURL"sv,
    "ServerName"sv,
    "ServerAddress"sv,
    "ServerAddresses"sv,
    // Proxies.
    "ProxyServer"sv,
    "ProxyPACURL"sv,
    "ProxyAutoConfigURLString"sv,
    "HTTPProxy"sv,
    "HTTPSProxy"sv,
    "SOCKSProxy"sv,
    "proxy"sv,
};
constexpr std::size_t kMostServers = 1000;
constexpr std::size_t kMostValues = 200'000;

class Walk {
public:
    void look_into(plist::Value const& value)
    {
        if (m_left == 0 || m_servers.size() >= kMostServers)
            return;
        --m_left;
        for (auto const& element : value.elements())
            look_into(element);
        for (auto const& [key, child] : value.entries()) {
            auto const name = key.as_text();
            auto const known = name ? std::ranges::find(kKeys, *name) : kKeys.end();
            if (known != kKeys.end())
                add(*known, child);
            look_into(child);
        }
    }

    [[nodiscard]] std::vector<NamedServer> take() { return std::move(m_servers); }

private:
    void add(std::string_view key, plist::Value const& value)
    {
        if (auto text = value.as_text(); text && !text->empty())
            m_servers.push_back({ key, *std::move(text) });
        for (auto const& element : value.elements())
            if (auto text = element.as_text(); text && !text->empty() && m_servers.size() < kMostServers)
                m_servers.push_back({ key, *std::move(text) });
    }

    std::vector<NamedServer> m_servers;
    std::size_t m_left = kMostValues;
};

} // namespace

std::vector<NamedServer> named_servers(plist::Value const& settings)
{
    Walk walk;
    walk.look_into(settings);
    return walk.take();
}

} // namespace exhibit::ios
