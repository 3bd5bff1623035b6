#include "artifacts/android/app_ops/access.hpp"

#include "artifacts/android/common/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exhibit::android::app_ops {
namespace {

constexpr std::string_view kDate = "0000-00-00 00:00:00";

bool is_moment(std::string_view text)
{
    return text.size() >= kDate.size() && text[4] == '-' && text[7] == '-' && text[10] == ' '
        && text[13] == ':' && text.front() >= '0' && text.front() <= '9';
}

/// Reads `2024-05-01 10:11:12.345 (-1h2m3s4ms) duration=+2m1s proxy[uid=10010, pkg=com.maps, ...]`.
void read_moment(std::string_view text, Access& access)
{
    auto const end = is_moment(text) ? text.find_first_not_of("0123456789-:. ") : text.find('(');
    access.time = trim(text.substr(0, end));
    auto const rest = end == text.npos ? std::string_view {} : text.substr(end);
    if (rest.starts_with('('))
        access.age = to_duration(between(rest, "(", ")").value_or(""));
    if (auto const duration = value_of(rest, "duration"))
        access.duration = to_duration(*duration);
    if (auto const proxy = between(rest, "proxy[", "]")) {
        access.proxy_package = value_of(*proxy, "pkg").value_or("");
        access.proxy_uid = to_integer(value_of(*proxy, "uid").value_or(""));
    }
}

/// What begins an access, and its kind.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kWords { {
    { "Access: ", "access" },
    { "Reject: ", "reject" },
    { "Running start at: ", "running" },
} };

/// Reads `+27s669ms`: for how long it has gone on. It began that long before the dump.
std::optional<Access> read_running(std::string_view text)
{
    auto const length = to_duration(take_word(text));
    return length ? std::optional { running_since(-*length) } : std::nullopt;
}

/// Reads `[bg-s] <moment>`, or Android 9's `pers  = <moment>`.
std::optional<Access> read_access(std::string_view kind, std::string_view text)
{
    Access access;
    access.kind = kind;
    text = trim(text);
    bool const bracketed = eat(text, "[");
    if (bracketed) {
        auto const key = take_until(text, ']');
        access.state = key.substr(0, key.find('-'));
        access.flag = key.substr(std::min(access.state.size() + 1, key.size()));
    } else if (auto const equals = text.find('='); equals != text.npos && !is_moment(text)) {
        access.state = trim(text.substr(0, equals));
        text.remove_prefix(equals + 1);
    }
    text = trim(text);
    // A time in a form that is not known is kept as it stands, if how long ago it was stands beside it.
    bool const has_age = bracketed && to_duration(between(text, "(", ")").value_or(""));
    if ((!is_moment(text) && !has_age) || access.state.size() > 8)
        return std::nullopt;
    read_moment(text, access);
    return access;
}

} // namespace

Access running_since(std::optional<std::chrono::milliseconds> age)
{
    return { .kind = "running", .age = age, .duration = age.transform([](auto span) { return -span; }) };
}

std::vector<Access> read_short_form(std::string_view text)
{
    std::vector<Access> found;
    while (!text.empty()) {
        auto value = trim(take_until(text, ';'));
        auto const key = take_until(value, '=');
        auto const span = to_duration(take_word(value));
        if ((key == "time" || key == "rejectTime") && span)
            found.push_back({ .kind = key == "time" ? "access" : "reject", .age = -*span });
        else if (key == "duration" && span && !found.empty() && found.front().kind == "access")
            found.front().duration = span;
        else if (key == "running") // It began when it was last accessed.
            found.push_back(running_since(found.empty() ? std::nullopt : found.front().age));
    }
    return found;
}

std::vector<Access> AccessReader::read(std::string_view line)
{
    std::vector<Access> found;
    auto const add = [&](std::string_view kind, std::string_view text) {
        auto const access = kind == "running" ? read_running(text) : read_access(kind, text);
        if (access)
            found.push_back(*access);
    };
    // Each word is looked for from where it was last found: a line may hold a hundred thousand of one of
    // them.
    std::array<std::size_t, kWords.size()> places {};
    for (std::size_t i = 0; i != kWords.size(); ++i)
        places.at(i) = line.find(kWords.at(i).first);
    auto next = std::ranges::min_element(places);
    bool const named = *next != line.npos;
    while (*next != line.npos) {
        auto const& [word, kind] = kWords.at(static_cast<std::size_t>(next - places.begin()));
        auto const start = *next + word.size();
        *next = line.find(word, start);
        next = std::ranges::min_element(places);
        add(kind, line.substr(start, *next - start));
        m_kind = kind == "running" ? std::string_view {} : kind;
    }
    if (!named && !m_kind.empty())
        add(m_kind, line);
    return found;
}

} // namespace exhibit::android::app_ops
