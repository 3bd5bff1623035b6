#include "formats/abx/abx.hpp"

#include "base/text.hpp"

#include <bit>
#include <fmt/format.h>

namespace exhibit::abx {
namespace {

constexpr std::string_view kMagic { "ABX\0", 4 };
constexpr std::size_t kMostAttributes = 4096; // Real elements have some dozens.

// The low half of a token says what, the high half how its value is stored.
enum Token : unsigned {
    kStartDocument = 0,
    kEndDocument = 1,
    kStartTag = 2,
    kEndTag = 3,
    kText = 4,
    kCdata = 5,
    kEntity = 6,
    kWhiteSpace = 7,
    kInstruction = 8,
    kComment = 9,
    kDocumentType = 10,
    kAttribute = 15,
};

enum Type : unsigned {
    kNull = 1,
    kString = 2,
    kInterned = 3,
    kHexBytes = 4,
    kBase64Bytes = 5,
    kInt = 6,
    kHexInt = 7,
    kLong = 8,
    kHexLong = 9,
    kFloat = 10,
    kDouble = 11,
    kTrue = 12,
    kFalse = 13,
};

template<typename Signed> std::string hexadecimal(Signed number)
{
    using Unsigned = std::make_unsigned_t<Signed>;
    auto const bits = static_cast<Unsigned>(number);
    // Java's toString(16) writes a sign, not the two's complement.
    return number < 0 ? fmt::format("-{:x}", Unsigned { 0 } - bits) : fmt::format("{:x}", bits);
}

} // namespace

bool is_abx(Bytes file)
{
    return as_text(file).starts_with(kMagic);
}

Result<AbxReader> AbxReader::open(Bytes file, unsigned deepest)
{
    if (!is_abx(file))
        return fail(Fault::malformed, "not Android binary XML");
    Reader reader { file };
    EXHIBIT_TRY(reader.skip(kMagic.size()));
    return AbxReader { reader, deepest };
}

Result<std::string_view> AbxReader::interned()
{
    auto const at = m_reader.offset();
    auto const index = EXHIBIT_TRY(m_reader.big<std::uint16_t>());
    if (index != 0xFFFF) {
        if (index >= m_interned.size())
            return fail(Fault::malformed, "a name that was not defined", at);
        return m_interned[index];
    }
    auto const size = EXHIBIT_TRY(m_reader.big<std::uint16_t>());
    auto const text = EXHIBIT_TRY(m_reader.text(size));
    if (m_interned.size() < 0xFFFF)
        m_interned.push_back(text);
    return text;
}

Result<std::string> AbxReader::value(unsigned type)
{
    switch (type) {
    case kNull:
        return std::string {};
    case kString:
    case kHexBytes:
    case kBase64Bytes: {
        auto const size = EXHIBIT_TRY(m_reader.big<std::uint16_t>());
        auto const text = EXHIBIT_TRY(m_reader.text(size));
        return type == kString ? std::string { text } : type == kHexBytes ? to_hex(text) : to_base64(text);
    }
    case kInterned: {
        auto const text = EXHIBIT_TRY(interned());
        return std::string { text };
    }
    case kInt:
        return fmt::format("{}", static_cast<std::int32_t>(EXHIBIT_TRY(m_reader.big<std::uint32_t>())));
    case kHexInt:
        return hexadecimal(static_cast<std::int32_t>(EXHIBIT_TRY(m_reader.big<std::uint32_t>())));
    case kLong:
        return fmt::format("{}", static_cast<std::int64_t>(EXHIBIT_TRY(m_reader.big<std::uint64_t>())));
    case kHexLong:
        return hexadecimal(static_cast<std::int64_t>(EXHIBIT_TRY(m_reader.big<std::uint64_t>())));
    case kFloat:
        return fmt::format("{}", std::bit_cast<float>(EXHIBIT_TRY(m_reader.big<std::uint32_t>())));
    case kDouble:
        return fmt::format("{}", std::bit_cast<double>(EXHIBIT_TRY(m_reader.big<std::uint64_t>())));
    case kTrue:
        return std::string { "true" };
    case kFalse:
        return std::string { "false" };
    default:
        return fail(Fault::unsupported, "a value of an unknown type", m_reader.offset());
    }
}

Result<void> AbxReader::read_attributes()
{
    m_attributes.clear();
    while (
        m_reader.left() != 0 && (std::to_integer<unsigned>(m_reader.rest().front()) & 0xFU) == kAttribute) {
        auto const token = EXHIBIT_TRY(m_reader.big<std::uint8_t>());
        Attribute attribute;
        attribute.name = EXHIBIT_TRY(interned());
        attribute.value = EXHIBIT_TRY(value(token >> 4U));
        if (m_attributes.size() >= kMostAttributes)
            return fail(Fault::over_limit, "an element with too many attributes", m_reader.offset());
        m_attributes.push_back(std::move(attribute));
    }
    return {};
}

Result<bool> AbxReader::next()
{
    while (!m_ended) {
        m_offset = m_reader.offset();
        if (m_reader.left() == 0) {
            m_ended = true;
            if (m_open != 0)
                return fail(Fault::truncated, "the document ends within an element", m_offset);
            return false;
        }
        unsigned const token = EXHIBIT_TRY(m_reader.big<std::uint8_t>());
        switch (token & 0xFU) {
        case kStartDocument:
            break;
        case kEndDocument:
            m_ended = true;
            return false;
        case kStartTag:
            if (++m_open > m_deepest)
                return fail(Fault::over_limit, "elements nested too deeply", m_offset);
            m_name = EXHIBIT_TRY(interned());
            EXHIBIT_TRY(read_attributes());
            m_event = Event::start_tag;
            return true;
        case kEndTag:
            if (m_open == 0)
                return fail(Fault::malformed, "an element ends that did not begin", m_offset);
            m_name = EXHIBIT_TRY(interned());
            --m_open;
            m_event = Event::end_tag;
            return true;
        case kText:
        case kCdata:
            m_text = EXHIBIT_TRY(value(token >> 4U));
            m_event = Event::text;
            return true;
        case kEntity:
        case kWhiteSpace:
        case kInstruction:
        case kComment:
        case kDocumentType:
            EXHIBIT_TRY(value(token >> 4U));
            break;
        default:
            return fail(Fault::malformed, "an unknown token", m_offset);
        }
    }
    return false;
}

} // namespace exhibit::abx
