#include "artifacts/android/packages/install_sessions.hpp"

#include "artifacts/android/common/text.hpp"

#include <array>

namespace exhibit::android::packages {
namespace {

constexpr std::size_t kLongestSession = 64U << 10U; // Real ones have about 2 KB.

// PackageInstallerSession.dumpLocked prints its fields in this order.
constexpr std::array<std::string_view, 40> kKeys { "userId", "mOriginalInstallerUid",
    "mOriginalInstallerPackageName", "installerPackageName", "installInitiatingPackageName",
    "installOriginatingPackageName", "mInstallerUid", "createdMillis", "updatedMillis", "committedMillis",
    "stageDir", "stageCid", "mode", "installFlags", "installLocation", "installReason", "installScenario",
    "sizeBytes", "appPackageName", "appIcon", "appLabel", "originatingUri", "originatingUid", "referrerUri",
    "abiOverride", "volumeUuid", "grantedRuntimePermissions", "packageSource",
    "whitelistedRestrictedPermissions", "autoRevokePermissions", "installerPackageName", "isMultiPackage",
    "isStaged", "forceQueryable", "requireUserAction", "mCommitted", "mSealed", "mDestroyed", "mFinalStatus",
    "mFinalMessage" };

/// The values of a session's fields, by key.
class Fields {
public:
    explicit Fields(std::string_view text)
    {
        // A key counts where it stands at the start of a word. Values such as the label may hold spaces, so a
        // value reaches to the next key.
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (at != 0 && text[at - 1] != ' ')
                continue;
            for (std::size_t key = 0; key != kKeys.size(); ++key)
                if (auto const rest = text.substr(at); m_values[key].data() == nullptr
                    && rest.starts_with(kKeys[key]) && rest.substr(kKeys[key].size()).starts_with('=')) {
                    close(text, at);
                    m_open = key;
                    m_start = at + kKeys[key].size() + 1;
                    m_values[key] = text.substr(m_start, 0);
                    break;
                }
        }
        close(text, text.size());
    }

    [[nodiscard]] std::optional<std::string> text(std::string_view key) const
    {
        auto const value = unless_null(find(key));
        return value ? std::optional { std::string { *value } } : std::nullopt;
    }
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view key) const
    {
        return to_integer(find(key));
    }
    [[nodiscard]] Time millis(std::string_view key) const
    {
        auto const value = number(key);
        return value ? Time::unix_millis(*value) : Time {};
    }

private:
    void close(std::string_view text, std::size_t end)
    {
        if (m_start != 0)
            m_values[m_open] = trim(text.substr(m_start, end - m_start));
    }
    [[nodiscard]] std::string_view find(std::string_view key) const
    {
        for (std::size_t i = 0; i != kKeys.size(); ++i)
            if (kKeys[i] == key)
                return m_values[i];
        return {};
    }

    std::array<std::string_view, kKeys.size()> m_values {};
    std::size_t m_open = 0;
    std::size_t m_start = 0;
};

} // namespace

Result<void> InstallSessions::begin(std::string_view state)
{
    EXHIBIT_TRY(finish());
    m_state = state;
    return {};
}

Result<void> InstallSessions::add_line(Line const& line)
{
    auto text = trim(line.text);
    if ((eat(text, "Session ") || eat(text, "Active Session ") || eat(text, "Child Session "))
        && text.ends_with(':')) {
        EXHIBIT_TRY(finish());
        m_session = leading_integer(text).value_or(0);
        m_offset = line.offset;
        m_open = true;
    } else if (m_open && m_text.size() < kLongestSession) {
        m_text += line.text.substr(indent_of(line.text));
    }
    return {};
}

Result<void> InstallSessions::finish()
{
    if (!std::exchange(m_open, false))
        return {};
    Fields const fields { m_text };
    Session session;
    session.session = m_session;
    session.state = m_state;
    session.user = fields.number("userId");
    session.package = fields.text("appPackageName");
    session.label = fields.text("appLabel");
    session.installer = fields.text("installerPackageName");
    session.initiating_package = fields.text("installInitiatingPackageName");
    session.originating_package = fields.text("installOriginatingPackageName");
    session.installer_uid = fields.number("mInstallerUid");
    session.created = fields.millis("createdMillis");
    session.updated = fields.millis("updatedMillis");
    session.committed = fields.millis("committedMillis");
    session.originating_url = fields.text("originatingUri");
    session.referrer_url = fields.text("referrerUri");
    session.package_source = fields.number("packageSource");
    session.install_reason = fields.number("installReason");
    session.size = fields.number("sizeBytes");
    if (auto const flags = fields.text("installFlags"))
        session.install_flags = flags->starts_with("0x")
            ? to_hex_integer(*flags).transform([](auto bits) { return static_cast<std::int64_t>(bits); })
            : to_integer(*flags);
    session.final_status = fields.number("mFinalStatus");
    session.final_message = fields.text("mFinalMessage");
    m_text.clear();
    return m_context.add(kSessions, session, Origin { m_offset });
}

} // namespace exhibit::android::packages
