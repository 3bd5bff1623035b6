#include "artifact/artifact.hpp"
#include "artifacts/ios/common/web_host.hpp"
#include "base/line_reader.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios::filesystem {
namespace {

using namespace std::string_view_literals;

struct File {
    std::string path;
    std::optional<std::string_view> web_host;
    std::string_view file_kind;
    std::optional<std::int64_t> size;
    Time modified;
    std::optional<std::string_view> sha256;
    std::optional<std::string_view> md5;
    std::optional<std::string_view> sha1;
    std::string stored_as;
};

constexpr std::array kColumns {
    column<&File::path>("path", Is::path, "Where it lies on the device.").mvt("path"),
    column<&File::web_host>("web_host", Is::domain,
        "Host of the web site that a folder is named after: WebKit names folders for stored data "
        "https_host_0, and some stay when the data is gone.")
        .mvt("-"),
    column<&File::file_kind>("file_kind", Is::opaque, "file, folder or link: one of three fixed words.")
        .mvt("-"),
    column<&File::size>("size", "Bytes.").mvt("-"),
    column<&File::modified>(
        "modified", Clock::unix_micros, "When it was last changed, as the acquisition has it.")
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

std::string unescaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i != text.size(); ++i) {
        char c = text[i];
        if (c == '\\' && i + 1 != text.size()) {
            c = text[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        out += c;
    }
    return out;
}

std::optional<std::string_view> known(std::string_view text)
{
    return text == "-" ? std::nullopt : std::optional { text };
}

constexpr std::size_t kFieldCount = 8;

/// The fields of a line; nothing when it has another number of them.
std::optional<std::array<std::string_view, kFieldCount>> fields_of(std::string_view line)
{
    std::array<std::string_view, kFieldCount> fields;
    for (std::size_t i = 0; i != kFieldCount; ++i) {
        auto const end = line.find('\t');
        if ((end == std::string_view::npos) != (i + 1 == kFieldCount))
            return std::nullopt;
        fields[i] = line.substr(0, end);
        line.remove_prefix(std::min(line.size(), end == std::string_view::npos ? end : end + 1));
    }
    return fields;
}

Result<void> parse(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    Line line;
    while (reader.next(line)) {
        Origin const origin { line.number };
        auto const fields = fields_of(line.text);
        if (!fields) {
            context.note(
                Level::damage, Fault::malformed, "a line of the list of files has other fields", origin);
            continue;
        }
        auto const& [kind, size, modified, sha256, md5, sha1, path, stored] = *fields;
        File row;
        row.path = unescaped(path);
        if (kind == "folder")
            if (auto const host = web_host_of(base_name(row.path)); !host.empty())
                row.web_host = host;
        row.file_kind = kind;
        row.size = whole_number<std::int64_t>(size);
        if (auto const micros = whole_number<std::int64_t>(modified))
            row.modified = Time::unix_micros(*micros);
        row.sha256 = known(sha256);
        row.md5 = known(md5);
        row.sha1 = known(sha1);
        row.stored_as = unescaped(stored);
        EXHIBIT_TRY(context.add(kFiles, row, origin));
    }
    return reader.result();
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
