#include "formats/plist/plist.hpp"
#include "support/plist_walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

/// Whatever the bytes are, an XML list is refused or becomes a tree that can be walked.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto const document = plist::Document::parse({ reinterpret_cast<std::byte const*>(data), size });
    if (document && document->form() == plist::Form::xml)
        fuzz::walk(document->root(), {});
    return 0;
}
