#include "formats/keybag/keybag.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

/// A keybag that is read is complete: it says how to use a password and holds at least one class.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto keybag = keybag::parse(std::as_bytes(std::span { data, size }));
    if (!keybag)
        return 0;
    auto const complete = keybag->sha1.iterations != 0 && !keybag->sha1.salt.empty()
        && !keybag->classes.empty()
        && (!keybag->sha256 || (keybag->sha256->iterations != 0 && !keybag->sha256->salt.empty()));
    if (!complete || keybag->classes.size() * 8 > size)
        std::abort();
    // Millions of iterations, as backups have, would leave no time to find anything else.
    constexpr std::uint64_t few = 3;
    keybag->sha1.iterations = few;
    if (keybag->sha256)
        keybag->sha256->iterations = few;
    auto const keys = keybag::unlock(*keybag, "password");
    if (keys && (keys->count() == 0 || keys->count() > keybag->classes.size()))
        std::abort();
    return 0;
}
