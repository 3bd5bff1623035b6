#pragma once

#include <array>
#include <cstddef>
#include <openssl/crypto.h>
#include <span>
#include <string>

namespace exhibit {

/// Key material of a fixed size that is wiped when it goes away or is moved from. Never copied.
template<std::size_t Size> class Secret {
public:
    Secret() = default;
    Secret(Secret&& other) noexcept
        : m_bytes(other.m_bytes)
    {
        other.wipe();
    }
    Secret& operator=(Secret&& other) noexcept
    {
        if (this != &other) {
            m_bytes = other.m_bytes;
            other.wipe();
        }
        return *this;
    }
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    ~Secret() { wipe(); }

    [[nodiscard]] std::span<std::byte, Size> writable() { return m_bytes; }
    [[nodiscard]] std::span<std::byte const, Size> bytes() const { return m_bytes; }

private:
    void wipe() { OPENSSL_cleanse(m_bytes.data(), m_bytes.size()); }

    std::array<std::byte, Size> m_bytes {};
};

using Key256 = Secret<32>;

/// Overwrites and empties a text that held a password.
inline void wipe(std::string& text)
{
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

} // namespace exhibit
