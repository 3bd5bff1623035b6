#include "artifacts/android/common/property_file.hpp"

namespace exhibit::android::properties {
namespace {

struct Property {
    std::string_view name;
    std::string_view value;
};

constexpr std::array kColumns {
    column<&Property::name>("name", Is::property_name, "Name of the property."),
    column<&Property::value>("value", Is::system_text, "Its value, with line breaks where it has some."),
};
constexpr auto kProperties = table<Property>("android_property",
    "One row per system property: what the device is, how it was started, and settings of its services.",
    Relation::context, kColumns, {}, "aqf_get_prop");

Result<void> parse(Input const& input, Context& context)
{
    return for_each_property(
        input, context, [&](std::string_view name, std::string_view value, Origin origin) {
            return context.add(kProperties, Property { name, value }, origin);
        });
}

constexpr std::array<std::string_view, 6> kPaths { "@androidqf/getprop.txt", "@dumpstate/system_properties",
    "/system/**build.prop", "/vendor/build.prop", "/product/**build.prop",
    "/data/property/persistent_properties" };
constexpr std::array<Table const*, 1> kTables { &kProperties };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.properties",
    .title = "System properties",
    .doc
    = "The output of `getprop`: model, build, security patch level, verified boot state, locks, adb and USB "
      "settings. It shows the moment of the acquisition; a file system has the part that stands in its "
      "image, and what outlives a restart.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
};

} // namespace exhibit::android::properties
