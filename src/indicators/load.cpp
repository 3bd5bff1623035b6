#include "indicators/load.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "indicators/ascii.hpp"
#include "indicators/digest.hpp"
#include "indicators/pack_folder.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <system_error>
#include <vector>

namespace exhibit::indicators {
namespace {

namespace fs = std::filesystem;

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

Result<std::vector<fs::path>> packs_below(fs::path const& folder)
{
    std::vector<fs::path> paths;
    std::error_code error;
    fs::recursive_directory_iterator entry { folder, error };
    for (; !error && entry != fs::recursive_directory_iterator {}; entry.increment(error)) {
        std::error_code ignored;
        auto const hidden = entry->path().filename().string().starts_with('.');
        if (hidden && entry->is_directory(ignored)) // among them an update that is not finished
            entry.disable_recursion_pending();
        // What cannot be read, such as a link that leads nowhere, is named later and not left out.
        if (!hidden && !entry->is_directory(ignored) && is_pack_name(entry->path()))
            paths.push_back(entry->path());
    }
    if (error)
        return fail(Fault::io, "the folder of indicators cannot be read");
    if (paths.empty())
        return fail(Fault::missing, "the folder holds no indicator files");
    std::ranges::sort(paths);
    return paths;
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

void load_unreadable(SetBuilder& builder, fs::path const& path, Error const& error)
{
    Pack pack;
    pack.file = path.filename().string();
    pack.title = pack.file;
    builder.begin_pack(std::move(pack));
    builder.add_problem(Reason::damaged_file, {}, error.what);
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
    for (auto const& file : EXHIBIT_TRY(packs_below(path))) {
        if (auto const text = read_file(file)) {
            load_pack(builder, file.filename().string(), *text);
            notes.apply(builder.pack(), file);
        } else {
            load_unreadable(builder, file, text.error());
        }
    }
    return {};
}

} // namespace exhibit::indicators
