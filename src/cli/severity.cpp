#include "cli/severity.hpp"

#include "cli/choice.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace exhibit::cli {

void add_severity_option(CLI::App& app, std::string const& name, std::string& severity,
    std::string const& description, std::vector<std::string> also)
{
    std::vector<std::string> words { "info", "low", "medium", "high", "critical" };
    words.insert(words.end(), also.begin(), also.end());
    auto const list = fmt::format("{}", fmt::join(words, ", "));
    app.add_option(name, severity, fmt::format("{}: {} (default: {})", description, list, severity))
        ->check(one_of(words, fmt::format("{}", fmt::join(words, " "))))
        ->type_name("LEVEL");
}

} // namespace exhibit::cli
