#include "formats/age/keys.hpp"

#include "base/number.hpp"
#include "base/text.hpp"
#include "formats/age/bech32.hpp"
#include "formats/crypto/openssl.hpp"

#include <algorithm>
#include <openssl/hmac.h>
#include <unistd.h>

namespace exhibit::age {
namespace {

constexpr std::string_view kPrefix = "age-secret-key-";
constexpr std::string_view kHybridPrefix = "age-secret-key-pq-1";
constexpr std::string_view kX25519Purpose = "age-encryption.org/v1/X25519";
constexpr std::string_view kScryptPurpose = "age-encryption.org/v1/scrypt";
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kWrappedSize = 32; // A file key of 16 bytes and its tag.
constexpr std::size_t kMostIdentities = 10'000;
constexpr std::array<unsigned char, 12> kNonce {};
constexpr std::uint64_t kBlockFactor = 8;

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeKeyContext {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeKeyContext>;

Key256 hmac(Bytes key, Bytes message)
{
    Key256 out;
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_openssl(message), message.size(),
        room_for_openssl(out.writable()), &size);
    return out;
}

std::unexpected<Error> broken_stanza()
{
    return fail(Fault::malformed, "the header of the encrypted file is damaged");
}

/// Opens a wrapped file key; nothing when the wrapping key is another one.
std::optional<FileKey> unwrap(Key256 const& wrapping, Bytes wrapped)
{
    CipherContext const context { EVP_CIPHER_CTX_new() };
    FileKey key;
    int written = 0;
    std::array<std::byte, kTagSize> tag {};
    std::ranges::copy(wrapped.last(kTagSize), tag.begin());
    bool const right = context
        && EVP_DecryptInit_ex(
               context.get(), EVP_chacha20_poly1305(), nullptr, as_openssl(wrapping.bytes()), kNonce.data())
            == 1
        && EVP_DecryptUpdate(context.get(), room_for_openssl(key.writable()), &written, as_openssl(wrapped),
               static_cast<int>(wrapped.size() - kTagSize))
            == 1
        && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data())
            == 1
        && EVP_DecryptFinal_ex(context.get(), room_for_openssl(key.writable()) + written, &written) == 1;
    return right ? std::optional { std::move(key) } : std::nullopt;
}

struct Agreed {
    Key256 shared;
    std::array<std::byte, kKeySize> own {}; ///< our public key
};

/// X25519; nothing for a share of low order, with which anybody could agree.
std::optional<Agreed> agree(Key256 const& identity, Bytes share)
{
    KeyHandle const own { EVP_PKEY_new_raw_private_key(
        EVP_PKEY_X25519, nullptr, as_openssl(identity.bytes()), kKeySize) };
    KeyHandle const other { EVP_PKEY_new_raw_public_key(
        EVP_PKEY_X25519, nullptr, as_openssl(share), share.size()) };
    KeyContext const context { own ? EVP_PKEY_CTX_new(own.get(), nullptr) : nullptr };
    Agreed agreed;
    std::size_t size = kKeySize;
    std::size_t own_size = kKeySize;
    if (!context || !other || EVP_PKEY_derive_init(context.get()) != 1
        || EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1
        || EVP_PKEY_derive(context.get(), room_for_openssl(agreed.shared.writable()), &size) != 1
        || EVP_PKEY_get_raw_public_key(own.get(), room_for_openssl(agreed.own), &own_size) != 1)
        return std::nullopt;
    return agreed;
}

/// Checks that the header was written by somebody who knows the file's key.
Result<FileKey> check_header(Header const& header, FileKey key)
{
    auto const code_key = derive(key.bytes(), {}, "header");
    auto const code = hmac(code_key.bytes(), as_bytes(header.authenticated));
    if (CRYPTO_memcmp(code.bytes().data(), header.code.data(), header.code.size()) != 0)
        return fail(Fault::malformed, "the header of the encrypted file was changed");
    return key;
}

Result<std::vector<std::byte>> share_of(Stanza const& stanza)
{
    if (stanza.arguments.size() != 1 || stanza.body.size() != kWrappedSize)
        return broken_stanza();
    auto share = EXHIBIT_TRY(decode_base64(stanza.arguments.front()));
    if (share.size() != kKeySize)
        return broken_stanza();
    return share;
}

/// A decimal number without zeros in front.
std::optional<unsigned> cost_of(std::string_view text)
{
    auto const cost = text.starts_with('0') ? std::nullopt : whole_number<unsigned>(text);
    return cost && *cost < 64 ? cost : std::nullopt;
}

/// Whoever knows a passphrase could have forged the stanzas beside it.
Result<void> check_passphrase_alone(Header const& header)
{
    bool const has_passphrase
        = std::ranges::find(header.stanzas, "scrypt", &Stanza::type) != header.stanzas.end();
    return has_passphrase && header.stanzas.size() != 1 ? Result<void> { broken_stanza() } : Result<void> {};
}

} // namespace

