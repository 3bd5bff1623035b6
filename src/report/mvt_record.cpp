#include "report/mvt_record.hpp"

#include "base/text.hpp"
#include "report/cells.hpp"
#include "report/text_format.hpp"

#include <array>
#include <fmt/format.h>
#include <iterator>
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
    if (words.ends_with('#')) {
        key.flag_as_number = true;
        words.remove_suffix(1);
    }
    key.value = words;
    return key;
}

MvtRecordWriter::MvtRecordWriter(TableInfo const& table)
    : m_table(&table)
{
    auto const add = [&](std::size_t column, std::string const& name, bool raw, bool flag_as_number) {
        if (name.empty())
            return;
        std::string key;
        append_json(key, name);
        m_members.push_back({ column, std::move(key), raw, flag_as_number });
    };
    for (std::size_t i = 0; i != table.columns.size(); ++i) {
        auto const key = read_mvt_key(table.columns[i]);
        add(i, key.value, false, key.flag_as_number);
        if (table.columns[i].type == Type::time)
            add(i, key.raw, true, false);
    }
}

void MvtRecordWriter::append_value(std::string& out, RowCursor const& row, Member const& member) const
{
    auto const& statement = row.statement();
    int const position = row.position(member.column) + (member.raw ? 1 : 0);
    auto const type = member.raw ? Type::text : m_table->columns[member.column].type;
    if (type == Type::time && statement.type(position) == SQLITE_INTEGER) {
        out += '"';
        append_time(out, Timestamp { std::chrono::microseconds { statement.integer(position) } });
        out += '"';
    } else if (type == Type::boolean && !member.flag_as_number) {
        append_json_cell(out, statement, position, type);
    } else {
        append_plain(out, statement, position);
    }
}

void MvtRecordWriter::append(std::string& out, RowCursor const& row, std::size_t indent) const
{
    out += '{';
    for (std::size_t i = 0; i != m_members.size(); ++i) {
        out += i == 0 ? "\n" : ",\n";
        out.append(indent + 4, ' ');
        out += m_members[i].key;
        out += ": ";
        append_value(out, row, m_members[i]);
    }
    if (!m_members.empty()) {
        out += '\n';
        out.append(indent, ' ');
    }
    out += '}';
}

std::string mvt_plugin(std::string_view file)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> irregular { {
        { "analytics_ios_versions", "AnalyticsIOSVersions" },
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
