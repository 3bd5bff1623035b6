#include "formats/crypto/digest.hpp"

#include "base/text.hpp"

#include <array>
#include <openssl/sha.h>

namespace exhibit {

std::string sha256_hex(Bytes bytes)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest {};
    SHA256(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), digest.data());
    return to_hex(as_text(std::as_bytes(std::span { digest })));
}

} // namespace exhibit
