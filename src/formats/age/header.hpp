#pragma once

#include "base/source.hpp"
#include "formats/crypto/secret.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Files encrypted with age. Source: the specification of age v1 (C2SP).
namespace exhibit::age {

/// One way to the key of the file.
struct Stanza {
    std::string type;
    std::vector<std::string> arguments;
    std::vector<std::byte> body;
};

struct Header {
    std::vector<Stanza> stanzas;
    std::string authenticated; ///< what the code below covers
    std::array<std::byte, 32> code {};
    std::uint64_t payload = 0; ///< offset of what follows the header

    [[nodiscard]] bool asks_for_passphrase() const
    {
        return stanzas.size() == 1 && stanzas.front().type == "scrypt";
    }
    [[nodiscard]] bool asks_for_identity() const;
};

bool has_magic(Bytes head);

/// `malformed` for what breaks the format in any way, as the specification asks.
Result<Header> read_header(Source const& file);

/// Standard base64 without padding, and nothing but the one right spelling.
Result<std::vector<std::byte>> decode_base64(std::string_view text);

} // namespace exhibit::age
