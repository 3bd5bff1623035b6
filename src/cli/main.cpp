#include "artifact/registry.hpp"

#include <cstdio>
#include <fmt/format.h>

int main()
{
    fmt::print("exhibit {}: {} artifacts\n", EXHIBIT_VERSION, exhibit::artifacts().size());
    return 0;
}
