#pragma once

#include "base/rename.hpp"
#include "casefile/coverage_runs.hpp"
#include "casefile/database.hpp"
#include "casefile/page_file.hpp"
#include "casefile/sink.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace exhibit {

/// One entry that some artifact read. There may be a million: texts are those of whoever has them.
struct EntryRecord {
    std::int64_t entry_id = 0;
    std::string_view path;
    std::string_view stored;
    std::uint64_t size = 0;
    std::optional<Timestamp> modified;
    std::string_view sha256; ///< empty when it was not hashed
};

/// How one artifact fared with one entry, or that the acquisition holds nothing for it.
struct CoverageRecord {
    std::string_view artifact; ///< its id, as it is declared
    std::optional<std::int64_t> entry_id;
    std::string_view
        state; ///< parsed, empty, partial, failed, missing, locked, crashed, cancelled, absent, skipped
    std::uint64_t rows = 0;
    std::uint64_t recovered_rows = 0;
    std::optional<Timestamp> first_seen;
    std::optional<Timestamp> last_seen;
    std::optional<Fault> fault;
    std::string message;
};

/// Shows records to a sink, one after another: each is made when its turn comes.
template<typename Record>
using Shown = std::function<Result<void>(std::function<Result<void>(Record const&)> const& sink)>;

/// Makes a new case file beside its final name and gives it that name only when it is complete: a crash,
/// a full disk or an interruption leaves no half case. Use: create, load rows through `pages` and `add`,
/// entries and coverage, `finish_loading`, then write the rest through `database`, then `commit`.
class CaseWriter {
public:
    static Result<CaseWriter> create(
        std::filesystem::path const& path, std::span<Artifact const* const> artifacts);
    CaseWriter(CaseWriter&&) = default;
    CaseWriter& operator=(CaseWriter&&) = delete;
    CaseWriter(CaseWriter const&) = delete;
    CaseWriter& operator=(CaseWriter const&) = delete;
    ~CaseWriter();

    [[nodiscard]] PageFile& pages() { return *m_pages; }

    /// Takes the rows of a task that has ended. Any thread, any order.
    void add(std::int64_t task, std::vector<TaskTable> tables);

    /// By their ids. Once, before `finish_loading`, as the next.
    [[nodiscard]] Result<void> load_entries(Shown<EntryRecord> const& entries);
    [[nodiscard]] Result<void> load_coverage(Shown<CoverageRecord> const& coverage);
    /// Of what was loaded, so that nobody has to read it back.
    [[nodiscard]] casefile::CoverageRuns const& coverage() const { return m_coverage; }

    /// Joins all rows into their tables; after it `database` is there and rows can no longer be loaded.
    [[nodiscard]] Result<void> finish_loading();

    /// The views are not in it yet: every connection would take longer to read them than all else.
    [[nodiscard]] casefile::Database& database() { return *m_database; }
    [[nodiscard]] std::filesystem::path const& working_path() const { return m_working; }

    /// Adds the views now, for queries that name them; otherwise `commit` does. `database` is opened anew.
    [[nodiscard]] Result<void> complete_schema();

    [[nodiscard]] Result<void> write_diagnostics(std::string_view artifact,
        std::optional<std::int64_t> entry_id, std::span<Diagnostic const> diagnostics);
    [[nodiscard]] Result<void> write_info(std::string_view name, std::string_view value);

    /// Removes every artifact row that no finding rests on, and the space they took.
    [[nodiscard]] Result<void> keep_only_finding_rows();

    /// Flushes everything to the disk and gives the file its final name. `Replace::no` fails when it is
    /// taken.
    [[nodiscard]] Result<void> commit(Replace replace = Replace::no);

private:
    CaseWriter(std::filesystem::path final_path, std::filesystem::path working);
    [[nodiscard]] Result<void> open_database();

    std::filesystem::path m_final;
    std::filesystem::path m_working;
    std::vector<Table const*> m_tables;
    std::map<std::string, std::uint32_t, std::less<>> m_roots;
    std::vector<std::byte> m_whole_schema; ///< of `NewCase`; empty when it is in its place
    casefile::CoverageRuns m_coverage;
    std::optional<PageFile> m_pages;
    std::optional<casefile::Database> m_database;
    std::unique_ptr<std::mutex> m_mutex = std::make_unique<std::mutex>();
    std::map<std::string_view, std::map<std::int64_t, std::vector<LoadedRows>>>
        m_loaded; ///< by table, then task
};

} // namespace exhibit
