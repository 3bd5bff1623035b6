#include "formats/age/bech32.hpp"

#include "base/text.hpp"

#include <array>
#include <cstdint>

namespace exhibit::age {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumSize = 6;
constexpr std::size_t kLongest = 1024;

class Checksum {
public:
    void add(unsigned value)
    {
        constexpr std::array<std::uint32_t, 5> generator { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
            0x2a1462b3 };
        auto const top = m_state >> 25U;
        m_state = (m_state & 0x1ffffffU) << 5U ^ value;
        for (unsigned bit = 0; bit != generator.size(); ++bit)
            if (((top >> bit) & 1U) != 0)
                m_state ^= generator[bit];
    }
    [[nodiscard]] bool right() const { return m_state == 1; }

private:
    std::uint32_t m_state = 1;
};

} // namespace

Result<std::vector<std::byte>> decode_bech32(std::string_view text, std::string_view prefix)
{
    auto const lower = to_lower(text);
    bool const has_upper = lower != text;
    bool has_lower = false;
    for (char const c : text)
        has_lower = has_lower || (c >= 'a' && c <= 'z');
    auto const separator = lower.rfind('1');
    if ((has_upper && has_lower) || text.size() > kLongest || separator == std::string::npos
        || std::string_view { lower }.substr(0, separator) != prefix
        || lower.size() - separator - 1 < kChecksumSize)
        return fail(Fault::malformed, "a key is not written as it should be");
    Checksum checksum;
    for (char const c : prefix)
        checksum.add(static_cast<unsigned char>(c) >> 5U);
    checksum.add(0);
    for (char const c : prefix)
        checksum.add(static_cast<unsigned char>(c) & 31U);
    auto const data = std::string_view { lower }.substr(separator + 1);
    std::vector<std::byte> bytes;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (std::size_t i = 0; i != data.size(); ++i) {
        auto const value = kAlphabet.find(data[i]);
        if (value == kAlphabet.npos)
            return fail(Fault::malformed, "a key holds a letter that keys do not use", separator + 1 + i);
        checksum.add(static_cast<unsigned>(value));
        if (i + kChecksumSize >= data.size())
            continue;
        bits = (bits << 5U | static_cast<std::uint32_t>(value)) & 0xFFFU;
        count += 5;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<std::byte>(bits >> count & 0xFFU));
        }
    }
    bool const padding_is_zero = count < 5 && (bits & ((1U << count) - 1U)) == 0;
    if (!checksum.right() || !padding_is_zero)
        return fail(Fault::malformed, "a key's checksum is wrong: it was not copied whole");
    return bytes;
}

} // namespace exhibit::age
