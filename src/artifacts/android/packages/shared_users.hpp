#pragma once

#include "artifacts/android/common/section.hpp"
#include "artifacts/android/packages/tables.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::android::packages {

/// Reads `Shared users:`: packages that share a user id have their permissions there, not in their own
/// blocks. Those of the system are many and share hundreds, so only packages that were installed later get
/// theirs.
class SharedUsers {
public:
    explicit SharedUsers(Context& context)
        : m_context(context)
    {
    }

    /// `SharedUserSetting{1a2b com.example.shared/10231}`, as the package names it.
    void add_member(std::string_view shared_user, std::string_view package);

    Result<void> add_line(Line const& line);

private:
    Result<void> add_permission(std::string_view text, std::uint64_t offset);

    Context& m_context;
    std::map<std::string, std::vector<std::string>, std::less<>> m_members; ///< packages by the shared name
    std::size_t m_count = 0;
    std::vector<std::string> const* m_current = nullptr;
    std::string_view m_kind; ///< of the permissions that follow; empty: none do
    std::size_t m_indent = 0; ///< of their heading
    std::optional<std::int64_t> m_user;
};

} // namespace exhibit::android::packages
