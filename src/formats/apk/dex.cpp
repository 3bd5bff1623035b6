#include "formats/apk/dex.hpp"

#include <algorithm>

namespace exhibit::apk {
namespace {

constexpr std::size_t kMagicSize = 8;
constexpr std::size_t kVersionAt = 4; ///< three digits
constexpr std::size_t kStringsAt = 0x38; ///< how many strings, and where their places stand

/// Where the text of a string begins: its length in UTF-16 units stands before it, seven bits in a byte.
Result<std::size_t> text_of(Bytes dex, std::size_t place)
{
    constexpr std::size_t longest = 5;
    for (std::size_t i = 0; i != longest && place + i < dex.size(); ++i)
        if ((dex[place + i] & std::byte { 0x80 }) == std::byte {})
            return place + i + 1;
    return fail(Fault::malformed, "a string of the code lies outside of it", place);
}

} // namespace

bool has_dex_magic(Bytes head)
{
    auto const text = as_text(head);
    auto const digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    return text.size() >= kMagicSize && text.starts_with("dex\n") && digit(4) && digit(5) && digit(6)
        && text[7] == '\0';
}

Result<std::uint64_t> visit_dex_strings(Bytes dex, DexStringVisitor const& visitor)
{
    if (!has_dex_magic(dex))
        return fail(Fault::malformed, "the code has no beginning");
    if (as_text(dex).substr(kVersionAt, 3) >= "041")
        return fail(Fault::unsupported, "code in the form that holds several parts (version 41) is not read");
    Reader header { dex };
    EXHIBIT_TRY(header.seek(kStringsAt));
    auto const count = EXHIBIT_TRY(header.little<std::uint32_t>());
    auto const first = EXHIBIT_TRY(header.little<std::uint32_t>());
    Reader places { dex };
    EXHIBIT_TRY(places.seek(first));
    if (count > places.left() / sizeof(std::uint32_t))
        return fail(Fault::malformed, "the code has fewer strings than it says", kStringsAt);
    auto const text = as_text(dex);
    std::size_t shown = 0;
    for (std::uint32_t i = 0; i != count; ++i) {
        auto const place = EXHIBIT_TRY(places.little<std::uint32_t>());
        auto const begin = EXHIBIT_TRY(text_of(dex, place));
        auto const end = text.find('\0', begin);
        if (end == text.npos)
            return fail(Fault::truncated, "a string of the code has no end", begin);
        shown += end - begin + 1;
        if (shown > dex.size())
            return fail(Fault::malformed, "strings of the code lie over each other", place);
        visitor(text.substr(begin, end - begin), begin);
    }
    return count;
}

} // namespace exhibit::apk
