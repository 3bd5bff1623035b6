#pragma once

#include <string>
#include <string_view>

namespace exhibit::test {

/// A signed message (CMS) with this content and nobody who signed it, as far as readers of the content care.
std::string signed_message(std::string_view content);

} // namespace exhibit::test
