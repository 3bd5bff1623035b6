#include "report/export.hpp"
#include "report/mvt_alerts.hpp"
#include "report/mvt_events.hpp"
#include "report/mvt_record.hpp"
#include "report/mvt_text_file.hpp"
#include "report/text_format.hpp"
#include "report/timeline.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <vector>

namespace exhibit::report {
namespace {

using casefile::Database;

/// Modules whose file is one record, not a list of them.
constexpr std::string_view kSingleRecord = "backup_info";
/// Modules whose file groups the records by the path of the file they came from.
constexpr std::array<std::string_view, 2> kByPath { "cache_files", "webkit_session_resource_log" };

/// Modules whose file tells once what several logs tell.
constexpr std::array<std::string_view, 3> kOnce { "connect_event", "dns_event", "security_event" };

/// Records of tables, by the table's name.
using Records = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

struct Module {
    std::string file; ///< without `.json`
    std::vector<TableInfo const*> tables;
};

/// The tables, and once more those whose rows go into several files.
std::vector<TableInfo> with_other_files(std::vector<TableInfo> tables)
{
    auto const count = tables.size();
    for (std::size_t i = 0; i != count; ++i)
        for (auto const file : other_mvt_files(tables[i].name, tables[i].mvt_file)) {
            auto copy = tables[i];
            copy.mvt_file = file;
            tables.push_back(std::move(copy));
        }
    return tables;
}

std::vector<Module> modules_of(std::vector<TableInfo> const& tables)
{
    std::map<std::string, Module> modules;
    for (auto const& table : tables) {
        // The name becomes a file name, and a case file may come from anybody.
        if (table.mvt_file.empty() || table.mvt_file.find_first_of("/\\.") != std::string::npos)
            continue;
        auto& module = modules[table.mvt_file];
        module.file = table.mvt_file;
        module.tables.push_back(&table);
    }
    std::vector<Module> sorted;
    sorted.reserve(modules.size());
    for (auto& [file, module] : modules)
        sorted.push_back(std::move(module));
    return sorted;
}

bool tells_once(Module const& module)
{
    return std::ranges::find(kOnce, module.file) != kOnce.end();
}

/// Rows of these modules, all of one artifact, that are the same as one of another file.
Result<Records> repeated_rows(Database& database, std::vector<Module> const& modules)
{
    Records records;
    auto const module = std::ranges::find_if(modules, tells_once);
    if (module == modules.end())
        return records;
    TimelineQuery query;
    query.artifact = module->tables.front()->artifact;
    query.repeated = [&](TimelineEvent const& event) {
        auto const of_table = records.find(event.table);
        auto& rows = of_table == records.end() ? records[std::string { event.table }] : of_table->second;
        rows.push_back(event.record_id);
    };
    EXHIBIT_TRY(read_timeline(database, query, [](TimelineEvent const&) -> Result<bool> { return true; }));
    for (auto& [table, rows] : records)
        std::ranges::sort(rows);
    return records;
}

/// The links of messages in one list. Modules whose records' links belong there: MVT's list has no others.
class UrlFile {
public:
    static constexpr std::array<std::string_view, 2> kModules { "sms", "whatsapp" };

    explicit UrlFile(OutputFolder const& folder)
        : m_folder(&folder)
    {
    }

    Result<void> add(std::string_view url, std::optional<std::int64_t> time, std::string_view module)
    {
        bool const first = !m_file;
        if (first)
            m_file.emplace(EXHIBIT_TRY(MvtTextFile::create(*m_folder, "urls.json")));
        auto& out = m_file->text();
        out += first ? "[\n    {\n        \"url\": " : ",\n    {\n        \"url\": ";
        append_json(out, url);
        out += ",\n        \"expanded_url\": null,\n        \"timestamp\": ";
        if (time && is_safe_time(*time)) {
            out += '"';
            append_time(out, Timestamp { std::chrono::microseconds { *time } });
            out += '"';
        } else {
            out += "null";
        }
        out += ",\n        \"source\": ";
        append_json(out, module);
        out += "\n    }";
        return m_file->settle();
    }

    Result<void> finish()
    {
        if (!m_file)
            return {};
        m_file->text() += "\n]";
        return m_file->finish();
    }

private:
    OutputFolder const* m_folder;
    std::optional<MvtTextFile> m_file;
};

/// Writes the records of a module, in the shape that its file has.
class ModuleFile {
public:
    ModuleFile(Database& database, OutputFolder const& folder, std::vector<TableInfo> const& tables,
        Module const& module, Records const& repeated, UrlFile& urls)
        : m_database(&database)
        , m_folder(&folder)
        , m_tables(&tables)
        , m_module(&module)
        , m_urls(&urls)
        , m_by_path(std::ranges::find(kByPath, module.file) != kByPath.end())
        , m_repeated(&repeated)
    {
    }

