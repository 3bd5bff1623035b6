#pragma once

#include "cli/session.hpp"
#include "engine/examine.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <thread>

namespace exhibit::cli {

/// What the line of progress says: `reading artifacts  1.2 GB of 3.4 GB  35 %  812,345 rows  about 12 s
/// left`.
std::string progress_line(
    std::string_view stage, Progress const& progress, std::chrono::duration<double> elapsed);

/// `1.2 GB`, in powers of ten.
std::string readable_bytes(std::uint64_t bytes);

/// Shows how far an examination is on standard error: one line, redrawn, on a terminal; one plain line a
/// stage elsewhere. Ends and wipes its line when it goes.
class ProgressDisplay {
public:
    ProgressDisplay(Session& session, Progress const& progress);
    ProgressDisplay(ProgressDisplay const&) = delete;
    ProgressDisplay& operator=(ProgressDisplay const&) = delete;
    ~ProgressDisplay();

    /// A stage begins.
    void say(std::string_view stage);
    /// How far a stage is that the counters do not count, 0 to 1.
    void say(std::string_view stage, double share);

private:
    void draw();

    Session* m_session;
    Progress const* m_progress;
    bool m_on_terminal;
    std::mutex m_mutex;
    std::string m_stage;
    double m_share = -1;
    std::chrono::steady_clock::time_point m_stage_began = std::chrono::steady_clock::now();
    std::jthread m_drawer;
};

} // namespace exhibit::cli
