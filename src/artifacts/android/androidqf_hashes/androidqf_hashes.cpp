#include "artifact/artifact.hpp"
#include "base/line_reader.hpp"

#include <array>

namespace exhibit::android::androidqf_hashes {
namespace {

struct Hash {
    std::string_view stored_as;
    std::string_view file_name;
    std::string_view sha256;
};

constexpr std::array kColumns {
    column<&Hash::stored_as>(
        "stored_as", Is::opaque, "The file, as AndroidQF named it: on the computer, or in its archive."),
    column<&Hash::file_name>("file_name", Is::file_name, "Its name without the folder."),
    column<&Hash::sha256>("sha256", Is::hash, "SHA-256 of its content when it was copied."),
};
constexpr auto kHashes = table<Hash>("android_androidqf_hash",
    "One row per file that AndroidQF made or copied, with its digest.", Relation::present, kColumns);

bool is_digest(std::string_view text)
{
    return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

/// `folder/apks/com.example.apk,<sha256>`, without a header. A path with a comma or a quote is quoted.
Result<void> parse(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    for (Line line; lines.next(line);) {
        Origin const origin { line.offset };
        auto const comma = line.text.rfind(',');
        auto const digest = comma == line.text.npos ? std::string_view {} : line.text.substr(comma + 1);
        if (!is_digest(digest)) {
            if (!line.text.empty())
                context.note(Level::damage, Fault::malformed, "a line that holds no SHA-256", origin);
            continue;
        }
        auto stored = line.text.substr(0, comma);
        if (stored.size() > 1 && stored.starts_with('"') && stored.ends_with('"'))
            stored = stored.substr(1, stored.size() - 2);
        // The computer may have been one with Windows.
        auto const name = stored.substr(stored.find_last_of("/\\") + 1);
        EXHIBIT_TRY(context.add(kHashes, Hash { stored, name, digest }, origin));
    }
    return lines.result();
}

constexpr std::array<std::string_view, 1> kPaths { "@androidqf/hashes.csv" };
constexpr std::array<Table const*, 1> kTables { &kHashes };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.androidqf_hashes",
    .title = "Digests that AndroidQF noted",
    .doc
    = "AndroidQF writes the SHA-256 of each file of its acquisition to hashes.csv, that of apps that it "
      "copied "
      "among them: also of files that were taken out of the acquisition since. Files that were still written "
      "then, such as its log, have another digest now.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::androidqf_hashes
