#include "base/time.hpp"

#include "base/zone.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace exhibit {
namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::year_month_day;

constexpr std::int64_t kLatestMicros = 4'102'444'800'000'000; // 2100-01-01
constexpr std::int64_t kMacEpochMicros = 978'307'200'000'000; // 2001-01-01
constexpr std::int64_t kWebkitToUnixMicros = 11'644'473'600'000'000; // 1601-01-01 to 1970-01-01
constexpr double kMacNanosecondsFrom = 1e14; // below: seconds. Real dates lie below 1e11 or above 1e17.

/// The first second after 2001 and the last before stand for "never" or "not set": no phone was made then.
bool is_mark(double mac_seconds)
{
    return std::fabs(mac_seconds) <= 1;
}

/// No phone wrote a time before 1990 that was right: such dates stand for "never" (1970-01-01), or for a
/// clock that was not set yet (1980-01-06, where GPS begins; 1980-01-01, where FAT and zip do).
std::optional<Timestamp> plausible_local(Timestamp moment)
{
    constexpr Timestamp earliest { std::chrono::sys_days { std::chrono::year { 1990 } / 1 / 1 } };
    return moment < earliest ? std::nullopt : plausible_micros(moment.time_since_epoch().count());
}

std::optional<Timestamp> from_seconds(double seconds, std::int64_t epoch_micros)
{
    if (!std::isfinite(seconds) || seconds == 0 || std::fabs(seconds) > 1e11)
        return std::nullopt;
    return plausible_micros(std::llround(seconds * 1e6) + epoch_micros);
}

std::optional<Timestamp> scaled(std::int64_t stored, std::int64_t factor)
{
    if (stored <= 0 || stored > kLatestMicros / factor)
        return std::nullopt;
    return plausible_micros(stored * factor);
}

struct Zoned {
    Timestamp moment; ///< as if the text were UTC
    std::optional<minutes> offset;
};

/// Reads fixed-width digits from the front of `text`.
std::optional<int> digits(std::string_view& text, std::size_t width)
{
    if (text.size() < width)
        return std::nullopt;
    int value = 0;
    for (char const c : text.substr(0, width)) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(width);
    return value;
}

bool eat(std::string_view& text, char wanted)
{
    if (!text.starts_with(wanted))
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<minutes> read_zone(std::string_view& text)
{
    if (eat(text, 'Z'))
        return minutes { 0 };
    int const sign = text.starts_with('-') ? -1 : 1;
    if (!eat(text, '+') && !eat(text, '-'))
        return std::nullopt;
    auto const hour = digits(text, 2);
    (void)eat(text, ':');
    auto const minute = digits(text, 2);
    if (!hour || !minute || *hour > 14 || *minute > 59)
        return std::nullopt;
    return minutes { sign * (*hour * 60 + *minute) };
}

std::optional<microseconds> read_fraction(std::string_view& text)
{
    if (!eat(text, '.') && !eat(text, ','))
        return microseconds { 0 };
    std::int64_t micros = 0;
    std::int64_t unit = 100'000;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        micros += (text.front() - '0') * unit;
        unit /= 10;
        any = true;
        text.remove_prefix(1);
    }
    if (!any)
        return std::nullopt;
    return microseconds { micros };
}

std::optional<microseconds> read_clock(std::string_view& text)
{
    auto const hour = digits(text, 2);
    auto const minute = hour && eat(text, ':') ? digits(text, 2) : std::nullopt;
    if (!minute || *hour > 23 || *minute > 59)
        return std::nullopt;
    int second = 0;
    if (eat(text, ':')) {
        auto const read = digits(text, 2);
        if (!read || *read > 60)
            return std::nullopt;
        second = *read;
    }
    auto const fraction = read_fraction(text);
    if (!fraction)
        return std::nullopt;
    return std::chrono::hours { *hour } + minutes { *minute } + std::chrono::seconds { second } + *fraction;
}

