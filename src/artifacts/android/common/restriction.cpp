#include "artifacts/android/common/restriction.hpp"

#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace exhibit::android {
namespace {

constexpr std::size_t kLongestList = 16U << 10U;

bool is_in(std::string_view list, std::string_view line)
{
    for (auto at = list.find(line); at != list.npos; at = list.find(line, at + 1)) {
        auto const end = at + line.size();
        if ((at == 0 || list[at - 1] == '\n') && (end == list.size() || list[end] == '\n'))
            return true;
    }
    return false;
}

} // namespace

void add_restriction(std::optional<std::string>& list, std::string_view text)
{
    bool const is_name = text.contains('_') && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
    });
    if (is_name && (!list || (list->size() < kLongestList && !is_in(*list, text))))
        append_part(list, '\n', text);
}

void add_restrictions(std::optional<std::string>& list, XmlElement const& element)
{
    for (auto const& [name, value] : element.attributes)
        if (value == "true")
            add_restriction(list, name);
}

} // namespace exhibit::android
