#include "formats/webkit_cache/webkit_cache.hpp"

#include <cstdlib>

/// What is read lies in the content, and there are no more parts than the header has room for.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto const content = std::as_bytes(std::span { data, size });
    auto record = webkit_cache::read(content);
    if (record && record->header.size() + record->body.size() > size)
        std::abort();
    // Few inputs have a checksum that fits: the list of parts has none.
    webkit_cache::Record page;
    page.header = content;
    for (bool const is_new : { true, false }) {
        page.has_partition_hash = is_new;
        page.has_real_times = is_new;
        constexpr std::size_t shortest = 13 + 5 + 4 + 4 + 20;
        if (webkit_cache::parts_of(page).parts.size() > size / shortest)
            std::abort();
    }
    return 0;
}
