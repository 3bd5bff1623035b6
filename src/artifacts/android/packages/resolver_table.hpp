#pragma once

#include "artifacts/android/common/section.hpp"
#include "artifacts/android/packages/tables.hpp"

#include <string>
#include <string_view>

namespace exhibit::android::packages {

/// Reads `Activity Resolver Table:` and its siblings: sub-tables, in them actions, in them components.
class ResolverTable {
public:
    explicit ResolverTable(Context& context)
        : m_context(context)
    {
    }

    /// `kind` is `activity`, `receiver`, `service` or `provider`.
    void begin(std::string_view kind);
    Result<void> add_line(Line const& line);

private:
    Context& m_context;
    std::string_view m_kind;
    std::string m_matched_by;
    std::string m_action;
};

} // namespace exhibit::android::packages
