#include "casefile/schema.hpp"

#include "base/recovered_place.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace exhibit {
namespace {

/// At the end of what the column `recovered` holds.
constexpr std::string_view kEarlierVersion = ", earlier version";

std::string_view sql_type(Type type)
{
    switch (type) {
    case Type::real:
        return "REAL";
    case Type::text:
        return "TEXT";
    case Type::blob:
        return "BLOB";
    case Type::integer:
    case Type::boolean:
    case Type::time:
        break;
    }
    return "INTEGER";
}

std::string sql_text(std::string_view text)
{
    std::string out = "'";
    for (char const c : text) {
        out += c;
        if (c == '\'')
            out += c;
    }
    return out + '\'';
}

Type type_of(Table const& table, std::string_view name)
{
    for (auto const& column : table.columns)
        if (column.name == name)
            return column.type;
    return Type::text;
}

/// An SQL expression for a piece of an event's words: the text of a column; what stands behind `|`, or
/// nothing, when it has none. A blank that parts it from the piece before goes with it.
std::string words_of(Table const& table, std::string_view piece, bool after_blank)
{
    auto const bar = piece.find('|');
    auto const column = piece.substr(0, bar);
    if (bar != std::string_view::npos)
        return fmt::format("coalesce(nullif({}, ''), {})", column, sql_text(piece.substr(bar + 1)));
    if (type_of(table, column) == Type::time)
        return fmt::format("coalesce(strftime('%Y-%m-%d %H:%M:%S', {} / 1000000, 'unixepoch'), '')", column);
    return after_blank ? fmt::format("coalesce(' ' || nullif({}, ''), '')", column)
                       : fmt::format("coalesce({}, '')", column);
}

/// `call with {number}` becomes `'call with ' || coalesce(number, '')`. Columns without a value leave no
/// blanks.
std::string words_expression(Table const& table, std::string_view words)
{
    std::string out;
    auto const add = [&](std::string const& part) { out += out.empty() ? part : " || " + part; };
    bool const may_begin_blank = words.starts_with('{') && words.contains("} {");
    while (!words.empty()) {
        auto const open = words.find('{');
        auto const before = words.substr(0, open);
        auto const close = std::min(words.find('}', std::min(open, words.size())), words.size());
        auto const piece = words.substr(std::min(open, close), close - std::min(open, close));
        bool const after_blank = before == " " && !out.empty() && !piece.contains('|')
            && type_of(table, piece.substr(std::min<std::size_t>(1, piece.size()))) != Type::time;
        if (!before.empty() && !after_blank)
            add(sql_text(before));
        if (open == std::string_view::npos)
            break;
        add(words_of(table, piece.substr(1), after_blank));
        words.remove_prefix(close + 1);
    }
    return out.empty() ? "''" : may_begin_blank ? fmt::format("ltrim({}, ' ')", out) : out;
}

Clock clock_of(Table const& table, std::string_view name)
{
    for (auto const& column : table.columns)
        if (column.name == name)
            return column.clock;
    return Clock::none;
}

/// Of texts with a zone some may lack it.
bool may_be_local(Clock clock)
{
    return clock == Clock::local_text || clock == Clock::utc_text;
}

/// Local text as `2024-05-01 10:11:12.345`, from that form, `Wed May  1 10:11:12 2024`, `05/01/24
/// 10:11:12.345` and `05-01 10:11:12.345`: the forms of `local_moment`. Where the phone writes no year, it is
/// the latest in which the time does not lie after the acquisition.
std::string local_time_of(std::string_view raw)
{
    constexpr std::string_view taken
        = "(SELECT value FROM acquisition_fact WHERE name = 'acquisition.local_time' LIMIT 1)";
    return fmt::format(
        "CASE WHEN {0} GLOB '19[678][0-9]-*' THEN NULL " // Placeholders for no time.
        "WHEN {0} GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]-[0-2][0-9]-[0-5][0-9]-[0-5][0-9]*' "
        "THEN substr({0}, 1, 10) || ' ' || replace(substr({0}, 12, 8), '-', ':') "
        "WHEN {0} GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*' THEN {0} "
        "WHEN {0} GLOB '[A-Z][a-z][a-z] [A-Z][a-z][a-z] [ 0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9] "
        "[12][0-9][0-9][0-9]*' AND instr('{2}', substr({0}, 5, 3)) % 3 = 1 THEN printf('%s-%02d-%02d %s', "
        "substr({0}, 21, 4), "
        "(instr('{2}', substr({0}, 5, 3)) + 2) / 3, "
        "CAST(substr({0}, 9, 2) AS INTEGER), substr({0}, 12, 8)) "
        "WHEN {0} GLOB '[01][0-9]/[0-3][0-9]/[0-9][0-9] [0-2][0-9]:[0-5][0-9]*' "
        "THEN '20' || substr({0}, 7, 2) || '-' || substr({0}, 1, 2) || '-' || substr({0}, 4, 2) || "
        "substr({0}, 9) "
        "WHEN {0} GLOB '[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' THEN ifnull("
        "(SELECT year - ({0} GLOB '02-29*') * (year % 4) FROM (SELECT substr({1}, 1, 4) - "
        "(substr({1}, 1, 4) || '-' || substr({0}, 1, 14) > datetime({1}, '+1 day')) AS year)), '----') "
        "|| '-' || {0} END",
        raw, taken, "JanFebMarAprMayJunJulAugSepOctNovDec");
}

} // namespace

