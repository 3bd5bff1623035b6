#include "artifact/artifact.hpp"
#include "artifacts/common/file_list.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace exhibit::android::files {
namespace {

struct File {
    std::string_view path;
    std::string_view file_kind;
    std::optional<std::int64_t> size;
    Time modified;
    std::optional<std::string_view> sha256;
    std::optional<std::string_view> md5;
    std::optional<std::string_view> sha1;
    std::string_view stored_as;
};

constexpr std::array kColumns {
    column<&File::path>("path", Is::path,
        "Where it lay on the device; what belongs to the acquisition itself stands below `@androidqf`, "
        "`@bugreport`, `@intrusion_logs` or `@adb_backup`."),
    column<&File::file_kind>("file_kind", Is::opaque, "file, folder or link: one of three fixed words."),
    column<&File::size>("size", "Bytes."),
    column<&File::modified>("modified", Clock::entry_modified,
        "When it was last changed, as the acquisition has it; empty where that is the time of copying."),
    column<&File::sha256>("sha256", Is::hash, "SHA-256 of its content, where files were hashed."),
    column<&File::md5>("md5", Is::hash, "MD5, where an indicator needs it."),
    column<&File::sha1>("sha1", Is::hash, "SHA-1, where an indicator needs it."),
    column<&File::stored_as>(
        "stored_as", Is::opaque, "Where the acquisition keeps it; `path` can be compared.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "modified", "entry_modified", "{path}" } };
constexpr auto kFiles = table<File>("android_file",
    "One row per file and link of the acquisition, and per folder with nothing in it.", Relation::present,
    kColumns, kEvents);

/// A part of a dump's text is an entry of its own, and no file.
bool is_section(std::string_view path)
{
    return path.starts_with("@dumpsys/") || path.starts_with("@dumpstate/");
}

class Files {
public:
    explicit Files(Context& context)
        : m_context(context)
    {
    }

    /// A folder stands before what lies in it, and not every archive has folders: told are those of the
    /// device that nothing follows in.
    Result<void> add(ListedFile const& file)
    {
        bool const is_folder = file.kind == "folder";
        if (is_section(file.path) || (is_folder && !file.path.starts_with('/')))
            return {};
        bool const lies_in_last = m_folder && file.path.size() > m_folder->path.size()
            && file.path.starts_with(m_folder->path) && file.path[m_folder->path.size()] == '/';
        if (lies_in_last)
            m_folder.reset();
        EXHIBIT_TRY(finish());
        if (is_folder)
            m_folder = Folder { file.path, file.stored, file.size, file.modified };
        return is_folder ? Result<void> {} : add_row(file);
    }

    Result<void> finish()
    {
        if (!m_folder)
            return {};
        auto const folder = *std::exchange(m_folder, std::nullopt);
        return add_row({ folder.path, folder.stored, "folder", folder.size, folder.modified, {}, {}, {} });
    }

private:
    struct Folder {
        std::string path;
        std::string stored;
        std::optional<std::int64_t> size;
        Time modified;
    };

    /// Its number among the rows is the same whether the acquisition comes in a folder or in an archive.
    Result<void> add_row(ListedFile const& file)
    {
        return m_context.add(kFiles,
            File { file.path, file.kind, file.size, file.modified, file.sha256, file.md5, file.sha1,
                file.stored },
            Origin { ++m_rows });
    }

    Context& m_context;
    std::optional<Folder> m_folder; ///< the last line, when it was one
    std::uint64_t m_rows = 0;
};

Result<void> parse(Input const& input, Context& context)
{
    Files files { context };
    EXHIBIT_TRY(for_each_listed_file(
        input, context, [&](ListedFile const& file, Origin) { return files.add(file); }));
    return files.finish();
}

constexpr std::array<std::string_view, 1> kPaths { "@acquisition/files" };
constexpr std::array<Table const*, 1> kTables { &kFiles };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.files",
    .title = "Files of the acquisition",
    .doc = "Every file, link and empty folder that the acquisition holds: apps that AndroidQF copied, logs, "
           "files of a "
           "backup, or the whole file system. With `--hash` the digests of all content are here, and "
           "compared with "
           "indicators. Names of folders tell of apps, also of such as are gone. Read from the acquisition "
           "itself.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::files
