#include "indicators/public_index.hpp"

#include "base/text.hpp"
#include "indicators/ascii.hpp"
#include "indicators/digest.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <yaml-cpp/yaml.h>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kMostEntries = 1000;
constexpr std::size_t kLongestFile = 100;

std::string text_of(YAML::Node const& map, char const* key)
{
    auto const node = map[key];
    return node && node.IsScalar() ? node.Scalar() : std::string {};
}

std::vector<std::string> texts_of(YAML::Node const& map, char const* key)
{
    std::vector<std::string> texts;
    auto const node = map[key];
    if (node && node.IsScalar())
        texts.push_back(node.Scalar());
    else if (node && node.IsSequence())
        for (auto const& member : node)
            if (member.IsScalar() && texts.size() < 64)
                texts.push_back(member.Scalar());
    return texts;
}

/// Appends `/` and the path with each segment escaped. Returns false for empty or dot segments, which
/// could name something else than the entry says.
bool append_path(std::string& url, std::string_view path)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    while (true) {
        auto const slash = std::min(path.find('/'), path.size());
        auto const segment = path.substr(0, slash);
        if (segment.empty() || segment == "." || segment == "..")
            return false;
        url += '/';
        for (char const c : segment) {
            auto const byte = static_cast<unsigned char>(c);
            if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
                url += c;
            else
                url.append({ '%', digits[byte >> 4U], digits[byte & 0xFU] });
        }
        if (slash == path.size())
            return true;
        path.remove_prefix(slash + 1);
    }
}

std::string safe_name(std::string_view text)
{
    std::string name;
    for (char const c : text)
        name += is_alnum(c) || c == '-' || c == '.' ? c : '_';
    while (name.starts_with('.'))
        name.erase(0, 1);
    return name;
}

/// A file name that tells where the pack is from, ends so that the loader takes it, and is the same each
/// time.
std::string file_for(std::string_view origin, std::string_view url, std::set<std::string>& taken)
{
    constexpr std::array<std::string_view, 4> endings { ".stix2", ".json", ".csv", ".tsv" };
    auto name = safe_name(origin);
    auto const known = std::ranges::find_if(endings, [&](auto ending) { return name.ends_with(ending); });
    std::string const ending { known == endings.end() ? std::string_view { ".stix2" } : *known };
    if (known != endings.end())
        name.resize(name.size() - ending.size());
    if (name.empty() || name.size() > kLongestFile || taken.contains(to_lower(name + ending)))
        name = name.substr(0, kLongestFile) + '-' + sha256_hex(url).substr(0, 12);
    taken.insert(to_lower(name + ending));
    return name + ending;
}

void read_github(
    YAML::Node const& github, std::string_view base, IndexEntry& entry, std::set<std::string>& taken)
{
    if (!github || !github.IsMap()) {
        entry.problem = "the entry lacks owner, repo, branch and path";
        return;
    }
    auto const owner = text_of(github, "owner");
    auto const repo = text_of(github, "repo");
    auto const path = text_of(github, "path");
    auto url = std::string { base };
    for (auto const& part : { owner, repo, text_of(github, "branch"), path }) {
        if (!append_path(url, part)) {
            entry.problem = "owner, repo, branch or path is missing or no plain path";
            return;
        }
    }
    entry.url = url;
    entry.file = file_for(owner + '_' + repo + '_' + path, url, taken);
}

IndexEntry read_entry(YAML::Node const& node, std::string_view base, std::set<std::string>& taken)
{
    IndexEntry entry;
    if (!node.IsMap()) {
        entry.title = "(an entry of the index)";
        entry.problem = "the entry is no list of keys and values";
        return entry;
    }
    entry.title = text_of(node, "name");
    if (entry.title.empty())
        entry.title = "(an entry without a name)";
    entry.sources = texts_of(node, "sources");
    entry.references = texts_of(node, "references");
    auto const type = text_of(node, "type");
    if (type == "github") {
        read_github(node["github"], base, entry, taken);
    } else if (type == "download") {
        entry.url = text_of(node, "download_url");
        if (entry.url.empty())
            entry.problem = "the entry lacks download_url";
        else
            entry.file = file_for(
                entry.url.substr(std::min(entry.url.find("//"), entry.url.size())), entry.url, taken);
    } else {
        entry.problem = "the type of the entry is not known";
    }
    return entry;
}

} // namespace

Result<std::vector<IndexEntry>> read_public_index(std::string_view yaml, std::string_view base)
{
    std::vector<IndexEntry> entries;
    std::set<std::string> taken;
    try {
        auto const document = YAML::Load(std::string { yaml });
        auto const list = document.IsMap() ? document["indicators"] : YAML::Node {};
        if (!list || !list.IsSequence())
            return fail(Fault::malformed, "the index has no list of indicators");
        if (list.size() > kMostEntries)
            return fail(Fault::over_limit, "the index has too many entries");
        std::set<std::string> seen;
        for (auto const& node : list) {
            auto entry = read_entry(node, base, taken);
            if (entry.url.empty() || seen.insert(entry.url).second)
                entries.push_back(std::move(entry));
        }
    } catch (YAML::Exception const& error) {
        return fail(Fault::malformed, "the index is no valid YAML",
            static_cast<std::uint64_t>(std::max(error.mark.line, 0)));
    }
    return entries;
}

} // namespace exhibit::indicators
