// What a row of an older frame had on overflow pages, as these were then.
#include "formats/sqlite/search.hpp"

#include <algorithm>

namespace exhibit::sqlite {

namespace {

constexpr std::uint64_t kMostHeld = 256U << 20U; ///< of memory for the rows of one image, while it is read

} // namespace

std::optional<Bytes> Search::old_payload(Image const& image, Cell const& cell, std::vector<std::byte>& buffer)
{
    if (image.place.kind != Recovered::wal_frame && image.place.kind != Recovered::replaced_page)
        return std::nullopt;
    if (cell.payload > std::uint64_t { m_map.last() } * m_pages.page_size() || cell.payload > 64U << 20U)
        return std::nullopt;
    if (cell.payload > kMostHeld - m_held) {
        m_values_cut = true;
        return std::nullopt;
    }
    m_held += cell.payload;
    buffer.assign(cell.local.begin(), cell.local.end());
    std::vector<std::byte> page(m_pages.header().usable());
    auto number = cell.overflow;
    while (buffer.size() < cell.payload) {
        m_work += page.size() + m_pages.wal().frames.size(); // All of which are looked through.
        if (is_spent())
            return std::nullopt;
        auto const location = locate_then(number, image.place.frame);
        if (!location || location->source->read_at(location->offset, page).value_or(0) < page.size())
            return std::nullopt;
        auto const wanted = std::min<std::size_t>(cell.payload - buffer.size(), page.size() - 4);
        auto const part = Bytes { page }.subspan(4, wanted);
        buffer.insert(buffer.end(), part.begin(), part.end());
        number = big32(page, 0);
    }
    if (number != 0)
        return std::nullopt;
    return Bytes { buffer };
}

/// The last frame of the transaction that `frame` (from 1) is part of. A leaf may stand before the overflow
/// pages that were written with it.
std::size_t Search::end_of_transaction(std::uint32_t frame) const
{
    auto const& frames = m_pages.wal().frames;
    for (std::size_t i = frame - 1; i < frames.size(); ++i) {
        if (i >= frame
            && frames[i].page == frames[frame - 1].page) // It was written twice: that was in between.
            return frame;
        if (frames[i].database_pages != 0)
            return i + 1;
    }
    return frame;
}

/// Where a page's image was when the transaction of `frame` had been written (0: before the first frame).
std::optional<Pages::Location> Search::locate_then(std::uint32_t page, std::uint32_t frame) const
{
    if (page == 0 || page > m_map.last())
        return std::nullopt;
    auto const& frames = m_pages.wal().frames;
    // Frames from before the log was restarted: the database has changed since.
    if (frame != 0 && frames[frame - 1].state != WalFrame::State::committed)
        return std::nullopt;
    std::optional<Pages::Location> newest;
    auto const end = frame == 0 ? 0 : end_of_transaction(frame);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (frames[i].page != page || frames[i].state != WalFrame::State::committed)
            continue;
        if (i < end)
            newest = Pages::Location { m_pages.wal_source(), frames[i].offset, Pages::Place::wal };
        else if (!newest) // A checkpoint may have moved this later image into the database already.
            return std::nullopt;
    }
    if (newest)
        return newest;
    return Pages::Location { &m_pages.main(), std::uint64_t { page - 1 } * m_pages.page_size() };
}

} // namespace exhibit::sqlite
