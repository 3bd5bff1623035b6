#pragma once

#include "base/time.hpp"
#include "indicators/indicator.hpp"

#include <optional>
#include <simdjson.h>
#include <string_view>

namespace exhibit::indicators {

/// JSON of packs nests little; deeper files are refused by the parser.
constexpr std::size_t kDeepestJson = 128;

/// Parses the whole text; on failure `document` is left alone.
inline simdjson::error_code parse_json(
    simdjson::dom::parser& parser, std::string_view text, simdjson::dom::element& document)
{
    if (auto const error = parser.allocate(text.size() + 1, kDeepestJson); error != simdjson::SUCCESS)
        return error;
    return parser.parse(text.data(), text.size(), true).get(document);
}

/// The text at `key`; empty when there is none or it is no text.
inline std::string_view text_at(simdjson::dom::element element, std::string_view key)
{
    std::string_view text;
    return element[key].get(text) == simdjson::SUCCESS ? text : std::string_view {};
}

inline std::optional<Timestamp> time_at(simdjson::dom::element element, std::string_view key)
{
    auto const text = text_at(element, key);
    return text.empty() ? std::nullopt : from_text(text);
}

/// Whether `key` is true, or a text or number that stands for it.
inline bool is_true(simdjson::dom::element element, std::string_view key)
{
    bool value = false;
    if (element[key].get(value) == simdjson::SUCCESS)
        return value;
    std::int64_t number = 0;
    if (element[key].get(number) == simdjson::SUCCESS)
        return number != 0;
    auto const text = text_at(element, key);
    return text == "1" || text == "true";
}

/// Calls `use` with each member of the array at `key`.
template<typename Use> void for_each_in(simdjson::dom::element element, std::string_view key, Use const& use)
{
    simdjson::dom::array array;
    if (element[key].get(array) == simdjson::SUCCESS)
        for (auto const member : array)
            use(member);
}

/// `TLP:AMBER+STRICT`, `tlp:amber` ... as marking.
Tlp tlp_named(std::string_view name);

} // namespace exhibit::indicators
