#pragma once

#include "base/source.hpp"

#include <string_view>

namespace exhibit {

/// Whether a file whose name promises a text (.txt, .json, .jsonl) begins with something else: bytes that no
/// text has, as an overwritten file does, or a web page, as a download that went wrong does. A blank one is a
/// text.
Result<bool> is_foreign_text(std::string_view path, Source const& source);

} // namespace exhibit
