#include "engine/run.hpp"

#include "base/parallel.hpp"
#include "base/text.hpp"
#include "engine/crew.hpp"
#include "engine/foreign_text.hpp"
#include "engine/knowledge.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <functional>
#include <limits>
#include <optional>

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

/// Content that nobody reads.
class ListedSource final : public Source {
public:
    explicit ListedSource(std::uint64_t size)
        : m_size(size)
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) const override
    {
        return fail(Fault::unsupported, "the content is not read");
    }

private:
    std::uint64_t m_size;
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

/// `._name`, which a Mac writes beside `name` when it packs or copies it to a disk of another system (RFC
/// 1740).
Result<bool> is_apple_double(std::string_view path, Source const& source)
{
    constexpr std::array magic { std::byte { 0 }, std::byte { 5 }, std::byte { 22 }, std::byte { 7 } };
    std::array<std::byte, magic.size()> head {};
    return base_name(path).starts_with("._") && EXHIBIT_TRY(source.read_at(0, head)) == head.size()
        && head == magic;
}

/// Reads what is left of a database that is gone: its log, which has the name of the database and `suffix`.
Result<void> parse_log_alone(Task const& task, Entry const& log, std::string_view suffix,
    Acquisition const& acquisition, DeviceClock const& clock, TaskSink& sink, RowRoom const& room,
    Progress& progress)
{
    auto const opened = EXHIBIT_TRY(acquisition.open(log));
    if (EXHIBIT_TRY(is_apple_double(log.path, *opened)))
        return {};
    sink.note(Level::damage, Fault::missing,
        "a log of changes without its database, which is gone or was not copied: read as far as it goes", {});
    sink.read_from(opened->size(), room);
    CountedSource const content { *opened, progress.bytes_read };
    MemorySource const nothing { Bytes {} };
    auto const without = [&](std::string_view path) {
        return path.ends_with(suffix) ? path.substr(0, path.size() - suffix.size()) : path;
    };
    bool const is_wal = suffix == "-wal";
    auto const read = task.artifact->parse(
        { without(log.path), without(log.stored), &nothing, is_wal ? &content : nullptr,
            is_wal ? nullptr : &content, log.modified, log.wall_clock, clock, nullptr },
        sink);
    if (!read && read.error().fault == Fault::malformed) // It lacks the page that tells what the others hold.
        return fail(Fault::missing, "only the log of the database is left, and cannot be read by itself");
    return read;
}

/// Of a database that cannot be opened: a backup may list one that it does not hold, and hold its log.
Result<void> parse_what_is_left(Task const& task, Error const& error, Acquisition const& acquisition,
    DeviceClock const& clock, TaskSink& sink, RowRoom const& room, Progress& progress)
{
    auto const log = task.wal ? task.wal : task.journal;
    if (error.fault == Fault::missing && log) {
        auto const read = parse_log_alone(
            task, *log, task.wal ? "-wal" : "-journal", acquisition, clock, sink, room, progress);
        if (!read && read.error().fault == Fault::cancelled)
            return read;
    }
    return std::unexpected(error);
}

/// What the acquisition's list tells of an entry. To unpack it for its size alone would take longer.
Result<void> parse_by_list(Task const& task, DeviceClock const& clock, TaskSink& sink)
{
    ListedSource const listed { task.entry.size };
    Input input { task.entry.path, task.entry.stored, &listed };
    input.modified = task.entry.modified;
    input.wall_clock = task.entry.wall_clock;
    input.clock = clock;
    return task.artifact->parse(input, sink);
}

/// Null where there is none, and, with a complaint, where it cannot be opened.
std::unique_ptr<Source> open_companion(std::shared_ptr<Entry const> const& entry, std::string_view complaint,
    Acquisition const& acquisition, TaskSink& sink)
{
    if (!entry)
        return nullptr;
    auto source = acquisition.open(*entry);
    if (!source)
        sink.note(Level::damage, source.error().fault, complaint, {});
    return source ? std::move(*source) : nullptr;
}

