#include "report/export.hpp"
#include "report/mvt_events.hpp"
#include "report/mvt_record.hpp"
#include "report/text_format.hpp"
#include "report/timeline.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>

namespace exhibit::report {
namespace {

using casefile::Database;

/// Modules whose file is one record, not a list of them.
constexpr std::string_view kSingleRecord = "backup_info";
/// Modules whose file groups the records by the path of the file they came from.
constexpr std::array<std::string_view, 2> kByPath { "cache_files", "webkit_session_resource_log" };

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
    for (auto& [file, module] : modules)
        sorted.push_back(std::move(module));
    return sorted;
}

/// One file of the folder, and the text that goes into it.
class TextFile {
public:
    static Result<TextFile> create(OutputFolder const& folder, std::string_view name)
    {
        auto file = EXHIBIT_TRY(OutputFile::create(folder.file(name)));
        return TextFile { std::move(file) };
    }

    [[nodiscard]] std::string& text() { return m_buffer->text(); }
    [[nodiscard]] Result<void> settle() { return m_buffer->settle(); }
    [[nodiscard]] Result<void> finish()
    {
        EXHIBIT_TRY(m_buffer->flush());
        return m_file->commit(Replace::no);
    }

private:
    explicit TextFile(OutputFile file)
        : m_file(std::make_unique<OutputFile>(std::move(file)))
        , m_buffer(std::make_unique<TextBuffer>(
              [file = m_file.get()](std::string_view text) { return file->write(text); }))
    {
    }

    std::unique_ptr<OutputFile> m_file;
    std::unique_ptr<TextBuffer> m_buffer;
};

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
            m_file.emplace(EXHIBIT_TRY(TextFile::create(*m_folder, "urls.json")));
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
    std::optional<TextFile> m_file;
};

