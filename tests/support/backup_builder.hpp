#pragma once

#include "formats/crypto/secret.hpp"
#include "support/plist_builder.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Writes iOS backups, plain and encrypted, as a phone and its computer would; for tests, benchmarks and the
/// demonstration. Failures throw.
namespace exhibit::test {

/// The list of files: SQLite since iOS 10, before that one stream of records and all files in one folder.
enum class ManifestForm : std::uint8_t { database, mbdb };

struct BackupOptions {
    ManifestForm form = ManifestForm::database;
    bool encrypted = false;
    bool manifest_encrypted = true; ///< false: as iOS 10.0 and 10.1 did it; only with `encrypted`
    std::string password = "correct horse";
    std::uint32_t sha256_iterations = 100; ///< 10,000,000 on a phone; 0: none, as before iOS 10.2
    std::uint32_t sha1_iterations = 10; ///< 10,000 on a phone
    std::string device_name = "Test phone";
    std::string product_type = "iPhone9,3";
    std::string product_version = "14.3";
    std::string build_version = "18C66";
    std::string serial_number = "F1234567890";
    std::string unique_id = "1cb128eafa77c5be74283e9a3a2130af36a3c059";
    std::vector<std::string> applications {};
    Plist application_details = Plist::dictionary({}); ///< `Applications` of Info.plist
    double backup_date = 643'000'000; ///< seconds since 2001
};

/// How a payload's last block is filled up when it is encrypted.
enum class Padding : std::uint8_t { pkcs7, zeros, none };

enum class ItemKind : std::uint8_t { file = 1, folder = 2, link = 4 };

/// One row of the manifest, and its payload. What is not set is as a phone would have it.
struct BackupItem {
    std::string_view domain {};
    std::string_view path {};
    std::string_view content {};
    ItemKind kind = ItemKind::file;
    std::string_view target {}; ///< of a link
    std::int64_t modified = 1'620'000'000;
    std::int64_t changed = 1'620'000'000;
    std::int64_t created = 1'610'000'000;
    std::int64_t mode = 0; ///< 0: fits the kind
    std::uint32_t protection_class = 3;
    std::optional<std::int64_t> stated_size {}; ///< in the manifest, where it is not the content's
    std::optional<std::string> stated_id {}; ///< likewise
    Padding padding = Padding::pkcs7;
    bool has_row = true;
    bool has_payload = true;
};

/// SHA-1 of `domain-path` in hexadecimal: the name of a payload.
std::string backup_file_id(std::string_view domain, std::string_view path);

/// AES-256-CBC with a zero initial value, as backups use it.
std::string encrypt_cbc(Key256 const& key, std::string_view content, Padding padding = Padding::pkcs7);
/// RFC 3394.
std::string wrap_key(Key256 const& wrapping, Key256 const& key);
/// A key that is the same for the same seed.
Key256 test_key(std::uint64_t seed);

/// A keybag that a password opens, and the keys in it.
struct TestKeybag {
    std::string bytes;
    std::map<std::uint32_t, Key256> class_keys;
};
TestKeybag make_keybag(
    std::string_view password, std::uint32_t sha256_iterations, std::uint32_t sha1_iterations);

class BackupBuilder {
public:
    /// `folder` is made; it must not hold a backup yet.
    explicit BackupBuilder(std::filesystem::path folder, BackupOptions options = {});
    BackupBuilder(BackupBuilder const&) = delete;
    BackupBuilder& operator=(BackupBuilder const&) = delete;
    ~BackupBuilder();

    /// Returns the name of the payload.
    std::string add(BackupItem const& item);
    std::string add_file(std::string_view domain, std::string_view path, std::string_view content)
    {
        return add({ .domain = domain, .path = path, .content = content });
    }

    /// Writes the manifest and the property lists; nothing is added afterwards.
    void finish();

    /// Where the payload of this name is.
    [[nodiscard]] std::filesystem::path payload(std::string const& id) const;

private:
    struct Database;

    std::string encryption_key(BackupItem const& item, Key256 const& key) const;
    void write_payload(std::string const& id, std::string_view content);
    void add_row(std::string const& id, BackupItem const& item, std::string const& wrapped);
    void add_record(BackupItem const& item, std::string const& wrapped);
    void write_info() const;
    void write_manifest_list(std::string const& manifest_key) const;
    [[nodiscard]] std::string encrypt_manifest() const;

    std::filesystem::path m_folder;
    BackupOptions m_options;
    TestKeybag m_keybag;
    std::unique_ptr<Database> m_database;
    std::string m_records; ///< of `Manifest.mbdb`
    std::array<bool, 256> m_has_folder {};
    std::uint64_t m_count = 0;
};

} // namespace exhibit::test
