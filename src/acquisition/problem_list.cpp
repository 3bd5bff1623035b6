#include "acquisition/problem_list.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace exhibit {

Problem& ProblemList::entry(Problem const& like)
{
    auto const found = std::ranges::find_if(m_problems, [&](Problem const& problem) {
        return problem.fault == like.fault && problem.message == like.message;
    });
    if (found != m_problems.end())
        return *found;
    auto& added = m_problems.emplace_back(like);
    added.stored = repair_utf8(added.stored);
    added.count = 0;
    return added;
}

bool ProblemList::is_new(std::string_view what, std::string_view stored)
{
    constexpr std::size_t most = 10'000;
    return stored.empty() || m_met.size() == most || m_met.emplace(what, stored).second;
}

void ProblemList::add(Fault fault, std::string_view what, std::string_view stored, std::uint64_t count)
{
    std::scoped_lock const lock { m_mutex };
    if (is_new(what, stored))
        entry({ fault, std::string { what }, std::string { stored }, 0, true }).count += count;
}

void ProblemList::lose(Fault fault, std::string_view what, std::string_view stored, std::uint64_t count)
{
    std::scoped_lock const lock { m_mutex };
    if (is_new(what, stored))
        entry({ fault, std::string { what }, std::string { stored }, 0, true, true }).count += count;
}

void ProblemList::note(Fault fault, std::string_view what, std::string_view stored, std::uint64_t count)
{
    std::scoped_lock const lock { m_mutex };
    if (is_new(what, stored))
        entry({ fault, std::string { what }, std::string { stored }, 0, false }).count += count;
}

void ProblemList::set(Problem const& problem)
{
    if (problem.count == 0)
        return;
    std::scoped_lock const lock { m_mutex };
    entry(problem).count = problem.count;
}

std::vector<Problem> ProblemList::all() const
{
    std::scoped_lock const lock { m_mutex };
    return m_problems;
}

} // namespace exhibit
