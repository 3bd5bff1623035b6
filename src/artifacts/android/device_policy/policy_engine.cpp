#include "artifacts/android/device_policy/policy_engine.hpp"

#include "artifacts/android/common/text.hpp"
#include "base/beginning.hpp"

#include <algorithm>
#include <utility>

namespace exhibit::android::device_policy {

namespace {

std::optional<std::string> behind(std::string_view text, std::string_view mark)
{
    auto const at = text.find(mark);
    return at == text.npos ? std::nullopt
                           : std::optional { std::string { beginning_of(text.substr(at + mark.size())) } };
}

} // namespace

bool PolicyEngine::reads(std::string_view text, std::size_t indent)
{
    bool const local = text == "Local Policies:";
    if (local || text == "Global Policies:") {
        m_open = true;
        m_indent = indent;
        m_local = local;
        m_value_follows = false;
        m_last_line.clear();
        m_row = {};
    } else if (indent <= m_indent) {
        m_open = false;
    }
    return m_open;
}

Result<void> PolicyEngine::add_line(std::string_view text, Origin origin, Context& context)
{
    if (std::exchange(m_value_follows, false)) {
        m_row.value = beginning_of(between(text, "{ mValue= ", " }").value_or(text));
        return m_row.value == "null" ? Result<void> {} : context.add(kSetPolicies, m_row, origin);
    }
    auto rest = text;
    if (text.starts_with("EnforcingAdmin {"))
        begin_admin(text);
    else if (text == "Per-admin Policy:")
        begin_policy(m_last_line);
    else if (m_local && eat(rest, "User ") && rest.ends_with(':'))
        m_row.user = leading_integer(rest);
    m_last_line = beginning_of(text);
    return {};
}

/// `UserRestrictionPolicyKey userRestriction_no_add_user`, `PackagePermissionPolicyKey{mPolicyKey=
/// permissionGrant; mPackageName= com.example; mPermissionName= android.permission.CAMERA}`
void PolicyEngine::begin_policy(std::string_view key)
{
    m_row.policy = key;
    m_row.restriction = behind(key, "userRestriction_");
    m_row.about = behind(key, "mPackageName= ");
    if (m_row.about)
        m_row.about->resize(std::min(m_row.about->find_first_of(";}"), m_row.about->size()));
}

/// `EnforcingAdmin { mPackageName= com.mdm, mComponentName= ComponentInfo{...}, mAuthorities= [enterprise],
/// mUserId= 0 }`, and the value below it.
void PolicyEngine::begin_admin(std::string_view text)
{
    m_row.package = between(text, "mPackageName= ", ",").value_or("");
    m_row.admin_user = leading_integer(between(text, "mUserId= ", " ").value_or(""));
    m_value_follows = true;
}

} // namespace exhibit::android::device_policy
