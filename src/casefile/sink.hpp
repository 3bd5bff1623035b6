#pragma once

#include "artifact/artifact.hpp"
#include "casefile/page_file.hpp"
#include "casefile/record.hpp"

#include <atomic>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace exhibit {

/// Row ids of a task begin at its number times this; a table takes no more rows from one task.
constexpr std::int64_t kRowsPerTask = 100'000'000;
/// Likewise those of the parts in which a task reads its entry: those of the task itself come first.
constexpr std::int64_t kRowsPerPart = kRowsPerTask / (Context::kMostParts + 1);

/// How many bytes of rows a task may leave behind. What all tasks together may is as much as the bytes that
/// they read, many times over, and a pool that they share by their number and by these bytes: so a few small
/// files may expand far, and very many may not fill a disk. A task's part does not depend on what others do.
struct RowRoom {
    std::uint64_t for_any = 0;
    std::uint64_t times = 0; ///< the bytes that the task reads

    static RowRoom for_tasks(std::size_t tasks, std::uint64_t bytes);
    [[nodiscard]] std::uint64_t of(std::uint64_t bytes) const;
};

/// The same complaint of one task, counted.
struct Diagnostic {
    Level level = Level::note;
    Fault fault = Fault::malformed;
    std::string message;
    std::uint64_t count = 0;
    std::uint64_t first_locator = 0;
};

/// What one task added to one table.
struct TaskTable {
    Table const* table = nullptr;
    LoadedRows loaded; ///< with those of the tasks before it that shared its pages
    std::vector<LoadedRows> parts; ///< those that the task read in parts follow
    std::uint64_t rows = 0;
    std::uint64_t recovered = 0;
};

/// What a task leaves behind when it has ended.
struct TaskRows {
    std::vector<TaskTable> tables;
    std::vector<Diagnostic> diagnostics;
    std::optional<Timestamp> first_seen; ///< over all event times that a phone can have seen
    std::optional<Timestamp> last_seen;

    [[nodiscard]] std::uint64_t rows() const;
    [[nodiscard]] std::uint64_t recovered() const;
    [[nodiscard]] bool damaged() const;
};

/// A row as the case holds it, but with all of its texts: repaired, and times in microseconds since 1970 UTC.
struct SeenRow {
    Table const& table;
    std::int64_t record_id;
    std::span<std::string_view const> texts; ///< one per column; null in those that hold no text
    std::span<std::optional<std::int64_t> const> times; ///< likewise
    bool earlier_version = false; ///< the phone has changed the row since
};

/// Is shown every row that a sink takes. One thread at a time.
class RowObserver {
public:
    RowObserver() = default;
    RowObserver(RowObserver const&) = delete;
    RowObserver& operator=(RowObserver const&) = delete;
    virtual ~RowObserver() = default;

    virtual void see(SeenRow const& row) = 0;
};

/// Calls `work` once with each number below `count`, and the observer of the thread that does it; on several
/// threads at once where there are any. Returns when all is done.
using RunParts
    = std::function<void(std::size_t count, std::function<void(std::size_t, RowObserver*)> const& work)>;

/// The context of one task: encodes its rows on the task's own thread and writes them to the case file.
/// `task` numbers the task within the run (from 1) and so decides its row ids.
class TaskSink final : public Context {
public:
    TaskSink(PageFile& file, std::int64_t task, std::int64_t entry_id, std::span<Table const* const> tables,
        Limits const& limits, std::stop_token stop, std::atomic<std::uint64_t>& rows_so_far);

    /// Bounds what the rows of the task may take by the length of what they are read from.
    void read_from(std::uint64_t bytes, RowRoom const& room);

    /// Shows all rows to come to somebody, who must outlive the sink.
    void watch(RowObserver* observer) { m_observer = observer; }

    /// Has the parts of the task read by several threads. Not for tasks that share pages with others: the
    /// rows of the parts stand on pages of their own.
    void share_parts(RunParts run_parts) { m_run_parts = std::move(run_parts); }
    Result<void> read_parts(std::size_t count, ReadPart const& read) override;

    using Context::note;
    void note(Level, Fault, std::string_view message, Origin) override;
    [[nodiscard]] Limits const& limits() const override { return m_limits; }
    [[nodiscard]] std::stop_token stop() const override { return m_stop; }

    /// What the task leaves behind, and with it the rows of those before it.
    [[nodiscard]] TaskRows finish();

    /// Ends the task and begins another one of the same artifact, which must have the next number: the rows
    /// of both share pages, and are handed over by `finish` only.
    [[nodiscard]] TaskRows next(std::int64_t task, std::int64_t entry_id);

protected:
    Result<void> add_row(Table const&, void const* row, Origin) override;

private:
    struct Open {
        TaskTable table;
        TableLoader loader;
        std::vector<bool> is_event; ///< by column: an event happens at this time
        std::uint64_t next_row = 0; ///< its number
    };

    /// What became of one part.
    struct Part {
        Result<void> result;
        TaskRows rows;
        std::exception_ptr failure;
    };

    /// The context of a part, of those that share what the task may still take.
    TaskSink(TaskSink const& whole, std::size_t part, std::uint64_t most_rows, std::uint64_t room);

    void count(Level, Fault, std::string message, std::uint64_t count, std::uint64_t locator);
    void add_part(TaskRows part);
    [[nodiscard]] TaskRows take_counts();
    /// Adds to the number that the progress display shows.
    void tell_rows();
    /// Begins a record with the columns that all tables have.
    void encode_origin(Origin);
    void encode(Open& open, void const* row, Origin);
    /// All of the text, repaired, borrowed until the next row.
    std::string_view encode_text(std::string_view text, Origin);
    void encode_time(Time const& time, Origin);
    /// Widens the period that the task covers; what cannot be part of it is noted.
    void count_event(Time const& time, Clock, Origin);

    std::int64_t m_first_row;
    std::int64_t m_entry_id;
    Limits m_limits;
    std::stop_token m_stop;
    std::atomic<std::uint64_t>* m_rows_so_far;
    std::uint64_t m_untold = 0; ///< rows that it lacks
    PageFile* m_file;
    std::vector<Open> m_open;
    RecordBuilder m_record;
    std::uint64_t m_room = std::numeric_limits<std::uint64_t>::max(); ///< bytes of rows to come
    std::uint64_t m_most_rows; ///< per table
    RunParts m_run_parts;
    RowObserver* m_observer = nullptr;
    Table const* m_encoded = nullptr; ///< the table of the row
    std::vector<std::string_view> m_texts; ///< of the row, by column
    std::vector<std::optional<std::int64_t>> m_times; ///< likewise
    std::deque<std::string> m_repaired; ///< texts of the row that had to be
    std::map<std::tuple<Level, Fault, std::string>, Diagnostic> m_diagnostics;
    std::optional<Timestamp> m_first_seen;
    std::optional<Timestamp> m_last_seen;
    Timestamp m_latest; ///< no event is later: a day after the examination, for the zones
};

} // namespace exhibit