    Result<std::uint64_t> write(std::stop_token const& stop)
    {
        for (auto const* table : m_module->tables)
            EXHIBIT_TRY(write_table(*table, stop));
        if (m_file)
            EXHIBIT_TRY(finish());
        return m_rows;
    }

private:
    Result<void> write_table(TableInfo const& table, std::stop_token const& stop)
    {
        MvtRecordWriter const writer { *m_database, *m_tables, table, Joins::all };
        auto const repeated = m_repeated->find(table.name);
        auto row = EXHIBIT_TRY(writer.open());
        Payloads payloads { *m_database };
        while (EXHIBIT_TRY(row.next())) {
            // The peer has no word for rows that are gone.
            bool const is_repeated = repeated != m_repeated->end()
                && std::ranges::binary_search(repeated->second, row.record_id());
            if (!row.recovered().empty() || is_repeated)
                continue;
            if (!m_file)
                m_file.emplace(EXHIBIT_TRY(MvtTextFile::create(*m_folder, m_module->file + ".json")));
            begin_record(row.entry_id(), payloads);
            writer.append(m_file->text(), row, m_by_path ? 8 : m_module->file == kSingleRecord ? 0 : 4);
            ++m_rows;
            EXHIBIT_TRY(add_urls(table, writer, row));
            if (m_module->file == kSingleRecord)
                return {};
            if (m_rows % 4096 == 0 && stop.stop_requested())
                return fail(Fault::cancelled, "the export was stopped; nothing was written");
            EXHIBIT_TRY(m_file->settle());
        }
        return {};
    }

    Result<void> add_urls(TableInfo const& table, MvtRecordWriter const& writer, RowCursor const& row)
    {
        if (std::ranges::find(UrlFile::kModules, m_module->file) == UrlFile::kModules.end())
            return {};
        auto const sent = std::ranges::find_if(table.columns,
            [](ColumnInfo const& column) { return column.name == "sent" || column.name == "date"; });
        auto const time = sent == table.columns.end()
            ? std::nullopt
            : row.statement().integer_or_none(row.position(std::size_t(sent - table.columns.begin())));
        for (auto const url : writer.links(row))
            EXHIBIT_TRY(m_urls->add(url, time, m_module->file));
        return {};
    }

    void begin_record(std::int64_t entry, Payloads& payloads)
    {
        if (m_by_path)
            begin_path(entry, payloads);
        else if (m_module->file != kSingleRecord)
            m_file->text() += m_rows == 0 ? "[\n    " : ",\n    ";
    }

    void begin_path(std::int64_t entry, Payloads& payloads)
    {
        auto& out = m_file->text();
        if (m_rows != 0 && entry == m_entry) {
            out += ",\n        ";
            return;
        }
        out += m_rows == 0 ? "{\n    " : "\n    ],\n    ";
        append_json(out, payloads.stored(entry));
        out += ": [\n        ";
        m_entry = entry;
    }

    Result<void> finish()
    {
        if (m_by_path)
            m_file->text() += "\n    ]\n}";
        else if (m_module->file != kSingleRecord)
            m_file->text() += "\n]";
        return m_file->finish();
    }

