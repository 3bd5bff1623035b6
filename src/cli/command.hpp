#pragma once

#include "cli/session.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace CLI {
class App;
}

namespace exhibit::cli {

/// The heading a command stands under in `exhibit --help`.
enum class Group : std::uint8_t { examine, read, knowledge, about };

/// Does what a command was asked to do.
using Action = std::function<ExitCode(Session&)>;

/// One command. src/cli/commands/<name>.cpp defines `<name>_command::kCommand` and nothing else with linkage;
/// it is found by its file name, no list is edited.
struct Command {
    std::string_view name;
    Group group;
    std::string_view summary; ///< one line without a period, for the list of commands
    std::string_view details; ///< what it does, for its help and the manual; may be empty
    std::string_view examples; ///< command lines, one a line; a line that starts with `#` explains the next
    /// Adds its options to `app` and returns what runs once they are parsed.
    Action (*define)(CLI::App& app);
};

/// Every command, in the order of their names.
std::span<Command const* const> commands();

} // namespace exhibit::cli
