#pragma once

#include "report/case.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::report {

/// The rows that findings rest on as records of their modules, the same that stand in the modules' files.
/// Rows of tables that MVT has no file for are written with the names of their own columns.
class MvtAlertEvents {
public:
    /// Reads each table that findings point to once. Fails with `cancelled` when stopped.
    static Result<MvtAlertEvents> read(
        casefile::Database& database, std::vector<TableInfo> const& tables, std::stop_token const& stop);

    struct Event {
        std::string module; ///< the name of its file without `.json`; empty where MVT has none
        std::string record; ///< JSON, indented as a member of an alert
    };

    /// An event without module, `{}`, for what no table holds.
    [[nodiscard]] Event const& find(std::string_view table, std::int64_t record) const;

private:
    using Key = std::pair<std::string, std::int64_t>;

    /// The rows that are records, for those that findings point to.
    Result<void> find_records(
        casefile::Database& database, std::vector<TableInfo> const& tables, std::vector<Key> const& rows);
    Result<void> read_table(casefile::Database& database, std::vector<TableInfo> const& tables,
        TableInfo const& table, std::set<std::int64_t> const& wanted, std::stop_token const& stop);
    Result<void> read_module(casefile::Database& database, std::vector<TableInfo> const& tables,
        TableInfo const& table, std::set<std::int64_t> wanted, std::stop_token const& stop);

    std::map<Key, Key> m_told_by; ///< of rows that are no records: the row whose record tells of them
    std::map<std::string, std::set<std::int64_t>, std::less<>> m_wanted;
    std::map<Key, Event> m_events;
    Event m_none { {}, "{}" };
};

} // namespace exhibit::report
