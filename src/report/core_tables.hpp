#pragma once

#include "artifact/table.hpp"
#include "report/case.hpp"

#include <array>
#include <span>
#include <string_view>

namespace exhibit::report {

/// A table that every case file has, and which of its integer columns are times or flags.
struct CoreTable {
    std::string_view name;
    std::array<std::string_view, 2> times {};
    std::string_view flag {};

    [[nodiscard]] Type type_of(std::string_view column) const
    {
        if (!column.empty() && (column == times[0] || column == times[1]))
            return Type::time;
        return !column.empty() && column == flag ? Type::boolean : Type::text;
    }
};

/// The core tables in the order in which exports write them.
inline std::span<CoreTable const> core_tables()
{
    static constexpr std::array kTables {
        CoreTable { "case_info" },
        CoreTable { "acquisition_fact" },
        CoreTable { "acquisition_problem" },
        CoreTable { "artifact", {}, "is_key" },
        CoreTable { "artifact_table" },
        CoreTable { "artifact_column" },
        CoreTable { "artifact_event" },
        CoreTable { "indicator_pack", { "published" } },
        CoreTable { "unusable_indicator" },
        CoreTable { "rule" },
        CoreTable { "rule_query" },
        CoreTable { "assessment", { "first_seen", "last_seen" } },
        CoreTable { "assessment_finding" },
        CoreTable { "covered_period", { "first_seen", "last_seen" } },
        CoreTable { "finding", { "first_seen", "last_seen" }, "ambiguous" },
        CoreTable { "finding_row", { "time" } },
        CoreTable { "coverage", { "first_seen", "last_seen" } },
        CoreTable { "diagnostic" },
        CoreTable { "entry", { "modified" } },
    };
    return kTables;
}

/// Whether a case has a table: those of earlier versions lack some.
inline Result<bool> case_has_table(casefile::Database& database, std::string_view name)
{
    auto table = EXHIBIT_TRY(database.prepare("SELECT 1 FROM sqlite_master WHERE type='table' AND name=?"));
    return table.bind(1, name).step();
}

} // namespace exhibit::report
