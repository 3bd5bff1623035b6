#include "report/timeline.hpp"

#include "acquisition/acquisition.hpp"
#include "base/number.hpp"
#include "base/text.hpp"
#include "cli/case_file.hpp"
#include "cli/choice.hpp"
#include "cli/command.hpp"
#include "report/text_format.hpp"

#include <CLI/CLI.hpp>
#include <map>

namespace exhibit::cli::timeline_command {
namespace {

using report::TimelineEvent;

enum class Format : std::uint8_t { text, csv, jsonl };

constexpr std::size_t kToSeconds = std::string_view { "2024-05-01 10:11:12" }.size();

struct Options {
    std::filesystem::path path;
    std::string from;
    std::string to;
    std::string artifact;
    std::string around;
    std::optional<std::uint64_t> limit;
    Format format = Format::text;
};

/// `2024-05-01 10:11:12`, without what stands for UTC.
void append_local(std::string& out, TimelineEvent const& event)
{
    constexpr std::size_t longest = 26;
    out += escape_for_terminal(event.local_time.substr(0, longest));
}

void append_text(std::string& out, TimelineEvent const& event)
{
    if (event.local_time.empty())
        report::append_time(out, event.time);
    else
        append_local(out, event);
    fmt::format_to(std::back_inserter(out), "  {:<22}  {:<20}  {}{}\n", escape_for_terminal(event.artifact),
        escape_for_terminal(event.kind), escape_for_terminal(event.words),
        event.recovered.empty() ? "" : fmt::format(" [{}]", escape_for_terminal(event.recovered)));
}

void append_csv(std::string& out, TimelineEvent const& event)
{
    if (event.local_time.empty())
        report::append_time(out, event.time);
    for (auto const text : { event.artifact, event.kind, event.words, event.table }) {
        out += ',';
        report::append_csv(out, text);
    }
    out += ',';
    report::append_number(out, event.record_id);
    out += ',';
    report::append_csv(out, event.recovered);
    out += ',';
    append_local(out, event);
}

void append_jsonl(std::string& out, TimelineEvent const& event)
{
    out += "{\"time\":";
    if (event.local_time.empty()) {
        out += '"';
        report::append_iso(out, event.time);
        out += '"';
    } else {
        out += "null,\"local_time\":";
        report::append_json(out, event.local_time);
    }
    out += ",\"artifact\":";
    report::append_json(out, event.artifact);
    out += ",\"kind\":";
    report::append_json(out, event.kind);
    out += ",\"words\":";
    report::append_json(out, event.words);
    out += ",\"table\":";
    report::append_json(out, event.table);
    out += ",\"record_id\":";
    report::append_number(out, event.record_id);
    out += ",\"recovered\":";
    if (event.recovered.empty())
        out += "null";
    else
        report::append_json(out, event.recovered);
    out += "}\n";
}

/// A period is of UTC. What has only the phone's own time may lie in it, and not where it was compared.
Result<void> say_what_no_zone_places(
    Session& session, casefile::Database& database, report::TimelineQuery const& query, std::int64_t shown)
{
    auto const all = EXHIBIT_TRY(report::count_local_events(database, query.artifact));
    if (all != 0)
        session.err().print(
            "{} the phone's own time, of an unknown zone or of a clock that was not set: {}\n",
            counted(static_cast<std::uint64_t>(all), "event has only", "events have only"),
            query.around ? std::string { "none of them is shown" }
                         : fmt::format("{} shown, as if that time were UTC",
                               counted(static_cast<std::uint64_t>(shown), "is", "are")));
    return {};
}

Result<void> say_why_nothing_is_shown(
    Session& session, casefile::Database& database, report::TimelineQuery const& query)
{
    if (!query.artifact.empty() && say_if_unseen(session, database, query.artifact))
        return {};
    auto const whose = query.artifact.empty() ? std::string {} : escape_for_terminal(query.artifact) + ": ";
    if (auto const reach = EXHIBIT_TRY(report::reach_of_timeline(database, query.artifact))) {
        session.err().print("{}no event {}; the timeline{} reaches from {} to {} (UTC)\n", whose,
            query.around ? "around this finding" : "in this period",
            query.artifact.empty() ? "" : " of this artifact", to_text(reach->first).substr(0, kToSeconds),
            to_text(reach->second).substr(0, kToSeconds));
        return {};
    }
    if (EXHIBIT_TRY(report::count_local_events(database, query.artifact)) != 0) {
        session.err().print(
            "{}no event {}; all have only the phone's own time, without --from, --to and --around they are "
            "shown\n",
            whose, query.around ? "around this finding" : "in this period");
        return {};
    }
    auto rows = EXHIBIT_TRY(
        database.prepare("SELECT coalesce(sum(rows), 0) FROM coverage WHERE ?1 = '' OR artifact = ?1"));
    EXHIBIT_TRY(rows.bind(1, query.artifact).step());
    auto const count = static_cast<std::uint64_t>(rows.integer(0));
    session.err().print("{}no event, {}\n", whose,
        count == 0       ? std::string { "and no row" }
            : count == 1 ? std::string { "its only row has no time" }
                         : fmt::format("its {} rows have no time", count));
    return {};
}

void say_what_was_told_again(Session& session, std::uint64_t events)
{
    if (events != 0)
        session.err().print(
            "{} told alike by several files and shown once\n", counted(events, "event is", "events are"));
}

Result<void> print(
    Session& session, casefile::Database& database, report::TimelineQuery const& query, Format format)
{
    if (format == Format::csv)
        session.out().write("time,artifact,kind,words,table,record_id,recovered,local_time\r\n");
    auto const append = format == Format::csv ? append_csv
        : format == Format::jsonl             ? append_jsonl
                                              : append_text;
    std::string line;
    std::uint64_t shown = 0;
    bool more = true;
    bool const is_terminal = session.out().is_terminal();
    auto const show = [&](TimelineEvent const& event) -> Result<bool> {
        line.clear();
        append(line, event);
        if (format == Format::csv)
            line = (is_terminal ? escape_for_terminal(line) : line) + "\r\n";
        session.out().write(line);
        ++shown;
        more = !session.stop().stop_requested() && !session.out().failed();
        return more;
    };
    auto repeated = EXHIBIT_TRY(report::read_timeline(database, query, show));
    if (!more || (query.limit && shown == *query.limit)) {
        say_what_was_told_again(session, repeated);
        return {};
    }
    auto left = query;
    if (left.limit)
        *left.limit -= shown;
    std::int64_t local = 0;
    repeated += EXHIBIT_TRY(
        report::read_local_timeline(database, left, [&](TimelineEvent const& event) -> Result<bool> {
            if (local++ == 0 && format == Format::text)
                session.out().write(
                    "Times of the phone's clock only: its time zone is unknown, or it was not set:\n");
            return show(event);
        }));
    say_what_was_told_again(session, repeated);
    if (!query.limit && (query.from || query.to || query.around))
        EXHIBIT_TRY(say_what_no_zone_places(session, database, query, local));
    if (shown == 0 && query.limit != 0)
        EXHIBIT_TRY(say_why_nothing_is_shown(session, database, query));
    return {};
}

/// Why nothing could be printed: a name or number that the case does not have.
/// Finds the number of the finding to look around.
Result<std::optional<Refusal>> refusal_of(
    casefile::Database& database, Options const& options, std::optional<std::int64_t>& around)
{
    if (!options.around.empty()) {
        auto finding = EXHIBIT_TRY(
            database.prepare("SELECT finding_id, first_seen FROM finding WHERE finding_id=?1 OR key=?2"));
        finding.bind(1, whole_number<std::int64_t>(options.around)).bind(2, options.around);
        if (!EXHIBIT_TRY(finding.step()))
            return Refusal { Fault::missing, fmt::format("this case has no finding {}", options.around),
                "`exhibit findings` lists them with their numbers" };
        if (finding.is_null(1))
            return Refusal { Fault::missing, fmt::format("finding {} has no time in UTC", options.around),
                "`exhibit explain` shows the rows that it rests on; `exhibit timeline` shows what has only "
                "the "
                "phone's own time at its end" };
        around = finding.integer(0);
    }
    if (!options.artifact.empty()) {
        auto artifact = EXHIBIT_TRY(database.prepare("SELECT 1 FROM artifact WHERE artifact=?"));
        if (!EXHIBIT_TRY(artifact.bind(1, options.artifact).step()))
            return Refusal { Fault::missing, fmt::format("this case has no artifact '{}'", options.artifact),
                "`exhibit coverage` lists them" };
    }
    return std::nullopt;
}

ExitCode run(Session& session, Options const& options)
{
    report::TimelineQuery query { parse_moment(options.from, DayPart::day_start),
        parse_moment(options.to, DayPart::day_end), options.artifact, std::nullopt, options.limit };
    for (auto const& [text, moment] : { std::pair { options.from, query.from }, { options.to, query.to } })
        if (!text.empty() && !moment)
            return session.refuse(fmt::format("'{}' is no date that can be read", text),
                "write 2021-05-31, or \"2021-05-31 14:30\", or 2021-05-31T14:30:00+02:00; without a zone it "
                "is UTC");
    if (query.from && query.to && *query.from > *query.to)
        return session.refuse("--from is later than --to", "name the earlier moment with --from");
    auto database = open_or_refuse(session, options.path);
    if (!database)
        return ExitCode::could_not_run;
    auto const refusal = refusal_of(*database, options, query.around);
    if (!refusal)
        return refuse_read(session, *database, refusal.error());
    if (*refusal)
        return session.refuse((*refusal)->message, (*refusal)->advice);
    say_if_minimal(session, *database);
    if (auto const printed = print(session, *database, query, options.format); !printed)
        return refuse_read(session, *database, printed.error());
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    add_case_argument(app, options->path);
    app.add_option("--from", options->from, "The first moment: a date, or date and time, UTC without a zone")
        ->type_name("TIME");
    app.add_option("--to", options->to, "The last moment; a date, minute or second alone means all of it")
        ->type_name("TIME");
    app.add_option("--artifact", options->artifact, "Only events of this artifact")->type_name("ID");
    app.add_option("--around", options->around,
           "Only events within 10 minutes of the rows of this finding, by its number or key")
        ->type_name("FINDING");
    app.add_option("--limit", options->limit, "At most so many events")
        ->check(CLI::Range(std::uint64_t { 0 }, std::uint64_t { INT64_MAX }).description(""))
        ->type_name("N");
    std::map<std::string, Format> const formats { { "text", Format::text }, { "csv", Format::csv },
        { "jsonl", Format::jsonl } };
    choose(app.add_option("--format", options->format, "text, csv or jsonl (default: text)"), formats)
        ->type_name("FORMAT");
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "timeline", Group::read,
    "Print what happened when, over all artifacts, in UTC", "",
    "exhibit timeline phone.exhibit --from 2021-05-01 --to 2021-05-31\n"
    "exhibit timeline phone.exhibit --around 1\n"
    "exhibit timeline phone.exhibit --artifact ios.sms --format jsonl",
    define };

} // namespace exhibit::cli::timeline_command
