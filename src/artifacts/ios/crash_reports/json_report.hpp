#pragma once

#include "artifacts/ios/crash_reports/rows.hpp"

#include <nlohmann/json_fwd.hpp>

namespace exhibit::ios::crash_reports {

/// What the one-line JSON before a report says.
void read_header(nlohmann::json const& header, Contents& contents);

/// What a report in JSON says.
void read_json_body(nlohmann::json const& body, Contents& contents);

/// Whether a body is several JSON objects, one a line, as reports of the system's analytics are.
bool is_lines_of_json(std::string_view body);

/// What such a body names of programs. Lines that cannot be read are noted, the others are read.
void read_lines_of_json(std::string_view body, Contents& contents, Context& context);

/// What a report in lines of `Key: value` says, as systems before iOS 15 wrote it.
void read_text_body(std::string_view body, Contents& contents);

/// The kind of report in words, for a bug type.
std::optional<std::string_view> kind_of(std::string_view bug_type);

} // namespace exhibit::ios::crash_reports
