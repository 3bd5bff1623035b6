#include "indicators/system_words.hpp"

#include "indicators/address.hpp"
#include "indicators/ascii.hpp"

#include <algorithm>
#include <utility>

namespace exhibit::indicators {
namespace {

bool in_address(char c)
{
    return hex_value(c) >= 0 || c == ':' || c == '.';
}

/// Of `to:2001:db8::1: sent` without the colons that part it from what stands around.
std::string_view without_outer_colons(std::string_view run)
{
    if (run.starts_with(':') && !run.starts_with("::"))
        run.remove_prefix(1);
    if (run.ends_with(':') && !run.ends_with("::"))
        run.remove_suffix(1);
    return run;
}

bool in_package(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

} // namespace

bool PackageFinder::stands_alone(std::size_t begin, std::size_t end) const
{
    auto const before = begin == 0 ? ' ' : m_text[begin - 1];
    auto const after = end == m_text.size() ? ' ' : m_text[end];
    if (after == '-') // `/data/app/com.a.b-1`, and in names of caches `data@app@com.a.b-1@base.apk`
        return before == '/' || before == '@';
    if (before == '@')
        return after == '@';
    return before != '-' && after != '@' && static_cast<unsigned char>(before) < 0x80
        && static_cast<unsigned char>(after) < 0x80;
}

bool PackageFinder::next(std::string_view& name)
{
    for (;;) {
        auto const dot = m_text.find('.', m_from);
        if (dot == m_text.npos)
            return false;
        auto begin = dot;
        while (begin > m_from && in_package(m_text[begin - 1]))
            --begin;
        auto end = dot;
        while (end != m_text.size() && in_package(m_text[end]))
            ++end;
        m_from = end;
        while (end > begin && m_text[end - 1] == '.') // of a sentence
            --end;
        name = m_text.substr(begin, end - begin);
        if (name.contains('.') && is_letter(name.front()) && stands_alone(begin, end))
            return true;
    }
}

std::string_view package_of_class(std::string_view name)
{
    for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1))
        if (dot + 1 != name.size() && name[dot + 1] >= 'A' && name[dot + 1] <= 'Z')
            return name.substr(0, dot);
    return {};
}

bool PathFinder::begins_at(std::size_t slash) const
{
    if (slash == 0 || slash == m_after_scheme)
        return true;
    auto const before = m_text[slash - 1];
    return !in_package(before) && !std::string_view { "/-~+%@*" }.contains(before)
        && static_cast<unsigned char>(before) < 0x80;
}

bool PathFinder::next(std::string_view& path)
{
    for (;;) {
        auto const slash = m_text.find('/', m_from);
        if (slash == m_text.npos)
            return false;
        if (slash != 0 && m_text[slash - 1] == ':' && m_text.substr(slash).starts_with("//")) {
            m_from = m_after_scheme = slash + 2;
            continue;
        }
        if (!begins_at(slash)) {
            m_from = slash + 1;
            continue;
        }
        m_from = std::min(m_text.find_first_of(" \t\r\n\"'`,;:!()[]{}<>|&*?$\\", slash), m_text.size());
        path = m_text.substr(slash, m_from - slash);
        if (path.size() > 1)
            return true;
    }
}

bool Ipv6Finder::stands_alone(std::size_t begin, std::size_t end) const
{
    auto const is_of_a_word = [](char c) { return is_letter(c) || c == '_' || c == '-'; };
    return (begin == 0 || !is_of_a_word(m_text[begin - 1]))
        && (end == m_text.size() || !is_of_a_word(m_text[end]));
}

bool Ipv6Finder::next(std::string_view& word)
{
    word = std::exchange(m_without_port, {});
    while (word.empty()) {
        auto const colon = m_text.find(':', m_from);
        if (colon == m_text.npos)
            return false;
        auto begin = colon;
        while (begin > m_from && in_address(m_text[begin - 1]))
            --begin;
        auto end = colon;
        while (end != m_text.size() && in_address(m_text[end]))
            ++end;
        m_from = end;
        while (end > begin && m_text[end - 1] == '.') // of a sentence
            --end;
        auto const run = without_outer_colons(m_text.substr(begin, end - begin));
        begin = static_cast<std::size_t>(run.data() - m_text.data());
        if ((!run.contains("::") && std::ranges::count(run, ':') < 7)
            || !stands_alone(begin, begin + run.size()))
            continue;
        word = run;
        if (!parse_address(word) || (begin != 0 && m_text[begin - 1] == '/'))
            m_without_port = word.substr(0, word.rfind(':'));
    }
    return true;
}

} // namespace exhibit::indicators
