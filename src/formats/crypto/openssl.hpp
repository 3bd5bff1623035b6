#pragma once

#include "base/bytes.hpp"

#include <memory>
#include <openssl/evp.h>

namespace exhibit {

struct FreeCipherContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;

struct FreeDigestContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigestContext>;

inline unsigned char const* as_openssl(Bytes bytes)
{
    return reinterpret_cast<unsigned char const*>(bytes.data());
}

inline unsigned char* room_for_openssl(std::span<std::byte> bytes)
{
    return reinterpret_cast<unsigned char*>(bytes.data());
}

} // namespace exhibit
