#include "formats/protobuf/outline.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit::protobuf;
    MessageReader reader { std::as_bytes(std::span { data, size }) };
    constexpr std::size_t kMostText = 256;
    Outline outline { kMostText };
    Field field;
    for (auto more = reader.next(field); more && *more; more = reader.next(field)) {
        if (field.number == 0 || field.offset > size || field.bytes.size() > size - field.offset)
            std::abort();
        (void)field.real();
        auto const what = guess(field);
        if ((what == Guess::number) != (field.wire != Wire::bytes)
            || (what == Guess::message && !can_be_message(field)))
            std::abort();
        FieldPath path;
        if (path.enter(field.number))
            outline.add(path, field, what);
    }
    if (outline.text().size() > kMostText)
        std::abort();
    return 0;
}
