#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"

#include <array>

namespace exhibit::android::package_copies {
namespace {

struct PackageCopy {
    std::string package;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> version_code;
    std::string code_path;
    std::optional<std::string> installer;
    std::optional<std::string> initiating_package;
    std::optional<bool> system;
    bool factory_version = false;
    Time first_installed;
    Time last_updated;
};

constexpr std::array kColumns {
    column<&PackageCopy::package>("package", Is::app_id, "Name of the package."),
    column<&PackageCopy::uid>("uid", "Linux user id that it ran as, for user 0."),
    column<&PackageCopy::version_code>("version_code", "Version number."),
    column<&PackageCopy::code_path>("code_path", Is::path, "Where its code lay."),
    column<&PackageCopy::installer>("installer", Is::app_id, "Package that is recorded as its installer."),
    column<&PackageCopy::initiating_package>(
        "initiating_package", Is::app_id, "Package that asked for the installation."),
    column<&PackageCopy::system>("system", "Whether it came with the system image."),
    column<&PackageCopy::factory_version>(
        "factory_version", "Whether this is the version in the system image that an update has replaced."),
    column<&PackageCopy::first_installed>("first_installed", Clock::local_text,
        "When it was installed first; the file has milliseconds since 1970, hexadecimal, in UTC."),
    column<&PackageCopy::last_updated>("last_updated", Clock::local_text, "When it was last updated."),
};
constexpr auto kCopies = table<PackageCopy>("android_package_copy",
    "One row per package in an earlier list of packages. It may be gone since.", Relation::installed,
    kColumns);

Result<void> parse(Input const& input, Context& context)
{
    return for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
        auto const name = element.attribute("name");
        bool const is_package = element.name == "package" || element.name == "updated-package";
        if (element.depth != 2 || !is_package || !name)
            return {};
        PackageCopy row;
        row.package = *name;
        row.uid = integer_of(element, "userId");
        if (!row.uid)
            row.uid = integer_of(element, "sharedUserId");
        row.version_code = integer_of(element, "version");
        row.code_path = element.attribute("codePath").value_or("");
        auto const name_in = [&](std::string_view attribute) {
            return unless_null(element.attribute(attribute).value_or("")).transform([](auto text) {
                return std::string { text };
            });
        };
        row.installer = name_in("installer");
        row.initiating_package = name_in("installInitiator");
        row.factory_version = element.name == "updated-package";
        row.system
            = integer_of(element, "publicFlags").transform([](auto flags) { return (flags & 1) != 0; });
        row.first_installed = hex_time_of(element, "it");
        row.last_updated = hex_time_of(element, "ut");
        return context.add(kCopies, row, origin);
    });
}

constexpr std::array<std::string_view, 2> kPaths { "/data/system/packages-backup.xml",
    "/data/system/packages.xml.reservecopy" };
constexpr std::array<Table const*, 1> kTables { &kCopies };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.package_copies",
    .title = "Earlier lists of packages",
    .doc
    = "Before the package manager writes its list it puts the last one aside (`packages-backup.xml`), and "
      "since Android 14 it keeps a second copy. A copy that stayed names apps as they were then.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::android::package_copies
