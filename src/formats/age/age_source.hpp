#pragma once

#include "base/source.hpp"
#include "formats/age/keys.hpp"
#include "formats/crypto/openssl.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace exhibit::age {

/// The content of a file encrypted with age, decrypted where it is read: it stands in chunks that can be
/// opened one by one. A chunk that was changed is `malformed`. Nothing of the content is written anywhere.
class AgeSource final : public Source {
public:
    /// `truncated` when the last chunk is missing or cut: that it is the last is part of its encryption.
    static Result<std::unique_ptr<Source>> open(
        std::unique_ptr<Source> file, Header const& header, FileKey const& key);

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    /// What one reader needs, with the chunk that it read last.
    struct Worker {
        CipherContext cipher;
        std::vector<std::byte> sealed;
        std::vector<std::byte> content;
        std::uint64_t chunk = 0;
        bool filled = false;
    };

    AgeSource(std::unique_ptr<Source> file, std::uint64_t payload, Key256 key);

    [[nodiscard]] Worker take_worker(std::uint64_t chunk) const;
    void give_back(Worker worker) const;
    Result<void> fill(Worker& worker, std::uint64_t chunk) const;
    Result<std::size_t> read_with(Worker& worker, std::uint64_t offset, std::span<std::byte> into) const;

    std::unique_ptr<Source> m_file;
    std::uint64_t m_payload; ///< where the first chunk begins
    Key256 m_key;
    std::uint64_t m_chunks = 0;
    std::uint64_t m_size = 0;
    mutable std::mutex m_mutex;
    mutable std::vector<Worker> m_idle;
};

} // namespace exhibit::age
