#include "engine/run.hpp"

#include <atomic>
#include <exception>
#include <numeric>
#include <thread>

namespace exhibit {
namespace {

/// Passes reads on and counts their bytes for the progress display.
class CountedSource final : public Source {
public:
    CountedSource(Source const& source, std::atomic<std::uint64_t>& bytes)
        : m_source(source)
        , m_bytes(bytes)
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_source.size(); }
    [[nodiscard]] Bytes in_memory() const override { return m_source.in_memory(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        auto const count = m_source.read_at(offset, into);
        if (count)
            m_bytes.fetch_add(*count, std::memory_order_relaxed);
        return count;
    }

private:
    Source const& m_source;
    std::atomic<std::uint64_t>& m_bytes;
};

std::string_view state_of(Result<void> const& result, std::uint64_t rows)
{
    if (result)
        return rows == 0 ? "empty" : "parsed";
    switch (result.error().fault) {
    case Fault::cancelled:
        return "cancelled";
    case Fault::missing:
        return rows == 0 ? "missing" : "partial";
    case Fault::locked:
        return rows == 0 ? "locked" : "partial";
    default:
        return rows == 0 ? "failed" : "partial";
    }
}

/// The entry and its companions, opened for as long as the task runs.
struct OpenedInput {
    std::unique_ptr<Source> main;
    std::unique_ptr<Source> wal;
    std::unique_ptr<Source> journal;
    std::unique_ptr<Source> beside;
};

Result<void> parse(Task const& task, Acquisition const& acquisition, DeviceClock const& clock, TaskSink& sink,
    Progress& progress)
{
    if (task.left_out)
        return fail(Fault::over_limit,
            "not looked at: unpacking all such files of the archive would take too long; unpack it first");
    OpenedInput opened;
    opened.main = EXHIBIT_TRY(acquisition.open(task.entry));
    auto const open_companion = [&](std::optional<Entry> const& entry, std::string_view complaint) {
        if (!entry)
            return std::unique_ptr<Source> {};
        auto source = acquisition.open(*entry);
        if (!source)
            sink.note(Level::damage, source.error().fault, complaint, {});
        return source ? std::move(*source) : std::unique_ptr<Source> {};
    };
    opened.wal
        = open_companion(task.wal, "the database's -wal file could not be read: its newest rows are missing");
    opened.journal = open_companion(task.journal, "the database's -journal file could not be read");
    opened.beside = open_companion(task.beside, "the file that this one is read with could not be read");

    CountedSource const main { *opened.main, progress.bytes_read };
    Input const input { task.entry.path, task.entry.stored, &main, opened.wal.get(), opened.journal.get(),
        task.entry.modified, task.entry.wall_clock, clock, opened.beside.get() };
    return task.artifact->parse(input, sink);
}

TaskOutcome run_one(Task const& task, Acquisition const& acquisition, DeviceClock const& clock,
    CaseWriter& writer, Limits const& limits, std::stop_token const& stop, Progress& progress)
{
    TaskOutcome outcome;
    outcome.coverage.artifact = task.artifact->id;
    outcome.coverage.entry_id = task.entry_id;
    TaskSink sink { writer.pages(), task.number, task.entry_id, task.artifact->tables, limits, stop,
        progress.rows };
    bool crashed = false;
    Result<void> result;
    try {
        result = stop.stop_requested() ? Result<void> { fail(Fault::cancelled, "cancelled") }
                                       : parse(task, acquisition, clock, sink, progress);
    } catch (std::exception const&) { // Out of memory, or a bug: this task ends here, the run does not.
        crashed = true;
        result = fail(Fault::malformed, "the reader of this artifact failed unexpectedly; please report it");
    }
    auto rows = sink.finish();
    auto& coverage = outcome.coverage;
    coverage.rows = rows.rows();
    coverage.recovered_rows = rows.recovered();
    coverage.first_seen = rows.first_seen;
    coverage.last_seen = rows.last_seen;
    coverage.state = crashed ? "crashed" : state_of(result, coverage.rows);
    if (!result) {
        coverage.fault = result.error().fault;
        coverage.message = result.error().what;
    } else if (rows.damaged()) {
        coverage.state = coverage.rows == 0 ? "failed" : "partial";
    }
    outcome.diagnostics = std::move(rows.diagnostics);
    writer.add(task.number, std::move(rows.tables));
    progress.tasks_done.fetch_add(1);
    return outcome;
}

} // namespace

std::vector<TaskOutcome> run_tasks(std::span<Task const> tasks, Acquisition const& acquisition,
    DeviceClock const& clock, CaseWriter& writer, unsigned jobs, Limits const& limits,
    std::stop_token const& stop, Progress& progress)
{
    std::vector<std::size_t> order(tasks.size());
    std::iota(order.begin(), order.end(), std::size_t { 0 });
    std::ranges::sort(order, {}, [&](std::size_t at) { return std::pair { ~tasks[at].bytes(), at }; });

    std::vector<TaskOutcome> outcomes(tasks.size());
    std::atomic<std::size_t> next = 0;
    auto const work = [&] {
        for (auto at = next.fetch_add(1); at < order.size(); at = next.fetch_add(1))
            outcomes[order[at]]
                = run_one(tasks[order[at]], acquisition, clock, writer, limits, stop, progress);
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 1; i < jobs; ++i)
            threads.emplace_back(work);
        work();
    }
    return outcomes;
}

} // namespace exhibit
