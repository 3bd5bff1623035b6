#pragma once

#include "acquisition/android/assembly.hpp"
#include "acquisition/container.hpp"

#include <expected>
#include <memory>
#include <string>

namespace exhibit::android {

/// Whether files exported from Android's intrusion logging stand directly in a folder, or are the single
/// file: lines that each hold one JSON object with one event. Their names are not documented.
bool is_intrusion_log(Container const& container, std::string const& folder);
std::expected<std::unique_ptr<Acquisition>, Refusal> open_intrusion_logs(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options);

/// Whether a text begins like such a file.
bool looks_like_intrusion_log(std::string_view head);

/// Adds what zips in the folder hold. `before` stands in front of what its entries are stored as.
void add_zipped_intrusion_logs(Assembly& assembly, std::shared_ptr<Container const> const& container,
    std::string const& folder, std::string const& before);

} // namespace exhibit::android
