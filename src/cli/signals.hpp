#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <termios.h>
#include <thread>

namespace exhibit::cli {

/// Turns the first SIGINT, SIGTERM or SIGHUP into a stop request and lets the second end the process at once.
/// One per process, made before any thread.
class Signals {
public:
    Signals();
    Signals(Signals const&) = delete;
    Signals& operator=(Signals const&) = delete;
    ~Signals();

    [[nodiscard]] std::stop_token stop() const { return m_source.get_token(); }
    /// The first signal that came, or 0.
    [[nodiscard]] static int received();

private:
    std::stop_source m_source;
    std::jthread m_waiter; ///< a signal handler may not request a stop itself
};

/// Names a file that a sudden end by a second signal removes, while this lives.
class RemovedWhenKilled {
public:
    explicit RemovedWhenKilled(std::filesystem::path const& path);
    RemovedWhenKilled(RemovedWhenKilled const&) = delete;
    RemovedWhenKilled& operator=(RemovedWhenKilled const&) = delete;
    ~RemovedWhenKilled();

private:
    std::string m_path;
};

/// Asks for a password on the terminal without showing it. Nothing when there is no terminal, or when it was
/// closed or a signal came before the line ended; the terminal is put back in every case.
std::optional<std::string> ask_password(std::string_view prompt);

} // namespace exhibit::cli
