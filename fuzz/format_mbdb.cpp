#include "formats/mbdb/mbdb.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

/// Records come in order and inside the input, and each can be read again by its offset.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    MemorySource const source { std::as_bytes(std::span { data, size }) };
    std::uint64_t before = 0;
    auto const read = mbdb::visit(source, [&](mbdb::Record const& record, std::uint64_t offset) {
        auto const again = mbdb::record_at(source, offset);
        if (offset <= before || offset >= size || !again || again->path != record.path
            || again->size != record.size)
            std::abort();
        before = offset;
        return true;
    });
    if (read && !mbdb::has_magic(source))
        std::abort();
    return 0;
}
