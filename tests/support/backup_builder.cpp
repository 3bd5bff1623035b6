#include "support/backup_builder.hpp"

#include "base/text.hpp"
#include "formats/crypto/openssl.hpp"
#include "formats/crypto/pbkdf2.hpp"
#include "support/plist_builder.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdexcept>

namespace exhibit::test {

namespace {

constexpr std::uint32_t kManifestClass = 4;
constexpr std::uint64_t kManifestSeed = 0xFFFF'FFFF;

void require(bool held, char const* what)
{
    if (!held)
        throw std::runtime_error { what };
}

void append_big(std::string& into, std::uint64_t value, unsigned width)
{
    for (auto shift = width * 8; shift != 0; shift -= 8)
        into += static_cast<char>(value >> (shift - 8));
}

void append_field(std::string& into, std::string_view tag, std::string_view value)
{
    into += tag;
    append_big(into, value.size(), 4);
    into += value;
}

void append_number(std::string& into, std::string_view tag, std::uint32_t value)
{
    std::string bytes;
    append_big(bytes, value, 4);
    append_field(into, tag, bytes);
}

std::string little_class(std::uint32_t number)
{
    std::string bytes(4, '\0');
    for (std::size_t i = 0; i < 4; ++i)
        bytes[i] = static_cast<char>(number >> (8 * i));
    return bytes;
}

Key256 password_key(std::string_view password, std::string_view sha256_salt, std::uint32_t sha256_iterations,
    std::string_view sha1_salt, std::uint32_t sha1_iterations)
{
    Key256 first;
    auto input = as_bytes(password);
    if (sha256_iterations != 0) {
        require(
            pbkdf2(PasswordHash::sha256, input, as_bytes(sha256_salt), sha256_iterations, first.writable())
                .has_value(),
            "key derivation");
        input = first.bytes();
    }
    Key256 key;
    require(
        pbkdf2(PasswordHash::sha1, input, as_bytes(sha1_salt), sha1_iterations, key.writable()).has_value(),
        "key derivation");
    return key;
}

void write_file(std::filesystem::path const& path, std::string_view content)
{
    std::ofstream file { path, std::ios::binary };
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    require(file.good(), "a file of the backup could not be written");
}

void append_text(std::string& into, std::string_view text)
{
    append_big(into, text.empty() ? 0xFFFF : text.size(), 2);
    into += text;
}

std::int64_t mode_of(BackupItem const& item)
{
    if (item.mode != 0)
        return item.mode;
    switch (item.kind) {
    case ItemKind::folder:
        return 0040755;
    case ItemKind::link:
        return 0120755;
    case ItemKind::file:
        break;
    }
    return 0100644;
}

std::int64_t size_of(BackupItem const& item)
{
    return item.stated_size.value_or(static_cast<std::int64_t>(item.content.size()));
}

} // namespace

/// The manifest while it is written; SQLite in the clear.
struct BackupBuilder::Database {
    sqlite3* handle = nullptr;
    sqlite3_stmt* insert = nullptr;

    explicit Database(std::filesystem::path const& path)
    {
        require(sqlite3_open(path.c_str(), &handle) == SQLITE_OK, "the manifest could not be created");
        run("PRAGMA journal_mode=off; PRAGMA synchronous=off;"
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, "
            "file BLOB);"
            "CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB); BEGIN");
        require(sqlite3_prepare_v2(handle, "INSERT INTO Files VALUES (?, ?, ?, ?, ?)", -1, &insert, nullptr)
                == SQLITE_OK,
            "the manifest could not be filled");
    }
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    ~Database() { close(); }

