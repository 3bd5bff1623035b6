#include "artifacts/android/common/text.hpp"

#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace exhibit::android {
namespace {

// Objects, not functions: those would be called by their address for each byte.
constexpr auto kIsBlank = [](char c) { return c == ' ' || c == '\t'; };
constexpr auto kIsSpace = [](char c) { return kIsBlank(c) || (c >= '\n' && c <= '\r'); };

/// How many bytes at the front are such. `find_first_not_of` calls a function for each byte, and these are
/// asked for each line of a log.
template<typename Predicate> std::size_t run_of(std::string_view text, Predicate const& is_such)
{
    auto const end = std::ranges::find_if_not(text, is_such);
    return static_cast<std::size_t>(end - text.begin());
}

char closing(char open)
{
    switch (open) {
    case '[':
        return ']';
    case '{':
        return '}';
    case '(':
        return ')';
    case '"':
        return '"';
    default:
        return '\0';
    }
}

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The value at the front of `text`: bracketed, or up to the next space.
std::string_view value_at_front(std::string_view text)
{
    auto const close = text.empty() ? '\0' : closing(text.front());
    if (close == '\0') {
        auto value = text.substr(0, run_of(text, std::not_fn(kIsBlank)));
        while (value.ends_with(',') || value.ends_with(';'))
            value.remove_suffix(1);
        return value;
    }
    if (close == '"') {
        auto const end = text.find('"', 1);
        return text.substr(1, end == text.npos ? text.npos : end - 1);
    }
    std::size_t depth = 0;
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] == text.front())
            ++depth;
        else if (text[i] == close && --depth == 0)
            return text.substr(0, i + 1);
    }
    return text;
}

} // namespace

std::size_t indent_of(std::string_view line)
{
    return run_of(line, kIsBlank);
}

