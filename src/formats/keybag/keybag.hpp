#pragma once

#include "base/bytes.hpp"
#include "formats/crypto/key_wrap.hpp"
#include "formats/crypto/secret.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

/// The keybag of an iOS backup: the keys of all protection classes, wrapped with a key that is derived from
/// the backup password.
namespace exhibit::keybag {

/// One key, as the keybag stores it.
struct ClassEntry {
    std::uint32_t number = 0; ///< the protection class
    std::uint32_t wrap = 0; ///< bit 0: wrapped with a key of the device; bit 1: with the password's
    std::uint32_t key_type = 0;
    std::vector<std::byte> wrapped;
};

/// How a password becomes a key: one pass of PBKDF2.
struct Stretch {
    std::vector<std::byte> salt;
    std::uint64_t iterations = 0;
};

struct Keybag {
    std::uint32_t version = 0;
    std::uint32_t type = 0; ///< 1 for a backup
    Stretch sha1; ///< SALT and ITER
    std::optional<Stretch> sha256; ///< DPSL and DPIC, done first; since iOS 10.2
    std::vector<ClassEntry> classes;
};

/// Reads the tag-length-value stream. Unknown tags are skipped; a stream that ends inside a field, or has no
/// salt, no iterations or no class, is refused.
Result<Keybag> parse(Bytes bytes);

struct UnlockOptions {
    std::stop_token stop;
    std::function<void(double)> progress;
};

/// The keys of a keybag, unlocked. Wiped when it goes away.
class ClassKeys {
public:
    /// Unwraps the key of one file or of the manifest: a class number (little endian) and a wrapped key.
    /// `missing`: the keybag has no key of that class; `locked`: the class key does not open it.
    [[nodiscard]] Result<Key256> unwrap(Bytes class_and_wrapped) const;
    /// The same, where the class number stands elsewhere.
    [[nodiscard]] Result<Key256> unwrap(std::uint32_t number, Bytes wrapped) const;

    [[nodiscard]] bool has(std::uint32_t number) const { return m_keys.contains(number); }
    [[nodiscard]] std::size_t count() const { return m_keys.size(); }
    /// Classes that the password should have opened and did not, though it opened others.
    [[nodiscard]] std::vector<std::uint32_t> const& damaged() const { return m_damaged; }

private:
    friend Result<ClassKeys> unlock(Keybag const&, std::string_view, UnlockOptions const&);

    std::map<std::uint32_t, Key256> m_keys;
    std::vector<std::uint32_t> m_damaged;
};

/// Derives the key from the password, which takes about a second, and opens every class that it can.
/// `locked` when it opens none: the password is wrong. `malformed` when the keybag holds none for a password.
Result<ClassKeys> unlock(Keybag const& keybag, std::string_view password, UnlockOptions const& options = {});

} // namespace exhibit::keybag
