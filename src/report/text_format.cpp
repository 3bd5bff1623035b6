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

enum class Byte : std::uint8_t { plain, escaped, may_be_unsafe };

/// What each byte is in a JSON string: of the last kind are those with which a character begins that
/// `unsafe_front` may know, apart from the control characters of ASCII.
constexpr std::array<Byte, 256> kBytes = [] {
    std::array<Byte, 256> bytes {};
    for (std::size_t i = 0; i != 0x20; ++i)
        bytes[i] = Byte::escaped;
    bytes['"'] = Byte::escaped;
    bytes['\\'] = Byte::escaped;
    for (std::size_t const first : { 0x7FU, 0xC2U, 0xD8U, 0xE1U, 0xE2U, 0xEFU })
        bytes[first] = Byte::may_be_unsafe;
    return bytes;
}();

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

/// Which bytes an escape is needed for: all, or those that stand in no JSON outside of its strings.
enum class Escaped : std::uint8_t { whole_string, unsafe_only };

void append_escaped(std::string& out, std::string_view text, Escaped escaped)
{
    std::size_t copied = 0;
    for (std::size_t i = 0; i != text.size(); ++i) {
        auto const byte = kBytes[static_cast<unsigned char>(text[i])];
        if (byte == Byte::escaped && escaped == Escaped::whole_string) {
            out.append(text, copied, i - copied);
            append_escape(out, text[i]);
            copied = i + 1;
        } else if (byte == Byte::may_be_unsafe) {
            auto const unsafe = unsafe_front(text.substr(i));
            if (!unsafe)
                continue;
            out.append(text, copied, i - copied);
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(unsafe->point));
            i += unsafe->length - 1;
            copied = i + 1;
        }
    }
    out.append(text, copied);
}

bool begins_with_sign(std::string_view text)
{
    constexpr std::array<std::string_view, 8> signs { "=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D",
        "\uFF20" };
    return std::ranges::any_of(signs, [&](std::string_view sign) { return text.starts_with(sign); });
}

std::string_view without_front(std::string_view text, std::string_view characters)
{
    return text.substr(std::min(text.find_first_not_of(characters), text.size()));
}

bool looks_like_formula(std::string_view text)
{
    auto const rest = without_front(text, " \xA0");
    return begins_with_sign(rest) || (!rest.empty() && std::string_view { "\t\r\n" }.contains(rest.front()));
}

/// Whether a spreadsheet that begins a cell within a text would run it.
bool may_begin_formula(std::string_view text)
{
    return begins_with_sign(without_front(text, " \xA0\""));
}

/// What ends a cell in this or that spreadsheet, and quotes.
bool may_split(char c)
{
    return std::string_view { ",;|\t\r\n\"" }.contains(c);
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
        append_escaped(out, text, Escaped::whole_string);
    else
        append_escaped(out, repair_utf8(text), Escaped::whole_string);
    out += '"';
}

std::string with_escapes(std::string_view json)
{
    std::string out;
    out.reserve(json.size());
    append_escaped(out, json, Escaped::unsafe_only);
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
    if (quoting != Quoting::always && !formula && std::ranges::none_of(text, may_split)) {
        out += text;
        return;
    }
    out += '"';
    if (formula)
        out += '\'';
    for (std::size_t i = 0; i != text.size(); ++i) {
        out += text[i];
        if (text[i] == '"')
            out += '"';
        else if (text[i] != ',' && may_split(text[i]) && may_begin_formula(text.substr(i + 1)))
            out += '\''; // Where lists are separated by semicolons, a spreadsheet begins a cell here, quotes
                         // or not.
    }
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
