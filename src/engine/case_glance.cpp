#include "engine/case_glance.hpp"

#include "acquisition/file_source.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "detection/detect.hpp"
#include "detection/indicator_pass.hpp"
#include "formats/sqlite/btree.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace exhibit {
namespace {

using detection::CaseArtifact;
using detection::CaseTable;
using detection::CaseView;
using detection::ScanUnit;
using sqlite::TreeRow;

using Names = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kRecovered = 3;
constexpr std::size_t kFirstColumn = 4; ///< after record_id, entry_id, locator, recovered

/// The text in a column of a record; a column that it lacks or that holds something else is empty.
std::string_view text_at(TreeRow const& row, std::size_t column)
{
    return column < row.fields.size() && row.fields[column].is_text() ? as_text(row.fields[column].body)
                                                                      : std::string_view {};
}

std::optional<std::int64_t> integer_at(TreeRow const& row, std::size_t column)
{
    return column < row.fields.size() && row.fields[column].is_integer()
        ? std::optional { row.fields[column].integer() }
        : std::nullopt;
}

/// One table of the file.
struct Stored {
    std::uint32_t root = 0;
    std::string sql;
};

/// Where the columns of an artifact table stand in its records.
struct Layout {
    std::vector<std::size_t> compared; ///< those that indicators are compared with, as in ScanUnit::columns
    std::vector<std::size_t> dates;
    std::optional<std::size_t> direction;
    std::optional<std::size_t> device_id;
    std::vector<std::size_t> apps; ///< the columns of detection::kAppColumns
    std::optional<std::size_t> relation;
    std::optional<std::size_t> package;
};

class RecordRow final : public detection::ScannedRow {
public:
    RecordRow(TreeRow const& row, Layout const& layout)
        : m_row(row)
        , m_layout(layout)
    {
    }

    [[nodiscard]] std::int64_t record_id() const override { return m_row.rowid; }
    [[nodiscard]] std::optional<std::int64_t> time() const override
    {
        for (auto const date : m_layout.dates)
            if (auto const time = integer_at(m_row, date))
                return time;
        return std::nullopt;
    }
    [[nodiscard]] std::string_view direction() const override { return text(m_layout.direction); }
    [[nodiscard]] std::string_view device_id() const override { return text(m_layout.device_id); }
    [[nodiscard]] std::string_view app() const override
    {
        for (auto const place : m_layout.apps)
            if (auto const app = text_at(m_row, place); !app.empty())
                return app;
        return {};
    }
    [[nodiscard]] std::string_view relation() const override { return text(m_layout.relation); }
    [[nodiscard]] std::string_view package() const override { return text(m_layout.package); }
    [[nodiscard]] bool is_earlier_version() const override
    {
        return exhibit::is_earlier_version(text_at(m_row, kRecovered));
    }

private:
    [[nodiscard]] std::string_view text(std::optional<std::size_t> column) const
    {
        return column ? text_at(m_row, *column) : std::string_view {};
    }

