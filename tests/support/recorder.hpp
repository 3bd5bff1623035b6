#pragma once

#include "artifact/artifact.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace exhibit::test {

/// A context that keeps all that a parser says, each row as one line of JSON, and fails the running test
/// when a row breaks a promise: a table of another artifact, a time outside 1970 to 2100, one more after one
/// that was refused.
class Recorder final : public Context {
public:
    explicit Recorder(Artifact const& artifact, Limits const& limits = {})
        : m_artifact(artifact)
        , m_limits(limits)
    {
    }

    using Context::note;
    void note(Level, Fault, std::string_view message, Origin) override;
    [[nodiscard]] Limits const& limits() const override { return m_limits; }
    [[nodiscard]] std::stop_token stop() const override { return {}; }

    /// In the order in which they were added.
    [[nodiscard]] std::vector<std::string> const& rows() const { return m_rows; }
    /// How many live rows a table has.
    [[nodiscard]] std::size_t count(std::string_view table) const;
    /// The text of a row's column as it stands in the line, quotes and all; empty when it was absent.
    [[nodiscard]] std::vector<std::string> values(std::string_view table, std::string_view column) const;
    /// One line of JSON per diagnostic, counted.
    [[nodiscard]] std::vector<std::string> diagnostics() const;
    /// `table.column` of everything that was present in some row.
    [[nodiscard]] std::set<std::string> const& filled() const { return m_filled; }

protected:
    Result<void> add_row(Table const& table, void const* row, Origin origin) override;

private:
    struct Said {
        std::uint64_t count = 0;
        std::uint64_t first = 0;
    };

    Artifact const& m_artifact;
    Limits m_limits;
    std::vector<std::string> m_rows;
    bool m_refused = false; ///< a row was one too many
    std::map<std::tuple<Level, Fault, std::string>, Said> m_said;
    std::set<std::string> m_filled;
};

} // namespace exhibit::test
