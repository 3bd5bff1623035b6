#include "artifact/table.hpp"

#include <array>

struct Call {
    std::string number;
};
struct Sms {
    std::string number;
};
#ifdef EXHIBIT_SHOULD_FAIL
constexpr std::array columns { exhibit::column<&Sms::number>("number", exhibit::Is::phone, "Who called.") };
#else
constexpr std::array columns { exhibit::column<&Call::number>("number", exhibit::Is::phone, "Who called.") };
#endif
[[maybe_unused]] constexpr auto kCalls
    = exhibit::table<Call>("call", "A call.", exhibit::Relation::present, columns);
