#include "engine/yara_pass.hpp"

#include "base/parallel.hpp"
#include "base/text.hpp"
#include "engine/entry_queue.hpp"

#include <algorithm>
#include <exception>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <tuple>

namespace exhibit {
namespace {

constexpr std::chrono::seconds kTimePerFile { 20 };
constexpr int kUsualTimePerByte = 100; ///< in nanoseconds: 10 MB in a second
constexpr std::size_t kMostUnseen = 1000; ///< files that are named because they were left out

struct Row {
    std::string_view path;
    std::string_view rule;
    std::string_view file;
    std::string_view tags;
    std::string_view description;
    std::string_view author;
    std::string_view severity;
    std::string_view reference;
};
constexpr std::array kColumns {
    column<&Row::path>("path", Is::path, "The file that matched."),
    column<&Row::rule>("yara_rule", Is::opaque, "The rule; its place in the file is the row's locator."),
    column<&Row::file>("yara_file", Is::opaque, "The file that the rule stands in."),
    column<&Row::tags>("tags", Is::opaque, "Tags of the rule."),
    column<&Row::description>("rule_description", Is::opaque, "What the rule's author says of it."),
    column<&Row::author>("author", Is::opaque, "Who wrote the rule."),
    column<&Row::severity>("severity", Is::opaque, "What its author says of its weight."),
    column<&Row::reference>("reference", Is::opaque, "Where its author says it is from."),
};
constexpr auto kMatches = table<Row>(
    "yara_match", "One row per file and YARA rule that matches it.", Relation::present, kColumns);
constexpr std::array<Table const*, 1> kTables { &kMatches };

constexpr Artifact declare(Platform platform)
{
    return { .id = "yara",
        .title = "Matches of YARA rules",
        .doc = "Filled when rules are named with --yara.",
        .platform = platform,
        .paths = {},
        .tables = kTables,
        .parse = nullptr };
}
constexpr Artifact kOfIos = declare(Platform::ios);
constexpr Artifact kOfAndroid = declare(Platform::android);

/// Out of memory is no reason to end the examination: the file counts as one that is too large.
template<typename Read> Result<Content> within_memory(Read const& read)
{
    try {
        return read();
    } catch (std::exception const&) {
        return fail(Fault::over_limit, "there is not enough memory to look at the file");
    }
}

/// The entry's number in the case file, a new one where no artifact wanted it.
class Numbers {
public:
    Numbers(Plan const& plan, Hashes const* hashes, std::vector<EntryRecord>& entries)
        : m_hashes(hashes)
        , m_entries(entries)
    {
        for (auto const& task : plan.tasks) {
            m_known[{ task.entry.handle, task.entry.path, task.entry.stored }] = task.entry_id;
            m_next = std::max(m_next, task.entry_id + 1);
        }
    }

