#include "artifacts/android/kernel_log/boot_clock.hpp"

#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/line_reader.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <cmath>

namespace exhibit::android::kernel_log {
namespace {

constexpr double kDisorder = 5;
constexpr double kBetweenAnchors = 30; ///< more of them would not make it more exact
constexpr std::size_t kMostAnchors = 50'000;
constexpr double kLongestRun = 10.0 * 366 * 86'400;

// A clock that was never set counts from 1970 or 1980; no Android is older than this.
constexpr Timestamp kEarliest { std::chrono::sys_days { std::chrono::year { 2008 } / 1 / 1 } };

Timestamp after(Timestamp moment, double seconds)
{
    return moment + std::chrono::microseconds { std::llround(seconds * 1e6) };
}

/// `audit(1714550000.123:45)`, `setting system clock to 2024-05-01T08:11:12 UTC (1714551072)`,
/// `PM: suspend exit 2024-05-01 08:11:12.345678901 UTC`
std::optional<Timestamp> stated_moment(std::string_view words)
{
    std::optional<Timestamp> moment;
    if (auto const at = words.find("audit("); at != words.npos) {
        auto const seconds = leading_number<double>(words.substr(at + 6));
        if (seconds && std::abs(*seconds) < 1e11)
            moment = plausible_micros(std::llround(*seconds * 1e6));
    } else if (auto const clock = between(words, "setting system clock to ", " UTC")) {
        moment = from_text(*clock);
    } else if (auto const sleep = between(words, "PM: suspend ", " UTC")) {
        auto text = *sleep;
        (void)take_word(text);
        moment = from_text(text);
    }
    return moment && *moment >= kEarliest ? moment : std::nullopt;
}

} // namespace

std::optional<CountedLine> read_counted(std::string_view text)
{
    if (text.starts_with('<'))
        text.remove_prefix(std::min(text.find('>') + 1, text.size()));
    text = trim(text);
    if (!text.starts_with('['))
        return std::nullopt;
    CountedLine line;
    line.seconds_text = trim(between(text, "[", "]").value_or(""));
    auto const seconds = whole_number<double>(line.seconds_text);
    bool const is_sound = seconds && *seconds >= 0 && *seconds < kLongestRun;
    if (!is_sound)
        return std::nullopt;
    line.seconds = *seconds;
    line.words = trim(text.substr(text.find(']') + 1));
    return line;
}

std::size_t Starts::of(double seconds)
{
    if (seconds + kDisorder < m_last)
        ++m_start;
    m_last = seconds;
    return m_start;
}

void BootClock::add(Anchor const& anchor)
{
    bool const near = !m_anchors.empty() && m_anchors.back().start == anchor.start
        && std::abs(anchor.seconds - m_anchors.back().seconds) < kBetweenAnchors;
    if (!near && m_anchors.size() < kMostAnchors)
        m_anchors.push_back(anchor);
}

Result<BootClock> BootClock::read(
    Input const& input, Context& context, DeviceClock const& device_clock, std::optional<Timestamp> end)
{
    BootClock clock;
    Starts starts;
    std::optional<Anchor> last;
    LineReader lines { *input.source, context.limits().text };
    for (Line line; lines.next(line);) {
        if (line.number % 4096 == 0 && context.stop().stop_requested())
            return fail(Fault::cancelled, "cancelled");
        auto const counted = read_counted(line.text);
        if (!counted)
            continue;
        last = Anchor { starts.of(counted->seconds), counted->seconds, {} };
        // One that was not set yet began a year when the device started.
        auto const moment = stated_moment(counted->words);
        if (moment && !may_be_unset(*moment, device_clock)
            && !may_be_unset(after(*moment, -last->seconds), device_clock))
            clock.add({ last->start, last->seconds, *moment });
    }
    if (last && end)
        clock.add({ last->start, last->seconds, *end });
    EXHIBIT_TRY(lines.result());
    return clock;
}

std::optional<Timestamp> BootClock::moment(std::size_t start, double seconds) const
{
    auto const same = std::ranges::equal_range(m_anchors, start, {}, &Anchor::start);
    if (same.empty())
        return std::nullopt;
    auto next = std::ranges::lower_bound(same, seconds, {}, &Anchor::seconds);
    if (next == same.end()
        || (next != same.begin() && seconds - std::prev(next)->seconds < next->seconds - seconds))
        --next;
    return plausible_micros(after(next->utc, seconds - next->seconds).time_since_epoch().count());
}

} // namespace exhibit::android::kernel_log
