#include "acquisition/ios_backup/domains.hpp"

#include "base/text.hpp"
#include "formats/backup_path/backup_path.hpp"

namespace exhibit::ios_backup {

std::vector<std::string> relative_paths(std::string_view pattern, std::string_view domain)
{
    auto const root = backup_path::device_path(domain, "");
    std::vector<std::string> found;
    for (auto slash = pattern.rfind('/'); slash != pattern.npos && slash != 0;
        slash = pattern.rfind('/', slash - 1)) {
        auto const ending = pattern.substr(slash + 1);
        if (ending.find_first_of("*?") != ending.npos)
            break;
        if (!ending.empty() && glob_match(pattern.substr(0, slash), root))
            found.emplace_back(ending);
    }
    return found;
}

} // namespace exhibit::ios_backup
