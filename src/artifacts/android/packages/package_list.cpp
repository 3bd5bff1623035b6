#include "artifacts/android/packages/package_list.hpp"

#include "artifacts/android/common/text.hpp"
#include "artifacts/common/named_field.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exhibit::android::packages {
namespace {

constexpr std::size_t kMostUsers = 1000; // Android allows fewer than a hundred.
constexpr std::size_t kMostListed = 100'000;
constexpr std::size_t kIndent = 4; // What stands further left is of no package.

std::optional<std::string> name_or_nothing(std::string_view value)
{
    auto const name = unless_null(value);
    return name ? std::optional { std::string { *name } } : std::nullopt;
}

bool has_flag(std::string_view flags, std::string_view flag)
{
    while (!flags.empty())
        if (take_word(flags) == flag)
            return true;
    return false;
}

} // namespace

Result<void> PackageList::begin(bool factory_versions)
{
    EXHIBIT_TRY(finish());
    m_factory_versions = factory_versions;
    return {};
}

Result<void> PackageList::finish()
{
    if (!m_package)
        return {};
    if (m_package->first_installed.absent())
        m_package->first_installed = first_installed_for_users();
    if (m_package->shared_user && !m_package->system.value_or(false) && !m_factory_versions)
        m_shared_users.add_member(*m_package->shared_user, m_package->package);
    EXHIBIT_TRY(m_context.add(kPackages, *m_package, Origin { m_package_offset }));
    for (auto const& user : m_users)
        EXHIBIT_TRY(m_context.add(kPackageUsers, user.row, Origin { user.offset }));
    m_users.clear();
    m_package.reset();
    m_block = Block::none;
    m_seen = {};
    return {};
}

/// Android 13 moved the first installation into the users' blocks, with 1970 where a user does not have the
/// app. What one of them removed may be told for that one alone.
Time PackageList::first_installed_for_users() const
{
    for (bool const wanted : { true, false }) {
        std::string const* first = nullptr;
        Time time;
        for (auto const& [user, offset] : m_users) {
            auto const* const text = std::get_if<std::string>(&user.first_installed.raw);
            bool const told = text != nullptr && user.installed.value_or(true) == wanted
                && !text->starts_with("1970-01-0") && !text->starts_with("1969-");
            if (told && (first == nullptr || *text < *first)) {
                first = text;
                time = user.first_installed;
            }
        }
        if (first != nullptr)
            return time;
    }
    return {};
}

Result<void> PackageList::begin_package(std::string_view text, std::uint64_t offset)
{
    EXHIBIT_TRY(finish());
    m_package_offset = offset;
    m_package.emplace();
    m_package->package = between(text, "[", "]").value_or("");
    // What the image holds of an app stands behind the app itself. A heading that an app's own text brings in
    // would turn all apps behind it into such.
    bool const was_listed = m_listed.contains(m_package->package);
    m_package->factory_version = m_factory_versions && was_listed;
    if (was_listed && !m_factory_versions)
        m_context.note(Level::damage, Fault::malformed,
            "a package is listed twice: an app may have written one of the two", Origin { offset });
    if (m_listed.size() < kMostListed)
        m_listed.insert(m_package->package);
    return {};
}

void PackageList::begin_user(std::string_view text, std::uint64_t offset)
{
    auto const number = leading_integer(text);
    if (!number || m_users.size() >= kMostUsers)
        return;
    auto& [user, at] = m_users.emplace_back();
    at = offset;
    user.package = m_package->package;
    user.user = *number;
    auto const flag = [&](std::string_view key) { return to_flag(value_of(text, key).value_or("")); };
    user.installed = flag("installed");
    user.hidden = flag("hidden");
    user.suspended = flag("suspended");
    user.stopped = flag("stopped");
    user.not_launched = flag("notLaunched");
    user.instant = flag("instant");
    user.virtual_preload = flag("virtual");
    user.enabled_state = to_integer(value_of(text, "enabled").value_or(""));
    user.data_inode = to_integer(value_of(text, "ceDataInode").value_or(""));
    user.protected_data_inode = to_integer(value_of(text, "deDataInode").value_or(""));
    user.distraction_flags = to_integer(value_of(text, "distractionFlags").value_or(""));
    user.quarantined = flag("quarantined");
}

