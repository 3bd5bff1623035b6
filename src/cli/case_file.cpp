#include "cli/case_file.hpp"

#include "base/text.hpp"
#include "casefile/schema.hpp"

#include <CLI/CLI.hpp>

namespace exhibit::cli {

void add_case_argument(CLI::App& app, std::filesystem::path& path)
{
    app.add_option("CASE", path, "Case file that `exhibit check` has written")->required();
}

std::optional<casefile::Database> open_or_refuse(Session& session, std::filesystem::path const& path)
{
    auto database = report::open_case(path, session.stop());
    if (!database) {
        session.refuse(database.error().message, database.error().advice);
        return std::nullopt;
    }
    return std::move(*database);
}

void say_if_minimal(Session& session, casefile::Database& database)
{
    auto info = database.prepare("SELECT 1 FROM case_info WHERE name = ?");
    if (!info)
        return;
    auto const there = info->bind(1, kRowsKeptInfo).step();
    if (there && *there)
        session.err().write("this case keeps only the rows that findings rest on (`check --minimal`)\n");
}

bool say_if_unseen(Session& session, casefile::Database& database, std::string_view artifact)
{
    auto states = database.prepare(
        "SELECT state FROM coverage WHERE artifact = ?1 GROUP BY state HAVING NOT EXISTS "
        "(SELECT 1 FROM coverage WHERE artifact = ?1 AND state IN ('parsed', 'partial', 'empty'))");
    if (!states)
        return false;
    auto const there = states->bind(1, artifact).step();
    if (!there || !*there)
        return false;
    session.err().print("{}: {}; nothing of it was seen, `exhibit coverage` says why\n",
        escape_for_terminal(artifact), escape_for_terminal(states->text(0)));
    return true;
}

ExitCode refuse_read(Session& session, casefile::Database const& database, Error const& error)
{
    if (session.stop().stop_requested())
        return session.refuse("stopped");
    if (error.fault == Fault::io || error.fault == Fault::cancelled)
        return session.refuse(error.what);
    auto const words = database.last_message();
    return session.refuse(error.what,
        words.empty() || words == "not an error" ? std::string {} : fmt::format("SQLite says: {}", words));
}

namespace {

/// How long what a text names lasts: a day, a minute, a second, or a moment.
std::chrono::microseconds precision_of(std::string_view text)
{
    constexpr std::size_t date = std::string_view { "2021-05-31" }.size();
    constexpr std::size_t minute = std::string_view { "2021-05-31 14:30" }.size();
    constexpr std::size_t second = std::string_view { "2021-05-31 14:30:59" }.size();
    if (text.size() <= date)
        return std::chrono::days { 1 };
    if (text.size() <= minute || text[minute] != ':')
        return std::chrono::minutes { 1 };
    if (text.size() <= second || (text[second] != '.' && text[second] != ','))
        return std::chrono::seconds { 1 };
    return std::chrono::microseconds { 1 };
}

} // namespace

std::optional<Timestamp> parse_moment(std::string const& text, DayPart part)
{
    auto const moment = from_text(text);
    return moment && part == DayPart::day_end ? *moment + precision_of(text) - std::chrono::microseconds { 1 }
                                              : moment;
}

} // namespace exhibit::cli
