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

/// `+2`, `+02`, `+0200` and `+02:00` as `+02:00`; empty for anything else.
std::string offset_of(std::string_view text)
{
    if (text.size() < 2 || (text.front() != '+' && text.front() != '-'))
        return {};
    std::string const sign { text.front() };
    text.remove_prefix(1);
    auto const colon = text.find(':');
    auto hours = text.substr(0, colon);
    auto minutes = colon == text.npos ? std::string_view { "00" } : text.substr(colon + 1);
    if (colon == text.npos && hours.size() > 2) {
        minutes = hours.substr(hours.size() - 2);
        hours.remove_suffix(2);
    }
    bool const has_form = (hours.size() == 1 || hours.size() == 2) && minutes.size() == 2;
    return has_form ? sign + std::string(2 - hours.size(), '0').append(hours) + ":" + std::string { minutes }
                    : std::string {};
}

std::unique_ptr<Zone const> fixed_zone(std::string_view name, std::string_view offset)
{
    auto const moment = from_text("2000-01-01 00:00:00" + offset_of(offset));
    if (!moment)
        return nullptr;
    auto const midnight = *from_text("2000-01-01");
    auto const east = std::chrono::duration_cast<std::chrono::seconds>(midnight - *moment);
    return std::make_unique<Zone>(
        std::string { name }, static_cast<std::int32_t>(east.count()), std::vector<Zone::Change> {});
}

/// The offset of `+02:00`, and of a custom id of Java such as `GMT+02:00`, which no database holds. (That of
/// `Etc/GMT-2` has the other sign, and the database has it.)
std::string_view fixed_offset(std::string_view name)
{
    for (std::string_view const prefix : { "GMT", "UTC", "UT", "" })
        if (name.starts_with(prefix) && !offset_of(name.substr(prefix.size())).empty())
            return name.substr(prefix.size());
    return {};
}

std::unique_ptr<Zone const> load_zone(std::string_view name)
{
    if (auto const offset = fixed_offset(name); !offset.empty())
        return fixed_zone(name, offset);
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

/// Another computer would give another case: that is said aloud.
Problem problem_of(std::string_view name)
{
    if (load_zone("Europe/London") == nullptr)
        return { Fault::missing,
            "this computer has no time zone database (install the package tzdata, then examine again): the "
            "phone's local times cannot be placed on the timeline",
            std::string { name }, 1, true };
    return { Fault::missing,
        "the time zone that the phone names is not in this computer's time zone database: the phone's local "
        "times cannot be placed on the timeline",
        std::string { name }, 1, false };
}

} // namespace

OwnedClock device_clock(std::span<Fact const> facts)
{
    OwnedClock owned;
    for (auto const& fact : facts) {
        if (fact.name == "device.time_zone" && owned.zone == nullptr) {
            owned.zone = load_zone(fact.value);
            if (owned.zone == nullptr)
                owned.problem = problem_of(fact.value);
        }
        if (fact.name == "acquisition.local_time")
            owned.clock.taken = from_text(fact.value);
    }
    owned.clock.zone = owned.zone.get();
    auto const started = std::ranges::find(facts, "acquisition.started", &Fact::name);
    if (auto const moment
        = owned.clock.taken || started == facts.end() ? std::nullopt : from_text(started->value))
        owned.clock.taken
            = *moment + (owned.zone ? owned.zone->offset_at(*moment) : std::chrono::seconds { 0 });
    return owned;
}

} // namespace exhibit
