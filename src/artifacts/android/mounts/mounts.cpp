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
    std::optional<std::int64_t> process_id;
    std::optional<std::int64_t> mount_id;
    std::optional<std::int64_t> parent_id;
    std::optional<std::string> device_number;
    std::optional<std::string> root;
    std::optional<std::string> propagation;
};

constexpr std::array kColumns {
    column<&Mount::device>("device", Is::path, "What is mounted."),
    column<&Mount::mount_point>("mount_point", Is::path, "Where."),
    column<&Mount::file_system>("file_system", Is::opaque, "Kind of the file system.").mvt("filesystem_type"),
    column<&Mount::options>("options", Is::opaque, "Options of the mount.").mvt("mount_options"),
    column<&Mount::writable>("writable", "Whether files on it can be changed.").mvt("is_read_write"),
    column<&Mount::process_id>(
        "process_id", "Process that sees it; empty where the source does not tell processes apart.")
        .mvt("-"),
    column<&Mount::mount_id>("mount_id", "Number of the mount."),
    column<&Mount::parent_id>("parent_id", "Number of the mount that it lies on."),
    column<&Mount::device_number>("device_number", Is::opaque, "Number of the device, `major:minor`.")
        .mvt("major_minor"),
    column<&Mount::root>("root", Is::path, "The folder of the file system that is mounted; mostly `/`."),
    column<&Mount::propagation>(
        "propagation", Is::opaque, "Groups that it shares later mounts with, as printed.")
        .mvt("-"),
};
constexpr auto kMounts = table<Mount>("android_mount",
    "One row per mounted file system, as `mount`, `/proc/mounts` and the mount tables of processes tell it: "
    "the "
    "same mount may stand in each.",
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

constexpr int kMostOptions = 100; // File systems have some twenty; each is looked for among the mount's.

/// `36 35 98:0 /root /point rw,noatime shared:1 - ext4 /dev/block/dm-0 rw,seclabel`: proc(5), mountinfo. What
/// lies behind the dash is the file system's; both must allow it to be written to.
std::optional<Mount> read_mount_of_process(std::string_view line, std::optional<std::int64_t> process)
{
    Mount mount;
    mount.process_id = process;
    mount.mount_id = to_integer(take_word(line));
    mount.parent_id = to_integer(take_word(line));
    mount.device_number = take_word(line);
    mount.root = without_escapes(take_word(line));
    mount.mount_point = without_escapes(take_word(line));
    mount.options = take_word(line);
    for (auto word = take_word(line); word != "-"; word = take_word(line)) {
        if (word.empty())
            return std::nullopt;
        append_part(mount.propagation, ' ', word);
    }
    mount.file_system = take_word(line);
    mount.device = without_escapes(take_word(line));
    if (!mount.mount_id || !mount.parent_id || mount.file_system.empty()
        || !mount.mount_point.starts_with('/'))
        return std::nullopt;
    mount.writable = has_option(mount.options, "rw") && has_option(line, "rw");
    for (int left = kMostOptions; left != 0 && !line.empty(); --left)
        if (auto const option = trim(take_until(line, ',')); !has_option(mount.options, option))
            mount.options += fmt::format(",{}", option);
    return mount;
}

/// `/proc/4242/mountinfo`, which a bug report holds for each set of mounts that processes see.
Result<void> parse_process(Input const& input, Context& context)
{
    auto path = std::string_view { input.path };
    (void)eat(path, "/proc/");
    auto const process = leading_integer(path);
    LineReader lines { *input.source, context.limits().text };
    for (Line line; lines.next(line);) {
        Origin const origin { line.offset };
        if (auto const mount = read_mount_of_process(trim(line.text), process))
            EXHIBIT_TRY(context.add(kMounts, *mount, origin));
        else if (!trim(line.text).empty())
            context.note(Level::warning, Fault::malformed, "a line that describes no mount", origin);
    }
    return lines.result();
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
    if (input.path.ends_with("/mountinfo"))
        return parse_process(input, context);
    if (!input.path.ends_with(".json")) {
        LineReader lines { *input.source, context.limits().text };
        for (Line line; lines.next(line);)
            EXHIBIT_TRY(add_mount(line.text, context, Origin { line.offset }));
        return lines.result();
    }
    JsonElements elements { *input.source, context.limits().text };
    JsonObjectReader reader;
    for (JsonElement element; elements.next(element);) {
        auto const text = fmt::format("{{\"line\":{}}}", element.text);
        auto const added = reader.read(text, [&](std::string_view, JsonValue& value) -> Result<void> {
            auto const mount = json_text(value);
            return mount ? add_mount(*mount, context, Origin { element.offset })
                         : fail(Fault::malformed, "a value that is no line");
        });
        if (!added && added.error().fault == Fault::malformed)
            context.note(
                Level::damage, Fault::malformed, "a value that is no line", Origin { element.offset });
        else
            EXHIBIT_TRY(added);
    }
    return elements.result();
}

constexpr std::array<std::string_view, 4> kPaths { "@androidqf/mounts.json", "@androidqf/mounts.txt",
    "@androidqf/mounts.pb", "/proc/*/mountinfo" };
constexpr std::array<Table const*, 1> kTables { &kMounts };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.mounts",
    .title = "Mounted file systems",
    .doc
    = "What was mounted where and with which options at the acquisition: a writable system partition or a "
      "file system laid over one is how a device is changed for good or tools are hidden.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::mounts
