#include "artifacts/android/packages/package_files.hpp"

#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "artifacts/android/packages/tables.hpp"
#include "artifacts/common/certificate.hpp"
#include "base/line_reader.hpp"

#include <vector>

namespace exhibit::android::packages {
namespace {

constexpr std::size_t kMostCertificates = 100'000; // A phone has a few hundred signers.

std::optional<std::string> name_in(XmlElement const& element, std::string_view attribute)
{
    return unless_null(element.attribute(attribute).value_or("")).transform([](auto text) {
        return std::string { text };
    });
}

struct Decision {
    std::string_view kind;
    std::optional<std::int64_t> user;
};

/// Of the package, or of the shared user id where that has a name.
Result<void> add_permission(std::string_view package, std::string_view shared_user, XmlElement const& element,
    Decision const& decision, Context& context, Origin origin)
{
    auto const fill = [&](auto& row) {
        row.permission = element.attribute("name").value_or("");
        row.kind = decision.kind;
        row.granted = flag_of(element, "granted").value_or(true);
        row.user = decision.user;
        row.flags = element.attribute("flags");
    };
    if (!shared_user.empty()) {
        SharedPermission row;
        row.shared_user = shared_user;
        fill(row);
        return context.add(kSharedPermissions, row, origin);
    }
    if (package.empty())
        return {};
    Permission row;
    row.package = package;
    fill(row);
    return context.add(kPermissions, row, origin);
}

/// `<package name="com.a" codePath="/data/app/..." it="18f31e8a2d9" ...><sigs><cert index="3"
/// key="30.."/></sigs> <perms><item name="p" granted="true"/></perms></package>`; `<updated-package>` is the
/// version in the system image that an update has replaced.
class Registry {
public:
    explicit Registry(Context& context)
        : m_context(context)
    {
    }

    Result<void> add(XmlElement const& element, Origin origin)
    {
        if (element.depth <= 2) {
            m_package.clear();
            m_shared_user.clear();
            if (element.name == "package" || element.name == "updated-package")
                return add_package(element, origin);
            if (element.name == "shared-user")
                return add_shared_user(element, origin);
        } else if (element.name == "sigs" || element.name == "pastSigs") {
            m_current = element.name == "sigs";
        } else if (element.name == "cert") {
            return add_certificate(element, origin);
        } else if (element.name == "item" && element.depth == 4) {
            return add_permission(
                m_package, m_shared_user, element, { "install", std::nullopt }, m_context, origin);
        }
        return {};
    }

private:
    Result<void> add_package(XmlElement const& element, Origin origin)
    {
        auto const name = element.attribute("name");
        if (!name)
            return {};
        m_package = *name;
        Package row;
        row.package = m_package;
        row.uid = integer_of(element, "userId");
        if (!row.uid)
            row.uid = integer_of(element, "sharedUserId");
        row.version_code = integer_of(element, "version");
        row.target_sdk = integer_of(element, "targetSdkVersion");
        row.code_path = element.attribute("codePath").value_or("");
        row.installer = name_in(element, "installer");
        row.initiating_package = name_in(element, "installInitiator");
        row.originating_package = name_in(element, "installOriginator");
        row.update_owner = name_in(element, "updateOwner");
        row.package_source = integer_of(element, "packageSource");
        row.first_installed = hex_time_of(element, "it");
        row.last_updated = hex_time_of(element, "ut");
        row.written = hex_time_of(element, "ft");
        row.factory_version = element.name == "updated-package";
        row.shared_user = name_in(element, "sharedUserId");
        auto const flags = integer_of(element, "publicFlags");
        if (flags) { // FLAG_SYSTEM, FLAG_DEBUGGABLE and FLAG_TEST_ONLY of ApplicationInfo
            row.system = (*flags & 1) != 0;
            row.debuggable = (*flags & 2) != 0;
            row.test_only = (*flags & 0x100) != 0;
            row.flags = *element.attribute("publicFlags");
        }
        return m_context.add(kPackages, row, origin);
    }

    Result<void> add_shared_user(XmlElement const& element, Origin origin)
    {
        m_shared_user = element.attribute("name").value_or("");
        auto const uid = integer_of(element, "userId");
        if (m_shared_user.empty() || !uid)
            return {};
        return m_context.add(kSharedUsers, SharedUser { m_shared_user, *uid }, origin);
    }

