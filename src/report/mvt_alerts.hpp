#pragma once

#include "report/case.hpp"
#include "report/output_file.hpp"

#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace exhibit::report {

/// Writes the findings as MVT writes alerts: all of them, those of each of the modules that `files` names,
/// and those that have a time in its order. Fails with `cancelled` when stopped.
Result<void> write_mvt_alerts(casefile::Database& database, OutputFolder const& folder,
    std::vector<TableInfo> const& tables, std::span<std::string const> files, std::stop_token const& stop);

} // namespace exhibit::report
