#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace exhibit::dumpsys {

/// Whether a line stands in a service's dump in place of the rest, or of all of it: the service took too
/// long, crashed or refused. Source: dumpsys.cpp, Binder.java and DumpUtils.java of the Android Open Source
/// Project.
inline bool tells_of_failure(std::string_view line)
{
    if (line.empty() || !std::string_view { "*EFP" }.contains(line.front()))
        return false; // Logs have millions of lines.
    constexpr std::array<std::string_view, 4> beginnings { "Error dumping service info",
        "Exception occurred while dumping:", "Failure while dumping service",
        "Permission Denial: can't dump " };
    return (line.starts_with("*** SERVICE ") && line.contains("DUMP TIMEOUT"))
        || std::ranges::any_of(beginnings, [&](auto beginning) { return line.starts_with(beginning); });
}

} // namespace exhibit::dumpsys