Result<void> parse(Task const& task, Acquisition const& acquisition, DeviceClock const& clock, TaskSink& sink,
    RowRoom const& room, Progress& progress)
{
    if (task.left_out)
        return fail(Fault::over_limit,
            "not looked at: unpacking all such files of the archive would take too long; unpack it first");
    if (!task.log_alone.empty())
        return parse_log_alone(task, task.entry, task.log_alone, acquisition, clock, sink, room, progress);
    if (task.artifact->by_list && !base_name(task.entry.path).starts_with("._"))
        return parse_by_list(task, clock, sink);
    OpenedInput opened;
    auto main_file = acquisition.open(task.entry);
    if (!main_file)
        return parse_what_is_left(task, main_file.error(), acquisition, clock, sink, room, progress);
    opened.main = std::move(*main_file);
    if (EXHIBIT_TRY(is_apple_double(task.entry.path, *opened.main))) {
        sink.note(
            Level::note, Fault::unsupported, "left out: what a Mac keeps beside the file (AppleDouble)", {});
        return {};
    }
    if (task.artifact->key && opened.main->size() == 0 && !task.wal)
        return fail(Fault::truncated,
            "the file holds nothing at all, not even an empty database: it was emptied, or not copied");
    if (EXHIBIT_TRY(is_foreign_text(task.entry.path, *opened.main)))
        sink.note(Level::damage, Fault::malformed,
            "the file does not begin as the text that its name promises: it was overwritten, or is another "
            "file",
            {});
    if (acquisition.is_cut(task.entry))
        sink.note(Level::damage, Fault::truncated,
            "the text of the dump ends within it: what followed is missing, and the last of it may be cut",
            {});
    opened.wal = open_companion(task.wal,
        "the database's -wal file could not be read: its newest rows are missing", acquisition, sink);
    opened.journal
        = open_companion(task.journal, "the database's -journal file could not be read", acquisition, sink);
    opened.beside = open_companion(
        task.beside, "the file that this one is read with could not be read", acquisition, sink);
    std::uint64_t bytes = 0;
    for (auto const* source : { opened.main.get(), opened.wal.get(), opened.journal.get() })
        bytes += source == nullptr ? 0 : source->size();
    sink.read_from(bytes, room);

    CountedSource const main { *opened.main, progress.bytes_read };
    Input const input { task.entry.path, task.entry.stored, &main, opened.wal.get(), opened.journal.get(),
        task.entry.modified, task.entry.wall_clock, clock, opened.beside.get() };
    return task.artifact->parse(input, sink);
}

/// Runs one task; its rows stay with the sink. Whether it came to its end is told apart.
struct Run {
    Result<void> result;
    bool crashed = false;
};

Run run_one(Task const& task, Acquisition const& acquisition, DeviceClock const& clock, TaskSink& sink,
    RowRoom const& room, std::stop_token const& stop, Progress& progress)
{
    try {
        return { stop.stop_requested() ? Result<void> { fail(Fault::cancelled, "cancelled") }
                                       : parse(task, acquisition, clock, sink, room, progress) };
    } catch (std::exception const&) { // Out of memory, or a bug: this task ends here, the run does not.
        return { fail(Fault::malformed, "the reader of this artifact failed unexpectedly; please report it"),
            true };
    }
}

TaskOutcome outcome_of(Task const& task, Run const& run, TaskRows& rows)
{
    TaskOutcome outcome;
    auto& coverage = outcome.coverage;
    coverage.artifact = task.artifact->id;
    coverage.entry_id = task.entry_id;
    coverage.rows = rows.rows();
    coverage.recovered_rows = rows.recovered();
    coverage.first_seen = rows.first_seen;
    coverage.last_seen = rows.last_seen;
    coverage.state = run.crashed ? "crashed" : state_of(run.result, coverage.rows);
    if (!run.result) {
        coverage.fault = run.result.error().fault;
        coverage.message = run.result.error().what;
    } else if (rows.damaged()) {
        auto const damage = std::ranges::find(rows.diagnostics, Level::damage, &Diagnostic::level);
        coverage.state = coverage.rows == 0 ? "failed" : "partial";
        coverage.fault = damage->fault;
        coverage.message = damage->message;
    }
    outcome.diagnostics = std::move(rows.diagnostics);
    return outcome;
}

/// Tasks that follow on one another and share the pages that their rows are written to.
struct Group {
    std::size_t first = 0;
    std::size_t count = 0;
    std::uint64_t bytes = 0;
};

/// Of an artifact that looks at very many files several are done in a row: setting up each by itself would
/// take longer than looking at it, and each group keeps what is left of its last page.
std::vector<Group> groups_of(TaskRange const& range)
{
    constexpr std::size_t many = 512;
    constexpr std::size_t least_together = 32;
    constexpr std::size_t most_groups = 1024;
    auto const& tasks = range.tasks;
    auto const last = range.first + range.count;
    std::vector<Group> groups;
    for (auto at = range.first; at != last;) {
        auto const& artifact = tasks.artifact(at);
        auto end = at;
        while (end != last && &tasks.artifact(end) == &artifact)
            ++end;
        auto const wanted = end - at;
        auto const together = wanted >= many ? std::max(least_together, wanted / most_groups) : 1;
        for (; at != end; at += groups.back().count) {
            auto& group = groups.emplace_back(Group { at, std::min(together, end - at) });
            for (auto i = at; i != at + group.count; ++i)
                group.bytes += tasks.bytes(i);
        }
    }
    std::ranges::stable_sort(groups, std::ranges::greater {}, &Group::bytes);
    return groups;
}

