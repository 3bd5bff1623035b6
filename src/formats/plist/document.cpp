#include "formats/plist/plist.hpp"
#include "formats/plist/xml.hpp"

#include <algorithm>

namespace exhibit::plist {
namespace {

constexpr std::string_view kMagic = "bplist0"; // Then a digit; writers use 0, readers accept any.
constexpr std::size_t kTrailerSize = 32;
constexpr std::size_t kTrailerUnused = 6;
constexpr unsigned kMostDepth = 512; // keeps recursion over a list within any thread's stack
// Writers of the format store a value once that stands in many places, but containers as often as they stand
// somewhere: then no list shows more values than it has bytes.
constexpr std::uint64_t kMostValuesPerByte = 4;
constexpr std::uint64_t kMostValuesOfAny = 100'000;
constexpr std::string_view kUtf16Marks[] = { "\xFE\xFF", "\xFF\xFE" };

bool is_xml(std::string_view text)
{
    if (std::ranges::any_of(kUtf16Marks, [&](auto mark) { return text.starts_with(mark); }))
        return true;
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    auto const start = text.find_first_not_of(" \t\r\n");
    return start != std::string_view::npos && text[start] == '<';
}

bool is_width(std::uint8_t bytes)
{
    return bytes >= 1 && bytes <= 8;
}

} // namespace

Result<Trailer> Trailer::read(Bytes list)
{
    if (list.size() < kMagicSize + kTrailerSize)
        return fail(Fault::truncated, "binary property list is shorter than its trailer", list.size());
    auto const trailer_at = list.size() - kTrailerSize;
    Reader trailer { list.subspan(trailer_at), trailer_at };
    EXHIBIT_TRY(trailer.skip(kTrailerUnused));
    auto const offset_width = EXHIBIT_TRY(trailer.big<std::uint8_t>());
    auto const reference_width = EXHIBIT_TRY(trailer.big<std::uint8_t>());
    auto const count = EXHIBIT_TRY(trailer.big<std::uint64_t>());
    auto const top = EXHIBIT_TRY(trailer.big<std::uint64_t>());
    auto const table_at = EXHIBIT_TRY(trailer.big<std::uint64_t>());
    if (!is_width(offset_width) || !is_width(reference_width) || top >= count || table_at <= kMagicSize
        || table_at >= trailer_at || count > (trailer_at - table_at) / offset_width)
        return fail(
            Fault::malformed, "binary property list is cut short or its trailer is damaged", trailer_at);
    auto const table = static_cast<std::size_t>(table_at);
    return Trailer { { list.first(table), list.subspan(table, static_cast<std::size_t>(count) * offset_width),
                         offset_width, reference_width },
        count, top };
}

Result<void> Document::open_binary(Bytes bytes, unsigned depth)
{
    auto const trailer = EXHIBIT_TRY(Trailer::read(bytes));
    m_objects = trailer.objects;
    m_root = Value::open(trailer.layout, trailer.top, depth);
    if (m_root.kind() == Kind::damaged)
        return fail(
            Fault::malformed, "the root of the property list is damaged", bytes.size() - kTrailerSize);
    return {};
}

std::uint64_t Document::damaged_values() const
{
    constexpr std::uint64_t most_references = 1U << 24U;
    std::uint64_t damaged = 0;
    std::uint64_t seen = 0;
    for (std::uint64_t object = 0; object != m_objects && seen < most_references; ++object) {
        auto const value = Value::open(m_root.m_layout, object, 1);
        damaged += value.kind() == Kind::damaged ? 1U : 0U;
        damaged += value.references_beyond(m_objects);
        seen += 1 + value.size();
    }
    return damaged;
}

Result<Document> Document::open(Bytes bytes, unsigned depth)
{
    depth = std::min(depth, kMostDepth);
    Document document;
    if (as_text(bytes).starts_with(kMagic)) {
        EXHIBIT_TRY(document.open_binary(bytes, depth));
        return document;
    }
    if (!is_xml(as_text(bytes)))
        return fail(Fault::unsupported, "neither a binary nor an XML property list");
    document.m_form = Form::xml;
    document.m_owned = EXHIBIT_TRY(xml_to_binary(bytes, depth));
    EXHIBIT_TRY(document.open_binary(document.m_owned, depth));
    return document;
}

Result<Document> Document::parse(Bytes bytes, unsigned depth)
{
    auto document = EXHIBIT_TRY(open(bytes, depth));
    auto const most = kMostValuesOfAny + kMostValuesPerByte * bytes.size();
    if (document.m_form == Form::binary && document.m_root.values_below(most) == most)
        return fail(
            Fault::over_limit, "the property list shows parts of it so often that it is as good as endless");
    return document;
}

} // namespace exhibit::plist
