#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace exhibit::test {

/// While it lives, the program can open only so many more files: what it looks into deeper than that cannot
/// be read, whoever runs it.
class FewFiles {
public:
    explicit FewFiles(unsigned more)
    {
        ::getrlimit(RLIMIT_NOFILE, &m_before);
        auto const free = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::close(free);
        auto few = m_before;
        few.rlim_cur = static_cast<rlim_t>(free) + more;
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    FewFiles(FewFiles const&) = delete;
    FewFiles& operator=(FewFiles const&) = delete;
    ~FewFiles() { ::setrlimit(RLIMIT_NOFILE, &m_before); }

private:
    rlimit m_before {};
};

} // namespace exhibit::test