    /// The first time that a certificate stands in the file it has its bytes, later its number alone.
    Result<void> add_certificate(XmlElement const& element, Origin origin)
    {
        auto const index = integer_of(element, "index").value_or(-1);
        if (index < 0 || static_cast<std::size_t>(index) >= kMostCertificates)
            return {};
        auto const at = static_cast<std::size_t>(index);
        if (at >= m_known.size())
            m_known.resize(at + 1);
        auto& known = m_known[at];
        if (auto const der = from_hex(element.attribute("key").value_or("")); der && !der->empty())
            known = read_certificate(as_bytes(*der));
        if (known.sha256.empty() || m_package.empty())
            return {};
        Certificate row;
        row.package = m_package;
        row.current = m_current;
        row.sha256 = known.sha256;
        row.sha1 = known.sha1;
        row.md5 = known.md5;
        row.subject = known.subject;
        row.issuer = known.issuer;
        row.valid_from = known.valid_from;
        row.valid_to = known.valid_to;
        return m_context.add(kCertificates, row, origin);
    }

    Context& m_context;
    std::string m_package;
    std::string m_shared_user;
    bool m_current = true;
    std::vector<CertificateFacts> m_known;
};

/// `<pkg name="com.a" inst="false" enabled="2" ...><disabled-components><item name="com.a.Main"/>`: what is
/// as it normally is does not stand there.
class Restrictions {
public:
    Restrictions(std::int64_t user, Context& context)
        : m_user(user)
        , m_context(context)
    {
    }

    Result<void> add(XmlElement const& element, Origin origin)
    {
        if (element.name == "pkg") {
            m_package = element.attribute("name").value_or("");
            m_list.clear();
            return add_state(element, origin);
        }
        if (element.name == "disabled-components" || element.name == "enabled-components") {
            m_list = element.name;
            return {};
        }
        if (element.name != "item" || m_list.empty() || m_package.empty())
            return {};
        ComponentState state;
        state.package = m_package;
        state.user = m_user;
        state.component = element.attribute("name").value_or("");
        state.enabled = m_list.starts_with("enabled");
        return m_context.add(kComponents, state, origin);
    }

private:
    Result<void> add_state(XmlElement const& element, Origin origin)
    {
        if (m_package.empty())
            return {};
        PackageUser row;
        row.user = m_user;
        row.package = m_package;
        row.installed = flag_of(element, "inst").value_or(true);
        auto const hidden = flag_of(element, "hidden");
        row.hidden = hidden ? hidden : flag_of(element, "blocked").value_or(false);
        row.suspended = flag_of(element, "suspended").value_or(false);
        row.stopped = flag_of(element, "stopped").value_or(false);
        row.not_launched = flag_of(element, "nl").value_or(false);
        row.enabled_state = integer_of(element, "enabled").value_or(0);
        row.install_reason = integer_of(element, "install-reason");
        row.first_installed = hex_time_of(element, "first-install-time");
        row.disabled_by = name_in(element, "enabledCaller");
        return m_context.add(kPackageUsers, row, origin);
    }

    std::int64_t m_user;
    Context& m_context;
    std::string m_package;
    std::string m_list;
};

} // namespace

Result<void> parse_registry(Input const& input, Context& context)
{
    Registry registry { context };
    return for_each_element(input, context,
        [&](XmlElement const& element, Origin origin) { return registry.add(element, origin); });
}

/// `com.a 10231 0 /data/user/0/com.a default:targetSdkVersion=34 3003 ...`
Result<void> parse_package_names(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        ListedPackage row;
        row.package = take_word(text);
        row.uid = to_integer(take_word(text));
        row.debuggable = to_flag(take_word(text));
        row.data_folder = take_word(text);
        row.label = unless_null(take_word(text));
        if (row.uid && !row.package.empty())
            EXHIBIT_TRY(context.add(kListedPackages, row, Origin { line.offset }));
    }
    return lines.result();
}

Result<void> parse_restrictions(Input const& input, Context& context)
{
    Restrictions restrictions { user_of_path(input.path), context };
    return for_each_element(input, context,
        [&](XmlElement const& element, Origin origin) { return restrictions.add(element, origin); });
}

/// `<package name="com.a"><permission name="p" granted="true" flags="300"/></package>`; `pkg` and `item`
/// before Android 11. Packages of a shared user id have theirs under its name.
Result<void> parse_runtime_permissions(Input const& input, Context& context)
{
    std::string package;
    std::string shared_user;
    auto const user = user_of_path(input.path);
    return for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
        auto const name = element.attribute("name").value_or("");
        if (element.depth <= 2) {
            package = element.name == "package" || element.name == "pkg" ? name : std::string_view {};
            shared_user = element.name == "shared-user" ? name : std::string_view {};
        }
        if (element.depth <= 2 || (element.name != "permission" && element.name != "item"))
            return {};
        return add_permission(package, shared_user, element, { "runtime", user }, context, origin);
    });
}

} // namespace exhibit::android::packages
