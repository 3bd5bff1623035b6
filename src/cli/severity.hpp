#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace exhibit::cli {

/// Adds an option that takes info, low, medium, high or critical, and the words in `also`.
void add_severity_option(CLI::App& app, std::string const& name, std::string& severity,
    std::string const& description, std::vector<std::string> also = {});

} // namespace exhibit::cli
