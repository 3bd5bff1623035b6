// Reads the input as a -wal and as a -journal, and lays both over a small database.
#include "base/source.hpp"
#include "formats/sqlite/database.hpp"
#include "formats/sqlite/journal.hpp"
#include "formats/sqlite/wal.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace exhibit;

namespace {

void check(bool condition)
{
    if (!condition)
        std::abort();
}

void check_wal(Source const& source)
{
    auto const wal = sqlite::read_wal(source);
    if (!wal.has_value())
        return;
    for (auto const& frame : wal->frames)
        check(frame.page != 0
            && (frame.state == sqlite::WalFrame::State::cut
                || frame.offset + wal->page_size <= source.size()));
    bool const committed = std::ranges::any_of(wal->frames,
        [](sqlite::WalFrame const& frame) { return frame.state == sqlite::WalFrame::State::committed; });
    check(committed == (wal->database_pages != 0));
}

void check_journal(Source const& source)
{
    auto const journal = sqlite::read_journal(source);
    if (!journal.has_value())
        return;
    for (auto const& page : journal->pages)
        check(page.page <= journal->database_pages && page.offset + journal->page_size <= source.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    MemorySource const source { std::as_bytes(std::span { data, size }) };
    MemorySource const nothing { Bytes {} };
    check_wal(source);
    check_journal(source);
    sqlite::Options options;
    options.steps = 1'000'000;
    auto const database = sqlite::Database::open(nothing, &source, &source, options);
    if (database.has_value() && !database->empty())
        static_cast<void>(
            database->prepare("SELECT count(*) FROM " + sqlite::quote_name(database->tables()[0])));
    return 0;
}
