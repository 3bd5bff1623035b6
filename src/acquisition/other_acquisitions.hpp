#pragma once

#include "acquisition/recognizer.hpp"

#include <filesystem>
#include <string>

namespace exhibit {

/// What was recognized at a folder of a container.
struct Candidate {
    Recognizer const* recognizer;
    std::string folder;
};

/// Notes in the container what is not examined and may be an acquisition of its own: folders up to two levels
/// below `path`, folders beside it, and archives beside what is examined. How much is looked at is bounded.
void note_others(Container const& container, std::filesystem::path const& path, Candidate const& examined);

/// By the ending of its name, such as `.zip`, `.tar.gz` or `.ab`.
bool is_named_as_archive(std::string_view path);

} // namespace exhibit
