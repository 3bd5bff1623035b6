#include "artifact/artifact.hpp"
#include "artifacts/android/common/delimited.hpp"
#include "artifacts/android/common/text.hpp"
#include "formats/json/json_elements.hpp"
#include "formats/json/json_fields.hpp"

#include <array>

namespace exhibit::android::androidqf_files {
namespace {

struct File {
    std::string path;
    std::string file_name;
    std::optional<std::int64_t> size;
    std::optional<std::string> mode;
    std::optional<bool> executable;
    std::optional<bool> set_id;
    std::optional<std::int64_t> owner_uid;
    std::optional<std::int64_t> owner_gid;
    std::optional<std::string> owner_user;
    std::optional<std::string> owner_group;
    std::optional<std::string> label;
    Time modified;
    Time changed;
    Time accessed;
    std::optional<std::string> sha256;
    std::optional<std::string> sha1;
    std::optional<std::string> md5;
    std::optional<std::string> sha512;
    std::optional<std::string> error;
};

constexpr std::array kColumns {
    column<&File::path>("path", Is::path, "Where it is."),
    column<&File::file_name>("file_name", Is::file_name, "Its name.").mvt("-"),
    column<&File::size>("size", "Bytes."),
    column<&File::mode>("mode", Is::opaque,
        "Kind, special flags and permissions in the manner of Go (`u` set user id, `g` set group id, `L` "
        "link) or "
        "in octal."),
    column<&File::executable>(
        "is_executable", "Whether anybody may run it; on shared storage the flag is made up."),
    column<&File::set_id>(
        "set_id", "Whether it runs with the rights of its owner or group; in octal a folder cannot be told."),
    column<&File::owner_uid>("owner_uid", "User id of the owner.").mvt("user_id"),
    column<&File::owner_gid>("owner_gid", "Group id.").mvt("group_id"),
    column<&File::owner_user>("owner_user", Is::opaque, "Name of the owner.").mvt("user_name"),
    column<&File::owner_group>("owner_group", Is::opaque, "Name of the group.").mvt("group_name"),
    column<&File::label>("label", Is::opaque, "SELinux context.").mvt("context"),
    column<&File::modified>("modified", Clock::unix_seconds, "Last change of its content.")
        .mvt("modified_time"),
    column<&File::changed>("changed_at", Clock::unix_seconds, "Last change of its name, owner or mode.")
        .mvt("changed_time"),
    column<&File::accessed>("accessed_at", Clock::unix_seconds, "Last read.").mvt("access_time"),
    column<&File::sha256>("sha256", Is::hash, "SHA-256, where it was taken."),
    column<&File::sha1>("sha1", Is::hash, "SHA-1, where it was taken."),
    column<&File::md5>("md5", Is::hash, "MD5, where it was taken."),
    column<&File::sha512>("sha512", Is::hash, "SHA-512, where it was taken."),
    column<&File::error>("error", Is::opaque, "Why it could not be looked at."),
};
constexpr std::array kEvents {
    Event { "modified", "file_modified", "{path} last changed" },
    Event { "changed_at", "file_changed", "{path}: name, owner or mode last changed" },
};
constexpr auto kFiles = table<File>("android_androidqf_file",
    "One row per file that AndroidQF could see: all storage, the system, and what a shell may list of the "
    "rest.",
    Relation::present, kColumns, kEvents, "aqf_files");

void set_text(std::optional<std::string>& into, JsonValue& value)
{
    if (auto const text = json_text(value); text && !text->empty())
        into = *text;
}

void set_time(Time& into, JsonValue& value)
{
    constexpr std::int64_t first_of_millis = 100'000'000'000; // As seconds the year 5138.
    if (auto const count = json_integer(value))
        into = *count == 0              ? Time {}
            : *count >= first_of_millis ? Time::unix_millis(*count)
                                        : Time::unix_seconds(*count);
    else if (auto const text = json_text(value); text && !text->empty())
        into = Time { std::string { *text }, std::nullopt }; // Of which zone is not said.
}

/// `-rwxr-xr-x`, `urwxr-xr-x`, `dtrwxrwxrwx`; or octal, as `find` prints it: `644`.
void read_mode(File& file, std::string_view mode)
{
    file.mode = mode;
    if (mode.find_first_not_of("01234567") == mode.npos) {
        unsigned bits = 0;
        for (char const c : mode.substr(0, 6))
            bits = bits * 8 + static_cast<unsigned>(c - '0');
        file.executable = (bits & 0111U) != 0;
        file.set_id = (bits & 06000U) != 0;
        return;
    }
    if (mode.size() < 10)
        return;
    auto const permissions = mode.substr(mode.size() - 9);
    auto const flags = mode.substr(0, mode.size() - 9);
    file.executable = permissions.contains('x') && !flags.contains('d') && !flags.contains('L');
    file.set_id = !flags.contains('d') && (flags.contains('u') || flags.contains('g'));
}

Result<void> read_field(File& file, std::string_view key, JsonValue& value)
{
    if (key == "path")
        file.path = json_text(value).value_or("");
    else if (key == "size")
        file.size = json_integer(value);
    else if (key == "mode")
        read_mode(file, json_text(value).value_or(""));
    else if (key == "user_id")
        file.owner_uid = json_integer(value);
    else if (key == "group_id")
        file.owner_gid = json_integer(value);
    else if (key == "user_name")
        set_text(file.owner_user, value);
    else if (key == "group_name")
        set_text(file.owner_group, value);
    else if (key == "context")
        set_text(file.label, value);
    else if (key == "modified_time")
        set_time(file.modified, value);
    else if (key == "changed_time")
        set_time(file.changed, value);
    else if (key == "access_time")
        set_time(file.accessed, value);
    else if (key == "sha256")
        set_text(file.sha256, value);
    else if (key == "sha1")
        set_text(file.sha1, value);
    else if (key == "md5")
        set_text(file.md5, value);
    else if (key == "sha512")
        set_text(file.sha512, value);
    else if (key == "error")
        set_text(file.error, value);
    return {};
}

/// 1 path, 2 last change in seconds (a fraction may follow), 3 mode, 4 size: what samples show. Owners,
/// hashes and labels were not in the lists of that time.
Result<void> read_message(File& file, protobuf::MessageReader message)
{
    return protobuf::for_each_field(message, [&](protobuf::Field const& field) -> Result<void> {
        if (field.number == 1)
            file.path = field.text();
        else if (field.number == 2 && field.wire == protobuf::Wire::fixed64 && field.real() != 0)
            file.modified = Time::unix_seconds(field.real());
        else if (field.number == 3)
            read_mode(file, field.text());
        else if (field.number == 4)
            file.size = field.integer();
        return {};
    });
}

Result<void> parse_messages(Input const& input, Context& context)
{
    return for_each_delimited(
        input, context, [&](protobuf::MessageReader message, Origin origin) -> Result<void> {
            File file;
            auto const read = read_message(file, message);
            if (file.path.empty())
                return read;
            file.file_name = base_name(file.path);
            EXHIBIT_TRY(context.add(kFiles, file, origin));
            return read;
        });
}

Result<void> parse_elements(JsonElements elements, Context& context)
{
    JsonObjectReader reader;
    std::uint64_t seen = 0;
    for (JsonElement element; elements.next(element);) {
        if (++seen % 4096 == 0 && context.stop().stop_requested())
            return fail(Fault::cancelled, "cancelled");
        File file;
        auto const read = reader.read(element.text,
            [&](std::string_view key, JsonValue& value) { return read_field(file, key, value); });
        if (!read)
            context.note(Level::damage, read.error().fault, read.error().what, Origin { element.offset });
        if (file.path.empty())
            continue;
        file.file_name = base_name(file.path);
        EXHIBIT_TRY(context.add(kFiles, file, Origin { element.offset }));
    }
    return elements.result();
}

/// One array, or an object per line from older collectors.
Result<void> parse_json(Input const& input, Context& context)
{
    constexpr std::uint64_t least = 4U << 20U; // that is worth to be read by itself
    auto const stretches
        = EXHIBIT_TRY(JsonElements::cut(*input.source, least, Context::kMostParts, context.stop()));
    return context.read_parts(stretches.size(), [&](std::size_t part, Context& rows) {
        return parse_elements(JsonElements { *input.source, stretches[part] }, rows);
    });
}

Result<void> parse(Input const& input, Context& context)
{
    return input.path.ends_with(".pb") ? parse_messages(input, context) : parse_json(input, context);
}

constexpr std::array<std::string_view, 2> kPaths { "@androidqf/files.json", "@androidqf/files.pb" };
constexpr std::array<Table const*, 1> kTables { &kFiles };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.androidqf_files",
    .title = "Files listed by AndroidQF",
    .doc
    = "Names, owners, modes and times of the files that AndroidQF could list. Data of apps is mostly out of "
      "its reach, so that a file is not listed proves nothing.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::androidqf_files
