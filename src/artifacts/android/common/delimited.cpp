#include "artifacts/android/common/delimited.hpp"

#include "base/source_reader.hpp"

namespace exhibit::android {
namespace {

constexpr unsigned kMostLengthBytes = 5; // No message is longer than 32 bits can say.

Result<std::size_t> read_length(SourceReader& reader)
{
    std::size_t length = 0;
    for (unsigned i = 0; i != kMostLengthBytes; ++i) {
        auto const byte = EXHIBIT_TRY(reader.big<std::uint8_t>());
        length |= std::size_t { byte & 0x7FU } << (7 * i);
        if (byte < 0x80U)
            return length;
    }
    return fail(Fault::malformed, "the length of a message is longer than any", reader.offset());
}

} // namespace

Result<void> for_each_delimited(Input const& input, Context& context,
    std::function<Result<void>(protobuf::MessageReader, Origin)> const& visit)
{
    SourceReader reader { *input.source };
    for (std::uint64_t seen = 1; reader.left() != 0; ++seen) {
        if (seen % 4096 == 0 && context.stop().stop_requested())
            return fail(Fault::cancelled, "cancelled");
        Origin const origin { reader.offset() };
        auto const length = EXHIBIT_TRY(read_length(reader));
        auto const start = reader.offset();
        auto const message = EXHIBIT_TRY(reader.take(length));
        auto const visited = visit(protobuf::MessageReader { message, start }, origin);
        if (visited)
            continue;
        if (visited.error().fault != Fault::malformed && visited.error().fault != Fault::truncated)
            return visited;
        context.note(Level::damage, visited.error().fault, visited.error().what, origin);
    }
    return {};
}

} // namespace exhibit::android
