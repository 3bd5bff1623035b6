#pragma once

#include "report/summary.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::cli {

/// What nobody can conclude from an examination, and why: a line each.
std::vector<std::string> unseen(report::Summary const& summary);

/// How many artifacts --only or --skip left out.
std::size_t left_out(report::Summary const& summary);

/// `1 row`, `2 rows`.
std::string amount(std::int64_t count, std::string_view one, std::string_view many);

} // namespace exhibit::cli
