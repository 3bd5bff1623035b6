// Signatures of an app's package file. Aborts when more come out than went in, or from outside of the file.
#include "formats/apk/signatures.hpp"

#include <cstdint>
#include <cstdlib>

using namespace exhibit;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    MemorySource const file { std::as_bytes(std::span { data, size }) };
    auto const signatures = apk::read_signatures(file);
    if (!signatures)
        return 0;
    for (auto const& signature : signatures->found)
        if (signature.offset > size || signature.scheme.empty())
            std::abort();
    return 0;
}
