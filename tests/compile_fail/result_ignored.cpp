#include "base/bytes.hpp"
[[maybe_unused]] static void f(exhibit::Reader& r)
{
#ifdef EXHIBIT_SHOULD_FAIL
    r.take(4);
#else
    (void)r.take(4);
#endif
}
static_assert(sizeof(&f) != 0);
