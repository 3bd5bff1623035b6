#include "formats/gzip/inflate_source.hpp"

#include <algorithm>
#include <array>

namespace exhibit {

namespace {

constexpr std::size_t kMostPoints = 1024; // Each keeps 32 KiB.
constexpr std::size_t kUnpackedPiece = std::size_t { 256 } << 10U;
constexpr std::uint64_t kLargestContent = std::uint64_t { 1 } << 40U;

bool is_zlib_header(unsigned method, unsigned flags)
{
    constexpr unsigned deflate = 8;
    constexpr unsigned needs_dictionary = 0x20;
    return (method & 0x0FU) == deflate && (method * 256 + flags) % 31 == 0 && (flags & needs_dictionary) == 0;
}

} // namespace

Result<InflateSource::Opened> InflateSource::open_zlib(
    std::shared_ptr<Source const> packed, std::stop_token const& stop)
{
    std::array<std::byte, 2> head {};
    if (EXHIBIT_TRY(packed->read_at(0, head)) != head.size()
        || !is_zlib_header(std::to_integer<unsigned>(head[0]), std::to_integer<unsigned>(head[1])))
        return fail(Fault::malformed, "not a zlib stream");
    return open(std::move(packed), head.size(), kLargestContent, stop);
}

Result<InflateSource::Opened> InflateSource::open_deflate(
    std::shared_ptr<Source const> packed, std::uint64_t most)
{
    return open(std::move(packed), 0, most, {});
}

Result<InflateSource::Opened> InflateSource::open(std::shared_ptr<Source const> packed, std::uint64_t offset,
    std::uint64_t most, std::stop_token const& stop)
{
    std::unique_ptr<InflateSource> source { new InflateSource { std::move(packed), offset } };
    std::uint32_t crc = 0;
    auto damage = source->scan(most, stop, crc);
    if (damage && (damage->fault == Fault::io || damage->fault == Fault::cancelled))
        return std::unexpected(*damage);
    return Opened { std::move(source), damage, crc };
}

std::optional<Error> InflateSource::scan(std::uint64_t most, std::stop_token const& stop, std::uint32_t& crc)
{
    InflateStream stream { *m_packed, m_offset };
    stream.watch_boundaries([this](InflateStream& at) { note(at); });
    std::vector<std::byte> piece(kUnpackedPiece);
    for (;;) {
        auto const count = stream.read(piece);
        if (!count)
            return count.error();
        if (*count == 0)
            return std::nullopt;
        if (*count > most - m_size)
            return Error { Fault::over_limit, "the content unpacks to more than it should", m_size };
        m_size += *count;
        crc = crc32_of(Bytes { piece }.first(*count), crc);
        if (stop.stop_requested())
            return Error { Fault::cancelled, "cancelled" };
    }
}

void InflateSource::note(InflateStream const& stream)
{
    auto const last = m_points.empty() ? 0 : m_points.back().unpacked;
    if (stream.unpacked() - last < m_span)
        return;
    if (m_points.size() == kMostPoints) {
        std::size_t kept = 0;
        for (std::size_t i = 1; i < m_points.size(); i += 2)
            m_points[kept++] = std::move(m_points[i]);
        m_points.resize(kept);
        m_span *= 2;
        return;
    }
    if (auto point = stream.point())
        m_points.push_back(std::move(*point));
}

std::unique_ptr<InflateStream> InflateSource::stream_before(std::uint64_t offset) const
{
    auto const after = std::ranges::upper_bound(m_points, offset, {}, &InflatePoint::unpacked);
    auto const start = after == m_points.begin() ? 0 : std::prev(after)->unpacked;
    if (auto stream = m_idle.take(start, offset))
        return stream;
    if (after == m_points.begin())
        return std::make_unique<InflateStream>(*m_packed, m_offset);
    return std::make_unique<InflateStream>(*m_packed, *std::prev(after));
}

Result<std::size_t> InflateSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset >= m_size || into.empty())
        return std::size_t { 0 };
    auto const part
        = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), m_size - offset)));
    auto stream = stream_before(offset);
    EXHIBIT_TRY(stream->skip(offset - stream->unpacked()));
    auto const count = EXHIBIT_TRY(stream->read_fully(part));
    if (count != part.size())
        return fail(Fault::truncated, "the compressed content ends early", offset + count);
    m_idle.put(std::move(stream));
    return count;
}

} // namespace exhibit
