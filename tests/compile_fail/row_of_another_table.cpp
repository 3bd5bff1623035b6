#include "artifact/artifact.hpp"

#include <array>

struct Call {
    std::string number;
};
struct Sms {
    std::string number;
};
constexpr std::array columns { exhibit::column<&Call::number>("number", exhibit::Is::phone, "Who called.") };
constexpr auto kCalls = exhibit::table<Call>("call", "A call.", exhibit::Relation::present, columns);

exhibit::Result<void> add(exhibit::Context& context);
exhibit::Result<void> add(exhibit::Context& context)
{
#ifdef EXHIBIT_SHOULD_FAIL
    return context.add(kCalls, Sms {}, {});
#else
    return context.add(kCalls, Call {}, {});
#endif
}
