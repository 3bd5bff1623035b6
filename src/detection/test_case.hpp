#pragma once

#include "casefile/database.hpp"
#include "detection/rule_set.hpp"

namespace exhibit::detection {

/// What the acquisition says of itself. Every case has it, so that rules need not declare it.
inline constexpr std::string_view kFactTable = "acquisition_fact";

/// A case in memory with the tables that a rule reads, described as in a case file, all of them covered.
class TestCase {
public:
    /// Fails with the SQL error when the tables cannot be made.
    static Result<TestCase> make(RuleSet const& set, Rule const& rule);

    /// Adds the rows of a test; says what was wrong with them, or nothing.
    std::string add_rows(RuleTest const& test);

    /// Only reading from here on, as for real cases.
    void close_for_writing() { m_database.allow_only_reading(); }

    [[nodiscard]] casefile::Database& database() { return m_database; }

private:
    explicit TestCase(casefile::Database database)
        : m_database(std::move(database))
    {
    }
    std::string add_row(std::string const& table, std::int64_t number, YamlValue const& row);

    casefile::Database m_database;
};

} // namespace exhibit::detection
