#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"

namespace exhibit::android::roles {
namespace {

struct Role {
    std::optional<std::int64_t> user;
    std::string_view role;
    std::string_view package;
};

constexpr std::array kColumns {
    column<&Role::user>("user", "Number of the Android user."),
    column<&Role::role>("role", Is::opaque, "Name of the role, such as `android.app.role.SMS`."),
    column<&Role::package>("package", Is::app_id, "Package that has it."),
};
constexpr auto kRoles = table<Role>("android_role",
    "One row per role and package: who handles messages and calls, is the browser, the launcher, the "
    "assistant.",
    Relation::permitted, kColumns);

class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (auto const list = between(text, "roleNameToPackageNames={", "}"))
            return add_compact(text, *list, line.offset);
        if (eat(text, "user_id="))
            m_user = to_integer(text);
        else if (eat(text, "name="))
            m_role = text;
        else if (text == "]")
            m_in_list = false;
        else if (m_in_list || eat(text, "holders="))
            return add_holder(text, line.offset);
        return {};
    }

private:
    /// Several stand on lines of their own, between `holders=[` and `]`: DualDumpOutputStream of the Android
    /// Open Source Project.
    Result<void> add_holder(std::string_view text, std::uint64_t offset)
    {
        m_in_list = m_in_list || text == "[";
        return add(m_role, text.substr(0, text.find(',')), offset);
    }

    Result<void> add(std::string_view role, std::string_view package, std::uint64_t offset)
    {
        if (role.empty() || !is_package_name(package))
            return {};
        return m_context.add(kRoles, Role { m_user, role, package }, Origin { offset });
    }

    /// `RoleUserState{mUserId=0, ..., roleNameToPackageNames={android.app.role.SMS=[com.a, com.b], x=[]}}`
    Result<void> add_compact(std::string_view text, std::string_view list, std::uint64_t offset)
    {
        if (auto const user = value_of(text, "mUserId"))
            m_user = leading_integer(*user);
        while (!list.empty()) {
            auto const role = trim(take_until(list, '='));
            auto packages = take_until(list, ']');
            (void)eat(packages, "[");
            (void)eat(list, ",");
            while (!packages.empty())
                EXHIBIT_TRY(add(role, trim(take_until(packages, ',')), offset));
        }
        return {};
    }

    Context& m_context;
    std::optional<std::int64_t> m_user;
    std::string m_role;
    bool m_in_list = false;
};

/// `<role name="android.app.role.SMS"><holder name="com.example"/></role>`
Result<void> parse_file(Input const& input, Context& context)
{
    auto const user = user_of_path(input.path);
    std::string role;
    return for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
        auto const name = element.attribute("name").value_or("");
        if (element.name == "role")
            role = name;
        else if (element.name == "holder" && !role.empty() && !name.empty())
            return context.add(kRoles, Role { user, role, name }, origin);
        return {};
    });
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".xml"))
        return parse_file(input, context);
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 3> kPaths { "@dumpsys/role",
    "/data/misc_de/*/apexdata/com.android.permission/roles.xml", "/data/system/users/*/roles.xml" };
constexpr std::array<Table const*, 1> kTables { &kRoles };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.roles",
    .title = "Default apps",
    .doc = "Which app has which role: handling messages or calls, browser, launcher, assistant. It shows the "
           "moment of "
           "the acquisition.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::roles
