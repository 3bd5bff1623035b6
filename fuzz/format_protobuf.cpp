#include "formats/protobuf/wire.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit::protobuf;
    MessageReader reader { std::as_bytes(std::span { data, size }) };
    Field field;
    for (auto more = reader.next(field); more && *more; more = reader.next(field)) {
        if (field.number == 0 || field.offset > size || field.bytes.size() > size - field.offset)
            std::abort();
        (void)field.real();
    }
    return 0;
}
