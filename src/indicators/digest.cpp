#include "indicators/digest.hpp"

#include "base/text.hpp"

#include <array>
#include <openssl/evp.h>

namespace exhibit::indicators {

std::string sha256_hex(std::string_view bytes)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        return {};
    return to_hex({ reinterpret_cast<char const*>(digest.data()), size });
}

} // namespace exhibit::indicators
