#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

namespace exhibit::android::properties {
namespace {

struct Property {
    std::string name;
    std::string value;
};

constexpr std::array kColumns {
    column<&Property::name>("name", Is::property_name, "Name of the property."),
    column<&Property::value>("value", Is::free_text, "Its value, with line breaks where it has some."),
};
constexpr auto kProperties = table<Property>("android_property",
    "One row per system property: what the device is, how it was started, and settings of its services.",
    Relation::context, kColumns, {}, "aqf_get_prop");

constexpr std::size_t kLongestValue = 64U
    << 10U; // A value has at most 92 bytes, read-only ones a few thousand.

/// `build.prop` of an image: `name=value`, a line each.
Result<void> parse_build(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    for (Line line; lines.next(line);) {
        auto value = trim(line.text);
        auto const name = take_until(value, '=');
        if (name.empty() || name.starts_with('#') || name.contains(' '))
            continue;
        Property const property { std::string { name }, std::string { value } };
        EXHIBIT_TRY(context.add(kProperties, property, Origin { line.offset }));
    }
    return lines.result();
}

/// Reads lines `[name]: [value]`. A value may hold line breaks: it ends with the first line that ends in `]`.
Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with("/build.prop"))
        return parse_build(input, context);
    SectionReader lines { input, context };
    Property property;
    bool open = false;
    Origin origin;
    for (Line line; lines.next(line);) {
        auto text = line.text;
        if (!open || (text.starts_with('[') && text.contains("]: ["))) {
            if (open)
                context.note(Level::warning, Fault::malformed, "a property without an end", origin);
            auto const colon = text.starts_with('[') ? text.find("]: [") : text.npos;
            open = colon != text.npos;
            if (!open)
                continue;
            origin = Origin { line.offset };
            property.name = text.substr(1, colon - 1);
            property.value.clear();
            text.remove_prefix(colon + 4);
        } else {
            property.value += '\n';
        }
        bool const ends = text.ends_with(']');
        property.value += ends ? text.substr(0, text.size() - 1) : text;
        if (!ends && property.value.size() < kLongestValue)
            continue;
        open = false;
        EXHIBIT_TRY(context.add(kProperties, property, origin));
    }
    if (open)
        context.note(Level::damage, Fault::truncated, "the text ends within a property", origin);
    return lines.result();
}

constexpr std::array<std::string_view, 5> kPaths { "@androidqf/getprop.txt", "@dumpstate/system_properties",
    "/system/**build.prop", "/vendor/build.prop", "/product/**build.prop" };
constexpr std::array<Table const*, 1> kTables { &kProperties };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.properties",
    .title = "System properties",
    .doc
    = "The output of `getprop`: model, build, security patch level, verified boot state, locks, adb and USB "
      "settings. It shows the moment of the acquisition; a file system has the part that stands in its "
      "image.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
};

} // namespace exhibit::android::properties
