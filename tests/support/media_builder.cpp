#include "support/media_builder.hpp"

#include "formats/gzip/inflate.hpp"

#include <array>
#include <fmt/format.h>

namespace exhibit::test {
namespace {

template<typename T> std::string big(T value)
{
    std::string out(sizeof(T), '\0');
    for (std::size_t i = 0; i != sizeof(T); ++i)
        out[sizeof(T) - 1 - i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFFU);
    return out;
}

template<typename T> std::string little(T value)
{
    auto out = big(value);
    return { out.rbegin(), out.rend() };
}

std::string jbig2_segment(
    std::uint32_t number, std::uint8_t type, std::string_view refers_to, std::string_view data)
{
    auto out = big(number) + big(type);
    out += static_cast<char>(refers_to.size() << 5U);
    out += refers_to;
    out += '\1'; // The page.
    return out + big(static_cast<std::uint32_t>(data.size())) + std::string { data };
}

std::string symbol_dictionary(std::uint32_t exported)
{
    return big(std::uint16_t { 1 }) + big(exported) + big(exported);
}

class BitWriter {
public:
    void put(std::uint32_t value, unsigned count)
    {
        for (unsigned i = 0; i != count; ++i, ++m_at) {
            if (m_at % 8 == 0)
                m_bytes += '\0';
            m_bytes.back()
                = static_cast<char>(m_bytes.back() | static_cast<char>((value >> i & 1U) << (m_at % 8)));
        }
    }
    [[nodiscard]] std::string take() { return std::move(m_bytes); }

private:
    std::string m_bytes;
    std::size_t m_at = 0;
};

/// A code with so many symbols of each length, the shorter ones first, of `symbols` in all.
void put_code(BitWriter& bits, std::vector<unsigned> const& counts, std::size_t symbols)
{
    bits.put(0, 1); // Not just one or two symbols.
    bits.put(15, 4); // The lengths of all 19 symbols that lengths are written in: four bits for 0 to 15.
    constexpr std::array order { 17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    for (auto const symbol : order)
        bits.put(symbol < 16 ? 4 : 0, 3);
    bits.put(0, 1); // All symbols follow.
    std::vector<unsigned> lengths;
    for (unsigned length = 1; length < counts.size(); ++length)
        lengths.insert(lengths.end(), counts[length], length);
    lengths.resize(symbols, 0);
    for (auto const length : lengths)
        for (unsigned bit = 4; bit-- != 0;) // Codes begin with their highest bit.
            bits.put(length >> bit & 1U, 1);
}

void put_single_symbol(BitWriter& bits)
{
    bits.put(1, 1);
    bits.put(0, 1); // One symbol,
    bits.put(0, 1); // in one bit:
    bits.put(0, 1); // 0.
}

std::string webp_chunk(std::string_view name, std::string_view content)
{
    auto out
        = std::string { name } + little(static_cast<std::uint32_t>(content.size())) + std::string { content };
    if (content.size() % 2 != 0)
        out += '\0';
    return out;
}

std::string webp_of(std::string_view chunks)
{
    auto const content = "WEBP" + std::string { chunks };
    return "RIFF" + little(static_cast<std::uint32_t>(content.size())) + content;
}

void put_head(BitWriter& bits)
{
    bits.put(0x2F, 8);
    bits.put(0, 14); // Width and height less one.
    bits.put(0, 14);
    bits.put(0, 4); // No alpha, version 0.
}

void put_codes_head(BitWriter& bits)
{
    bits.put(0, 1); // No transform.
    bits.put(0, 1); // No colour cache.
    bits.put(0, 1); // One group of codes.
}

void put_codes(BitWriter& bits, std::vector<unsigned> const& counts)
{
    put_codes_head(bits);
    put_code(bits, { 0, 1, 1, 1, 0, 0, 0, 0, 0, 9, 61, 25, 113, 65, 1, 2 }, 280);
    for (int i = 0; i != 3; ++i)
        put_code(bits, { 0, 1, 1, 1, 0, 1, 0, 0, 0, 17, 29, 9, 65, 65, 65, 2 }, 256);
    put_code(bits, counts, 40);
}

void put_field(
    std::string& out, std::uint16_t tag, std::uint16_t type, std::uint32_t count, std::uint32_t value)
{
    out += little(tag) + little(type) + little(count) + little(value);
}

} // namespace

std::string pdf_with_jbig2(std::uint32_t first, std::uint32_t second, std::string_view filter_name)
{
    auto const stream = jbig2_segment(0, 0, "", symbol_dictionary(first))
        + jbig2_segment(1, 0, "", symbol_dictionary(second))
        + jbig2_segment(2, 6, std::string_view { "\0\1", 2 }, "sample");
    std::string hex;
    for (char const c : stream)
        hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return fmt::format(
        "%PDF-1.4\n1 0 obj\n<< /Type /XObject /Filter [ /ASCIIHexDecode /{} ] /Length {} >>\nstream\n{}>\n"
        "endstream\nendobj\n%%EOF\n",
        filter_name, hex.size() + 1, hex);
}

std::string webp_with_distances(std::vector<unsigned> const& counts)
{
    BitWriter bits;
    put_head(bits);
    put_codes(bits, counts);
    return webp_of(webp_chunk("VP8L", bits.take()));
}

std::string webp_with_alpha(std::vector<unsigned> const& counts, bool animated)
{
    BitWriter bits;
    put_codes(bits, counts);
    auto const alpha = webp_chunk("ALPH", "\1" + bits.take()); // Lossless.
    auto const picture = webp_chunk("VP8 ", std::string { "\x30\1\0\x9D\1\x2A\1\0\1\0", 10 });
    return webp_of(webp_chunk("VP8X", "\x10" + std::string(9, '\0'))
        + (animated ? webp_chunk("ANMF", std::string(16, '\0') + alpha + picture) : alpha + picture));
}

std::string plain_webp()
{
    BitWriter bits;
    put_head(bits);
    put_codes_head(bits);
    for (int i = 0; i != 5; ++i)
        put_single_symbol(bits);
    return webp_of(webp_chunk("VP8L", bits.take()));
}

std::string font_with_program(std::string_view program)
{
    std::string glyph = big(std::uint16_t { 0 }) + std::string(8, '\0'); // No contours, an empty box.
    glyph += big(static_cast<std::uint16_t>(program.size())) + std::string { program };
    if (glyph.size() % 2 != 0)
        glyph += '\0';
    auto const loca = big(std::uint16_t { 0 }) + big(static_cast<std::uint16_t>(glyph.size() / 2));
    std::string const head(54, '\0');
    std::array<std::pair<std::string_view, std::string_view>, 4> const tables { { { "fpgm", program },
        { "glyf", glyph }, { "head", head }, { "loca", loca } } };
    auto out = big(std::uint32_t { 0x0001'0000 }) + big(static_cast<std::uint16_t>(tables.size()))
        + std::string(6, '\0');
    auto offset = out.size() + tables.size() * 16;
    std::string content;
    for (auto const& [name, bytes] : tables) {
        out += std::string { name } + big(std::uint32_t { 0 })
            + big(static_cast<std::uint32_t>(offset + content.size()))
            + big(static_cast<std::uint32_t>(bytes.size()));
        content += bytes;
    }
    return out + content;
}

std::string dng_file(DngShape const& shape)
{
    constexpr std::uint16_t fields = 9;
    constexpr std::uint32_t behind = 8 + 2 + fields * 12 + 4;
    std::string jpeg { "\xFF\xD8\xFF\xC3\0\x0B\x08\0\x10\0\x10", 11 };
    jpeg += static_cast<char>(shape.components);
    jpeg += std::string { "\1\x11\0\xFF\xD9", 5 };
    auto const list = big(shape.opcodes);
    std::string out = "II" + little(std::uint16_t { 42 }) + little(std::uint32_t { 8 }) + little(fields);
    put_field(out, 256, 4, 1, 16);
    put_field(out, 257, 4, 1, 16);
    put_field(out, 259, 3, 1, 7);
    put_field(out, 277, 3, 1, shape.samples);
    put_field(out, 322, 4, 1, 16);
    put_field(out, 323, 4, 1, 16);
    put_field(out, 324, 4, shape.tiles, shape.tiles == 1 ? behind : behind + 64);
    put_field(out, 50'706, 1, 4, 0x401);
    put_field(out, 51'008, 7, 8, behind + 32);
    out += little(std::uint32_t { 0 });
    jpeg.resize(32, '\0');
    out += jpeg + list + std::string(28, '\0');
    for (std::uint32_t i = 0; i != shape.tiles; ++i)
        out += little(behind);
    return out;
}

std::string plain_jpeg()
{
    return std::string { "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", 20 } + std::string(64, 'x')
        + std::string { "\xFF\xD9", 2 };
}

std::string zip_of(std::string_view name, std::string_view content)
{
    auto const crc = crc32_of(as_bytes(content));
    auto const size = static_cast<std::uint32_t>(content.size());
    auto const common = little(std::uint16_t { 20 }) + std::string(8, '\0') + little(crc) + little(size)
        + little(size) + little(static_cast<std::uint16_t>(name.size())) + little(std::uint16_t { 0 });
    auto const local = "PK\3\4" + common + std::string { name } + std::string { content };
    auto const central
        = "PK\1\2" + little(std::uint16_t { 20 }) + common + std::string(14, '\0') + std::string { name };
    return local + central + "PK\5\6" + std::string(4, '\0') + little(std::uint16_t { 1 })
        + little(std::uint16_t { 1 }) + little(static_cast<std::uint32_t>(central.size()))
        + little(static_cast<std::uint32_t>(local.size())) + std::string(2, '\0');
}

} // namespace exhibit::test
