#include "casefile/case_writer.hpp"

#include "base/partial_name.hpp"
#include "casefile/new_case.hpp"
#include "casefile/schema.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <iterator>
#include <ranges>
#include <sqlite3.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace exhibit {
namespace {

using casefile::Access;
using casefile::Database;

std::optional<std::int64_t> micros(std::optional<Timestamp> time)
{
    return time ? std::optional { time->time_since_epoch().count() } : std::nullopt;
}

/// With the journal, which SQLite leaves behind when a full disk keeps it from rolling back.
void remove_quietly(std::filesystem::path const& path)
{
    for (auto const* const ending : { "", "-journal" }) {
        std::error_code ignored;
        std::filesystem::remove(path.native() + ending, ignored);
    }
}

constexpr std::string_view kEntryTable = "entry";
constexpr std::string_view kCoverageTable = "coverage";

void add_or_null(RecordBuilder& record, std::optional<std::int64_t> number)
{
    if (number)
        record.add(*number);
    else
        record.add_null();
}

/// SQLite would let everybody read a file that it creates.
Result<void> create_private(std::filesystem::path const& path)
{
    int const descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return fail(Fault::io, "the case file could not be created");
    ::close(descriptor);
    return {};
}

} // namespace

CaseWriter::CaseWriter(std::filesystem::path final_path, std::filesystem::path working)
    : m_final(std::move(final_path))
    , m_working(std::move(working))
{
}

CaseWriter::~CaseWriter()
{
    m_database.reset();
    if (!m_working.empty())
        remove_quietly(m_working);
}

Result<CaseWriter> CaseWriter::create(
    std::filesystem::path const& path, std::span<Artifact const* const> artifacts)
{
    CaseWriter writer { path, partial_name(path) };
    remove_quietly(writer.m_working);
    EXHIBIT_TRY(create_private(writer.m_working));
    auto pages = EXHIBIT_TRY(PageFile::open(writer.m_working));
    auto made = EXHIBIT_TRY(write_new_case(pages, artifacts));
    writer.m_pages.emplace(std::move(pages));
    writer.m_roots = std::move(made.roots);
    writer.m_whole_schema = std::move(made.whole_schema);
    for (auto const* artifact : artifacts)
        writer.m_tables.insert(writer.m_tables.end(), artifact->tables.begin(), artifact->tables.end());
    return writer;
}

void CaseWriter::add(std::int64_t task, std::vector<TaskTable> tables)
{
    std::scoped_lock const lock { *m_mutex };
    for (auto& table : tables) {
        auto loaded = std::move(table.parts);
        if (!table.loaded.empty())
            loaded.insert(loaded.begin(), std::move(table.loaded));
        if (!loaded.empty())
            m_loaded[table.table->name].emplace(task, std::move(loaded));
    }
}

Result<void> CaseWriter::load_entries(Shown<EntryRecord> const& entries)
{
    TableLoader loader { *m_pages };
    RecordBuilder record;
    EXHIBIT_TRY(entries([&](EntryRecord const& entry) {
        record.clear();
        record.add_null(); // The row id itself.
        record.add(entry.path);
        record.add(entry.stored);
        record.add(static_cast<std::int64_t>(entry.size));
        add_or_null(record, micros(entry.modified));
        if (entry.sha256.empty())
            record.add_null();
        else
            record.add(entry.sha256);
        return loader.add(entry.entry_id, record.finish());
    }));
    m_loaded[kEntryTable][0].push_back(loader.finish());
    return {};
}

Result<void> CaseWriter::load_coverage(Shown<CoverageRecord> const& coverage)
{
    TableLoader loader { *m_pages };
    RecordBuilder record;
    std::int64_t coverage_id = 0;
    EXHIBIT_TRY(coverage([&](CoverageRecord const& one) {
        record.clear();
        record.add_null();
        record.add(one.artifact);
        add_or_null(record, one.entry_id);
        record.add(one.state);
        record.add(static_cast<std::int64_t>(one.rows));
        record.add(static_cast<std::int64_t>(one.recovered_rows));
        add_or_null(record, micros(one.first_seen));
        add_or_null(record, micros(one.last_seen));
        if (one.fault)
            record.add(name_of(*one.fault));
        else
            record.add_null();
        record.add(std::string_view { one.message });
        m_coverage.add({ one.artifact, one.state, one.message, one.entry_id, one.rows, one.recovered_rows,
            micros(one.first_seen), micros(one.last_seen) });
        return loader.add(++coverage_id, record.finish());
    }));
    m_loaded[kCoverageTable][0].push_back(loader.finish());
    return {};
}

