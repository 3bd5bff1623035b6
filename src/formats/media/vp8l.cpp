#include "formats/media/vp8l.hpp"

#include "formats/media/prefix_code.hpp"

#include <algorithm>
#include <optional>

namespace exhibit::media {
namespace {

constexpr std::uint32_t kLiterals = 256;
constexpr std::uint32_t kLengths = 24;
constexpr std::uint32_t kDistances = 40;
constexpr std::uint64_t kMostPixels = 4U << 20U; ///< of the small pictures inside that have to be decoded
constexpr std::uint32_t kMostGroups = 65'536;

/// What readers set aside for the five tables of a group, by the bits of the colour cache: 630 entries for
/// each of three codes of 256 symbols, 410 for the distances, the rest for the code that the cache makes
/// longer.
constexpr std::array<std::uint32_t, 12> kRoom { 2954, 2956, 2958, 2962, 2970, 2986, 3018, 3082, 3212, 3468,
    3980, 5004 };

struct Offset {
    std::int8_t right;
    std::int8_t down;
};
/// Where the 120 shortest distance codes point (RFC 9649, 5.2.2): pixels to the left and above.
constexpr std::array<Offset, 120> kNear { { { 0, 1 }, { 1, 0 }, { 1, 1 }, { -1, 1 }, { 0, 2 }, { 2, 0 },
    { 1, 2 }, { -1, 2 }, { 2, 1 }, { -2, 1 }, { 2, 2 }, { -2, 2 }, { 0, 3 }, { 3, 0 }, { 1, 3 }, { -1, 3 },
    { 3, 1 }, { -3, 1 }, { 2, 3 }, { -2, 3 }, { 3, 2 }, { -3, 2 }, { 0, 4 }, { 4, 0 }, { 1, 4 }, { -1, 4 },
    { 4, 1 }, { -4, 1 }, { 3, 3 }, { -3, 3 }, { 2, 4 }, { -2, 4 }, { 4, 2 }, { -4, 2 }, { 0, 5 }, { 3, 4 },
    { -3, 4 }, { 4, 3 }, { -4, 3 }, { 5, 0 }, { 1, 5 }, { -1, 5 }, { 5, 1 }, { -5, 1 }, { 2, 5 }, { -2, 5 },
    { 5, 2 }, { -5, 2 }, { 4, 4 }, { -4, 4 }, { 3, 5 }, { -3, 5 }, { 5, 3 }, { -5, 3 }, { 0, 6 }, { 6, 0 },
    { 1, 6 }, { -1, 6 }, { 6, 1 }, { -6, 1 }, { 2, 6 }, { -2, 6 }, { 6, 2 }, { -6, 2 }, { 4, 5 }, { -4, 5 },
    { 5, 4 }, { -5, 4 }, { 3, 6 }, { -3, 6 }, { 6, 3 }, { -6, 3 }, { 0, 7 }, { 7, 0 }, { 1, 7 }, { -1, 7 },
    { 5, 5 }, { -5, 5 }, { 7, 1 }, { -7, 1 }, { 4, 6 }, { -4, 6 }, { 6, 4 }, { -6, 4 }, { 2, 7 }, { -2, 7 },
    { 7, 2 }, { -7, 2 }, { 3, 7 }, { -3, 7 }, { 7, 3 }, { -7, 3 }, { 5, 6 }, { -5, 6 }, { 6, 5 }, { -6, 5 },
    { 8, 0 }, { 4, 7 }, { -4, 7 }, { 7, 4 }, { -7, 4 }, { 8, 1 }, { 8, 2 }, { 6, 6 }, { -6, 6 }, { 8, 3 },
    { 5, 7 }, { -5, 7 }, { 7, 5 }, { -7, 5 }, { 8, 4 }, { 6, 7 }, { -6, 7 }, { 7, 6 }, { -7, 6 }, { 8, 5 },
    { 7, 7 }, { -7, 7 }, { 8, 6 }, { 8, 7 } } };

using Group = std::vector<PrefixCode>; ///< green, red, blue, alpha, distance
using Pixels = std::vector<std::uint32_t>;

std::uint32_t subsampled(std::uint32_t size, std::uint32_t bits)
{
    return (size + (1U << bits) - 1) >> bits;
}

class Decoder {
public:
    Decoder(Bytes data, Vp8lShape& shape)
        : m_bits(data)
        , m_shape(&shape)
    {
    }

