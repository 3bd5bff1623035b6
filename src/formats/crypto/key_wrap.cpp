#include "formats/crypto/key_wrap.hpp"

#include "formats/crypto/openssl.hpp"

namespace exhibit {

Result<Key256> unwrap_key(Key256 const& wrapping, Bytes wrapped)
{
    if (wrapped.size() != kWrappedKeySize)
        return fail(Fault::malformed, "a wrapped key is not 40 bytes long");
    CipherContext const context { EVP_CIPHER_CTX_new() };
    if (!context)
        return fail(Fault::io, "no memory for a cipher");
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_DecryptInit_ex(context.get(), EVP_aes_256_wrap(), nullptr, as_openssl(wrapping.bytes()), nullptr)
        != 1)
        return fail(Fault::unsupported, "the cryptographic library refuses AES key wrap");
    // The library clears its output and writes one block more than the key while it works.
    Secret<kWrappedKeySize> room;
    int written = 0;
    if (EVP_DecryptUpdate(context.get(), room_for_openssl(room.writable()), &written, as_openssl(wrapped),
            static_cast<int>(wrapped.size()))
            != 1
        || written != static_cast<int>(Key256 {}.bytes().size()))
        return fail(Fault::locked, "a wrapped key does not open with this key");
    Key256 key;
    std::memcpy(key.writable().data(), room.bytes().data(), key.bytes().size());
    return key;
}

} // namespace exhibit
