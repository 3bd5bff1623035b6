#include "indicators/yara.hpp"

#include "base/files_below.hpp"
#include "base/text.hpp"
#include "indicators/yara_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <yara.h>

namespace exhibit::indicators {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kStringsPerRule = 10'000;
constexpr std::size_t kMostFiles = 10'000;
constexpr std::size_t kMostYaraMatches = 1'000; ///< in one file of evidence
constexpr std::size_t kMostSource = 64U << 20U; ///< bytes of rules that are kept
constexpr std::size_t kLongestText = 16U << 10U; ///< of one rule that is shown

std::shared_ptr<void const> start_library()
{
    if (yr_initialize() != ERROR_SUCCESS)
        return nullptr;
    yr_set_configuration_uint32(YR_CONFIG_MAX_STRINGS_PER_RULE, kStringsPerRule);
    // The pointer is never followed: what matters is when the last copy of it goes.
    static char const kInUse = 0;
    return { static_cast<void const*>(&kInUse), [](void const*) { yr_finalize(); } };
}

bool is_rule_file(fs::path const& path)
{
    auto const ending = to_lower(path.extension().string());
    return ending == ".yar" || ending == ".yara";
}

/// Files with rules, to the folder that was named and holds them.
using RuleFiles = std::map<fs::path, fs::path>;

std::expected<RuleFiles, YaraProblem> files_of(std::span<fs::path const> paths)
{
    RuleFiles files;
    for (auto const& path : paths) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            files.emplace(path, path.parent_path());
            continue;
        }
        auto const below = files_below(path, kMostFiles, is_rule_file);
        if (!below)
            return std::unexpected(YaraProblem { path, 0, std::string { below.error().what } });
        if (below->empty())
            return std::unexpected(YaraProblem { path, 0, "the folder holds no .yar or .yara files" });
        for (auto const& file : *below)
            files.emplace(file, path);
    }
    return files;
}

/// What a file is called in findings, and the name space of its rules: its base name where no other file has
/// it, else its place below the folder that was named, and a number where that is not enough.
std::map<fs::path, std::string> names_of(RuleFiles const& files)
{
    std::map<std::string, unsigned> alike;
    for (auto const& [file, folder] : files)
        ++alike[file.filename().string()];
    std::map<fs::path, std::string> names;
    std::set<std::string> taken;
    for (auto const& [file, folder] : files) {
        auto name = file.filename().string();
        if (alike[name] > 1)
            name = file.lexically_relative(folder).generic_string();
        auto unique = name;
        for (unsigned number = 2; !taken.insert(unique).second; ++number)
            unique = name + " (" + std::to_string(number) + ")";
        names.emplace(file, std::move(unique));
    }
    return names;
}

/// What is left of a file, which is then at its beginning again; nothing when it cannot be: a pipe.
std::optional<std::string> content_of(FILE* file, std::size_t most)
{
    std::string content;
    std::array<char, 16U << 10U> piece {};
    std::size_t count = 0;
    while (content.size() <= most && (count = std::fread(piece.data(), 1, piece.size(), file)) != 0)
        content.append(piece.data(), count);
    if (std::fseek(file, 0, SEEK_SET) != 0)
        return std::nullopt;
    return content.size() <= most ? content : std::string {};
}

void note_problem(int level, char const*, int line, YR_RULE const*, char const* message, void* problem)
{
    auto& first = *static_cast<YaraProblem*>(problem);
    if (level == YARA_ERROR_LEVEL_ERROR && first.what.empty()) {
        first.line = static_cast<std::size_t>(std::max(line, 0));
        first.what = message;
    }
}

// libyara keeps its matches at odd addresses, and the macro that walks over them reads them there.
__attribute__((no_sanitize("alignment"))) YaraMatch read_match(YR_SCAN_CONTEXT* context, YR_RULE* rule)
{
    YaraMatch match;
    match.rule = rule->identifier;
    match.file = rule->ns->name;
    char const* tag = nullptr;
    yr_rule_tags_foreach(rule, tag)
    {
        match.tags += match.tags.empty() ? "" : " ";
        match.tags += tag;
    }
    YR_META* meta = nullptr;
    yr_rule_metas_foreach(rule, meta)
    {
        if (meta->type != META_TYPE_STRING || meta->string == nullptr)
            continue;
        std::string_view const name = meta->identifier;
        if (name == "description")
            match.description = meta->string;
        else if (name == "author")
            match.author = meta->string;
        else if (name == "severity")
            match.severity = meta->string;
        else if (name == "reference")
            match.reference = meta->string;
    }
    bool any = false;
    YR_STRING* string = nullptr;
    YR_MATCH* place = nullptr;
    yr_rule_strings_foreach(rule, string)
    {
        yr_string_matches_foreach(context, string, place)
        {
            auto const at = static_cast<std::uint64_t>(place->base + place->offset);
            match.offset = any ? std::min(match.offset, at) : at;
            any = true;
        }
    }
    return match;
}

