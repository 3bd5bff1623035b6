#include "artifacts/android/common/text.hpp"
#include "artifacts/android/packages/install_sessions.hpp"
#include "artifacts/android/packages/package_files.hpp"
#include "artifacts/android/packages/package_list.hpp"
#include "artifacts/android/packages/resolver_table.hpp"
#include "artifacts/android/packages/shared_users.hpp"
#include "artifacts/android/packages/tables.hpp"
#include "base/text.hpp"

#include <utility>

namespace exhibit::android::packages {
namespace {

enum class Part : std::uint8_t { other, packages, shared_users, resolvers, sessions, verifiers, warnings };

/// Gives each part of the package manager's dump to the reader of its grammar.
class Dump {
public:
    Dump(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_shared_users(context)
        , m_packages(context, clock, m_shared_users)
        , m_resolvers(context)
        , m_sessions(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        bool const after_blank = std::exchange(m_after_blank, trim(line.text).empty());
        if (!line.text.empty() && line.text.front() != ' ' && line.text.front() != '\t'
            && may_begin_part(line, after_blank) && EXHIBIT_TRY(begin_part(trim(line.text))))
            return {};
        if (m_part != Part::packages && line.text.starts_with("  Package [") && line.text.ends_with("):"))
            resume_packages(line.offset);
        switch (m_part) {
        case Part::other:
            return {};
        case Part::packages:
            return m_packages.add_line(line);
        case Part::shared_users:
            return m_shared_users.add_line(line);
        case Part::resolvers:
            return m_resolvers.add_line(line);
        case Part::sessions:
            return m_sessions.add_line(line);
        case Part::verifiers:
            return add_verifier(line);
        case Part::warnings:
            return line.text.empty()
                ? Result<void> {}
                : m_context.add(kWarnings, Warning { line.text }, Origin { line.offset });
        }
        return {};
    }

    Result<void> finish()
    {
        EXHIBIT_TRY(m_packages.finish());
        return m_sessions.finish();
    }

private:
    /// A heading follows an empty line, and no heading comes twice. What else stands at the margin of the
    /// list of packages is text of an app, of which the version name may have any number of lines.
    bool may_begin_part(Line const& line, bool after_blank)
    {
        auto const title = trim(line.text);
        bool const is_repeated = title == "Hidden system packages:" && std::exchange(m_was_hidden, true);
        if (is_repeated || (m_part == Part::packages && !after_blank))
            m_context.note(Level::damage, Fault::malformed,
                "a line among the packages reads like a heading: an app may have written it",
                Origin { line.offset });
        return m_part != Part::packages || after_blank;
    }

    void resume_packages(std::uint64_t offset)
    {
        m_part = Part::packages;
        m_context.note(Level::damage, Fault::malformed,
            "a package stands outside of the list of packages: an app may have written what ended it",
            Origin { offset });
    }

    Result<bool> begin_part(std::string_view title)
    {
        auto const previous = std::exchange(m_part, Part::other);
        if (title == "Packages:" || title == "Hidden system packages:") {
            m_part = Part::packages;
            EXHIBIT_TRY(m_packages.begin(title.starts_with("Hidden")));
        } else if (title == "Shared users:") {
            EXHIBIT_TRY(m_packages.finish());
            m_part = Part::shared_users;
        } else if (title.ends_with(" Resolver Table:")) {
            m_part = Part::resolvers;
            m_resolvers.begin(title.starts_with("Activity") ? "activity"
                    : title.starts_with("Receiver")         ? "receiver"
                    : title.starts_with("Service")          ? "service"
                                                            : "provider");
        } else if (title.ends_with(" install sessions:")) {
            m_part = title.starts_with("Legacy") ? Part::other : Part::sessions;
            EXHIBIT_TRY(m_sessions.begin(state_of(title)));
        } else if (title == "Verifiers:") {
            m_part = Part::verifiers;
        } else if (title == "Package warning messages:") {
            m_part = Part::warnings;
        } else if (previous == Part::warnings || !title.ends_with(':')) {
            m_part = previous; // Messages stand at the margin, as headings do.
            return false;
        }
        return true;
    }

    static std::string_view state_of(std::string_view title)
    {
        return title.starts_with("Active")   ? "active"
            : title.starts_with("Orphaned")  ? "orphaned"
            : title.starts_with("Finalized") ? "finalized"
                                             : "historical";
    }

    Result<void> add_verifier(Line const& line)
    {
        auto text = trim(line.text);
        auto const role = to_lower(take_until(text, ':'));
        Verifier verifier;
        verifier.role = role;
        verifier.package = take_word(text);
        verifier.uid = to_integer(between(text, "uid=", ")").value_or(""));
        if (!is_package_name(verifier.package))
            return {};
        return m_context.add(kVerifiers, verifier, Origin { line.offset });
    }

    Context& m_context;
    Part m_part = Part::other;
    bool m_after_blank = true;
    bool m_was_hidden = false; ///< the heading of the factory versions was seen
    SharedUsers m_shared_users;
    PackageList m_packages;
    ResolverTable m_resolvers;
    InstallSessions m_sessions;
};

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with("/packages.list"))
        return parse_package_names(input, context);
    if (input.path.ends_with("/package-restrictions.xml"))
        return parse_restrictions(input, context);
    if (input.path.ends_with("/runtime-permissions.xml"))
        return parse_runtime_permissions(input, context);
    if (input.path.ends_with("/install_sessions.xml"))
        return parse_sessions(input, context);
    if (input.path.ends_with(".xml"))
        return parse_registry(input, context);
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 7> kPaths { "@dumpsys/package", "/data/system/packages.xml",
    "/data/system/packages.list", "/data/system/install_sessions.xml",
    "/data/system/users/*/package-restrictions.xml", "/data/system/users/*/runtime-permissions.xml",
    "/data/misc_de/*/apexdata/com.android.permission/runtime-permissions.xml" };
constexpr std::array<Table const*, 12> kTables { &kPackages, &kPackageUsers, &kPermissions, &kSharedUsers,
    &kSharedPermissions, &kComponents, &kResolvers, &kSessions, &kVerifiers, &kWarnings, &kCertificates,
    &kListedPackages };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.packages",
    .title = "Installed packages",
    .doc
    = "What the package manager dumps or keeps in its files: packages with who installed them, their state "
      "for each user, their "
      "permissions, what they want to be called for, installations since the last start, and who verifies "
      "apps. Packages that were removed are not in it.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
    .instead = "android.androidqf_packages",
};

} // namespace exhibit::android::packages
