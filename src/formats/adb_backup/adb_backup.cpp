#include "formats/adb_backup/adb_backup.hpp"

#include "base/number.hpp"
#include "formats/crypto/openssl.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace exhibit::adb_backup {
namespace {

constexpr std::string_view kMagic = "ANDROID BACKUP\n";
constexpr std::size_t kLongestHeader = 4096; // An encrypted one has about 700 bytes.
constexpr std::uint64_t kMostRounds = 10'000'000; // Devices write 10,000.
constexpr unsigned kNewestVersion = 5;

/// The lines of the header, one after another.
class Lines {
public:
    explicit Lines(std::string_view text)
        : m_text(text)
    {
    }

    Result<std::string_view> next()
    {
        auto const end = m_text.find('\n', m_at);
        if (end == m_text.npos)
            return fail(Fault::truncated, "the header of the backup ends early", m_at);
        auto const line = m_text.substr(m_at, end - m_at);
        m_at = end + 1;
        return line;
    }

    Result<std::uint64_t> number()
    {
        auto const at = m_at;
        auto const line = EXHIBIT_TRY(next());
        auto const value = whole_number<std::uint64_t>(line);
        if (!value)
            return fail(Fault::malformed, "a number in the backup's header is none", at);
        return *value;
    }

    Result<std::vector<std::byte>> bytes()
    {
        auto const at = m_at;
        auto const line = EXHIBIT_TRY(next());
        std::vector<std::byte> out;
        for (std::size_t i = 0; i < line.size(); i += 2) {
            auto const pair = line.substr(i, 2);
            auto const value = pair.size() == 2 ? whole_number<std::uint8_t>(pair, 16) : std::nullopt;
            if (!value)
                return fail(Fault::malformed, "bytes in the backup's header are no digits", at);
            out.push_back(std::byte { *value });
        }
        return out;
    }

    [[nodiscard]] std::size_t offset() const { return m_at; }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

Result<void> read_encryption(Lines& lines, Header& header)
{
    header.user_salt = EXHIBIT_TRY(lines.bytes());
    header.checksum_salt = EXHIBIT_TRY(lines.bytes());
    header.rounds = EXHIBIT_TRY(lines.number());
    auto const initial = EXHIBIT_TRY(lines.bytes());
    header.key_blob = EXHIBIT_TRY(lines.bytes());
    if (header.rounds == 0 || header.rounds > kMostRounds)
        return fail(Fault::over_limit, "the backup asks for too many rounds of its password");
    if (initial.size() != header.user_initial.size() || header.key_blob.empty()
        || header.key_blob.size() % kAesBlock != 0 || header.key_blob.size() > 256)
        return fail(Fault::malformed, "the backup's key does not have its size");
    std::ranges::copy(initial, header.user_initial.begin());
    return {};
}

/// AES-256-CBC over a short text, without regard to its padding.
Result<std::vector<std::byte>> decrypt_blob(Key256 const& key, AesBlock const& initial, Bytes blob)
{
    CipherContext const context { EVP_CIPHER_CTX_new() };
    std::vector<std::byte> out(blob.size() + kAesBlock);
    int written = 0;
    if (!context
        || EVP_DecryptInit_ex(
               context.get(), EVP_aes_256_cbc(), nullptr, as_openssl(key.bytes()), as_openssl(initial))
            != 1
        || EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1
        || EVP_DecryptUpdate(context.get(), room_for_openssl(out), &written, as_openssl(blob),
               static_cast<int>(blob.size()))
            != 1)
        return fail(Fault::io, "the cryptographic library cannot decrypt");
    out.resize(static_cast<std::size_t>(written));
    return out;
}

/// Format 1 took the low byte of each character of a password.
std::string low_bytes(std::string_view password)
{
    std::string out;
    for (std::size_t i = 0; i < password.size();) {
        auto const byte = static_cast<unsigned char>(password[i]);
        std::size_t const size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        unsigned point = size == 1 ? byte : byte & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size && i + k < password.size(); ++k)
            point = point << 6U | (static_cast<unsigned char>(password[i + k]) & 0x3FU);
        if (size == 4)
            out += static_cast<char>(
                (0xD800U + ((point - 0x10000U) >> 10U)) & 0xFFU); // Java counts in UTF-16.
        out += static_cast<char>(point & 0xFFU);
        i += size;
    }
    return out;
}

/// From format 2 on the master key goes into its checksum as text: Java widens each byte with its sign, so
/// one above 0x7F becomes the character U+FF80 to U+FFFF, in UTF-8.
std::string as_java_text(Bytes key)
{
    std::string out;
    for (auto const byte : key) {
        auto const value = std::to_integer<unsigned>(byte);
        if (value < 0x80) {
            out += static_cast<char>(value);
        } else {
            out += '\xEF';
            out += static_cast<char>(0xBCU | ((value >> 6U) & 3U));
            out += static_cast<char>(0x80U | (value & 0x3FU));
        }
    }
    return out;
}

struct Blob {
    Bytes initial;
    Bytes key;
    Bytes checksum;
};

/// Three values, each behind its length in a byte.
std::optional<Blob> split(Bytes bytes)
{
    Reader reader { bytes };
    Blob blob;
    for (auto* part : { &blob.initial, &blob.key, &blob.checksum }) {
        auto const size = reader.big<std::uint8_t>();
        auto const taken = size ? reader.take(*size) : Result<Bytes> { fail(Fault::truncated, "no length") };
        if (!taken)
            return std::nullopt;
        *part = *taken;
    }
    if (blob.initial.size() != kAesBlock || blob.key.size() != 32 || blob.checksum.size() != 32)
        return std::nullopt;
    return blob;
}

} // namespace

