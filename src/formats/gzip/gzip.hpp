#pragma once

#include "base/byte_stream.hpp"
#include "base/source.hpp"
#include "formats/gzip/idle_streams.hpp"
#include "formats/gzip/inflate.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

/// gzip (RFC 1952), with random access.
namespace exhibit::gzip {

bool has_magic(Bytes head);

/// A place from which a gzip file can be read on.
struct Point {
    InflatePoint inflate;
    std::uint64_t unpacked = 0; ///< in the whole content, over all members of the file
};

/// Reads a gzip file of one or more members from front to back. Bytes after the last member that are no gzip
/// are ignored, as gzip itself does.
class Stream final : public ByteStream {
public:
    explicit Stream(std::shared_ptr<Source const> packed);
    Stream(std::shared_ptr<Source const> packed, Point const& from);

    /// `truncated` where the file ends early, `malformed` for damage and for a wrong checksum.
    Result<std::size_t> read(std::span<std::byte> into) override;

    /// From now on notes places to resume from, `span` bytes apart at first and at most `most` of them,
    /// thinned out as the content grows.
    void note_points(std::uint64_t span, std::size_t most);
    [[nodiscard]] std::vector<Point> take_points() { return std::move(m_points); }
    [[nodiscard]] std::uint64_t position() const { return m_position; }

private:
    Result<bool> next_member();
    Result<void> end_member();
    void note_point(InflateStream const& inflate);
    void watch();

    std::shared_ptr<Source const> m_packed;
    std::unique_ptr<InflateStream> m_inflate; ///< of the member that is being read
    std::uint64_t m_next = 0; ///< where the next member begins
    std::uint64_t m_position = 0;
    std::uint64_t m_member_start = 0; ///< position at which the member's content began
    std::optional<std::uint32_t> m_crc; ///< of the member; nothing when it was not read from its beginning
    bool m_ended = false;
    std::uint64_t m_span = 0;
    std::size_t m_most = 0;
    std::vector<Point> m_points;
};

/// What could be unpacked, and the damage that ended it: `over_limit` where there is more.
struct Unpacked {
    std::vector<std::byte> bytes;
    std::optional<Error> damage;
};

/// Unpacks up to `most` bytes into memory.
Unpacked unpack(Source const& packed, std::size_t most);

/// The content of a gzip file as a source. Reading at any place unpacks from the noted point before it;
/// reading on from where somebody stopped unpacks nothing twice.
class GzipSource final : public Source {
public:
    /// `points` and `size` from a Stream that was read to its end (or to the damage).
    GzipSource(std::shared_ptr<Source const> packed, std::vector<Point> points, std::uint64_t size)
        : m_packed(std::move(packed))
        , m_points(std::move(points))
        , m_size(size)
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    [[nodiscard]] std::unique_ptr<Stream> stream_before(std::uint64_t offset) const;

    std::shared_ptr<Source const> m_packed;
    std::vector<Point> m_points;
    std::uint64_t m_size;
    mutable IdleStreams<Stream, &Stream::position> m_idle;
};

} // namespace exhibit::gzip
