#pragma once

#include "casefile/sink.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>

namespace exhibit {

/// The threads of one run, which help one another: those that have no task left read parts of the tasks of
/// others.
class Crew {
public:
    using Work = std::function<void(std::size_t part, RowObserver* observer)>;

    explicit Crew(unsigned threads)
        : m_busy(threads)
    {
    }

    /// One of the threads, as long as it has tasks.
    class Busy {
    public:
        explicit Busy(Crew& crew)
            : m_crew(crew)
        {
        }
        Busy(Busy const&) = delete;
        Busy& operator=(Busy const&) = delete;
        ~Busy() { m_crew.end_tasks(); }

    private:
        Crew& m_crew;
    };

    /// Does work of `count` parts together with those that have nothing else to do. Returns when all is done;
    /// then it throws the first of what parts threw.
    void share(std::size_t count, Work const& work, RowObserver* observer);

    /// Helps the others until no thread has a task.
    void help(RowObserver* observer);

private:
    struct Shared {
        Work const& work;
        std::size_t count = 0;
        std::size_t next = 0;
        std::size_t done = 0;
        std::exception_ptr thrown {};
    };

    void end_tasks();
    /// Does one part that is still to be done.
    void do_part(Shared& shared, RowObserver* observer, std::unique_lock<std::mutex>& lock);

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Shared*> m_shared; ///< those with parts that nobody has begun
    unsigned m_busy; ///< threads with tasks
};

} // namespace exhibit
