#include "support/run_program.hpp"

#include "support/paths.hpp"

#include <array>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace exhibit::test {
namespace {

struct Pipe {
    std::array<int, 2> ends { -1, -1 };
    std::string* into = nullptr;
};

[[noreturn]] void become(
    std::vector<std::string> const& arguments, std::vector<std::string> environment, int out, int err)
{
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    for (auto& one : environment)
        ::putenv(one.data());
    auto program = exhibit_program().string();
    std::vector<std::string> copies = arguments;
    std::vector<char*> argv { program.data() };
    for (auto& argument : copies)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
}

void drain(std::array<Pipe, 2>& pipes)
{
    for (;;) {
        std::array<pollfd, 2> waiting {};
        for (std::size_t i = 0; i != pipes.size(); ++i)
            waiting[i] = { pipes[i].ends[0], POLLIN, 0 };
        if (pipes[0].ends[0] < 0 && pipes[1].ends[0] < 0)
            return;
        if (::poll(waiting.data(), waiting.size(), -1) < 0)
            continue;
        for (std::size_t i = 0; i != pipes.size(); ++i) {
            if (waiting[i].fd < 0 || waiting[i].revents == 0)
                continue;
            std::array<char, 1U << 16U> buffer {};
            auto const count = ::read(pipes[i].ends[0], buffer.data(), buffer.size());
            if (count > 0) {
                pipes[i].into->append(buffer.data(), static_cast<std::size_t>(count));
            } else {
                ::close(pipes[i].ends[0]);
                pipes[i].ends[0] = -1;
            }
        }
    }
}

} // namespace

Ran run_exhibit(std::vector<std::string> const& arguments, std::vector<std::string> const& environment)
{
    Ran ran;
    std::array<Pipe, 2> pipes;
    pipes[0].into = &ran.out;
    pipes[1].into = &ran.err;
    for (auto& pipe : pipes)
        if (::pipe2(pipe.ends.data(), O_CLOEXEC) != 0)
            return ran;
    auto const child = ::fork();
    if (child == 0)
        become(arguments, environment, pipes[0].ends[1], pipes[1].ends[1]);
    for (auto const& pipe : pipes)
        ::close(pipe.ends[1]);
    if (child < 0)
        return ran;
    drain(pipes);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ran;
}

} // namespace exhibit::test