/// What a line opens a list of; nothing for other lines.
PackageList::Block PackageList::list_named(std::string_view text)
{
    constexpr std::array<std::pair<std::string_view, Block>, 7> names {
        { { "declared permissions:", Block::declared }, { "requested permissions:", Block::requested },
            { "install permissions:", Block::install }, { "grantedPermissions:", Block::install },
            { "runtime permissions:", Block::runtime }, { "disabledComponents:", Block::disabled_components },
            { "enabledComponents:", Block::enabled_components } }
    };
    auto const* const found = std::ranges::find(names, text, &std::pair<std::string_view, Block>::first);
    return found == names.end() ? Block::none : found->second;
}

/// A line that opens a list of permissions or components.
bool PackageList::add_heading(std::string_view text, std::uint64_t offset)
{
    if (auto const list = list_named(text); list != Block::none) {
        m_block = list;
    } else if (text.starts_with("User ") && text.contains(':')) {
        m_block = Block::none;
        begin_user(text.substr(5), offset);
    } else if (text.ends_with(':') && !text.contains(' ')) {
        m_block = Block::none; // usesLibraries: and others that hold nothing of interest
    } else {
        return false;
    }
    return true;
}

Result<void> PackageList::add_permission(
    std::string_view name, std::string_view kind, std::string_view attributes, std::uint64_t offset)
{
    Permission permission;
    permission.package = m_package->package;
    permission.permission = name;
    permission.kind = kind;
    permission.granted = to_flag(value_of(attributes, "granted").value_or(""));
    if (!m_users.empty() && kind == "runtime")
        permission.user = m_users.back().row.user;
    auto const flags = value_of(attributes, "flags");
    if (flags)
        permission.flags = trim(between(*flags, "[", "]").value_or(*flags));
    return m_context.add(kPermissions, permission, Origin { offset });
}

Result<void> PackageList::add_item(std::string_view text, std::uint64_t offset)
{
    auto attributes = text;
    auto const name = take_until(attributes, ':');
    switch (m_block) {
    case Block::none:
        return {};
    case Block::declared:
        return add_permission(name, "declared", attributes, offset);
    case Block::requested:
        return add_permission(name, "requested", attributes, offset);
    case Block::install: // Before Android 6 the list named what was granted, and nothing else.
        return add_permission(name, "install", attributes.empty() ? "granted=true" : attributes, offset);
    case Block::runtime:
        return add_permission(name, "runtime", attributes, offset);
    case Block::disabled_components:
    case Block::enabled_components:
        ComponentState state;
        state.package = m_package->package;
        state.user = m_users.empty() ? 0 : m_users.back().row.user;
        state.component = text;
        state.enabled = m_block == Block::enabled_components;
        return m_context.add(kComponents, state, Origin { offset });
    }
    return {};
}

void PackageList::add_version(std::string_view text)
{
    m_package->version_code = leading_integer(text);
    if (auto const oldest = value_of(text, "minSdk"))
        m_package->min_sdk = to_integer(*oldest);
    if (auto const target = value_of(text, "targetSdk"))
        m_package->target_sdk = to_integer(*target);
}

/// Of several lines all have to tell that it came with the image: a text of the app may bring in one.
void PackageList::add_flags(std::string_view value)
{
    bool const may_be_of_system = m_package->system.value_or(true);
    if (auto const bits = value.starts_with("0x") ? to_hex_integer(value) : std::nullopt) {
        m_package->system = may_be_of_system && (*bits & 1U) != 0; // ApplicationInfo.FLAG_SYSTEM
        m_package->debuggable = (*bits & 2U) != 0; // FLAG_DEBUGGABLE
    } else {
        auto const flags = between(value, "[", "]").value_or(value);
        m_package->system = may_be_of_system && has_flag(flags, "SYSTEM");
        m_package->debuggable = has_flag(flags, "DEBUGGABLE");
        m_package->test_only = has_flag(flags, "TEST_ONLY");
    }
    m_package->flags = value;
}

void PackageList::add_user_property(std::string_view text)
{
    auto& user = m_users.back().row;
    if (eat(text, "installReason="))
        user.install_reason = to_integer(text);
    else if (eat(text, "uninstallReason="))
        user.uninstall_reason = to_integer(text);
    else if (eat(text, "dataDir="))
        user.data_folder = text;
    else if (eat(text, "firstInstallTime="))
        user.first_installed = local_time(text, m_clock);
    else if (eat(text, "lastDisabledCaller: "))
        user.disabled_by = text;
}

namespace {

using Installer = NamedField<Package, std::optional<std::string>>;
constexpr std::array kInstallers { Installer { "installerPackageName", &Package::installer },
    Installer { "initiatingPackageName", &Package::initiating_package },
    Installer { "originatingPackageName", &Package::originating_package },
    Installer { "updateOwnerPackageName", &Package::update_owner } };

} // namespace

