#include "artifacts/ios/common/daemon_log.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace exhibit;

void check(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const bytes = std::as_bytes(std::span { data, size });
    auto const text = as_text(bytes);
    MemorySource const source { bytes };
    DeviceClock const clock;
    ios::DaemonLogReader reader { source, clock };
    ios::DaemonLogEntry entry;
    std::uint64_t last = reader.line();
    std::size_t kept = 0;
    while (reader.next(entry)) {
        // Entries go forward, none begins twice, and what is kept of them stood in the file.
        check(reader.line() > last);
        last = reader.line();
        check(entry.wall.has_value() && !entry.written.absent() && !entry.written.utc && entry.pid);
        check(!entry.function || text.find(*entry.function) != std::string_view::npos);
        check(!entry.level || text.find(*entry.level) != std::string_view::npos);
        check(entry.message.size() <= ios::DaemonLogReader::kLongestEntry);
        check(!entry.message.ends_with('\n') || entry.message.find('\n') == std::string_view::npos);
        kept += entry.message.size();
        (void)ios::between(entry.message, "(", ")");
        check(ios::first_word(entry.message).find(' ') == std::string_view::npos);
    }
    check(kept <= size);
    // Lines that belong to no entry come before the first one only.
    auto const lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1;
    check(last <= lines && reader.orphans() <= lines && (last == 0 || reader.orphans() < last));
    return 0;
}
