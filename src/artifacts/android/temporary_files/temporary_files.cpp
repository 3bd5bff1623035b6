#include "artifact/artifact.hpp"
#include "base/text.hpp"
#include "formats/crypto/digest.hpp"

#include <array>

namespace exhibit::android::temporary_files {
namespace {

struct TemporaryFile {
    std::string_view path;
    std::string_view file_name;
    std::string_view kind;
    std::int64_t size = 0;
    std::optional<std::string> sha256;
};

constexpr std::array kColumns {
    column<&TemporaryFile::path>("path", Is::path, "Where it lay on the device."),
    column<&TemporaryFile::file_name>("file_name", Is::file_name, "Its name."),
    column<&TemporaryFile::kind>("kind", Is::opaque,
        "What its first bytes say: `elf` a program or library, `dex` code of an app, `zip` an app or another "
        "archive, `script`, `other`."),
    column<&TemporaryFile::size>("size", "Bytes of its content."),
    column<&TemporaryFile::sha256>("sha256", Is::hash, "SHA-256 of its content; empty for a very large one."),
};
constexpr auto kFiles = table<TemporaryFile>("android_temporary_file",
    "One row per file that was copied from the folder that computers write to.", Relation::present, kColumns);

struct Magic {
    std::string_view kind;
    std::string_view bytes;
};
constexpr std::array kMagics {
    Magic { "elf",
        "\x7f"
        "ELF" },
    Magic { "dex", "dex\n" },
    Magic { "zip", "PK\x03\x04" },
    Magic { "script", "#!" },
};

std::string_view kind_of(std::string_view head)
{
    for (auto const& magic : kMagics)
        if (head.starts_with(magic.bytes))
            return magic.kind;
    return "other";
}

Result<void> parse(Input const& input, Context& context)
{
    TemporaryFile row;
    row.path = input.path;
    row.file_name = base_name(input.path);
    row.size = static_cast<std::int64_t>(input.source->size());
    if (input.source->size() <= context.limits().whole_file) {
        auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
        row.kind = kind_of(as_text(content.bytes()));
        row.sha256 = sha256_hex(content.bytes());
        return context.add(kFiles, row, {});
    }
    std::array<std::byte, 4> head {};
    auto const count = EXHIBIT_TRY(input.source->read_at(0, head));
    row.kind = kind_of(as_text(Bytes { head }.first(count)));
    return context.add(kFiles, row, {});
}

constexpr std::array<std::string_view, 1> kPaths { "/data/local/tmp/**" };
constexpr std::array<Table const*, 1> kTables { &kFiles };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.temporary_files",
    .title = "Files in the folder that computers write to",
    .doc
    = "What AndroidQF copied from /data/local/tmp, or a copy of the file system holds there. Computers put "
      "programs there over a cable; AndroidQF's own `collector` is among them.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::temporary_files
