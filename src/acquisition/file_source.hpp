#pragma once

#include "base/byte_buffer.hpp"
#include "base/source.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

namespace exhibit {

/// An open file descriptor, closed with its owner.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    FileDescriptor(FileDescriptor&& other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
    {
    }
    FileDescriptor& operator=(FileDescriptor&& other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    FileDescriptor(FileDescriptor const&) = delete;
    FileDescriptor& operator=(FileDescriptor const&) = delete;
    ~FileDescriptor();

    [[nodiscard]] int get() const { return m_descriptor; }
    /// Gives it to somebody else to close.
    [[nodiscard]] int release() { return std::exchange(m_descriptor, -1); }
    explicit operator bool() const { return m_descriptor >= 0; }

private:
    int m_descriptor = -1;
};

/// A regular file, read with `pread`.
class FileSource final : public Source {
public:
    FileSource(FileDescriptor file, std::uint64_t size)
        : m_file(std::move(file))
        , m_size(size)
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    /// `truncated` when the file became shorter since it was opened.
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    FileDescriptor m_file;
    std::uint64_t m_size;
};

/// Opens a file for reading without following a link in its last component and without changing its access
/// time where the system lets us. `missing`, `unsupported` for what is no regular file, `io`.
Result<std::unique_ptr<Source>> open_file_at(int folder, char const* name);

/// The same of what is known to be a regular file: opening anything else could have effects.
Result<std::unique_ptr<Source>> open_listed_file_at(int folder, char const* name);

/// Opens a folder below `folder`; a link is not followed.
Result<FileDescriptor> open_folder_at(int folder, char const* name);

/// The same in one call of a path of several components, none of which is `..` or a link, to open files below
/// it. Where it fails for another reason than that there is no such folder, perhaps for want of the call,
/// `open_folder_at` for each tells why.
Result<FileDescriptor> open_folder_beneath(int folder, char const* path);

/// The path as the person gave it; links in it are followed.
Result<std::unique_ptr<Source>> open_file(std::filesystem::path const& path);

/// Part of a longer source, such as a stored member of an archive.
class PartSource final : public Source {
public:
    /// `offset` and `size` must lie within `whole`.
    PartSource(std::shared_ptr<Source const> whole, std::uint64_t offset, std::uint64_t size)
        : m_whole(std::move(whole))
        , m_offset(offset)
        , m_size(size)
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Bytes in_memory() const override;
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    std::shared_ptr<Source const> m_whole;
    std::uint64_t m_offset;
    std::uint64_t m_size;
};

/// Content that this source owns.
class OwnedSource final : public Source {
public:
    explicit OwnedSource(ByteBuffer content)
        : m_content(std::move(content))
        , m_view(m_content.bytes())
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_content.size(); }
    [[nodiscard]] Bytes in_memory() const override { return m_content.bytes(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_view.read_at(offset, into);
    }

private:
    ByteBuffer m_content;
    MemorySource m_view;
};

} // namespace exhibit
