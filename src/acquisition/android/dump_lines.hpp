#pragma once

#include <cstdint>
#include <string_view>

namespace exhibit::android {

enum class DumpLineKind : std::uint8_t {
    other,
    service_header, ///< `DUMP OF SERVICE package:`; `name` is the service
    service_end, ///< `--------- 0.1s was the duration of dumpsys package, ...`
    command_header, ///< `------ SYSTEM LOG (logcat ...) ------`; `name` is `SYSTEM LOG (logcat ...)`
    command_end, ///< `------ 0.1s was the duration of 'SYSTEM LOG' ------`
    group, ///< exactly 56 `=`
    start, ///< `== dumpstate: 2024-05-01 10:11:12`; `name` is the time
    ruler, ///< hyphens alone
    failure, ///< `*** SERVICE 'package' DUMP TIMEOUT (10000ms) EXPIRED ***`: the rest is missing
};

struct DumpLine {
    DumpLineKind kind = DumpLineKind::other;
    std::string_view name {};
    bool urgent = false; ///< a service's header that names a priority: a part of what the service tells
};

/// False for most lines that are no part of the structure, at the cost of a look at their first character.
constexpr bool may_be_structure(std::string_view line)
{
    if (line.empty())
        return false;
    switch (line.front()) {
    case '-':
    case '=':
    case ' ':
    case '\t':
    case 'D':
    case '*': // and the beginnings of what tells of a failure:
    case 'E':
    case 'F':
    case 'P':
        return true;
    default:
        return false;
    }
}

/// What a line of a dump is for its structure. Without its end; CRs may stand there.
DumpLine dump_line(std::string_view line);

} // namespace exhibit::android
