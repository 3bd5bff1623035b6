#include "artifacts/android/common/elapsed.hpp"

#include "base/zone.hpp"

namespace exhibit::android {

Time time_after(Timestamp wall, std::chrono::milliseconds elapsed, Zone const* zone, std::size_t length)
{
    auto const moment = (zone == nullptr ? wall : zone->to_utc(wall)) + elapsed;
    auto const shown = zone == nullptr ? moment : moment + zone->offset_at(moment);
    auto time = Time::local(to_text(shown).substr(0, length), zone);
    if (time.utc)
        time.utc = moment; // The text of an hour that came twice would tell the first.
    return time;
}

} // namespace exhibit::android
