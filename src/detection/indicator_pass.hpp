#pragma once

#include "detection/byte_counts.hpp"
#include "detection/case_view.hpp"
#include "detection/copies.hpp"
#include "detection/finding.hpp"
#include "detection/indicator_words.hpp"
#include "indicators/matcher.hpp"

#include <array>
#include <atomic>
#include <stop_token>

namespace exhibit::detection {

/// Where tables of processes name the app that a process belongs to.
inline constexpr std::array<std::string_view, 2> kAppColumns { "bundle_id", "process_part" };

/// What a hit keeps of its row, whichever way the row was read.
class ScannedRow {
public:
    ScannedRow() = default;
    ScannedRow(ScannedRow const&) = delete;
    ScannedRow& operator=(ScannedRow const&) = delete;
    virtual ~ScannedRow() = default;

    [[nodiscard]] virtual std::int64_t record_id() const = 0;
    /// The first in the table's columns `dates`.
    [[nodiscard]] virtual std::optional<std::int64_t> time() const = 0;
    /// In columns of these names; empty where there is none.
    [[nodiscard]] virtual std::string_view relation() const = 0;
    [[nodiscard]] virtual std::string_view direction() const = 0;
    [[nodiscard]] virtual std::string_view device_id() const = 0;
    /// The first in the columns of `kAppColumns`; empty where there is none.
    [[nodiscard]] virtual std::string_view app() const = 0;
    [[nodiscard]] virtual std::string_view package() const = 0;
    /// Whether the phone has changed the row since.
    [[nodiscard]] virtual bool is_earlier_version() const = 0;
};

/// One stretch of one artifact table: the columns that indicators may be compared with, read once.
class ScanUnit {
public:
    /// A cell that met an indicator.
    struct Hit {
        CaseTable const* table = nullptr;
        std::int64_t record_id = 0;
        std::string const* column = nullptr;
        /// Of the table, or of the row where it has a column for it; `sent`, `context` or `present` when the
        /// row's direction says so, `elsewhere` when its column `device_id` names another device.
        std::string relation;
        std::string value; ///< the part that matched, cut when long
        std::string app; ///< that the process belongs to; empty where none is named or it is Apple's
        std::string package; ///< of the app that the row is about, where it has a column of this name
        std::optional<std::int64_t> time;
        bool earlier_version = false; ///< the phone has changed the row since
        indicators::Match match;
    };

    struct Column {
        std::string const* name;
        Is is;
    };

    ScanUnit(CaseTable const& table, std::int64_t first, std::int64_t last);

    /// Reads the rows and keeps what matches. Adds to `values` how many values were compared.
    Result<void> run(casefile::Database& reader, indicators::Matcher& matcher, std::stop_token const& stop,
        std::atomic<std::uint64_t>& values);

    /// The columns that are compared, in their order in the table.
    [[nodiscard]] std::vector<Column> const& columns() const { return m_columns; }
    /// Compares one cell and keeps what matches; rows come in the order of their ids.
    void compare(
        std::size_t column, std::string_view value, ScannedRow const& row, indicators::Matcher& matcher);

    [[nodiscard]] std::vector<Hit> const& hits() const { return m_hits; }
    /// Takes over the hits in other rows of the same table; to be sorted afterwards.
    void join(ScanUnit other);
    /// For rows that did not come in the order of their ids.
    void sort();

private:
    [[nodiscard]] std::string query() const;

    CaseTable const* m_table;
    std::int64_t m_first;
    std::int64_t m_last;
    bool m_has_relation;
    bool m_has_direction;
    bool m_has_device;
    bool m_has_package;
    std::vector<Column> m_columns;
    std::vector<Hit> m_hits;
};

/// Cuts all tables that hold something comparable into units, in the order of their names and rows.
Result<std::vector<ScanUnit>> plan_scan(casefile::Database& reader, CaseView const& view);

/// What is asked of single rows.
struct RowLookups {
    LocalTimes& local_times;
    RowOrigins& origins;
    ByteCounts& bytes;
};

/// Groups the hits of all units: one finding for each account, and for each other value, relation and
/// artifact.
std::vector<Finding> findings_of(std::vector<ScanUnit> const& units, indicators::IndicatorSet const& set,
    IndicatorWordTable const& words, CaseView const& view, RowLookups const& rows);

} // namespace exhibit::detection