    Database* m_database;
    OutputFolder const* m_folder;
    std::vector<TableInfo> const* m_tables;
    Module const* m_module;
    UrlFile* m_urls;
    bool m_by_path;
    Records const* m_repeated;
    std::optional<MvtTextFile> m_file;
    std::uint64_t m_rows = 0;
    std::int64_t m_entry = -1;
};

bool has_table(std::vector<TableInfo> const& tables, std::string_view name)
{
    return std::ranges::find(tables, name, &TableInfo::name) != tables.end();
}

/// The version of each build, as far as the device itself tells: `iPhone OS 16.3 (20D47)`.
Result<std::map<std::string, std::string>> known_versions(
    Database& database, std::vector<TableInfo> const& tables)
{
    std::string sql
        = "SELECT 'OS ' || version.value || ' (' || build.value || ')' FROM acquisition_fact version, "
          "acquisition_fact build WHERE version.name='device.product_version' AND "
          "build.name='device.build_version'";
    for (auto const* const table : { "ios_crash_report", "ios_version_history" })
        if (has_table(tables, table))
            sql += fmt::format(" UNION SELECT os_version FROM {} WHERE os_version IS NOT NULL", table);
    auto statement = EXHIBIT_TRY(database.prepare(sql));
    std::map<std::string, std::string> versions;
    while (EXHIBIT_TRY(statement.step())) {
        auto const text = statement.text(0);
        auto const open = text.rfind(" (");
        auto const close = text.rfind(')');
        auto const blank = text.rfind(' ', open == std::string_view::npos || open == 0 ? 0 : open - 1);
        if (open == std::string_view::npos || blank == std::string_view::npos
            || close == std::string_view::npos || close < open + 2)
            continue;
        versions.emplace(text.substr(open + 2, close - open - 2), text.substr(blank + 1, open - blank - 1));
    }
    return versions;
}

/// The builds of iOS that security analytics noted, each with the first time.
Result<std::uint64_t> write_analytics_versions(
    Database& database, OutputFolder const& folder, std::vector<TableInfo> const& tables)
{
    if (!has_table(tables, "ios_analytics_event"))
        return 0;
    auto const versions = EXHIBIT_TRY(known_versions(database, tables));
    auto build = EXHIBIT_TRY(database.prepare(
        "SELECT min(happened) AS first, build FROM ios_analytics_event WHERE recovered IS NULL AND "
        "build <> '' AND happened IS NOT NULL GROUP BY build ORDER BY first, build"));
    std::optional<MvtTextFile> file;
    std::uint64_t count = 0;
    while (EXHIBIT_TRY(build.step())) {
        if (!is_safe_time(build.integer(0)))
            continue;
        if (!file)
            file.emplace(EXHIBIT_TRY(MvtTextFile::create(folder, "analytics_ios_versions.json")));
        auto& out = file->text();
        out += count == 0 ? "[\n    {\n        \"isodate\": \"" : ",\n    {\n        \"isodate\": \"";
        append_time(out, Timestamp { std::chrono::microseconds { build.integer(0) } });
        out += "\",\n        \"build\": ";
        append_json(out, build.text(1));
        out += ",\n        \"version\": ";
        if (auto const version = versions.find(std::string { build.text(1) }); version != versions.end())
            append_json(out, version->second);
        else
            out += "null";
        out += "\n    }";
        ++count;
        EXHIBIT_TRY(file->settle());
    }
    if (!file)
        return 0;
    file->text() += "\n]";
    EXHIBIT_TRY(file->finish());
    return count;
}

Result<void> write_timeline(Database& database, OutputFolder const& folder,
    std::vector<TableInfo> const& tables, std::stop_token const& stop)
{
    MvtTimeline timeline { tables };
    auto file = EXHIBIT_TRY(MvtTextFile::create(folder, "timeline.csv"));
    file.text() += "\"UTC Timestamp\",\"Plugin\",\"Event\",\"Description\"\r\n";
    EXHIBIT_TRY(read_timeline(database, {}, [&](TimelineEvent const& event) -> Result<bool> {
        timeline.add(event, file.text());
        EXHIBIT_TRY(file.settle());
        return !stop.stop_requested();
    }));
    timeline.finish(file.text());
    if (stop.stop_requested())
        return fail(Fault::cancelled, "the export was stopped; nothing was written");
    return file.finish();
}

Result<void> write_info(Database& database, OutputFolder const& folder)
{
    auto file = EXHIBIT_TRY(MvtTextFile::create(folder, "info.json"));
    auto& out = file.text();
    auto target
        = EXHIBIT_TRY(database.prepare("SELECT value FROM case_info WHERE name='acquisition_description'"));
    out += "{\n    \"target_path\": ";
    append_json(out, EXHIBIT_TRY(target.step()) ? target.text(0) : std::string_view {});
    fmt::format_to(std::back_inserter(out),
        ",\n    \"mvt_version\": \"exhibit {0}\",\n    \"exhibit_version\": \"{0}\",\n    \"date\": \"\","
        "\n    \"ioc_files\": [",
        EXHIBIT_VERSION);
    auto packs = EXHIBIT_TRY(database.prepare("SELECT file FROM indicator_pack ORDER BY pack_id"));
    for (bool first = true; EXHIBIT_TRY(packs.step()); first = false) {
        out += first ? "\n        " : ",\n        ";
        append_json(out, packs.text(0));
    }
    out += "\n    ],\n    \"hashes\": [";
    auto hashes = EXHIBIT_TRY(
        database.prepare("SELECT path, sha256 FROM entry WHERE sha256 <> '' ORDER BY entry_id"));
    for (bool first = true; EXHIBIT_TRY(hashes.step()); first = false) {
        out += first ? "\n        {\"file_path\": " : ",\n        {\"file_path\": ";
        append_json(out, hashes.text(0));
        out += ", \"sha256\": ";
        append_json(out, hashes.text(1));
        out += '}';
        EXHIBIT_TRY(file.settle());
    }
    out += "\n    ]\n}";
    return file.finish();
}

} // namespace

Result<Exported> export_mvt(Database& database, OutputFolder const& folder, std::stop_token const& stop)
{
    Exported exported;
    auto const tables = EXHIBIT_TRY(read_tables(database));
    UrlFile urls { folder };
    auto const by_file = with_other_files(tables);
    auto const modules = modules_of(by_file);
    auto const repeated = EXHIBIT_TRY(repeated_rows(database, modules));
    for (auto const& module : modules)
        exported.rows
            += EXHIBIT_TRY(ModuleFile(database, folder, tables, module, repeated, urls).write(stop));
    exported.rows += EXHIBIT_TRY(write_analytics_versions(database, folder, tables));
    EXHIBIT_TRY(urls.finish());
    EXHIBIT_TRY(write_timeline(database, folder, tables, stop));
    std::vector<std::string> files;
    files.reserve(modules.size());
    for (auto const& module : modules)
        files.push_back(module.file);
    EXHIBIT_TRY(write_mvt_alerts(database, folder, tables, files, stop));
    EXHIBIT_TRY(write_info(database, folder));
    return exported;
}

} // namespace exhibit::report