Key256 derive(Bytes secret, Bytes salt, std::string_view purpose)
{
    auto const extracted = hmac(salt, secret);
    auto const expand = std::string { purpose } + '\1';
    return hmac(extracted.bytes(), as_bytes(expand));
}

Result<std::vector<Key256>> read_identities(std::string_view text)
{
    std::vector<Key256> keys;
    bool has_hybrid = false;
    std::uint64_t number = 0;
    while (!text.empty()) {
        ++number;
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        while (line.ends_with('\r') || line.ends_with(' '))
            line.remove_suffix(1);
        if (line.empty() || line.starts_with('#'))
            continue;
        if (to_lower(line.substr(0, kHybridPrefix.size())) == kHybridPrefix) {
            has_hybrid = true;
            continue;
        }
        auto bytes = decode_bech32(line, kPrefix);
        if (!bytes)
            return fail(bytes.error().fault, bytes.error().what, number);
        if (bytes->size() != kKeySize)
            return fail(Fault::malformed, "a key does not have its size", number);
        if (keys.size() >= kMostIdentities)
            return fail(Fault::over_limit, "too many keys", number);
        std::ranges::copy(*bytes, keys.emplace_back().writable().begin());
        OPENSSL_cleanse(bytes->data(), bytes->size());
    }
    if (keys.empty() && has_hybrid)
        return fail(Fault::unsupported, "its keys are post-quantum keys, which are not read here");
    if (keys.empty())
        return fail(Fault::missing, "the file holds no key");
    return keys;
}

bool looks_like_identities(std::string_view text)
{
    return to_lower(text).find(kPrefix) != std::string::npos;
}

Result<FileKey> unlock(Header const& header, std::span<Key256 const> identities)
{
    EXHIBIT_TRY(check_passphrase_alone(header));
    for (auto const& stanza : header.stanzas) {
        if (stanza.type != "X25519")
            continue;
        auto const share = EXHIBIT_TRY(share_of(stanza));
        for (auto const& identity : identities) {
            auto const agreed = agree(identity, share);
            if (!agreed)
                return broken_stanza();
            auto salt = share;
            salt.insert(salt.end(), agreed->own.begin(), agreed->own.end());
            auto const wrapping = derive(agreed->shared.bytes(), salt, kX25519Purpose);
            if (auto key = unwrap(wrapping, stanza.body))
                return check_header(header, std::move(*key));
        }
    }
    return fail(Fault::locked, "none of the keys fits");
}

unsigned dearest_passphrase()
{
    constexpr unsigned least = 18;
    constexpr unsigned most = 20;
    auto const pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
    auto const memory = pages * static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
    auto cost = least;
    while (cost != most && (128 * kBlockFactor << (cost + 1)) <= memory / 4)
        ++cost;
    return cost;
}

Result<FileKey> unlock(Header const& header, std::string_view passphrase, unsigned dearest)
{
    EXHIBIT_TRY(check_passphrase_alone(header));
    if (!header.asks_for_passphrase())
        return fail(Fault::locked, "the file is not encrypted with a passphrase");
    auto const& stanza = header.stanzas.front();
    if (stanza.arguments.size() != 2 || stanza.body.size() != kWrappedSize)
        return broken_stanza();
    auto const random = EXHIBIT_TRY(decode_base64(stanza.arguments[0]));
    auto const cost = cost_of(stanza.arguments[1]);
    if (random.size() != 16 || !cost || *cost == 0)
        return broken_stanza();
    if (*cost > dearest)
        return fail(Fault::over_limit,
            "to try the passphrase would need more than 1 GiB of memory, or a quarter of what this machine "
            "has");
    std::vector<std::byte> salt(kScryptPurpose.size());
    std::ranges::copy(as_bytes(kScryptPurpose), salt.begin());
    salt.insert(salt.end(), random.begin(), random.end());
    auto const rounds = std::uint64_t { 1 } << *cost;
    auto const memory = 128 * kBlockFactor * (rounds + 64);
    Key256 wrapping;
    if (EVP_PBE_scrypt(passphrase.data(), passphrase.size(), as_openssl(salt), salt.size(), rounds,
            kBlockFactor, 1, memory, room_for_openssl(wrapping.writable()), kKeySize)
        != 1)
        return fail(Fault::io, "there is not enough memory to try the passphrase");
    auto key = unwrap(wrapping, stanza.body);
    if (!key)
        return fail(Fault::locked, "the passphrase is wrong");
    return check_header(header, std::move(*key));
}

} // namespace exhibit::age
