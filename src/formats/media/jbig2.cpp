#include "formats/media/jbig2.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace exhibit::media {
namespace {

constexpr std::uint32_t kUnknownLength = 0xFFFF'FFFF;
constexpr std::uint64_t kMostSegments = 100'000;

/// A segment's header (7.2 of the standard).
struct Header {
    std::uint32_t number = 0;
    unsigned type = 0;
    std::vector<std::uint32_t> refers_to;
    std::uint32_t length = 0;
};

Result<std::uint32_t> read_reference(Reader& reader, std::uint32_t number)
{
    if (number <= 256)
        return EXHIBIT_TRY(reader.big<std::uint8_t>());
    if (number <= 65'536)
        return EXHIBIT_TRY(reader.big<std::uint16_t>());
    return reader.big<std::uint32_t>();
}

Result<Header> read_header(Reader& reader)
{
    Header header;
    header.number = EXHIBIT_TRY(reader.big<std::uint32_t>());
    auto const flags = EXHIBIT_TRY(reader.big<std::uint8_t>());
    header.type = flags & 0x3FU;
    auto const at = reader.offset();
    auto const first = EXHIBIT_TRY(reader.big<std::uint8_t>());
    std::uint64_t count = first >> 5U;
    if (count == 7) { // Long form: the count in 29 bits, then a bit for each of them and itself.
        EXHIBIT_TRY(reader.seek(at));
        count = EXHIBIT_TRY(reader.big<std::uint32_t>()) & 0x1FFF'FFFFU;
        EXHIBIT_TRY(reader.skip((count + 8) / 8));
    } else if (count > 4) {
        return fail(Fault::malformed, "a JBIG2 segment has an impossible count of references", at);
    }
    std::size_t const width = header.number <= 256 ? 1 : header.number <= 65'536 ? 2 : 4;
    if (count > reader.left() / width)
        return fail(Fault::truncated, "a JBIG2 segment refers to more than fits into the data", at);
    for (std::uint64_t i = 0; i != count; ++i)
        header.refers_to.push_back(EXHIBIT_TRY(read_reference(reader, header.number)));
    EXHIBIT_TRY(reader.skip((flags & 0x40U) != 0 ? 4 : 1)); // The page.
    header.length = EXHIBIT_TRY(reader.big<std::uint32_t>());
    return header;
}

/// How many symbols a symbol dictionary (7.4.2) says that it exports.
Result<std::uint32_t> exported_symbols(Bytes data)
{
    Reader reader { data };
    auto const flags = EXHIBIT_TRY(reader.big<std::uint16_t>());
    bool const huffman = (flags & 1U) != 0;
    bool const refines = (flags & 2U) != 0;
    if (!huffman)
        EXHIBIT_TRY(reader.skip((flags >> 10U & 3U) == 0 ? 8 : 2));
    if (refines && (flags >> 12U & 1U) == 0)
        EXHIBIT_TRY(reader.skip(4));
    return reader.big<std::uint32_t>();
}

/// Where the data of a generic region ends that does not say how long it is (7.2.7): behind a mark and the
/// number of its rows.
Result<void> skip_unknown_length(Reader& reader)
{
    constexpr std::size_t region = 17;
    constexpr std::size_t rows = 4;
    using namespace std::string_view_literals;
    EXHIBIT_TRY(reader.skip(region));
    auto const flags = EXHIBIT_TRY(reader.big<std::uint8_t>());
    auto const mark = (flags & 1U) != 0 ? "\0\0"sv : "\xFF\xAC"sv;
    auto const end = as_text(reader.rest()).find(mark);
    if (end == std::string_view::npos)
        return fail(Fault::truncated, "a JBIG2 region has no end", reader.offset());
    return reader.skip(end + mark.size() + rows);
}

bool is_text_region(unsigned type)
{
    return type == 4 || type == 6 || type == 7;
}

} // namespace

/// What the segment exports; 0 when it is no dictionary.
std::uint32_t Jbig2Symbols::symbols_of(std::uint32_t segment) const
{
    for (auto const* symbols = this; symbols != nullptr; symbols = symbols->m_global)
        if (auto const found = symbols->m_dictionaries.find(segment); found != symbols->m_dictionaries.end())
            return found->second;
    return 0;
}

Result<bool> Jbig2Symbols::read_segment(Reader& reader)
{
    constexpr unsigned symbol_dictionary = 0;
    constexpr unsigned end_of_file = 51;
    auto const header = EXHIBIT_TRY(read_header(reader));
    ++m_segments;
    if (header.type == symbol_dictionary || is_text_region(header.type)) {
        std::uint64_t sum = 0;
        for (auto const number : header.refers_to)
            sum += symbols_of(number);
        m_largest = std::max(m_largest, sum);
    }
    if (header.length == kUnknownLength) {
        EXHIBIT_TRY(skip_unknown_length(reader));
        return true;
    }
    auto const there = std::min<std::size_t>(header.length, reader.left());
    auto const data = EXHIBIT_TRY(reader.take(there));
    if (header.type == symbol_dictionary)
        m_dictionaries[header.number] = EXHIBIT_TRY(exported_symbols(data));
    if (there != header.length)
        return fail(Fault::truncated, "a JBIG2 segment runs past the end of its stream", reader.offset());
    return header.type != end_of_file;
}

Result<void> Jbig2Symbols::read(Bytes stream)
{
    Reader reader { stream };
    while (reader.left() != 0 && m_segments < kMostSegments)
        if (!EXHIBIT_TRY(read_segment(reader)))
            break;
    return {};
}

} // namespace exhibit::media
