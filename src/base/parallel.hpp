#pragma once

#include <functional>

namespace exhibit {

/// Calls `work` once with each number below `jobs`, each on a thread of its own, and waits for all. What one
/// of the calls throws is thrown here when all have ended. Throws without any call where not all of the
/// threads could be started.
void run_in_parallel(unsigned jobs, std::function<void(unsigned)> const& work);

} // namespace exhibit
