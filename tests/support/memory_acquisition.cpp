#include "support/memory_acquisition.hpp"

#include <algorithm>

namespace exhibit::test {

MemoryAcquisition::MemoryAcquisition(
    AcquisitionKind kind, std::vector<std::pair<std::string, std::string>> files)
    : m_kind(kind)
    , m_files(std::move(files))
{
    std::ranges::sort(m_files);
}

Result<void> MemoryAcquisition::visit(std::function<bool(EntryView const&)> const& visitor) const
{
    for (std::size_t i = 0; i != m_files.size(); ++i) {
        EntryView view;
        view.path = m_files[i].first;
        view.stored = m_files[i].first;
        view.size = m_files[i].second.size();
        view.handle = i;
        if (!visitor(view))
            break;
    }
    return {};
}

Result<std::unique_ptr<Source>> MemoryAcquisition::open(Entry const& entry) const
{
    if (entry.handle >= m_files.size() || entry.path == m_missing)
        return fail(Fault::missing, "no such file");
    return std::make_unique<MemorySource>(as_bytes(m_files[entry.handle].second));
}

} // namespace exhibit::test