    void run(char const* sql) const
    {
        require(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK,
            "the manifest could not be written");
    }
    void add(std::string_view id, std::string_view domain, std::string_view path, int flags,
        std::string_view blob) const
    {
        auto const bind = [this](int column, std::string_view text) {
            sqlite3_bind_text(insert, column, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
        };
        bind(1, id);
        bind(2, domain);
        bind(3, path);
        sqlite3_bind_int(insert, 4, flags);
        sqlite3_bind_blob(insert, 5, blob.data(), static_cast<int>(blob.size()), SQLITE_STATIC);
        require(sqlite3_step(insert) == SQLITE_DONE, "a row could not be added to the manifest");
        sqlite3_reset(insert);
    }
    void close()
    {
        sqlite3_finalize(std::exchange(insert, nullptr));
        sqlite3_close(std::exchange(handle, nullptr));
    }
};

std::string backup_file_id(std::string_view domain, std::string_view path)
{
    std::string text { domain };
    text += '-';
    text += path;
    std::array<char, 20> digest {};
    require(EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                EVP_sha1(), nullptr)
            == 1,
        "SHA-1");
    return to_hex({ digest.data(), digest.size() });
}

std::string encrypt_cbc(Key256 const& key, std::string_view content, Padding padding)
{
    std::string padded { content };
    auto const missing = 16 - content.size() % 16;
    if (padding == Padding::pkcs7)
        padded.append(missing, static_cast<char>(missing));
    else if (padding == Padding::zeros)
        padded.append(missing % 16, '\0');
    require(padded.size() % 16 == 0, "content without padding must fill its last block");
    std::string encrypted(padded.size(), '\0');
    std::array<unsigned char, 16> const zero {};
    CipherContext const context { EVP_CIPHER_CTX_new() };
    int written = 0;
    require(
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, as_openssl(key.bytes()), zero.data())
                == 1
            && EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1
            && EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(encrypted.data()), &written,
                   reinterpret_cast<unsigned char const*>(padded.data()), static_cast<int>(padded.size()))
                == 1,
        "AES-CBC");
    return encrypted;
}

std::string wrap_key(Key256 const& wrapping, Key256 const& key)
{
    std::string wrapped(48, '\0');
    CipherContext const context { EVP_CIPHER_CTX_new() };
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    int written = 0;
    require(
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_wrap(), nullptr, as_openssl(wrapping.bytes()), nullptr)
                == 1
            && EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(wrapped.data()), &written,
                   as_openssl(key.bytes()), 32)
                == 1
            && written == 40,
        "AES key wrap");
    wrapped.resize(40);
    return wrapped;
}

Key256 test_key(std::uint64_t seed)
{
    Key256 key;
    require(EVP_Digest(&seed, sizeof seed, reinterpret_cast<unsigned char*>(key.writable().data()), nullptr,
                EVP_sha256(), nullptr)
            == 1,
        "SHA-256");
    return key;
}

TestKeybag make_keybag(
    std::string_view password, std::uint32_t sha256_iterations, std::uint32_t sha1_iterations)
{
    constexpr std::string_view salt = "exhibit test salt 01";
    constexpr std::string_view sha256_salt = "exhibit test salt 02";
    constexpr std::string_view uuid = "0123456789abcdef";
    auto const key = password_key(password, sha256_salt, sha256_iterations, salt, sha1_iterations);
    TestKeybag keybag;
    append_number(keybag.bytes, "VERS", 5);
    append_number(keybag.bytes, "TYPE", 1);
    append_field(keybag.bytes, "UUID", uuid);
    append_field(keybag.bytes, "HMCK", std::string(40, '\x42'));
    append_number(keybag.bytes, "WRAP", 0);
    append_field(keybag.bytes, "SALT", salt);
    append_number(keybag.bytes, "ITER", sha1_iterations);
    if (sha256_iterations != 0) {
        append_number(keybag.bytes, "DPWT", 0);
        append_number(keybag.bytes, "DPIC", sha256_iterations);
        append_field(keybag.bytes, "DPSL", sha256_salt);
    }
    // Class 11 is wrapped with a key of the device, which no password opens.
    for (std::uint32_t const number : { 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U }) {
        append_field(keybag.bytes, "UUID", uuid);
        append_number(keybag.bytes, "CLAS", number);
        append_number(keybag.bytes, "WRAP", number == 11 ? 1 : 2);
        append_number(keybag.bytes, "KTYP", 0);
        auto class_key = test_key(1000 + number);
        append_field(keybag.bytes, "WPKY", wrap_key(key, class_key));
        if (number != 11)
            keybag.class_keys.emplace(number, std::move(class_key));
    }
    return keybag;
}

