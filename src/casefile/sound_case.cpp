#include "casefile/sound_case.hpp"

#include "base/text.hpp"
#include "casefile/schema.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <vector>

namespace exhibit::casefile {
namespace {

constexpr std::size_t kMostObjects = 10'000;
constexpr std::size_t kMostColumns = 100'000;
constexpr std::size_t kMostEvents = 10'000;

/// What the file says that it has.
struct Object {
    std::string type;
    std::string sql;
};
using Objects = std::map<std::string, Object, std::less<>>;

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Whether with this word a declaration makes something else of a row than what is stored.
bool computes(std::string_view word)
{
    constexpr std::array<std::string_view, 5> words { "as", "check", "collate", "default", "virtual" };
    return std::ranges::find(words, to_lower(word)) != words.end();
}

/// Whether a table is declared with its columns, their types and keys, and nothing else.
bool is_plain_table(std::string_view sql)
{
    if (!sql.starts_with("CREATE TABLE "))
        return false;
    bool quoted = false;
    std::size_t word = 0;
    for (std::size_t at = 0; at <= sql.size(); ++at) {
        char const c = at == sql.size() ? ' ' : sql[at];
        if (is_letter(c) || (quoted && c != '"'))
            continue;
        if (!quoted
            && (!std::string_view { " \n,()\"" }.contains(c) || computes(sql.substr(word, at - word))))
            return false;
        quoted = quoted != (c == '"');
        word = at + 1;
    }
    return !quoted;
}

Result<Objects> read_objects(Database& database)
{
    Objects objects;
    auto statement = EXHIBIT_TRY(database.prepare("SELECT type, name, sql FROM sqlite_schema"));
    while (EXHIBIT_TRY(statement.step())) {
        if (objects.size() == kMostObjects)
            return fail(Fault::over_limit, "the case file has more tables than there can be");
        auto const is_new = objects.emplace(to_lower(statement.text(1)),
            Object { std::string { statement.text(0) }, std::string { statement.text(2) } });
        if (!is_new.second)
            return fail(Fault::malformed, "two tables of the case file have one name");
    }
    return objects;
}

/// A table that is not there is missed by whoever asks for it: earlier versions did not have all of them.
Result<void> check_table(Objects const& objects, std::string_view name)
{
    auto const found = objects.find(name);
    if (found == objects.end())
        return {};
    if (found->second.type != "table" || !is_plain_table(found->second.sql))
        return fail(Fault::malformed, "a table of the case file is not as exhibit makes it");
    return {};
}

/// In a file that somebody made, a page may stand in many places of a table, which then has rows without end.
Result<void> check_pages(Database& database, std::string_view table)
{
    auto check = EXHIBIT_TRY(database.prepare(fmt::format("PRAGMA quick_check({})", table)));
    if (!EXHIBIT_TRY(check.step()) || check.text(0) != "ok")
        return fail(Fault::malformed, "a table of the case file is damaged");
    return {};
}

/// The list of files may be long, and is read by number.
Result<void> check_core_tables(Database& database, Objects const& objects)
{
    constexpr std::string_view create = "CREATE TABLE ";
    auto const schema = core_schema();
    for (auto at = schema.find(create); at != schema.npos; at = schema.find(create, at + 1)) {
        auto name = schema.substr(at + create.size());
        name = name.substr(0, name.find(' '));
        EXHIBIT_TRY(check_table(objects, name));
        if (name != "entry" && objects.contains(name))
            EXHIBIT_TRY(check_pages(database, name));
    }
    return {};
}

/// The artifacts, tables, columns and events as the case describes them, as far as its views go by them.
class Description {
public:
    Result<void> read(Database& database, Objects const& objects)
    {
        EXHIBIT_TRY(read_tables(database, objects));
        EXHIBIT_TRY(read_columns(database));
        EXHIBIT_TRY(read_events(database));
        for (auto& one : m_tables) {
            one.table.columns = one.columns;
            one.table.events = one.events;
        }
        for (auto& one : m_artifacts) {
            one.artifact.tables = one.tables;
            m_listed.push_back(&one.artifact);
        }
        return {};
    }

    [[nodiscard]] std::span<Artifact const* const> artifacts() const { return m_listed; }

private:
    struct DescribedTable {
        Table table {};
        std::vector<Column> columns {};
        std::vector<Event> events {};
    };
    struct DescribedArtifact {
        Artifact artifact {};
        std::vector<Table const*> tables {};
    };

    std::string_view kept(std::string_view text) { return m_texts.emplace_back(text); }

    Result<std::string_view> plain(std::string_view text)
    {
        if (!is_plain_name(text))
            return fail(Fault::malformed, "a name in the case file is none that exhibit gives");
        return kept(text);
    }

    Result<DescribedTable*> table(std::string_view name)
    {
        auto const found = m_by_name.find(name);
        if (found == m_by_name.end())
            return fail(Fault::malformed, "the case file describes a part of no table");
        return found->second;
    }

