#include "report/translation.hpp"

#include "base/text.hpp"
#include "report/translation_files.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace exhibit::report {
namespace {

constexpr std::size_t kLargestFile = 16U << 20U;

struct Language {
    std::string_view name;
    std::string_view const* po;
};
constexpr std::array kLanguages {
    Language { "ar", &embedded::kPoAr },
    Language { "az", &embedded::kPoAz },
    Language { "es", &embedded::kPoEs },
    Language { "fr", &embedded::kPoFr },
    Language { "hy", &embedded::kPoHy },
    Language { "ru", &embedded::kPoRu },
};

/// What stands in quotes at the end of a line, such as `msgid "words"`.
std::optional<std::string> quoted(std::string_view line)
{
    auto const open = line.find('"');
    if (open == line.npos || line.size() < open + 2 || line.back() != '"')
        return std::nullopt;
    std::string out;
    auto const inside = line.substr(open + 1, line.size() - open - 2);
    for (std::size_t at = 0; at != inside.size(); ++at) {
        if (inside[at] != '\\' || at + 1 == inside.size()) {
            out += inside[at];
            continue;
        }
        ++at;
        out += inside[at] == 'n' ? '\n' : inside[at] == 't' ? '\t' : inside[at];
    }
    return out;
}

constexpr std::string_view kMsgid = "msgid ";

struct Entry {
    /// Adds a line with text in quotes to the part that it begins or goes on with.
    Result<void> take(std::string_view line, std::uint64_t number)
    {
        if (line.starts_with(kMsgid))
            at = &english;
        else if (line.starts_with("msgstr "))
            at = &translation;
        else if (!line.starts_with('"'))
            return fail(
                Fault::unsupported, "a line of the file of translations is neither msgid nor msgstr", number);
        auto const text = quoted(line);
        if (!text || at == nullptr)
            return fail(Fault::malformed, "text in quotes is missing in the file of translations", number);
        *at += *text;
        return {};
    }

    std::string english;
    std::string translation;
    bool fuzzy = false;
    std::string* at = nullptr; ///< where text in quotes goes on
};

/// Cuts `a {x} b` into what is fixed and the names between.
void cut(std::string_view text, std::vector<std::string>& pieces, std::vector<std::string>& names)
{
    while (true) {
        auto const open = text.find('{');
        auto const close = open == text.npos ? text.npos : text.find('}', open);
        if (close == text.npos)
            break;
        pieces.emplace_back(text.substr(0, open));
        names.emplace_back(text.substr(open + 1, close - open - 1));
        text.remove_prefix(close + 1);
    }
    pieces.emplace_back(text);
}

/// What stands in the gaps of `pieces` in `text`; nothing when it is not that text.
std::optional<std::vector<std::string_view>> gaps(
    std::vector<std::string> const& pieces, std::string_view text)
{
    if (!text.starts_with(pieces.front()))
        return std::nullopt;
    text.remove_prefix(pieces.front().size());
    std::vector<std::string_view> out;
    for (std::size_t i = 1; i != pieces.size(); ++i) {
        bool const last = i + 1 == pieces.size();
        if (last && !text.ends_with(pieces[i]))
            return std::nullopt;
        auto const at = last ? text.size() - pieces[i].size() : text.find(pieces[i]);
        if (at == text.npos)
            return std::nullopt;
        out.push_back(text.substr(0, at));
        text.remove_prefix(at + pieces[i].size());
    }
    return out;
}

/// `{rows} file(s)`: what ends the word depends on the number, so that it is one more gap, without a name.
std::string with_gaps_for_plurals(std::string text)
{
    for (std::string_view const ending : { "(s)", "(es)" })
        for (auto at = text.find(ending); at != text.npos; at = text.find(ending, at))
            text.replace(at, ending.size(), "{}");
    return text;
}

/// Whether the gaps without a name hold the end of a word, and nothing else.
bool are_plurals(std::vector<std::string> const& names, std::vector<std::string_view> const& values)
{
    constexpr std::array<std::string_view, 5> ends { "", "s", "es", "(s)", "(es)" };
    for (std::size_t i = 0; i != names.size(); ++i)
        if (names[i].empty() && std::ranges::find(ends, values[i]) == ends.end())
            return false;
    return true;
}

} // namespace

void Catalogue::add(std::string const& english, std::string const& translation)
{
    Template made;
    cut(with_gaps_for_plurals(english), made.pieces, made.names);
    if (made.names.empty()) {
        m_texts.insert_or_assign(english, translation);
        return;
    }
    made.translation = translation;
    for (auto const& piece : made.pieces)
        made.fixed += piece.size();
    m_templates.push_back(std::move(made));
}

Result<Catalogue> Catalogue::parse(std::string_view po)
{
    if (po.size() > kLargestFile)
        return fail(Fault::over_limit, "the file of translations is too large");
    Catalogue out;
    Entry entry;
    auto const finish = [&] {
        if (!entry.english.empty() && !entry.translation.empty() && !entry.fuzzy)
            out.add(entry.english, entry.translation);
        entry = {};
    };
    for (std::uint64_t number = 1; !po.empty(); ++number) {
        auto const end = std::min(po.find('\n'), po.size());
        auto const line = trimmed(po.substr(0, end));
        po.remove_prefix(std::min(end + 1, po.size()));
        bool const is_comment = line.empty() || line.starts_with('#');
        if ((is_comment || line.starts_with(kMsgid)) && entry.at == &entry.translation)
            finish();
        if (is_comment)
            entry.fuzzy = entry.fuzzy || (line.starts_with("#,") && line.find("fuzzy") != line.npos);
        else
            EXHIBIT_TRY(entry.take(line, number));
    }
    finish();
    std::ranges::stable_sort(out.m_templates, std::greater {}, &Template::fixed);
    return out;
}

Catalogue Catalogue::of_language(std::string_view locale)
{
    auto const name = locale.substr(0, locale.find_first_of("_.@-"));
    auto const found = std::ranges::find(kLanguages, name, &Language::name);
    if (found == kLanguages.end())
        return {};
    return parse(*found->po).value_or(Catalogue {});
}

std::vector<std::string_view> Catalogue::languages()
{
    std::vector<std::string_view> out;
    out.reserve(kLanguages.size());
    for (auto const& language : kLanguages)
        out.push_back(language.name);
    return out;
}

std::string Catalogue::translate_line(std::string_view line) const
{
    if (auto const found = m_texts.find(line); found != m_texts.end())
        return found->second;
    for (auto const& one : m_templates) {
        auto const values = gaps(one.pieces, line);
        if (!values || !are_plurals(one.names, *values))
            continue;
        std::vector<std::string> pieces;
        std::vector<std::string> names;
        cut(one.translation, pieces, names);
        auto out = pieces.front();
        for (std::size_t i = 0; i != names.size(); ++i) {
            auto const name = std::ranges::find(one.names, names[i]);
            out += name == one.names.end() ? std::string_view {}
                                           : (*values)[static_cast<std::size_t>(name - one.names.begin())];
            out += pieces[i + 1];
        }
        return out;
    }
    return std::string { line };
}

std::string Catalogue::translate(std::string_view text) const
{
    if (size() == 0)
        return std::string { text };
    std::string out;
    while (true) {
        auto const end = text.find('\n');
        out += translate_line(text.substr(0, end));
        if (end == text.npos)
            return out;
        out += '\n';
        text.remove_prefix(end + 1);
    }
}

} // namespace exhibit::report
