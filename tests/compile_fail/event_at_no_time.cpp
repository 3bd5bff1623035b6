#include "artifact/table.hpp"

#include <array>

struct Row {
    exhibit::Time at;
    std::string who;
};
constexpr std::array columns { exhibit::column<&Row::at>("at", exhibit::Clock::mac, "When."),
    exhibit::column<&Row::who>("who", exhibit::Is::phone, "Who.") };
#ifdef EXHIBIT_SHOULD_FAIL
constexpr std::array events { exhibit::Event { "who", "x", "from {who}" } };
#else
constexpr std::array events { exhibit::Event { "at", "x", "from {who}" } };
#endif
[[maybe_unused]] constexpr auto kTable
    = exhibit::table<Row>("t", "A table.", exhibit::Relation::present, columns, events);