void PackageList::note_text_of_app(std::uint64_t offset)
{
    m_context.note(Level::damage, Fault::malformed,
        "a text of an app has several lines, one of which reads like what the system knows of it",
        Origin { offset });
}

/// By whom, when and for whom it was installed stands behind the time stamp. What came before is of the
/// version name, which is text of the app.
void PackageList::forget_installation(std::uint64_t offset)
{
    bool any = !std::exchange(m_package->first_installed, {}).absent() || !m_users.empty();
    m_users.clear();
    for (auto const& installer : kInstallers)
        any = std::exchange((*m_package).*installer.field, std::nullopt).has_value() || any;
    if (any)
        note_text_of_app(offset);
}

/// The data folder is named after the package. It stands behind the version name, in which an app may have
/// written what reads like the beginning of another package.
Result<void> PackageList::check_name(std::string_view data_folder, std::uint64_t offset)
{
    auto const name = base_name(data_folder);
    if (name == m_package->package)
        m_seen.name = true;
    if (name == m_package->package || !m_listed.contains(name))
        return {};
    m_context.note(Level::damage, Fault::malformed,
        "a package begins within another one: a text of that app reads like the dump", Origin { offset });
    std::string named { name };
    if (m_seen.name)
        EXHIBIT_TRY(finish());
    m_package.emplace();
    m_package->package = std::move(named);
    m_users.clear();
    return {};
}

/// What stands before the version name.
bool PackageList::add_identity(std::string_view key, std::string_view value, std::uint64_t offset)
{
    auto& package = *m_package;
    bool const is_user = key == "userId" || key == "appId";
    if (!is_user && key != "sharedUser" && key != "versionCode" && key != "codePath")
        return false;
    if (m_seen.version)
        note_text_of_app(offset);
    else if (is_user)
        package.uid = leading_integer(value);
    else if (key == "sharedUser")
        package.shared_user = name_or_nothing(value);
    else if (key == "versionCode")
        add_version(value);
    else
        package.code_path = value;
    return true;
}

/// What stands behind the time stamp, and before lists in which texts of the app stand too.
bool PackageList::add_installation(std::string_view key, std::string_view value)
{
    auto& package = *m_package;
    auto* const installer = field_named(package, kInstallers, key);
    bool const is_first = key == "firstInstallTime";
    if (installer == nullptr && !is_first && key != "lastUpdateTime" && key != "packageSource")
        return false;
    if (m_seen.lists)
        return true;
    if (installer != nullptr)
        *installer = name_or_nothing(value);
    else if (key == "packageSource")
        package.package_source = to_integer(value);
    else
        (is_first ? package.first_installed : package.last_updated) = local_time(value, m_clock);
    return true;
}

Result<void> PackageList::add_property(std::string_view text, std::uint64_t offset)
{
    auto& package = *m_package;
    auto value = text;
    auto const key = take_until(value, '=');
    if (key == "dataDir")
        return check_name(value, offset);
    if (add_identity(key, value, offset) || add_installation(key, value))
        return {};
    if (key == "versionName") {
        m_seen.version = true;
        package.version_name = value;
    } else if (key == "minSdk")
        package.min_sdk = to_integer(value);
    else if (key == "targetSdk")
        package.target_sdk = to_integer(value);
    else if (key == "timeStamp") {
        forget_installation(offset);
        m_seen.lists = std::exchange(m_seen.time, true);
        package.written = local_time(value, m_clock);
    } else if (key == "signatures")
        package.signatures = value;
    else if (key == "flags" || key == "pkgFlags")
        add_flags(value.starts_with('[') ? value : value.substr(0, value.find(' ')));
    return {};
}

Result<void> PackageList::add_line(Line const& line)
{
    auto const text = trim(line.text);
    auto const indent = indent_of(line.text);
    if (text.starts_with("Package [") && indent <= 4)
        return begin_package(text, line.offset);
    if (!m_package || text.empty())
        return {};
    if (indent < kIndent) {
        if (list_named(text) != Block::none)
            note_text_of_app(line.offset);
        return {};
    }
    if (m_block != Block::none && indent > m_block_indent)
        return add_item(text, line.offset);
    m_block = Block::none;
    if (add_heading(text, line.offset)) {
        m_block_indent = indent;
        m_seen.lists = true;
        return {};
    }
    if (m_users.empty() || indent <= kIndent)
        return add_property(text, line.offset);
    add_user_property(text);
    return {};
}

} // namespace exhibit::android::packages
