#include "formats/protobuf/outline.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace exhibit::protobuf {
namespace {

constexpr std::uint32_t kHighestLikelyNumber = 4096;
constexpr std::size_t kShortestTellingText = 4;
constexpr std::size_t kLongestHex = 32; ///< numbers of boots and devices are 16 bytes

bool is_printable(std::string_view text)
{
    return is_plain_utf8(text) && std::ranges::none_of(text, [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
    });
}

/// Whether bytes can be read as a message to their end; `telling` when it holds something that chance does
/// not make, a text of some length.
bool reads_as_message(Bytes bytes, bool& telling)
{
    telling = false;
    auto const result = for_each_field(MessageReader { bytes }, [&](Field const& field) -> Result<void> {
        if (field.number > kHighestLikelyNumber)
            return fail(Fault::malformed, "an unlikely field number");
        if (field.wire == Wire::bytes && field.bytes.size() >= kShortestTellingText
            && is_printable(field.text()))
            telling = true;
        return {};
    });
    return result.has_value();
}

} // namespace

bool is_text(Field const& field)
{
    return field.wire == Wire::bytes && is_printable(field.text());
}

bool can_be_message(Field const& field)
{
    bool telling = false;
    return field.wire == Wire::bytes && reads_as_message(field.bytes, telling);
}

Guess guess(Field const& field)
{
    if (field.wire != Wire::bytes)
        return Guess::number;
    bool telling = false;
    bool const message = !field.bytes.empty() && reads_as_message(field.bytes, telling);
    if (is_printable(field.text()))
        return message && telling ? Guess::message : Guess::text;
    return message ? Guess::message : Guess::bytes;
}

void Outline::add(FieldPath const& path, Field const& field, Guess what)
{
    std::string line;
    for (auto const number : path.numbers())
        line += fmt::format("{}{}", line.empty() ? "" : "/", number);
    if (what == Guess::number && field.wire == Wire::varint)
        line += fmt::format("={}", field.integer());
    else if (what == Guess::number && std::isfinite(field.real()) && std::fabs(field.real()) < 1e15)
        line += fmt::format("={}", field.real());
    else if (what == Guess::number)
        line += fmt::format("=0x{:x}", field.value);
    else if (what == Guess::text)
        line += fmt::format("={}", field.text());
    else
        line += field.bytes.size() <= kLongestHex ? fmt::format("=hex {}", to_hex(field.text()))
                                                  : fmt::format("=({} bytes)", field.bytes.size());
    if (line.size() + 1 > m_most - m_text.size()) {
        m_cut = true;
        return;
    }
    m_text += m_text.empty() ? "" : "\n";
    m_text += line;
}

} // namespace exhibit::protobuf
