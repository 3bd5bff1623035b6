#include "artifacts/ios/common/daemon_log.hpp"

#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::ios {
namespace {

using namespace std::string_view_literals;

constexpr std::array kMonths { "Jan"sv, "Feb"sv, "Mar"sv, "Apr"sv, "May"sv, "Jun"sv, "Jul"sv, "Aug"sv,
    "Sep"sv, "Oct"sv, "Nov"sv, "Dec"sv };
constexpr std::array kDays { "Mon"sv, "Tue"sv, "Wed"sv, "Thu"sv, "Fri"sv, "Sat"sv, "Sun"sv };

bool eat(std::string_view& text, std::string_view wanted)
{
    if (!text.starts_with(wanted))
        return false;
    text.remove_prefix(wanted.size());
    return true;
}

/// One of some words, and which.
std::optional<std::size_t> eat_one_of(std::string_view& text, std::span<std::string_view const> words)
{
    for (std::size_t i = 0; i != words.size(); ++i)
        if (eat(text, words[i]))
            return i;
    return std::nullopt;
}

std::optional<unsigned> eat_number(std::string_view& text, std::size_t least, std::size_t most)
{
    std::size_t count = 0;
    unsigned value = 0;
    while (count < std::min(most, text.size()) && is_digit(text[count]))
        value = value * 10 + static_cast<unsigned>(text[count++] - '0');
    if (count < least)
        return std::nullopt;
    text.remove_prefix(count);
    return value;
}

/// `13:58:04`, with a fraction where there is one.
std::optional<std::string_view> eat_clock(std::string_view& text)
{
    constexpr auto form = "00:00:00"sv;
    if (text.size() < form.size())
        return std::nullopt;
    for (std::size_t i = 0; i != form.size(); ++i)
        if (form[i] == ':' ? text[i] != ':' : !is_digit(text[i]))
            return std::nullopt;
    auto size = form.size();
    if (size < text.size() && (text[size] == '.' || text[size] == ',')) {
        ++size;
        while (size < text.size() && is_digit(text[size]))
            ++size;
    }
    auto const clock = text.substr(0, size);
    text.remove_prefix(size);
    return clock;
}

std::optional<std::string> date_of(unsigned year, unsigned month, unsigned day, std::string_view clock)
{
    auto text = fmt::format("{:04}-{:02}-{:02} {}", year, month, day, clock);
    return from_text(text) ? std::optional { std::move(text) } : std::nullopt;
}

/// `Wed May 24 13:58:04 2023`, the day of the month filled up with a blank.
std::optional<std::string> eat_long_date(std::string_view& text)
{
    if (!eat_one_of(text, kDays) || !eat(text, " "))
        return std::nullopt;
    auto const month = eat_one_of(text, kMonths);
    if (!month || !eat(text, " "))
        return std::nullopt;
    (void)eat(text, " ");
    auto const day = eat_number(text, 1, 2);
    auto const clock = day && eat(text, " ") ? eat_clock(text) : std::nullopt;
    auto const year = clock && eat(text, " ") ? eat_number(text, 4, 4) : std::nullopt;
    return year ? date_of(*year, static_cast<unsigned>(*month) + 1, *day, *clock) : std::nullopt;
}

/// `10/13/21 07:57:42.865446`, month first.
std::optional<std::string> eat_short_date(std::string_view& text)
{
    auto const month = eat_number(text, 2, 2);
    auto const day = month && eat(text, "/") ? eat_number(text, 2, 2) : std::nullopt;
    auto const year = day && eat(text, "/") ? eat_number(text, 2, 2) : std::nullopt;
    auto const clock = year && eat(text, " ") ? eat_clock(text) : std::nullopt;
    return clock ? date_of(2000 + *year, *month, *day, *clock) : std::nullopt;
}

std::optional<std::int64_t> eat_pid(std::string_view& text)
{
    bool const in_brackets = eat(text, " [");
    if (!in_brackets && !eat(text, " pid="))
        return std::nullopt;
    auto const value = take_number<std::int64_t>(text);
    if (!value || *value < 0)
        return std::nullopt;
    return !in_brackets || eat(text, "]") ? value : std::nullopt;
}

/// ` <notice>` or ` (0x16f72b000)`
std::optional<std::string_view> eat_bracketed(std::string_view& text, std::string_view open, char close)
{
    auto rest = text;
    auto const end = eat(rest, open) ? rest.find(close) : std::string_view::npos;
    if (end == std::string_view::npos)
        return std::nullopt;
    text = rest.substr(end + 1);
    return rest.substr(0, end);
}

/// Where the name of a function ends that a message begins with: before a colon and a blank. Blanks are part
/// of it inside of square brackets only.
std::size_t end_of_function(std::string_view text)
{
    int depth = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '[')
            ++depth;
        else if (text[i] == ']')
            --depth;
        else if (text[i] == '\n' || (depth == 0 && text[i] == ' '))
            return 0;
        else if (depth == 0 && text[i] == ':' && text[i + 1] == ' ')
            return i;
    }
    return 0;
}

} // namespace

