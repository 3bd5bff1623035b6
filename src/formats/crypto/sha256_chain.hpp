#pragma once

#include <array>
#include <cstdint>

namespace exhibit {

using Sha256State = std::array<std::uint32_t, 8>;

/// Where a PBKDF2-HMAC-SHA256 block stands: the hash states after the padded key blocks, the last HMAC
/// and the exclusive-or of all of them.
struct Sha256Chain {
    Sha256State inner {};
    Sha256State outer {};
    Sha256State last {};
    Sha256State sum {};
};

/// Whether `advance_with_sha_instructions` may be called on this processor.
bool has_sha_instructions();

/// Does `count` iterations with the processor's SHA instructions.
void advance_with_sha_instructions(Sha256Chain& chain, std::uint64_t count);

} // namespace exhibit
