#include "artifacts/android/app_ops/access.hpp"

#include "artifacts/android/common/text.hpp"

#include <algorithm>

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
    auto const end = text.find_first_not_of("0123456789-:. ");
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

/// Reads `[bg-s] <moment>`, or Android 9's `pers  = <moment>`.
std::optional<Access> read_access(std::string_view kind, std::string_view text)
{
    Access access;
    access.kind = kind;
    text = trim(text);
    if (eat(text, "[")) {
        auto const key = take_until(text, ']');
        access.state = key.substr(0, key.find('-'));
        access.flag = key.substr(std::min(access.state.size() + 1, key.size()));
    } else if (auto const equals = text.find('='); equals != text.npos && !is_moment(text)) {
        access.state = trim(text.substr(0, equals));
        text.remove_prefix(equals + 1);
    }
    text = trim(text);
    if (!is_moment(text) || access.state.size() > 8)
        return std::nullopt;
    read_moment(text, access);
    return access;
}

} // namespace

std::vector<Access> AccessReader::read(std::string_view line)
{
    std::vector<Access> found;
    auto const add = [&](std::string_view kind, std::string_view text) {
        if (auto const access = read_access(kind, text))
            found.push_back(*access);
    };
    constexpr std::string_view kAccess = "Access: ";
    constexpr std::string_view kReject = "Reject: ";
    // Each word is looked for from where it was last found: a line may hold a hundred thousand of one of
    // them.
    auto access = line.find(kAccess);
    auto reject = line.find(kReject);
    bool const named = access != line.npos || reject != line.npos;
    while (access != line.npos || reject != line.npos) {
        auto const at = std::min(access, reject);
        auto const start = at + kAccess.size();
        m_kind = at == access ? "access" : "reject";
        (at == access ? access : reject) = line.find(at == access ? kAccess : kReject, start);
        add(m_kind, line.substr(start, std::min(access, reject) - start));
    }
    if (!named && !m_kind.empty())
        add(m_kind, line);
    return found;
}

} // namespace exhibit::android::app_ops
