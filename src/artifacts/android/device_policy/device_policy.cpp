#include "artifacts/android/common/restriction.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "artifacts/android/device_policy/policy_engine.hpp"
#include "base/text.hpp"

#include <limits>

namespace exhibit::android::device_policy {
namespace {

struct Admin {
    std::string power;
    std::optional<std::int64_t> user;
    std::string package;
    std::string component;
    std::optional<std::int64_t> uid;
    std::optional<std::string> policies;
    std::optional<bool> test_only;
    std::optional<std::string> restrictions;
    std::optional<std::string> parent_restrictions;
};

constexpr std::array kColumns {
    column<&Admin::power>("power", Is::opaque,
        "`device_owner` and `profile_owner` control the device or a profile, `admin` only what `policies` "
        "says."),
    column<&Admin::user>("user", "Number of the Android user."),
    column<&Admin::package>("package", Is::app_id, "Package that administers."),
    column<&Admin::component>("component", Is::opaque, "Class of its receiver."),
    column<&Admin::uid>("uid", "Its Linux user id."),
    column<&Admin::policies>("policies", Is::opaque, "What it may do, one per line, such as `wipe-data`."),
    column<&Admin::test_only>("test_only", "Whether it is marked for tests."),
    column<&Admin::restrictions>("restrictions", Is::opaque,
        "What it forbids its user, one per line, such as `no_debugging_features`."),
    column<&Admin::parent_restrictions>("parent_restrictions", Is::opaque,
        "What the owner of a profile forbids outside of it: the user that the profile belongs to."),
};
constexpr auto kAdmins = table<Admin>("android_device_admin",
    "One row per app that administers the device or a profile: it is hard to remove while it does.",
    Relation::permitted, kColumns);

/// Follows the indentation: a heading names the power, and what is indented further belongs to it.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto const text = trim(line.text);
        if (text.empty())
            return {};
        auto const indent = indent_of(line.text);
        if (m_engine.reads(text, indent)) {
            EXHIBIT_TRY(finish());
            m_power = {};
            return m_engine.add_line(text, Origin { line.offset }, m_context);
        }
        if (begins_part(text)) {
            EXHIBIT_TRY(finish());
            m_indent = indent;
            return {};
        }
        if (m_power.empty())
            return {};
        bool const opens_admin = m_power == "admin" && is_admin(text);
        if (opens_admin ? indent < m_indent
                        : indent <= m_indent) { // Up to Android 6 both stand equally far in.
            EXHIBIT_TRY(finish());
            m_power = {};
            return {};
        }
        return m_power == "admin" ? add_to_admins(text, indent, line.offset)
                                  : add_to_owner(text, line.offset);
    }

    Result<void> finish()
    {
        m_list = List::none;
        if (!m_open)
            return {};
        auto const admin = std::move(*m_open);
        m_open.reset();
        return m_context.add(kAdmins, admin, m_origin);
    }

private:
    /// `Device Owner:`, `Profile Owner (User 10):`, `Enabled Device Admins (User 0, provisioningState: 0):`
    bool begins_part(std::string_view text)
    {
        std::string_view power;
        if (text.starts_with("Device Owner:"))
            power = "device_owner";
        else if (text.starts_with("Profile Owner (") || text.starts_with("Profile Owner:"))
            power = "profile_owner";
        else if (text.starts_with("Enabled Device Admins (") || text == "Enabled Device Admins:")
            power = "admin";
        else
            return false;
        m_power = power;
        m_user = leading_integer(between(text, "(User ", ")").value_or(""));
        return true;
    }

    void open(std::string_view component, std::uint64_t offset)
    {
        m_open.emplace();
        m_parent_indent = kNoParent;
        m_origin = Origin { offset };
        m_open->power = m_power;
        m_open->user = m_user;
        if (auto found = to_component(component)) {
            m_open->package = found->package;
            m_open->component = std::move(found->class_name);
        }
    }

    static bool is_admin(std::string_view text)
    {
        return text.ends_with(':') && text.contains('/') && !text.contains(' ');
    }

    /// `com.example/.Admin:` opens an administrator, what follows describes it.
    Result<void> add_to_admins(std::string_view text, std::size_t indent, std::uint64_t offset)
    {
        if (is_admin(text)) {
            EXHIBIT_TRY(finish());
            text.remove_suffix(1);
            open(text, offset);
            return {};
        }
        if (!m_open)
            return {};
        if (m_list != List::none && indent > m_list_indent && !text.contains('=')) {
            add_to_list(text);
            return {};
        }
        m_list = text == "policies:"      ? List::policies
            : text == "userRestrictions:" ? List::restrictions
                                          : List::none;
        m_list_indent = indent;
        if (text == "parentAdmin:")
            m_parent_indent = indent;
        else if (indent <= m_parent_indent)
            m_parent_indent = kNoParent;
        if (eat(text, "uid="))
            m_open->uid = to_integer(text);
        else if (eat(text, "testOnlyAdmin="))
            m_open->test_only = to_flag(text);
        return {};
    }

    void add_to_list(std::string_view text)
    {
        if (m_list == List::policies)
            append_once(m_open->policies, text);
        else
            add_restriction(
                m_parent_indent == kNoParent ? m_open->restrictions : m_open->parent_restrictions, text);
    }

