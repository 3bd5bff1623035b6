#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/web_host.hpp"
#include "base/text.hpp"
#include "formats/backup_path/backup_path.hpp"
#include "formats/mbdb/mbdb.hpp"
#include "formats/plist/archive_fields.hpp"

#include <array>
#include <fmt/format.h>

namespace exhibit::ios::manifest {
namespace {

using namespace std::string_view_literals;

struct BackupFile {
    std::optional<std::string_view> file_id;
    std::optional<std::string_view> domain;
    std::optional<std::string_view> relative_path;
    std::optional<std::string_view> path;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> web_host;
    std::optional<std::int64_t> flags;
    Time created;
    Time modified;
    Time status_changed;
    std::optional<std::string_view> mode;
    std::optional<std::int64_t> user_id;
    std::optional<std::int64_t> group_id;
    std::optional<std::int64_t> size;
    std::optional<std::int64_t> inode;
    std::optional<std::int64_t> protection_class;
    std::optional<std::string_view> link_target;
    std::optional<bool> is_encrypted;
    std::optional<Bytes> archive; // not stored: what most of the row is read from
};

constexpr std::array kColumns {
    column<&BackupFile::file_id>("file_id", Is::opaque,
        "Name of the payload in the backup: SHA-1 of domain and path, not of the content.")
        .mvt("file_id"),
    column<&BackupFile::domain>("domain", Is::opaque,
        "Part of the device that the path begins in; `path` and `bundle_id` hold what can be compared.")
        .mvt("domain"),
    column<&BackupFile::relative_path>(
        "relative_path", Is::opaque, "Path inside the domain; `path` holds the whole of it.")
        .mvt("relative_path"),
    column<&BackupFile::path>("path", Is::path, "Where the file lay on the device.").mvt("-"),
    column<&BackupFile::bundle_id>("bundle_id", Is::app_id, "The app whose container holds the file.")
        .mvt("-"),
    column<&BackupFile::web_host>("web_host", Is::domain,
        "Host for which a web page stored data here: WebKit names such folders https_host_0. Of folders "
        "inside each other the innermost counts.")
        .mvt("-"),
    column<&BackupFile::flags>("entry_flags", "1 file, 2 folder, 4 symbolic link.").mvt("flags"),
    column<&BackupFile::created>("created", Clock::unix_seconds, "When the file was created.").mvt("created"),
    column<&BackupFile::modified>("modified", Clock::unix_seconds, "When its content was last changed.")
        .mvt("modified"),
    column<&BackupFile::status_changed>(
        "status_changed", Clock::unix_seconds, "When its content, name, owner or mode was last changed.")
        .mvt("status_changed"),
    column<&BackupFile::mode>(
        "mode", Is::opaque, "Kind and permissions in octal digits, which are no indicator.")
        .mvt("mode"),
    column<&BackupFile::user_id>("user_id", "Owner: 0 root, 501 mobile.").mvt("owner"),
    column<&BackupFile::group_id>("group_id", "Group.").mvt("-"),
    column<&BackupFile::size>("size", "Bytes.").mvt("size"),
    column<&BackupFile::inode>(
        "inode", "Number of the file in its file system: counts up as files are created.")
        .mvt("-"),
    column<&BackupFile::protection_class>("protection_class", "Class of the key that protects it, 1 to 11.")
        .mvt("-"),
    column<&BackupFile::link_target>("link_target", Is::path, "Where a symbolic link leads.").mvt("-"),
    column<&BackupFile::is_encrypted>("is_encrypted", "Whether the payload is encrypted in the backup.")
        .mvt("-"),
};
constexpr std::array kEvents {
    Event { "created", "file_created", "{path}" },
    Event { "modified", "file_modified", "{path}" },
    Event { "status_changed", "file_status_changed", "{path}" },
};
constexpr auto kFiles = table<BackupFile>("ios_backup_file",
    "One row per file, folder and link that the backup lists or once listed, whether it holds it or not.",
    Relation::present, kColumns, kEvents, "manifest");

constexpr std::array kFields {
    from<&BackupFile::file_id>("file.fileID"),
    from<&BackupFile::domain>("file.domain"),
    from<&BackupFile::relative_path>("file.relativePath"),
    from<&BackupFile::flags>("file.flags"),
    from<&BackupFile::archive>("file.file"),
};

/// What the texts of a row are kept in, used again for each row.
struct Scratch {
    std::string path;
    std::string mode;
    std::string target;
    std::string host;
};

/// A time of the file: a number since iOS 10, an archived date in some older backups.
Time file_time(plist::Object const& object)
{
    if (auto const seconds = object.as_int())
        return Time::unix_seconds(*seconds);
    if (auto date = object.as_date())
        return *std::move(date);
    return {};
}

constexpr std::array kAttributes { "Size"sv, "Mode"sv, "UserID"sv, "GroupID"sv, "InodeNumber"sv, "Birth"sv,
    "LastModified"sv, "LastStatusChange"sv, "ProtectionClass"sv, "EncryptionKey"sv, "Target"sv };
using Attributes = std::array<plist::Object, kAttributes.size()>;

void put_attributes(Attributes const& attributes, BackupFile& row, Scratch& scratch)
{
    auto const& [size, mode, user, group, inode, birth, modified, changed, protection, key, target]
        = attributes;
    row.size = size.as_int();
    row.user_id = user.as_int();
    row.group_id = group.as_int();
    row.inode = inode.as_int();
    row.protection_class = protection.as_int();
    row.created = file_time(birth);
    row.modified = file_time(modified);
    row.status_changed = file_time(changed);
    row.is_encrypted = static_cast<bool>(key);
    if (auto const bits = mode.as_int()) {
        scratch.mode.clear();
        fmt::format_to(
            std::back_inserter(scratch.mode), "0o{:o}", static_cast<std::uint64_t>(*bits) & 0xFFFFU);
        row.mode = scratch.mode;
    }
    if (auto text = target.as_text()) {
        scratch.target = *std::move(text);
        row.link_target = scratch.target;
    }
}

/// What domain and path tell.
void locate(BackupFile& row, Scratch& scratch)
{
    if (!row.domain)
        return;
    auto const domain = *row.domain;
    backup_path::device_path(domain, row.relative_path.value_or(""sv), scratch.path);
    row.path = scratch.path;
    if (auto const app = backup_path::app_of(domain); !app.empty())
        row.bundle_id = app;
    if (auto const host = web_host_of(row.relative_path.value_or(""sv)); !host.empty())
        row.web_host = host;
}

Result<void> parse_database(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.has_table("Files"))
        return fail(Fault::unsupported, "the database has no table `Files`");
    Scratch scratch;
    Attributes attributes;
    plist::ArchiveFields archives { kAttributes, attributes };
    return each_row<BackupFile>(database, context, { .alias = "file", .table = "Files", .deleted = true },
        kFields, [&](BackupFile& row, Origin origin) {
            locate(row, scratch);
            if (auto const read = archives.read(row.archive.value_or(Bytes {})))
                put_attributes(attributes, row, scratch);
            else if (row.archive || origin.recovered == Recovered::live)
                context.note(
                    Level::warning, read.error().fault, "the attributes of a file cannot be read", origin);
            return context.add(kFiles, row, origin);
        });
}

/// Backups of iOS 9 and earlier: one stream of records, kinds told by the mode alone.
void read_record(mbdb::Record const& record, BackupFile& row, Scratch& scratch)
{
    constexpr std::uint16_t kind_mask = 0xF000;
    constexpr std::uint16_t folder = 0x4000;
    constexpr std::uint16_t link = 0xA000;
    row.domain = record.domain;
    row.relative_path = record.path;
    auto const kind = record.mode & kind_mask;
    row.flags = kind == folder ? 2 : kind == link ? 4 : 1;
    row.modified = Time::unix_seconds(std::int64_t { record.modified });
    row.status_changed = Time::unix_seconds(std::int64_t { record.changed });
    row.user_id = record.user;
    row.group_id = record.group;
    row.size = static_cast<std::int64_t>(record.size);
    row.inode = static_cast<std::int64_t>(record.inode);
    row.protection_class = record.protection_class;
    row.is_encrypted = !record.key.empty();
    if (!record.target.empty())
        row.link_target = record.target;
    scratch.mode = fmt::format("0o{:o}", record.mode);
    row.mode = scratch.mode;
    locate(row, scratch);
}

Result<void> parse_mbdb(Input const& input, Context& context)
{
    Scratch scratch;
    Result<void> added;
    EXHIBIT_TRY(mbdb::visit(*input.source, [&](mbdb::Record const& record, std::uint64_t offset) {
        BackupFile row;
        read_record(record, row, scratch);
        added = context.add(kFiles, row, Origin { offset });
        return added.has_value();
    }));
    return added;
}

Result<void> parse(Input const& input, Context& context)
{
    return mbdb::has_magic(*input.source) ? parse_mbdb(input, context) : parse_database(input, context);
}

constexpr std::array kPaths { "@backup/Manifest.db"sv, "@backup/Manifest.mbdb"sv };
constexpr std::array<Table const*, 1> kTables { &kFiles };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.manifest",
    .title = "Files of the backup",
    .doc = "Every file that the backup lists, with its times, size, owner and mode: also of those that it "
           "does not hold, and, marked as recovered, of those that it once listed. Read from "
           "Manifest.db, or from Manifest.mbdb in backups of iOS 9 and earlier.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::manifest
