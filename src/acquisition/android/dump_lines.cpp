#include "acquisition/android/dump_lines.hpp"

#include "formats/dumpsys/failed_dump.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace exhibit::android {

namespace {

constexpr std::size_t kGroupRuler = 56;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLargestIndent = 8;
constexpr std::string_view kEdge = "------ ";
constexpr std::string_view kServiceEdge = "--------- ";
constexpr std::string_view kDuration = " was the duration of ";

bool eat(std::string_view& text, std::string_view prefix)
{
    if (!text.starts_with(prefix))
        return false;
    text.remove_prefix(prefix.size());
    return true;
}

bool consists_of(std::string_view text, char c)
{
    return text.find_first_not_of(c) == text.npos;
}

bool is_name(std::string_view name)
{
    return !name.empty() && name.size() <= kLongestName
        && std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

/// Recent versions say how urgent a service is; some dump a part urgently and the rest later.
DumpLine service_header(std::string_view line)
{
    if (!eat(line, "DUMP OF SERVICE ") || !line.ends_with(':'))
        return {};
    line.remove_suffix(1);
    bool const urgent = eat(line, "CRITICAL ") || eat(line, "HIGH ");
    if (!urgent)
        (void)eat(line, "NORMAL ");
    return is_name(line) ? DumpLine { DumpLineKind::service_header, line, urgent } : DumpLine {};
}

/// `for_each_pid(TITLE)` closes TITLE.
std::string_view without_call(std::string_view title)
{
    for (std::string_view const call : { "for_each_pid(", "for_each_tid(", "for_each_userid(" })
        if (title.ends_with(')') && eat(title, call))
            return title.substr(0, title.size() - 1);
    return title;
}

DumpLine command_line(std::string_view line)
{
    line.remove_prefix(kEdge.size());
    if (!line.ends_with(" ------"))
        return {};
    line.remove_suffix(kEdge.size());
    auto const duration = line.find(kDuration);
    if (duration == line.npos)
        return is_name(line) ? DumpLine { DumpLineKind::command_header, line } : DumpLine {};
    auto name = line.substr(duration + kDuration.size());
    if (name.size() >= 2 && name.starts_with('\'') && name.ends_with('\''))
        name = name.substr(1, name.size() - 2);
    return { DumpLineKind::command_end, without_call(name) };
}

DumpLine service_end(std::string_view line)
{
    auto const duration = line.find(kDuration);
    if (duration == line.npos)
        return {};
    auto name = line.substr(duration + kDuration.size());
    if (!eat(name, "dumpsys "))
        return {};
    name = name.substr(0, name.find(", ending at: "));
    return is_name(name) ? DumpLine { DumpLineKind::service_end, name } : DumpLine {};
}

DumpLine hyphens(std::string_view line)
{
    if (line.starts_with(kEdge))
        return command_line(line);
    if (line.starts_with(kServiceEdge))
        return service_end(line);
    return consists_of(line, '-') ? DumpLine { DumpLineKind::ruler } : DumpLine {};
}

DumpLine equals_signs(std::string_view line)
{
    if (eat(line, "== dumpstate: "))
        return { DumpLineKind::start, line };
    return line.size() == kGroupRuler && consists_of(line, '=') ? DumpLine { DumpLineKind::group }
                                                                : DumpLine {};
}

} // namespace

DumpLine dump_line(std::string_view line)
{
    while (line.ends_with('\r')) // Windows adds one to that of old versions of adb.
        line.remove_suffix(1);
    if (line.empty())
        return {};
    switch (line.front()) {
    case '-':
        return hyphens(line);
    case '=':
        return equals_signs(line);
    case 'D':
        return service_header(line);
    case ' ':
    case '\t': {
        // Not with `find_first_not_of`, which calls a function for each byte.
        std::size_t indent = 1;
        while (indent != line.size() && (line[indent] == ' ' || line[indent] == '\t'))
            ++indent;
        return indent <= kLargestIndent ? service_header(line.substr(indent)) : DumpLine {};
    }
    default:
        return dumpsys::tells_of_failure(line) ? DumpLine { DumpLineKind::failure } : DumpLine {};
    }
}

} // namespace exhibit::android