    Result<void> read()
    {
        if (EXHIBIT_TRY(m_bits.bits(8)) != 0x2F)
            return fail(Fault::malformed, "lossless WebP data has no signature");
        auto const width = EXHIBIT_TRY(m_bits.bits(14)) + 1;
        auto const height = EXHIBIT_TRY(m_bits.bits(14)) + 1;
        EXHIBIT_TRY(m_bits.bits(4)); // Whether alpha is used, and the version.
        return read_picture(width, height);
    }

    /// What a chunk of transparency holds: no head, its size is that of the picture that it belongs to.
    Result<void> read_picture(std::uint32_t width, std::uint32_t height)
    {
        constexpr unsigned kinds = 4;
        for (unsigned i = 0; i != kinds && EXHIBIT_TRY(m_bits.bits(1)) != 0; ++i)
            EXHIBIT_TRY(read_transform(width, height));
        EXHIBIT_TRY(read_codes(width, height, EXHIBIT_TRY(read_cache())));
        return {};
    }

private:
    Result<void> read_transform(std::uint32_t& width, std::uint32_t height)
    {
        auto const kind = EXHIBIT_TRY(m_bits.bits(2));
        constexpr std::uint32_t subtract_green = 2;
        constexpr std::uint32_t colours = 3;
        if (kind == subtract_green)
            return {};
        if (kind == colours) {
            auto const count = EXHIBIT_TRY(m_bits.bits(8)) + 1;
            EXHIBIT_TRY(read_small_picture(count, 1));
            width = subsampled(width, count > 16 ? 0 : count > 4 ? 1 : count > 2 ? 2 : 3);
            return {};
        }
        auto const bits = EXHIBIT_TRY(m_bits.bits(3)) + 2;
        EXHIBIT_TRY(read_small_picture(subsampled(width, bits), subsampled(height, bits)));
        return {};
    }

    /// Bits of the colour cache; 0 for none.
    Result<std::uint32_t> read_cache()
    {
        if (EXHIBIT_TRY(m_bits.bits(1)) == 0)
            return 0U;
        auto const bits = EXHIBIT_TRY(m_bits.bits(4));
        if (bits == 0 || bits >= kRoom.size())
            return fail(Fault::malformed, "a colour cache of an impossible size");
        return bits;
    }

    Result<Group> read_codes(std::uint32_t width, std::uint32_t height, std::uint32_t cache)
    {
        std::uint32_t groups = 1;
        if (EXHIBIT_TRY(m_bits.bits(1)) != 0) {
            auto const bits = EXHIBIT_TRY(m_bits.bits(3)) + 2;
            auto const which
                = EXHIBIT_TRY(read_small_picture(subsampled(width, bits), subsampled(height, bits)));
            for (auto const pixel : which)
                groups = std::max(groups, (pixel >> 8U & 0xFFFFU) + 1);
        }
        Group first = EXHIBIT_TRY(read_group(cache));
        for (std::uint32_t i = 1; i < std::min(groups, kMostGroups); ++i)
            EXHIBIT_TRY(read_group(cache));
        return first;
    }

    Result<Group> read_group(std::uint32_t cache)
    {
        std::array const alphabets { kLiterals + kLengths + (cache == 0 ? 0U : 1U << cache), kLiterals,
            kLiterals, kLiterals, kDistances };
        Group group;
        std::uint32_t need = 0;
        bool complete = true;
        for (auto const symbols : alphabets) {
            group.emplace_back(EXHIBIT_TRY(read_lengths(symbols)));
            need += group.back().table_entries();
            complete = complete && group.back().is_complete();
            if (need > kRoom[cache])
                break;
        }
        ++m_shape->groups;
        if (m_shape->room == 0
            || need * std::uint64_t { m_shape->room }
                > m_shape->largest_need * std::uint64_t { kRoom[cache] }) {
            m_shape->largest_need = need;
            m_shape->room = kRoom[cache];
        }
        if (!complete || need > kRoom[cache])
            return fail(Fault::malformed, "a prefix code is not complete");
        return group;
    }

