#pragma once

#include "artifact/artifact.hpp"
#include "base/line_reader.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android::device_policy {

struct SetPolicy {
    std::optional<std::int64_t> user;
    std::string policy;
    std::optional<std::string> restriction;
    std::optional<std::string> about;
    std::string package;
    std::optional<std::int64_t> admin_user;
    std::string value;
};

inline constexpr std::array kSetPolicyColumns {
    column<&SetPolicy::user>("user", "Number of the Android user that it is for; empty where it is for all."),
    column<&SetPolicy::policy>("policy", Is::opaque, "What is set, as printed."),
    column<&SetPolicy::restriction>(
        "restriction", Is::opaque, "What is forbidden by it, such as `no_debugging_features`."),
    column<&SetPolicy::about>(
        "about_package", Is::app_id, "Package that the policy is about, as one that nobody may remove."),
    column<&SetPolicy::package>("package", Is::app_id, "Package that set it."),
    column<&SetPolicy::admin_user>("admin_user", "Number of the Android user as which that package runs."),
    column<&SetPolicy::value>("value", Is::opaque, "To what: `true`, or as printed."),
};
inline constexpr auto kSetPolicies = table<SetPolicy>("android_admin_policy",
    "One row per policy and app that set it, as Android 14 and later list them.", Relation::permitted,
    kSetPolicyColumns);

/// Reads the parts `Local Policies:` and `Global Policies:` of the dump. Source of the form:
/// DevicePolicyEngine and PolicyState of the Android Open Source Project.
class PolicyEngine {
public:
    /// Whether the line belongs to these parts.
    bool reads(std::string_view text, std::size_t indent);
    Result<void> add_line(std::string_view text, Origin origin, Context& context);

private:
    void begin_policy(std::string_view key);
    void begin_admin(std::string_view text);

    bool m_open = false;
    std::size_t m_indent = 0;
    bool m_local = false;
    bool m_value_follows = false;
    std::string m_last_line;
    SetPolicy m_row;
};

} // namespace exhibit::android::device_policy