std::string_view trim(std::string_view text)
{
    text.remove_prefix(run_of(text, kIsSpace));
    while (!text.empty() && kIsSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

void append_part(std::optional<std::string>& into, char between, std::string_view text)
{
    if (into)
        into->push_back(between);
    else
        into.emplace();
    into->append(text);
}

namespace {

bool has_line(std::string_view list, std::string_view line)
{
    for (auto at = list.find(line); at != list.npos; at = list.find(line, at + 1)) {
        auto const end = at + line.size();
        if ((at == 0 || list[at - 1] == '\n') && (end == list.size() || list[end] == '\n'))
            return true;
    }
    return false;
}

} // namespace

void append_once(std::optional<std::string>& into, std::string_view text)
{
    constexpr std::size_t longest_list = 16U << 10U;
    if (!into || (into->size() < longest_list && !has_line(*into, text)))
        append_part(into, '\n', text);
}

std::string_view take_until(std::string_view& text, char stop)
{
    auto const at = text.find(stop);
    auto const taken = text.substr(0, at);
    text.remove_prefix(at == text.npos ? text.size() : at + 1);
    return taken;
}

std::string_view take_word(std::string_view& text)
{
    text.remove_prefix(run_of(text, kIsBlank));
    auto const word = text.substr(0, run_of(text, std::not_fn(kIsBlank)));
    text.remove_prefix(word.size());
    text.remove_prefix(run_of(text, kIsBlank));
    return word;
}

std::optional<std::string_view> between(std::string_view text, std::string_view open, std::string_view close)
{
    auto const start = text.find(open);
    if (start == text.npos)
        return std::nullopt;
    auto const rest = text.substr(start + open.size());
    auto const end = rest.find(close);
    if (end == rest.npos)
        return std::nullopt;
    return rest.substr(0, end);
}

std::optional<std::string_view> value_of(std::string_view line, std::string_view key)
{
    for (auto at = line.find(key); at != line.npos; at = line.find(key, at + 1)) {
        bool const starts = at == 0 || !is_word(line[at - 1]);
        auto const rest = line.substr(at + key.size());
        if (starts && rest.starts_with('='))
            return value_at_front(rest.substr(1));
    }
    return std::nullopt;
}

std::optional<std::int64_t> to_integer(std::string_view text)
{
    auto const is_sign_or_digit = [](char c) { return is_digit(c) || c == '+' || c == '-'; };
    return run_of(text, is_sign_or_digit) == text.size() ? leading_integer(text) : std::nullopt;
}

std::optional<std::uint64_t> to_hex_integer(std::string_view text)
{
    if (text.starts_with("0x") || text.starts_with("0X"))
        text.remove_prefix(2);
    return whole_number<std::uint64_t>(text, 16);
}

std::optional<std::int64_t> leading_integer(std::string_view text)
{
    if (text.starts_with('+') && !text.starts_with("+-"))
        text.remove_prefix(1);
    return leading_number<std::int64_t>(text);
}

std::optional<bool> to_flag(std::string_view text)
{
    if (text == "true" || text == "1")
        return true;
    if (text == "false" || text == "0")
        return false;
    return std::nullopt;
}

std::optional<Component> to_component(std::string_view text)
{
    auto const slash = text.find('/');
    if (slash == text.npos || slash == 0 || slash + 1 == text.size())
        return std::nullopt;
    Component component { text.substr(0, slash), std::string { text.substr(slash + 1) } };
    if (component.class_name.starts_with('.'))
        component.class_name.insert(0, component.package);
    return component;
}

std::string_view component_of_job(std::string_view name)
{
    auto rest = name;
    for (char const sign : { '#', '@' }) {
        if (!rest.starts_with(sign))
            continue;
        auto const end = rest.rfind(sign);
        if (end == 0)
            return name;
        rest.remove_prefix(end + 1);
    }
    return rest;
}

std::optional<std::int64_t> to_uid(std::string_view text)
{
    if (!text.starts_with('u'))
        return to_integer(text);
    text.remove_prefix(1);
    auto const letter = run_of(text, is_digit);
    if (letter == 0 || letter == text.size() || letter > 6)
        return std::nullopt;
    auto const user = *to_integer(text.substr(0, letter));
    text.remove_prefix(letter);
    // Android's UserHandle.formatUid: a app, i isolated, ai app zygote isolated, s other.
    std::int64_t base = 10'000;
    if (eat(text, "ai"))
        base = 90'000;
    else if (eat(text, "i"))
        base = 99'000;
    else if (eat(text, "s"))
        base = 0;
    else if (!eat(text, "a"))
        return std::nullopt;
    auto const number = to_integer(text);
    if (!number || *number < 0 || *number > 99'999)
        return std::nullopt;
    return user * 100'000 + base + *number;
}

namespace {

/// Takes the unit of a part of a duration: its milliseconds, 0 when it is none.
std::int64_t take_unit(std::string_view& text)
{
    struct Unit {
        std::string_view name;
        std::int64_t milliseconds;
    };
    constexpr std::array units { Unit { "ms", 1 }, Unit { "d", 86'400'000 }, Unit { "h", 3'600'000 },
        Unit { "m", 60'000 }, Unit { "s", 1000 } };
    auto const* const unit
        = std::ranges::find_if(units, [&](Unit const& candidate) { return eat(text, candidate.name); });
    return unit == units.end() ? 0 : unit->milliseconds;
}

} // namespace

std::optional<std::chrono::milliseconds> to_duration(std::string_view text)
{
    std::int64_t const sign = text.starts_with('-') ? -1 : 1;
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    if (text.empty() || text.size() > 64)
        return std::nullopt;
    constexpr std::int64_t longest_duration = 100'000'000'000'000; // 3,000 years: fits in microseconds too.
    std::int64_t total = 0;
    while (!text.empty()) {
        auto const digits = run_of(text, is_digit);
        auto const number = digits == 0 ? std::nullopt : to_integer(text.substr(0, digits));
        if (!number || *number > 1'000'000'000)
            return std::nullopt;
        text.remove_prefix(digits);
        auto const unit = text.empty() && *number == 0 ? 1 : take_unit(text);
        total += *number * unit;
        if (unit == 0 || total > longest_duration)
            return std::nullopt;
    }
    return std::chrono::milliseconds { sign * total };
}

bool is_package_name(std::string_view text)
{
    std::size_t parts = 0;
    bool fresh = true;
    for (char const c : text) {
        if (c == '.') {
            if (fresh)
                return false;
            fresh = true;
        } else if (!is_word(c)) {
            return false;
        } else if (fresh) {
            if (c >= '0' && c <= '9')
                return false;
            fresh = false;
            ++parts;
        }
    }
    return parts >= 2 && !fresh;
}

std::string_view package_of_process(std::string_view process)
{
    auto const name = process.substr(0, process.find(':'));
    return is_package_name(name) ? name : std::string_view {};
}

} // namespace exhibit::android
