#include "artifact/artifact.hpp"
#include "artifacts/common/file_list.hpp"
#include "artifacts/ios/common/web_host.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::ios::filesystem {
namespace {

using namespace std::string_view_literals;

struct File {
    std::string_view path;
    std::optional<std::string_view> web_host;
    std::string_view file_kind;
    std::optional<std::int64_t> size;
    Time modified;
    std::optional<std::string_view> sha256;
    std::optional<std::string_view> md5;
    std::optional<std::string_view> sha1;
    std::string_view stored_as;
};

constexpr std::array kColumns {
    column<&File::path>("path", Is::path, "Where it lies on the device.").mvt("path"),
    column<&File::web_host>("web_host", Is::domain,
        "Host of the web site that a folder or file is named after: WebKit names those for stored data "
        "https_host_0, and some stay when the data is gone.")
        .mvt("-"),
    column<&File::file_kind>("file_kind", Is::opaque, "file, folder or link: one of three fixed words.")
        .mvt("-"),
    column<&File::size>("size", "Bytes.").mvt("-"),
    column<&File::modified>(
        "modified", Clock::entry_modified, "When it was last changed, as the acquisition has it.")
        .mvt("modified"),
    column<&File::sha256>("sha256", Is::hash, "SHA-256 of its content, where files were hashed.").mvt("-"),
    column<&File::md5>("md5", Is::hash, "MD5, where an indicator needs it.").mvt("-"),
    column<&File::sha1>("sha1", Is::hash, "SHA-1, where an indicator needs it.").mvt("-"),
    column<&File::stored_as>(
        "stored_as", Is::opaque, "Where the acquisition keeps it; `path` can be compared.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "modified", "entry_modified", "{path}" } };
constexpr auto kFiles = table<File>("ios_file", "One row per file, folder and link of the acquisition.",
    Relation::present, kColumns, kEvents, "filesystem");

Result<void> parse(Input const& input, Context& context)
{
    return for_each_listed_file(input, context, [&](ListedFile const& file, Origin origin) {
        File row;
        row.path = file.path;
        if (auto const host = web_host_of(base_name(row.path)); !host.empty())
            row.web_host = host;
        row.file_kind = file.kind;
        row.size = file.size;
        row.modified = file.modified;
        row.sha256 = file.sha256;
        row.md5 = file.md5;
        row.sha1 = file.sha1;
        row.stored_as = file.stored;
        return context.add(kFiles, row, origin);
    });
}

constexpr std::array kPaths { "@acquisition/files"sv };
constexpr std::array<Table const*, 1> kTables { &kFiles };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.filesystem",
    .title = "Files of the file system",
    .doc
    = "Every file, folder and link that the acquisition holds, and with `--hash` the digests of all "
      "content. Read from the acquisition itself: file systems always, backups only when files are hashed, "
      "since `ios.manifest` lists their files with more about each. Times are worth what the tool that made "
      "the acquisition kept of them.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::filesystem
