#include "formats/tzif/posix_rule.hpp"

#include "base/number.hpp"

#include <chrono>
#include <optional>

namespace exhibit {
namespace {

using std::chrono::sys_days;

bool eat(std::string_view& text, char wanted)
{
    if (!text.starts_with(wanted))
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<int> number(std::string_view& text)
{
    auto rest = text;
    auto const value = take_number<int>(rest);
    if (!value || *value < 0 || *value > 1000)
        return std::nullopt;
    text = rest;
    return value;
}

/// `[+-]hh[:mm[:ss]]` in seconds.
std::optional<std::int32_t> clock(std::string_view& text)
{
    int const sign = text.starts_with('-') ? -1 : 1;
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    int total = 0;
    for (int unit = 3600; unit != 0; unit /= 60) {
        auto const part = number(text);
        if (!part || *part > (unit == 3600 ? 167 : 59)) // RFC 8536, 3.3.1
            return std::nullopt;
        total += *part * unit;
        if (!eat(text, ':'))
            break;
    }
    return sign * total;
}

/// A distance from UTC: a clock of at most 24 hours, where the time of a change may have 167.
std::optional<std::int32_t> offset(std::string_view& text)
{
    auto const seconds = clock(text);
    bool const possible = seconds && *seconds >= -24 * 3600 && *seconds <= 24 * 3600;
    return possible ? seconds : std::nullopt;
}

/// `CET`, or `<+03>`.
bool skip_abbreviation(std::string_view& text)
{
    if (eat(text, '<')) {
        auto const end = text.find('>');
        if (end == text.npos)
            return false;
        text.remove_prefix(end + 1);
        return true;
    }
    auto const end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    auto const size = end == text.npos ? text.size() : end;
    text.remove_prefix(size);
    return size >= 3;
}

/// A day of any year, and the wall clock then.
struct Day {
    enum class Kind { month, julian, zero_based } kind = Kind::month;
    int month = 0, week = 0, weekday = 0, day = 0;
    std::int32_t clock = 7200;

    [[nodiscard]] std::int64_t wall_in(std::chrono::year year) const
    {
        using std::chrono::days;
        using std::chrono::last;
        sys_days at = year / std::chrono::January / 1;
        if (kind == Kind::month) {
            auto const of_month = year / std::chrono::month { static_cast<unsigned>(month) };
            std::chrono::weekday const name { static_cast<unsigned>(weekday) };
            at = week == 5 ? sys_days { of_month / name[last] }
                           : sys_days { of_month / name[static_cast<unsigned>(week)] };
        } else if (kind == Kind::julian) {
            at += days { day - 1 + (year.is_leap() && day >= 60 ? 1 : 0) };
        } else {
            at += days { day };
        }
        return std::chrono::seconds { at.time_since_epoch() }.count() + clock;
    }
};

std::optional<Day> read_day(std::string_view& text)
{
    Day day;
    if (eat(text, 'M')) {
        auto const month = number(text);
        auto const week = month && eat(text, '.') ? number(text) : std::nullopt;
        auto const weekday = week && eat(text, '.') ? number(text) : std::nullopt;
        if (!weekday || *month < 1 || *month > 12 || *week < 1 || *week > 5 || *weekday > 6)
            return std::nullopt;
        day.month = *month;
        day.week = *week;
        day.weekday = *weekday;
    } else {
        day.kind = eat(text, 'J') ? Day::Kind::julian : Day::Kind::zero_based;
        auto const value = number(text);
        if (!value || *value > 365 || (day.kind == Day::Kind::julian && *value == 0))
            return std::nullopt;
        day.day = *value;
    }
    if (eat(text, '/')) {
        auto const at = clock(text);
        if (!at)
            return std::nullopt;
        day.clock = *at;
    }
    return day;
}

/// A footer speaks of what comes after the last change of the file.
void append_later(std::vector<Zone::Change>& changes, Zone::Change const& change)
{
    if (change.at > (changes.empty() ? 0 : changes.back().at))
        changes.push_back(change);
}

} // namespace

void append_rule(std::string_view footer, std::vector<Zone::Change>& changes)
{
    auto text = footer;
    (void)eat(text, '\n');
    auto const standard = skip_abbreviation(text) ? offset(text) : std::nullopt;
    if (!standard || !skip_abbreviation(text)) // Without daylight time the last change holds for good.
        return;
    auto daylight = *standard - 3600; // POSIX counts west of Greenwich.
    if (!text.starts_with(','))
        if (auto const stated = offset(text))
            daylight = *stated;
    auto const start = eat(text, ',') ? read_day(text) : std::nullopt;
    auto const end = start && eat(text, ',') ? read_day(text) : std::nullopt;
    if (!end)
        return;
    for (int year = 1970; year <= 2100; ++year) {
        Zone::Change const on { start->wall_in(std::chrono::year { year }) + *standard, -daylight };
        Zone::Change const off { end->wall_in(std::chrono::year { year }) + daylight, -*standard };
        bool const north = on.at < off.at;
        append_later(changes, north ? on : off);
        append_later(changes, north ? off : on);
    }
}

} // namespace exhibit
