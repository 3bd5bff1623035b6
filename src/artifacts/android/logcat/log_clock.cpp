#include "artifacts/android/logcat/log_clock.hpp"

#include "artifacts/android/common/section.hpp"
#include "base/text.hpp"

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

bool has_year(std::string_view text)
{
    return text.size() > 5 && text[4] == '-';
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

} // namespace

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
    m_minute.utc = first;
    m_minute.wall_millis = slow_wall_millis(fmt::format("{}:00", minute));
    // Not where the year, or the zone's offset, changes in the midst of it.
    m_minute.even = first.has_value() == last.has_value()
        && (!first || *last - *first == std::chrono::minutes { 1 } - microseconds { 1 });
    return m_minute.even;
}

std::optional<std::int64_t> LogClock::read(std::string_view text, Time& into)
{
    auto const seconds
        = enter_minute(text) ? seconds_of(text.substr(kMinuteLength)) : std::optional<microseconds> {};
    if (!seconds) {
        into = slow_time(text, m_clock);
        return slow_wall_millis(text);
    }
    if (auto* raw = std::get_if<std::string>(&into.raw))
        raw->assign(text);
    else
        into.raw = std::string { text };
    into.utc = m_minute.utc ? std::optional { *m_minute.utc + *seconds } : std::nullopt;
    return m_minute.wall_millis ? std::optional { *m_minute.wall_millis + seconds->count() / 1000 }
                                : slow_wall_millis(text);
}

} // namespace exhibit::android::logcat
