#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
} // namespace re2

namespace exhibit::indicators {

enum class LetterCase : std::uint8_t { sensitive, ignored };

/// Regular expressions of one space, all with linear running time (RE2).
class RegexList {
public:
    RegexList();
    RegexList(RegexList&&) noexcept;
    RegexList& operator=(RegexList&&) noexcept;
    ~RegexList();

    enum class Added : std::uint8_t {
        yes,
        not_compiled,
        too_costly, ///< the list is full, or what it has would take too long on each value with this one
    };
    Added add(std::string_view expression, LetterCase letter_case, std::uint32_t indicator);

    [[nodiscard]] bool empty() const { return m_entries.empty(); }

    /// Calls `use(indicator)` for each expression that is found in the text.
    template<typename Use> void find(std::string_view text, Use const& use) const
    {
        for (auto const& entry : m_entries)
            if (is_found(*entry.expression, text))
                use(entry.indicator);
    }

private:
    struct Entry {
        std::unique_ptr<re2::RE2> expression;
        std::uint32_t indicator = 0;
    };
    static bool is_found(re2::RE2 const&, std::string_view text);

    std::vector<Entry> m_entries;
    std::size_t m_instructions = 0; ///< of the large expressions
};

/// The regular expression that a STIX LIKE pattern stands for: the whole text, `%` any run, `_` one
/// character.
std::string regex_of_like(std::string_view like);

} // namespace exhibit::indicators
