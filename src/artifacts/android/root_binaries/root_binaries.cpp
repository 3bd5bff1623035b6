#include "artifact/artifact.hpp"
#include "artifacts/android/common/delimited.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"
#include "formats/json/json_elements.hpp"
#include "formats/json/json_fields.hpp"

#include <fmt/format.h>

namespace exhibit::android::root_binaries {
namespace {

struct RootBinary {
    std::string_view path;
    std::string_view file_name;
};

constexpr std::array kColumns {
    column<&RootBinary::path>("path", Is::path, "Where the program is."),
    column<&RootBinary::file_name>("file_name", Is::file_name, "Its name.").mvt("binary_name"),
};
constexpr auto kRootBinaries = table<RootBinary>("android_root_binary",
    "One row per program found by the names that tools for root access use.", Relation::present, kColumns, {},
    "root_binaries");

constexpr std::string_view kNoPath = "a value that is no path";

/// One string holds what `which -a` said for one name: a path per line.
Result<void> add_paths(std::string_view text, Context& context, Origin origin)
{
    while (!text.empty()) {
        RootBinary row;
        row.path = trim(take_until(text, '\n'));
        row.file_name = base_name(row.path);
        if (row.path.starts_with('/') && !row.path.ends_with(": not found"))
            EXHIBIT_TRY(context.add(kRootBinaries, row, origin));
        else if (!row.path.empty())
            context.note(Level::damage, Fault::malformed, kNoPath, origin);
    }
    return {};
}

/// Field 1 of a message is a path.
Result<void> parse_messages(Input const& input, Context& context)
{
    return for_each_delimited(input, context, [&](protobuf::MessageReader message, Origin origin) {
        return protobuf::for_each_field(message, [&](protobuf::Field const& field) -> Result<void> {
            return field.number == 1 ? add_paths(field.text(), context, origin) : Result<void> {};
        });
    });
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".pb"))
        return parse_messages(input, context);
    JsonElements elements { *input.source, context.limits().text };
    JsonObjectReader reader;
    for (JsonElement element; elements.next(element);) {
        auto const text = fmt::format("{{\"paths\":{}}}", element.text);
        auto const added = reader.read(text, [&](std::string_view, JsonValue& value) -> Result<void> {
            auto const paths = json_text(value);
            return paths ? add_paths(*paths, context, Origin { element.offset })
                         : fail(Fault::malformed, kNoPath);
        });
        if (!added && added.error().fault == Fault::malformed)
            context.note(Level::damage, Fault::malformed, kNoPath, Origin { element.offset });
        else
            EXHIBIT_TRY(added);
    }
    return elements.result();
}

constexpr std::array<std::string_view, 2> kPaths { "@androidqf/root_binaries.json",
    "@androidqf/root_binaries.pb" };
constexpr std::array<Table const*, 1> kTables { &kRootBinaries };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.root_binaries",
    .title = "Root tools on the path",
    .doc
    = "Programs for root access that AndroidQF found in the folders of the shell's path. Tools elsewhere, or "
      "hidden by the tool itself, are not seen; some makers ship `busybox`.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::root_binaries
