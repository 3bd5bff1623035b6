#pragma once

#include "artifacts/android/location/tables.hpp"

#include <optional>
#include <string_view>

namespace exhibit::android::location {

/// Who asked, as the service prints it: `10231/com.example[part]/0A1B2C3D`. The last part, a number of the
/// request, is passed over. Takes it from the front of `text`; nothing when it does not stand there.
struct Caller {
    std::optional<std::int64_t> uid;
    std::string_view package;
    std::optional<std::string_view> part;
};
std::optional<Caller> take_caller(std::string_view& text);

/// One open request: `10231/com.example/0A1B2C3D {bg} (COARSE) Request[...] (inactive)` below a provider
/// (Android 12 on), `UpdateRecord[gps com.example(10231 background) Request[...] null]` and, with the id of
/// the process, `UpdateRecord[gps 4242/com.example (background) Request[...] null]` (Android 10 and 11).
std::optional<Client> read_client(std::string_view text, std::string_view provider);

/// `10231/com.example: min/max interval = 0s/1s, total/active/foreground duration = +1h/+1h/0, locations = 1`
std::optional<Total> read_total(std::string_view text, std::string_view provider);

/// `gps: com.example: Interval 1 seconds: Duration requested 2 total, 0 foreground, out of the last 2
/// minutes: Currently active`, before Android 12; before Android 11 the package stands in front.
std::optional<Total> read_old_total(std::string_view text);

/// `05-01 10:11:12.345: gps provider +registration 10231/com.example/0A1B2C3D -> Request[...]`
std::optional<Entry> read_entry(std::string_view text, DeviceClock const& clock);

/// `At 05-01 10:11:12.345: + gps request from com.example with feature x at interval 1 seconds`
std::optional<Entry> read_old_entry(std::string_view text, DeviceClock const& clock);

} // namespace exhibit::android::location
