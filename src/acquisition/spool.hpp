#pragma once

#include "acquisition/container.hpp"
#include "acquisition/file_source.hpp"
#include "base/byte_buffer.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace exhibit {

/// Where unpacked content goes: memory while it is small, else a temporary file that no name leads to, so
/// that nothing stays behind however the program ends. What was encrypted stays in memory, whatever its size.
class Spool {
public:
    /// Content above this size goes to the disk.
    static constexpr std::uint64_t kInMemory = 64U << 20U;

    /// Of content that may not reach the disk, no more than this.
    static constexpr std::uint64_t kMostSecret = 512U << 20U;

    /// `expected` is what the content says of its size; it only decides where to begin.
    explicit Spool(std::uint64_t expected, Secrecy secrecy = Secrecy::none)
        : m_expected(expected)
        , m_secrecy(secrecy)
    {
    }

    /// `io` when the temporary folder is full or cannot be written; `over_limit` for more than `kMostSecret`
    /// of what may not reach the disk.
    Result<void> write(Bytes bytes);

    [[nodiscard]] std::uint64_t size() const { return m_size; }

    /// The content, to be read.
    [[nodiscard]] std::unique_ptr<Source> finish() &&;

private:
    Result<void> to_disk();
    Result<void> write_to_disk(Bytes bytes);

    [[nodiscard]] bool fits(std::size_t more) const;

    std::uint64_t m_expected;
    Secrecy m_secrecy;
    std::uint64_t m_size = 0;
    ByteBuffer m_memory;
    FileDescriptor m_file;
};

} // namespace exhibit