/// Programs that print a date in the person's language write its digits: Arabic, Persian, Devanagari,
/// Bengali. These become ASCII, and marks of the direction of writing are left out.
std::string with_ascii_digits(std::string_view text)
{
    struct Zero {
        std::string_view first; ///< all bytes of a digit but the last
        unsigned char zero; ///< the last byte of the digit 0
    };
    constexpr std::array<Zero, 4> zeros { Zero { "\xD9", 0xA0 }, Zero { "\xDB", 0xB0 },
        Zero { "\xE0\xA5", 0xA6 }, Zero { "\xE0\xA7", 0xA6 } };
    std::string plain;
    while (!text.empty()) {
        auto const rest = text;
        for (std::string_view const mark : { "\xE2\x80\x8E", "\xE2\x80\x8F", "\xD8\x9C" })
            if (text.starts_with(mark))
                text.remove_prefix(mark.size());
        for (auto const& [first, zero] : zeros)
            if (text.starts_with(first) && text.size() > first.size()) {
                auto const digit = static_cast<unsigned char>(text[first.size()]) - zero;
                if (digit < 0 || digit > 9)
                    continue;
                plain += static_cast<char>('0' + digit);
                text.remove_prefix(first.size() + 1);
            }
        if (text.size() == rest.size()) {
            plain += text.front();
            text.remove_prefix(1);
        }
    }
    return plain;
}

std::optional<Zoned> read_ascii_date_time(std::string_view text)
{
    auto const year = digits(text, 4);
    auto const month = year && eat(text, '-') ? digits(text, 2) : std::nullopt;
    auto const day = month && eat(text, '-') ? digits(text, 2) : std::nullopt;
    if (!day)
        return std::nullopt;
    year_month_day const date { std::chrono::year { *year },
        std::chrono::month { static_cast<unsigned>(*month) },
        std::chrono::day { static_cast<unsigned>(*day) } };
    if (!date.ok())
        return std::nullopt;
    Zoned zoned { std::chrono::sys_days { date }, std::nullopt };
    if (eat(text, 'T') || eat(text, ' ')) {
        auto const clock = read_clock(text);
        if (!clock)
            return std::nullopt;
        zoned.moment += *clock;
        (void)eat(text, ' ');
        if (!text.empty()) {
            zoned.offset = read_zone(text);
            if (!zoned.offset)
                return std::nullopt;
        }
    }
    if (!text.empty())
        return std::nullopt;
    return zoned;
}

std::optional<Zoned> read_date_time(std::string_view text)
{
    constexpr std::size_t longest = 200;
    auto const read = read_ascii_date_time(text);
    bool const is_ascii = std::ranges::all_of(
        text.substr(0, longest), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (read || is_ascii || text.size() > longest)
        return read;
    return read_ascii_date_time(with_ascii_digits(text));
}

/// Writes a number over the digits that stand there.
void put_number(std::string& text, std::size_t begin, std::size_t digits, std::int64_t number)
{
    for (auto at = begin + digits; at != begin; number /= 10)
        text[--at] = static_cast<char>('0' + number % 10);
}

} // namespace

std::string_view name_of(Clock clock)
{
    switch (clock) {
    case Clock::none:
        return "none";
    case Clock::mac:
        return "mac";
    case Clock::unix_seconds:
        return "unix_seconds";
    case Clock::unix_millis:
        return "unix_millis";
    case Clock::unix_micros:
        return "unix_micros";
    case Clock::unix_nanos:
        return "unix_nanos";
    case Clock::webkit:
        return "webkit";
    case Clock::plist:
        return "plist";
    case Clock::utc_text:
        return "utc_text";
    case Clock::local_text:
        return "local_text";
    case Clock::entry_modified:
        return "entry_modified";
    }
    return "none";
}

std::optional<Timestamp> plausible_micros(std::int64_t micros)
{
    if (micros <= 0 || micros > kLatestMicros) // The beginning of 1970 stands for "never" in any clock.
        return std::nullopt;
    return Timestamp { microseconds { micros } };
}