std::string_view core_schema()
{
    return R"sql(
CREATE TABLE case_info (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE acquisition_fact (name TEXT NOT NULL, value TEXT NOT NULL) STRICT;
CREATE TABLE acquisition_problem (
  fault TEXT NOT NULL, message TEXT NOT NULL, stored TEXT NOT NULL, count INTEGER NOT NULL) STRICT;
CREATE TABLE artifact (
  artifact TEXT PRIMARY KEY, title TEXT NOT NULL, doc TEXT NOT NULL, platform TEXT NOT NULL, is_key INTEGER NOT NULL) STRICT;
CREATE TABLE artifact_table (
  table_name TEXT PRIMARY KEY, artifact TEXT NOT NULL, doc TEXT NOT NULL, relation TEXT NOT NULL, mvt_file TEXT NOT NULL) STRICT;
CREATE TABLE artifact_column (
  table_name TEXT NOT NULL, position INTEGER NOT NULL, column_name TEXT NOT NULL, type TEXT NOT NULL, holds TEXT NOT NULL,
  clock TEXT NOT NULL, doc TEXT NOT NULL, mvt_key TEXT NOT NULL, PRIMARY KEY (table_name, position)) STRICT;
CREATE TABLE artifact_event (
  table_name TEXT NOT NULL, when_column TEXT NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL) STRICT;
CREATE TABLE entry (
  entry_id INTEGER PRIMARY KEY, path TEXT NOT NULL, stored TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER,
  sha256 TEXT) STRICT;
CREATE TABLE coverage (
  coverage_id INTEGER PRIMARY KEY, artifact TEXT NOT NULL, entry_id INTEGER, state TEXT NOT NULL, rows INTEGER NOT NULL,
  recovered_rows INTEGER NOT NULL, first_seen INTEGER, last_seen INTEGER, fault TEXT, message TEXT) STRICT;
CREATE TABLE diagnostic (
  diagnostic_id INTEGER PRIMARY KEY, artifact TEXT NOT NULL, entry_id INTEGER, level TEXT NOT NULL, fault TEXT NOT NULL,
  message TEXT NOT NULL, count INTEGER NOT NULL, first_locator INTEGER NOT NULL) STRICT;
CREATE TABLE indicator_pack (
  pack_id INTEGER PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL, format TEXT NOT NULL, sha256 TEXT NOT NULL,
  source TEXT NOT NULL, url TEXT NOT NULL, licence TEXT NOT NULL, published INTEGER, tlp TEXT NOT NULL,
  indicators INTEGER NOT NULL, unusable INTEGER NOT NULL) STRICT;
CREATE TABLE unusable_indicator (
  pack_id INTEGER NOT NULL, indicator TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
CREATE TABLE rule (
  rule_id TEXT PRIMARY KEY, title TEXT NOT NULL, class TEXT NOT NULL, severity TEXT NOT NULL, confidence TEXT NOT NULL,
  status TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, matches INTEGER NOT NULL, file TEXT NOT NULL,
  sha256 TEXT NOT NULL) STRICT;
CREATE TABLE rule_query (rule_id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, query TEXT NOT NULL) STRICT;
CREATE TABLE finding (
  finding_id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, origin TEXT NOT NULL, rule_id TEXT, indicator TEXT,
  indicator_kind TEXT, pack_id INTEGER, class TEXT NOT NULL, campaign TEXT NOT NULL, title TEXT NOT NULL,
  severity TEXT NOT NULL, confidence TEXT NOT NULL, ambiguous INTEGER NOT NULL, relation TEXT NOT NULL,
  artifact TEXT NOT NULL, status TEXT NOT NULL, summary TEXT NOT NULL, meaning TEXT NOT NULL,
  innocent_causes TEXT NOT NULL, next_steps TEXT NOT NULL, source TEXT NOT NULL, further_reading TEXT NOT NULL,
  details TEXT NOT NULL, rows INTEGER NOT NULL, first_seen INTEGER, last_seen INTEGER) STRICT;
CREATE TABLE finding_row (
  finding_id INTEGER NOT NULL, table_name TEXT NOT NULL, record_id INTEGER NOT NULL, entry_id INTEGER, column_name TEXT,
  value TEXT, how TEXT NOT NULL, time INTEGER, recovered TEXT) STRICT;
CREATE INDEX finding_row_by_finding ON finding_row (finding_id);
CREATE TABLE assessment (
  position INTEGER PRIMARY KEY, verdict TEXT NOT NULL, campaign TEXT NOT NULL, confidence TEXT NOT NULL,
  wording TEXT NOT NULL, reason TEXT NOT NULL, would_change TEXT NOT NULL, first_seen INTEGER, last_seen INTEGER) STRICT;
CREATE TABLE assessment_finding (position INTEGER NOT NULL, finding_id INTEGER NOT NULL) STRICT;
CREATE TABLE covered_period (
  artifact TEXT PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL, first_seen INTEGER, last_seen INTEGER,
  wording TEXT NOT NULL) STRICT;
)sql";
}

std::string create_table(Table const& table)
{
    auto sql = fmt::format("CREATE TABLE {} (record_id INTEGER PRIMARY KEY, entry_id INTEGER NOT NULL, "
                           "locator INTEGER NOT NULL, recovered TEXT",
        table.name);
    for (auto const& column : table.columns) {
        sql += fmt::format(", \"{}\" {}", column.name, sql_type(column.type));
        if (column.type == Type::time)
            sql += fmt::format(", \"{}_raw\" ANY", column.name);
    }
    return sql + ") STRICT";
}

std::string create_local_timeline(std::span<Artifact const* const> artifacts)
{
    return "CREATE VIEW local_timeline AS " + local_timeline(artifacts);
}

std::string local_timeline(std::span<Artifact const* const> artifacts)
{
    std::string parts;
    for (auto const* artifact : artifacts)
        for (auto const* table : artifact->tables)
            for (auto const& event : table->events)
                if (may_be_local(clock_of(*table, event.when)))
                    parts += fmt::format("{}SELECT {} AS local_time, '{}' AS artifact, '{}' AS table_name, "
                                         "record_id, entry_id, "
                                         "recovered, '{}' AS kind, {} AS words FROM {} WHERE \"{}\" IS NULL",
                        parts.empty() ? "" : " UNION ALL ",
                        local_time_of(fmt::format("\"{}_raw\"", event.when)), artifact->id, table->name,
                        event.kind, words_expression(*table, event.text), table->name, event.when);
    if (parts.empty())
        parts = "SELECT NULL AS local_time, '' AS artifact, '' AS table_name, 0 AS record_id, 0 AS entry_id, "
                "NULL AS recovered, '' AS kind, '' AS words";
    return fmt::format("SELECT * FROM ({}) WHERE local_time IS NOT NULL", parts);
}

std::string create_timeline(std::span<Artifact const* const> artifacts)
{
    std::string parts;
    for (auto const* artifact : artifacts)
        for (auto const* table : artifact->tables)
            for (auto const& event : table->events)
                parts += fmt::format(
                    "{}SELECT \"{}\" AS time, '{}' AS artifact, '{}' AS table_name, record_id, entry_id, "
                    "recovered, '{}' AS kind, {} AS words FROM {} WHERE \"{}\" IS NOT NULL",
                    parts.empty() ? "" : " UNION ALL ", event.when, artifact->id, table->name, event.kind,
                    words_expression(*table, event.text), table->name, event.when);
    if (parts.empty())
        parts = "SELECT 0 AS time, '' AS artifact, '' AS table_name, 0 AS record_id, 0 AS entry_id, NULL AS "
                "recovered, "
                "'' AS kind, '' AS words WHERE 0";
    return "CREATE VIEW timeline AS " + parts;
}

namespace {

/// Empty when no column of the table has a meaning to compare with.
std::string observables_of(Table const& table)
{
    std::string names;
    std::string values;
    for (auto const& column : table.columns)
        if (column.is != Is::not_text && column.is != Is::opaque) {
            names += fmt::format("{}('{}')", names.empty() ? "" : ", ", column.name);
            values += fmt::format(" WHEN '{}' THEN \"{}\"", column.name, column.name);
        }
    return names.empty()
        ? names
        : fmt::format("SELECT '{}' AS table_name, record_id, entry_id, recovered, n.column1 AS "
                      "column_name, CASE n.column1{} END AS value FROM {}, (VALUES {}) n",
              table.name, values, table.name, names);
}

} // namespace

std::string create_observables(std::span<Artifact const* const> artifacts)
{
    // One term for each table, not for each column: SQLite takes 500 terms at most.
    std::string parts;
    for (auto const* artifact : artifacts)
        for (auto const* table : artifact->tables)
            if (auto const term = observables_of(*table); !term.empty())
                parts += (parts.empty() ? "" : " UNION ALL ") + term;
    if (parts.empty())
        parts
            = "SELECT '' AS table_name, 0 AS record_id, 0 AS entry_id, NULL AS recovered, '' AS column_name, "
              "'' AS value WHERE 0";
    return fmt::format(
        "CREATE VIEW observable AS SELECT c.holds AS kind, v.* FROM ({}) v JOIN artifact_column c "
        "USING (table_name, column_name) WHERE v.value IS NOT NULL",
        parts);
}

bool may_read_view(std::string_view sql)
{
    auto const lowered = to_lower(sql);
    return lowered.contains("timeline") || lowered.contains("observable");
}

std::string_view name_of(Type type)
{
    constexpr std::array<std::string_view, 6> names { "integer", "real", "boolean", "text", "blob", "time" };
    return names[static_cast<std::size_t>(type)];
}

std::optional<Type> type_named(std::string_view name)
{
    for (auto const type : { Type::integer, Type::real, Type::boolean, Type::text, Type::blob, Type::time })
        if (name_of(type) == name)
            return type;
    return std::nullopt;
}

std::optional<Is> comparable_named(std::string_view name)
{
    for (auto is = Is::free_text; is <= Is::property_name; is = static_cast<Is>(static_cast<int>(is) + 1))
        if (name_of(is) == name)
            return is;
    return std::nullopt;
}

std::string_view name_of(Is is)
{
    constexpr std::array<std::string_view, 17> names { "", "opaque", "free_text", "system_text", "url",
        "domain", "ip", "email", "phone", "handle", "app_id", "process", "path", "file_name", "hash",
        "cert_hash", "profile_id" };
    return is == Is::property_name ? "property_name" : names[static_cast<std::size_t>(is)];
}

std::string_view name_of(Relation relation)
{
    constexpr std::array<std::string_view, 9> names { "context", "present", "received", "contacted",
        "visited", "installed", "permitted", "executed", "traffic" };
    return names[static_cast<std::size_t>(relation)];
}

std::string_view name_of(Recovered recovered)
{
    constexpr std::array<std::string_view, 9> names { "live", "wal_frame", "free_block", "free_page",
        "replaced_page", "journal_page", "deleted_record", "left_over", "uncommitted_frame" };
    return names[static_cast<std::size_t>(recovered)];
}

std::string recovered_words(Origin const& origin)
{
    std::string words { name_of(origin.recovered) };
    if (!is_in_page(origin.recovered))
        return words + fmt::format(", byte {}", origin.locator);
    auto const place = RecoveredPlace::from_locator(origin.locator);
    if (place.frame != 0)
        words += fmt::format(" {}", place.frame);
    return words
        + fmt::format(", page {}{}{}", place.page, place.incomplete ? ", incomplete" : "",
            place.earlier_version ? kEarlierVersion : "");
}

bool is_earlier_version(Origin const& origin)
{
    return is_in_page(origin.recovered) && RecoveredPlace::from_locator(origin.locator).earlier_version;
}

bool is_earlier_version(std::string_view recovered)
{
    return recovered.ends_with(kEarlierVersion);
}

std::string_view name_of(Level level)
{
    constexpr std::array<std::string_view, 3> names { "note", "warning", "damage" };
    return names[static_cast<std::size_t>(level)];
}

std::string_view name_of(Platform platform)
{
    return platform == Platform::ios ? "ios" : "android";
}

} // namespace exhibit
