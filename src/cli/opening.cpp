#include "cli/opening.hpp"

#include "artifact/registry.hpp"
#include "cli/signals.hpp"

namespace exhibit::cli {

OpenOptions opening(Session& session, std::optional<ProgressDisplay>& display, Progress const& progress,
    PasswordSource const& password)
{
    OpenOptions options;
    options.stop = session.stop();
    for (auto const* artifact : artifacts())
        options.wanted.insert(options.wanted.end(), artifact->paths.begin(), artifact->paths.end());
    options.password = [&] {
        display.reset(); // the prompt needs the line
        auto given = password.get();
        display.emplace(session, progress);
        return given;
    };
    options.progress = [&](std::string_view words, double share) { display->say(words, share); };
    return options;
}

ExitCode refuse(Session& session, Refusal const& refusal)
{
    // A question for a password that a signal ended was not answered.
    if ((refusal.fault == Fault::cancelled || refusal.fault == Fault::locked) && Signals::received() != 0)
        return session.refuse("stopped: nothing was written, and nothing was left behind");
    return session.refuse(refusal.message, refusal.advice);
}

} // namespace exhibit::cli
