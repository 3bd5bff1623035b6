#include "artifact/table.hpp"

#include <array>

struct Row {
    exhibit::Time at;
    std::string who;
};
#ifdef EXHIBIT_SHOULD_FAIL
constexpr std::array columns { exhibit::column<&Row::at>("startedAt", exhibit::Clock::mac, "When.") };
#else
constexpr std::array columns { exhibit::column<&Row::at>("started_at", exhibit::Clock::mac, "When.") };
#endif
[[maybe_unused]] constexpr auto kTable
    = exhibit::table<Row>("t", "A table.", exhibit::Relation::present, columns);
