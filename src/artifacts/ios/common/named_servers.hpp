#pragma once

#include "artifact/artifact.hpp"
#include "formats/plist/plist.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Servers that settings of a phone name, by keys of Apple's documented payloads and preference files.
namespace exhibit::ios {

struct NamedServer {
    std::string_view key; ///< of a list in the code
    std::string server; ///< a web address, or a host
};

/// All of them below a value, in stored order, up to a bound, which is noted; of a keyed archive those of all
/// its objects. Capitals in keys do not matter.
std::vector<NamedServer> named_servers(plist::Value const& settings, Context& context);

/// The texts that objects of a keyed archive have in a field, each once, up to the same bound.
std::vector<std::string> archived_texts(
    plist::Value const& archive, std::string_view field, Context& context);

} // namespace exhibit::ios
