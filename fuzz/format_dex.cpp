// Strings of compiled code. Aborts when one lies outside of the code, or when they are longer than it
// together.
#include "formats/apk/dex.hpp"

#include <cstdint>
#include <cstdlib>

using namespace exhibit;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const code = std::as_bytes(std::span { data, size });
    std::uint64_t strings = 0;
    std::size_t length = 0;
    auto const count = apk::visit_dex_strings(code, [&](std::string_view text, std::size_t offset) {
        ++strings;
        length += text.size();
        if (offset > size || text.size() >= size - offset || text.contains('\0'))
            std::abort();
    });
    if (length > size || (count && *count != strings))
        std::abort();
    return 0;
}