    std::int64_t of(Entry const& entry)
    {
        auto const [known, is_new] = m_known.try_emplace({ entry.handle, entry.path, entry.stored }, m_next);
        if (is_new) {
            EntryRecord record;
            record.entry_id = m_next++;
            record.path = entry.path;
            record.stored = entry.stored;
            record.size = entry.size;
            record.modified = entry.modified;
            if (auto const* digests
                = m_hashes == nullptr ? nullptr : m_hashes->find(entry.handle, entry.stored))
                record.sha256 = digests->sha256;
            m_entries.push_back(record);
        }
        return known->second;
    }

private:
    std::map<std::tuple<std::uint64_t, std::string, std::string>, std::int64_t> m_known;
    std::int64_t m_next = 1;
    Hashes const* m_hashes;
    std::vector<EntryRecord>& m_entries;
};

} // namespace

Artifact const* yara_artifact(Platform platform)
{
    return platform == Platform::ios ? &kOfIos : &kOfAndroid;
}

void YaraPass::look(Entry const& entry, std::optional<Bytes> content) noexcept
{
    try {
        if (!content)
            return leave_out(entry, "it is too large or cannot be read");
        if (has_given_up())
            return leave_out_unread();
        auto const begin = std::chrono::steady_clock::now();
        auto matches = m_rules.scan(*content, kTimePerFile, m_stop);
        note_time(std::chrono::steady_clock::now() - begin, content->size());
        if (!matches)
            return leave_out(entry, matches.error().what);
        std::scoped_lock const lock { m_mutex };
        ++m_scanned;
        if (!matches->empty())
            m_hits.push_back({ entry, std::move(*matches) });
    } catch (std::exception const&) {
        // Out of memory is no reason to end the examination: this file is left out.
        std::scoped_lock const lock { m_mutex };
        ++m_left_out;
    }
}

void YaraPass::leave_out(Entry const& entry, std::string_view why)
{
    std::scoped_lock const lock { m_mutex };
    ++m_left_out;
    m_unseen.insert(fmt::format("{}: {}", entry.path, why));
    if (m_unseen.size() > kMostUnseen) // The same ones, whatever the threads did.
        m_unseen.erase(std::prev(m_unseen.end()));
}

bool YaraPass::has_given_up() const
{
    return m_too_long.load(std::memory_order_relaxed) > m_most_too_long.count();
}

/// A rule that is slow on one file is slow on all of them, and there may be a million.
void YaraPass::note_time(std::chrono::nanoseconds took, std::size_t size)
{
    auto const usual = std::chrono::seconds { 1 } + std::chrono::nanoseconds { size } * kUsualTimePerByte;
    if (took > usual)
        m_too_long += std::chrono::nanoseconds { took - usual }.count();
}

void YaraPass::leave_out_unread()
{
    std::scoped_lock const lock { m_mutex };
    ++m_left_out;
    ++m_given_up;
}

void YaraPass::read_one(Acquisition const& acquisition, Entry const& entry, Progress& progress)
{
    if (has_given_up())
        return leave_out_unread();
    auto const content = within_memory([&]() -> Result<Content> {
        auto const source = EXHIBIT_TRY(acquisition.open(entry));
        return read_all(*source, kLargestYaraFile);
    });
    if (content)
        progress.bytes_read.fetch_add(content->bytes().size(), std::memory_order_relaxed);
    look(entry, content ? std::optional { content->bytes() } : std::nullopt);
}

Result<void> YaraPass::read(
    Acquisition const& acquisition, unsigned jobs, std::stop_token const& stop, Progress& progress)
{
    EntryQueue queue;
    Result<void> visited;
    auto const fill = [&] {
        EntryQueue::ClosedAtEnd const closed { queue };
        visited = acquisition.visit([&](EntryView const& view) {
            if (view.kind == EntryKind::file && view.size != 0)
                queue.put(Entry { view });
            return !stop.stop_requested();
        });
    };
    auto const work = [&] {
        EntryQueue::ClosedAtEnd const closed { queue };
        while (auto const entry = queue.take())
            if (!stop.stop_requested()) // Else the visit may be waiting for room.
                read_one(acquisition, *entry, progress);
    };
    run_in_parallel(jobs + 1, [&](unsigned worker) { worker == 0 ? fill() : work(); });
    if (visited && stop.stop_requested())
        return fail(Fault::cancelled, "cancelled");
    return visited;
}

std::string YaraPass::summary() const
{
    auto words = fmt::format("{} looked at with {}", counted(m_scanned, "file was", "files were"),
        counted(m_rules.count(), "rule", "rules"));
    if (m_left_out != 0)
        words += fmt::format("; {} not: larger than {} MiB, unreadable, or too slow to look through",
            counted(m_left_out, "was", "were"), kLargestYaraFile >> 20U);
    return words;
}

Result<TaskOutcome> YaraPass::write(Plan const& plan, Hashes const* hashes, Limits const& limits,
    std::stop_token const& stop, CaseWriter& writer, Progress& progress, RowObserver& observer,
    std::vector<EntryRecord>& entries)
{
    // The order of paths, whatever the threads did.
    std::ranges::sort(m_hits, {},
        [](Hit const& hit) { return std::tie(hit.entry.path, hit.entry.stored, hit.entry.handle); });
    TaskOutcome outcome;
    outcome.coverage.artifact = "yara";
    Numbers numbers { plan, hashes, entries };
    auto task = static_cast<std::int64_t>(plan.tasks.size());
    for (auto const& hit : m_hits) {
        TaskSink sink { writer.pages(), ++task, numbers.of(hit.entry), kTables, limits, stop, progress.rows };
        sink.watch(&observer);
        for (auto const& match : hit.matches) {
            Row const row { hit.entry.path, match.rule, match.file, match.tags, match.description,
                match.author, match.severity, match.reference };
            EXHIBIT_TRY(sink.add(kMatches, row, Origin { match.offset }));
        }
        auto rows = sink.finish();
        outcome.coverage.rows += rows.rows();
        writer.add(task, std::move(rows.tables));
    }
    outcome.coverage.state = m_left_out != 0 ? "partial" : outcome.coverage.rows == 0 ? "empty" : "parsed";
    outcome.coverage.message = summary();
    if (m_given_up != 0)
        outcome.diagnostics.push_back({ Level::warning, Fault::over_limit,
            "the YARA rules are too slow and were given up; files were not compared with them", m_given_up,
            0 });
    for (auto const& unseen : m_unseen)
        outcome.diagnostics.push_back(
            { Level::warning, Fault::over_limit, "not compared with YARA rules: " + unseen, 1, 0 });
    return outcome;
}

} // namespace exhibit
