#pragma once

#include "cli/command.hpp"

#include <map>
#include <memory>
#include <string_view>

namespace exhibit::cli {

/// The whole command line as CLI11 sees it, with every command defined.
struct Definition {
    std::unique_ptr<CLI::App> app;
    std::map<std::string_view, Action> actions; ///< by the command's name
    Color color = Color::automatic;
    std::string language;

    Definition();
    Definition(Definition const&) = delete;
    Definition& operator=(Definition const&) = delete;
    ~Definition();
};

/// The heading of a group of commands.
std::string_view heading_of(Group group);

} // namespace exhibit::cli
