#include "engine/crew.hpp"

#include <algorithm>

namespace exhibit {

void Crew::do_part(Shared& shared, RowObserver* observer, std::unique_lock<std::mutex>& lock)
{
    auto const part = shared.next++;
    if (shared.next == shared.count)
        std::erase(m_shared, &shared);
    lock.unlock();
    std::exception_ptr thrown;
    try {
        shared.work(part, observer);
    } catch (...) {
        thrown = std::current_exception();
    }
    lock.lock();
    if (!shared.thrown)
        shared.thrown = std::move(thrown);
    if (++shared.done == shared.count)
        m_changed.notify_all();
}

void Crew::share(std::size_t count, Work const& work, RowObserver* observer)
{
    Shared shared { work, count };
    std::unique_lock lock { m_mutex };
    m_shared.push_back(&shared);
    m_changed.notify_all();
    while (shared.next != shared.count)
        do_part(shared, observer, lock);
    m_changed.wait(lock, [&] { return shared.done == shared.count; });
    if (shared.thrown)
        std::rethrow_exception(shared.thrown);
}

void Crew::end_tasks()
{
    std::scoped_lock const lock { m_mutex };
    --m_busy;
    m_changed.notify_all();
}

void Crew::help(RowObserver* observer)
{
    std::unique_lock lock { m_mutex };
    for (;;) {
        m_changed.wait(lock, [&] { return m_busy == 0 || !m_shared.empty(); });
        if (m_shared.empty())
            return;
        do_part(*m_shared.front(), observer, lock);
    }
}

} // namespace exhibit
