#include "cli/signals.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace exhibit::cli {
namespace {

constexpr std::array kSignals { SIGINT, SIGTERM, SIGHUP };

// A signal handler has no argument to find its state by, so this state is global; every member is lock-free.
struct HandlerState {
    std::atomic<int> first_signal = 0;
    std::atomic<int> wake = -1; ///< a pipe that wakes the waiter
    std::atomic<char const*> remove = nullptr;
    std::atomic<termios const*> terminal = nullptr; ///< what to put back, while echo is off
};
static_assert(std::atomic<char const*>::is_always_lock_free && std::atomic<int>::is_always_lock_free);
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): for the reason above
constinit HandlerState g_state;

void leave_nothing_behind()
{
    if (auto const* settings = g_state.terminal.load())
        ::tcsetattr(STDIN_FILENO, TCSANOW, settings);
    if (auto const* path = g_state.remove.load())
        ::unlink(path);
}

extern "C" void handle_signal(int signal)
{
    int const saved = errno;
    int none = 0;
    if (g_state.first_signal.compare_exchange_strong(none, signal)) {
        char const byte = 1;
        static_cast<void>(::write(g_state.wake, &byte, 1) == 1);
        errno = saved;
        return;
    }
    leave_nothing_behind();
    ::_exit(128 + signal);
}

bool is_lack_of_memory_or_threads(std::exception_ptr const& thrown)
{
    if (!thrown)
        return false;
    try {
        std::rethrow_exception(thrown);
    } catch (std::bad_alloc const&) {
        return true;
    } catch (std::system_error const&) {
        return true;
    } catch (...) {
        return false;
    }
}

/// For what is thrown where nothing may be, as by a library that takes memory there.
[[noreturn]] void end_at_once()
{
    constexpr int could_not_run = 2;
    leave_nothing_behind();
    if (!is_lack_of_memory_or_threads(std::current_exception()))
        std::abort();
    constexpr std::string_view words = "exhibit: there is not enough memory, or no thread could be started\n";
    static_cast<void>(::write(STDERR_FILENO, words.data(), words.size()) > 0);
    ::_exit(could_not_run);
}

void install(void (*handler)(int))
{
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;
    for (int const signal : kSignals) {
        struct sigaction before {};
        ::sigaction(signal, nullptr, &before);
        if (before.sa_handler != SIG_IGN || handler == SIG_DFL) // `nohup` stays in force
            ::sigaction(signal, &action, nullptr);
    }
}

/// Waits until there is something to read. A signal can reach any thread, so that it need not wake this one:
/// false after one.
bool wait_for_input()
{
    constexpr int milliseconds = 100;
    pollfd input { STDIN_FILENO, POLLIN, 0 };
    while (Signals::received() == 0)
        if (::poll(&input, 1, milliseconds) > 0)
            return true;
    return false;
}

/// Reads one line byte by byte, so that nothing is left behind in a buffer.
std::optional<std::string> read_line()
{
    std::string line;
    for (;;) {
        char byte = 0;
        auto const count = wait_for_input() ? ::read(STDIN_FILENO, &byte, 1) : -1;
        if (count < 0 || (count == 0 && line.empty()))
            return std::nullopt;
        if (count == 0 || byte == '\n')
            return line;
        line += byte;
    }
}

} // namespace

Signals::Signals()
{
    std::set_terminate(end_at_once);
    // A reader that goes away is an error of the write, not a reason to leave an unfinished case behind.
    (void)std::signal(SIGPIPE, SIG_IGN);
    // So is a file that may not grow any more.
    (void)std::signal(SIGXFSZ, SIG_IGN);
    std::array<int, 2> ends {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return;
    g_state.wake = ends[1];
    install(handle_signal);
    m_waiter = std::jthread { [this, end = ends[0]] {
        char byte = 0;
        while (::read(end, &byte, 1) < 0 && errno == EINTR) { }
        if (byte == 1)
            m_source.request_stop();
        ::close(end);
    } };
}

Signals::~Signals()
{
    install(SIG_DFL);
    if (int const wake = g_state.wake.exchange(-1); wake >= 0)
        ::close(wake);
}

int Signals::received()
{
    return g_state.first_signal;
}

RemovedWhenKilled::RemovedWhenKilled(std::filesystem::path const& path)
    : m_path(path.string())
{
    g_state.remove = m_path.c_str();
}

RemovedWhenKilled::~RemovedWhenKilled()
{
    g_state.remove = nullptr;
}

std::optional<std::string> ask_password(std::string_view prompt)
{
    termios before {};
    if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1
        || ::tcgetattr(STDIN_FILENO, &before) != 0)
        return std::nullopt;
    g_state.terminal = &before;
    auto silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    static_cast<void>(::write(STDERR_FILENO, prompt.data(), prompt.size()) > 0);
    auto line = read_line();
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    g_state.terminal = nullptr;
    return line;
}

} // namespace exhibit::cli
