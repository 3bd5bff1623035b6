#include "formats/gzip/gzip.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using namespace exhibit;

constexpr std::size_t kMost = 1U << 20U;

/// The content as far as it can be read, in pieces of one size.
std::vector<std::byte> unpack(ByteStream& stream, std::size_t piece)
{
    std::vector<std::byte> content;
    std::vector<std::byte> room(piece);
    while (content.size() < kMost) {
        auto const count = stream.read(room);
        if (!count || *count == 0)
            break;
        content.insert(content.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*count));
    }
    return content;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

/// Any part read from a noted point on equals that part of the whole.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const packed = std::make_shared<MemorySource>(std::as_bytes(std::span { data, size }));
    gzip::Stream noting { packed };
    noting.note_points(64, 8);
    auto const content = unpack(noting, 100);
    gzip::Stream plain { packed };
    auto const again = unpack(plain, 1000);
    if (!std::ranges::equal(content, again) && content.size() < kMost)
        std::abort();
    gzip::GzipSource const source { packed, noting.take_points(), content.size() };
    std::vector<std::byte> part(50);
    for (std::size_t step = 0; step < 16 && !content.empty(); ++step) {
        auto const offset = content.size() * ((step * 7) % 16) / 16;
        auto const count = source.read_at(offset, part);
        if (count
            && !std::equal(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*count),
                content.begin() + static_cast<std::ptrdiff_t>(offset)))
            std::abort();
    }
    return 0;
}
