#include "artifacts/android/common/restriction.hpp"

#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace exhibit::android {

void add_restriction(std::optional<std::string>& list, std::string_view text)
{
    bool const is_name = text.contains('_') && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
    });
    if (is_name)
        append_once(list, text);
}

void add_restrictions(std::optional<std::string>& list, XmlElement const& element)
{
    for (auto const& [name, value] : element.attributes)
        if (value == "true")
            add_restriction(list, name);
}

} // namespace exhibit::android
