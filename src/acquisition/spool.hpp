#pragma once

#include "acquisition/file_source.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace exhibit {

/// Where unpacked content goes: memory while it is small, else a temporary file that no name leads to, so
/// that nothing stays behind however the program ends.
class Spool {
public:
    /// Content above this size goes to the disk.
    static constexpr std::uint64_t kInMemory = 32U << 20U;

    /// `expected` is what the content says of its size; it only decides where to begin.
    explicit Spool(std::uint64_t expected, std::uint64_t in_memory = kInMemory)
        : m_in_memory(in_memory)
        , m_expected(expected)
    {
    }

    /// `io` when the temporary folder is full or cannot be written.
    Result<void> write(Bytes bytes);

    [[nodiscard]] std::uint64_t size() const { return m_size; }

    /// The content, to be read.
    [[nodiscard]] std::unique_ptr<Source> finish() &&;

private:
    Result<void> to_disk();
    Result<void> write_to_disk(Bytes bytes);

    std::uint64_t m_in_memory;
    std::uint64_t m_expected;
    std::uint64_t m_size = 0;
    std::vector<std::byte> m_memory;
    FileDescriptor m_file;
};

} // namespace exhibit
