#include "formats/adb_backup/adb_backup.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto const bytes = std::as_bytes(std::span { data, size });
    auto header = adb_backup::read_header(MemorySource { bytes });
    if (!header)
        return 0;
    if (header->payload > size || header->version == 0 || header->version > 5)
        std::abort();
    if (!header->encrypted)
        return 0;
    header->rounds = std::min<std::uint64_t>(header->rounds, 10); // Speed: the rounds are not what is tested.
    auto key = adb_backup::unlock(*header, "p\xC3\xA4ss");
    if (!key)
        return 0;
    auto source = adb_backup::decrypt(
        std::make_unique<MemorySource>(bytes.subspan(header->payload)), std::move(*key));
    if (source && (*source)->size() > size)
        std::abort();
    return 0;
}
