#include "formats/gzip/inflate.hpp"

#include <algorithm>
#include <array>
#include <libdeflate.h>
#include <limits>
#include <zlib.h>

namespace exhibit {

namespace {

constexpr unsigned kTriesAtEnd = 3; // Of its last block and of the data.
constexpr std::size_t kBuffer = 64U << 10U;
constexpr int kRawDeflate = -15;
constexpr std::size_t kWindow = 32U << 10U;

// zlib's own description of `data_type` after Z_BLOCK.
constexpr int kUnusedBits = 7;
constexpr int kLastBlock = 64;
constexpr int kAtBoundary = 128;

std::uint64_t consumed_before(std::uint64_t offset, z_stream const& stream)
{
    return offset - stream.avail_in;
}

} // namespace

std::uint32_t crc32_of(Bytes bytes, std::uint32_t start)
{
    return ::libdeflate_crc32(start, bytes.data(), bytes.size());
}

std::uint32_t crc32_of_both(std::uint32_t first, std::uint32_t second, std::uint64_t size)
{
    return static_cast<std::uint32_t>(::crc32_combine(first, second, static_cast<z_off_t>(size)));
}

std::optional<ByteBuffer> inflate_whole(Bytes packed, std::size_t size, std::uint32_t crc)
{
    struct Free {
        void operator()(libdeflate_decompressor* state) const { ::libdeflate_free_decompressor(state); }
    };
    std::unique_ptr<libdeflate_decompressor, Free> const state { ::libdeflate_alloc_decompressor() };
    if (!state)
        return std::nullopt;
    ByteBuffer content;
    std::size_t actual = 0;
    auto const result = ::libdeflate_deflate_decompress(
        state.get(), packed.data(), packed.size(), content.room(size), size, &actual);
    if (result != LIBDEFLATE_SUCCESS || actual != size)
        return std::nullopt;
    content.take(size);
    if (crc32_of(content.bytes()) != crc)
        return std::nullopt;
    return content;
}

void EndInflate::operator()(z_stream* stream) const
{
    ::inflateEnd(stream);
    delete stream; // NOLINT(cppcoreguidelines-owning-memory): this is the deleter
}

InflateStream::InflateStream(Source const& packed, std::uint64_t offset)
    : m_packed(packed)
{
    start(offset);
}

InflateStream::InflateStream(Source const& packed, InflatePoint const& from)
    : m_packed(packed)
    , m_unpacked(from.unpacked)
{
    start(from.packed);
    if (m_usable && from.bits != 0) {
        std::array<std::byte, 1> before {};
        auto const read
            = from.packed == 0 ? Result<std::size_t> { 0U } : m_packed.read_at(from.packed - 1, before);
        m_usable = read && *read == 1
            && ::inflatePrime(m_stream.get(), from.bits, std::to_integer<int>(before[0]) >> (8 - from.bits))
                == Z_OK;
    }
    if (m_usable && !from.window.empty())
        m_usable = ::inflateSetDictionary(m_stream.get(), reinterpret_cast<Bytef const*>(from.window.data()),
                       static_cast<uInt>(from.window.size()))
            == Z_OK;
}

InflateStream::~InflateStream() = default;

void InflateStream::start(std::uint64_t offset)
{
    m_offset = offset;
    auto stream = std::make_unique<z_stream>();
    m_usable = ::inflateInit2(stream.get(), kRawDeflate) == Z_OK;
    if (m_usable)
        m_stream.reset(stream.release());
}

Result<void> InflateStream::refill()
{
    m_buffer.resize(kBuffer);
    auto const count = EXHIBIT_TRY(m_packed.read_at(m_offset, m_buffer));
    if (count == 0)
        return fail(Fault::truncated, "compressed data ends early", m_offset);
    m_offset += count;
    m_stream->next_in = reinterpret_cast<Bytef*>(m_buffer.data());
    m_stream->avail_in = static_cast<uInt>(count);
    return {};
}

/// The end may still be among the bits that were taken in: `tries` says how often that was hoped for.
Result<void> InflateStream::refill_unless_at_end(unsigned& tries)
{
    if (m_stream->avail_in != 0)
        return {};
    auto const filled = refill();
    bool const may_end = !filled && filled.error().fault == Fault::truncated && tries++ < kTriesAtEnd;
    return may_end ? Result<void> {} : filled;
}

void InflateStream::watch_boundary()
{
    auto const type = m_stream->data_type;
    if (m_watch && (type & kAtBoundary) != 0 && (type & kLastBlock) == 0)
        m_watch(*this);
}

Result<std::size_t> InflateStream::read(std::span<std::byte> into)
{
    if (!m_usable)
        return fail(Fault::malformed, "compressed data cannot be resumed here", m_offset);
    auto& stream = *m_stream;
    auto const room = std::min<std::size_t>(into.size(), std::numeric_limits<uInt>::max());
    stream.next_out = reinterpret_cast<Bytef*>(into.data());
    stream.avail_out = static_cast<uInt>(room);
    unsigned tries = 0;
    while (!m_ended && stream.avail_out != 0) {
        if (auto const filled = refill_unless_at_end(tries); !filled) {
            if (room == stream.avail_out)
                return std::unexpected(filled.error());
            break; // What came out already is handed on; the next call fails.
        }
        auto const before = stream.avail_out;
        auto const status = ::inflate(&stream, m_watch ? Z_BLOCK : Z_NO_FLUSH);
        m_unpacked += before - stream.avail_out;
        m_ended = status == Z_STREAM_END;
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
            m_usable = false;
            if (room != stream.avail_out)
                break;
            return fail(Fault::malformed, "compressed data is damaged", consumed_before(m_offset, stream));
        }
        watch_boundary();
    }
    return room - stream.avail_out;
}

std::uint64_t InflateStream::packed_end() const
{
    return m_stream ? consumed_before(m_offset, *m_stream) : m_offset;
}

std::optional<InflatePoint> InflateStream::point() const
{
    InflatePoint point;
    point.packed = packed_end();
    point.unpacked = m_unpacked;
    point.bits = static_cast<std::uint8_t>(m_stream->data_type & kUnusedBits);
    point.window.resize(kWindow);
    uInt size = 0;
    if (::inflateGetDictionary(m_stream.get(), reinterpret_cast<Bytef*>(point.window.data()), &size) != Z_OK)
        return std::nullopt;
    point.window.resize(size);
    point.window.shrink_to_fit();
    return point;
}

} // namespace exhibit
