#include "artifacts/common/plist_file.hpp"
#include "formats/plist/keyed_archive.hpp"

#include <array>

namespace exhibit::ios::app_bundles {
namespace {

using namespace std::string_view_literals;

struct Bundle {
    std::optional<std::string> bundle_id;
    std::optional<std::string> executable;
    std::string_view path;
    Time installed;
    std::optional<std::string> system_build;
    std::optional<std::int64_t> install_type;
    std::optional<std::string> parent_bundle_id;
};

constexpr std::array kColumns {
    column<&Bundle::bundle_id>("bundle_id", Is::app_id, "The app, by its own description.").mvt("-"),
    column<&Bundle::executable>("executable", Is::file_name, "Name of its program.").mvt("-"),
    column<&Bundle::path>("path", Is::path, "Its folder.").mvt("-"),
    column<&Bundle::installed>("installed_at", Clock::plist,
        "When the installer put this version there: installation or last update.")
        .mvt("-"),
    column<&Bundle::system_build>(
        "system_build", Is::opaque, "Build of iOS that installed it, such as 20D47.")
        .mvt("-"),
    column<&Bundle::install_type>("install_type", "Kind of installation, in the system's code.").mvt("-"),
    column<&Bundle::parent_bundle_id>(
        "parent_bundle_id", Is::app_id, "The app that it is installed and removed with.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "installed_at", "app_bundle_installed", "{bundle_id} {path}" } };
constexpr auto kBundles
    = table<Bundle>("ios_app_bundle", "One row per folder of an app, with when the installer put it there.",
        Relation::installed, kColumns, kEvents);

Result<void> read_installation(Source const& source, Bundle& bundle, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(source, context.limits().whole_file));
    auto const archive = EXHIBIT_TRY(plist::KeyedArchive::parse(content.bytes(), context.limits().depth));
    auto const& facts = archive.root();
    bundle.installed = facts.find("installDate").as_date().value_or(Time {});
    bundle.system_build = facts.find("installBuildVersion").as_text();
    bundle.install_type = facts.find("installType").as_int();
    bundle.parent_bundle_id = facts.find("linkedParentBundleID").as_text();
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    Bundle bundle;
    bundle.bundle_id = file.root().find("CFBundleIdentifier").as_text();
    bundle.executable = file.root().find("CFBundleExecutable").as_text();
    bundle.path = input.path.substr(0, input.path.rfind('/'));
    if (input.beside != nullptr)
        if (auto const read = read_installation(*input.beside, bundle, context); !read)
            context.note(
                Level::warning, read.error().fault, "when the app was installed cannot be read", Origin {});
    return context.add(kBundles, bundle, {});
}

constexpr std::array kPaths { "/private/var/containers/Bundle/Application/*/*.app/Info.plist"sv };
constexpr std::array<Table const*, 1> kTables { &kBundles };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.app_bundles",
    .title = "Folders of apps",
    .doc
    = "Apps with the name of their program, their folder, and when the system's installer put them there, "
      "also where no store did. Read from each app's Info.plist and from BundleMetadata.plist above it.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
    .beside = "BundleMetadata.plist",
};

} // namespace exhibit::ios::app_bundles
