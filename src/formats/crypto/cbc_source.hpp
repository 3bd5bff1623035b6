#pragma once

#include "base/source.hpp"
#include "formats/crypto/openssl.hpp"
#include "formats/crypto/secret.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <vector>

namespace exhibit {

constexpr std::size_t kAesBlock = 16;
using AesBlock = std::array<std::byte, kAesBlock>;

/// AES-256-CBC read in place: any part can be read alone, since a block needs only its own and the preceding
/// ciphertext. Nothing is kept of what was decrypted. The key lives in cipher contexts that are wiped with
/// the source.
class CbcSource final : public Source {
public:
    /// `size` is that of the content, at most the ciphertext's; a part block at the end is not content.
    CbcSource(std::unique_ptr<Source> ciphertext, Key256 key, AesBlock initial, std::uint64_t size);

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

    /// Cuts the content to `size` bytes. Only before the source is shared.
    void cut_to(std::uint64_t size);

private:
    /// What one reader needs; kept for the next one.
    struct Worker {
        CipherContext cipher;
        std::vector<std::byte> ciphertext;
    };

    [[nodiscard]] Result<Worker> take_worker() const;
    void give_back(Worker worker) const;
    [[nodiscard]] Result<std::size_t> read_with(
        Worker& worker, std::uint64_t offset, std::span<std::byte> into) const;
    [[nodiscard]] Result<Bytes> blocks_at(Worker& worker, std::uint64_t offset, std::size_t size) const;

    std::unique_ptr<Source> m_ciphertext;
    Key256 m_key;
    AesBlock m_initial;
    std::uint64_t m_size;
    mutable std::mutex m_mutex;
    mutable std::vector<Worker> m_idle;
};

/// How the last block of a content is filled up.
struct Ending {
    std::uint64_t size = 0; ///< of the content without the padding, when `padding` says so
    unsigned padding = 0; ///< 1 to 16 for PKCS #7; 0 when the last block shows none
};

/// Looks at the last block of a decrypted content whose size is a multiple of the block.
Result<Ending> ending_of(Source const& decrypted);

} // namespace exhibit
