#include "detection/recovered_findings.hpp"

#include "casefile/schema.hpp"
#include "detection/row_queries.hpp"

#include <fmt/format.h>

namespace exhibit::detection {
namespace {

class RecoveredRows {
public:
    RecoveredRows(casefile::Database& reader, CaseView const& view)
        : m_queries(reader, view)
    {
    }

    enum class State : std::uint8_t { live, earlier_version, recovered };

    State of(FindingRow const& row)
    {
        auto* const statement = m_queries.find(row.table, [](CaseTable const& table) {
            return fmt::format("SELECT recovered FROM \"{}\" WHERE record_id = ?", table.name);
        });
        if (statement == nullptr)
            return State::live;
        statement->bind(1, row.record_id);
        auto const there = statement->step();
        auto const state = !there || !*there || statement->is_null(0) ? State::live
            : is_earlier_version(statement->text(0))                  ? State::earlier_version
                                                                      : State::recovered;
        statement->reset();
        return state;
    }

private:
    RowQueries m_queries;
};

bool is_only_recovered(Finding const& finding, RecoveredRows& rows)
{
    bool is_recovered = false;
    for (auto const& row : finding.rows) {
        auto const state = rows.of(row);
        if (state == RecoveredRows::State::live)
            return false;
        is_recovered = is_recovered || state == RecoveredRows::State::recovered;
    }
    return is_recovered;
}

} // namespace

void say_what_is_only_recovered(
    casefile::Database& reader, CaseView const& view, std::vector<Finding>& findings)
{
    RecoveredRows rows { reader, view };
    for (auto& finding : findings)
        if (is_only_recovered(finding, rows))
            finding.summary += finding.row_count == 1
                ? " Only a recovered record says so: the phone had deleted or replaced it."
                : " Only recovered records say so: the phone had deleted or replaced them.";
}

} // namespace exhibit::detection