RowRoom room_of(TaskRange const& range)
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t bytes = 0;
    for (auto at = range.first; at != range.first + range.count; ++at)
        bytes += std::min(range.tasks.bytes(at), most - bytes);
    return RowRoom::for_tasks(range.count, bytes);
}

} // namespace

bool TaskOutcomes::is_brief(TaskOutcome const& outcome)
{
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    auto const& coverage = outcome.coverage;
    bool const is_usual = coverage.state == state_of({}, coverage.rows) && coverage.recovered_rows == 0
        && !coverage.fault && coverage.message.empty() && outcome.diagnostics.empty()
        && coverage.rows <= most;
    if (!is_usual || !coverage.first_seen || !coverage.last_seen)
        return is_usual && !coverage.first_seen && !coverage.last_seen;
    auto const from = *coverage.first_seen;
    return from != kNever && *coverage.last_seen >= from
        && static_cast<std::uint64_t>(coverage.last_seen->time_since_epoch().count())
            - static_cast<std::uint64_t>(from.time_since_epoch().count())
        <= most;
}

void TaskOutcomes::set(std::size_t at, TaskOutcome outcome)
{
    if (is_brief(outcome)) {
        auto const& coverage = outcome.coverage;
        auto& brief = m_brief[at];
        brief.rows = static_cast<std::uint32_t>(coverage.rows);
        brief.first_seen = coverage.first_seen.value_or(kNever);
        if (coverage.first_seen)
            brief.until_last_seen
                = static_cast<std::uint32_t>((*coverage.last_seen - *coverage.first_seen).count());
        return;
    }
    std::scoped_lock const lock { *m_mutex };
    m_whole.emplace(at, std::move(outcome));
}

void TaskOutcomes::set_first(TaskOutcomes first)
{
    std::ranges::copy(first.m_brief, m_brief.begin());
    m_whole.merge(first.m_whole);
}

CoverageRecord TaskOutcomes::coverage(std::size_t at, TaskList const& tasks) const
{
    if (auto const found = m_whole.find(at); found != m_whole.end())
        return found->second.coverage;
    auto const& brief = m_brief[at];
    CoverageRecord record;
    record.artifact = tasks.artifact(at).id;
    record.entry_id = tasks.entry_id(at);
    record.state = state_of({}, brief.rows);
    record.rows = brief.rows;
    if (brief.first_seen != kNever) {
        record.first_seen = brief.first_seen;
        record.last_seen = brief.first_seen + Timestamp::duration { brief.until_last_seen };
    }
    return record;
}

std::span<Diagnostic const> TaskOutcomes::diagnostics(std::size_t at) const
{
    auto const found = m_whole.find(at);
    return found == m_whole.end() ? std::span<Diagnostic const> {} : found->second.diagnostics;
}

void run_tasks(TaskRange const& range, TaskOutcomes& outcomes, Acquisition const& acquisition,
    DeviceClock const& clock, CaseWriter& writer, unsigned jobs, Limits const& limits,
    std::stop_token const& stop, Progress& progress, std::span<RowObserver* const> observers)
{
    auto const& tasks = range.tasks;
    auto const room = room_of(range);
    Crew crew { jobs };
    auto const run_group = [&](Group const& group, RowObserver* observer) {
        std::optional<TaskSink> sink;
        std::int64_t first = 0;
        Task task;
        auto const end = group.first + group.count;
        for (auto at = group.first; at != end; ++at) {
            tasks.get(at, task);
            if (!sink) {
                first = task.number;
                sink.emplace(writer.pages(), task.number, task.entry_id, task.artifact->tables, limits, stop,
                    progress.rows);
                sink->watch(observer);
                if (group.count == 1)
                    sink->share_parts([&crew, observer](std::size_t count, Crew::Work const& work) {
                        crew.share(count, work, observer);
                    });
            }
            auto const run = run_one(task, acquisition, clock, *sink, room, stop, progress);
            bool const last = at + 1 == end || run.crashed;
            auto rows = last ? sink->finish() : sink->next(task.number + 1, tasks.entry_id(at + 1));
            outcomes.set(at, outcome_of(task, run, rows));
            if (last) {
                writer.add(first, std::move(rows.tables));
                sink.reset();
            }
        }
    };
    auto const groups = groups_of(range);
    std::atomic<std::size_t> next = 0;
    run_in_parallel(jobs, [&](unsigned worker) {
        auto* const observer = observers.empty() ? nullptr : observers[worker];
        {
            Crew::Busy const busy { crew };
            for (auto at = next.fetch_add(1); at < groups.size(); at = next.fetch_add(1))
                run_group(groups[at], observer);
        }
        crew.help(observer);
    });
}

} // namespace exhibit