Result<void> CaseWriter::finish_loading()
{
    for (auto& [table, tasks] : m_loaded) {
        std::vector<LoadedRows> parts;
        for (auto& loaded : tasks | std::views::values)
            std::ranges::move(loaded, std::back_inserter(parts));
        EXHIBIT_TRY(build_tree(*m_pages, m_roots.find(table)->second, parts));
    }
    m_loaded.clear();
    EXHIBIT_TRY(m_pages->finish());
    m_pages.reset();
    return open_database();
}

Result<void> CaseWriter::write_diagnostics(
    std::string_view artifact, std::optional<std::int64_t> entry_id, std::span<Diagnostic const> diagnostics)
{
    if (diagnostics.empty())
        return {};
    EXHIBIT_TRY(m_database->run("BEGIN"));
    auto insert = EXHIBIT_TRY(m_database->prepare("INSERT INTO diagnostic VALUES (NULL,?,?,?,?,?,?,?)"));
    for (auto const& one : diagnostics) {
        insert.bind(1, artifact).bind(2, entry_id).bind(3, name_of(one.level)).bind(4, name_of(one.fault));
        insert.bind(5, one.message).bind(6, static_cast<std::int64_t>(one.count));
        EXHIBIT_TRY(insert.bind(7, static_cast<std::int64_t>(one.first_locator)).run());
    }
    return m_database->run("COMMIT");
}

Result<void> CaseWriter::write_info(std::string_view name, std::string_view value)
{
    auto insert = EXHIBIT_TRY(m_database->prepare("INSERT OR REPLACE INTO case_info VALUES (?,?)"));
    return insert.bind(1, name).bind(2, value).run();
}

Result<void> CaseWriter::complete_schema()
{
    if (m_whole_schema.empty())
        return {};
    bool const was_open = m_database.has_value();
    m_database.reset();
    auto file = EXHIBIT_TRY(PageFile::open(m_working));
    EXHIBIT_TRY(file.write_behind_header(m_whole_schema));
    m_whole_schema.clear();
    return was_open ? open_database() : Result<void> {};
}

Result<void> CaseWriter::open_database()
{
    m_database.emplace(EXHIBIT_TRY(Database::open(m_working, Access::read_write)));
    return {};
}

Result<void> CaseWriter::keep_only_finding_rows()
{
    EXHIBIT_TRY(complete_schema());
    EXHIBIT_TRY(
        m_database->run("BEGIN; CREATE INDEX finding_row_by_record ON finding_row (table_name, record_id)"));
    for (auto const* table : m_tables)
        EXHIBIT_TRY(
            m_database->run(fmt::format("DELETE FROM {0} WHERE NOT EXISTS (SELECT 1 FROM finding_row f "
                                        "WHERE f.table_name='{0}' AND f.record_id={0}.record_id)",
                table->name)));
    EXHIBIT_TRY(m_database->run("DROP INDEX finding_row_by_record; COMMIT"));
    // VACUUM attaches a database of its own, which a case allows nobody; in memory, since what it holds is of
    // a person's phone.
    EXHIBIT_TRY(m_database->run("PRAGMA temp_store=MEMORY"));
    sqlite3_limit(m_database->handle(), SQLITE_LIMIT_ATTACHED, 1);
    auto const done = m_database->run("VACUUM");
    sqlite3_limit(m_database->handle(), SQLITE_LIMIT_ATTACHED, 0);
    return done;
}

Result<void> CaseWriter::commit(Replace replace)
{
    m_database.reset();
    EXHIBIT_TRY(complete_schema());
    int const descriptor = ::open(m_working.c_str(), O_RDWR | O_CLOEXEC);
    bool const flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0)
        ::close(descriptor);
    if (!flushed)
        return fail(Fault::io, "the case file could not be flushed to the disk; is it full?");
    auto const error = give_name(m_working, m_final, replace);
    if (error == EEXIST)
        return fail(Fault::unsupported,
            "a file of that name was written while this examination ran and is not replaced: start again "
            "with another --output");
    if (error != 0)
        return fail(Fault::io, "the finished case file could not be given its name");
    m_working.clear();
    return {};
}

} // namespace exhibit
