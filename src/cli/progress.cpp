#include "cli/progress.hpp"

#include "base/text.hpp"
#include "cli/layout.hpp"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <sys/ioctl.h>
#include <unistd.h>

namespace exhibit::cli {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr auto kBetweenDraws = std::chrono::milliseconds { 100 };
constexpr Seconds kBeforeGuess { 2 }; ///< an estimate from less is worth nothing

std::size_t terminal_width()
{
    winsize size {};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : 80;
}

std::string readable_seconds(double seconds)
{
    auto const whole = std::llround(seconds);
    if (whole < 100)
        return fmt::format("{} s", whole);
    return fmt::format("{} min", (whole + 30) / 60);
}

std::string readable_count(std::uint64_t number)
{
    auto digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

} // namespace

std::string readable_bytes(std::uint64_t bytes)
{
    constexpr std::array units { "kB", "MB", "GB", "TB", "PB", "EB" };
    if (bytes < 1000)
        return fmt::format("{} B", bytes);
    auto value = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    for (; value >= 999.95 && unit + 1 != units.size(); ++unit)
        value /= 1000;
    return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string progress_line(std::string_view stage, Progress const& progress, Seconds elapsed)
{
    auto line = escape_for_terminal(stage);
    auto const planned = progress.bytes_planned.load(std::memory_order_relaxed);
    auto const read = std::min(progress.bytes_read.load(std::memory_order_relaxed), planned);
    if (planned == 0)
        return line;
    auto const share = static_cast<double>(read) / static_cast<double>(planned);
    line += fmt::format("  {} of {}  {:.0f} %  {} rows", readable_bytes(read), readable_bytes(planned),
        share * 100, readable_count(progress.rows.load(std::memory_order_relaxed)));
    if (elapsed >= kBeforeGuess && share > 0.01 && share < 1)
        line += fmt::format("  about {} left", readable_seconds(elapsed.count() * (1 - share) / share));
    return line;
}

ProgressDisplay::ProgressDisplay(Session& session, Progress const& progress)
    : m_session(&session)
    , m_progress(&progress)
    , m_on_terminal(session.err().is_terminal())
{
    if (!m_on_terminal)
        return;
    m_drawer = std::jthread { [this](std::stop_token const& stop) {
        std::mutex waiting;
        std::condition_variable_any wake;
        std::unique_lock lock { waiting };
        while (!wake.wait_for(lock, stop, kBetweenDraws, [&] { return stop.stop_requested(); }))
            draw();
    } };
}

ProgressDisplay::~ProgressDisplay()
{
    if (!m_on_terminal)
        return;
    m_drawer.request_stop();
    m_drawer.join();
    m_session->err().write("\r\x1b[K");
    m_session->err().flush();
}

void ProgressDisplay::say(std::string_view stage)
{
    {
        std::scoped_lock const lock { m_mutex };
        if (m_stage == stage)
            return;
        m_stage = stage;
        m_share = -1;
        m_stage_began = std::chrono::steady_clock::now();
    }
    if (m_on_terminal)
        return;
    m_session->err().print("{}\n", escape_for_terminal(stage));
    m_session->err().flush();
}

void ProgressDisplay::say(std::string_view stage, double share)
{
    say(stage);
    std::scoped_lock const lock { m_mutex };
    m_share = share;
}

void ProgressDisplay::draw()
{
    std::string line;
    {
        std::scoped_lock const lock { m_mutex };
        if (m_stage.empty())
            return;
        line = m_share >= 0
            ? fmt::format("{}  {:.0f} %", escape_for_terminal(m_stage), m_share * 100)
            : progress_line(m_stage, *m_progress, std::chrono::steady_clock::now() - m_stage_began);
    }
    m_session->err().print("\r{}\x1b[K", shortened(line, terminal_width() - 1));
    m_session->err().flush();
}

} // namespace exhibit::cli
