#pragma once

#include "acquisition/acquisition.hpp"
#include "artifact/artifact.hpp"

#include <memory>
#include <optional>
#include <span>

namespace exhibit {

/// A device's clock together with the zone it refers to.
struct OwnedClock {
    std::unique_ptr<Zone const> zone;
    DeviceClock clock;
    std::optional<Problem> problem {}; ///< why a zone that the device names stays unknown
};

/// Reads the facts `device.time_zone` (a name of the time zone database, `+02:00` or `GMT+02:00`) and
/// `acquisition.local_time` (`2024-05-01 10:11:12`), or else the moment `acquisition.started`, which without
/// a zone is taken as it stands: it serves to tell the year of times without one. A zone that this computer's
/// database does not hold stays unknown.
OwnedClock device_clock(std::span<Fact const> facts);

} // namespace exhibit
