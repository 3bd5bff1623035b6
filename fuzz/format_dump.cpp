#include "acquisition/android/dump_index.hpp"

#include <cstdlib>

namespace {

using namespace exhibit;

/// Not in memory, so that the reader goes by windows.
class FarSource final : public Source {
public:
    explicit FarSource(Bytes bytes)
        : m_memory(bytes)
    {
    }
    [[nodiscard]] std::uint64_t size() const override { return m_memory.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_memory.read_at(offset, into);
    }

private:
    MemorySource m_memory;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const bytes = std::as_bytes(std::span { data, size });
    auto const source = std::make_shared<FarSource>(bytes);
    auto const far = android::index_dump(*source);
    auto const near = android::index_dump(MemorySource { bytes });
    (void)android::looks_like_dump(as_text(bytes));
    if (!far || !near || far->sections.size() != near->sections.size())
        std::abort();
    std::pair<std::string, std::uint64_t> last;
    for (auto const& section : far->sections) {
        // Slices go forward and lie in the text; sections of one path are numbered.
        std::uint64_t end = 0;
        std::uint64_t total = 0;
        for (auto const& slice : section.slices) {
            if (slice.size == 0 || slice.offset < end || slice.offset + slice.size > size)
                std::abort();
            end = slice.offset + slice.size;
            total += slice.size;
        }
        std::pair const place { section.path(), section.number };
        if (total != section.size || place <= last)
            std::abort();
        last = place;
        if (read_all(*android::open_section(source, section), size)->bytes().size() != total)
            std::abort();
    }
    return 0;
}
