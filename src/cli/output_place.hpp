#pragma once

#include "acquisition/acquisition.hpp"
#include "cli/session.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace exhibit::cli {

/// Where a command is about to write a file or folder, and what it reads.
struct OutputPlace {
    std::filesystem::path path;
    std::filesystem::path evidence; ///< the acquisition that is read; empty where there is none
    std::vector<std::filesystem::path>
        inputs; ///< files and folders that are read besides; may be empty paths
};

/// Why nothing may be written there, whatever --force says: it is evidence or lies in it, it is something
/// that the command reads, or it is a device, a pipe or a link.
std::optional<Refusal> forbidden(OutputPlace const& place);

/// Names what runs that were killed left beside this place: it holds what they had read of a phone.
void say_what_was_left(Session& session, std::filesystem::path const& output);

} // namespace exhibit::cli