std::optional<DaemonLogEntry> read_daemon_log_head(std::string_view line, DeviceClock const& clock)
{
    auto rest = line;
    if (rest.empty())
        return std::nullopt;
    auto const date = is_digit(rest.front()) ? eat_short_date(rest) : eat_long_date(rest);
    if (!date)
        return std::nullopt;
    auto const stamp = line.substr(0, line.size() - rest.size());
    DaemonLogEntry entry;
    entry.pid = eat_pid(rest);
    if (!entry.pid)
        return std::nullopt;
    entry.wall = from_text(*date);
    entry.written = Time::local(*date, clock.zone);
    entry.written.raw = std::string { stamp };
    entry.level = eat_bracketed(rest, " <", '>');
    (void)eat_bracketed(rest, " (0x", ')'); // The thread's address tells nothing.
    (void)eat(rest, " ");
    if (auto const end = end_of_function(rest); end != 0) {
        entry.function = rest.substr(0, end);
        rest.remove_prefix(end + 2);
    }
    entry.message = rest;
    return entry;
}

bool DaemonLogReader::find_head()
{
    while (m_lines.next(m_current)) {
        if (read_daemon_log_head(m_current.text, m_clock))
            return true;
        m_orphans += m_current.text.empty() ? 0U : 1U;
    }
    return false;
}

void DaemonLogReader::append_further_lines()
{
    while (m_lines.next(m_current)) {
        if (read_daemon_log_head(m_current.text, m_clock)) {
            m_lines.repeat();
            return;
        }
        auto const room = kLongestEntry - std::min(kLongestEntry, m_text.size() + 1);
        m_cut = m_cut || m_current.cut || m_current.text.size() > room;
        if (room != 0) {
            m_text += '\n';
            m_text += m_current.text.substr(0, room);
        }
    }
}

bool DaemonLogReader::next(DaemonLogEntry& entry)
{
    if (!find_head())
        return false;
    m_line = m_current.number;
    m_cut = m_current.cut;
    m_text = m_current.text;
    auto const first = m_text.size();
    append_further_lines();
    while (m_text.size() > first && m_text.back() == '\n')
        m_text.pop_back();
    auto head = read_daemon_log_head(std::string_view { m_text }.substr(0, first), m_clock);
    if (!head)
        return false;
    entry = *std::move(head);
    entry.message = std::string_view { m_text }.substr(first - entry.message.size());
    return true;
}

Result<void> read_daemon_log(
    Input const& input, Context& context, TableOf<DaemonLogRow> const& rows, DaemonLogVisitor const& visitor)
{
    DaemonLogReader reader { *input.source, input.clock };
    DaemonLogEntry entry;
    bool first = true;
    while (reader.next(entry)) {
        Origin const origin { reader.line() };
        if (first && reader.orphans() != 0)
            context.note(Level::note, Fault::truncated,
                "lines before the first dated one belong to an entry "
                "that is not in this file");
        first = false;
        if (reader.cut())
            context.note(Level::note, Fault::over_limit, "an entry is longer than what is kept", origin);
        DaemonLogRow const row { entry.written, entry.pid, entry.level, entry.function, entry.message };
        EXHIBIT_TRY(context.add(rows, row, origin));
        EXHIBIT_TRY(visitor(entry, origin));
    }
    EXHIBIT_TRY(reader.result());
    if (first && reader.orphans() != 0)
        return fail(Fault::unsupported, "no line of this log begins with a date and a process");
    return {};
}

std::optional<std::string_view> between(std::string_view text, std::string_view begin, std::string_view end)
{
    auto const at = text.find(begin);
    if (at == std::string_view::npos)
        return std::nullopt;
    auto rest = text.substr(at + begin.size());
    rest = rest.substr(0, rest.find('\n'));
    rest = rest.substr(0, rest.find(end));
    return rest.empty() ? std::nullopt : std::optional { rest };
}

std::string_view first_word(std::string_view text)
{
    return text.substr(0, text.find_first_of(" ,;)]>\n"));
}

} // namespace exhibit::ios
