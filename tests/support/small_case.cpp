#include "support/small_case.hpp"

#include "casefile/schema.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace exhibit::test {
namespace {

constexpr std::array kColumns {
    column<&SmallCall::started>("started", Clock::mac, "When the phone began to ring.").mvt("isodate+date"),
    column<&SmallCall::number>("number", Is::phone, "The other party's number."),
    column<&SmallCall::seconds>("seconds", "How long the two were connected.").mvt("duration"),
    column<&SmallCall::answered>("answered", "Whether the call was picked up.").mvt("answered#"),
    column<&SmallCall::token>("token", "Bytes without a meaning.").mvt("-"),
};
constexpr std::array kEvents { Event { "started", "call", "call with {number}" } };
constexpr auto kCalls
    = table<SmallCall>("test_call", "One row per call.", Relation::contacted, kColumns, kEvents, "calls");
constexpr std::array<Table const*, 1> kTables { &kCalls };
constexpr Artifact kArtifact { "test.call", "Calls", "Calls of a test.", Platform::ios, {}, kTables, nullptr,
    true };
constexpr std::array<Artifact const*, 1> kArtifacts { &kArtifact };

template<typename T> T must(Result<T> result)
{
    if (!result)
        throw std::runtime_error(std::string { result.error().what });
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

void insert_row(
    casefile::Database& database, std::string const& table, std::vector<std::pair<std::string, Cell>> cells)
{
    auto info = must(database.prepare(fmt::format("SELECT name, type, pk FROM pragma_table_info('{}') "
                                                  "WHERE \"notnull\" AND dflt_value IS NULL",
        table)));
    while (must(info.step())) {
        std::string const name { info.text(0) };
        bool const given = std::ranges::any_of(cells, [&](auto const& cell) { return cell.first == name; });
        if (!given && info.integer(2) == 0)
            cells.emplace_back(name, info.text(1) == "TEXT" ? Cell { "" } : Cell { std::int64_t { 0 } });
    }
    std::string names;
    std::string marks;
    for (auto const& [name, cell] : cells) {
        names += fmt::format("{}\"{}\"", names.empty() ? "" : ",", name);
        marks += marks.empty() ? "?" : ",?";
    }
    auto statement
        = must(database.prepare(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, marks)));
    int index = 0;
    for (auto const& [name, cell] : cells)
        std::visit([&](auto const& value) { statement.bind(++index, value); }, cell);
    must(statement.run());
}

} // namespace

SmallCase::SmallCase(std::filesystem::path path)
    : m_path(std::move(path))
{
}

SmallCase& SmallCase::call(SmallCall const& call)
{
    m_calls.push_back(call);
    return *this;
}

SmallCase& SmallCase::insert(std::string const& table, std::vector<std::pair<std::string, Cell>> const& cells)
{
    m_inserts.emplace_back(table, cells);
    return *this;
}

void SmallCase::finish()
{
    auto writer = must(CaseWriter::create(m_path, kArtifacts));
    std::atomic<std::uint64_t> rows = 0;
    TaskSink sink { writer.pages(), 1, 1, kTables, {}, {}, rows };
    for (std::size_t i = 0; i != m_calls.size(); ++i)
        must(sink.add(kCalls, m_calls[i], { i + 1 }));
    auto taken = sink.finish();
    writer.add(1, std::move(taken.tables));
    EntryRecord entry;
    entry.entry_id = 1;
    entry.path = "/private/var/mobile/Library/CallHistoryDB/CallHistory.storedata";
    entry.stored = "HomeDomain::Library/CallHistoryDB/CallHistory.storedata";
    must(writer.load_entries([&](auto const& show) { return show(entry); }));
    must(writer.finish_loading());
    must(writer.write_diagnostics(kArtifact.id, 1, taken.diagnostics));
    must(writer.write_info("schema_version", std::to_string(kSchemaVersion)));
    for (auto const& [table, cells] : m_inserts)
        insert_row(writer.database(), table, cells);
    must(writer.commit());
}

void write_small_case(std::filesystem::path const& path)
{
    std::vector<std::byte> const token { std::byte { 0xDE }, std::byte { 0xAD } };
    SmallCase small { path };
    small.call({ Time::mac(std::int64_t { 700'000'000 }), "+37410123456", 61, true, token });
    small.call({ Time::mac(1e300), "=cmd|' /C calc'!A0", std::nullopt, false, {} });
    small.insert(
        "case_info", { { "name", "acquisition_description" }, { "value", "iOS backup of a test phone" } });
    small.insert("acquisition_fact", { { "name", "device.name" }, { "value", "Test \x1b[31mphone" } });
    small.insert("finding",
        { { "finding_id", std::int64_t { 1 } }, { "key", "k1" }, { "origin", "indicator" },
            { "indicator", "+37410123456" }, { "indicator_kind", "phone" }, { "campaign", "Test campaign" },
            { "title", "Call with a number of Test campaign" }, { "severity", "critical" },
            { "confidence", "exact" }, { "relation", "contacted" }, { "artifact", "test.call" },
            { "summary", "One call." }, { "meaning", "Somebody called." },
            { "innocent_causes", "A wrong number.\nA test." }, { "next_steps", "Ask the owner." },
            { "source", "made up" }, { "rows", std::int64_t { 1 } },
            { "first_seen", std::int64_t { 1'678'307'200'000'000 } },
            { "last_seen", std::int64_t { 1'678'307'200'000'000 } } });
    small.insert("finding_row",
        { { "finding_id", std::int64_t { 1 } }, { "table_name", "test_call" },
            { "record_id", SmallCase::first_record }, { "entry_id", std::int64_t { 1 } },
            { "column_name", "number" }, { "value", "+37410123456" }, { "how", "exact" },
            { "time", std::int64_t { 1'678'307'200'000'000 } } });
    small.insert("coverage",
        { { "artifact", "test.call" }, { "entry_id", std::int64_t { 1 } }, { "state", "parsed" },
            { "rows", std::int64_t { 2 } }, { "first_seen", std::int64_t { 1'678'307'200'000'000 } },
            { "last_seen", std::int64_t { 1'678'307'200'000'000 } } });
    small.finish();
}

} // namespace exhibit::test
