#include "casefile/sink.hpp"

#include "base/beginning.hpp"
#include "base/local_moment.hpp"
#include "base/recovered_place.hpp"
#include "base/text.hpp"
#include "casefile/schema.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace exhibit {
namespace {

constexpr std::size_t kMostDiagnostics = 1000; // distinct ones per task
constexpr std::uint64_t kRowsToldAtOnce = 256; // Threads that add to one number for each row wait for it.
constexpr Timestamp kFirstPhones { std::chrono::seconds { 1'167'609'600 } }; // 2007, for either system

/// Numbers that stand for no moment: 0, -1, the smallest that there is, 1970 counted from 2001, and what
/// Foundation calls the distant past and the distant future (of which two spellings are met).
bool stands_for_none(double number)
{
    static constexpr std::array<double, 9> kNone { 0, -1, -978'307'200, -63'114'076'800, -63'113'904'000,
        -62'135'769'600, -62'135'596'800, 64'092'211'200, 65'070'518'400 };
    return number <= static_cast<double>(std::numeric_limits<std::int64_t>::min())
        || std::ranges::any_of(kNone, [&](auto one) { return number == one || number == one * 1e9; });
}

std::optional<std::int64_t> micros_of(Time const& time)
{
    return time.utc ? std::optional<std::int64_t> { time.utc->time_since_epoch().count() } : std::nullopt;
}

/// Local text stands in the view `local_timeline`, which knows these forms, or names no moment at all.
bool is_lost(std::string_view text, Clock clock)
{
    if (clock != Clock::local_text && clock != Clock::utc_text)
        return !text.empty();
    bool const names_moment
        = text != "-1" && std::ranges::any_of(text, [](char c) { return c >= '1' && c <= '9'; });
    return names_moment && !is_local_moment(text);
}

/// Whether the phone stored a moment there that is on neither timeline.
bool is_lost(Time const& time, Clock clock)
{
    if (time.utc || time.absent())
        return false;
    if (auto const* text = std::get_if<std::string>(&time.raw))
        return is_lost(*text, clock);
    if (auto const* number = std::get_if<std::int64_t>(&time.raw))
        return !stands_for_none(static_cast<double>(*number));
    return !stands_for_none(std::get<double>(time.raw));
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
    , m_file(&file)
    , m_most_rows(std::min<std::uint64_t>(limits.rows, kRowsPerTask))
    , m_latest(std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now())
          + std::chrono::days { 1 })
{
    for (auto const* table : tables) {
        std::vector<bool> is_event;
        for (auto const& column : table->columns)
            is_event.push_back(std::ranges::any_of(
                table->events, [&](auto const& event) { return event.when == column.name; }));
        m_open.push_back({ { table, {}, {}, 0, 0 }, TableLoader { file }, std::move(is_event), 0 });
    }
}

TaskSink::TaskSink(TaskSink const& whole, std::size_t part, std::uint64_t most_rows, std::uint64_t room)
    : m_first_row(whole.m_first_row + (static_cast<std::int64_t>(part) + 1) * kRowsPerPart)
    , m_entry_id(whole.m_entry_id)
    , m_limits(whole.m_limits)
    , m_stop(whole.m_stop)
    , m_rows_so_far(whole.m_rows_so_far)
    , m_file(whole.m_file)
    , m_room(room)
    , m_most_rows(most_rows)
    , m_latest(whole.m_latest)
{
    for (auto const& open : whole.m_open)
        m_open.push_back({ { open.table.table, {}, {}, 0, 0 }, TableLoader { *m_file }, open.is_event, 0 });
}

Result<void> TaskSink::read_parts(std::size_t count, ReadPart const& read)
{
    bool const has_row = std::ranges::any_of(m_open, [](Open const& open) { return open.next_row != 0; });
    if (!m_run_parts || has_row || count < 2 || count > kMostParts)
        return Context::read_parts(count, read);
    auto const most_rows = std::min<std::uint64_t>(m_most_rows / count, kRowsPerPart);
    m_most_rows = most_rows; // What follows them in the task itself comes before them in the tables.
    m_room /= count + 1;
    std::vector<Part> parts(count);
    m_run_parts(count, [&](std::size_t number, RowObserver* observer) {
        auto& part = parts[number];
        try {
            TaskSink sink { *this, number, most_rows, m_room };
            sink.watch(observer);
            try {
                part.result = read(number, sink);
            } catch (...) { // Who reads the whole is told below.
                part.failure = std::current_exception();
            }
            part.rows = sink.finish();
        } catch (...) { // Of such a part nothing is left.
            part.failure = std::current_exception();
        }
    });
    Result<void> result;
    std::exception_ptr failure;
    for (auto& part : parts) {
        add_part(std::move(part.rows));
        if (result && !part.result)
            result = part.result;
        if (!failure)
            failure = part.failure;
    }
    if (failure)
        std::rethrow_exception(failure);
    return result;
}

/// Has the task leave behind what a part of it did.
void TaskSink::add_part(TaskRows part)
{
    for (std::size_t i = 0; i != part.tables.size(); ++i) {
        auto& table = m_open[i].table;
        auto& of_part = part.tables[i];
        table.rows += of_part.rows;
        table.recovered += of_part.recovered;
        if (!of_part.loaded.empty())
            table.parts.push_back(std::move(of_part.loaded));
    }
    for (auto& one : part.diagnostics)
        count(one.level, one.fault, std::move(one.message), one.count, one.first_locator);
    if (part.first_seen) {
        m_first_seen = std::min(m_first_seen.value_or(*part.first_seen), *part.first_seen);
        m_last_seen = std::max(m_last_seen.value_or(*part.last_seen), *part.last_seen);
    }
}

RowRoom RowRoom::for_tasks(std::size_t tasks, std::uint64_t bytes)
{
    // What repeats the longest text of a file in each row would fill a disk. Of what is compressed within a
    // file, as some logs are, some ten times its length comes out.
    constexpr std::uint64_t pool = 256U << 20U;
    constexpr std::uint64_t least = 64U << 10U;
    constexpr std::uint64_t times = 64;
    return { std::max<std::uint64_t>(least, pool / std::max<std::size_t>(tasks, 1)),
        times + pool / std::max<std::uint64_t>(bytes, 1) };
}

std::uint64_t RowRoom::of(std::uint64_t bytes) const
{
    bool const fits = bytes <= std::numeric_limits<std::uint64_t>::max() / 2 / times;
    return for_any + (fits ? bytes * times : std::numeric_limits<std::uint64_t>::max() / 2);
}

void TaskSink::read_from(std::uint64_t bytes, RowRoom const& room)
{
    m_room = room.of(bytes);
}

void TaskSink::note(Level level, Fault fault, std::string_view message, Origin origin)
{
    count(level, fault, is_plain_utf8(message) ? std::string { message } : repair_utf8(message), 1,
        origin.locator);
}

void TaskSink::count(
    Level level, Fault fault, std::string message, std::uint64_t count, std::uint64_t locator)
{
    std::tuple key { level, fault, std::move(message) };
    if (m_diagnostics.size() >= kMostDiagnostics && !m_diagnostics.contains(key))
        key = { Level::warning, Fault::over_limit, "more kinds of diagnostics than are kept" };
    auto& diagnostic = m_diagnostics[key];
    if (diagnostic.count == 0)
        diagnostic = { std::get<0>(key), std::get<1>(key), std::get<2>(key), 0, locator };
    diagnostic.count += count;
}

std::string_view TaskSink::encode_text(std::string_view text, Origin origin)
{
    auto const kept = beginning_of(text, m_limits.text);
    if (kept.size() != text.size())
        note(Level::warning, Fault::over_limit,
            "a text is longer than the limit: the case keeps its beginning, which rules look at; indicators "
            "are compared with all of it",
            origin);
    if (!is_plain_utf8(text))
        text = m_repaired.emplace_back(repair_utf8(text));
    m_record.add(beginning_of(text, m_limits.text));
    return text.data() == nullptr ? std::string_view { "" } : text;
}

void TaskSink::count_event(Time const& time, Clock clock, Origin origin)
{
    if (!time.utc) {
        if (is_lost(time, clock))
            note(Level::note, Fault::malformed, kNoPlausibleDate, origin);
    } else if (*time.utc < kFirstPhones || *time.utc > m_latest) {
        note(Level::note, Fault::malformed, kTimeOutsideOfPhones, origin);
    } else {
        m_first_seen = std::min(m_first_seen.value_or(*time.utc), *time.utc);
        m_last_seen = std::max(m_last_seen.value_or(*time.utc), *time.utc);
    }
}

void TaskSink::encode_time(Time const& time, Origin origin)
{
    if (time.utc)
        m_record.add(time.utc->time_since_epoch().count());
    else
        m_record.add_null();
    if (auto const* text = std::get_if<std::string>(&time.raw))
        encode_text(*text, origin);
    else if (auto const* number = std::get_if<std::int64_t>(&time.raw))
        m_record.add(*number);
    else if (auto const* real = std::get_if<double>(&time.raw))
        m_record.add(*real);
    else
        m_record.add_null();
}

void TaskSink::encode_origin(Origin origin)
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
}

void TaskSink::encode(Open& open, void const* row, Origin origin)
{
    encode_origin(origin);
    auto const& columns = open.table.table->columns;
    m_repaired.clear();
    if (std::exchange(m_encoded, open.table.table) != open.table.table) {
        m_texts.assign(columns.size(), {});
        m_times.assign(columns.size(), std::nullopt);
    }
    auto text_of = m_texts.begin();
    auto time_of = m_times.begin();
    for (auto const& column : columns) {
        auto const value = column.read(row);
        if (auto const* text = std::get_if<std::string_view>(&value)) {
            *text_of = encode_text(*text, origin);
        } else if (auto const* number = std::get_if<std::int64_t>(&value)) {
            m_record.add(*number);
        } else if (auto const* time = std::get_if<Time const*>(&value)) {
            encode_time(**time, origin);
            if (open.is_event[static_cast<std::size_t>(&column - columns.data())])
                count_event(**time, column.clock, origin);
            *time_of = micros_of(**time);
        } else if (auto const* real = std::get_if<double>(&value)) {
            m_record.add(*real);
        } else if (auto const* blob = std::get_if<Bytes>(&value)) {
            if (blob->size() > m_limits.blob)
                note(Level::warning, Fault::over_limit, "binary value longer than the limit was cut", origin);
            m_record.add(blob->first(std::min(blob->size(), m_limits.blob)));
        } else {
            m_record.add_null();
            *text_of = {};
            time_of->reset();
        }
        ++text_of;
        ++time_of;
    }
}

Result<void> TaskSink::add_row(Table const& table, void const* row, Origin origin)
{
    auto const open = std::ranges::find(m_open, &table, [](auto const& one) { return one.table.table; });
    if (open == m_open.end())
        return fail(Fault::unsupported, "a row for a table that its artifact does not declare");
    if (open->next_row >= m_most_rows)
        return fail(Fault::over_limit, "more rows than the limit", open->next_row);
    if (open->next_row % 1024 == 0 && m_stop.stop_requested())
        return fail(Fault::cancelled, "cancelled");
    encode(*open, row, origin);
    auto const record = m_record.finish();
    if (record.size() > m_room)
        return fail(Fault::over_limit,
            "the rows are many times as long as what they are read from: the rest was left out");
    m_room -= record.size();
    auto const record_id = m_first_row + static_cast<std::int64_t>(open->next_row);
    EXHIBIT_TRY(open->loader.add(record_id, record));
    if (m_observer != nullptr)
        m_observer->see({ table, record_id, m_texts, m_times, is_earlier_version(origin) });
    ++open->next_row;
    ++open->table.rows;
    if (origin.recovered != Recovered::live)
        ++open->table.recovered;
    if (++m_untold == kRowsToldAtOnce)
        tell_rows();
    return {};
}

void TaskSink::tell_rows()
{
    m_rows_so_far->fetch_add(std::exchange(m_untold, 0), std::memory_order_relaxed);
}

TaskRows TaskSink::take_counts()
{
    tell_rows();
    TaskRows rows;
    for (auto& open : m_open) {
        rows.tables.push_back({ open.table.table, {}, std::move(open.table.parts),
            std::exchange(open.table.rows, 0), std::exchange(open.table.recovered, 0) });
        open.next_row = 0;
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
    begin_again();
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
