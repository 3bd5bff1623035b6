#include "acquisition/problem_list.hpp"

#include <algorithm>

namespace exhibit {

Problem& ProblemList::entry(Fault fault, std::string_view what, std::string_view stored)
{
    auto const found = std::ranges::find_if(m_problems,
        [&](Problem const& problem) { return problem.fault == fault && problem.message == what; });
    if (found != m_problems.end())
        return *found;
    return m_problems.emplace_back(Problem { fault, std::string { what }, std::string { stored }, 0 });
}

void ProblemList::add(Fault fault, std::string_view what, std::string_view stored, std::uint64_t count)
{
    std::scoped_lock const lock { m_mutex };
    entry(fault, what, stored).count += count;
}

void ProblemList::set(Fault fault, std::string_view what, std::string_view stored, std::uint64_t count)
{
    std::scoped_lock const lock { m_mutex };
    entry(fault, what, stored).count = count;
}

std::vector<Problem> ProblemList::all() const
{
    std::scoped_lock const lock { m_mutex };
    return m_problems;
}

} // namespace exhibit
