#pragma once

#include "base/byte_buffer.hpp"
#include "base/byte_stream.hpp"
#include "base/source.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

struct z_stream_s; // NOLINT(readability-identifier-naming): zlib named it

namespace exhibit {

/// CRC-32 as zip and gzip use it, going on from `start`.
std::uint32_t crc32_of(Bytes bytes, std::uint32_t start = 0);
/// Of bytes with the sum `first`, and `size` bytes with the sum `second` behind them.
std::uint32_t crc32_of_both(std::uint32_t first, std::uint32_t second, std::uint64_t size);

/// Unpacks raw deflate data in one go, several times faster than a stream. Nothing unless exactly so many
/// bytes with this CRC-32 come out: then a stream finds out what is wrong, and what can be had.
std::optional<ByteBuffer> inflate_whole(Bytes packed, std::size_t size, std::uint32_t crc);

struct EndInflate {
    void operator()(z_stream_s* stream) const;
};

/// A place inside deflated data from which unpacking can be resumed.
struct InflatePoint {
    std::uint64_t packed = 0; ///< first whole byte of the packed data to read
    std::uint64_t unpacked = 0; ///< bytes that came out before
    std::uint8_t bits = 0; ///< how many bits of the byte before `packed` are still unread
    std::vector<std::byte> window; ///< what came out last, up to 32 KiB
};

/// Unpacks raw deflate data (RFC 1951) from a source, front to back.
class InflateStream final : public ByteStream {
public:
    /// Told at block boundaries; `point` makes the place that can be resumed.
    using BoundaryWatch = std::function<void(InflateStream&)>;

    explicit InflateStream(Source const& packed, std::uint64_t offset = 0);
    InflateStream(Source const& packed, InflatePoint const& from);
    ~InflateStream() override;

    /// `malformed` for damaged data, `truncated` where it ends early.
    Result<std::size_t> read(std::span<std::byte> into) override;

    [[nodiscard]] bool ended() const { return m_ended; }
    [[nodiscard]] std::uint64_t unpacked() const { return m_unpacked; }
    /// Where the packed data ended, to the byte.
    [[nodiscard]] std::uint64_t packed_end() const;
    /// Only inside `watch`.
    [[nodiscard]] std::optional<InflatePoint> point() const;
    void watch_boundaries(BoundaryWatch watch) { m_watch = std::move(watch); }

private:
    Result<void> refill();
    Result<void> refill_unless_at_end(unsigned& tries);
    void watch_boundary();
    void start(std::uint64_t offset);

    Source const& m_packed;
    std::uint64_t m_offset = 0; ///< of what was not yet put into the buffer
    std::uint64_t m_unpacked = 0;
    bool m_ended = false;
    bool m_usable = false;
    BoundaryWatch m_watch;
    std::vector<std::byte> m_buffer;
    std::unique_ptr<z_stream_s, EndInflate> m_stream;
};

} // namespace exhibit
