#include "detection/finding.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::detection {
namespace {

/// To the minute: what a reader of a sentence wants. The rows hold the microseconds.
std::string minute(std::int64_t micros)
{
    return to_text(Timestamp { std::chrono::microseconds { micros } }).substr(0, 16);
}

constexpr std::string_view kUnknownTime = "at a time that is not known";

std::string local_when(Finding& finding, LocalTimes& local_times)
{
    std::string first;
    std::string last;
    for (auto& row : finding.rows) {
        auto const time = local_times.of(row.table, row.record_id);
        if (time.empty())
            continue;
        if (auto const moment = from_text(time))
            row.clock_time = moment->time_since_epoch().count();
        first = first.empty() ? time : std::min(first, time);
        last = std::max({ last, time, local_times.end_of(row.table, row.record_id).shown });
    }
    if (first.empty())
        return std::string { kUnknownTime };
    return first == last ? fmt::format("on {} (the phone's time, zone unknown)", first)
                         : fmt::format("between {} and {} (the phone's time, zone unknown)", first, last);
}

std::string when(Finding& finding, LocalTimes& local_times)
{
    if (!finding.first_seen)
        return local_when(finding, local_times);
    auto const first = minute(*finding.first_seen);
    auto const last = minute(*finding.last_seen);
    auto const words
        = first == last ? fmt::format("on {} UTC", first) : fmt::format("between {} and {} UTC", first, last);
    auto const undated = std::ranges::count_if(finding.rows, [](auto const& row) { return !row.time; });
    return undated == 0 ? words
                        : fmt::format("{} ({} of {} without a date)", words, undated, finding.rows.size());
}

/// The ending of a word for more than one, where a text has it in brackets: `file(s)`, `match(es)`.
std::string_view plural_at(std::string_view text)
{
    for (std::string_view const ending : { "s", "es" })
        if (text.size() > ending.size() + 1 && text.substr(1, ending.size()) == ending
            && text[ending.size() + 1] == ')')
            return ending;
    return {};
}

} // namespace

bool CountedRows::add(
    std::string_view table, std::string_view column, std::string_view value, std::optional<std::int64_t> time)
{
    auto const place = fmt::format("{}/{}", table, column);
    bool is_new = m_values.emplace(place, value).second;
    if (time)
        is_new = m_times.emplace(place, *time).second && is_new;
    return is_new;
}

std::string_view words_of_earlier_versions(std::uint64_t rows)
{
    return rows == 1 ? " So it stood in an earlier version of the record; the phone has changed it since."
                     : " So it stood in earlier versions of the records; the phone has changed them since.";
}

std::string times(std::uint64_t count)
{
    return count == 1 ? "once" : count == 2 ? "twice" : fmt::format("{} times", count);
}

std::string fill(std::string_view text, std::map<std::string, std::string> const& details)
{
    std::string out;
    std::string_view number; // What was filled in last, if it is one.
    while (!text.empty()) {
        auto const open = text.find_first_of("{(");
        out += text.substr(0, open);
        if (open == text.npos)
            break;
        text.remove_prefix(open);
        if (auto const ending = plural_at(text); !ending.empty() && !number.empty()) {
            out += number == "1" ? std::string_view {} : ending;
            text.remove_prefix(ending.size() + 2);
            continue;
        }
        auto const close = text.find('}');
        auto const detail = text.front() != '{' || close == text.npos
            ? details.end()
            : details.find(std::string { text.substr(1, close - 1) });
        auto const taken = detail == details.end() ? 1 : close + 1;
        out += detail == details.end() ? text.substr(0, 1) : std::string_view { detail->second };
        if (detail != details.end() && !detail->second.empty()
            && std::ranges::all_of(detail->second, is_digit))
            number = detail->second;
        text.remove_prefix(taken);
    }
    return out;
}

void add_common_details(Finding& finding, LocalTimes& local_times)
{
    for (auto const& row : finding.rows)
        if (row.time) {
            finding.first_seen = std::min(finding.first_seen.value_or(*row.time), *row.time);
            auto const end = local_times.end_of(row.table, row.record_id).utc.value_or(*row.time);
            finding.last_seen = std::max({ finding.last_seen.value_or(*row.time), *row.time, end });
        }
    finding.details["rows"] = std::to_string(finding.row_count);
    finding.details["times"] = times(finding.row_count);
    finding.details["when"] = when(finding, local_times);
    for (auto const& [name, time] :
        { std::pair { "first", finding.first_seen }, { "last", finding.last_seen } })
        finding.details[name] = time ? minute(*time) : std::string { kUnknownTime };
}

} // namespace exhibit::detection
