#include "artifact/table.hpp"
struct Row {
    std::string number;
};
[[maybe_unused]] constexpr exhibit::Column c = exhibit::column<&Row::number>("number",
#ifndef EXHIBIT_SHOULD_FAIL
    exhibit::Is::phone,
#endif
    "A number.");