Time Time::mac(double stored)
{
    auto const seconds = std::fabs(stored) > kMacNanosecondsFrom ? stored / 1e9 : stored;
    if (is_mark(seconds))
        return { stored, std::nullopt };
    return { stored, from_seconds(seconds, kMacEpochMicros) };
}

Time Time::mac(std::int64_t stored)
{
    Time time { stored, std::nullopt };
    if (is_mark(static_cast<double>(stored)))
        return time;
    auto const magnitude = std::fabs(static_cast<double>(stored));
    if (magnitude > kMacNanosecondsFrom)
        time.utc = plausible_micros(stored / 1000 + kMacEpochMicros);
    else if (magnitude < 1e11)
        time.utc = plausible_micros(stored * 1'000'000 + kMacEpochMicros);
    return time;
}

Time Time::unix_seconds(double stored)
{
    return { stored, from_seconds(stored, 0) };
}

Time Time::unix_seconds(std::int64_t stored)
{
    return { stored, scaled(stored, 1'000'000) };
}

Time Time::unix_millis(std::int64_t stored)
{
    return { stored, scaled(stored, 1000) };
}

Time Time::unix_micros(std::int64_t stored)
{
    return { stored, scaled(stored, 1) };
}

Time Time::unix_nanos(std::int64_t stored)
{
    return { stored, stored <= 0 ? std::nullopt : plausible_micros(stored / 1000) };
}

Time Time::webkit(std::int64_t stored)
{
    return { stored, stored <= 0 ? std::nullopt : plausible_micros(stored - kWebkitToUnixMicros) };
}

Time Time::iso(std::string_view stored)
{
    Time time { std::string { stored }, std::nullopt };
    if (auto const read = read_date_time(stored); read && read->offset)
        time.utc = plausible_micros((read->moment - *read->offset).time_since_epoch().count());
    return time;
}

Time Time::local(std::string_view stored, std::optional<minutes> offset)
{
    Time time { std::string { stored }, std::nullopt };
    if (auto const read = read_date_time(stored); read && (read->offset || offset))
        time.utc = plausible_local(read->moment - read->offset.value_or(offset.value_or(minutes { 0 })));
    return time;
}

Time Time::local(std::string_view stored, Zone const* zone)
{
    if (zone == nullptr)
        return local(stored, std::optional<minutes> {});
    Time time { std::string { stored }, std::nullopt };
    if (auto const read = read_date_time(stored))
        time.utc = plausible_local(
            read->offset ? Timestamp { read->moment - *read->offset } : zone->to_utc(read->moment));
    return time;
}

std::string to_text(Timestamp moment)
{
    auto const day = std::chrono::floor<days>(moment);
    year_month_day const date { day };
    std::chrono::hh_mm_ss const clock { moment - day };
    auto const year = static_cast<int>(date.year());
    if (year < 0 || year > 9999)
        return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}", year,
            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
            clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
    // Written by the hundred thousand, for which the library above takes many times as long.
    std::string text = "0000-00-00 00:00:00.000000";
    put_number(text, 0, 4, year);
    put_number(text, 5, 2, static_cast<unsigned>(date.month()));
    put_number(text, 8, 2, static_cast<unsigned>(date.day()));
    put_number(text, 11, 2, clock.hours().count());
    put_number(text, 14, 2, clock.minutes().count());
    put_number(text, 17, 2, clock.seconds().count());
    put_number(text, 20, 6, clock.subseconds().count());
    return text;
}

std::string to_iso(Timestamp moment)
{
    auto text = to_text(moment);
    text[10] = 'T';
    text += 'Z';
    return text;
}

std::optional<Timestamp> from_text(std::string_view text)
{
    auto const read = read_date_time(text);
    if (!read)
        return std::nullopt;
    return plausible_micros((read->moment - read->offset.value_or(minutes { 0 })).time_since_epoch().count());
}

} // namespace exhibit
