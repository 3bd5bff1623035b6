#pragma once

#include <filesystem>

namespace exhibit::cli {

/// The case file for an acquisition when none was named: its name with `.exhibit`, in the current folder; the
/// endings of archives are taken off.
std::filesystem::path default_case_name(std::filesystem::path const& acquisition);

/// Whether `file` would lie inside the folder `evidence`, whatever links and `..` are on the way.
bool lies_inside(std::filesystem::path const& file, std::filesystem::path const& evidence);

} // namespace exhibit::cli
