#include "casefile/sink.hpp"

#include "base/beginning.hpp"
#include "base/recovered_place.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"

#include <algorithm>
#include <utility>

namespace exhibit {
namespace {

constexpr std::size_t kMostDiagnostics = 1000; // distinct ones per task
constexpr Timestamp kFirstPhones { std::chrono::seconds { 1'167'609'600 } }; // 2007, for either system

/// Whether the phone stored a moment there: neither 0 nor one of the negative numbers that stand for none.
bool is_set(std::variant<std::monostate, std::int64_t, double, std::string> const& raw)
{
    if (auto const* number = std::get_if<std::int64_t>(&raw))
        return *number > 0;
    auto const* real = std::get_if<double>(&raw);
    return real != nullptr && *real > 0;
}

} // namespace

std::uint64_t TaskRows::rows() const
{
    std::uint64_t sum = 0;
    for (auto const& table : tables)
        sum += table.rows;
    return sum;
}

std::uint64_t TaskRows::recovered() const
{
    std::uint64_t sum = 0;
    for (auto const& table : tables)
        sum += table.recovered;
    return sum;
}

bool TaskRows::damaged() const
{
    return std::ranges::any_of(diagnostics, [](auto const& one) { return one.level == Level::damage; });
}

TaskSink::TaskSink(PageFile& file, std::int64_t task, std::int64_t entry_id,
    std::span<Table const* const> tables, Limits const& limits, std::stop_token stop,
    std::atomic<std::uint64_t>& rows_so_far)
    : m_first_row(task * kRowsPerTask)
    , m_entry_id(entry_id)
    , m_limits(limits)
    , m_stop(std::move(stop))
    , m_rows_so_far(&rows_so_far)
    , m_latest(std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now())
          + std::chrono::days { 1 })
{
    for (auto const* table : tables) {
        std::vector<bool> is_event;
        for (auto const& column : table->columns)
            is_event.push_back(std::ranges::any_of(
                table->events, [&](auto const& event) { return event.when == column.name; }));
        m_open.push_back({ { table, {}, 0, 0 }, TableLoader { file }, std::move(is_event) });
    }
}

void TaskSink::note(Level level, Fault fault, std::string_view message, Origin origin)
{
    std::tuple key { level, fault, is_plain_utf8(message) ? std::string { message } : repair_utf8(message) };
    if (m_diagnostics.size() >= kMostDiagnostics && !m_diagnostics.contains(key))
        key = { Level::warning, Fault::over_limit, "more kinds of diagnostics than are kept" };
    auto& diagnostic = m_diagnostics[key];
    if (diagnostic.count == 0)
        diagnostic = { std::get<0>(key), std::get<1>(key), std::get<2>(key), 0, origin.locator };
    ++diagnostic.count;
}

std::string_view TaskSink::encode_text(std::string_view text)
{
    auto kept = beginning_of(text, m_limits.text);
    if (kept.size() != text.size())
        note(Level::warning, Fault::over_limit, "text longer than the limit was cut", {});
    if (!is_plain_utf8(kept))
        kept = m_repaired.emplace_back(repair_utf8(kept));
    m_record.add(kept);
    return kept;
}

void TaskSink::count_event(Time const& time, Origin origin)
{
    if (!time.utc) {
        if (is_set(time.raw))
            note(Level::note, Fault::malformed, "the time is no plausible date: not on the timeline", origin);
    } else if (*time.utc < kFirstPhones || *time.utc > m_latest) {
        note(Level::note, Fault::malformed,
            "the time lies before the first such phones or after this examination: not part of the covered "
            "period",
            origin);
    } else {
        m_first_seen = std::min(m_first_seen.value_or(*time.utc), *time.utc);
        m_last_seen = std::max(m_last_seen.value_or(*time.utc), *time.utc);
    }
}

void TaskSink::encode_time(Time const& time)
{
    if (time.utc)
        m_record.add(time.utc->time_since_epoch().count());
    else
        m_record.add_null();
    if (auto const* text = std::get_if<std::string>(&time.raw))
        encode_text(*text);
    else if (auto const* number = std::get_if<std::int64_t>(&time.raw))
        m_record.add(*number);
    else if (auto const* real = std::get_if<double>(&time.raw))
        m_record.add(*real);
    else
        m_record.add_null();
}

void TaskSink::encode(Open& open, void const* row, Origin origin)
{
    m_record.clear();
    m_record.add_null(); // record_id is the row id itself
    m_record.add(m_entry_id);
    bool const live = origin.recovered == Recovered::live;
    m_record.add(static_cast<std::int64_t>(
        is_in_page(origin.recovered) ? RecoveredPlace::from_locator(origin.locator).page : origin.locator));
    if (live)
        m_record.add_null();
    else
        m_record.add(std::string_view { recovered_words(origin) });
    auto const& columns = open.table.table->columns;
    m_repaired.clear();
    m_texts.assign(columns.size(), {});
    m_times.assign(columns.size(), std::nullopt);
    for (std::size_t i = 0; i != columns.size(); ++i) {
        auto const value = columns[i].read(row);
        if (auto const* text = std::get_if<std::string_view>(&value)) {
            m_texts[i] = encode_text(*text);
        } else if (auto const* number = std::get_if<std::int64_t>(&value)) {
            m_record.add(*number);
        } else if (auto const* time = std::get_if<Time const*>(&value)) {
            encode_time(**time);
            if (open.is_event[i])
                count_event(**time, origin);
            if ((*time)->utc)
                m_times[i] = (*time)->utc->time_since_epoch().count();
        } else if (auto const* real = std::get_if<double>(&value)) {
            m_record.add(*real);
        } else if (auto const* blob = std::get_if<Bytes>(&value)) {
            if (blob->size() > m_limits.blob)
                note(Level::warning, Fault::over_limit, "binary value longer than the limit was cut", origin);
            m_record.add(blob->first(std::min(blob->size(), m_limits.blob)));
        } else {
            m_record.add_null();
        }
    }
}

Result<void> TaskSink::add_row(Table const& table, void const* row, Origin origin)
{
    auto const open = std::ranges::find(m_open, &table, [](auto const& one) { return one.table.table; });
    if (open == m_open.end())
        return fail(Fault::unsupported, "a row for a table that its artifact does not declare");
    if (open->table.rows >= std::min<std::uint64_t>(m_limits.rows, kRowsPerTask))
        return fail(Fault::over_limit, "more rows than the limit", open->table.rows);
    if (open->table.rows % 1024 == 0 && m_stop.stop_requested())
        return fail(Fault::cancelled, "cancelled");
    encode(*open, row, origin);
    auto const record_id = m_first_row + static_cast<std::int64_t>(open->table.rows);
    EXHIBIT_TRY(open->loader.add(record_id, m_record.finish()));
    if (m_observer != nullptr)
        m_observer->see({ table, record_id, m_texts, m_times, is_earlier_version(origin) });
    ++open->table.rows;
    if (origin.recovered != Recovered::live)
        ++open->table.recovered;
    m_rows_so_far->fetch_add(1, std::memory_order_relaxed);
    return {};
}

TaskRows TaskSink::take_counts()
{
    TaskRows rows;
    for (auto& open : m_open) {
        rows.tables.push_back({ open.table.table, {}, std::exchange(open.table.rows, 0),
            std::exchange(open.table.recovered, 0) });
    }
    for (auto& [key, diagnostic] : m_diagnostics)
        rows.diagnostics.push_back(std::move(diagnostic));
    m_diagnostics.clear();
    rows.first_seen = std::exchange(m_first_seen, std::nullopt);
    rows.last_seen = std::exchange(m_last_seen, std::nullopt);
    return rows;
}

TaskRows TaskSink::next(std::int64_t task, std::int64_t entry_id)
{
    m_first_row = task * kRowsPerTask;
    m_entry_id = entry_id;
    return take_counts();
}

TaskRows TaskSink::finish()
{
    auto rows = take_counts();
    for (std::size_t i = 0; i != m_open.size(); ++i)
        rows.tables[i].loaded = m_open[i].loader.finish();
    return rows;
}

} // namespace exhibit
