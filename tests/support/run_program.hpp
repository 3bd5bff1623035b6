#pragma once

#include <string>
#include <vector>

namespace exhibit::test {

/// What a program wrote and how it ended.
struct Ran {
    int code = -1; ///< exit code, or 128 plus the signal that ended it
    std::string out;
    std::string err;
};

/// Runs the `exhibit` that was built, with pipes as its streams, and waits for its end.
/// `environment` holds `NAME=value` added to the own environment.
Ran run_exhibit(std::vector<std::string> const& arguments, std::vector<std::string> const& environment = {});

} // namespace exhibit::test
