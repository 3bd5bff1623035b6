#pragma once

#include "formats/zip/zip.hpp"

#include <stop_token>

namespace exhibit::zip {

/// Shows the members whose own headers lie from `begin` to `end`, for an archive whose directory is missing,
/// damaged or does not name them: in the order of their place. What stands in the directory alone (links,
/// folders without a slash) is not known of them. The last one may run past the end of what is there: its
/// `packed` is then what is left of it, and its `size` what it was. Members of which it cannot be told where
/// they end are left out; returns how many these were.
Result<std::uint64_t> visit_local_headers(Source const& archive, std::uint64_t begin, std::uint64_t end,
    std::stop_token const& stop, std::function<Result<void>(Member const&)> const& visitor);

} // namespace exhibit::zip
