#pragma once

#include "artifact/artifact.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit {

/// A line of the list of an acquisition's files, which the engine shows as `@acquisition/files`.
struct ListedFile {
    std::string path;
    std::string stored;
    std::string_view kind; ///< `file`, `folder` or `link`
    std::optional<std::int64_t> size;
    Time modified;
    std::optional<std::string_view> sha256;
    std::optional<std::string_view> md5;
    std::optional<std::string_view> sha1;
};

/// Calls `use` for each line, in their order; a line that is none is noted.
Result<void> for_each_listed_file(
    Input const& input, Context& context, std::function<Result<void>(ListedFile const&, Origin)> const& use);

} // namespace exhibit
