#include "artifacts/ios/common/named_servers.hpp"

#include "base/text.hpp"

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

/// `$objects` of a keyed archive; absent for other lists.
plist::Value objects_of(plist::Value const& settings)
{
    return settings.find("$archiver") ? settings.find("$objects") : plist::Value {};
}

class Walk {
public:
    explicit Walk(plist::Value const& settings)
        : m_objects(objects_of(settings))
    {
        look_into(settings);
    }

    [[nodiscard]] std::vector<NamedServer> take() { return std::move(m_servers); }
    [[nodiscard]] bool is_cut() const { return m_is_cut; }

private:
    // NOLINTNEXTLINE(misc-no-recursion): as deep as the document was opened with at most
    void look_into(plist::Value const& value)
    {
        for (auto const& element : value.elements())
            look_into(element);
        for (auto const& [key, child] : value.entries()) {
            add(key.as_text().value_or(""), child);
            look_into(child);
        }
        // A dictionary in an archive: its keys and values stand in two lists.
        auto const keys = value.find("NS.keys");
        auto const values = value.find("NS.objects");
        for (std::size_t i = 0; m_objects && i != keys.size(); ++i)
            add(followed(keys.at(i)).as_text().value_or(""), values.at(i));
    }

    [[nodiscard]] plist::Value followed(plist::Value const& value) const
    {
        auto const reference = value.as_uid();
        return reference && m_objects ? m_objects.at(*reference) : value;
    }

    void add(std::string const& name, plist::Value const& value)
    {
        auto const lower = to_lower(name);
        auto const key = std::ranges::find(kKeys, lower, [](std::string_view one) { return to_lower(one); });
        if (key == kKeys.end())
            return;
        add_text(*key, value);
        for (auto const& element : value.elements())
            add_text(*key, element);
    }

    void add_text(std::string_view key, plist::Value const& value)
    {
        auto text = followed(value).as_text();
        if (!text || text->empty() || *text == "$null")
            return;
        m_is_cut = m_servers.size() == kMostServers;
        if (!m_is_cut)
            m_servers.push_back({ key, *std::move(text) });
    }

    plist::Value m_objects;
    std::vector<NamedServer> m_servers;
    bool m_is_cut = false;
};

void note_cut(Context& context)
{
    context.note(Level::damage, Fault::over_limit,
        "settings name more servers or apps than are read: the others were left out");
}

} // namespace

std::vector<NamedServer> named_servers(plist::Value const& settings, Context& context)
{
    Walk walk { settings };
    if (walk.is_cut())
        note_cut(context);
    return walk.take();
}

std::vector<std::string> archived_texts(plist::Value const& archive, std::string_view field, Context& context)
{
    auto const objects = objects_of(archive);
    std::vector<std::string> texts;
    for (auto const& object : objects.elements())
        for (auto const& [key, value] : object.entries()) {
            auto const reference = value.as_uid();
            if (!reference || to_lower(key.as_text().value_or("")) != field)
                continue;
            auto text = objects.at(*reference).as_text();
            if (!text || *text == "$null" || std::ranges::find(texts, *text) != texts.end())
                continue;
            if (texts.size() == kMostServers) {
                note_cut(context);
                return texts;
            }
            texts.push_back(*std::move(text));
        }
    return texts;
}

} // namespace exhibit::ios
