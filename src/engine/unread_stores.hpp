#pragma once

#include <span>
#include <string_view>

namespace exhibit {

/// Files of a phone that are known to tell something, and that no artifact reads: coverage names those that
/// an acquisition holds, so that their silence is not taken for an answer.
struct UnreadStore {
    std::string_view path; ///< a pattern, as those of artifacts
    std::string_view words;
};

std::span<UnreadStore const> unread_stores();

} // namespace exhibit
