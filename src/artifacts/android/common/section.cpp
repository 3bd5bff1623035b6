#include "artifacts/android/common/section.hpp"

#include "artifacts/android/common/local_digits.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/zone.hpp"
#include "formats/dumpsys/failed_dump.hpp"

#include <array>
#include <fmt/format.h>

namespace exhibit::android {
namespace {

constexpr std::size_t kTail = 512; // A footer and the end of the line before it.

/// Whether a line in the body may frame it. Written out, since logs have millions of lines.
bool may_begin_frame(std::string_view line)
{
    if (line.empty())
        return false;
    switch (line.front()) {
    case '-':
    case '[':
    case '*':
    case 'E':
    case 'F':
    case 'P':
        return true;
    default:
        return false;
    }
}

/// `YYYY-MM-DD hh:mm:ss` at the front of a text.
std::optional<Timestamp> leading_moment(std::string_view text)
{
    return text.size() >= 19 && text[10] == ' ' ? from_text(text.substr(0, 19)) : std::nullopt;
}

std::optional<Timestamp> moment_in_footer(std::string_view tail)
{
    constexpr std::string_view ending = "ending at: ";
    auto const at = tail.rfind(ending);
    return at == tail.npos ? std::nullopt : leading_moment(tail.substr(at + ending.size()));
}

/// `------ TITLE (/data/anr/traces.txt: 2024-05-01 10:11:12) ------`, and the banner of the whole dump.
std::optional<Timestamp> moment_in_header(std::string_view head)
{
    for (std::string_view const mark : { "== dumpstate: ", ": " })
        for (auto at = head.find(mark); at != head.npos; at = head.find(mark, at + 1))
            if (auto const moment = leading_moment(head.substr(at + mark.size())))
                return moment;
    return std::nullopt;
}

std::optional<Timestamp> read_moment(Source const& source)
{
    std::array<std::byte, kTail> buffer {};
    auto const from = source.size() > kTail ? source.size() - kTail : 0;
    if (auto const read = source.read_at(from, buffer); read)
        if (auto const moment = moment_in_footer(as_text(Bytes { buffer }.first(*read))))
            return moment;
    auto const read = source.read_at(0, buffer);
    if (!read)
        return std::nullopt;
    auto const head = as_text(Bytes { buffer }.first(*read));
    if (head.starts_with("------ "))
        return moment_in_header(head.substr(0, head.find('\n')));
    return head.starts_with("======") ? moment_in_header(head) : std::nullopt;
}

} // namespace

DeviceClock clock_of_section(Input const& input)
{
    auto clock = input.clock;
    if (auto const moment = read_moment(*input.source))
        clock.taken = moment;
    return clock;
}

Time time_of_section(Input const& input)
{
    constexpr std::size_t to_seconds = 19;
    auto const taken = clock_of_section(input).taken;
    return taken ? Time::local(to_text(*taken).substr(0, to_seconds), input.clock.zone) : Time {};
}

bool may_be_unset(Timestamp wall, DeviceClock const& clock)
{
    constexpr std::chrono::days near { 30 };
    auto const begins_a_year = [](Timestamp moment) {
        auto const day = std::chrono::floor<std::chrono::days>(moment);
        std::chrono::year_month_day const date { day };
        return date.month() == std::chrono::January && date.day() == std::chrono::day { 1 }
        && moment - day < std::chrono::minutes { 30 };
    };
    auto const offset = clock.zone == nullptr ? std::chrono::seconds {} : clock.zone->offset_at({});
    // The zone too may be set later.
    return clock.taken && (begins_a_year(wall) || begins_a_year(wall - offset)) && *clock.taken - wall > near;
}

Time log_time(std::string_view stored, DeviceClock const& clock)
{
    Time time { std::string { stored }, std::nullopt };
    if (!clock.taken)
        return time;
    auto const day = std::chrono::floor<std::chrono::days>(*clock.taken);
    auto const year = static_cast<int>(std::chrono::year_month_day { day }.year());
    constexpr int leap_cycle = 8; // A 29 February may need to go back this far.
    for (int candidate = year; candidate > year - leap_cycle; --candidate) {
        auto const text = fmt::format("{:04}-{}", candidate, stored);
        auto const wall = from_text(text);
        if (wall && *wall <= *clock.taken + std::chrono::days { 1 }) {
            if (!may_be_unset(*wall, clock))
                time.utc = Time::local(text, clock.zone).utc;
            break;
        }
    }
    return time;
}

Time local_time(std::string_view stored, DeviceClock const& clock)
{
    auto time = Time::local(stored, clock.zone);
    constexpr std::string_view shape = "0000-00-00-00-00-00";
    if (!time.utc && stored.size() >= shape.size() && stored[10] == '-') {
        std::string text { stored.substr(0, shape.size()) };
        text[10] = ' ';
        text[13] = text[16] = ':';
        if (stored.size() > shape.size() && stored[shape.size()] == '-') // Milliseconds may follow.
            text += fmt::format(".{}", stored.substr(shape.size() + 1));
        time.utc = Time::local(text, clock.zone).utc;
    }
    return time;
}

std::optional<std::string_view> service_of_header(std::string_view line)
{
    auto text = trim(line);
    if (!eat(text, "DUMP OF SERVICE ") || !text.ends_with(':'))
        return std::nullopt;
    (void)(eat(text, "CRITICAL ") || eat(text, "HIGH ") || eat(text, "NORMAL "));
    text.remove_suffix(1);
    return text;
}

bool SectionReader::is_frame(Line const& line)
{
    auto const text = line.text;
    if (m_in_body && !may_begin_frame(text))
        return false;
    if (text.starts_with("-----"))
        return text.find_first_not_of('-') == text.npos || text.contains(" was the duration of ")
            || (text.starts_with("------ ") && text.ends_with(" ------"));
    if (text.starts_with('[') && text.ends_with("s elapsed]")) // `[ps: 0.1s elapsed]`, before Android 5.
        return true;
    if (dumpsys::tells_of_failure(text)) {
        m_context.note(Level::damage, Fault::truncated,
            text.starts_with('*') ? "the service did not finish its dump in time"
                                  : "the service refused or failed its dump",
            Origin { line.offset });
        return true;
    }
    if (m_in_body)
        return false;
    return text.starts_with("Service host process PID: ") || text.starts_with("Threads in use: ")
        || text.starts_with("Client PIDs: ") || service_of_header(text).has_value();
}

bool SectionReader::next(Line& line)
{
    while (m_lines.next(line)) {
        if (line.number % 4096 == 0 && m_context.stop().stop_requested()) {
            m_stopped = true;
            return false;
        }
        if (is_frame(line))
            continue;
        m_in_body = m_in_body || !line.text.empty();
        if (read_local_digits(line.text, m_with_digits))
            line.text = m_with_digits;
        return true;
    }
    return false;
}

Result<void> SectionReader::result() const
{
    if (m_stopped)
        return fail(Fault::cancelled, "cancelled");
    return m_lines.result();
}

} // namespace exhibit::android
