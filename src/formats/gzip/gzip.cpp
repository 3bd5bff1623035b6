#include "formats/gzip/gzip.hpp"

#include "base/source_reader.hpp"

#include <algorithm>

namespace exhibit::gzip {

namespace {

constexpr std::uint8_t kDeflate = 8;
constexpr std::size_t kLongestText = 1U << 20U;
constexpr std::size_t kUnpackStep = 1U << 18U;

bool starts_member(Bytes head)
{
    return head.size() >= 3 && std::to_integer<unsigned>(head[0]) == 0x1f
        && std::to_integer<unsigned>(head[1]) == 0x8b && std::to_integer<unsigned>(head[2]) == kDeflate;
}

/// Tapes and blocks of disks pad with zeros.
Result<bool> is_zero_from(Source const& source, std::uint64_t offset)
{
    std::array<std::byte, 4096> block {};
    while (auto const count = EXHIBIT_TRY(source.read_at(offset, block))) {
        if (std::ranges::any_of(
                Bytes { block }.first(count), [](std::byte byte) { return byte != std::byte { 0 }; }))
            return false;
        offset += count;
    }
    return true;
}

Result<void> skip_text(SourceReader& reader)
{
    for (std::size_t i = 0; i < kLongestText; ++i)
        if (EXHIBIT_TRY(reader.big<std::uint8_t>()) == 0)
            return {};
    return fail(Fault::over_limit, "a text in the gzip header is too long", reader.offset());
}

/// The header of a member; returns where its deflated data begins.
Result<std::uint64_t> read_header(Source const& packed, std::uint64_t offset)
{
    constexpr std::uint8_t has_header_crc = 2;
    constexpr std::uint8_t has_extra = 4;
    constexpr std::uint8_t has_name = 8;
    constexpr std::uint8_t has_comment = 16;
    SourceReader reader { packed, offset };
    EXHIBIT_TRY(reader.take(3));
    auto const flags = EXHIBIT_TRY(reader.big<std::uint8_t>());
    EXHIBIT_TRY(reader.take(6));
    if ((flags & has_extra) != 0) {
        auto const stated = EXHIBIT_TRY(reader.take(2));
        Reader length { stated };
        EXHIBIT_TRY(reader.take(EXHIBIT_TRY(length.little<std::uint16_t>())));
    }
    if ((flags & has_name) != 0)
        EXHIBIT_TRY(skip_text(reader));
    if ((flags & has_comment) != 0)
        EXHIBIT_TRY(skip_text(reader));
    if ((flags & has_header_crc) != 0)
        EXHIBIT_TRY(reader.take(2));
    return reader.offset();
}

} // namespace

bool has_magic(Bytes head)
{
    return starts_member(head);
}

Stream::Stream(std::shared_ptr<Source const> packed)
    : m_packed(std::move(packed))
{
}

Stream::Stream(std::shared_ptr<Source const> packed, Point const& from)
    : m_packed(std::move(packed))
    , m_inflate(std::make_unique<InflateStream>(*m_packed, from.inflate))
    , m_position(from.unpacked)
{
}

void Stream::note_points(std::uint64_t span, std::size_t most)
{
    m_span = span;
    m_most = most;
}

void Stream::watch()
{
    if (m_span != 0)
        m_inflate->watch_boundaries([this](InflateStream const& inflate) { note_point(inflate); });
}

void Stream::note_point(InflateStream const& inflate)
{
    auto const position = m_member_start + inflate.unpacked();
    auto const last = m_points.empty() ? 0 : m_points.back().unpacked;
    if (!m_points.empty() && position - last < m_span)
        return;
    if (m_points.size() == m_most) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < m_points.size(); i += 2)
            m_points[kept++] = std::move(m_points[i]);
        m_points.resize(kept);
        m_span *= 2;
        return;
    }
    if (auto point = inflate.point())
        m_points.push_back({ std::move(*point), position });
}

Result<bool> Stream::next_member()
{
    std::array<std::byte, 3> head {};
    auto const count = EXHIBIT_TRY(m_packed->read_at(m_next, head));
    if (!starts_member(Bytes { head }.first(count))) {
        if (m_next == 0)
            return fail(Fault::malformed, "not a gzip file");
        if (!EXHIBIT_TRY(is_zero_from(*m_packed, m_next)))
            return fail(Fault::malformed, "what follows in the gzip file is no part of it", m_next);
        return false;
    }
    auto const data = EXHIBIT_TRY(read_header(*m_packed, m_next));
    m_inflate = std::make_unique<InflateStream>(*m_packed, data);
    m_member_start = m_position;
    m_crc = 0;
    watch();
    return true;
}

Result<void> Stream::end_member()
{
    SourceReader reader { *m_packed, m_inflate->packed_end() };
    m_inflate.reset();
    auto const bytes = EXHIBIT_TRY(reader.take(8));
    Reader trailer { bytes, reader.offset() - 8 };
    auto const crc = EXHIBIT_TRY(trailer.little<std::uint32_t>());
    m_next = reader.offset();
    if (m_crc && *m_crc != crc)
        return fail(
            Fault::malformed, "the content of the gzip file does not match its checksum", trailer.offset());
    return {};
}

Result<std::size_t> Stream::read(std::span<std::byte> into)
{
    while (!m_ended && !into.empty()) {
        if (!m_inflate && !EXHIBIT_TRY(next_member())) {
            m_ended = true;
            break;
        }
        auto const count = EXHIBIT_TRY(m_inflate->read(into));
        m_position += count;
        if (m_crc)
            m_crc = crc32_of(into.first(count), *m_crc);
        if (m_inflate->ended() && count == 0)
            EXHIBIT_TRY(end_member());
        if (count != 0)
            return count;
    }
    return std::size_t { 0 };
}

std::unique_ptr<Stream> GzipSource::stream_before(std::uint64_t offset) const
{
    auto const after = std::ranges::upper_bound(m_points, offset, {}, &Point::unpacked);
    auto const start = after == m_points.begin() ? 0 : std::prev(after)->unpacked;
    if (auto stream = m_idle.take(start, offset))
        return stream;
    if (after == m_points.begin())
        return std::make_unique<Stream>(m_packed);
    return std::make_unique<Stream>(m_packed, *std::prev(after));
}

Result<std::size_t> GzipSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset >= m_size || into.empty())
        return std::size_t { 0 };
    auto const part
        = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), m_size - offset)));
    auto stream = stream_before(offset);
    EXHIBIT_TRY(stream->skip(offset - stream->position()));
    auto const count = EXHIBIT_TRY(stream->read_fully(part));
    if (count != part.size())
        return fail(Fault::truncated, "the gzip file ends early", offset + count);
    m_idle.put(std::move(stream));
    return count;
}

Unpacked unpack(Source const& packed, std::size_t most)
{
    Unpacked unpacked;
    Stream stream { std::shared_ptr<Source const> { std::shared_ptr<void> {}, &packed } }; // borrowed
    for (;;) {
        auto const at = unpacked.bytes.size();
        if (at >= most) {
            unpacked.damage
                = Error { Fault::over_limit, "the unpacked content is larger than the limit", at };
            return unpacked;
        }
        unpacked.bytes.resize(at + kUnpackStep);
        auto const count = stream.read(std::span { unpacked.bytes }.subspan(at));
        unpacked.bytes.resize(at + count.value_or(0));
        if (!count)
            unpacked.damage = count.error();
        if (!count || *count == 0)
            return unpacked;
    }
}

} // namespace exhibit::gzip