/// What a scan has found.
struct Found {
    std::vector<YaraMatch> matches;
    std::stop_token stop;
};

int note_match(YR_SCAN_CONTEXT* context, int message, void* data, void* into)
{
    auto& [matches, stop] = *static_cast<Found*>(into);
    if (message == CALLBACK_MSG_RULE_MATCHING)
        matches.push_back(read_match(context, static_cast<YR_RULE*>(data)));
    return matches.size() < kMostYaraMatches && !stop.stop_requested() ? CALLBACK_CONTINUE : CALLBACK_ABORT;
}

} // namespace

void YaraRules::Destroy::operator()(YR_RULES* rules) const
{
    yr_rules_destroy(rules);
}

std::expected<YaraRules, YaraProblem> YaraRules::load(std::span<fs::path const> paths)
{
    auto const files = files_of(paths);
    if (!files)
        return std::unexpected(files.error());
    YaraRules out;
    out.m_library = start_library();
    YR_COMPILER* made = nullptr;
    if (out.m_library == nullptr || yr_compiler_create(&made) != ERROR_SUCCESS)
        return std::unexpected(YaraProblem { {}, 0, "libyara cannot be used" });
    std::unique_ptr<YR_COMPILER, void (*)(YR_COMPILER*)> const compiler { made, yr_compiler_destroy };
    // A rule may come from somebody else: no file is opened but those that were named.
    yr_compiler_set_include_callback(made, nullptr, nullptr, nullptr);
    YaraProblem problem;
    yr_compiler_set_callback(made, note_problem, &problem);
    std::size_t kept = 0;
    for (auto const& [file, name] : names_of(*files)) {
        problem.file = file;
        std::unique_ptr<FILE, int (*)(FILE*)> const opened { std::fopen(file.c_str(), "rb"), std::fclose };
        if (opened == nullptr)
            return std::unexpected(YaraProblem { file, 0, "the file cannot be read" });
        auto source = content_of(opened.get(), kMostSource - kept);
        if (!source)
            return std::unexpected(
                YaraProblem { file, 0, "the file cannot be read twice, as a pipe cannot" });
        kept += source->size();
        out.m_sources.emplace(name, std::move(*source));
        if (yr_compiler_add_file(made, opened.get(), name.c_str(), name.c_str()) != 0)
            return std::unexpected(problem);
    }
    YR_RULES* rules = nullptr;
    if (yr_compiler_get_rules(made, &rules) != ERROR_SUCCESS)
        return std::unexpected(YaraProblem { {}, 0, "the rules cannot be compiled" });
    out.m_rules.reset(rules);
    YR_RULE* rule = nullptr;
    yr_rules_foreach(rules, rule)
    {
        ++out.m_count;
    }
    if (out.m_count == 0)
        return std::unexpected(YaraProblem { paths.front(), 0, "there is no rule in it" });
    return out;
}

std::string YaraRules::text_of(std::string_view file, std::string_view rule) const
{
    auto const source = m_sources.find(file);
    auto const text = source == m_sources.end() ? std::string_view {} : yara_rule_text(source->second, rule);
    if (text.size() <= kLongestText)
        return std::string { text };
    return std::string { text.substr(0, kLongestText) } + "\n... (it goes on)";
}

Result<std::vector<YaraMatch>> YaraRules::scan(
    Bytes content, std::chrono::seconds limit, std::stop_token const& stop) const
{
    YR_SCANNER* made = nullptr;
    if (yr_scanner_create(m_rules.get(), &made) != ERROR_SUCCESS)
        return fail(Fault::over_limit, "there is not enough memory for YARA");
    std::unique_ptr<YR_SCANNER, void (*)(YR_SCANNER*)> const scanner { made, yr_scanner_destroy };
    Found found { {}, stop };
    yr_scanner_set_callback(made, note_match, &found);
    yr_scanner_set_flags(made, SCAN_FLAGS_REPORT_RULES_MATCHING);
    yr_scanner_set_timeout(made, static_cast<int>(limit.count()));
    // YARA calls back when it has looked through all, and reads its time limit again and again meanwhile.
    std::stop_callback const at_stop { stop, [&] { yr_scanner_set_timeout(made, 1); } };
    auto const code
        = yr_scanner_scan_mem(made, reinterpret_cast<std::uint8_t const*>(content.data()), content.size());
    if (stop.stop_requested())
        return fail(Fault::cancelled, "cancelled");
    if (code == ERROR_SCAN_TIMEOUT)
        return fail(Fault::over_limit, "YARA took longer than its time limit");
    if (code != ERROR_SUCCESS && code != ERROR_CALLBACK_ERROR)
        return fail(Fault::unsupported, "YARA could not look at this content");
    return std::move(found.matches);
}

} // namespace exhibit::indicators
