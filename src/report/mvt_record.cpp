#include "report/mvt_record.hpp"

#include "base/text.hpp"
#include "report/cells.hpp"
#include "report/text_format.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sqlite3.h>
#include <utility>

namespace exhibit::report {
namespace {

using casefile::Statement;

/// MVT decodes bytes as UTF-8 and writes those that are none as `\xNN`.
void append_bytes(std::string& out, Bytes bytes)
{
    auto const text = as_text(bytes);
    if (is_plain_utf8(text)) {
        append_json(out, text);
        return;
    }
    std::string escaped;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            escaped += c;
        else
            fmt::format_to(std::back_inserter(escaped), "\\x{:02x}", byte);
    }
    append_json(out, escaped);
}

void append_plain(std::string& out, Statement const& statement, int column)
{
    if (statement.type(column) == SQLITE_BLOB)
        append_bytes(out, statement.blob(column));
    else
        append_json_cell(out, statement, column);
}

void append_moment(std::string& out, Statement const& statement, int column)
{
    if (statement.type(column) != SQLITE_INTEGER) {
        append_plain(out, statement, column);
        return;
    }
    out += '"';
    append_time(out, Timestamp { std::chrono::microseconds { statement.integer(column) } });
    out += '"';
}

/// The dates of a property list stand in a case as ISO 8601; MVT writes them with a blank, and without the
/// fraction of a second where there is none.
void to_mvt_date(nlohmann::json& value)
{
    constexpr std::string_view form = "0000-00-00T00:00:00.000000Z";
    constexpr std::string_view no_fraction = ".000000";
    auto const* text = value.get_ptr<std::string*>();
    if (text == nullptr || text->size() != form.size())
        return;
    for (std::size_t i = 0; i != form.size(); ++i) {
        char const c = (*text)[i];
        if (form[i] == '0' ? c < '0' || c > '9' : c != form[i])
            return;
    }
    auto date = text->substr(0, form.size() - 1);
    date[form.find('T')] = ' ';
    if (date.ends_with(no_fraction))
        date.resize(date.size() - no_fraction.size());
    value = std::move(date);
}

/// A case may come from anybody: what cannot be read, or nests so deep that writing it would recurse too far,
/// is null.
nlohmann::json parse_json(std::string_view json)
{
    constexpr int deepest = 64;
    auto const look = [](int depth, nlohmann::json::parse_event_t event, nlohmann::json& part) {
        if (event == nlohmann::json::parse_event_t::value)
            to_mvt_date(part);
        return depth <= deepest;
    };
    auto value = nlohmann::json::parse(json, look, false);
    return value.is_discarded() ? nlohmann::json {} : value;
}

std::string to_text(nlohmann::json const& value)
{
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

MvtKey read_mvt_key(ColumnInfo const& column)
{
    MvtKey key;
    if (column.mvt_key == "-")
        return key;
    std::string_view words = column.mvt_key.empty() ? column.name : column.mvt_key;
    if (auto const plus = words.find('+'); plus != std::string_view::npos) {
        key.raw = words.substr(plus + 1);
        words = words.substr(0, plus);
    }
    for (auto const& [sign, flag] : { std::pair { '#', &key.flag_as_number }, { '~', &key.empty_for_none } })
        if (words.ends_with(sign)) {
            *flag = true;
            words.remove_suffix(1);
        }
    key.value = words;
    return key;
}

bool Payloads::read(std::string_view sql, std::int64_t entry_id)
{
    m_name.clear();
    m_entry = entry_id;
    auto statement = m_database->prepare(sql);
    if (!statement)
        return false;
    statement->bind(1, entry_id);
    if (auto const found = statement->step(); !found || !*found)
        return false;
    m_name = statement->text(0);
    return true;
}

std::string_view Payloads::stored(std::int64_t entry_id)
{
    if (entry_id != m_entry)
        read("SELECT stored FROM entry WHERE entry_id=?", entry_id);
    return m_name;
}

std::string_view Payloads::find(std::int64_t entry_id)
{
    if (entry_id == m_entry)
        return m_name;
    // A backup whose list of files was not examined does not tell; then the path is the next best.
    if (!read("SELECT f.file_id FROM entry e JOIN ios_backup_file f ON f.domain || '::' || f.relative_path = "
              "e.stored WHERE e.entry_id=? AND instr(e.stored, '::')",
            entry_id)) {
        m_entry = -1;
        return stored(entry_id);
    }
    return m_name;
}

MvtRecordWriter::MvtRecordWriter(
    casefile::Database& database, std::vector<TableInfo> const& tables, TableInfo const& table, Joins joins)
    : m_database(&database)
    , m_table(&table)
    , m_payloads(std::make_unique<Payloads>(database))
{
    add_columns();
    auto const* shape = find_mvt_shape(table.name, table.mvt_file);
    if (shape == nullptr)
        return;
    add_shape(tables, *shape, joins);
    if (open(0)) // A case of another version may lack a column.
        return;
    m_members.clear();
    m_query = {};
    add_columns();
}

void MvtRecordWriter::add_columns()
{
    auto const add = [&](std::string const& name, Member member) {
        if (name.empty())
            return;
        append_json(member.key, name);
        m_members.push_back(std::move(member));
    };
    for (std::size_t i = 0; i != m_table->columns.size(); ++i) {
        auto const key = read_mvt_key(m_table->columns[i]);
        add(key.value,
            { .at = i, .flag_as_number = key.flag_as_number, .empty_for_none = key.empty_for_none });
        if (m_table->columns[i].type == Type::time)
            add(key.raw, { .at = i, .raw = true });
    }
}

void MvtRecordWriter::add_shape(std::vector<TableInfo> const& tables, MvtShape const& shape, Joins joins)
{
    if (joins == Joins::all)
        m_query.where = shape.where;
    for (auto const& part : shape.parts) {
        if (!part.needs.empty()
            && (joins == Joins::none
                || std::ranges::find(tables, part.needs, &TableInfo::name) == tables.end()))
            continue;
        m_query.joins += part.join;
        m_query.joins += ' ';
        for (auto const& member : part.members) {
            std::string key;
            append_json(key, member.key);
            std::erase_if(m_members, [&](Member const& other) { return other.key == key; });
            m_members.push_back(
                { .key = std::move(key), .at = m_query.expressions.size(), .form = member.form });
            m_query.expressions.emplace_back(member.sql);
        }
    }
}

Result<RowCursor> MvtRecordWriter::open(std::optional<std::int64_t> record) const
{
    return RowCursor::open(*m_database, *m_table, record, m_query);
}

void MvtRecordWriter::append_column(std::string& out, RowCursor const& row, Member const& member) const
{
    auto const& statement = row.statement();
    int const position = row.position(member.at) + (member.raw ? 1 : 0);
    auto const type = member.raw ? Type::text : m_table->columns[member.at].type;
    // A local time whose zone is not known names no moment: it is then written as the device wrote it.
    bool const as_written = type == Type::time && statement.is_null(position)
        && m_table->columns[member.at].clock == name_of(Clock::local_text);
    if (as_written)
        append_plain(out, statement, position + 1);
    else if (member.empty_for_none && statement.is_null(position))
        out += "\"\"";
    else if (type == Type::time)
        append_moment(out, statement, position);
    else if (type == Type::boolean && !member.flag_as_number)
        append_json_cell(out, statement, position, type);
    else
        append_plain(out, statement, position);
}

void MvtRecordWriter::append_expression(std::string& out, RowCursor const& row, Member const& member) const
{
    auto const& statement = row.statement();
    int const position = row.expression(member.at);
    switch (*member.form) {
    case MvtForm::value:
        append_plain(out, statement, position);
        break;
    case MvtForm::flag:
        append_json_cell(out, statement, position, Type::boolean);
        break;
    case MvtForm::time:
        append_moment(out, statement, position);
        break;
    case MvtForm::json:
        out += to_text(parse_json(statement.text(position)));
        break;
    case MvtForm::merge:
        break; // has no key
    case MvtForm::links:
        out += '[';
        for (auto const link : links_in(statement.text(position))) {
            if (out.back() != '[')
                out += ", ";
            append_json(out, link);
        }
        out += ']';
        break;
    case MvtForm::file_id:
        append_json(out, m_payloads->find(statement.integer(position)));
        break;
    case MvtForm::payload: {
        auto const name = m_payloads->find(statement.integer(position));
        bool const is_payload = name.size() == 40 && name.find('/') == std::string_view::npos;
        append_json(out, is_payload ? fmt::format("{}/{}", name.substr(0, 2), name) : std::string { name });
        break;
    }
    }
}

std::vector<std::string_view> MvtRecordWriter::links(RowCursor const& row) const
{
    for (auto const& member : m_members)
        if (member.form == MvtForm::links)
            return links_in(row.statement().text(row.expression(member.at)));
    return {};
}

void MvtRecordWriter::append_merged(
    std::string& out, RowCursor const& row, std::size_t indent, Member const& merged) const
{
    auto const object = parse_json(row.statement().text(row.expression(merged.at)));
    if (!object.is_object())
        return;
    for (auto const& [name, value] : object.items()) {
        std::string key;
        append_json(key, name);
        if (std::ranges::find(m_members, key, &Member::key) != m_members.end())
            continue;
        out += out.back() == '{' ? "\n" : ",\n";
        out.append(indent + 4, ' ');
        out += key + ": " + to_text(value);
    }
}

void MvtRecordWriter::append(std::string& out, RowCursor const& row, std::size_t indent) const
{
    out += '{';
    for (auto const& member : m_members) {
        if (member.form == MvtForm::merge) {
            append_merged(out, row, indent, member);
            continue;
        }
        out += out.back() == '{' ? "\n" : ",\n";
        out.append(indent + 4, ' ');
        out += member.key;
        out += ": ";
        if (member.form)
            append_expression(out, row, member);
        else
            append_column(out, row, member);
    }
    if (out.back() != '{') {
        out += '\n';
        out.append(indent, ' ');
    }
    out += '}';
}

std::string mvt_file_of(casefile::Database& database, TableInfo const& table, std::int64_t record)
{
    for (auto const file : other_mvt_files(table.name, table.mvt_file)) {
        auto row = database.prepare(fmt::format("SELECT 1 FROM {} AS t WHERE t.record_id=?1 AND ({})",
            sql_name(table.name), find_mvt_shape(table.name, file)->where));
        if (!row) // A case of another version may lack a column.
            continue;
        row->bind(1, record);
        if (auto const found = row->step(); found && *found)
            return std::string { file };
    }
    return table.mvt_file;
}

std::string mvt_plugin(std::string_view file)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 17> irregular { {
        { "analytics_ios_versions", "AnalyticsIOSVersions" },
        { "aqf_files", "AQFFiles" },
        { "aqf_get_prop", "AQFGetProp" },
        { "aqf_log_timestamps", "AQFLogTimestamps" },
        { "aqf_packages", "AQFPackages" },
        { "aqf_processes", "AQFProcesses" },
        { "aqf_settings", "AQFSettings" },
        { "bugreport_timestamps", "BugReportTimestamps" },
        { "dbinfo", "DumpsysDBInfo" },
        { "dumpsys_adb_state", "DumpsysADBState" },
        { "id_status_cache", "IDStatusCache" },
        { "ios_version_history", "IOSVersionHistory" },
        { "os_analytics_ad_daily", "OSAnalyticsADDaily" },
        { "sms", "SMS" },
        { "sms_attachments", "SMSAttachments" },
        { "tcc", "TCC" },
        { "webkit_indexeddb", "WebkitIndexedDB" },
    } };
    for (auto const& [slug, name] : irregular)
        if (slug == file)
            return std::string { name };
    std::string name;
    bool upper = true;
    for (char const c : file) {
        if (c == '_') {
            upper = true;
            continue;
        }
        name += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        upper = false;
    }
    return name;
}

std::string_view mvt_level(std::string_view severity)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> levels {
        { { "critical", "CRITICAL" }, { "high", "HIGH" }, { "medium", "MEDIUM" }, { "low", "LOW" } }
    };
    for (auto const& [ours, theirs] : levels)
        if (ours == severity)
            return theirs;
    return "INFORMATIONAL";
}

} // namespace exhibit::report
