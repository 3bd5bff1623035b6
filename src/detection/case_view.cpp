#include "detection/case_view.hpp"

#include "base/local_moment.hpp"
#include "base/number.hpp"
#include "casefile/schema.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <functional>

namespace exhibit::detection {
namespace {

using casefile::Database;

/// Of what is absent where files may be among what of the acquisition could not be read.
constexpr std::string_view kNotFound = "not_found";
constexpr std::array<std::string_view, 3> kReadable { "parsed", "empty", "partial" };

std::string_view words_of_state(std::string_view state)
{
    if (state == "absent")
        return "this acquisition does not hold it";
    if (state == kNotFound)
        return kNotFoundWords;
    if (state == "skipped")
        return kLeftOutWords;
    if (state == "locked")
        return "it is encrypted and the key is missing or wrong";
    if (state == "missing")
        return "its file is listed but not there";
    if (state == "cancelled")
        return "the examination was stopped before it was read";
    return "it could not be read";
}

Result<TimesOfFiles> read_times_of_files(Database& database)
{
    TimesOfFiles files;
    auto facts = EXHIBIT_TRY(database.prepare("SELECT name, value FROM acquisition_fact"));
    while (EXHIBIT_TRY(facts.step()))
        files.see_fact(facts.text(0), facts.text(1));
    return files;
}

Result<void> read_tables(Database& database, CaseView& view)
{
    auto tables = EXHIBIT_TRY(database.prepare("SELECT table_name, artifact, relation FROM artifact_table"));
    while (EXHIBIT_TRY(tables.step())) {
        CaseTable table;
        table.name = tables.text(0);
        table.artifact = tables.text(1);
        table.relation = tables.text(2);
        view.tables.emplace(table.name, std::move(table));
    }
    auto events
        = EXHIBIT_TRY(database.prepare("SELECT table_name, when_column FROM artifact_event ORDER BY rowid"));
    while (EXHIBIT_TRY(events.step()))
        if (auto const table = view.tables.find(events.text(0)); table != view.tables.end())
            table->second.add_date(events.text(1));
    auto columns = EXHIBIT_TRY(database.prepare("SELECT table_name, column_name, type, holds, clock FROM "
                                                "artifact_column ORDER BY table_name, position"));
    while (EXHIBIT_TRY(columns.step())) {
        auto const table = view.tables.find(columns.text(0));
        if (table == view.tables.end())
            return fail(Fault::malformed, "the case file describes columns of a table that it does not name");
        table->second.columns.push_back({ std::string { columns.text(1) }, std::string { columns.text(2) },
            std::string { columns.text(3) }, std::string { columns.text(4) } });
    }
    auto const files = EXHIBIT_TRY(read_times_of_files(database));
    for (auto& [name, table] : view.tables)
        table.choose_dates(files);
    return {};
}

/// In these states there is nothing, or all of it was read.
bool is_whole(std::string_view state)
{
    return state == "parsed" || state == "empty" || state == "absent" || state == "skipped";
}

void add_coverage(CaseArtifact& artifact, casefile::CoverageRun const& run, bool in_part)
{
    std::string const state { in_part && run.state == "absent" ? kNotFound : std::string_view { run.state } };
    artifact.states[state] += run.count;
    artifact.rows += run.rows;
    if (run.first_seen)
        artifact.first_seen = std::min(artifact.first_seen.value_or(*run.first_seen), *run.first_seen);
    if (run.last_seen)
        artifact.last_seen = std::max(artifact.last_seen.value_or(*run.last_seen), *run.last_seen);
    if (run.entry_id && !is_whole(state))
        artifact.in_part.insert(*run.entry_id);
}

bool is_without_log(casefile::CoverageRun const& run)
{
    return run.state == "partial" && run.message.starts_with("log left out:");
}

/// A database whose log turned out to be none was read whole: without it, it is as it was before its newest
/// changes. What such a log may have held stays damage; of what is missing in the database it says nothing.
Result<void> forget_logs_left_out(Database& database, CaseView& view)
{
    auto read = EXHIBIT_TRY(database.prepare(
        "SELECT artifact, entry_id FROM coverage c WHERE state = 'partial' AND message LIKE 'log left out:%' "
        "AND NOT EXISTS (SELECT 1 FROM diagnostic d WHERE d.artifact = c.artifact AND d.entry_id = "
        "c.entry_id "
        "AND d.level = 'damage' AND d.message NOT LIKE 'log left out:%')"));
    while (EXHIBIT_TRY(read.step()))
        view.artifacts[std::string { read.text(0) }].in_part.erase(read.integer(1));
    return {};
}

Result<void> read_artifacts(Database& database, casefile::CoverageRuns const& coverage, CaseView& view)
{
    auto artifacts = EXHIBIT_TRY(database.prepare("SELECT artifact, title, platform, is_key FROM artifact"));
    while (EXHIBIT_TRY(artifacts.step())) {
        auto& artifact = view.artifacts[std::string { artifacts.text(0) }];
        artifact.title = artifacts.text(1);
        artifact.platform = artifacts.text(2);
        artifact.is_key = artifacts.integer(3) != 0;
        view.platforms.insert(artifact.platform);
    }
    for (auto const& run : coverage.runs())
        add_coverage(view.artifacts[run.artifact], run, view.in_part);
    return std::ranges::any_of(coverage.runs(), is_without_log) ? forget_logs_left_out(database, view)
                                                                : Result<void> {};
}

/// Looks for one row: counting them would take long in a large case.
Result<void> find_only_context(Database& database, CaseView& view)
{
    for (auto& [name, artifact] : view.artifacts) {
        artifact.only_context = artifact.is_key && artifact.rows != 0;
        artifact.is_context = true;
        for (auto const& [table_name, table] : view.tables) {
            if (!artifact.only_context)
                break;
            if (table.artifact != name || table.relation == name_of(Relation::context))
                continue;
            artifact.is_context = false;
            auto any = EXHIBIT_TRY(database.prepare(fmt::format("SELECT 1 FROM \"{}\" LIMIT 1", table_name)));
            artifact.only_context = !EXHIBIT_TRY(any.step());
        }
    }
    return {};
}

Result<bool> has_local_times(Database& database, CaseTable const& table)
{
    for (auto const& column : table.columns) {
        if (column.clock != name_of(Clock::local_text))
            continue;
        auto raw = EXHIBIT_TRY(database.prepare(
            fmt::format("SELECT \"{1}_raw\" FROM \"{0}\" WHERE \"{1}\" IS NULL AND \"{1}_raw\" IS NOT NULL",
                table.name, column.name)));
        while (EXHIBIT_TRY(raw.step()))
            if (is_local_moment(raw.text(0)) && !raw.text(0).starts_with("19")) // Those stand for no time.
                return true;
    }
    return false;
}

Result<void> find_local_times(Database& database, CaseView& view)
{
    for (auto const& [name, table] : view.tables) {
        auto const artifact = view.artifacts.find(table.artifact);
        if (artifact == view.artifacts.end() || !artifact->second.is_key || artifact->second.first_seen
            || artifact->second.has_local_times)
            continue;
        artifact->second.has_local_times = EXHIBIT_TRY(has_local_times(database, table));
    }
    return {};
}

Result<void> find_own_runs(Database& database, CaseView& view)
{
    auto const* artifact = view.artifact("android.androidqf_run");
    if (artifact == nullptr || artifact->rows == 0)
        return {};
    auto runs = EXHIBIT_TRY(database.prepare(fmt::format("SELECT started, completed FROM {}", kOwnRunTable)));
    while (EXHIBIT_TRY(runs.step()))
        view.add_own_run(runs.integer_or_none(0), runs.integer_or_none(1));
    return {};
}

} // namespace

unsigned first_number(std::string_view text)
{
    return leading_number<unsigned>(text).value_or(0);
}

std::string date_of(std::vector<CaseColumn> const& columns)
{
    constexpr std::array<std::string_view, 10> names { "happened", "captured", "logged", "date", "dated",
        "started", "edited", "uploaded", "seen", "crashed" };
    auto const found = std::ranges::find_if(columns, [&](CaseColumn const& column) {
        return !column.clock.empty() && std::ranges::find(names, column.name) != names.end();
    });
    return found == columns.end() ? std::string {} : found->name;
}

void TimesOfFiles::see_fact(std::string_view name, std::string_view value)
{
    m_is_folder = m_is_folder || (name == "container.form" && value == "folder");
    m_is_of_copy = m_is_of_copy || name == "container.times";
    m_has_manifest = m_has_manifest || name == "backup.manifest";
}

CaseColumn CaseColumn::of(Column const& column)
{
    return { std::string { column.name }, std::string { exhibit::name_of(column.type) },
        std::string { exhibit::name_of(column.is) },
        std::string { column.clock == Clock::none ? std::string_view {} : exhibit::name_of(column.clock) } };
}

void CaseTable::add_date(std::string_view column)
{
    if (std::ranges::find(dates, column) == dates.end())
        dates.emplace_back(column);
}

void CaseTable::choose_dates(TimesOfFiles const& files)
{
    if (dates.empty())
        if (auto date = date_of(columns); !date.empty())
            dates.push_back(std::move(date));
    if (!files.are_of_copying())
        return;
    for (auto const& column : columns)
        if (column.clock == name_of(Clock::entry_modified))
            copied.push_back(column.name);
    std::erase_if(
        dates, [&](std::string const& date) { return std::ranges::find(copied, date) != copied.end(); });
}

bool CaseTable::has(std::string_view column) const
{
    return std::ranges::find(columns, column, &CaseColumn::name) != columns.end();
}

bool CaseArtifact::readable() const
{
    return std::ranges::any_of(kReadable, [&](auto state) { return states.contains(state); });
}

std::uint64_t CaseArtifact::unreadable() const
{
    std::uint64_t count = 0;
    for (auto const& [state, entries] : states)
        if (!is_whole(state))
            count += entries;
    return count;
}

std::string CaseArtifact::why_not() const
{
    if (readable())
        return fmt::format("{} could not be read whole",
            unreadable() == 1 && states.size() == 1 ? "it" : fmt::format("{} of its files", unreadable()));
    return std::string { states.empty() ? "this examination did not look for it"
                                        : words_of_state(states.begin()->first) };
}

std::optional<std::int64_t> CaseView::taken() const
{
    std::set<std::string_view> undated;
    for (auto const& [name, table] : tables)
        if (!table.copied.empty())
            undated.insert(table.artifact);
    std::vector<std::int64_t> newest;
    for (auto const& [name, artifact] : artifacts)
        if (artifact.last_seen && !undated.contains(name))
            newest.push_back(*artifact.last_seen);
    std::ranges::sort(newest, std::greater {});
    constexpr std::int64_t hour = 3600LL * 1'000'000;
    auto const agreed
        = std::ranges::adjacent_find(newest, [](auto later, auto earlier) { return later - earlier < hour; });
    return agreed == newest.end() ? std::nullopt : std::optional { *agreed };
}

CaseTable const* CaseView::table(std::string_view name) const
{
    auto const found = tables.find(name);
    return found == tables.end() ? nullptr : &found->second;
}

CaseArtifact const* CaseView::artifact(std::string_view name) const
{
    auto const found = artifacts.find(name);
    return found == artifacts.end() ? nullptr : &found->second;
}

void CaseView::add_own_run(std::optional<std::int64_t> started, std::optional<std::int64_t> completed)
{
    constexpr std::int64_t minute = 60LL * 1'000'000;
    constexpr auto around = 10 * minute;
    constexpr auto usual = 120 * minute;
    constexpr auto longest = 1440 * minute;
    constexpr std::int64_t far = std::int64_t { 1 } << 62U; // Beyond it, it is no time.
    if (started && *started > -far && *started < far)
        own_runs.push_back({ *started - around,
            std::min(completed.value_or(*started + usual), *started + longest) + around });
}

Result<CaseView> CaseView::read(Database& database)
{
    return read(database, EXHIBIT_TRY(casefile::CoverageRuns::read(database)));
}

Result<CaseView> CaseView::read(Database& database, casefile::CoverageRuns const& coverage)
{
    CaseView view;
    EXHIBIT_TRY(read_tables(database, view));
    auto in_part = EXHIBIT_TRY(database.prepare("SELECT 1 FROM case_info WHERE name = ?"));
    view.in_part = EXHIBIT_TRY(in_part.bind(1, kAcquisitionInPartInfo).step());
    EXHIBIT_TRY(read_artifacts(database, coverage, view));
    EXHIBIT_TRY(find_only_context(database, view));
    EXHIBIT_TRY(find_local_times(database, view));
    auto version = EXHIBIT_TRY(
        database.prepare("SELECT value FROM acquisition_fact WHERE name = 'device.product_version'"));
    if (EXHIBIT_TRY(version.step()))
        view.system_version = version.text(0);
    auto kind = EXHIBIT_TRY(database.prepare(
        "SELECT value, EXISTS (SELECT 1 FROM acquisition_fact WHERE name='backup.encrypted' AND value='no') "
        "FROM case_info WHERE name='acquisition_kind'"));
    if (EXHIBIT_TRY(kind.step()))
        view.acquisition
            = kind.text(0) == "ios_backup" && kind.integer(1) != 0 ? "ios_plain_backup" : kind.text(0);
    EXHIBIT_TRY(find_own_runs(database, view));
    return view;
}

} // namespace exhibit::detection
