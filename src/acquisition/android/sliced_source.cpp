#include "acquisition/android/sliced_source.hpp"

#include <algorithm>

namespace exhibit::android {

SlicedSource::SlicedSource(std::shared_ptr<Source const> whole, std::vector<Slice> slices)
    : m_whole(std::move(whole))
    , m_slices(std::move(slices))
{
    for (auto const& slice : m_slices)
        m_size += slice.size;
}

Result<std::size_t> SlicedSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    std::size_t done = 0;
    for (auto const& slice : m_slices) {
        if (done == into.size())
            break;
        if (offset >= slice.size) {
            offset -= slice.size;
            continue;
        }
        auto const wanted = std::min<std::uint64_t>(slice.size - offset, into.size() - done);
        auto const part = into.subspan(done, static_cast<std::size_t>(wanted));
        auto const count = EXHIBIT_TRY(m_whole->read_at(slice.offset + offset, part));
        done += count;
        if (count != part.size())
            break;
        offset = 0;
    }
    return done;
}

} // namespace exhibit::android
