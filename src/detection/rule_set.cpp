#include "detection/rule_set.hpp"

#include "base/files_below.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "indicators/digest.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>

namespace exhibit::detection {
namespace {

namespace fs = std::filesystem;

bool is_rule_file(fs::path const& path)
{
    auto const ending = to_lower(path.extension().string());
    return ending == ".yaml" || ending == ".yml";
}

/// Rules name views, which therefore are read before them.
bool is_view_file(fs::path const& path)
{
    return path.parent_path().filename() == "views";
}

/// Each folder of rules that come with the program is of one platform.
bool is_of_other_platform(fs::path const& path, std::optional<Platform> platform)
{
    auto const folder = path.parent_path().filename();
    return platform
        && std::ranges::any_of(std::array { Platform::ios, Platform::android },
            [&](Platform other) { return other != *platform && folder == exhibit::name_of(other); });
}

Result<std::vector<fs::path>> rule_files(fs::path const& folder)
{
    auto files = EXHIBIT_TRY(files_below(folder, RuleLimits::kFiles, is_rule_file));
    if (files.empty())
        return fail(Fault::missing, "the folder holds no rules: .yaml or .yml files");
    std::ranges::stable_partition(files, is_view_file);
    return files;
}

/// A value that is known for certain from one of the two lists is known for certain.
void add_values(ValueList& known, ValueList added)
{
    std::erase_if(known.uncertain,
        [&](auto const& value) { return added.values.contains(value) && !added.uncertain.contains(value); });
    for (auto const& value : added.uncertain)
        if (!known.values.contains(value))
            known.uncertain.insert(value);
    known.values.merge(added.values);
    known.sources.merge(added.sources);
}

/// They stand at the end of each rule that comes with the program.
std::string_view without_tests(std::string_view text)
{
    auto const tests = text.find("\ntests:\n");
    return tests == text.npos ? text : text.substr(0, tests + 1);
}

std::optional<std::string> read_file(fs::path const& path)
{
    std::ifstream file { path, std::ios::binary };
    std::string text(RuleLimits::kFileBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (file.gcount() == 0 && !file.eof()))
        return std::nullopt;
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

} // namespace

RuleSet RuleSet::built_in(Tests tests, std::optional<Platform> platform)
{
    RuleSet set;
    for (bool const views : { true, false })
        for (auto const& file : built_in_files())
            if (is_view_file(file.path) == views && !is_of_other_platform(file.path, platform))
                set.read(file.path, file.text, file.sha256, true, tests);
    set.m_lists_sha256 = built_in_lists_sha256();
    return set;
}

Result<void> RuleSet::add_folder(fs::path const& folder)
{
    for (auto const& path : EXHIBIT_TRY(rule_files(folder))) {
        if (auto const text = read_file(path))
            add_file(path.string(), *text);
        else
            m_problems.push_back({ path.string(), 0, "the file could not be read" });
    }
    return {};
}

void RuleSet::add_file(std::string_view path, std::string_view text)
{
    read(path, text, {}, false, Tests::read);
}

YamlValue const* RuleSet::words(std::string_view name) const
{
    auto const found = m_words.find(name);
    return found == m_words.end() ? nullptr : &found->second;
}

void RuleSet::add_to_lists_digest(std::string_view text, bool built_in)
{
    if (!built_in) // Of those the digest is compiled in.
        m_lists_sha256 = indicators::sha256_hex(m_lists_sha256.append(text));
}

void RuleSet::read(
    std::string_view path, std::string_view text, std::string_view sha256, bool built_in, Tests tests)
{
    auto document = read_yaml(tests == Tests::read ? text : without_tests(text));
    if (!document) {
        m_problems.push_back(
            { std::string { path }, document.error().line, std::string { document.error().what } });
        return;
    }
    if (document->find("list") != nullptr) {
        if (auto list = read_list(*document, path, m_problems)) {
            add_to_lists_digest(text, built_in);
            if (auto const known = m_lists.find(list->id); known != m_lists.end())
                add_values(known->second, *std::move(list));
            else {
                auto id = list->id;
                m_lists.emplace(std::move(id), *std::move(list));
            }
        }
    } else if (document->find("view") != nullptr) {
        if (auto view = read_view(*document, path, m_problems)) {
            add_to_lists_digest(text, built_in);
            view->text = text;
            auto id = view->id;
            m_views.insert_or_assign(std::move(id), std::make_shared<View const>(*std::move(view)));
        }
    } else if (auto const* words = document->find("words"); words != nullptr && built_in) {
        auto name = words->text;
        m_words.emplace(std::move(name), std::move(*document));
    } else if (auto rule = read_rule(*document, path, tests, m_problems)) {
        rule->built_in = built_in;
        rule->text = text;
        rule->sha256 = sha256.empty() ? indicators::sha256_hex(text) : std::string { sha256 };
        add_views(*rule);
        auto id = rule->id;
        m_rules.insert_or_assign(std::move(id), std::move(*rule));
    }
}

void RuleSet::add_views(Rule& rule)
{
    for (bool const needed : { true, false })
        for (auto const& name : needed ? rule.views : rule.also_views) {
            if (auto const view = m_views.find(name); view != m_views.end())
                add_view(rule, view->second, needed);
            else
                m_problems.push_back({ rule.file, 0, fmt::format("there is no view `{}`", name) });
        }
}

} // namespace exhibit::detection
