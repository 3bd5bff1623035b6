#include "acquisition/acquisition.hpp"
#include "acquisition/ios_file_system/declared.hpp"
#include "acquisition/ios_file_system/file_system.hpp"
#include "acquisition/ios_file_system/pulled.hpp"
#include "acquisition/other_acquisitions.hpp"
#include "acquisition/recognizer.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>
#include <utility>

namespace exhibit {

namespace {

// A zip of a backup usually holds the backup's folder, and sometimes that folder's parent.
constexpr unsigned kDeepestParent = 2;
constexpr std::size_t kMostFolders = 4096;
constexpr std::size_t kMostListed = 10;

/// What begins at this folder; an acquisition that can be opened before one that can only be named.
Recognizer const* recognize(Container const& container, std::string const& folder)
{
    auto const table = recognizers();
    for (auto const can_open : { true, false })
        for (auto const& recognizer : table)
            if ((recognizer.open != nullptr) == can_open && recognizer.is_at(container, folder))
                return &recognizer;
    return nullptr;
}

std::vector<std::string> folders_in(Container const& container, std::vector<std::string> const& above)
{
    std::vector<std::string> folders;
    for (auto const& folder : above)
        // One that cannot be listed has no candidates in it.
        (void)container.children(folder, Detail::names, [&](Node const& node) {
            if (node.kind == EntryKind::folder)
                folders.emplace_back(node.path);
            return folders.size() < kMostFolders;
        });
    return folders;
}

/// The candidates nearest to the container's root that can be opened: all of one level, and none below them.
/// Without any, those that can only be named.
std::vector<Candidate> find_candidates(Container const& container)
{
    std::vector<std::string> folders { "" };
    std::vector<Candidate> named;
    for (unsigned depth = 0; depth <= kDeepestParent && !folders.empty(); ++depth) {
        std::vector<Candidate> found;
        for (auto const& folder : folders)
            if (auto const* const recognizer = recognize(container, folder))
                (recognizer->open != nullptr ? found : named).push_back({ recognizer, folder });
        if (!found.empty())
            return found;
        if (depth != kDeepestParent)
            folders = folders_in(container, folders);
    }
    return named;
}

std::string where(std::filesystem::path const& path, std::string const& folder)
{
    return escape_for_terminal(folder.empty() ? path.string() : (path / folder).string());
}

Refusal refuse_several(std::filesystem::path const& path, std::vector<Candidate> const& candidates)
{
    Refusal refusal { Fault::unsupported,
        "There are several acquisitions here: ", "Name the one to examine." };
    for (std::size_t i = 0; i < std::min(candidates.size(), kMostListed); ++i)
        refusal.message += (i == 0 ? "" : ", ") + where(path, candidates[i].folder) + " ("
            + std::string { candidates[i].recognizer->name } + ")";
    if (candidates.size() > kMostListed)
        refusal.message += " and " + std::to_string(candidates.size() - kMostListed) + " more";
    return refusal;
}

/// What kind of archive a file is that is not read; empty: none that is known.
std::string_view foreign_archive(Container const& container, std::string const& path)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kinds {
        { { "7z\xBC\xAF\x27\x1C", "7-Zip" }, { "Rar!\x1A\x07", "RAR" },
            { "\xFD"
              "7zXZ",
                "xz" },
            { "BZh", "bzip2" }, { "\x28\xB5\x2F\xFD", "zstd" } }
    };
    auto const source = container.open(path);
    std::array<std::byte, 8> head {};
    auto const count = source ? (*source)->read_at(0, head) : fail(Fault::io, "");
    if (count)
        for (auto const& [magic, name] : kinds)
            if (as_text(Bytes { head }.first(*count)).starts_with(magic))
                return name;
    return {};
}

/// The archives that lie in a folder, with what each of them holds where that is known.
std::string archives_in(
    std::filesystem::path const& folder, Container const& container, OpenOptions const& options)
{
    std::vector<std::string> files;
    (void)container.children({}, Detail::names, [&](Node const& node) {
        if (node.kind == EntryKind::file)
            files.emplace_back(node.path);
        return files.size() < kMostListed;
    });
    std::string out;
    for (auto const& file : files) {
        auto const inside = open_container(folder / file, options);
        if (!inside || !(*inside)->form().ends_with("archive"))
            continue;
        out += (out.empty() ? "" : ", ") + escape_for_terminal((folder / file).string());
        if (auto const candidates = find_candidates(**inside); !candidates.empty())
            out += " (" + std::string { candidates.front().recognizer->name } + ")";
    }
    return out;
}

struct Listing {
    std::vector<std::string> first; ///< names, as they are shown
    std::string last; ///< the path of the last one
    std::size_t zips = 0;
    std::size_t count = 0;
    bool failed = false;
};

Listing list_root(Container const& container)
{
    constexpr std::size_t most_shown = 3;
    Listing listing;
    auto const listed = container.children({}, Detail::names, [&](Node const& node) {
        listing.last = node.path;
        if (node.kind == EntryKind::file && to_lower(node.path).ends_with(".zip"))
            ++listing.zips;
        if (++listing.count <= most_shown)
            listing.first.push_back(escape_for_terminal(base_name(node.path)));
        return true;
    });
    listing.failed = !listed;
    return listing;
}

/// What a file is that is no acquisition.
std::string words_of_file(Container const& container, std::string const& path)
{
    auto const node = container.find(path);
    if (node && node->size == 0)
        return "This file is empty: nothing of it was copied or downloaded.";
    if (is_named_as_archive(path))
        return "This file is named like an archive and does not begin like one: it was not copied or "
               "downloaded whole, was overwritten, or is something else.";
    return "This is a single file of a kind that is no acquisition.";
}

/// What lies there instead of an acquisition.
std::string words_of(Container const& container, Listing const& listing)
{
    auto const more = listing.count - listing.first.size();
    auto words = fmt::format("This {} holds no acquisition that is known. It holds {}{}.", container.form(),
        fmt::join(listing.first, ", "), more == 0 ? std::string {} : fmt::format(" and {} more", more));
    for (auto const& problem : container.problems())
        if (problem.damage)
            words += " Besides, " + problem.message + ".";
    return words;
}

Refusal refuse_unknown(
    Container const& container, std::filesystem::path const& path, OpenOptions const& options)
{
    auto const listing = list_root(container);
    auto const form = container.form();
    bool const is_file = form == "single file";
    if (auto const archive = is_file ? foreign_archive(container, listing.last) : std::string_view {};
        !archive.empty())
        return { Fault::unsupported, fmt::format("This is a {} archive, which is not read.", archive),
            "Unpack it, and name the folder or file that comes out." };
    Refusal refusal { Fault::unsupported, {},
        "Name the folder, zip or tar of an acquisition. Of an iPhone that is, for example, the folder of a "
        "backup, which holds Manifest.db and Info.plist; a part of its file system is best named with its "
        "folders from private/var on. Of an Android phone it is the zip of a bug report, the folder or zip "
        "that AndroidQF wrote, or the file that adb backup wrote." };
    if (listing.failed)
        refusal.message = fmt::format("This {} cannot be listed.", form);
    else if (auto const problems = container.problems(); listing.count == 0 && !problems.empty())
        refusal.message = fmt::format("Nothing in this {} can be used: {}.", form, problems.front().message);
    else if (listing.count == 0)
        refusal.message = fmt::format("This {} is empty.", form);
    else
        refusal.message = is_file ? words_of_file(container, listing.last) : words_of(container, listing);
    if (auto const archives = form == "folder" ? archives_in(path, container, options) : std::string {};
        !archives.empty())
        refusal.advice = "Archives in a folder are not opened by themselves: name the one to examine, "
            + archives + ". " + refusal.advice;
    if (form != "folder" && !is_file && listing.zips != 0)
        refusal.advice
            = "Of zips inside of an archive just one bug report is opened by itself: unpack it, and name the "
              "zip to examine. "
            + refusal.advice;
    return refusal;
}

} // namespace