/// Writes the records of a module, in the shape that its file has.
class ModuleFile {
public:
    ModuleFile(Database& database, OutputFolder const& folder, std::vector<TableInfo> const& tables,
        Module const& module, UrlFile& urls)
        : m_database(&database)
        , m_folder(&folder)
        , m_tables(&tables)
        , m_module(&module)
        , m_urls(&urls)
        , m_by_path(std::ranges::find(kByPath, module.file) != kByPath.end())
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
        auto row = EXHIBIT_TRY(writer.open());
        Payloads payloads { *m_database };
        while (EXHIBIT_TRY(row.next())) {
            if (!row.recovered().empty()) // The peer has no word for rows that are gone.
                continue;
            if (!m_file)
                m_file.emplace(EXHIBIT_TRY(TextFile::create(*m_folder, m_module->file + ".json")));
            if (m_by_path)
                begin_path(row.entry_id(), payloads);
            else if (m_module->file != kSingleRecord)
                m_file->text() += m_rows == 0 ? "[\n    " : ",\n    ";
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
    std::optional<TextFile> m_file;
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
    std::optional<TextFile> file;
    std::uint64_t count = 0;
    while (EXHIBIT_TRY(build.step())) {
        if (!is_safe_time(build.integer(0)))
            continue;
        if (!file)
            file.emplace(EXHIBIT_TRY(TextFile::create(folder, "analytics_ios_versions.json")));
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
    auto file = EXHIBIT_TRY(TextFile::create(folder, "timeline.csv"));
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

void append_indicator(std::string& out, casefile::Statement const& finding)
{
    if (finding.text(5).empty()) {
        out += "null";
        return;
    }
    out += "{\n            \"value\": ";
    append_json(out, finding.text(5));
    out += ",\n            \"type\": ";
    append_json(out, finding.text(6));
    out += ",\n            \"name\": ";
    append_json(out, finding.text(7));
    out += ",\n            \"stix2_file_name\": ";
    append_json(out, finding.text(8));
    out += "\n        }";
}

/// The row a finding rests on as its module's record; `{}` for a finding that rests on none.
Result<void> append_event(std::string& out, Database& database, std::vector<TableInfo> const& tables,
    TableInfo const* table, std::int64_t record)
{
    if (table != nullptr) {
        MvtRecordWriter const writer { database, tables, *table, Joins::none };
        auto row = EXHIBIT_TRY(writer.open(record));
        if (EXHIBIT_TRY(row.next())) {
            writer.append(out, row, 8);
            return {};
        }
    }
    out += "{}";
    return {};
}

std::string module_of(
    Database& database, TableInfo const* table, std::string_view artifact, std::int64_t record)
{
    return table == nullptr || table->mvt_file.empty() ? std::string { artifact }
                                                       : mvt_file_of(database, *table, record);
}

TableInfo const* table_named(std::vector<TableInfo> const& tables, std::string_view name)
{
    auto const table = std::ranges::find(tables, name, &TableInfo::name);
    return table == tables.end() ? nullptr : &*table;
}

/// A list of alerts, whose file comes with the first of them.
class AlertsFile {
public:
    AlertsFile(OutputFolder const& folder, std::string name)
        : m_folder(&folder)
        , m_name(std::move(name))
    {
    }

    Result<void> add(std::string_view alert)
    {
        bool const first = !m_file;
        if (first)
            m_file.emplace(EXHIBIT_TRY(TextFile::create(*m_folder, m_name)));
        m_file->text() += first ? "[" : ",";
        m_file->text() += alert;
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
    std::string m_name;
    std::optional<TextFile> m_file;
};

Result<void> write_alerts(Database& database, OutputFolder const& folder,
    std::vector<TableInfo> const& tables, std::vector<Module> const& modules, std::stop_token const& stop)
{
    auto finding = EXHIBIT_TRY(database.prepare(
        "SELECT f.severity, f.title, f.artifact, r.table_name, r.record_id, coalesce(f.indicator, ''), "
        "coalesce(c.holds, ''), f.campaign, coalesce(p.name, ''), r.time FROM finding f "
        "LEFT JOIN finding_row r USING (finding_id) LEFT JOIN indicator_pack p USING (pack_id) "
        "LEFT JOIN artifact_column c ON c.table_name=r.table_name AND c.column_name=r.column_name "
        "ORDER BY f.finding_id, r.rowid"));
    AlertsFile all { folder, "alerts.json" };
    std::map<std::string, AlertsFile> of_modules;
    for (auto const& module : modules)
        of_modules.try_emplace(module.file, folder, module.file + "_detected.json");
    while (EXHIBIT_TRY(finding.step())) {
        if (stop.stop_requested())
            return fail(Fault::cancelled, "the export was stopped; nothing was written");
        auto const* info = table_named(tables, finding.text(3));
        auto const module = module_of(database, info, finding.text(2), finding.integer(4));
        auto alert = fmt::format(
            "\n    {{\n        \"level\": \"{}\",\n        \"module\": ", mvt_level(finding.text(0)));
        append_json(alert, module);
        alert += ",\n        \"message\": ";
        append_json(alert, finding.text(1));
        alert += ",\n        \"event_time\": \"";
        if (auto const time = finding.integer_or_none(9); time && is_safe_time(*time))
            append_time(alert, Timestamp { std::chrono::microseconds { *time } });
        alert += "\",\n        \"event\": ";
        EXHIBIT_TRY(append_event(alert, database, tables, info, finding.integer(4)));
        alert += ",\n        \"matched_indicator\": ";
        append_indicator(alert, finding);
        alert += "\n    }";
        EXHIBIT_TRY(all.add(alert));
        if (auto const file = of_modules.find(module); file != of_modules.end())
            EXHIBIT_TRY(file->second.add(alert));
    }
    for (auto& [module, file] : of_modules)
        EXHIBIT_TRY(file.finish());
    return all.finish();
}

/// JSON without the line ends and blanks between its parts.
std::string one_line(std::string_view json)
{
    std::string out;
    for (std::size_t i = 0; i != json.size(); ++i)
        if (json[i] != '\n')
            out += json[i];
        else
            while (i + 1 != json.size() && json[i + 1] == ' ')
                ++i;
    return out;
}

/// The alerts that have a time, in its order; MVT writes the header when there are none, too.
Result<void> write_alerts_timeline(Database& database, OutputFolder const& folder,
    std::vector<TableInfo> const& tables, std::stop_token const& stop)
{
    auto finding = EXHIBIT_TRY(
        database.prepare("SELECT f.title, f.artifact, r.table_name, r.record_id, r.time FROM finding f JOIN "
                         "finding_row r USING (finding_id) WHERE r.time IS NOT NULL ORDER BY r.time, "
                         "f.finding_id, r.rowid"));
    auto file = EXHIBIT_TRY(TextFile::create(folder, "alerts_timeline.csv"));
    file.text() += "\"Event Time\",\"Module\",\"Message\",\"Event\"\r\n";
    while (EXHIBIT_TRY(finding.step())) {
        if (stop.stop_requested())
            return fail(Fault::cancelled, "the export was stopped; nothing was written");
        auto const time = finding.integer(4);
        if (!is_safe_time(time))
            continue;
        auto const* table = table_named(tables, finding.text(2));
        auto const module = module_of(database, table, finding.text(1), finding.integer(3));
        std::string event;
        EXHIBIT_TRY(append_event(event, database, tables, table, finding.integer(3)));
        append_mvt_line(file.text(), Timestamp { std::chrono::microseconds { time } },
            { module, finding.text(0), one_line(event) });
        EXHIBIT_TRY(file.settle());
    }
    return file.finish();
}

Result<void> write_info(Database& database, OutputFolder const& folder)
{
    auto file = EXHIBIT_TRY(TextFile::create(folder, "info.json"));
    auto& out = file.text();
    auto target
        = EXHIBIT_TRY(database.prepare("SELECT value FROM case_info WHERE name='acquisition_description'"));
    out += "{\n    \"target_path\": ";
    append_json(out, EXHIBIT_TRY(target.step()) ? target.text(0) : std::string_view {});
    fmt::format_to(std::back_inserter(out), ",\n    \"exhibit_version\": \"{}\",\n    \"ioc_files\": [",
        EXHIBIT_VERSION);
    auto packs = EXHIBIT_TRY(database.prepare("SELECT source FROM indicator_pack ORDER BY pack_id"));
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
    for (auto const& module : modules)
        exported.rows += EXHIBIT_TRY(ModuleFile(database, folder, tables, module, urls).write(stop));
    exported.rows += EXHIBIT_TRY(write_analytics_versions(database, folder, tables));
    EXHIBIT_TRY(urls.finish());
    EXHIBIT_TRY(write_timeline(database, folder, tables, stop));
    EXHIBIT_TRY(write_alerts(database, folder, tables, modules, stop));
    EXHIBIT_TRY(write_alerts_timeline(database, folder, tables, stop));
    EXHIBIT_TRY(write_info(database, folder));
    return exported;
}

} // namespace exhibit::report
