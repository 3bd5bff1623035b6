#pragma once

#include "acquisition/acquisition.hpp"

#include <mutex>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit {

/// Collects what was wrong, from any thread. Problems with the same words are one, with a count and the first
/// entry as the example.
class ProblemList {
public:
    /// `what` is the key under which the same problem is counted; one file is counted once, however often it
    /// is met.
    void add(Fault fault, std::string_view what, std::string_view stored = {}, std::uint64_t count = 1);

    /// The same where entries may be among what could not be read.
    void lose(Fault fault, std::string_view what, std::string_view stored = {}, std::uint64_t count = 1);

    /// The same for what is worth knowing and is no damage.
    void note(Fault fault, std::string_view what, std::string_view stored = {}, std::uint64_t count = 1);

    /// Replaces the count of a problem that a repeated pass over the same data finds again; 0 is no problem.
    void set(Problem const& problem);

    /// In the order in which they were first seen.
    [[nodiscard]] std::vector<Problem> all() const;

private:
    Problem& entry(Problem const& like);
    bool is_new(std::string_view what, std::string_view stored);

    mutable std::mutex m_mutex;
    std::vector<Problem> m_problems;
    std::set<std::pair<std::string, std::string>> m_met; ///< problem and file, up to a number
};

} // namespace exhibit
