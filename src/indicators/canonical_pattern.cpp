#include "indicators/canonical_pattern.hpp"

#include "indicators/ascii.hpp"
#include "indicators/device_path.hpp"
#include "indicators/regex_list.hpp"

#include <algorithm>
#include <cstddef>

namespace exhibit::indicators {
namespace {

constexpr std::string_view kWildcards = "%_";
constexpr std::string_view kRegexSigns = "\\^$.|?*+()[]{}";

/// A path pattern whose folders before the first of `signs` are those that links of the systems lead to.
std::string with_links_followed(std::string_view pattern, std::string_view signs)
{
    auto const front = pattern.substr(0, pattern.find_first_of(signs));
    auto const slash = front.rfind('/');
    std::string folder;
    if (slash == front.npos || slash == 0 || !read_device_path(front.substr(0, slash), folder))
        return std::string { pattern };
    return folder.append(pattern.substr(slash));
}

std::string like_of_paths(std::string_view like)
{
    bool const is_relative = !like.starts_with('/') && !like.starts_with("~/") && !like.contains("://")
        && !kWildcards.contains(like.front());
    return with_links_followed(
        is_relative ? std::string { "~/" }.append(like) : std::string { like }, kWildcards);
}

/// How long `^` or `\A` is at the front.
std::size_t anchor_at_front(std::string_view expression)
{
    return expression.starts_with('^') ? 1 : expression.starts_with("\\A") ? 2 : 0;
}

Result<std::string> regex_of_paths(std::string_view expression)
{
    auto const anchor = anchor_at_front(expression);
    if (anchor == 0) // it is found anywhere in a path
        return std::string { expression };
    std::string rest;
    for (std::size_t i = anchor; i != expression.size(); ++i)
        if (!expression.substr(i).starts_with("\\/"))
            rest += expression[i];
    auto const mapped = with_links_followed(rest, kRegexSigns);
    auto const front = mapped.substr(0, mapped.find_first_of(kRegexSigns));
    if (!front.empty() && !front.starts_with('/'))
        return fail(Fault::malformed, "a path begins with a slash");
    return std::string { expression.substr(0, anchor) }.append(mapped);
}

/// Scheme and host in small letters; the rest of a URL keeps its case.
std::string like_of_urls(std::string_view like)
{
    std::string pattern { like };
    auto const scheme = pattern.find("://");
    if (scheme == pattern.npos)
        return pattern;
    auto const host_end = std::min(pattern.find('/', scheme + 3), pattern.size());
    std::transform(
        pattern.begin(), pattern.begin() + static_cast<std::ptrdiff_t>(host_end), pattern.begin(), lower);
    return pattern;
}

Result<std::string> like_of_phones(std::string_view like)
{
    std::string digits;
    for (char const c : like)
        if (is_digit(c) || kWildcards.contains(c))
            digits += c;
        else if (!std::string_view { " -()./+" }.contains(c))
            return fail(Fault::malformed, "a phone number has no such signs");
    if (digits.starts_with("00") && !like.starts_with('+'))
        digits.erase(0, 2);
    return digits;
}

Result<std::string> regex_of_phones(std::string_view expression)
{
    // `\+?` may be absent.
    for (auto at = expression.find("\\+"); at != expression.npos; at = expression.find("\\+", at + 2))
        if (!expression.substr(at + 2).starts_with('?') && !expression.substr(at + 2).starts_with('*'))
            return fail(Fault::malformed, "phone numbers are compared without `+`");
    return std::string { expression };
}

/// The pattern in its own language, for canonical values.
Result<std::string> fitted(Space space, Compare compare, std::string_view value)
{
    if (space == Space::path)
        return compare == Compare::like ? like_of_paths(value) : regex_of_paths(value);
    if (space == Space::url && compare == Compare::like)
        return like_of_urls(value);
    if (space == Space::phone)
        return compare == Compare::like ? like_of_phones(value) : regex_of_phones(value);
    if (compare == Compare::like && (space == Space::process || space == Space::file_name)
        && value.contains('/'))
        return fail(Fault::malformed, "a name holds no slash; file:path is compared with paths");
    return std::string { value };
}

} // namespace

Result<CanonicalPattern> canonical_pattern(Kind kind, Compare compare, std::string_view value)
{
    if (value.empty())
        return fail(Fault::malformed, "the pattern is empty");
    CanonicalPattern pattern;
    pattern.space = space_of(kind);
    bool const is_name = pattern.space == Space::process || pattern.space == Space::file_name;
    auto const front = compare == Compare::like ? value : value.substr(anchor_at_front(value));
    if (is_name && (front.starts_with('/') || front.starts_with("%/")))
        pattern.space = Space::path;
    auto const text = EXHIBIT_TRY(fitted(pattern.space, compare, value));
    pattern.expression = compare == Compare::like ? regex_of_like(text) : text;
    return pattern;
}

} // namespace exhibit::indicators
