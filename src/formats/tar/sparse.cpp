#include "formats/tar/sparse.hpp"

#include "base/number.hpp"

#include <algorithm>

namespace exhibit::tar {

bool is_sound(std::vector<Extent> const& extents, std::uint64_t real_size, std::uint64_t stored)
{
    std::uint64_t end = 0;
    std::uint64_t held = 0;
    for (auto const& extent : extents) {
        if (extent.offset < end || extent.offset > real_size || extent.size > real_size - extent.offset
            || extent.size > stored - held)
            return false;
        end = extent.offset + extent.size;
        held += extent.size;
    }
    return held == stored;
}

void add_extents(std::vector<Extent>& extents, std::string_view list, char separator)
{
    auto const next = [&]() -> std::optional<std::uint64_t> {
        auto const number = take_number<std::uint64_t>(list);
        if (list.starts_with(separator))
            list.remove_prefix(1);
        return number;
    };
    while (extents.size() < kMostExtents) {
        auto const offset = next();
        auto const size = next();
        if (!offset || !size)
            return;
        extents.push_back({ *offset, *size });
    }
}

SparseSource::SparseSource(
    std::shared_ptr<Source const> stored, std::vector<Extent> const& extents, std::uint64_t real_size)
    : m_stored(std::move(stored))
    , m_size(real_size)
{
    std::uint64_t at = 0;
    m_pieces.reserve(extents.size());
    for (auto const& extent : extents) {
        m_pieces.push_back({ extent, at });
        at += extent.size;
    }
}

Result<std::size_t> SparseSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset >= m_size)
        return std::size_t { 0 };
    into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), m_size - offset)));
    std::ranges::fill(into, std::byte { 0 });
    auto const end = offset + into.size();
    auto piece = std::ranges::upper_bound(
        m_pieces, offset, {}, [](Piece const& one) { return one.extent.offset + one.extent.size; });
    for (; piece != m_pieces.end() && piece->extent.offset < end; ++piece) {
        auto const begin = std::max(offset, piece->extent.offset);
        auto const count
            = static_cast<std::size_t>(std::min(end, piece->extent.offset + piece->extent.size) - begin);
        auto const room = into.subspan(static_cast<std::size_t>(begin - offset), count);
        if (EXHIBIT_TRY(m_stored->read_at(piece->stored_at + (begin - piece->extent.offset), room)) != count)
            return fail(Fault::truncated, "the archive ends inside a file with holes", begin);
    }
    return into.size();
}

} // namespace exhibit::tar
