#pragma once

#include "acquisition/ios_file_system/declared.hpp"

namespace exhibit::ios_file_system {

/// What programs copy from a phone over USB, for a container in which nothing else is known: a folder of its
/// crash reports, or one such report, which say of what system they are; the folder of its media; or both.
/// Neither has the names of the folders on the phone. What lies beside them and may be another phone's is
/// told of.
std::optional<Part> find_pulled_part(Container const& container, OpenOptions const& options);

} // namespace exhibit::ios_file_system
