#include "base/byte_stream.hpp"

#include <vector>

namespace exhibit {

Result<std::uint64_t> ByteStream::skip(std::uint64_t count)
{
    constexpr std::uint64_t piece = 64U << 10U;
    std::vector<std::byte> discarded(static_cast<std::size_t>(std::min(count, piece)));
    std::uint64_t done = 0;
    while (done < count) {
        auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count - done, discarded.size()));
        auto const read_now = EXHIBIT_TRY(read(std::span { discarded }.first(wanted)));
        if (read_now == 0)
            break;
        done += read_now;
    }
    return done;
}

Result<std::size_t> ByteStream::read_fully(std::span<std::byte> into)
{
    std::size_t done = 0;
    while (done < into.size()) {
        auto const read_now = EXHIBIT_TRY(read(into.subspan(done)));
        if (read_now == 0)
            break;
        done += read_now;
    }
    return done;
}

} // namespace exhibit
