#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Files of apps with any code and any attributes in their directory, for tests, traces and near misses.
namespace exhibit::test {

/// Code that holds these strings and nothing that runs; `behind` follows the last string.
std::string dex_of(std::vector<std::string> const& strings, std::string_view behind = {});

struct ApkMember {
    std::string name;
    std::string content;
    std::string attributes = std::string(6, '\0'); ///< six bytes: internal and external attributes
    bool deflated = false;
};
std::string apk_of(std::vector<ApkMember> const& members);

} // namespace exhibit::test
