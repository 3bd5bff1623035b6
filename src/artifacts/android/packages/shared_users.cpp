#include "artifacts/android/packages/shared_users.hpp"

#include "artifacts/android/common/text.hpp"

namespace exhibit::android::packages {
namespace {

constexpr std::size_t kMostMembers = 2'000; // Hardly any app shares its user id.

} // namespace

void SharedUsers::add_member(std::string_view shared_user, std::string_view package)
{
    auto name = between(shared_user, "{", "}").value_or(shared_user);
    (void)take_word(name); // a number in memory
    name = name.substr(0, name.rfind('/'));
    if (!name.empty() && m_count != kMostMembers) {
        m_members[std::string { name }].emplace_back(package);
        ++m_count;
    }
}

Result<void> SharedUsers::add_permission(std::string_view text, std::uint64_t offset)
{
    auto attributes = text;
    Permission permission;
    permission.permission = take_until(attributes, ':');
    permission.kind = m_kind;
    // Before Android 6 the list named what was granted, and nothing else.
    permission.granted = to_flag(attributes.empty() ? "true" : value_of(attributes, "granted").value_or(""));
    if (m_kind == "runtime")
        permission.user = m_user;
    if (auto const flags = value_of(attributes, "flags"))
        permission.flags = trim(between(*flags, "[", "]").value_or(*flags));
    for (auto const& package : *m_current) {
        permission.package = package;
        EXHIBIT_TRY(m_context.add(kPermissions, permission, Origin { offset }));
    }
    return {};
}

Result<void> SharedUsers::add_line(Line const& line)
{
    auto text = trim(line.text);
    auto const indent = indent_of(line.text);
    if (eat(text, "SharedUser [")) {
        auto const found = m_members.find(text.substr(0, text.find(']')));
        m_current = found == m_members.end() ? nullptr : &found->second;
        m_kind = {};
        m_user.reset();
        return {};
    }
    if (m_current == nullptr || text.empty())
        return {};
    if (!m_kind.empty() && indent > m_indent)
        return add_permission(text, line.offset);
    m_indent = indent;
    m_kind = text == "install permissions:" || text == "grantedPermissions:" ? "install"
        : text == "runtime permissions:"                                     ? "runtime"
                                                                             : "";
    if (text.starts_with("User ") && text.contains(':'))
        m_user = leading_integer(text.substr(5));
    return {};
}

} // namespace exhibit::android::packages