    Result<std::vector<std::uint8_t>> read_lengths(std::uint32_t symbols)
    {
        std::vector<std::uint8_t> lengths(symbols);
        if (EXHIBIT_TRY(m_bits.bits(1)) != 0) { // One or two symbols, named.
            bool const two = EXHIBIT_TRY(m_bits.bits(1)) != 0;
            auto const wide = EXHIBIT_TRY(m_bits.bits(1)) != 0;
            auto const first = EXHIBIT_TRY(m_bits.bits(wide ? 8 : 1));
            auto const second = two ? EXHIBIT_TRY(m_bits.bits(8)) : first;
            if (std::max(first, second) >= symbols)
                return fail(Fault::malformed, "a prefix code names a symbol that is none");
            lengths[first] = lengths[second] = 1;
            return lengths;
        }
        constexpr std::array<std::uint8_t, 19> order { 17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12,
            13, 14, 15 };
        std::vector<std::uint8_t> of_lengths(order.size());
        auto const count = EXHIBIT_TRY(m_bits.bits(4)) + 4;
        for (std::uint32_t i = 0; i != std::min<std::uint32_t>(count, order.size()); ++i)
            of_lengths[order[i]] = static_cast<std::uint8_t>(EXHIBIT_TRY(m_bits.bits(3)));
        PrefixCode const code { of_lengths };
        if (!code.is_complete())
            return fail(Fault::malformed, "the code of the lengths is not complete");
        EXHIBIT_TRY(read_coded_lengths(code, lengths));
        return lengths;
    }

    Result<void> read_coded_lengths(PrefixCode const& code, std::vector<std::uint8_t>& lengths)
    {
        auto left = static_cast<std::uint32_t>(lengths.size());
        if (EXHIBIT_TRY(m_bits.bits(1)) != 0) {
            auto const width = 2 + 2 * EXHIBIT_TRY(m_bits.bits(3));
            left = 2 + EXHIBIT_TRY(m_bits.bits(width));
        }
        std::uint8_t before = 8;
        for (std::size_t at = 0; at < lengths.size() && left != 0; --left) {
            auto const symbol = EXHIBIT_TRY(code.read(m_bits));
            if (symbol < 16) {
                lengths[at++] = static_cast<std::uint8_t>(symbol);
                if (symbol != 0)
                    before = static_cast<std::uint8_t>(symbol);
                continue;
            }
            auto const repeats = symbol == 16 ? 3 + EXHIBIT_TRY(m_bits.bits(2))
                : symbol == 17                ? 3 + EXHIBIT_TRY(m_bits.bits(3))
                                              : 11 + EXHIBIT_TRY(m_bits.bits(7));
            if (repeats > lengths.size() - at)
                return fail(Fault::malformed, "lengths are repeated past the last symbol");
            std::fill_n(lengths.begin() + static_cast<std::ptrdiff_t>(at), repeats,
                symbol == 16 ? before : std::uint8_t { 0 });
            at += repeats;
        }
        return {};
    }

    /// The value of a length or distance symbol.
    Result<std::uint32_t> read_amount(std::uint32_t symbol)
    {
        if (symbol < 4)
            return symbol + 1;
        auto const extra = (symbol - 2) >> 1U;
        return ((2 + (symbol & 1U)) << extra) + EXHIBIT_TRY(m_bits.bits(extra)) + 1;
    }

    static std::uint64_t distance_of(std::uint32_t code, std::uint32_t width)
    {
        if (code > kNear.size())
            return code - kNear.size();
        auto const& near = kNear[code - 1];
        return static_cast<std::uint64_t>(
            std::max<std::int64_t>(1, std::int64_t { near.down } * width + near.right));
    }