std::expected<std::unique_ptr<Acquisition>, Refusal> open_acquisition(
    std::filesystem::path const& path, OpenOptions const& options)
{
    auto container = open_container(path, options);
    if (!container)
        return std::unexpected(std::move(container.error()));
    auto candidates = find_candidates(**container);
    if (candidates.empty())
        if (auto zip = zip_at_end_of(**container, options.stop)) {
            *container = std::move(zip);
            candidates = find_candidates(**container);
        }
    if (candidates.empty()) {
        auto part = ios_file_system::find_declared_part(**container, options);
        if (!part)
            part = ios_file_system::find_pulled_part(**container, options);
        if (!part)
            return std::unexpected(refuse_unknown(**container, path, options));
        return std::make_unique<ios_file_system::IosFileSystem>(
            std::move(*container), std::move(part->folder), std::move(part->mounts));
    }
    if (candidates.size() > 1 && candidates.front().recognizer->open != nullptr)
        return std::unexpected(refuse_several(path, candidates));
    auto const& [recognizer, folder] = candidates.front();
    if (recognizer->open == nullptr)
        return std::unexpected(Refusal { Fault::unsupported,
            "This is " + std::string { recognizer->name }
                + (folder.empty() ? "." : ", in " + where(path, folder) + "."),
            std::string { recognizer->advice } });
    note_others(**container, path, candidates.front());
    if (recognizer->kind)
        options.recognized(*recognizer->kind);
    return recognizer->open(*container, folder, options);
}

} // namespace exhibit
