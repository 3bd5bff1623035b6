#pragma once

#include "base/source.hpp"
#include "formats/crypto/cbc_source.hpp"
#include "formats/crypto/pbkdf2.hpp"
#include "formats/crypto/secret.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

/// The container of `adb backup`: a few lines of text, then a tar, which may be compressed and then
/// encrypted. Source: PerformAdbBackupTask and BackupPasswordManager of the Android Open Source Project.
namespace exhibit::adb_backup {

struct Header {
    unsigned version = 0; ///< 1 to 5
    bool compressed = false; ///< the tar stands in a zlib stream
    bool encrypted = false;
    std::vector<std::byte> user_salt;
    std::vector<std::byte> checksum_salt;
    std::uint64_t rounds = 0;
    AesBlock user_initial {};
    std::vector<std::byte> key_blob;
    std::uint64_t payload = 0; ///< offset of what follows the lines
};

bool has_magic(Bytes head);

/// `malformed` for what is no such file, `unsupported` for a later version or another cipher, `over_limit`
/// for more rounds than any device asks for.
Result<Header> read_header(Source const& file);

struct PayloadKey {
    Key256 key;
    AesBlock initial {};
};

/// Opens the key of the payload with a password (UTF-8). `locked` when the password is wrong: the file does
/// not tell this from a damaged key.
Result<PayloadKey> unlock(Header const& header, std::string_view password, Pbkdf2Options const& options = {});

/// Decrypts the payload in place. `payload` begins at `Header::payload`.
Result<std::unique_ptr<Source>> decrypt(std::unique_ptr<Source> payload, PayloadKey key);

} // namespace exhibit::adb_backup
