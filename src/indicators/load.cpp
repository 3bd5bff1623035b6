#include "indicators/load.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "base/utf16.hpp"
#include "indicators/ascii.hpp"
#include "indicators/digest.hpp"
#include "indicators/pack_folder.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace exhibit::indicators {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostUnread = 50; // of one folder, by name

enum class Format : std::uint8_t { stix, misp, csv };

std::string_view without_mark(std::string_view text)
{
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

/// Told from the content, since packs of all formats are called `.json`.
Format format_of(std::string_view text)
{
    auto const start = trim(text.substr(0, std::min<std::size_t>(text.size(), 64)));
    if (!start.starts_with('{') && !start.starts_with('['))
        return Format::csv;
    auto const has = [&](std::string_view key) { return text.find(key) != text.npos; };
    bool const misp = has("\"Event\"") || has("\"Attribute\"");
    return misp && !has("\"pattern\"") && !has("\"spec_version\"") ? Format::misp : Format::stix;
}

Result<std::string> read_file(fs::path const& path)
{
    std::error_code error;
    auto const size = fs::file_size(path, error);
    if (error)
        return fail(Fault::io, "the indicator file cannot be read");
    if (size > kLargestPack)
        return fail(Fault::over_limit, "the indicator file is too large");
    std::ifstream file { path, std::ios::binary };
    std::string text(size, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(size)))
        return fail(Fault::io, "the indicator file cannot be read");
    return text;
}

bool is_pack_name(fs::path const& path)
{
    constexpr std::array<std::string_view, 5> endings { ".stix2", ".stix", ".json", ".csv", ".tsv" };
    auto const ending = to_lower(path.extension().string());
    return std::ranges::find(endings, ending) != endings.end() && path.filename() != kIndexFile;
}

/// What stands beside packs and holds no indicators: words on them, an index, YARA rules (`--yara`).
bool is_no_pack(fs::path const& path)
{
    constexpr std::array<std::string_view, 5> endings { ".yaml", ".yml", ".md", ".yar", ".yara" };
    constexpr std::array<std::string_view, 3> names { "readme", "license", "licence" };
    auto const name = to_lower(path.filename().string());
    return path.filename() == kIndexFile
        || std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); })
        || std::ranges::any_of(names, [&](auto begin) { return name.starts_with(begin); });
}

struct Listing {
    std::vector<fs::path> packs;
    std::vector<fs::path> unread; ///< files of other kinds, and folders that links lead to
};

void list(fs::recursive_directory_iterator& entry, Listing& listing)
{
    std::error_code ignored;
    auto const is_folder = entry->is_directory(ignored);
    if (entry->path().filename().string().starts_with('.')) {
        if (is_folder) // among them an update that is not finished
            entry.disable_recursion_pending();
        return;
    }
    // What cannot be read, such as a link that leads nowhere, is named later and not left out.
    if (!is_folder && is_pack_name(entry->path()))
        listing.packs.push_back(entry->path());
    else if (is_folder ? entry->is_symlink(ignored) : !is_no_pack(entry->path()))
        listing.unread.push_back(entry->path());
}

Result<Listing> files_below(fs::path const& folder)
{
    Listing listing;
    std::error_code error;
    fs::recursive_directory_iterator entry { folder, error };
    for (; !error && entry != fs::recursive_directory_iterator {}; entry.increment(error))
        list(entry, listing);
    if (error)
        return fail(Fault::io, "the folder of indicators cannot be read");
    if (listing.packs.empty())
        return fail(Fault::missing, "the folder holds no indicator files");
    std::ranges::sort(listing.packs);
    std::ranges::sort(listing.unread);
    return listing;
}

/// What `update` noted about the packs of a folder, for the folder asked about last.
class Notes {
public:
    void apply(Pack& pack, fs::path const& path)
    {
        if (!m_folder || *m_folder != path.parent_path()) {
            m_folder = path.parent_path();
            m_packs = read_kept_packs(*m_folder);
        }
        // A file that was changed since is no longer what the note is about.
        auto const note = std::ranges::find(m_packs, pack.sha256, &KeptPack::sha256);
        if (note == m_packs.end())
            return;
        pack.url = note->url;
        for (auto const& source : note->sources)
            if (pack.source.find(source) == std::string::npos)
                pack.source += (pack.source.empty() ? "" : ", ") + source;
    }

private:
    std::optional<fs::path> m_folder;
    std::vector<KeptPack> m_packs;
};

/// A file that could not become a pack is one without indicators, so that it is named wherever packs are.
void add_empty_pack(SetBuilder& builder, fs::path const& path, Reason reason, std::string_view detail)
{
    Pack pack;
    pack.file = path.filename().string();
    pack.title = pack.file;
    builder.begin_pack(std::move(pack));
    builder.add_problem(reason, {}, detail);
}

void add_unread(SetBuilder& builder, fs::path const& folder, std::span<fs::path const> unread)
{
    auto const named = unread.first(std::min(unread.size(), kMostUnread));
    for (auto const& path : named)
        add_empty_pack(builder, path, Reason::not_read, path.lexically_relative(folder).string());
    if (named.size() != unread.size())
        builder.add_problem(
            Reason::not_read, {}, "and " + std::to_string(unread.size() - named.size()) + " more");
}

} // namespace

void load_pack(SetBuilder& builder, std::string_view file_name, std::string_view text)
{
    Pack pack;
    pack.file = file_name;
    pack.title = file_name;
    pack.bytes = text.size();
    pack.sha256 = sha256_hex(text);
    text = without_mark(text);
    std::string converted;
    if (utf16_order(as_bytes(text))) // Spreadsheets save tables so.
        text = converted = to_utf8(std::string { text });
    auto const format = format_of(text);
    constexpr std::array<std::string_view, 3> names { "stix", "misp", "csv" };
    pack.format = names[static_cast<std::size_t>(format)];
    builder.begin_pack(std::move(pack));
    switch (format) {
    case Format::stix:
        return load_stix(builder, text);
    case Format::misp:
        return load_misp(builder, text);
    case Format::csv:
        return load_csv(builder, text);
    }
}

Result<void> load_path(SetBuilder& builder, fs::path const& path)
{
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        auto const text = EXHIBIT_TRY(read_file(path));
        load_pack(builder, path.filename().string(), text);
        return {};
    }
    Notes notes;
    auto const listing = EXHIBIT_TRY(files_below(path));
    for (auto const& file : listing.packs) {
        if (auto const text = read_file(file)) {
            load_pack(builder, file.filename().string(), *text);
            notes.apply(builder.pack(), file);
        } else {
            add_empty_pack(builder, file, Reason::damaged_file, text.error().what);
        }
    }
    add_unread(builder, path, listing.unread);
    return {};
}

} // namespace exhibit::indicators
