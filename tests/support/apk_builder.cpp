#include "support/apk_builder.hpp"

#include "formats/gzip/inflate.hpp"

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <zlib.h>

namespace exhibit::test {
namespace {

template<std::unsigned_integral T> std::string little(T value)
{
    std::string out;
    for (std::size_t i = 0; i != sizeof value; ++i)
        out += static_cast<char>(static_cast<std::uint8_t>(value >> (8 * i)));
    return out;
}

std::string deflated(std::string const& content)
{
    z_stream stream {};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error { "zlib" };
    std::string out(deflateBound(&stream, content.size()), '\0');
    std::string in = content;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

} // namespace

std::string dex_of(std::vector<std::string> const& strings, std::string_view behind)
{
    constexpr std::size_t header = 0x70;
    std::string places;
    std::string texts;
    for (auto const& text : strings) {
        places += little(static_cast<std::uint32_t>(header + 4 * strings.size() + texts.size()));
        auto length = text.size();
        for (; length > 0x7F; length >>= 7U)
            texts += static_cast<char>((length & 0x7FU) | 0x80U);
        texts += static_cast<char>(length) + text + '\0';
    }
    std::string out = std::string { "dex\n035\0", 8 };
    out.resize(0x38);
    out += little(static_cast<std::uint32_t>(strings.size())) + little(static_cast<std::uint32_t>(header));
    out.resize(header);
    return out + places + texts + std::string { behind };
}

std::string apk_of(std::vector<ApkMember> const& members)
{
    std::string out;
    std::string directory;
    for (auto const& member : members) {
        auto const data = member.deflated ? deflated(member.content) : member.content;
        auto const method = static_cast<std::uint16_t>(member.deflated ? 8 : 0);
        auto const common = little(std::uint16_t { 20 }) + little(std::uint16_t { 0 }) + little(method)
            + std::string(4, '\0') + little(crc32_of(as_bytes(member.content)))
            + little(static_cast<std::uint32_t>(data.size()))
            + little(static_cast<std::uint32_t>(member.content.size()))
            + little(static_cast<std::uint16_t>(member.name.size())) + little(std::uint16_t { 0 });
        directory += "PK\1\2" + little(std::uint16_t { 20 }) + common + std::string(4, '\0')
            + member.attributes + little(static_cast<std::uint32_t>(out.size())) + member.name;
        out += "PK\3\4" + common + member.name + data;
    }
    auto const count = little(static_cast<std::uint16_t>(members.size()));
    return out + directory + "PK\5\6" + std::string(4, '\0') + count + count
        + little(static_cast<std::uint32_t>(directory.size()))
        + little(static_cast<std::uint32_t>(out.size())) + std::string(2, '\0');
}

} // namespace exhibit::test
