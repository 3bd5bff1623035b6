#pragma once

#include "acquisition/acquisition.hpp"
#include "acquisition/container.hpp"

#include <expected>
#include <memory>
#include <string>

namespace exhibit::android {

/// Whether what AndroidQF writes stands in a folder of a container, all of it or a part.
bool is_androidqf(Container const& container, std::string const& folder);

/// With the bug report, the backup and the intrusion logs inside, each examined as a part of it. The dump
/// (`dumpsys.txt`) gives the sections that the bug report does not have.
std::expected<std::unique_ptr<Acquisition>, Refusal> open_androidqf(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options);

/// Whether a folder holds nothing but some of the files that AndroidQF writes, if only one: a run that was
/// broken off, or a part of one.
bool is_part_of_androidqf(Container const& container, std::string const& folder);
std::expected<std::unique_ptr<Acquisition>, Refusal> open_part_of_androidqf(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options);

} // namespace exhibit::android
