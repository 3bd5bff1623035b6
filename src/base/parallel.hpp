#pragma once

#include <functional>

namespace exhibit {

/// Calls `work` once with each number below `jobs`, or with 0 where there is none, and waits for all. Each
/// has a thread of its own; 0 has that of the caller. What one of the calls throws is thrown here when all
/// have ended. Throws without any call where not all of the threads could be started.
void run_in_parallel(unsigned jobs, std::function<void(unsigned)> const& work);

} // namespace exhibit
