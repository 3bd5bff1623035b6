#include "artifacts/android/common/apk_file.hpp"

#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

namespace exhibit::android {

std::string_view package_of_apk(std::string_view path)
{
    // A file elsewhere may be named as anything, and is no app that is installed.
    if (!path.starts_with("/data/app/") && !path.starts_with('@'))
        return {};
    auto name = base_name(path);
    name.remove_suffix(name.ends_with(".apk") ? 4 : 0);
    if (path.starts_with("/data/app/")) {
        name = base_name(path.substr(0, path.rfind('/')));
        name = name.substr(0, name.rfind('-'));
    } else if (path.starts_with('@')) {
        // The name of a part, or a number, may follow; package names may have underscores of their own.
        if (auto const part = name.rfind("_split_"); part != name.npos)
            name = name.substr(0, part);
        else if (auto const under = name.rfind('_');
            under != name.npos && name.substr(under + 1).find_first_not_of("0123456789") == name.npos)
            name = name.substr(0, under);
        if (name.ends_with("_base"))
            name.remove_suffix(5);
    }
    return is_package_name(name) ? name : std::string_view {};
}

} // namespace exhibit::android
