#include "artifact/table.hpp"
struct Row {
    exhibit::Time at;
};
[[maybe_unused]] constexpr exhibit::Column c = exhibit::column<&Row::at>("at",
#ifndef EXHIBIT_SHOULD_FAIL
    exhibit::Clock::mac,
#endif
    "A time.");
