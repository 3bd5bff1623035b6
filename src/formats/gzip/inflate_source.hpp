#pragma once

#include "formats/gzip/idle_streams.hpp"
#include "formats/gzip/inflate.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace exhibit {

/// Deflated content as a source that keeps nothing of it but places to resume from: for content that must not
/// reach the disk. Reading at any place unpacks from the noted point before it; reading on from where
/// somebody stopped unpacks nothing twice.
class InflateSource final : public Source {
public:
    struct Opened {
        std::unique_ptr<Source> source;
        std::optional<Error> damage; ///< what ended the content early; what came before can be read
        std::uint32_t crc = 0; ///< of the content, as zip counts it
    };

    /// A zlib stream (RFC 1950). Goes over it once. `malformed` for what is none.
    static Result<Opened> open_zlib(std::shared_ptr<Source const> packed, std::stop_token const& stop = {});

    /// Raw deflate data (RFC 1951), of which no more than `most` bytes are unpacked.
    static Result<Opened> open_deflate(std::shared_ptr<Source const> packed, std::uint64_t most);

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    InflateSource(std::shared_ptr<Source const> packed, std::uint64_t offset)
        : m_packed(std::move(packed))
        , m_offset(offset)
    {
    }

    static Result<Opened> open(std::shared_ptr<Source const> packed, std::uint64_t offset, std::uint64_t most,
        std::stop_token const& stop);
    std::optional<Error> scan(std::uint64_t most, std::stop_token const& stop, std::uint32_t& crc);
    void note(InflateStream const& stream);
    [[nodiscard]] std::unique_ptr<InflateStream> stream_before(std::uint64_t offset) const;

    std::shared_ptr<Source const> m_packed;
    std::uint64_t m_offset; ///< where the deflated data begins
    std::uint64_t m_size = 0;
    std::uint64_t m_span = std::uint64_t { 1 } << 20U; ///< between two points, at least
    std::vector<InflatePoint> m_points;
    mutable IdleStreams<InflateStream, &InflateStream::unpacked> m_idle;
};

} // namespace exhibit
