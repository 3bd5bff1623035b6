#include "base/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace exhibit {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoLetter = 0xFF;

constexpr auto kValues = [] {
    std::array<std::uint8_t, 256> values {};
    values.fill(kNoLetter);
    std::uint8_t value = 0;
    for (char const c : kAlphabet)
        values[static_cast<unsigned char>(c)] = value++;
    return values;
}();

} // namespace

std::string to_base64(std::string_view bytes)
{
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 3))) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i != 3; ++i)
            group = group << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
        out += kAlphabet[group >> 18U];
        out += kAlphabet[group >> 12U & 63U];
        out += bytes.size() > 1 ? kAlphabet[group >> 6U & 63U] : '=';
        out += bytes.size() > 2 ? kAlphabet[group & 63U] : '=';
    }
    return out;
}

Result<std::vector<std::byte>> from_base64(std::string_view text)
{
    if (text.size() % 4 == 0 && text.ends_with('='))
        text.remove_suffix(text.ends_with("==") ? 2 : 1);
    std::vector<std::byte> out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (std::size_t i = 0; i != text.size(); ++i) {
        auto const value = kValues[static_cast<unsigned char>(text[i])];
        if (value == kNoLetter)
            return fail(Fault::malformed, "base64 with a letter that it does not have", i);
        bits = (bits << 6U | value) & 0xFFFFFU;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<std::byte>(bits >> count & 0xFFU));
        }
    }
    if (count >= 6 || (bits & ((1U << count) - 1U)) != 0)
        return fail(Fault::malformed, "base64 that ends within a byte");
    return out;
}

} // namespace exhibit
