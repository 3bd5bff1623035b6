#include "base/rename.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>

namespace exhibit {

int give_name(std::filesystem::path const& from, std::filesystem::path const& to, Replace replace)
{
    if (replace == Replace::no) {
        if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
            return 0;
        if (errno != EINVAL) // some file systems cannot promise it
            return errno;
        struct stat ignored {};
        if (::lstat(to.c_str(), &ignored) == 0)
            return EEXIST;
    }
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

} // namespace exhibit
