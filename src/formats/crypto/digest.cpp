#include "formats/crypto/digest.hpp"

#include "base/text.hpp"

#include <openssl/sha.h>

namespace exhibit {

std::string sha256_hex(Bytes bytes)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest {};
    SHA256(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), digest.data());
    return to_hex(as_text(std::as_bytes(std::span { digest })));
}

std::array<std::byte, 20> sha1(Bytes bytes)
{
    static_assert(SHA_DIGEST_LENGTH == 20);
    std::array<std::byte, SHA_DIGEST_LENGTH> digest {};
    SHA1(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(),
        reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

} // namespace exhibit
