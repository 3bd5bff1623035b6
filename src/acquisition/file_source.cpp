#include "acquisition/file_source.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__) && __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#include <sys/syscall.h>
#define EXHIBIT_HAS_OPENAT2
#endif

namespace exhibit {

namespace {

// O_NONBLOCK: opening a pipe that somebody put among the files must not wait for a writer.
constexpr int kRead = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

#ifdef O_NOATIME
constexpr int kNoAccessTime = O_NOATIME;
#else
constexpr int kNoAccessTime = 0;
#endif

/// Only the owner of a file may leave its access time alone.
int open_quietly(int folder, char const* name, int flags)
{
    auto const file = ::openat(folder, name, flags | kNoAccessTime);
    if (file >= 0 || errno != EPERM)
        return file;
    return ::openat(folder, name, flags);
}

Error error_of(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return { Fault::missing, "there is no such file" };
    case ELOOP:
        return { Fault::unsupported, "a link is not followed" };
    case EACCES:
    case EPERM:
        return { Fault::io, "permission to read was denied" };
    default:
        return { Fault::io, "the operating system could not open it", static_cast<std::uint64_t>(number) };
    }
}

Result<std::unique_ptr<Source>> source_of(FileDescriptor file)
{
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0)
        return std::unexpected(error_of(errno));
    if (!S_ISREG(status.st_mode))
        return fail(Fault::unsupported, "not a regular file");
    auto const size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
    return std::make_unique<FileSource>(std::move(file), size);
}

} // namespace

FileDescriptor::~FileDescriptor()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<std::size_t> FileSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset >= m_size)
        return std::size_t { 0 };
    auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), m_size - offset));
    std::size_t done = 0;
    while (done < wanted) {
        auto const count
            = ::pread(m_file.get(), into.data() + done, wanted - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(Fault::io, "the operating system could not read the file", offset + done);
        if (count == 0)
            return fail(Fault::truncated, "the file became shorter while it was read", offset + done);
        done += static_cast<std::size_t>(count);
    }
    return done;
}

Result<std::unique_ptr<Source>> open_file_at(int folder, char const* name)
{
    // Opening a device can have effects, so its kind is known before.
    struct stat status {};
    if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::unexpected(error_of(errno));
    if (S_ISLNK(status.st_mode))
        return fail(Fault::unsupported, "a link is not followed");
    if (!S_ISREG(status.st_mode))
        return fail(Fault::unsupported, "not a regular file");
    return open_listed_file_at(folder, name);
}

Result<std::unique_ptr<Source>> open_listed_file_at(int folder, char const* name)
{
    return source_of(FileDescriptor { open_quietly(folder, name, kRead | O_NOFOLLOW) });
}

Result<FileDescriptor> open_folder_beneath([[maybe_unused]] int folder, [[maybe_unused]] char const* path)
{
#ifdef EXHIBIT_HAS_OPENAT2
    open_how how {};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    FileDescriptor opened { static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how)) };
    if (!opened)
        return std::unexpected(error_of(errno));
    return opened;
#else
    return fail(Fault::unsupported, "the system has no such call");
#endif
}

Result<FileDescriptor> open_folder_at(int folder, char const* name)
{
    FileDescriptor opened { open_quietly(folder, name, kRead | O_DIRECTORY | O_NOFOLLOW) };
    if (!opened)
        return std::unexpected(error_of(errno));
    return opened;
}

Result<std::unique_ptr<Source>> open_file(std::filesystem::path const& path)
{
    return source_of(FileDescriptor { open_quietly(AT_FDCWD, path.c_str(), kRead) });
}

Bytes PartSource::in_memory() const
{
    auto const whole = m_whole->in_memory();
    return whole.empty() ? Bytes {} : whole.subspan(m_offset, m_size);
}

Result<std::size_t> PartSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset >= m_size)
        return std::size_t { 0 };
    auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), m_size - offset));
    return m_whole->read_at(m_offset + offset, into.first(wanted));
}

} // namespace exhibit
