#include "formats/abx/abx.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto reader = abx::AbxReader::open(std::as_bytes(std::span { data, size }), 64);
    if (!reader)
        return 0;
    std::uint64_t last = 0;
    for (;;) {
        auto const more = reader->next();
        if (!more || !*more)
            return 0;
        if (reader->depth() > 64 || reader->offset() <= last)
            std::abort();
        last = reader->offset();
    }
}
