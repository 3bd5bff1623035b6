#include "engine/case_glance.hpp"

#include "acquisition/file_source.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "detection/detect.hpp"
#include "formats/sqlite/btree.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace exhibit {
namespace {

using sqlite::TreeRow;

using Names = std::map<std::string, std::string, std::less<>>;

/// The text in a column of a record; a column that it lacks or that holds something else is empty.
std::string_view text_at(TreeRow const& row, std::size_t column)
{
    return column < row.fields.size() && row.fields[column].is_text() ? as_text(row.fields[column].body)
                                                                      : std::string_view {};
}

/// One table of the file.
struct Stored {
    std::uint32_t root = 0;
    std::string sql;
};

/// An artifact table as the case describes it.
struct Described {
    std::string artifact;
    std::map<std::int64_t, std::pair<std::string, Column>> columns; ///< by position; the name is owned
};

/// The text columns of a table that indicators are compared with, by their place in a record.
using Compared = std::vector<std::pair<std::size_t, Is>>;

class CaseGlance {
public:
    CaseGlance(Knowledge const& knowledge, indicators::Matcher& matcher, std::stop_token const& stop)
        : m_knowledge(knowledge)
        , m_matcher(matcher)
    {
        m_limits.stop = stop;
    }

    Result<std::optional<Glance>> look(std::filesystem::path const& path)
    {
        m_source = EXHIBIT_TRY(open_file(path));
        m_pages = EXHIBIT_TRY(sqlite::Pages::open(*m_source, nullptr, nullptr));
        if (m_pages->header().encoding != sqlite::Encoding::utf8 || !m_pages->notes().empty())
            return std::nullopt;
        EXHIBIT_TRY(read_schema());
        EXHIBIT_TRY(read_description());
        if (!m_understood)
            return std::nullopt;
        m_glance.worth_detection = EXHIBIT_TRY(has_new_rules());
        EXHIBIT_TRY(compare_tables());
        return m_understood ? std::optional { m_glance } : std::nullopt;
    }

private:
    Result<void> walk(std::string_view table, std::function<Result<void>(TreeRow const&)> const& visit)
    {
        auto const found = m_tables.find(table);
        if (found == m_tables.end()) {
            m_understood = false;
            return {};
        }
        auto const done
            = EXHIBIT_TRY(sqlite::walk_rows(*m_pages, found->second.root, false, m_limits, visit));
        m_understood = m_understood && !done.damage;
        return {};
    }

    Result<void> read_schema()
    {
        m_tables.emplace("sqlite_schema", Stored { 1, {} });
        return walk("sqlite_schema", [&](TreeRow const& row) -> Result<void> {
            if (text_at(row, 0) == "table" && row.fields.size() == 5)
                m_tables.insert_or_assign(std::string { text_at(row, 1) },
                    Stored { static_cast<std::uint32_t>(row.fields[3].integer()),
                        std::string { text_at(row, 4) } });
            return {};
        });
    }

    Result<void> read_description()
    {
        EXHIBIT_TRY(walk("case_info", [&](TreeRow const& row) -> Result<void> {
            if (text_at(row, 0) == "schema_version" && text_at(row, 1) == std::to_string(kSchemaVersion))
                m_is_of_this_version = true;
            if (text_at(row, 0) == detection::kListsInfo)
                m_knows_lists = text_at(row, 1) == m_knowledge.rules.lists_sha256();
            return {};
        }));
        EXHIBIT_TRY(walk("artifact_table", [&](TreeRow const& row) -> Result<void> {
            m_described[std::string { text_at(row, 0) }].artifact = text_at(row, 1);
            return {};
        }));
        EXHIBIT_TRY(walk("artifact_column", [&](TreeRow const& row) -> Result<void> {
            auto const table = m_described.find(text_at(row, 0));
            auto const type = type_named(text_at(row, 3));
            if (table == m_described.end() || !type || row.fields.size() < 5)
                return fail(Fault::malformed, "the case file describes a column of no table");
            Column const column { {}, *type, comparable_named(text_at(row, 4)).value_or(Is::opaque), {}, {},
                nullptr, nullptr };
            table->second.columns.insert_or_assign(
                row.fields[1].integer(), std::pair { std::string { text_at(row, 2) }, column });
            return {};
        }));
        EXHIBIT_TRY(walk("coverage", [&](TreeRow const& row) -> Result<void> {
            if (row.fields.size() > 4 && row.fields[4].integer() != 0)
                m_with_rows.insert(std::string { text_at(row, 1) });
            return {};
        }));
        m_understood = m_understood && m_is_of_this_version;
        return {};
    }

