#pragma once

#include "cli/session.hpp"
#include "report/case.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace exhibit::cli {

/// Adds the positional argument CASE.
void add_case_argument(CLI::App& app, std::filesystem::path& path);

/// Opens a case file; says why when it cannot.
std::optional<casefile::Database> open_or_refuse(Session& session, std::filesystem::path const& path);

/// For what prints rows: says on the error output that the case does not hold all of them.
void say_if_minimal(Session& session, casefile::Database& database);

/// For what came out empty: says on the error output that nothing was read of the artifact, if so. Whether it
/// was.
bool say_if_unseen(Session& session, casefile::Database& database, std::string_view artifact);

/// Says what went wrong while reading a case, with SQLite's own words.
ExitCode refuse_read(Session& session, casefile::Database const& database, Error const& error);

/// A moment that a person gave: a date, or a date and time, in UTC unless it names a zone. `day_end`: a date
/// alone means its last microsecond.
enum class DayPart : std::uint8_t { day_start, day_end };
std::optional<Timestamp> parse_moment(std::string const& text, DayPart part);

} // namespace exhibit::cli
