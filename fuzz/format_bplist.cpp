#include "formats/plist/plist.hpp"
#include "support/plist_walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

/// Whatever the bytes are, walking the list ends, and no value names bytes outside of the input.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    Bytes const bytes { reinterpret_cast<std::byte const*>(data), size };
    auto const document = plist::Document::parse(bytes);
    if (document && document->form() == plist::Form::binary)
        fuzz::walk(document->root(), bytes);
    return 0;
}