    /// A picture of settings inside of the picture: it has one group of codes and is needed whole.
    Result<Pixels> read_small_picture(std::uint32_t width, std::uint32_t height)
    {
        auto const cache_bits = EXHIBIT_TRY(read_cache());
        auto const group = EXHIBIT_TRY(read_group(cache_bits));
        auto const total = std::uint64_t { width } * height;
        if (total > kMostPixels - std::min(m_pixels, kMostPixels))
            return fail(Fault::over_limit, "more settings inside of a picture than are read");
        m_pixels += total;
        Pixels pixels;
        pixels.reserve(total);
        Pixels cache(cache_bits == 0 ? 0 : std::size_t { 1 } << cache_bits);
        auto const put = [&](std::uint32_t pixel) {
            pixels.push_back(pixel);
            if (cache_bits != 0)
                cache[(0x1E35'A7BDU * pixel) >> (32 - cache_bits)] = pixel;
        };
        while (pixels.size() < total) {
            auto const symbol = EXHIBIT_TRY(group[0].read(m_bits));
            if (symbol < kLiterals) {
                auto const red = EXHIBIT_TRY(group[1].read(m_bits));
                auto const blue = EXHIBIT_TRY(group[2].read(m_bits));
                auto const alpha = EXHIBIT_TRY(group[3].read(m_bits));
                put(alpha << 24U | red << 16U | symbol << 8U | blue);
            } else if (symbol < kLiterals + kLengths) {
                auto const length = EXHIBIT_TRY(read_amount(symbol - kLiterals));
                auto const code = EXHIBIT_TRY(read_amount(EXHIBIT_TRY(group[4].read(m_bits))));
                auto const distance = distance_of(code, width);
                if (distance > pixels.size() || length > total - pixels.size())
                    return fail(Fault::malformed, "a copy from outside of the picture");
                for (std::uint32_t i = 0; i != length; ++i)
                    put(pixels[pixels.size() - distance]);
            } else {
                put(cache[symbol - kLiterals - kLengths]);
            }
        }
        return pixels;
    }

    BitReader m_bits;
    Vp8lShape* m_shape;
    std::uint64_t m_pixels = 0;
};

/// Of a picture, in points.
struct Size {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

/// Width and height less one, in three bytes each.
Result<Size> read_size(Bytes content, std::size_t at)
{
    Reader reader { content };
    EXHIBIT_TRY(reader.skip(at));
    auto const bytes = EXHIBIT_TRY(reader.take(6));
    auto const number = [&](std::size_t first) {
        return (std::to_integer<std::uint32_t>(bytes[first])
                   | std::to_integer<std::uint32_t>(bytes[first + 1]) << 8U
                   | std::to_integer<std::uint32_t>(bytes[first + 2]) << 16U)
            + 1;
    };
    return Size { number(0), number(3) };
}

class Chunks {
public:
    explicit Chunks(Bytes content)
        : m_reader(content)
    {
    }

    Result<Vp8lShape> read()
    {
        constexpr std::size_t most = 10'000;
        for (std::size_t i = 0; i != most && m_reader.left() >= 8; ++i)
            if (!EXHIBIT_TRY(read_chunk()))
                break;
        return m_shape;
    }

private:
    Result<bool> read_chunk()
    {
        auto const name = EXHIBIT_TRY(m_reader.text(4));
        auto const length = EXHIBIT_TRY(m_reader.little<std::uint32_t>());
        if (name == "ANMF") { // A picture of an animation: 16 bytes, then chunks as outside.
            constexpr std::size_t head = 16;
            auto const content = m_reader.take(head);
            if (content)
                m_size = read_size(*content, 6).value_or(m_size);
            return content.has_value();
        }
        auto const content = EXHIBIT_TRY(m_reader.take(std::min<std::size_t>(length, m_reader.left())));
        m_shape.is_whole = m_shape.is_whole && content.size() == length;
        if (length % 2 != 0 && m_reader.left() != 0)
            EXHIBIT_TRY(m_reader.skip(1));
        // Damage ends a picture; what was found before it is in the shape.
        if (name == "VP8L") {
            m_shape.is_lossless = true;
            note(Decoder { content, m_shape }.read());
        } else if (name == "VP8X") {
            m_size = read_size(content, 4).value_or(m_size);
        } else if (name == "ALPH") {
            read_alpha(content);
        }
        return true;
    }

    /// Transparency of a picture whose colours are in a chunk `VP8 `: readers use the same tables for it.
    void read_alpha(Bytes content)
    {
        constexpr unsigned lossless = 1;
        if (content.empty() || (std::to_integer<unsigned>(content[0]) & 3U) != lossless)
            return;
        m_shape.is_lossless = true;
        auto const size = size_of_next();
        note(Decoder { content.subspan(1), m_shape }.read_picture(size.width, size.height));
    }

    void note(Result<void> const& read) { m_shape.is_whole = m_shape.is_whole && read.has_value(); }

    /// Readers go by the picture's own size, where it follows.
    [[nodiscard]] Size size_of_next() const
    {
        constexpr std::uint16_t width_bits = 0x3FFF;
        Reader next { m_reader.rest() };
        auto const name = next.text(4);
        if (!name || *name != "VP8 " || !next.skip(4 + 6))
            return m_size;
        auto const width = next.little<std::uint16_t>();
        auto const height = next.little<std::uint16_t>();
        return width && height
            ? Size { std::uint32_t { *width } & width_bits, std::uint32_t { *height } & width_bits }
            : m_size;
    }

    Reader m_reader;
    Vp8lShape m_shape;
    Size m_size { 1, 1 };
};

} // namespace

Result<Vp8lShape> read_vp8l_shape(Bytes webp)
{
    Reader reader { webp };
    if (EXHIBIT_TRY(reader.text(4)) != "RIFF")
        return fail(Fault::malformed, "no WebP file");
    EXHIBIT_TRY(reader.skip(4));
    if (EXHIBIT_TRY(reader.text(4)) != "WEBP")
        return fail(Fault::malformed, "no WebP file");
    return Chunks { reader.rest() }.read();
}

} // namespace exhibit::media
