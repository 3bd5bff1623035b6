#include "artifacts/android/packages/install_sessions.hpp"

#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::android::packages {
namespace {

constexpr std::size_t kLongestSession = 64U << 10U; // Real ones have about 2 KB.

// What PackageInstallerSession and its SessionParams print, from Android 5 to 16, in about this order.
constexpr std::array<std::string_view, 68> kKeys { "userId", "mOriginalInstallerUid",
    "mOriginalInstallerPackageName", "installerPackageName", "mInstallerPackageName",
    "installInitiatingPackageName", "installOriginatingPackageName", "mInstallerUid", "installerUid",
    "createdMillis", "updatedMillis", "committedMillis", "stageDir", "sessionStageDir", "stageCid", "mode",
    "installFlags", "installLocation", "installReason", "installScenario", "sizeBytes", "appPackageName",
    "appIcon", "appLabel", "originatingUri", "originatingUid", "referrerUri", "abiOverride", "volumeUuid",
    "grantedRuntimePermissions", "mPermissionStates", "packageSource", "whitelistedRestrictedPermissions",
    "autoRevokePermissions", "isMultiPackage", "isStaged", "forceQueryable", "requireUserAction",
    "requiredInstalledVersionCode", "dataLoaderParams", "rollbackDataPolicy", "rollbackLifetimeMillis",
    "applicationEnabledSettingPersistent", "developmentInstallFlags", "unarchiveId",
    // Of the session's state from here on.
    "mClientProgress", "mProgress", "mCommitted", "mPreapprovalRequested", "mSealed",
    "mPermissionsManuallyAccepted", "mPermissionsAccepted", "mStageDirInUse", "mRelinquished", "mDestroyed",
    "mFds", "mBridges", "mFinalStatus", "mFinalMessage", "params.isMultiPackage", "mParentSessionId",
    "mChildSessionIds", "mSessionFailed", "mSessionErrorCode", "mSessionErrorMessage", "mPreapprovalDetails",
    "mPreVerifiedDomains", "mAppPackageName" };
constexpr std::size_t kFirstOfState = 45;
static_assert(kKeys[kFirstOfState] == "mClientProgress");

/// The values of a session's fields, by key.
class Fields {
public:
    explicit Fields(std::string_view text)
    {
        // A key counts where it stands at the start of a word. Values such as the label may hold spaces, so a
        // value reaches to the next key. What an app calls itself may look like keys: of those behind it the
        // last counts, of the others the first.
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (at != 0 && text[at - 1] != ' ')
                continue;
            for (std::size_t key = 0; key != kKeys.size(); ++key)
                if (auto const rest = text.substr(at);
                    (key >= kFirstOfState || m_values[key].data() == nullptr) && rest.starts_with(kKeys[key])
                    && rest.substr(kKeys[key].size()).starts_with('=')) {
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
        auto const value = number(key).value_or(0);
        return value > 0 ? Time::unix_millis(value) : Time {};
    }
    [[nodiscard]] bool flag(std::string_view key) const { return to_flag(find(key)).value_or(false); }

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

/// What became of a session. Numbers of PackageManager: -21 and -22 the verifier, -111 not allowed for this
/// user, -115 aborted.
std::string_view outcome_of(Session const& session, bool committed, bool destroyed, bool failed)
{
    auto const status = session.final_status.value_or(0);
    auto const words = to_lower(session.final_message.value_or(""));
    if (status == 1 && !failed)
        return "installed";
    if (words.contains("user rejected") || words.contains("canceled by user")
        || words.contains("cancelled by user"))
        return "declined";
    if (status == -21 || status == -22 || status == -111)
        return "refused";
    if (status == -115 || (status == 0 && destroyed && !committed))
        return "abandoned";
    return status < 0 || failed ? "failed" : "open";
}

void set_outcome(Session& session, std::string_view outcome)
{
    session.outcome = outcome;
    if (outcome != "installed")
        session.relation = "attempted";
}

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
    if (!session.package)
        session.package = fields.text("mAppPackageName");
    session.label = fields.text("appLabel");
    session.installer = fields.text("installerPackageName");
    if (!session.installer)
        session.installer = fields.text("mInstallerPackageName");
    session.initiating_package = fields.text("installInitiatingPackageName");
    session.originating_package = fields.text("installOriginatingPackageName");
    session.installer_uid = fields.number("mInstallerUid");
    if (!session.installer_uid)
        session.installer_uid = fields.number("installerUid");
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
    if (session.final_status.value_or(0) == 0 && fields.number("mSessionErrorCode").value_or(0) != 0) {
        session.final_status = fields.number("mSessionErrorCode");
        session.final_message = fields.text("mSessionErrorMessage");
    }
    set_outcome(session,
        outcome_of(
            session, fields.flag("mCommitted"), fields.flag("mDestroyed"), fields.flag("mSessionFailed")));
    m_text.clear();
    return m_context.add(kSessions, session, Origin { m_offset });
}

/// `<session sessionId="7" installerPackageName="com.a" createdMillis="1714550000000" committed="true" .../>`
Result<void> parse_sessions(Input const& input, Context& context)
{
    return for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
        auto const number = integer_of(element, "sessionId");
        if (element.name != "session" || !number)
            return {};
        Session session;
        session.session = *number;
        session.state = "stored";
        session.user = integer_of(element, "userId");
        session.package = text_of(element, "appPackageName");
        session.label = text_of(element, "appLabel");
        session.installer = text_of(element, "installerPackageName");
        session.initiating_package = text_of(element, "installInitiatingPackageName");
        session.originating_package = text_of(element, "installOriginatingPackageName");
        session.installer_uid = integer_of(element, "installerUid");
        session.created = time_of(element, "createdMillis");
        session.updated = time_of(element, "updatedMillis");
        session.committed = time_of(element, "committedMillis");
        session.originating_url = text_of(element, "originatingUri");
        session.referrer_url = text_of(element, "referrerUri");
        session.package_source = integer_of(element, "packageSource");
        session.install_reason = integer_of(element, "installRason"); // as Android spells it
        session.install_flags = integer_of(element, "installFlags");
        session.size = integer_of(element, "sizeBytes");
        if (auto const code = integer_of(element, "errorCode"); code.value_or(0) != 0) {
            session.final_status = code;
            session.final_message = text_of(element, "errorMessage");
        }
        auto const is = [&](std::string_view name) { return flag_of(element, name).value_or(false); };
        set_outcome(session,
            is("isApplied") ? "installed"
                            : outcome_of(session, is("committed"), is("destroyed"), is("isFailed")));
        return context.add(kSessions, session, origin);
    });
}

} // namespace exhibit::android::packages
