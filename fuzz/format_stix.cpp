// Any bytes load as a pack: every indicator that comes out is whole, and every count agrees.
#include "indicators/load.hpp"

#include <cstdlib>
#include <numeric>

using namespace exhibit::indicators;

namespace {

void demand(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    SetBuilder builder;
    load_pack(builder, "fuzz", { reinterpret_cast<char const*>(data), size });
    auto const set = builder.build();
    demand(set.packs().size() == 1);
    demand(set.packs()[0].indicators == set.indicators().size());
    demand(set.packs()[0].problems >= set.problems().size());
    std::size_t counted = 0;
    for (std::size_t kind = 0; kind != kKindCount; ++kind)
        counted += set.count(static_cast<Kind>(kind));
    demand(counted == set.indicators().size());
    for (auto const& indicator : set.indicators())
        demand(!indicator.names.empty() && !indicator.value.empty() && indicator.pack == 0);
    return 0;
}
