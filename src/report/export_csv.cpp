#include "report/cells.hpp"
#include "report/core_tables.hpp"
#include "report/export.hpp"
#include "report/text_format.hpp"
#include "report/timeline.hpp"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

using casefile::Database;

/// One CSV file of the folder, made with its first row.
class CsvFile {
public:
    static Result<CsvFile> create(OutputFolder const& folder, std::string_view name)
    {
        auto file = EXHIBIT_TRY(OutputFile::create(EXHIBIT_TRY(folder.file(fmt::format("{}.csv", name)))));
        return CsvFile { std::move(file) };
    }

    [[nodiscard]] std::string& text() { return m_buffer->text(); }
    void begin_field()
    {
        if (m_fields++ != 0)
            text() += ',';
    }
    void field(std::string_view value)
    {
        begin_field();
        append_csv(text(), value);
    }
    Result<void> end_row()
    {
        m_fields = 0;
        text() += "\r\n"; // RFC 4180
        return m_buffer->settle();
    }
    Result<void> finish()
    {
        EXHIBIT_TRY(m_buffer->flush());
        return m_file->commit(Replace::no);
    }

private:
    explicit CsvFile(OutputFile file)
        : m_file(std::make_unique<OutputFile>(std::move(file)))
        , m_buffer(std::make_unique<TextBuffer>(
              [file = m_file.get()](std::string_view text) { return file->write(text); }))
    {
    }

    std::unique_ptr<OutputFile> m_file;
    std::unique_ptr<TextBuffer> m_buffer;
    std::size_t m_fields = 0;
};

Result<void> write_core_table(
    Database& database, CoreTable const& table, OutputFolder const& folder, Exported& exported)
{
    auto statement
        = EXHIBIT_TRY(database.prepare(fmt::format("SELECT * FROM {} ORDER BY rowid", table.name)));
    if (!EXHIBIT_TRY(statement.step()))
        return {};
    auto file = EXHIBIT_TRY(CsvFile::create(folder, table.name));
    for (int column = 0; column != statement.columns(); ++column)
        file.field(statement.column_name(column));
    EXHIBIT_TRY(file.end_row());
    do {
        for (int column = 0; column != statement.columns(); ++column) {
            file.begin_field();
            append_csv_cell(file.text(), statement, column, table.type_of(statement.column_name(column)));
        }
        EXHIBIT_TRY(file.end_row());
        ++exported.own_rows;
    } while (EXHIBIT_TRY(statement.step()));
    return file.finish();
}

Result<void> write_header(CsvFile& file, TableInfo const& table)
{
    for (auto const* name : { "record_id", "entry", "locator", "recovered" })
        file.field(name);
    for (auto const& column : table.columns) {
        file.field(column.name);
        if (column.type == Type::time)
            file.field(column.name + "_raw");
    }
    return file.end_row();
}

Result<void> write_row(CsvFile& file, TableInfo const& table, RowCursor const& row, std::string_view entry)
{
    file.begin_field();
    append_number(file.text(), row.record_id());
    file.field(entry);
    file.begin_field();
    append_number(file.text(), row.locator());
    file.field(row.recovered());
    for (std::size_t i = 0; i != table.columns.size(); ++i) {
        file.begin_field();
        append_csv_cell(file.text(), row.statement(), row.position(i), table.columns[i].type);
        if (table.columns[i].type == Type::time) {
            file.begin_field();
            append_csv_cell(file.text(), row.statement(), row.position(i) + 1);
        }
    }
    return file.end_row();
}

Result<void> write_table(Database& database, TableInfo const& table, OutputFolder const& folder,
    EntryPaths& paths, std::stop_token const& stop, Exported& exported)
{
    auto row = EXHIBIT_TRY(RowCursor::open(database, table));
    if (!EXHIBIT_TRY(row.next()))
        return {};
    auto file = EXHIBIT_TRY(CsvFile::create(folder, table.name));
    EXHIBIT_TRY(write_header(file, table));
    do {
        EXHIBIT_TRY(write_row(file, table, row, EXHIBIT_TRY(paths.find(row.entry_id()))));
        if (++exported.rows % 4096 == 0 && stop.stop_requested())
            return fail(Fault::cancelled, "the export was stopped; nothing was written");
    } while (EXHIBIT_TRY(row.next()));
    return file.finish();
}

Result<void> write_timeline(Database& database, OutputFolder const& folder, std::stop_token const& stop)
{
    auto file = EXHIBIT_TRY(CsvFile::create(folder, "timeline"));
    for (auto const* name : { "time", "artifact", "kind", "words", "table", "record_id", "recovered" })
        file.field(name);
    EXHIBIT_TRY(file.end_row());
    EXHIBIT_TRY(read_timeline(database, {}, [&](TimelineEvent const& event) -> Result<bool> {
        file.begin_field();
        append_time(file.text(), event.time);
        file.field(event.artifact);
        file.field(event.kind);
        file.field(event.words);
        file.field(event.table);
        file.begin_field();
        append_number(file.text(), event.record_id);
        file.field(event.recovered);
        EXHIBIT_TRY(file.end_row());
        return !stop.stop_requested();
    }));
    if (stop.stop_requested())
        return fail(Fault::cancelled, "the export was stopped; nothing was written");
    return file.finish();
}

} // namespace

Result<Exported> export_csv(Database& database, OutputFolder const& folder, std::stop_token const& stop)
{
    Exported exported;
    for (auto const& table : core_tables())
        if (EXHIBIT_TRY(case_has_table(database, table.name)))
            EXHIBIT_TRY(write_core_table(database, table, folder, exported));
    auto paths = EXHIBIT_TRY(EntryPaths::open(database));
    for (auto const& table : EXHIBIT_TRY(read_tables(database)))
        EXHIBIT_TRY(write_table(database, table, folder, paths, stop, exported));
    EXHIBIT_TRY(write_timeline(database, folder, stop));
    return exported;
}

} // namespace exhibit::report