BackupBuilder::BackupBuilder(std::filesystem::path folder, BackupOptions options)
    : m_folder(std::move(folder))
    , m_options(std::move(options))
{
    std::filesystem::create_directories(m_folder);
    if (m_options.encrypted)
        m_keybag = make_keybag(m_options.password, m_options.sha256_iterations, m_options.sha1_iterations);
    if (m_options.form == ManifestForm::database)
        m_database = std::make_unique<Database>(m_folder / "Manifest.db");
    else
        m_records = std::string { "mbdb\x05\x00", 6 };
}

BackupBuilder::~BackupBuilder() = default;

std::filesystem::path BackupBuilder::payload(std::string const& id) const
{
    return m_options.form == ManifestForm::database ? m_folder / id.substr(0, 2) / id : m_folder / id;
}

void BackupBuilder::write_payload(std::string const& id, std::string_view content)
{
    if (m_options.form == ManifestForm::database) {
        auto const number = std::stoul(id.substr(0, 2), nullptr, 16);
        if (!std::exchange(m_has_folder.at(number), true))
            std::filesystem::create_directories(m_folder / id.substr(0, 2));
    }
    write_file(payload(id), content);
}

std::string BackupBuilder::encryption_key(BackupItem const& item, Key256 const& key) const
{
    auto const found = m_keybag.class_keys.find(item.protection_class);
    // A class that the keybag lacks: the wrapped key is one that nothing opens.
    auto const wrapped
        = found == m_keybag.class_keys.end() ? std::string(40, '\x17') : wrap_key(found->second, key);
    return little_class(item.protection_class) + wrapped;
}

std::string BackupBuilder::add(BackupItem const& item)
{
    auto const id = backup_file_id(item.domain, item.path);
    auto const key = test_key(++m_count);
    auto const is_file = item.kind == ItemKind::file;
    auto const wrapped = m_options.encrypted && is_file ? encryption_key(item, key) : std::string {};
    if (item.has_row && m_database)
        add_row(id, item, wrapped);
    else if (item.has_row)
        add_record(item, wrapped);
    if (is_file && item.has_payload)
        write_payload(id,
            m_options.encrypted ? encrypt_cbc(key, item.content, item.padding)
                                : std::string { item.content });
    return id;
}

void BackupBuilder::add_row(std::string const& id, BackupItem const& item, std::string const& wrapped)
{
    BackupFile file;
    file.relative_path = repair_utf8(item.path); // A property list holds no other text.
    file.size = size_of(item);
    file.mode = mode_of(item);
    file.inode = static_cast<std::int64_t>(1000 + m_count);
    file.birth = item.created;
    file.last_modified = item.modified;
    file.last_status_change = item.changed;
    file.protection_class = item.kind == ItemKind::file ? item.protection_class : 0;
    if (!wrapped.empty())
        file.encryption_key = wrapped;
    if (item.kind == ItemKind::link)
        file.target = item.target;
    m_database->add(item.stated_id.value_or(id), item.domain, item.path, static_cast<int>(item.kind),
        backup_file_archive(file));
}

void BackupBuilder::add_record(BackupItem const& item, std::string const& wrapped)
{
    append_text(m_records, item.domain);
    append_text(m_records, item.path);
    append_text(m_records, item.target);
    append_text(m_records, {});
    append_text(m_records, wrapped);
    append_big(m_records, static_cast<std::uint64_t>(mode_of(item)), 2);
    append_big(m_records, 1000 + m_count, 8);
    append_big(m_records, 501, 4);
    append_big(m_records, 501, 4);
    append_big(m_records, static_cast<std::uint64_t>(item.modified), 4);
    append_big(m_records, static_cast<std::uint64_t>(item.modified), 4);
    append_big(m_records, static_cast<std::uint64_t>(item.changed), 4);
    append_big(m_records, static_cast<std::uint64_t>(size_of(item)), 8);
    append_big(m_records, item.kind == ItemKind::file ? item.protection_class : 0, 1);
    append_big(m_records, 1, 1);
    append_text(m_records, "com.apple.test");
    append_text(m_records, "value");
}