    TreeRow const& m_row;
    Layout const& m_layout;
};

/// Where each column stands in the records of an artifact table; a time takes two places.
std::map<std::string_view, std::size_t> places_of(CaseTable const& table)
{
    std::map<std::string_view, std::size_t> places;
    std::size_t at = kFirstColumn;
    for (auto const& column : table.columns) {
        places.emplace(column.name, at);
        at += type_named(column.type) == Type::time ? 2U : 1U;
    }
    return places;
}

class CaseGlance {
public:
    CaseGlance(GlanceInputs const& inputs, indicators::Matcher& matcher)
        : m_knowledge(*inputs.knowledge)
        , m_words(*inputs.words)
        , m_matcher(matcher)
    {
        m_limits.stop = inputs.stop;
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
        EXHIBIT_TRY(look_at_rules());
        EXHIBIT_TRY(look_at_yara());
        if (!m_glance.worth_detection && m_understood && !m_knowledge.indicators.indicators().empty())
            EXHIBIT_TRY(compare_tables());
        EXHIBIT_TRY(read_known());
        return m_understood ? std::optional { std::move(m_glance) } : std::nullopt;
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

    /// As `CaseView::read` does over SQLite.
    Result<void> read_description()
    {
        bool hashed = false;
        std::optional<std::string> digests;
        EXHIBIT_TRY(walk("case_info", [&](TreeRow const& row) -> Result<void> {
            if (text_at(row, 0) == "schema_version" && text_at(row, 1) == std::to_string(kSchemaVersion))
                m_is_of_this_version = true;
            m_glance.minimal = m_glance.minimal || text_at(row, 0) == kRowsKeptInfo;
            hashed = hashed || text_at(row, 0) == kFilesHashedInfo;
            if (text_at(row, 0) == kFileDigestsInfo)
                digests = text_at(row, 1);
            if (text_at(row, 0) == detection::kListsInfo)
                m_knows_lists = text_at(row, 1) == m_knowledge.rules.lists_sha256();
            return {};
        }));
        m_glance.file_digests = digests.value_or(std::string { hashed ? kDigestsOfEarlierVersions : "" });
        EXHIBIT_TRY(read_tables());
        EXHIBIT_TRY(read_artifacts());
        m_understood = m_understood && m_is_of_this_version;
        return {};
    }

    Result<void> read_tables()
    {
        EXHIBIT_TRY(walk("artifact_table", [&](TreeRow const& row) -> Result<void> {
            CaseTable table;
            table.name = text_at(row, 0);
            table.artifact = text_at(row, 1);
            table.relation = text_at(row, 3);
            m_view.tables.emplace(table.name, std::move(table));
            return {};
        }));
        EXHIBIT_TRY(walk("artifact_event", [&](TreeRow const& row) -> Result<void> {
            auto const table = m_view.tables.find(text_at(row, 0));
            if (table != m_view.tables.end())
                table->second.add_date(text_at(row, 1));
            return {};
        }));
        std::map<std::string, std::map<std::int64_t, detection::CaseColumn>, std::less<>> columns;
        EXHIBIT_TRY(walk("artifact_column", [&](TreeRow const& row) -> Result<void> {
            if (m_view.table(text_at(row, 0)) == nullptr || row.fields.size() < 6)
                return fail(Fault::malformed, "the case file describes a column of no table");
            columns[std::string { text_at(row, 0) }].insert_or_assign(row.fields[1].integer(),
                detection::CaseColumn { std::string { text_at(row, 2) }, std::string { text_at(row, 3) },
                    std::string { text_at(row, 4) }, std::string { text_at(row, 5) } });
            return {};
        }));
        for (auto& [table, by_position] : columns)
            for (auto& [position, column] : by_position)
                m_view.tables.find(table)->second.columns.push_back(std::move(column));
        detection::TimesOfFiles files;
        EXHIBIT_TRY(walk("acquisition_fact", [&](TreeRow const& row) -> Result<void> {
            files.see_fact(text_at(row, 0), text_at(row, 1));
            return {};
        }));
        for (auto& [name, table] : m_view.tables)
            table.choose_dates(files);
        return {};
    }

    Result<void> read_artifacts()
    {
        EXHIBIT_TRY(walk("artifact", [&](TreeRow const& row) -> Result<void> {
            auto& artifact = m_view.artifacts[std::string { text_at(row, 0) }];
            artifact.title = text_at(row, 1);
            artifact.platform = text_at(row, 3);
            artifact.is_key = integer_at(row, 4).value_or(0) != 0;
            m_view.platforms.insert(artifact.platform);
            return {};
        }));
        return walk("coverage", [&](TreeRow const& row) -> Result<void> {
            auto& artifact = m_view.artifacts[std::string { text_at(row, 1) }];
            ++artifact.states[std::string { text_at(row, 3) }];
            artifact.rows += static_cast<std::uint64_t>(integer_at(row, 4).value_or(0));
            return {};
        });
    }

    /// Rules that the case does not know in this wording need SQLite, unless the case lacks what they need.
    Result<void> look_at_rules()
    {
        constexpr std::array<std::string_view, 3> settled_states { "matched", "silent", "not_evaluated" };
        Names settled;
        if (m_knows_lists)
            EXHIBIT_TRY(walk("rule", [&](TreeRow const& row) -> Result<void> {
                if (std::ranges::find(settled_states, text_at(row, 6)) != settled_states.end())
                    settled.emplace(text_at(row, 0), text_at(row, 10));
                return {};
            }));
        for (auto const& [id, rule] : m_knowledge.rules.rules()) {
            auto const here = settled.find(id);
            if ((here != settled.end() && here->second == rule.sha256) || !detection::is_for(rule, m_view))
                continue;
            m_glance.rules_left_out += detection::missing_column(m_view, rule).empty() ? 0U : 1U;
            m_glance.worth_detection
                = m_glance.worth_detection || detection::missing_need(m_view, rule).empty();
        }
        return {};
    }

    Result<void> look_at_yara()
    {
        if (m_view.table("yara_match") == nullptr)
            return {};
        return walk("yara_match", [&](TreeRow const&) -> Result<void> {
            m_glance.worth_detection = true;
            return {};
        });
    }

    /// Nothing when the table in the file is not the one that this version makes of its description.
    std::optional<Layout> layout_of(CaseTable const& described) const
    {
        std::vector<Column> columns;
        Layout layout;
        auto const places = places_of(described);
        for (auto const& one : described.columns) {
            auto const type = type_named(one.type);
            auto const is = comparable_named(one.holds);
            if (!type || (is && *type != Type::text))
                return std::nullopt;
            columns.push_back({ one.name, *type, is.value_or(Is::opaque), {}, {}, nullptr, nullptr });
            if (is)
                layout.compared.push_back(places.at(one.name));
        }
        auto const place_of = [&](std::string_view name) {
            auto const place = places.find(name);
            return place == places.end() ? std::nullopt : std::optional { place->second };
        };
        layout.direction = place_of("direction");
        layout.device_id = place_of("device_id");
        layout.relation = place_of("row_relation");
        layout.package = place_of("package");
        for (auto const name : detection::kAppColumns)
            if (auto const place = place_of(name))
                layout.apps.push_back(*place);
        for (auto const& date : described.dates)
            if (auto const place = place_of(date))
                layout.dates.push_back(*place);
        Table const table { described.name, {}, Relation::context, columns };
        auto const stored = m_tables.find(described.name);
        if (stored == m_tables.end() || stored->second.sql != create_table(table))
            return std::nullopt;
        return layout;
    }

    Result<void> compare_tables()
    {
        std::vector<ScanUnit> units;
        for (auto const& [name, table] : m_view.tables) {
            auto const* artifact = m_view.artifact(table.artifact);
            if (artifact != nullptr && artifact->rows == 0)
                continue;
            auto const layout = layout_of(table);
            if (!layout) {
                m_understood = false;
                return {};
            }
            if (layout->compared.empty())
                continue;
            auto& unit = units.emplace_back(table, 0, 0);
            EXHIBIT_TRY(walk(name, [&](TreeRow const& row) -> Result<void> {
                compare_row(row, *layout, unit);
                return {};
            }));
        }
        if (std::ranges::any_of(units, [&](ScanUnit const& unit) { return asks_for_more(unit); })) {
            m_understood = false;
            return {};
        }
        EXHIBIT_TRY(read_own_runs());
        detection::LocalTimes no_times;
        detection::RowOrigins no_origins;
        detection::ByteCounts no_bytes;
        m_glance.findings = detection::findings_of(
            units, m_knowledge.indicators, m_words, m_view, { no_times, no_origins, no_bytes });
        detection::sort_findings(m_glance.findings);
        return {};
    }

    /// Whether how much a hit matters hangs on what only SQLite is asked for: bytes that other columns or
    /// tables count, or what the phone's clock showed when an address was met.
    bool asks_for_more(ScanUnit const& unit) const
    {
        return std::ranges::any_of(unit.hits(), [&](ScanUnit::Hit const& hit) {
            auto const& indicator = m_knowledge.indicators.indicators()[hit.match.indicator];
            return indicator.ambiguity == indicators::Ambiguity::outside_network
                || (indicator.kind == indicators::Kind::ip && !hit.time);
        });
    }

    /// After `compare_tables` found the table to be as this version makes it.
    Result<void> read_own_runs()
    {
        auto const* described = m_view.table(detection::kOwnRunTable);
        auto const* artifact = described == nullptr ? nullptr : m_view.artifact(described->artifact);
        if (artifact == nullptr || artifact->rows == 0)
            return {};
        auto const places = places_of(*described);
        auto const started = places.find("started");
        auto const completed = places.find("completed");
        m_understood = m_understood && started != places.end() && completed != places.end();
        if (!m_understood)
            return {};
        return walk(described->name, [&](TreeRow const& row) -> Result<void> {
            m_view.add_own_run(integer_at(row, started->second), integer_at(row, completed->second));
            return {};
        });
    }

    void compare_row(TreeRow const& row, Layout const& layout, ScanUnit& unit)
    {
        RecordRow const record { row, layout };
        for (std::size_t i = 0; i != layout.compared.size(); ++i) {
            auto const value = text_at(row, layout.compared[i]);
            if (value.empty())
                continue;
            ++m_glance.values;
            unit.compare(i, value, record, m_matcher);
        }
    }

    Result<void> read_known()
    {
        return walk("finding", [&](TreeRow const& row) -> Result<void> {
            constexpr std::size_t key = 1;
            constexpr std::size_t severity = 10;
            m_glance.known.emplace(text_at(row, key),
                detection::severity_named(text_at(row, severity)).value_or(detection::Severity::info));
            return {};
        });
    }

    Knowledge const& m_knowledge;
    detection::IndicatorWordTable const& m_words;
    indicators::Matcher& m_matcher;
    sqlite::WalkLimits m_limits;
    std::unique_ptr<Source> m_source;
    std::optional<sqlite::Pages> m_pages;
    std::map<std::string, Stored, std::less<>> m_tables;
    CaseView m_view;
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

Result<std::optional<Glance>> glance_at(
    std::filesystem::path const& case_file, GlanceInputs const& inputs, indicators::Matcher& matcher)
{
    if (has_beside(case_file, "-wal") || has_beside(case_file, "-journal"))
        return std::nullopt;
    return CaseGlance { inputs, matcher }.look(case_file);
}

} // namespace exhibit
