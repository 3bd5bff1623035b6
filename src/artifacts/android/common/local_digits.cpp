#include "artifacts/android/common/local_digits.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace exhibit::android {
namespace {

/// Where the ten digits of a script begin. Source: the Unicode Character Database, category Nd, of the
/// scripts that Android's languages use.
constexpr std::array<char32_t, 23> kZeros { 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66,
    0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0x1C50, 0xABF0,
    0x11136, 0x1E950 };
constexpr char32_t kArabicPoint = 0x066B;

/// A character of valid UTF-8 and how many bytes it takes; one byte of anything else.
struct Character {
    char32_t point = 0;
    std::size_t size = 1;
};

Character character_at(std::string_view text, std::size_t at)
{
    auto const first = static_cast<unsigned char>(text[at]);
    if (first < 0xC2 || first > 0xF4)
        return { first, 1 };
    std::size_t const size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (text.size() - at < size)
        return { first, 1 };
    char32_t point = first & (0xFFU >> (size + 1));
    for (auto const byte : text.substr(at + 1, size - 1)) {
        if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U)
            return { first, 1 };
        point = point << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    return { point, size };
}

/// 0 to 9 for a digit of another script, and a point for one; else nothing, as NUL.
char ascii_of(char32_t point)
{
    if (point < kZeros.front())
        return '\0';
    if (point == kArabicPoint)
        return '.';
    auto const* const zero
        = std::ranges::find_if(kZeros, [&](char32_t first) { return point >= first && point < first + 10; });
    return zero == kZeros.end() ? '\0' : static_cast<char>('0' + (point - *zero));
}

/// Eight bytes at once: every line of a dump is asked.
bool is_ascii(std::string_view text)
{
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
    std::uint64_t seen = 0;
    for (; text.size() >= sizeof seen; text.remove_prefix(sizeof seen)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data(), sizeof eight);
        seen |= eight;
    }
    for (char const c : text)
        seen |= static_cast<unsigned char>(c);
    return (seen & high_bits) == 0;
}

/// Whether a run of digits and what stands between them has a date or a time: digits on both sides of a `-`
/// or of a colon.
bool tells_time(std::string_view run)
{
    for (auto at = run.find_first_of("-:"); at != run.npos; at = run.find_first_of("-:", at + 1))
        if (at != 0 && at + 1 != run.size() && is_digit(run[at - 1]) && is_digit(run[at + 1]))
            return true;
    return false;
}

} // namespace

bool read_local_digits(std::string_view text, std::string& into)
{
    if (is_ascii(text))
        return false;
    into.clear();
    bool changed = false;
    std::string run; ///< digits of another script, with what stands between them, as ASCII
    std::size_t begin = 0; ///< of the run in `text`
    auto const finish = [&](std::size_t end) {
        bool const is_time = tells_time(run);
        into += is_time ? std::string_view { run } : text.substr(begin, end - begin);
        changed = changed || is_time;
        run.clear();
    };
    for (std::size_t at = 0; at != text.size();) {
        auto const [point, size] = character_at(text, at);
        auto const digit = ascii_of(point);
        bool const stands_between = point == '-' || point == ':' || point == '.' || point == ' ';
        if (digit == '\0' && (run.empty() || !stands_between)) {
            finish(at);
            into += text.substr(at, size);
            begin = at + size;
        } else {
            run += digit == '\0' ? static_cast<char>(point) : digit;
        }
        at += size;
    }
    finish(text.size());
    return changed;
}

} // namespace exhibit::android
