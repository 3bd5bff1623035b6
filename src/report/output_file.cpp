#include "report/output_file.hpp"

#include "base/partial_name.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace exhibit::report {
namespace {

namespace fs = std::filesystem;

bool exchange(fs::path const& one, fs::path const& other)
{
    return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
}

} // namespace

Result<void> TextBuffer::flush()
{
    EXHIBIT_TRY(m_sink(m_text));
    m_text.clear();
    return {};
}

OutputFile::OutputFile(fs::path final_path, fs::path working, int descriptor)
    : m_final(std::move(final_path))
    , m_working(std::move(working))
    , m_descriptor(descriptor)
{
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : m_final(std::move(other.m_final))
    , m_working(std::exchange(other.m_working, {}))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

OutputFile::~OutputFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    if (!m_working.empty())
        ::unlink(m_working.c_str());
}

Result<OutputFile> OutputFile::create(fs::path const& path, Readers access)
{
    auto working = partial_name(path);
    ::unlink(working.c_str());
    auto const mode = access == Readers::owner ? S_IRUSR | S_IWUSR : S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    int const descriptor
        = ::open(working.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (descriptor < 0)
        return fail(
            Fault::io, "the output could not be created; does its folder exist, and may you write there?");
    return OutputFile { path, std::move(working), descriptor };
}

Result<void> OutputFile::write(std::string_view text)
{
    while (!text.empty()) {
        auto const written = ::write(m_descriptor, text.data(), text.size());
        if (written > 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return fail(Fault::io, "the output could not be written; is the disk full?");
    }
    return {};
}

Result<void> OutputFile::commit(Replace replace)
{
    bool const flushed = ::fsync(m_descriptor) == 0;
    bool const closed = ::close(std::exchange(m_descriptor, -1)) == 0;
    if (!flushed || !closed)
        return fail(Fault::io, "the output could not be flushed to the disk; is it full?");
    int const error = give_name(m_working, m_final, replace);
    if (error != 0)
        return fail(Fault::io,
            error == EEXIST ? "the output exists already; --force replaces it"
                            : "the finished output could not be given its name");
    m_working.clear();
    return {};
}

OutputFolder::OutputFolder(fs::path final_path, fs::path working)
    : m_final(std::move(final_path))
    , m_working(std::move(working))
{
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : m_final(std::move(other.m_final))
    , m_working(std::exchange(other.m_working, {}))
{
}

OutputFolder::~OutputFolder()
{
    std::error_code ignored;
    if (!m_working.empty())
        fs::remove_all(m_working, ignored);
}

Result<OutputFolder> OutputFolder::create(fs::path const& path)
{
    std::error_code error;
    // So that `.` has a name, and a place beside it.
    auto whole = fs::weakly_canonical(fs::absolute(path, error), error);
    if (error)
        return fail(Fault::io, "the output folder cannot be used");
    if (!whole.has_filename())
        whole = whole.parent_path();
    auto working = partial_name(whole);
    fs::remove_all(working, error);
    if (::mkdir(working.c_str(), S_IRWXU) != 0)
        return fail(Fault::io, "the output folder could not be created; may you write beside it?");
    return OutputFolder { std::move(whole), std::move(working) };
}

Result<fs::path> OutputFolder::file(std::string_view name) const
{
    if (name.empty() || name == "." || name == ".." || name.contains('/') || name.contains('\0'))
        return fail(Fault::malformed, "a name in the case file leads out of the output folder");
    return m_working / name;
}

Result<void> OutputFolder::commit(Replace replace)
{
    // rename() puts a folder in the place of an empty one only.
    if (::rename(m_working.c_str(), m_final.c_str()) == 0) {
        m_working.clear();
        return {};
    }
    if (replace == Replace::no)
        return fail(Fault::io, "the output folder exists already and is not empty; --force replaces it");
    // The two change places at once; the destructor then removes the earlier one.
    if (exchange(m_working, m_final))
        return {};
    // Not every file system can: then the earlier folder steps aside first.
    auto const aside = m_working.string() + "-old";
    std::error_code error;
    fs::rename(m_final, aside, error);
    if (error)
        return fail(Fault::io, "the earlier output folder could not be replaced");
    fs::rename(m_working, m_final, error);
    if (error) {
        fs::rename(aside, m_final, error);
        return fail(Fault::io, "the earlier output folder could not be replaced");
    }
    m_working = aside;
    return {};
}

} // namespace exhibit::report
