#include "artifact/artifact.hpp"
#include "artifacts/android/common/delimited.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/line_reader.hpp"
#include "formats/json/json_elements.hpp"
#include "formats/json/json_fields.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::android::mounts {
namespace {

struct Mount {
    std::string device;
    std::string mount_point;
    std::string file_system;
    std::string options;
    bool writable = false;
};

constexpr std::array kColumns {
    column<&Mount::device>("device", Is::path, "What is mounted."),
    column<&Mount::mount_point>("mount_point", Is::path, "Where."),
    column<&Mount::file_system>("file_system", Is::opaque, "Kind of the file system.").mvt("filesystem_type"),
    column<&Mount::options>("options", Is::opaque, "Options of the mount.").mvt("mount_options"),
    column<&Mount::writable>("writable", "Whether files on it can be changed.").mvt("is_read_write"),
};
constexpr auto kMounts = table<Mount>("android_mount",
    "One row per mounted file system, as `mount` and `/proc/mounts` tell it: the same mount may stand twice.",
    Relation::context, kColumns, {}, "mounts");

/// `/proc/mounts` writes white space and backslashes as three octal digits.
std::string without_escapes(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const digits = text.substr(std::min(i + 1, text.size()), 3);
        if (text[i] == '\\' && digits.size() == 3 && digits.find_first_not_of("01234567") == digits.npos) {
            out += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0'));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

bool has_option(std::string_view options, std::string_view wanted)
{
    while (!options.empty())
        if (trim(take_until(options, ',')) == wanted)
            return true;
    return false;
}

/// `device on point type fs (options)`, or `device point fs options 0 0`.
std::optional<Mount> read_mount(std::string_view line)
{
    Mount mount;
    auto const on = line.find(" on ");
    auto const type = line.rfind(" type ");
    if (on != line.npos && type != line.npos && on + 4 <= type) {
        auto rest = line.substr(type + 6);
        mount.device = line.substr(0, on);
        mount.mount_point = line.substr(on + 4, type - on - 4);
        mount.file_system = take_word(rest);
        mount.options = between(rest, "(", ")").value_or("");
    } else {
        mount.device = without_escapes(take_word(line));
        mount.mount_point = without_escapes(take_word(line));
        mount.file_system = take_word(line);
        mount.options = take_word(line);
    }
    if (mount.file_system.empty() || !mount.mount_point.starts_with('/'))
        return std::nullopt;
    mount.writable = has_option(mount.options, "rw");
    return mount;
}

Result<void> add_mount(std::string_view line, Context& context, Origin origin)
{
    line = trim(line);
    if (line.empty())
        return {};
    if (auto const mount = read_mount(line))
        return context.add(kMounts, *mount, origin);
    context.note(Level::warning, Fault::malformed, "a line that describes no mount", origin);
    return {};
}

/// Field 1 of a message is a line of `mount`.
Result<void> parse_messages(Input const& input, Context& context)
{
    return for_each_delimited(input, context, [&](protobuf::MessageReader message, Origin origin) {
        return protobuf::for_each_field(message, [&](protobuf::Field const& field) -> Result<void> {
            return field.number == 1 ? add_mount(field.text(), context, origin) : Result<void> {};
        });
    });
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".pb"))
        return parse_messages(input, context);
    if (!input.path.ends_with(".json")) {
        LineReader lines { *input.source, context.limits().text };
        for (Line line; lines.next(line);)
            EXHIBIT_TRY(add_mount(line.text, context, Origin { line.offset }));
        return lines.result();
    }
    JsonElements elements { *input.source, context.limits().text };
    JsonObjectReader reader;
    for (JsonElement element; elements.next(element);) {
        std::string text = fmt::format("{{\"line\":{}}}", element.text);
        auto const added = reader.read(text, [&](std::string_view, JsonValue& value) {
            return add_mount(json_text(value).value_or(""), context, Origin { element.offset });
        });
        if (!added && added.error().fault == Fault::malformed)
            context.note(
                Level::warning, Fault::malformed, "a value that is no line", Origin { element.offset });
        else
            EXHIBIT_TRY(added);
    }
    return elements.result();
}

constexpr std::array<std::string_view, 3> kPaths { "@androidqf/mounts.json", "@androidqf/mounts.txt",
    "@androidqf/mounts.pb" };
constexpr std::array<Table const*, 1> kTables { &kMounts };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.mounts",
    .title = "Mounted file systems",
    .doc
    = "What was mounted where and with which options when AndroidQF ran: a writable system partition or a "
      "file system laid over one is how a device is changed for good or tools are hidden.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::mounts