    Result<bool> has_new_rules()
    {
        if (!m_knows_lists)
            return true;
        std::set<std::string, std::less<>> platforms;
        EXHIBIT_TRY(walk("artifact", [&](TreeRow const& row) -> Result<void> {
            platforms.insert(std::string { text_at(row, 3) });
            return {};
        }));
        constexpr std::array<std::string_view, 3> settled_states { "matched", "silent", "not_evaluated" };
        Names settled;
        EXHIBIT_TRY(walk("rule", [&](TreeRow const& row) -> Result<void> {
            if (std::ranges::find(settled_states, text_at(row, 6)) != settled_states.end())
                settled.emplace(text_at(row, 0), text_at(row, 10));
            return {};
        }));
        return std::ranges::any_of(m_knowledge.rules.rules(), [&](auto const& known) {
            auto const& [id, rule] = known;
            auto const here = settled.find(id);
            return (here == settled.end() || here->second != rule.sha256)
                && std::ranges::any_of(rule.platforms,
                    [&](Platform platform) { return platforms.contains(exhibit::name_of(platform)); });
        });
    }

    /// Nothing when the table in the file is not the one that this version makes of its description.
    std::optional<Compared> compared_columns(std::string_view name, Described const& described) const
    {
        std::vector<Column> columns;
        Compared compared;
        std::size_t at = kFirstColumn;
        for (auto const& [position, column] : described.columns) {
            columns.push_back(column.second);
            columns.back().name = column.first;
            if (column.second.is != Is::opaque && column.second.type != Type::text)
                return std::nullopt;
            if (column.second.is != Is::opaque)
                compared.emplace_back(at, column.second.is);
            at += column.second.type == Type::time ? 2 : 1;
        }
        Table const table { name, {}, Relation::context, columns };
        auto const stored = m_tables.find(name);
        if (stored == m_tables.end() || stored->second.sql != create_table(table))
            return std::nullopt;
        return compared;
    }

    Result<void> compare_tables()
    {
        for (auto const& [name, described] : m_described) {
            if (!m_with_rows.contains(described.artifact))
                continue;
            auto const compared = compared_columns(name, described);
            if (!compared) {
                m_understood = false;
                return {};
            }
            if (!compared->empty())
                EXHIBIT_TRY(walk(name, [&](TreeRow const& row) -> Result<void> {
                    compare_row(row, *compared);
                    return {};
                }));
        }
        return {};
    }

    void compare_row(TreeRow const& row, Compared const& compared)
    {
        for (auto const& [column, is] : compared) {
            auto const value = text_at(row, column);
            if (value.empty())
                continue;
            ++m_glance.values;
            m_glance.worth_detection = m_glance.worth_detection || !m_matcher.match(is, value).empty();
        }
    }

    static constexpr std::size_t kFirstColumn = 4; // after record_id, entry_id, locator, recovered

    Knowledge const& m_knowledge;
    indicators::Matcher& m_matcher;
    sqlite::WalkLimits m_limits;
    std::unique_ptr<Source> m_source;
    std::optional<sqlite::Pages> m_pages;
    std::map<std::string, Stored, std::less<>> m_tables;
    std::map<std::string, Described, std::less<>> m_described;
    std::set<std::string, std::less<>> m_with_rows;
    bool m_understood = true;
    bool m_is_of_this_version = false;
    bool m_knows_lists = false;
    Glance m_glance;
};

bool has_beside(std::filesystem::path const& path, std::string_view suffix)
{
    std::error_code error;
    return std::filesystem::exists(std::filesystem::path { path } += suffix, error);
}

} // namespace

Result<std::optional<Glance>> glance_at(std::filesystem::path const& case_file, Knowledge const& knowledge,
    indicators::Matcher& matcher, std::stop_token const& stop)
{
    if (has_beside(case_file, "-wal") || has_beside(case_file, "-journal"))
        return std::nullopt;
    return CaseGlance { knowledge, matcher, stop }.look(case_file);
}

} // namespace exhibit
