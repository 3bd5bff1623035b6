#include "base/text.hpp"
#include "formats/typedstream/attributed_text.hpp"
#include "formats/typedstream/stream.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

/// Whatever the bytes are, a stream takes no more than they can hold, and a text is valid UTF-8.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    Bytes const bytes { reinterpret_cast<std::byte const*>(data), size };
    auto const stream = typedstream::Stream::parse(bytes);
    auto const text = typedstream::read_attributed_text(bytes);
    if (!stream) {
        require(!text);
        return 0;
    }
    for (auto const root : stream->roots()) {
        for (auto const child : stream->children(root)) {
            auto const content = stream->bytes(child);
            require(!content || content->empty()
                || (content->data() >= bytes.data()
                    && content->data() + content->size() <= bytes.data() + size));
            (void)stream->is_a(child, "NSString");
            require(stream->integer(child).has_value() <= stream->real(child).has_value());
        }
    }
    if (!text)
        return 0;
    require(is_plain_utf8(text->text));
    require(text->damage.has_value() || !stream->damage().has_value());
    for (auto const& run : text->runs)
        require(run.attributes < text->attributes.size());
    for (auto const& link : typedstream::links_of(*text))
        require(is_plain_utf8(link.url));
    return 0;
}
