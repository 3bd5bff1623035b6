#include "artifacts/android/logcat/log_clock.hpp"

#include "artifacts/android/common/section.hpp"
#include "base/number.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>

namespace exhibit::android::logcat {
namespace {

using std::chrono::microseconds;

constexpr std::size_t kMinuteLength = 11;
constexpr std::string_view kSecondsShape = ":00";
constexpr std::size_t kMostDigits = 6;

/// What follows the minute, `:12` or `:12.345`; nothing for other forms.
std::optional<microseconds> seconds_of(std::string_view text)
{
    if (text.size() < kSecondsShape.size() || text[0] != ':' || !is_digit(text[1]) || text[1] > '5'
        || !is_digit(text[2]))
        return std::nullopt;
    std::int64_t micros = ((text[1] - '0') * 10 + (text[2] - '0')) * std::int64_t { 1'000'000 };
    text.remove_prefix(kSecondsShape.size());
    if (text.empty())
        return microseconds { micros };
    if (text.size() < 2 || text.size() > kMostDigits + 1 || text[0] != '.')
        return std::nullopt;
    std::int64_t unit = 100'000;
    for (char const c : text.substr(1)) {
        if (!is_digit(c))
            return std::nullopt;
        micros += (c - '0') * unit;
        unit /= 10;
    }
    return microseconds { micros };
}

/// `1556213442.123`
bool counts_seconds(std::string_view text)
{
    return !text.empty() && !text.contains('-');
}

bool has_year(std::string_view text)
{
    return text.size() > 5 && text[4] == '-';
}

/// Of more digits than a number holds nothing.
std::optional<std::int64_t> micros_of_seconds(std::string_view text)
{
    constexpr std::size_t most_digits = 12;
    auto const dot = std::min(text.find('.'), text.size());
    auto const seconds = dot > most_digits ? std::nullopt : whole_number<std::int64_t>(text.substr(0, dot));
    auto fraction = std::string { text.substr(std::min(dot + 1, text.size()), kMostDigits) };
    fraction.resize(kMostDigits, '0');
    auto const micros = whole_number<std::int64_t>(fraction);
    return seconds && micros ? std::optional { *seconds * 1'000'000 + *micros } : std::nullopt;
}

/// Fewer seconds than phones with Android have counted since 1970 are those since the device started, or
/// those of a clock that was not set yet.
std::optional<Timestamp> moment_of_count(std::int64_t micros, DeviceClock const& clock)
{
    constexpr Timestamp earliest { std::chrono::sys_days { std::chrono::year { 2008 } / 1 / 1 } };
    auto const moment = plausible_micros(micros);
    return moment && *moment >= earliest && !may_be_unset(*moment, clock) ? moment : std::nullopt;
}

Time slow_time(std::string_view text, DeviceClock const& clock)
{
    if (text.empty())
        return {};
    if (!has_year(text))
        return log_time(text, clock);
    bool const has_zone = text.rfind(' ') > text.find(' ');
    if (!has_zone)
        return Time::local(text, clock.zone);
    std::string joined { text };
    joined.erase(joined.rfind(' '), 1);
    return Time::iso(joined);
}

std::optional<std::int64_t> slow_wall_millis(std::string_view text)
{
    if (text.size() < kMinuteLength + kSecondsShape.size())
        return std::nullopt;
    text = text.substr(0, text.find(' ', text.find(' ') + 1)); // without a zone
    auto const wall = from_text(fmt::format("2024-{}", has_year(text) ? text.substr(5) : text));
    if (!wall)
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(wall->time_since_epoch()).count();
}

/// How far ahead of UTC the device's clock was; a step of its zone is no step of the clock.
std::chrono::milliseconds offset_of(std::optional<Timestamp> const& utc, DeviceClock const& clock)
{
    if (clock.zone == nullptr)
        return {};
    auto const near = clock.taken ? clock.zone->to_utc(*clock.taken) : Timestamp {};
    return clock.zone->offset_at(utc.value_or(near));
}

} // namespace

/// Of a minute that the clock showed twice: how much later than the first time this one was, as the lines
/// before it tell.
microseconds LogClock::repeated_by(std::optional<Timestamp> const& first) const
{
    constexpr std::chrono::minutes unordered { 10 };
    if (!first || !m_last || m_clock.zone == nullptr || *first >= *m_last - unordered)
        return {};
    auto const again = m_clock.zone->again(*first);
    return again && *again >= *m_last - unordered ? *again - *first : microseconds {};
}

/// Whether the text is one of a minute whose moments follow from its first.
bool LogClock::enter_minute(std::string_view text)
{
    if (text.size() < kMinuteLength || has_year(text))
        return false;
    auto const minute = text.substr(0, kMinuteLength);
    if (std::ranges::equal(minute, m_minute.text))
        return m_minute.even;
    std::ranges::copy(minute, m_minute.text.begin());
    auto const first = log_time(fmt::format("{}:00", minute), m_clock).utc;
    auto const last = log_time(fmt::format("{}:59.999999", minute), m_clock).utc;
    m_minute.utc = first ? std::optional { *first + repeated_by(first) } : std::nullopt;
    m_minute.wall_millis = slow_wall_millis(fmt::format("{}:00", minute));
    if (m_minute.wall_millis)
        *m_minute.wall_millis -= offset_of(m_minute.utc, m_clock).count();
    // Not where the year, or the zone's offset, changes in the midst of it.
    m_minute.even = first.has_value() == last.has_value()
        && (!first || *last - *first == std::chrono::minutes { 1 } - microseconds { 1 });
    return m_minute.even;
}

std::optional<std::int64_t> LogClock::read(std::string_view text, Time& into)
{
    if (counts_seconds(text)) {
        auto const micros = micros_of_seconds(text);
        into = { std::string { text }, micros ? moment_of_count(*micros, m_clock) : std::nullopt };
        // A count since the device started begins again with each start: no clock was set back then.
        return into.utc ? std::optional { *micros / 1000 } : std::nullopt;
    }
    auto const seconds
        = enter_minute(text) ? seconds_of(text.substr(kMinuteLength)) : std::optional<microseconds> {};
    if (!seconds) {
        into = slow_time(text, m_clock);
        auto const wall = slow_wall_millis(text);
        return wall ? std::optional { *wall - offset_of(into.utc, m_clock).count() } : std::nullopt;
    }
    if (auto* raw = std::get_if<std::string>(&into.raw))
        raw->assign(text);
    else
        into.raw = std::string { text };
    into.utc.reset();
    if (m_minute.utc) {
        auto const moment = *m_minute.utc + *seconds;
        into.utc = moment;
        m_last = moment;
    }
    return m_minute.wall_millis ? std::optional { *m_minute.wall_millis + seconds->count() / 1000 }
                                : std::nullopt;
}

} // namespace exhibit::android::logcat
