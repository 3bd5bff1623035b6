#include "base/local_moment.hpp"

#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

namespace exhibit {
namespace {

// A digit of a form stands for itself and all below it, `A` and `a` for letters, `_` for a digit or a blank.
constexpr std::string_view kDate = "2999-19-39";
constexpr std::string_view kNamedMonth = "Aaa Aaa _9 29:59:59 2999";
constexpr std::string_view kSlashes = "19/39/99 29:59";
constexpr std::string_view kWithoutYear = "19-39 29:59";

bool begins_as(std::string_view text, std::string_view form)
{
    auto const fits = [](char c, char wanted) {
        if (is_digit(wanted))
            return c >= '0' && c <= wanted;
        return c == wanted || (wanted == 'A' && c >= 'A' && c <= 'Z')
            || (wanted == 'a' && c >= 'a' && c <= 'z') || (wanted == '_' && (c == ' ' || is_digit(c)));
    };
    return text.size() >= form.size() && std::ranges::equal(text.substr(0, form.size()), form, fits);
}

std::optional<std::size_t> month_named(std::string_view name)
{
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    auto const at = months.find(name);
    return at == months.npos || at % 3 != 0 ? std::nullopt : std::optional { at / 3 + 1 };
}

/// The parts of a moment with the same signs between them. Hours without minutes are none.
std::string plain(std::string_view text, std::size_t date)
{
    constexpr std::string_view between = "-- ::.";
    constexpr std::string_view before_fraction = ".,:";
    std::string out;
    auto part = between.size() - (date == 10 ? 6 : 5);
    for (std::size_t at = 0; at != text.size(); ++at) {
        if (is_digit(text[at])) {
            out += text[at];
            continue;
        }
        bool const ends = part == between.size() || at == 0 || !is_digit(text[at - 1])
            || (part + 1 == between.size() && !before_fraction.contains(text[at]));
        if (ends)
            break; // A zone, or words.
        out += between[part++];
    }
    while (!out.empty() && !is_digit(out.back()))
        out.pop_back();
    constexpr std::size_t clock = 6; // ` 10:11`
    return out.size() < date + clock ? out.substr(0, date) : out;
}

} // namespace

bool is_local_moment(std::string_view text)
{
    return (begins_as(text, kDate) && text.front() != '0') || begins_as(text, kSlashes)
        || begins_as(text, kWithoutYear)
        || (begins_as(text, kNamedMonth) && month_named(text.substr(4, 3)).has_value());
}

std::string local_moment(std::string_view text)
{
    if (!is_local_moment(text))
        return {};
    if (begins_as(text, kSlashes))
        return plain(fmt::format("20{}-{}-{}{}", text.substr(6, 2), text.substr(0, 2), text.substr(3, 2),
                         text.substr(8)),
            kDate.size());
    if (begins_as(text, kNamedMonth))
        return fmt::format("{}-{:02}-{:02} {}", text.substr(20, 4),
            month_named(text.substr(4, 3)).value_or(0),
            leading_number<unsigned>(text.substr(text[8] == ' ' ? 9 : 8, 2)).value_or(0), text.substr(11, 8));
    constexpr std::size_t month_and_day = 5;
    return plain(text, begins_as(text, kDate) ? kDate.size() : month_and_day);
}

} // namespace exhibit
