#pragma once

#include "acquisition/acquisition.hpp"

#include <mutex>
#include <string_view>
#include <vector>

namespace exhibit {

/// Collects what was wrong, from any thread. Problems with the same words are one, with a count and the first
/// entry as the example.
class ProblemList {
public:
    /// `what` is the key under which the same problem is counted.
    void add(Fault fault, std::string_view what, std::string_view stored = {}, std::uint64_t count = 1);

    /// The same for what is worth knowing and is no damage.
    void note(Fault fault, std::string_view what, std::string_view stored = {}, std::uint64_t count = 1);

    /// Replaces the count of a problem that a repeated pass over the same data finds again; 0 is no problem.
    void set(Problem const& problem);

    /// In the order in which they were first seen.
    [[nodiscard]] std::vector<Problem> all() const;

private:
    Problem& entry(Problem const& like);

    mutable std::mutex m_mutex;
    std::vector<Problem> m_problems;
};

} // namespace exhibit
