#include "support/adb_backup_builder.hpp"

#include "base/text.hpp"

#include <openssl/evp.h>
#include <stdexcept>
#include <zlib.h>

namespace exhibit::test {

namespace {

unsigned char const* bytes_of(std::string const& text)
{
    return reinterpret_cast<unsigned char const*>(text.data());
}

unsigned char* room_in(std::string& text)
{
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string hash(std::string const& password, std::string const& salt, unsigned rounds)
{
    std::string key(32, '\0');
    PKCS5_PBKDF2_HMAC_SHA1(password.data(), static_cast<int>(password.size()), bytes_of(salt),
        static_cast<int>(salt.size()), static_cast<int>(rounds), 32, room_in(key));
    return key;
}

std::string encrypt(std::string const& key, std::string const& initial, std::string const& text)
{
    auto* const context = EVP_CIPHER_CTX_new();
    std::string out(text.size() + 16, '\0');
    int size = 0;
    int last = 0;
    EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), nullptr, bytes_of(key), bytes_of(initial));
    EVP_EncryptUpdate(context, room_in(out), &size, bytes_of(text), static_cast<int>(text.size()));
    EVP_EncryptFinal_ex(context, room_in(out) + size, &last);
    EVP_CIPHER_CTX_free(context);
    out.resize(static_cast<std::size_t>(size + last));
    return out;
}

std::string deflate(std::string const& text)
{
    auto size = ::compressBound(text.size());
    std::string out(size, '\0');
    if (::compress(room_in(out), &size, bytes_of(text), text.size()) != Z_OK)
        throw std::runtime_error { "cannot compress" };
    out.resize(size);
    return out;
}

/// Each byte as a Java `char` that was widened with its sign, in UTF-8.
std::string java_text(std::string const& key)
{
    std::string utf16;
    for (char const c : key) {
        utf16 += (static_cast<unsigned char>(c) & 0x80U) != 0 ? '\xFF' : '\0';
        utf16 += c;
    }
    return from_utf16be(utf16);
}

std::string with_length(std::string const& text)
{
    return static_cast<char>(text.size()) + text;
}

} // namespace

std::string adb_backup_file(AdbBackup const& form, std::string const& tar)
{
    auto const payload = form.compressed ? deflate(tar) : tar;
    auto const start
        = "ANDROID BACKUP\n" + std::to_string(form.version) + "\n" + (form.compressed ? "1" : "0") + "\n";
    if (form.password.empty())
        return start + "none\n" + payload;
    std::string const user_salt(64, '\x11');
    std::string const checksum_salt(64, '\x22');
    std::string const user_initial(16, '\x33');
    std::string const initial(16, '\x44');
    std::string key;
    for (int i = 0; i != 32; ++i)
        key += static_cast<char>(i * 8 + 3); // Half of them above 0x7F.
    auto const checksum = hash(form.version == 1 ? key : java_text(key), checksum_salt, form.rounds);
    auto const blob = with_length(initial) + with_length(key) + with_length(checksum);
    auto const user_key = hash(form.password, user_salt, form.rounds);
    return start + "AES-256\n" + to_hex(user_salt) + "\n" + to_hex(checksum_salt) + "\n"
        + std::to_string(form.rounds) + "\n" + to_hex(user_initial) + "\n"
        + to_hex(encrypt(user_key, user_initial, blob)) + "\n" + encrypt(key, initial, payload);
}

} // namespace exhibit::test
