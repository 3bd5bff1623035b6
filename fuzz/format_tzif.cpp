#include "formats/tzif/tzif.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto const zone = read_tzif(std::as_bytes(std::span { data, size }), "fuzz");
    if (!zone)
        return 0;
    for (std::int64_t const seconds : { 0L, 951'782'400L, 1'711'846'800L, 4'000'000'000L }) {
        Timestamp const wall { std::chrono::seconds { seconds } };
        auto const distance = wall - zone->to_utc(wall);
        if (distance > std::chrono::hours { 26 } || distance < std::chrono::hours { -26 })
            std::abort();
    }
    return 0;
}
