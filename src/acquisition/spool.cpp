#include "acquisition/spool.hpp"

#include "base/environment.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace exhibit {

namespace {

/// A file without a name, readable by its owner alone.
FileDescriptor open_unnamed(std::string const& folder)
{
#ifdef O_TMPFILE
    if (FileDescriptor file {
            ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR) })
        return file;
#endif
    auto name = folder + "/exhibit-XXXXXX";
    FileDescriptor file { ::mkstemp(name.data()) };
    if (file) {
        ::unlink(name.c_str());
        ::fcntl(file.get(), F_SETFD, FD_CLOEXEC);
    }
    return file;
}

FileDescriptor open_temporary()
{
    // /tmp is memory on many systems, and what comes here is too large for memory.
    if (auto const chosen = environment("TMPDIR"); !chosen.empty())
        if (auto file = open_unnamed(std::string { chosen }))
            return file;
    if (auto file = open_unnamed("/var/tmp"))
        return file;
    return open_unnamed("/tmp");
}

} // namespace

Result<void> Spool::write_to_disk(Bytes bytes)
{
    while (!bytes.empty()) {
        auto const count = ::write(m_file.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return fail(
                Fault::io, "the temporary folder is full or cannot be written; set TMPDIR to one with room");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> Spool::to_disk()
{
    m_file = open_temporary();
    if (!m_file)
        return fail(Fault::io, "no temporary file can be made; set TMPDIR to a folder that can be written");
    EXHIBIT_TRY(write_to_disk(m_memory.bytes()));
    m_memory = {};
    return {};
}

/// Whether it all stays in memory.
bool Spool::fits(std::size_t more) const
{
    if (m_secrecy == Secrecy::memory_only)
        return true;
    return m_expected <= kInMemory && m_size + more <= kInMemory;
}

Result<void> Spool::write(Bytes bytes)
{
    if (m_secrecy == Secrecy::memory_only && m_size + bytes.size() > kMostSecret)
        return fail(Fault::over_limit,
            "what was encrypted is unpacked in memory only, at most 512 MB of it; a zip, tar or tar.gz can "
            "be "
            "of any size");
    if (!m_file && !fits(bytes.size()))
        EXHIBIT_TRY(to_disk());
    if (m_file)
        EXHIBIT_TRY(write_to_disk(bytes));
    else {
        if (m_memory.empty())
            (void)m_memory.room(static_cast<std::size_t>(std::min(m_expected, kInMemory)));
        m_memory.add(bytes);
    }
    m_size += bytes.size();
    return {};
}

std::unique_ptr<Source> Spool::finish() &&
{
    if (m_file)
        return std::make_unique<FileSource>(std::move(m_file), m_size);
    return std::make_unique<OwnedSource>(std::move(m_memory));
}

} // namespace exhibit
