#include "base/parallel.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace exhibit {
namespace {

enum class Start : int { not_yet, all_are_there, never };

/// Tells waiting threads what has become of the others, however this scope ends.
class StartSign {
public:
    explicit StartSign(std::atomic<Start>& start)
        : m_start(start)
    {
    }
    StartSign(StartSign const&) = delete;
    StartSign& operator=(StartSign const&) = delete;
    ~StartSign()
    {
        m_start = m_all ? Start::all_are_there : Start::never;
        m_start.notify_all();
    }

    void all_are_there() { m_all = true; }

private:
    std::atomic<Start>& m_start;
    bool m_all = false;
};

} // namespace

void run_in_parallel(unsigned jobs, std::function<void(unsigned)> const& work)
{
    std::mutex mutex;
    std::exception_ptr thrown;
    auto const guarded = [&](unsigned worker) {
        try {
            work(worker);
        } catch (...) {
            std::scoped_lock const lock { mutex };
            if (!thrown)
                thrown = std::current_exception();
        }
    };
    {
        std::atomic<Start> start = Start::not_yet;
        std::vector<std::jthread> threads;
        {
            StartSign sign { start };
            for (unsigned worker = 1; worker < jobs; ++worker)
                threads.emplace_back([&start, &guarded, worker] {
                    start.wait(Start::not_yet);
                    if (start == Start::all_are_there)
                        guarded(worker);
                });
            sign.all_are_there();
        }
        guarded(0);
    }
    if (thrown)
        std::rethrow_exception(thrown);
}

} // namespace exhibit