    /// `admin=ComponentInfo{com.mdm/com.mdm.Receiver}`
    Result<void> add_to_owner(std::string_view text, std::uint64_t offset)
    {
        if (eat(text, "admin=")) {
            EXHIBIT_TRY(finish());
            open(between(text, "{", "}").value_or(text), offset);
        } else if (m_open && eat(text, "package=")) {
            m_open->package = text;
        } else if (m_open && eat(text, "User ID: ")) {
            m_open->user = to_integer(text);
        }
        return {};
    }

    Context& m_context;
    PolicyEngine m_engine;
    std::string_view m_power;
    std::optional<std::int64_t> m_user;
    std::size_t m_indent = 0;
    enum class List : std::uint8_t { none, policies, restrictions };

    List m_list = List::none;
    std::size_t m_list_indent = 0;
    static constexpr std::size_t kNoParent = std::numeric_limits<std::size_t>::max();
    std::size_t m_parent_indent = kNoParent; ///< of what an admin is outside of its profile
    std::optional<Admin> m_open;
    Origin m_origin;
};

/// DeviceAdminInfo of the Android Open Source Project numbers the policies so.
constexpr std::array<std::string_view, 10> kPolicies { "limit-password", "watch-login", "reset-password",
    "force-lock", "wipe-data", "set-global-proxy", "expire-password", "encrypted-storage", "disable-camera",
    "disable-keyguard-features" };

/// `device_policies.xml` has `<admin name="com.example/.Admin"><policies flags="991"/>`; `device_owner_2.xml`
/// and `profile_owner.xml` an element that names the owner.
class PolicyFile {
public:
    PolicyFile(std::int64_t user, Context& context)
        : m_user(user)
        , m_context(context)
    {
    }

    Result<void> add(XmlElement const& element, Origin origin)
    {
        if (element.depth <= m_parent_depth)
            m_parent_depth = kNoParent;
        if (element.name == "admin") {
            EXHIBIT_TRY(finish());
            open("admin", element.attribute("name").value_or(""), origin);
        } else if (element.name == "device-owner" || element.name == "profile-owner") {
            EXHIBIT_TRY(finish());
            open(element.name == "device-owner" ? "device_owner" : "profile_owner",
                element.attribute("component").value_or(""), origin);
            if (auto const package = element.attribute("package"); package && m_open->package.empty())
                m_open->package = *package;
        } else if (m_open) {
            describe(element);
        }
        return {};
    }

    Result<void> finish()
    {
        if (!m_open || m_open->package.empty())
            return {};
        auto const admin = std::move(*m_open);
        m_open.reset();
        return m_context.add(kAdmins, admin, m_origin);
    }

private:
    void open(std::string_view power, std::string_view component, Origin origin)
    {
        m_open.emplace();
        m_origin = origin;
        m_open->power = power;
        m_open->user = m_user;
        if (auto found = to_component(component)) {
            m_open->package = found->package;
            m_open->component = std::move(found->class_name);
        }
    }

    void describe(XmlElement const& element)
    {
        bool const is_of_parent = m_parent_depth != kNoParent;
        if (element.name == "policies") {
            add_policies(integer_of(element, "flags").value_or(0));
        } else if (element.name == "test-only-admin") {
            m_open->test_only = flag_of(element, "value");
        } else if (element.name == "user-restrictions") {
            add_restrictions(is_of_parent ? m_open->parent_restrictions : m_open->restrictions, element);
        } else if (element.name == "parent-admin") {
            m_parent_depth = element.depth;
        } else if (element.name == "device-owner-context") {
            if (auto const owner = integer_of(element, "userId"))
                m_open->user = owner;
        }
    }

    void add_policies(std::int64_t flags)
    {
        for (std::size_t bit = 0; bit != kPolicies.size(); ++bit)
            if ((static_cast<std::uint64_t>(flags) >> bit & 1U) != 0)
                append_once(m_open->policies, kPolicies.at(bit));
    }

    static constexpr std::size_t kNoParent = std::numeric_limits<std::size_t>::max();

    std::int64_t m_user;
    Context& m_context;
    std::size_t m_parent_depth = kNoParent;
    std::optional<Admin> m_open;
    Origin m_origin;
};

Result<void> parse_file(Input const& input, Context& context)
{
    PolicyFile file { user_of_path(input.path), context };
    EXHIBIT_TRY(for_each_element(
        input, context, [&](XmlElement const& element, Origin origin) { return file.add(element, origin); }));
    return file.finish();
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".xml"))
        return parse_file(input, context);
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 5> kPaths { "@dumpsys/device_policy",
    "/data/system/device_policies.xml", "/data/system/device_owner_2.xml",
    "/data/system/users/*/device_policies.xml", "/data/system/users/*/profile_owner.xml" };
constexpr std::array<Table const*, 2> kTables { &kAdmins, &kSetPolicies };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.device_policy",
    .title = "Device administrators and owners",
    .doc = "Apps that may lock, wipe or watch over the device, and the app that owns it or a profile, as an "
           "employer's "
           "management does. It shows the moment of the acquisition.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::device_policy
