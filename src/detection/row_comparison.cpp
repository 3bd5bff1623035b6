#include "detection/row_comparison.hpp"

#include "casefile/schema.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace exhibit::detection {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::size_t column_named(Table const& table, std::string_view name)
{
    auto const found = std::ranges::find(table.columns, name, &Column::name);
    return found == table.columns.end() ? kNone : static_cast<std::size_t>(found - table.columns.begin());
}

/// As the case will describe the table.
CaseTable case_table_of(Table const& table, std::string_view artifact, TimesOfFiles const& files)
{
    CaseTable described;
    described.name = table.name;
    described.artifact = artifact;
    described.relation = name_of(table.relation);
    for (auto const& event : table.events)
        described.add_date(event.when);
    for (auto const& column : table.columns)
        described.columns.push_back(CaseColumn::of(column));
    described.choose_dates(files);
    return described;
}

} // namespace

/// The columns of a table that count.
struct RowComparison::Places {
    Places(Table const& table, CaseTable const& described)
        : relation(column_named(table, "row_relation"))
        , direction(column_named(table, "direction"))
        , device_id(column_named(table, "device_id"))
        , package(column_named(table, "package"))
    {
        for (auto const name : kAppColumns)
            apps.push_back(column_named(table, name));
        for (auto const& date : described.dates)
            dates.push_back(column_named(table, date));
    }

    std::vector<std::size_t> compared; ///< by their order in `ScanUnit::columns`
    std::vector<std::size_t> dates;
    std::vector<std::size_t> apps;
    std::size_t relation;
    std::size_t direction;
    std::size_t device_id;
    std::size_t package;
};

class RowComparison::Seen final : public ScannedRow {
public:
    Seen(SeenRow const& row, Places const& places)
        : m_row(row)
        , m_places(places)
    {
    }

    [[nodiscard]] std::int64_t record_id() const override { return m_row.record_id; }
    [[nodiscard]] std::optional<std::int64_t> time() const override
    {
        for (auto const date : m_places.dates)
            if (m_row.times[date])
                return m_row.times[date];
        return std::nullopt;
    }
    [[nodiscard]] std::string_view relation() const override { return text(m_places.relation); }
    [[nodiscard]] std::string_view direction() const override { return text(m_places.direction); }
    [[nodiscard]] std::string_view device_id() const override { return text(m_places.device_id); }
    [[nodiscard]] std::string_view app() const override
    {
        for (auto const place : m_places.apps)
            if (auto const app = text(place); !app.empty())
                return app;
        return {};
    }
    [[nodiscard]] std::string_view package() const override { return text(m_places.package); }
    [[nodiscard]] bool is_earlier_version() const override { return m_row.earlier_version; }

private:
    [[nodiscard]] std::string_view text(std::size_t column) const
    {
        return column == kNone ? std::string_view {} : m_row.texts[column];
    }

    SeenRow const& m_row;
    Places const& m_places;
};

/// The rows of one table.
struct RowComparison::Compare {
    Compare(Table const& table, CaseTable const& described)
        : places(table, described)
        , unit(described, 0, INT64_MAX)
    {
        for (auto const& column : unit.columns())
            places.compared.push_back(column_named(table, *column.name));
    }

    Places places;
    ScanUnit unit;
};

class RowComparison::Observer final : public RowObserver {
public:
    explicit Observer(indicators::IndicatorSet const& set)
        : m_matcher(set)
    {
    }

    void add(Table const& table, CaseTable const& described)
    {
        Compare compare { table, described };
        if (!compare.places.compared.empty())
            m_tables.emplace(&table, std::move(compare));
    }

    void see(SeenRow const& row) override
    {
        auto const found = m_tables.find(&row.table);
        if (found == m_tables.end())
            return;
        auto& [places, unit] = found->second;
        Seen const seen { row, places };
        for (std::size_t i = 0; i != places.compared.size(); ++i)
            if (auto const value = row.texts[places.compared[i]]; !value.empty()) {
                ++m_values;
                unit.compare(i, value, seen, m_matcher);
            }
    }

    [[nodiscard]] std::unordered_map<Table const*, Compare>& tables() { return m_tables; }
    [[nodiscard]] std::uint64_t values() const { return m_values; }

private:
    indicators::Matcher m_matcher;
    std::unordered_map<Table const*, Compare> m_tables;
    std::uint64_t m_values = 0;
};

RowComparison::RowComparison(indicators::IndicatorSet const& set, std::span<Artifact const* const> artifacts,
    TimesOfFiles const& files, unsigned threads)
{
    for (unsigned i = 0; i != threads; ++i)
        m_observers.push_back(std::make_unique<Observer>(set));
    if (set.indicators().empty())
        return;
    for (auto const* artifact : artifacts)
        for (auto const* table : artifact->tables) {
            m_tables.push_back(std::make_unique<CaseTable>(case_table_of(*table, artifact->id, files)));
            for (auto const& observer : m_observers)
                observer->add(*table, *m_tables.back());
        }
}

RowComparison::~RowComparison() = default;

std::vector<RowObserver*> RowComparison::observers() const
{
    std::vector<RowObserver*> all;
    all.reserve(m_observers.size());
    for (auto const& observer : m_observers)
        all.push_back(observer.get());
    return all;
}

Compared RowComparison::finish()
{
    Compared compared;
    std::map<std::string_view, ScanUnit> units;
    for (auto const& observer : m_observers) {
        compared.values += observer->values();
        for (auto& [table, compare] : observer->tables()) {
            auto const [unit, is_first] = units.try_emplace(table->name, std::move(compare.unit));
            if (!is_first)
                unit->second.join(std::move(compare.unit));
        }
    }
    for (auto& [name, unit] : units) {
        unit.sort();
        compared.units.push_back(std::move(unit));
    }
    return compared;
}

} // namespace exhibit::detection
