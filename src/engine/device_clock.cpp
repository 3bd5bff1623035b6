#include "engine/device_clock.hpp"

#include "base/text.hpp"
#include "formats/tzif/tzif.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace exhibit {
namespace {

constexpr std::size_t kLargestZone = 64U << 10U;

/// The name comes from evidence and becomes a path: letters, digits and `_ + - /` only.
bool is_zone_name(std::string_view name)
{
    bool const plain = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
            || c == '+' || c == '-' || c == '/';
    });
    return plain && !name.empty() && name.size() < 64 && name.front() != '/';
}

std::unique_ptr<Zone const> fixed_zone(std::string_view name)
{
    auto const moment = from_text("2000-01-01 00:00:00" + std::string { name });
    if (!moment)
        return nullptr;
    auto const midnight = *from_text("2000-01-01");
    auto const east = std::chrono::duration_cast<std::chrono::seconds>(midnight - *moment);
    return std::make_unique<Zone>(
        std::string { name }, static_cast<std::int32_t>(east.count()), std::vector<Zone::Change> {});
}

std::unique_ptr<Zone const> load_zone(std::string_view name)
{
    if (name.starts_with('+') || name.starts_with('-'))
        return fixed_zone(name);
    if (!is_zone_name(name))
        return nullptr;
    for (std::string_view const folder : { "/usr/share/zoneinfo/", "/usr/lib/zoneinfo/" }) {
        std::ifstream file { fmt::format("{}{}", folder, name), std::ios::binary };
        std::string bytes(kLargestZone, '\0');
        file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
        if (auto zone = read_tzif(as_bytes(bytes), name))
            return std::make_unique<Zone>(std::move(*zone));
    }
    return nullptr;
}

} // namespace

OwnedClock device_clock(std::span<Fact const> facts)
{
    OwnedClock owned;
    for (auto const& fact : facts) {
        if (fact.name == "device.time_zone" && owned.zone == nullptr)
            owned.zone = load_zone(fact.value);
        if (fact.name == "acquisition.local_time")
            owned.clock.taken = from_text(fact.value);
    }
    owned.clock.zone = owned.zone.get();
    return owned;
}

} // namespace exhibit
