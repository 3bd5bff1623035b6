#include "report/timeline.hpp"

#include "report/repeated_events.hpp"

#include <algorithm>
#include <limits>
#include <sqlite3.h>
#include <vector>

namespace exhibit::report {
namespace {

using casefile::Database;
using casefile::Statement;

/// Spans of time in microseconds, sorted and apart from each other.
class Spans {
public:
    static Result<Spans> around_finding(Database& database, std::int64_t finding)
    {
        constexpr auto reach = std::chrono::microseconds { kAround }.count();
        Spans spans;
        auto statement = EXHIBIT_TRY(database.prepare(
            "SELECT DISTINCT time FROM finding_row WHERE finding_id=? AND time IS NOT NULL ORDER BY time"));
        statement.bind(1, finding);
        while (EXHIBIT_TRY(statement.step())) {
            auto const time = statement.integer(0);
            if (!spans.m_spans.empty() && time - reach <= spans.m_spans.back().second)
                spans.m_spans.back().second = time + reach;
            else
                spans.m_spans.emplace_back(time - reach, time + reach);
        }
        return spans;
    }

    [[nodiscard]] bool empty() const { return m_spans.empty(); }
    [[nodiscard]] std::int64_t first() const { return m_spans.front().first; }
    [[nodiscard]] std::int64_t last() const { return m_spans.back().second; }

    [[nodiscard]] bool contain(std::int64_t time) const
    {
        auto const after = std::ranges::upper_bound(m_spans, time, {}, &Span::first);
        return after != m_spans.begin() && time <= std::prev(after)->second;
    }

private:
    using Span = std::pair<std::int64_t, std::int64_t>;
    std::vector<Span> m_spans;
};

Result<Statement> prepare(Database& database, TimelineQuery const& query, std::int64_t from, std::int64_t to)
{
    std::string sql = "SELECT time, artifact, table_name, record_id, entry_id, recovered, kind, words "
                      "FROM timeline WHERE time BETWEEN ?1 AND ?2";
    if (!query.artifact.empty())
        sql += " AND artifact = ?3";
    sql += " ORDER BY time, artifact, table_name, record_id, kind";
    auto statement = EXHIBIT_TRY(database.prepare(sql));
    statement.bind(1, from).bind(2, to);
    if (!query.artifact.empty())
        statement.bind(3, query.artifact);
    return statement;
}

TimelineEvent event_of(Statement const& statement)
{
    TimelineEvent event;
    if (statement.type(0) == SQLITE_TEXT)
        event.local_time = statement.text(0);
    else
        event.time = Timestamp { std::chrono::microseconds { statement.integer(0) } };
    event.artifact = statement.text(1);
    event.table = statement.text(2);
    event.record_id = statement.integer(3);
    event.entry_id = statement.integer(4);
    event.recovered = statement.text(5);
    event.kind = statement.text(6);
    event.words = statement.text(7);
    return event;
}

/// Without what is zero at its end: no text of the same moment sorts before it, however much of it was
/// stored.
std::string shortest_text(Timestamp time)
{
    auto text = to_text(time);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
        text.pop_back();
    for (std::string_view const zero : { ":00", " 00:00" })
        if (text.ends_with(zero))
            text.erase(text.size() - zero.size());
    return text;
}

std::int64_t micros(std::optional<Timestamp> time, std::int64_t otherwise)
{
    return time ? time->time_since_epoch().count() : otherwise;
}

/// Older cases have none.
Result<bool> has_local_timeline(Database& database)
{
    auto view = EXHIBIT_TRY(database.prepare("SELECT 1 FROM sqlite_schema WHERE name='local_timeline'"));
    return view.step();
}

} // namespace

Result<std::uint64_t> read_timeline(Database& database, TimelineQuery const& query,
    std::function<Result<bool>(TimelineEvent const&)> const& visitor)
{
    using Number = std::numeric_limits<std::int64_t>;
    auto from = micros(query.from, Number::min());
    auto to = micros(query.to, Number::max());
    std::optional<Spans> spans;
    if (query.around) {
        spans = EXHIBIT_TRY(Spans::around_finding(database, *query.around));
        if (spans->empty())
            return 0;
        from = std::max(from, spans->first());
        to = std::min(to, spans->last());
    }
    auto left = query.limit.value_or(std::numeric_limits<std::uint64_t>::max());
    auto statement = EXHIBIT_TRY(prepare(database, query, from, to));
    RepeatedEvents repeated { database };
    while (left != 0 && EXHIBIT_TRY(statement.step())) {
        if (spans && !spans->contain(statement.integer(0)))
            continue;
        auto const event = event_of(statement);
        if (EXHIBIT_TRY(repeated.is_repeated(event))) {
            if (query.repeated)
                query.repeated(event);
            continue;
        }
        if (!EXHIBIT_TRY(visitor(event)))
            break;
        --left;
    }
    return repeated.count();
}

Result<std::optional<std::pair<Timestamp, Timestamp>>> reach_of_timeline(
    Database& database, std::string_view artifact)
{
    auto reach = EXHIBIT_TRY(
        database.prepare("SELECT min(time), max(time) FROM timeline WHERE ?1 = '' OR artifact = ?1"));
    if (!EXHIBIT_TRY(reach.bind(1, artifact).step()) || reach.is_null(0))
        return std::optional<std::pair<Timestamp, Timestamp>> {};
    auto const moment
        = [&](int column) { return Timestamp { std::chrono::microseconds { reach.integer(column) } }; };
    return std::optional { std::pair { moment(0), moment(1) } };
}

Result<std::int64_t> count_local_events(Database& database, std::string_view artifact)
{
    if (!EXHIBIT_TRY(has_local_timeline(database)))
        return 0;
    auto count
        = EXHIBIT_TRY(database.prepare("SELECT count(*) FROM local_timeline WHERE ?1 = '' OR artifact = ?1"));
    EXHIBIT_TRY(count.bind(1, artifact).step());
    return count.integer(0);
}

Result<std::uint64_t> read_local_timeline(Database& database, TimelineQuery const& query,
    std::function<Result<bool>(TimelineEvent const&)> const& visitor)
{
    if (query.around || !EXHIBIT_TRY(has_local_timeline(database)))
        return 0;
    auto statement = EXHIBIT_TRY(database.prepare(
        "SELECT local_time, artifact, table_name, record_id, entry_id, recovered, kind, words "
        "FROM local_timeline WHERE (?1 IS NULL OR local_time >= ?1) AND (?2 IS NULL OR "
        "local_time <= ?2) AND (?3 = '' OR artifact = ?3) "
        "ORDER BY local_time, artifact, table_name, record_id, kind"));
    auto const from = query.from ? std::optional { shortest_text(*query.from) } : std::nullopt;
    auto const to = query.to ? std::optional { to_text(*query.to) } : std::nullopt;
    statement.bind(1, from).bind(2, to).bind(3, query.artifact);
    RepeatedEvents repeated { database };
    auto left = query.limit.value_or(std::numeric_limits<std::uint64_t>::max());
    while (left != 0 && EXHIBIT_TRY(statement.step())) {
        auto const event = event_of(statement);
        if (EXHIBIT_TRY(repeated.is_repeated(event)))
            continue;
        if (!EXHIBIT_TRY(visitor(event)))
            break;
        --left;
    }
    return repeated.count();
}

} // namespace exhibit::report