void BackupBuilder::write_info() const
{
    std::vector<Plist> applications;
    for (auto const& application : m_options.applications)
        applications.emplace_back(application);
    write_file(m_folder / "Info.plist",
        to_xml_plist(Plist::dictionary({
            { "Applications", m_options.application_details },
            { "Build Version", m_options.build_version },
            { "Device Name", m_options.device_name },
            { "Display Name", m_options.device_name },
            { "Installed Applications", Plist::array(std::move(applications)) },
            { "Last Backup Date", Plist::date(m_options.backup_date) },
            { "Product Type", m_options.product_type },
            { "Product Version", m_options.product_version },
            { "Serial Number", m_options.serial_number },
            { "Target Identifier", m_options.unique_id },
            { "Target Type", "Device" },
            { "Unique Identifier", m_options.unique_id },
            { "iTunes Version", "12.12.0" },
        })));
    write_file(m_folder / "Status.plist",
        to_binary_plist(Plist::dictionary({
            { "BackupState", "new" },
            { "Date", Plist::date(m_options.backup_date) },
            { "IsFullBackup", true },
            { "SnapshotState", "finished" },
            { "UUID", "5B6C8BB1-7F7A-4D4D-9F10-0D3A4A0F3A11" },
            { "Version", "3.3" },
        })));
}

void BackupBuilder::write_manifest_list(std::string const& manifest_key) const
{
    std::vector<std::pair<std::string, Plist>> entries {
        { "IsEncrypted", m_options.encrypted },
        { "Version", m_database ? "10.0" : "9.1" },
        { "Date", Plist::date(m_options.backup_date) },
        { "SystemDomainsVersion", "24.0" },
        { "WasPasscodeSet", true },
        { "Lockdown",
            Plist::dictionary({
                { "BuildVersion", m_options.build_version },
                { "DeviceName", m_options.device_name },
                { "ProductType", m_options.product_type },
                { "ProductVersion", m_options.product_version },
                { "SerialNumber", m_options.serial_number },
                { "UniqueDeviceID", m_options.unique_id },
            }) },
    };
    if (m_options.encrypted)
        entries.emplace_back("BackupKeyBag", Plist::data(m_keybag.bytes));
    if (!manifest_key.empty())
        entries.emplace_back("ManifestKey", Plist::data(manifest_key));
    write_file(m_folder / "Manifest.plist", to_binary_plist(Plist::dictionary(std::move(entries))));
}

std::string BackupBuilder::encrypt_manifest() const
{
    auto const path = m_folder / "Manifest.db";
    std::ifstream file { path, std::ios::binary };
    std::string const clear { std::istreambuf_iterator<char> { file }, {} };
    auto const key = test_key(kManifestSeed);
    write_file(path, encrypt_cbc(key, clear));
    return little_class(kManifestClass) + wrap_key(m_keybag.class_keys.at(kManifestClass), key);
}

void BackupBuilder::finish()
{
    std::string manifest_key;
    if (m_database) {
        m_database->run("COMMIT; CREATE INDEX FilesDomainIdx ON Files(domain);"
                        "CREATE INDEX FilesRelativePathIdx ON Files(relativePath);"
                        "CREATE INDEX FilesFlagsIdx ON Files(flags);");
        m_database->close();
        if (m_options.encrypted && m_options.manifest_encrypted)
            manifest_key = encrypt_manifest();
    } else
        write_file(m_folder / "Manifest.mbdb", m_records);
    write_info();
    write_manifest_list(manifest_key);
}

} // namespace exhibit::test
