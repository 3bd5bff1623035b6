#include "report/text_format.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <iterator>

namespace exhibit::report {
namespace {

/// For each byte: false stands as it is in a JSON string, true needs an escape or begins what may need one.
constexpr std::array<bool, 256> kNeedsEscape = [] {
    std::array<bool, 256> needs {};
    for (std::size_t i = 0; i != 0x20; ++i)
        needs[i] = true;
    needs['"'] = true;
    needs['\\'] = true;
    for (std::size_t const lead : { 0x7F, 0xC2, 0xD8, 0xE2 })
        needs[lead] = true;
    return needs;
}();

struct HostilePoint {
    unsigned point = 0;
    std::size_t length = 0; ///< bytes in UTF-8; 0: none
};

/// A character at the front that drives a terminal or turns the direction of text, and that JSON lets stand.
HostilePoint hostile_front(std::string_view text)
{
    auto const byte = [&](std::size_t at) {
        return at < text.size() ? unsigned { static_cast<unsigned char>(text[at]) } : 0U;
    };
    if (byte(0) == 0x7F)
        return { 0x7F, 1 };
    if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) < 0xA0)
        return { byte(1), 2 };
    if (byte(0) == 0xD8 && byte(1) == 0x9C)
        return { 0x061C, 2 };
    auto const point = 0x2000U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    bool const turns = (point >= 0x200E && point <= 0x200F) || (point >= 0x202A && point <= 0x202E)
        || (point >= 0x2066 && point <= 0x2069);
    return byte(0) == 0xE2 && turns ? HostilePoint { point, 3 } : HostilePoint {};
}

void append_escape(std::string& out, char c)
{
    switch (c) {
    case '"':
        out += "\\\"";
        break;
    case '\\':
        out += "\\\\";
        break;
    case '\n':
        out += "\\n";
        break;
    case '\r':
        out += "\\r";
        break;
    case '\t':
        out += "\\t";
        break;
    default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    }
}

void append_escaped(std::string& out, std::string_view text)
{
    std::size_t copied = 0;
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (!kNeedsEscape[static_cast<unsigned char>(text[i])])
            continue;
        auto const hostile = hostile_front(text.substr(i));
        bool const is_ascii = static_cast<unsigned char>(text[i]) < 0x7F;
        if (!is_ascii && hostile.length == 0)
            continue;
        out.append(text, copied, i - copied);
        if (is_ascii)
            append_escape(out, text[i]);
        else
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", hostile.point);
        copied = i + std::max<std::size_t>(hostile.length, 1);
        i = copied - 1;
    }
    out.append(text, copied);
}

bool looks_like_formula(std::string_view text)
{
    auto const start = text.find_first_not_of(" \xA0");
    if (start == std::string_view::npos)
        return false;
    auto const rest = text.substr(start);
    if (std::string_view { "=+-@\t\r\n" }.find(rest.front()) != std::string_view::npos)
        return true;
    for (std::string_view const wide : { "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20" })
        if (rest.starts_with(wide))
            return true;
    return false;
}

void append_digits(std::string& out, unsigned number, std::size_t width)
{
    std::array<char, 10> digits {};
    for (std::size_t i = width; i-- != 0; number /= 10)
        digits[i] = static_cast<char>('0' + number % 10);
    out.append(digits.data(), width);
}

} // namespace

void append_json(std::string& out, std::string_view text)
{
    out += '"';
    if (is_plain_utf8(text))
        append_escaped(out, text);
    else
        append_escaped(out, repair_utf8(text));
    out += '"';
}

std::string with_escapes(std::string_view json)
{
    std::string out;
    out.reserve(json.size());
    std::size_t copied = 0;
    for (std::size_t i = 0; i < json.size(); ++i)
        if (auto const hostile = hostile_front(json.substr(i)); hostile.length != 0) {
            out.append(json, copied, i - copied);
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", hostile.point);
            copied = i + hostile.length;
            i = copied - 1;
        }
    out.append(json, copied);
    return out;
}

void append_json(std::string& out, double number)
{
    if (std::isfinite(number))
        append_number(out, number);
    else
        out += "null";
}

void append_csv(std::string& out, std::string_view text, Quoting quoting)
{
    bool const formula = looks_like_formula(text);
    bool const quotes
        = quoting == Quoting::always || text.find_first_of(",\"\r\n") != std::string_view::npos || formula;
    if (quotes)
        out += '"';
    if (formula)
        out += '\'';
    std::size_t copied = 0;
    for (auto quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"', quote + 1)) {
        out.append(text, copied, quote + 1 - copied);
        copied = quote;
    }
    out.append(text, copied);
    if (quotes)
        out += '"';
}

void append_number(std::string& out, std::int64_t number)
{
    std::array<char, 24> digits {};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_number(std::string& out, double number)
{
    std::array<char, 32> digits {};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_time(std::string& out, Timestamp moment, char separator)
{
    auto const day = std::chrono::floor<std::chrono::days>(moment);
    std::chrono::year_month_day const date { day };
    auto const micros = static_cast<std::uint64_t>((moment - day).count());
    auto const seconds = static_cast<unsigned>(micros / 1'000'000);
    append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.day()), 2);
    out += separator;
    append_digits(out, seconds / 3600, 2);
    out += ':';
    append_digits(out, seconds / 60 % 60, 2);
    out += ':';
    append_digits(out, seconds % 60, 2);
    out += '.';
    append_digits(out, static_cast<unsigned>(micros % 1'000'000), 6);
}

void append_iso(std::string& out, Timestamp moment)
{
    append_time(out, moment, 'T');
    out += 'Z';
}

bool is_safe_time(std::int64_t micros)
{
    return plausible_micros(micros).has_value();
}

} // namespace exhibit::report