bool has_magic(Bytes head)
{
    return as_text(head).starts_with(kMagic);
}

Result<Header> read_header(Source const& file)
{
    std::array<std::byte, kLongestHeader> buffer {};
    auto const head = Bytes { buffer }.first(EXHIBIT_TRY(file.read_at(0, buffer)));
    if (!has_magic(head))
        return fail(Fault::malformed, "not a backup made by adb");
    Lines lines { as_text(head) };
    EXHIBIT_TRY(lines.next());
    Header header;
    auto const version = EXHIBIT_TRY(lines.number());
    if (version == 0 || version > kNewestVersion)
        return fail(Fault::unsupported, "a version of adb backup that is not known");
    header.version = static_cast<unsigned>(version);
    header.compressed = EXHIBIT_TRY(lines.number()) != 0;
    auto const cipher = EXHIBIT_TRY(lines.next());
    header.encrypted = cipher == "AES-256";
    if (!header.encrypted && cipher != "none")
        return fail(Fault::unsupported, "the backup is encrypted in a way that is not known");
    if (header.encrypted)
        EXHIBIT_TRY(read_encryption(lines, header));
    header.payload = lines.offset();
    return header;
}

Result<PayloadKey> unlock(Header const& header, std::string_view password, Pbkdf2Options const& options)
{
    auto encoded = header.version == 1 ? low_bytes(password) : std::string { password };
    Key256 user_key;
    auto const hashed = pbkdf2(
        PasswordHash::sha1, as_bytes(encoded), header.user_salt, header.rounds, user_key.writable(), options);
    wipe(encoded);
    EXHIBIT_TRY(hashed);
    auto plain = EXHIBIT_TRY(decrypt_blob(user_key, header.user_initial, header.key_blob));
    auto const blob = split(plain);
    if (!blob)
        return fail(Fault::locked, "the password is wrong");
    auto text = header.version == 1 ? std::string { as_text(blob->key) } : as_java_text(blob->key);
    Key256 checksum;
    auto const checked = pbkdf2(PasswordHash::sha1, as_bytes(text), header.checksum_salt, header.rounds,
        checksum.writable(), options);
    wipe(text);
    EXHIBIT_TRY(checked);
    if (CRYPTO_memcmp(checksum.bytes().data(), blob->checksum.data(), blob->checksum.size()) != 0)
        return fail(Fault::locked, "the password is wrong");
    PayloadKey key;
    std::ranges::copy(blob->key, key.key.writable().begin());
    std::ranges::copy(blob->initial, key.initial.begin());
    OPENSSL_cleanse(plain.data(), plain.size());
    return key;
}

Result<std::unique_ptr<Source>> decrypt(std::unique_ptr<Source> payload, PayloadKey key)
{
    auto const size = payload->size() - payload->size() % kAesBlock;
    auto source = std::make_unique<CbcSource>(std::move(payload), std::move(key.key), key.initial, size);
    if (size != 0)
        if (auto const ending = ending_of(*source); ending && ending->padding != 0)
            source->cut_to(ending->size);
    return std::unique_ptr<Source> { std::move(source) };
}

} // namespace exhibit::adb_backup
