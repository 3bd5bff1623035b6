#pragma once

#include "acquisition/acquisition.hpp"

#include <expected>
#include <memory>

namespace exhibit {

bool is_age_file(Source const& file);

/// The content of a file that is encrypted with age, decrypted where it is read. Takes the keys and the
/// password of the options.
std::expected<std::unique_ptr<Source>, Refusal> open_age_file(
    std::unique_ptr<Source> file, OpenOptions const& options);

} // namespace exhibit
