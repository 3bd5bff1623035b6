#include "artifacts/android/device_policy/policy_engine.hpp"

#include "artifacts/android/common/text.hpp"
#include "base/beginning.hpp"

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
    if (text.starts_with("EnforcingAdmin {")) {
        begin_admin(text);
    } else if (m_local && eat(rest, "User ") && rest.ends_with(':')) {
        m_row.user = leading_integer(rest);
    } else if (take_word(rest).contains("PolicyKey")) {
        m_row.policy = beginning_of(text);
        m_row.restriction = behind(text, "userRestriction_");
        m_row.about = behind(text.substr(0, text.rfind('}')), "mPackageName= ");
    }
    return {};
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
