#pragma once

#include <string>

namespace exhibit::test {

struct AdbBackup {
    unsigned version = 5;
    bool compressed = false;
    std::string password {}; ///< empty: not encrypted
    unsigned rounds = 10;
};

/// A file as `adb backup` writes it, around a tar.
std::string adb_backup_file(AdbBackup const& form, std::string const& tar);

} // namespace exhibit::test
