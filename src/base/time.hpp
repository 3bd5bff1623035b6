#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace exhibit {

class Zone;

/// A moment in UTC. Microseconds hold every clock that phones write.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// How a stored number or text counts time.
enum class Clock : std::uint8_t {
    none, ///< the column is no time
    mac, ///< seconds since 2001-01-01 UTC, or nanoseconds when the magnitude is above 1e14
    unix_seconds,
    unix_millis,
    unix_micros,
    unix_nanos,
    webkit, ///< microseconds since 1601-01-01 UTC
    plist, ///< a property list date: UTC by definition
    utc_text, ///< text with a zone
    local_text, ///< device-local text without a zone
    entry_modified, ///< microseconds since 1970-01-01 UTC, as the acquisition says of an entry: where files
                    ///< were copied, that of the copying and none of the device
};

/// The stable name of a clock, used in docs and exports.
std::string_view name_of(Clock);

/// A time as evidence has it: what was stored, and the UTC moment when that can be told.
/// `utc` is empty when the stored value is no plausible date (outside 1970 to 2100, not finite),
/// when it is 0 or the beginning of 1970 (phones write these for "never"), or when its zone is unknown; `raw`
/// keeps it then too.
struct Time {
    std::variant<std::monostate, std::int64_t, double, std::string> raw;
    std::optional<Timestamp> utc;

    [[nodiscard]] bool absent() const { return std::holds_alternative<std::monostate>(raw); }

    static Time mac(double stored);
    static Time mac(std::int64_t stored);
    static Time unix_seconds(double stored);
    static Time unix_seconds(std::int64_t stored);
    static Time unix_millis(std::int64_t stored);
    static Time unix_micros(std::int64_t stored);
    static Time unix_nanos(std::int64_t stored);
    static Time webkit(std::int64_t stored);
    /// Text that names its zone (`Z`, `+hh:mm` or `+hhmm`), ISO 8601 with `T` or a space.
    static Time iso(std::string_view stored);
    /// Text without a zone: UTC only if `offset` (device-local minus UTC) is known.
    static Time local(std::string_view stored, std::optional<std::chrono::minutes> offset);
    /// The same with a zone's rules (base/zone.hpp); null if the zone is unknown.
    static Time local(std::string_view stored, Zone const* zone);
};

/// Microseconds since 1970 where they name a moment after the beginning of 1970 and up to 2100, else nothing.
std::optional<Timestamp> plausible_micros(std::int64_t micros);

/// `2023-04-11 10:22:05.000000` (UTC, six digits, no zone suffix).
std::string to_text(Timestamp);
/// `2023-04-11T10:22:05.000000Z`
std::string to_iso(Timestamp);
/// Reads `YYYY-MM-DD[(T| )hh:mm[:ss[.f…]]]` with an optional zone; without one the value is taken as UTC.
std::optional<Timestamp> from_text(std::string_view);

} // namespace exhibit
