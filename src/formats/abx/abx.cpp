#include "formats/abx/abx.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <bit>
#include <fmt/format.h>

namespace exhibit::abx {
namespace {

constexpr std::string_view kMagic { "ABX\0", 4 };
constexpr std::size_t kMostAttributes = 4096; // Real elements have some dozens.

// Names, and values that come again and again, are stored once. A file of settings becomes some times longer
// as text; one that becomes a thousand times longer was made to fill the memory.
constexpr std::uint64_t kHarmlessText = 64U << 20U;
constexpr std::uint64_t kTimesLonger = 16;

// The low half of a token says what, the high half how its value is stored.
enum class Token : std::uint8_t {
    start_document = 0,
    end_document = 1,
    start_tag = 2,
    end_tag = 3,
    text = 4,
    cdata = 5,
    entity = 6,
    white_space = 7,
    instruction = 8,
    comment = 9,
    document_type = 10,
    attribute = 15,
};

enum class Type : std::uint8_t {
    null = 1,
    text = 2,
    interned = 3,
    hex_bytes = 4,
    base64_bytes = 5,
    integer = 6,
    hex_integer = 7,
    long_integer = 8,
    hex_long_integer = 9,
    single_real = 10,
    double_real = 11,
    yes = 12,
    no = 13,
};

Token what(unsigned token)
{
    return static_cast<Token>(token & 0xFU);
}

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

AbxReader::AbxReader(Reader reader, unsigned deepest)
    : m_reader(reader)
    , m_deepest(deepest)
    , m_room(kHarmlessText + kTimesLonger * reader.left())
{
}

Result<std::string> AbxReader::repeated(std::string_view text)
{
    if (text.size() > m_room)
        return fail(Fault::over_limit, "values that repeat make the document far longer than files are",
            m_reader.offset());
    m_room -= text.size();
    return std::string { text };
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

Result<std::string> AbxReader::value(unsigned token)
{
    auto const type = static_cast<Type>(token >> 4U);
    switch (type) {
    case Type::null:
        return std::string {};
    case Type::text:
    case Type::hex_bytes:
    case Type::base64_bytes: {
        auto const size = EXHIBIT_TRY(m_reader.big<std::uint16_t>());
        auto const text = EXHIBIT_TRY(m_reader.text(size));
        return type == Type::text     ? std::string { text }
            : type == Type::hex_bytes ? to_hex(text)
                                      : to_base64(text);
    }
    case Type::interned:
        return repeated(EXHIBIT_TRY(interned()));
    case Type::integer:
        return fmt::format("{}", static_cast<std::int32_t>(EXHIBIT_TRY(m_reader.big<std::uint32_t>())));
    case Type::hex_integer:
        return hexadecimal(static_cast<std::int32_t>(EXHIBIT_TRY(m_reader.big<std::uint32_t>())));
    case Type::long_integer:
        return fmt::format("{}", static_cast<std::int64_t>(EXHIBIT_TRY(m_reader.big<std::uint64_t>())));
    case Type::hex_long_integer:
        return hexadecimal(static_cast<std::int64_t>(EXHIBIT_TRY(m_reader.big<std::uint64_t>())));
    case Type::single_real:
        return fmt::format("{}", std::bit_cast<float>(EXHIBIT_TRY(m_reader.big<std::uint32_t>())));
    case Type::double_real:
        return fmt::format("{}", std::bit_cast<double>(EXHIBIT_TRY(m_reader.big<std::uint64_t>())));
    case Type::yes:
        return std::string { "true" };
    case Type::no:
        return std::string { "false" };
    default:
        return fail(Fault::unsupported, "a value of an unknown type", m_reader.offset());
    }
}

Result<void> AbxReader::read_attributes()
{
    m_attributes.clear();
    while (m_reader.left() != 0
        && what(std::to_integer<unsigned>(m_reader.rest().front())) == Token::attribute) {
        auto const token = EXHIBIT_TRY(m_reader.big<std::uint8_t>());
        Attribute attribute;
        attribute.name = EXHIBIT_TRY(interned());
        attribute.value = EXHIBIT_TRY(value(token));
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
        switch (what(token)) {
        case Token::start_document:
            break;
        case Token::end_document:
            m_ended = true;
            return false;
        case Token::start_tag:
            if (++m_open > m_deepest)
                return fail(Fault::over_limit, "elements nested too deeply", m_offset);
            m_name = EXHIBIT_TRY(interned());
            EXHIBIT_TRY(read_attributes());
            m_event = Event::start_tag;
            return true;
        case Token::end_tag:
            if (m_open == 0)
                return fail(Fault::malformed, "an element ends that did not begin", m_offset);
            m_name = EXHIBIT_TRY(interned());
            --m_open;
            m_event = Event::end_tag;
            return true;
        case Token::text:
        case Token::cdata:
            m_text = EXHIBIT_TRY(value(token));
            m_event = Event::text;
            return true;
        case Token::entity:
        case Token::white_space:
        case Token::instruction:
        case Token::comment:
        case Token::document_type:
            EXHIBIT_TRY(value(token));
            break;
        default:
            return fail(Fault::malformed, "an unknown token", m_offset);
        }
    }
    return false;
}

} // namespace exhibit::abx
