#pragma once

#include "acquisition/acquisition.hpp"
#include "cli/password.hpp"
#include "cli/progress.hpp"

namespace exhibit::cli {

/// Options that open an acquisition with a password from `password` and tell `display` how far it is. The
/// display steps aside while a password is asked for. All arguments must outlive the options.
OpenOptions opening(Session& session, std::optional<ProgressDisplay>& display, Progress const& progress,
    PasswordSource const& password);

/// Says why an acquisition could not be opened, examined or copied; returns `could_not_run`.
ExitCode refuse(Session& session, Refusal const& refusal);

} // namespace exhibit::cli
