#include "formats/segb/segb.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto const content = std::as_bytes(std::span { data, size });
    auto file = segb::File::open(content);
    if (!file)
        return 0;
    segb::Record record;
    std::size_t records = 0;
    std::uint64_t end = 0;
    while (file->next(record)) {
        // Payloads lie in the content, behind one another; there cannot be more records than lines, headers
        // or payloads of one byte with theirs.
        if (++records > size / 12 || record.offset >= size)
            std::abort();
        if (record.payload.empty())
            continue;
        if (record.payload_offset < end || record.payload_offset > size
            || record.payload.size() > size - record.payload_offset
            || record.payload.data() != content.data() + record.payload_offset)
            std::abort();
        end = record.payload_offset + record.payload.size();
        if (record.past_end && !record.checksum_ok)
            std::abort();
    }
    return 0;
}
