#include "support/cms_builder.hpp"

namespace exhibit::test {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignedData = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"sv;
constexpr std::string_view kData = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"sv;

/// One value, with the length in one byte where it fits, else in four behind their number.
std::string value(unsigned char tag, std::string_view content)
{
    constexpr std::size_t kFits = 128;
    std::string out { static_cast<char>(tag) };
    if (content.size() < kFits)
        return (out += static_cast<char>(content.size())).append(content);
    out += '\x84';
    for (unsigned shift = 32; shift != 0; shift -= 8)
        out += static_cast<char>(content.size() >> (shift - 8) & 0xFFU);
    return out.append(content);
}

constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kSet = 0x31;
constexpr unsigned char kOctets = 0x04;
constexpr unsigned char kFirst = 0xA0;

} // namespace

std::string signed_message(std::string_view content)
{
    auto const carried = value(kSequence, std::string { kData } + value(kFirst, value(kOctets, content)));
    auto const data = value(kSequence, "\x02\x01\x01" + value(kSet, {}) + carried + value(kSet, {}));
    return value(kSequence, std::string { kSignedData } + value(kFirst, data));
}

} // namespace exhibit::test