    Result<void> read_tables(Database& database, Objects const& objects)
    {
        auto statement = EXHIBIT_TRY(
            database.prepare("SELECT table_name, artifact, mvt_file FROM artifact_table ORDER BY rowid"));
        while (EXHIBIT_TRY(statement.step())) {
            if (m_tables.size() == kMostObjects)
                return fail(Fault::over_limit, "the case file has more tables than there can be");
            auto const name = EXHIBIT_TRY(plain(statement.text(0)));
            EXHIBIT_TRY(check_table(objects, name));
            if (!statement.text(2).empty())
                EXHIBIT_TRY(plain(statement.text(2)));
            auto const artifact = statement.text(1);
            if (!std::ranges::all_of(artifact, [](char c) { return is_letter(c) || c == '.'; }))
                return fail(Fault::malformed, "a name in the case file is none that exhibit gives");
            if (m_artifacts.empty() || m_artifacts.back().artifact.id != artifact)
                m_artifacts.emplace_back().artifact.id = kept(artifact);
            auto& added = m_tables.emplace_back();
            added.table.name = name;
            m_by_name.emplace(name, &added);
            m_artifacts.back().tables.push_back(&added.table);
        }
        return {};
    }

    Result<void> read_columns(Database& database)
    {
        auto statement = EXHIBIT_TRY(database.prepare(
            "SELECT table_name, column_name, type, holds, clock FROM artifact_column ORDER BY rowid"));
        for (std::size_t count = 0; EXHIBIT_TRY(statement.step()); ++count) {
            if (count == kMostColumns)
                return fail(Fault::over_limit, "the case file has more columns than there can be");
            auto* const of = EXHIBIT_TRY(table(statement.text(0)));
            Column column {};
            column.name = EXHIBIT_TRY(plain(statement.text(1)));
            column.type = type_named(statement.text(2)).value_or(Type::text);
            column.is = comparable_named(statement.text(3)).value_or(Is::opaque);
            for (auto const clock : { Clock::local_text, Clock::utc_text })
                if (statement.text(4) == name_of(clock))
                    column.clock = clock;
            of->columns.push_back(column);
        }
        return {};
    }

    Result<void> read_events(Database& database)
    {
        auto statement = EXHIBIT_TRY(database.prepare(
            "SELECT table_name, when_column, kind, words FROM artifact_event ORDER BY rowid"));
        for (std::size_t count = 0; EXHIBIT_TRY(statement.step()); ++count) {
            if (count == kMostEvents)
                return fail(Fault::over_limit, "the case file has more kinds of events than there can be");
            auto* const of = EXHIBIT_TRY(table(statement.text(0)));
            auto const when = EXHIBIT_TRY(plain(statement.text(1)));
            auto const kind = EXHIBIT_TRY(plain(statement.text(2)));
            auto const words = kept(statement.text(3));
            EXHIBIT_TRY(check_words(words));
            of->events.push_back({ when, kind, words });
        }
        return {};
    }

    /// Between braces stand names of columns, `{name}` or `{name|words}`, and they come into a query.
    static Result<void> check_words(std::string_view words)
    {
        while (words.contains('{')) {
            words.remove_prefix(words.find('{') + 1);
            auto const piece = words.substr(0, words.find('}'));
            if (!is_plain_name(piece.substr(0, piece.find('|'))))
                return fail(Fault::malformed, "a name in the case file is none that exhibit gives");
        }
        return {};
    }

    std::deque<std::string> m_texts;
    std::deque<DescribedTable> m_tables;
    std::map<std::string_view, DescribedTable*> m_by_name;
    std::deque<DescribedArtifact> m_artifacts;
    std::vector<Artifact const*> m_listed;
};

Result<void> check_view(
    Database& database, Objects const& objects, std::string_view name, std::string const& sql)
{
    auto const found = objects.find(name);
    if (found == objects.end() || found->second.sql == sql)
        return {};
    if (found->second.type != "view")
        return fail(Fault::malformed, "a table of the case file is not as exhibit makes it");
    return database.shadow_view(sql);
}

} // namespace

bool is_plain_name(std::string_view name)
{
    return !name.empty()
        && std::ranges::all_of(name, [](char c) { return is_letter(c) && (c < 'A' || c > 'Z'); });
}

Result<void> make_safe_to_read(Database& database)
{
    auto const objects = EXHIBIT_TRY(read_objects(database));
    EXHIBIT_TRY(check_core_tables(database, objects));
    Description description;
    EXHIBIT_TRY(description.read(database, objects));
    auto const artifacts = description.artifacts();
    EXHIBIT_TRY(check_view(database, objects, "timeline", create_timeline(artifacts)));
    EXHIBIT_TRY(check_view(database, objects, "local_timeline", create_local_timeline(artifacts)));
    return check_view(database, objects, "observable", create_observables(artifacts));
}

} // namespace exhibit::casefile
