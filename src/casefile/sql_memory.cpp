#include "casefile/sql_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <sqlite3.h>
#include <unistd.h>

namespace exhibit::casefile {
namespace {

constexpr std::int64_t kMost = 1LL << 30;

std::int64_t quarter_of_memory()
{
    auto const pages = ::sysconf(_SC_PHYS_PAGES);
    auto const size = ::sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? pages / 4 * size : kMost;
}

void count_memory(int whether)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, whether); // NOLINT(cppcoreguidelines-pro-type-vararg)
}

} // namespace

void spare_counting_of_memory()
{
    count_memory(0);
}

void limit_memory_of_queries()
{
    count_memory(1);
    (void)sqlite3_hard_heap_limit64(std::min(kMost, quarter_of_memory()));
}

} // namespace exhibit::casefile
