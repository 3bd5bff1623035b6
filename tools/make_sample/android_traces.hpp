#pragma once

#include "traces.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// An AndroidQF acquisition with a trace for each of many rules, or with what looks much like each.
namespace exhibit::sample {

struct AndroidSet {
    std::map<std::string, std::string> files; ///< of the acquisition, by their paths in it
    std::map<std::string, std::string> report; ///< of the bug report inside
    std::vector<std::string_view> rules; ///< that must speak for traces, and be silent for near misses
};

AndroidSet make_android(Form form);

/// Writes `androidqf/` with the bug report's zip in it, and `truth.json`, which lists the rules.
void write_android(std::filesystem::path const& folder, AndroidSet const& set);

} // namespace exhibit::sample
