#include "artifacts/android/logcat/log_line.hpp"

#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace exhibit::android::logcat {
namespace {

// Logs have millions of lines, so that what is asked of each is written out.

bool is_priority(char c)
{
    switch (c) {
    case 'V':
    case 'D':
    case 'I':
    case 'W':
    case 'E':
    case 'F':
    case 'S':
    case 'A':
        return true;
    default:
        return false;
    }
}

constexpr bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/// Whether a text begins with `MM-DD hh:mm:ss`.
bool begins_with_time(std::string_view text)
{
    constexpr std::string_view shape = "dd-dd dd:dd:dd";
    if (text.size() < shape.size())
        return false;
    bool fits = true;
    for (std::size_t at = 0; at != shape.size(); ++at)
        fits &= shape[at] == 'd' ? is_digit(text[at]) : text[at] == shape[at];
    return fits;
}

/// Takes `  1556213442.123` from the front, which `-v epoch` and `-v monotonic` write.
std::string_view take_seconds(std::string_view& text)
{
    constexpr std::string_view least = "0.000 ";
    auto const from = std::min(text.find_first_not_of(' '), text.size());
    auto const dot = std::min(text.find_first_not_of("0123456789", from), text.size());
    auto const end = std::min(text.find_first_not_of("0123456789", dot + 1), text.size());
    if (dot == from || end - from < least.size() - 1 || text.substr(dot, 1) != "."
        || text.substr(end, 1) != " ")
        return {};
    auto const seconds = text.substr(from, end - from);
    text.remove_prefix(end);
    return seconds;
}

/// Takes `[YYYY-]MM-DD hh:mm:ss.frac`, or seconds, from the front.
std::string_view take_time(std::string_view& text)
{
    constexpr std::size_t length = 14;
    std::size_t at = 0;
    if (text.size() > 5 && text[4] == '-' && is_digit(text[0]) && is_digit(text[3]))
        at = 5;
    if (!begins_with_time(text.substr(at)))
        return take_seconds(text);
    auto end = at + length;
    if (end < text.size() && text[end] == '.')
        for (++end; end < text.size() && is_digit(text[end]);)
            ++end;
    // `-v zone` adds ` +0200`.
    if (auto const zone = text.substr(end, 6); zone.size() == 6 && zone[0] == ' '
        && (zone[1] == '+' || zone[1] == '-') && std::ranges::all_of(zone.substr(2), is_digit))
        end += zone.size();
    auto const time = text.substr(0, end);
    text.remove_prefix(end);
    return time;
}

/// Takes the characters at the front up to a blank, and the blanks behind them.
std::string_view take_column(std::string_view& text)
{
    std::size_t end = 0;
    while (end != text.size() && !is_blank(text[end]))
        ++end;
    auto const word = text.substr(0, end);
    while (end != text.size() && is_blank(text[end]))
        ++end;
    text.remove_prefix(end);
    return word;
}

/// The number that a process or thread has, which is a short one. False when the word is none.
bool read_id(std::string_view word, std::optional<std::int64_t>& id)
{
    constexpr std::size_t sure = 18;
    std::int64_t number = 0;
    bool plain = !word.empty() && word.size() <= sure;
    for (std::size_t at = 0; plain && at != word.size(); ++at) {
        plain = is_digit(word[at]);
        number = number * 10 + (word[at] - '0');
    }
    if (plain)
        id = number;
    else
        id = to_integer(word);
    return id.has_value();
}

/// Where `: ` stands.
std::size_t find_colon(std::string_view text)
{
    auto at = text.find(':');
    while (at != text.npos && text.substr(at + 1, 1) != " ")
        at = text.find(':', at + 1);
    return at;
}

/// `I/Tag( 380): words`, or `I/Tag: words`.
bool read_slashed(std::string_view text, LogLine& line)
{
    if (text.size() < 3 || text[1] != '/' || !is_priority(text[0]))
        return false;
    line.priority = text[0];
    text.remove_prefix(2);
    auto const paren_colon = text.find("): "); // Within the brackets may stand `uid: pid`.
    auto const colon = paren_colon == text.npos ? text.find(": ") : paren_colon + 1;
    auto head = text.substr(0, colon == text.npos ? text.size() : colon);
    if (colon == text.npos && !head.ends_with(':'))
        return false;
    line.message = colon == text.npos ? std::string_view {} : text.substr(colon + 2);
    if (colon == text.npos)
        head.remove_suffix(1);
    if (auto const paren = head.rfind('('); paren != head.npos && head.ends_with(')')) {
        auto const ids = head.substr(paren + 1, head.size() - paren - 2);
        line.pid = to_integer(trim(ids.substr(ids.find(':') + 1)));
        head = head.substr(0, paren);
    }
    line.tag = trim(head);
    return true;
}

/// `  380   530 W Tag: words`, or with a user id in front; no blank stands before it.
bool read_columns(std::string_view text, LogLine& line)
{
    std::array<std::string_view, 3> words;
    std::size_t count = 0;
    for (;;) {
        auto const word = take_column(text);
        if (word.size() == 1 && is_priority(word[0]) && count >= 2) {
            line.priority = word[0];
            break;
        }
        if (word.empty() || count == words.size())
            return false;
        words[count++] = word;
    }
    if (!read_id(words[count - 1], line.tid) || !read_id(words[count - 2], line.pid))
        return false;
    line.uid = count == 3 ? words[0] : std::string_view {};
    auto const colon = find_colon(text);
    if (colon != text.npos) {
        line.tag = trim(text.substr(0, colon));
        line.message = text.substr(colon + 2);
    } else {
        text = trim(text);
        line.tag = trim(text.substr(0, text.ends_with(':') ? text.size() - 1 : text.size()));
    }
    return true;
}

/// `[ 03-25 23:53:27.339   747:  990 D/Tag ]`, the message stands below.
std::optional<LogLine> read_long(std::string_view text)
{
    if (!eat(text, "[ ") || !text.ends_with(']'))
        return std::nullopt;
    text = trim(text.substr(0, text.size() - 1));
    LogLine line;
    line.time = take_time(text);
    auto const slash = text.find('/');
    if (line.time.empty() || slash == text.npos || slash == 0 || !is_priority(text[slash - 1]))
        return std::nullopt;
    auto ids = text.substr(0, slash - 1);
    auto first = trim(take_until(ids, ':'));
    if (auto const second = trim(ids); second.contains(':')) { // a user id stands in front
        line.uid = first;
        ids = second;
        first = trim(take_until(ids, ':'));
    }
    line.pid = to_integer(first);
    line.tid = to_integer(trim(ids));
    line.priority = text[slash - 1];
    line.tag = trim(text.substr(slash + 1));
    line.message_follows = true;
    return line;
}

} // namespace

std::optional<LogLine> read_log_line(std::string_view text)
{
    if (text.starts_with("[ "))
        return read_long(text);
    LogLine line;
    line.time = take_time(text);
    if (line.time.empty())
        return read_slashed(text, line) ? std::optional { line } : std::nullopt;
    text = trim(text);
    if (read_slashed(text, line) || read_columns(text, line))
        return line;
    // `546-546/? I/Tag: words`
    auto ids = take_word(text);
    line.pid = to_integer(take_until(ids, '-'));
    line.tid = to_integer(ids.substr(0, ids.find('/')));
    return line.pid && read_slashed(text, line) ? std::optional { line } : std::nullopt;
}

} // namespace exhibit::android::logcat
