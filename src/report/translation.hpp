#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// Translations of the texts that people read, in the form of gettext's .po files: `msgid` is the English
/// text, with
/// `{name}` for what is filled in. A case file holds English, whatever the language of who made it: texts are
/// translated when they are shown, and stay English where there is no translation.
class Catalogue {
public:
    /// English: translates nothing.
    Catalogue() = default;

    /// Entries that are marked fuzzy, or whose `msgstr` is empty, are left out.
    static Result<Catalogue> parse(std::string_view po);

    /// One of those that come with the program, by a name such as `fr`, `fr_CA.UTF-8` or `C`; English when
    /// there is none for it.
    static Catalogue of_language(std::string_view locale);
    /// The languages of `of_language`.
    static std::vector<std::string_view> languages();

    /// Each line of `text` by itself, for each line by the entry whose text it is, or whose text it is once
    /// filled in.
    [[nodiscard]] std::string translate(std::string_view text) const;

    [[nodiscard]] std::size_t size() const { return m_texts.size() + m_templates.size(); }

private:
    /// A text with gaps: `pieces[0] {names[0]} pieces[1] ...`.
    struct Template {
        std::vector<std::string> pieces;
        std::vector<std::string> names;
        std::string translation;
        std::size_t fixed = 0; ///< bytes in all pieces
    };

    void add(std::string const& english, std::string const& translation);
    [[nodiscard]] std::string translate_line(std::string_view line) const;

    std::map<std::string, std::string, std::less<>> m_texts;
    std::vector<Template> m_templates; ///< those with the most fixed text first: they say most
};

} // namespace exhibit::report
