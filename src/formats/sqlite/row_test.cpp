#include "formats/sqlite/row_test.hpp"

#include <algorithm>
#include <bit>
#include <bitset>
#include <cmath>
#include <cstdlib>

namespace exhibit::sqlite {

namespace {

enum Class : unsigned { null = 1, number = 2, real = 4, text = 8, blob = 16 };

Class class_of(Field const& field)
{
    if (field.is_null())
        return Class::null;
    if (field.is_integer())
        return Class::number;
    if (field.is_real())
        return Class::real;
    return field.is_text() ? Class::text : Class::blob;
}

/// Of numbers, by the type that they are stored with.
enum Size : unsigned { medium = 32, large = 64 };

/// As a bit: the class, and of a number how large it is. Flags and small numbers change into each other.
unsigned kind_of(Field const& field)
{
    auto const bytes = body_or_none(field.type);
    if (!field.is_integer() || bytes <= 2)
        return class_of(field);
    return bytes <= 4 ? Size::medium : Size::large;
}

/// Of a value that is in no record, since these are older than its column.
unsigned kind_of(StoredValue const& value)
{
    if (auto const* whole = std::get_if<std::int64_t>(&value)) {
        auto const bits = 1 + std::bit_width(static_cast<std::uint64_t>(*whole < 0 ? ~*whole : *whole));
        if (bits <= 16)
            return Class::number;
        return bits <= 32 ? Size::medium : Size::large;
    }
    if (std::holds_alternative<double>(value))
        return Class::real | Class::number;
    return std::holds_alternative<std::string>(value) ? Class::text : Class::null;
}

/// What is usual in a column of this affinity.
unsigned usual(Affinity affinity)
{
    switch (affinity) {
    case Affinity::text:
        return Class::null | Class::text;
    case Affinity::integer:
        return Class::null | Class::number;
    case Affinity::real:
        return Class::null | Class::number | Class::real;
    case Affinity::numeric:
        return Class::null | Class::number | Class::real | Class::text;
    case Affinity::blob:
        break;
    }
    return Class::null | Class::number | Class::real | Class::text | Class::blob;
}

/// SQLite takes the shortest type that holds the number.
bool is_shortest_integer(Field const& field, bool short_booleans)
{
    auto const value = field.integer();
    auto const magnitude = static_cast<std::uint64_t>(value < 0 ? ~value : value);
    switch (field.type) {
    case 1:
        return !short_booleans || (value != 0 && value != 1);
    case 2:
        return magnitude >> 7U != 0;
    case 3:
        return magnitude >> 15U != 0;
    case 4:
        return magnitude >> 23U != 0;
    case 5:
        return magnitude >> 31U != 0;
    case 6:
        return magnitude >> 47U != 0;
    default:
        return short_booleans;
    }
}

constexpr std::size_t kManyRows = 16; ///< that are live: enough to tell what values are like
constexpr int kUnusual = -10;
constexpr std::size_t kTellingBytes = 4; ///< shorter texts are alike by accident

std::size_t high_byte(Encoding encoding)
{
    return encoding == Encoding::utf16be ? 0 : 1;
}

/// Control characters are legal, and so rare that such a text speaks against itself.
bool has_control(Bytes text, Encoding encoding)
{
    auto const is_control = [](std::byte byte) {
        auto const code = static_cast<unsigned>(byte);
        return (code < 0x20U && code != '\n' && code != '\t' && code != '\r') || code == 0x7fU;
    };
    if (encoding == Encoding::utf8)
        return std::ranges::any_of(text, is_control);
    auto const high_at = high_byte(encoding);
    for (std::size_t at = 0; at + 1 < text.size(); at += 2)
        if (text[at + high_at] == std::byte { 0 } && is_control(text[at + 1 - high_at]))
            return true;
    return false;
}

int text_evidence(Bytes text, Encoding encoding)
{
    constexpr std::size_t telling = 40;
    if (has_control(text, encoding))
        return kUnusual;
    int bits = 1;
    if (encoding == Encoding::utf8)
        return bits + static_cast<int>(std::min(text.size(), telling));
    unsigned block = 0; // Letters of one script share their high byte; bytes by chance do not.
    for (std::size_t at = 0; at + 1 < text.size() && at < 2 * telling; at += 2) {
        auto const high = static_cast<unsigned>(text[at + high_byte(encoding)]);
        bits += high == 0 || high == block ? 1 : -1;
        block = high;
    }
    return bits;
}

/// By the high byte of a letter in UTF-16; 0 for what stands beside letters of any script: Latin ones, signs,
/// and those of more than one unit. Those of East Asia are told as one.
std::size_t script_of(unsigned high)
{
    constexpr unsigned greek = 0x03;
    constexpr unsigned more_greek = 0x1f;
    constexpr unsigned han = 0x4e;
    if ((high >= 0x31 && high <= 0x9f) || (high >= 0xac && high <= 0xd7) || high == 0xf9)
        return han;
    if (high <= 0x02 || high == 0x1e || (high >= 0x20 && high <= 0x30) || high >= 0xd8)
        return 0;
    return high == more_greek ? greek : high;
}

/// Whether a text in UTF-16 has letters that no text has side by side: most bytes are letters of some script
/// there. Those of Latin ones, read a byte too early, have no low bits.
bool is_jumbled(Bytes text, Encoding encoding)
{
    if (encoding == Encoding::utf8)
        return false;
    std::size_t shifted = 0;
    std::bitset<256> scripts;
    for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
        auto const high = static_cast<unsigned>(text[at + high_byte(encoding)]);
        auto const low = static_cast<unsigned>(text[at + 1 - high_byte(encoding)]);
        shifted += low == 0 && high != 0 ? 1U : 0U;
        scripts.set(script_of(high));
    }
    scripts.reset(0);
    return scripts.count() > 1 || (shifted >= 2 && 4 * shifted > text.size() / 2);
}

/// Whether a time, a length or a place on the globe could be such a number.
bool is_odd_real(double value)
{
    auto const size = std::fabs(value);
    return size != 0 && (size <= 1e-9 || size >= 1e19);
}

int real_evidence(double value)
{
    return is_odd_real(value) ? -4 : 5;
}

/// Programs cut texts at a number of bytes, which may lie inside a character.
Bytes without_cut_character(Bytes text, Encoding encoding)
{
    if (encoding != Encoding::utf8)
        return text.first(text.size() / 2 * 2);
    constexpr std::size_t longest = 4;
    for (std::size_t back = 1; back < longest && back <= text.size(); ++back) {
        auto const byte = static_cast<unsigned>(text[text.size() - back]);
        if (byte >= 0xc2U) // Begins a character of 2 bytes or more.
            return text.first(text.size() - back);
        if (byte < 0x80U)
            break;
    }
    return text;
}

bool is_readable(Bytes text, Encoding encoding)
{
    if (is_well_formed(text, encoding))
        return true;
    constexpr std::size_t telling = 8; // Bytes; fewer are well-formed by accident.
    auto const rest = without_cut_character(text, encoding);
    return rest.size() >= telling && is_well_formed(rest, encoding);
}

bool is_odd(Field const& field, Encoding encoding)
{
    if (!field.is_text())
        return field.is_real() && is_odd_real(field.real());
    return has_control(field.body, encoding) || !is_readable(field.body, encoding)
        || is_jumbled(field.body, encoding);
}

} // namespace

RowTest::RowTest(TableShape const& shape, Header const& header)
    : m_shape(shape)
    , m_encoding(header.encoding)
    , m_short_booleans(header.format >= 4 || header.format == 0)
    , m_counts(shape.stored.size() + 1)
    , m_refused(m_counts.size())
{
    m_counts.back() = true;
    for (auto const column : shape.stored) {
        Place place;
        place.affinity = shape.columns[column].affinity;
        place.must_be_null = shape.rowid_column == column;
        place.not_null = shape.columns[column].not_null && !place.must_be_null;
        m_places.push_back(place);
        auto const& declared = shape.columns[column];
        place.initial = kind_of(declared.initial);
        bool const without_default
            = declared.initial_known && std::holds_alternative<std::monostate>(declared.initial);
        if (place.must_be_null || (place.not_null && without_default))
            m_least = m_places.size();
    }
}

RowTest RowTest::older() const
{
    auto test = *this;
    for (auto count = m_least; !m_counts[count]; ++count) // The last one is known.
        test.m_counts[count] = !m_refused[count];
    return test;
}

WiderTest RowTest::wider() const
{
    auto shape = std::make_unique<TableShape>();
    for (std::size_t column = 0; column != m_shape.stored.size() + WiderTest::kMostDropped; ++column) {
        shape->columns.emplace_back();
        shape->stored.push_back(column);
    }
    if (m_shape.rowid_column == m_shape.stored.front())
        shape->rowid_column = 0;
    Header header;
    header.encoding = m_encoding;
    header.format = m_short_booleans ? 4 : 1;
    RowTest test { *shape, header };
    for (auto count = m_counts.size(); count < test.m_counts.size(); ++count)
        test.m_counts[count] = true;
    return { std::move(shape), std::move(test) };
}

void RowTest::learn(std::span<Field const> fields)
{
    if (fields.size() >= m_counts.size())
        return;
    m_counts[fields.size()] = true;
    ++m_live;
    for (auto place = fields.size(); place < m_places.size(); ++place)
        m_places[place].kinds |= m_places[place].initial;
    if (!fields.empty() && fields[0].body.size() >= kTellingBytes)
        m_first->insert(std::hash<std::string_view> {}(as_text(fields[0].body)));
    for (std::size_t i = 0; i < fields.size(); ++i) {
        m_places[i].seen |= class_of(fields[i]);
        m_places[i].kinds |= kind_of(fields[i]);
        m_places[i].odd = m_places[i].odd || is_odd(fields[i], m_encoding);
        if (fields[i].is_real())
            m_places[i].reals.learn(fields[i].real());
    }
}

bool RowTest::is_known_first(Field const& first) const
{
    return first.body.size() >= kTellingBytes
        && m_first->contains(std::hash<std::string_view> {}(as_text(first.body)));
}

bool RowTest::is_type(std::uint64_t type, std::size_t place) const
{
    auto const& rules = m_places[place];
    Field const field { type, {} };
    if (!body_size(type))
        return false;
    if (rules.must_be_null)
        return field.is_null();
    if (field.is_null())
        return !rules.not_null;
    if ((type == 8 || type == 9) && !m_short_booleans)
        return false;
    return rules.affinity != Affinity::text || field.is_text() || field.is_blob();
}

bool RowTest::has_usual_classes(std::span<Field const> fields, std::size_t first) const
{
    for (auto place = first; place < fields.size(); ++place)
        if (((usual(m_places[place].affinity) | m_places[place].seen) & class_of(fields[place])) == 0)
            return false;
    return true;
}

void RowTest::Reals::learn(double value)
{
    negative = negative || value < 0;
    if (value == 0 || !std::isfinite(value))
        return;
    lowest = std::min(lowest, std::ilogb(value));
    highest = std::max(highest, std::ilogb(value));
}

bool RowTest::Reals::are_unlike(double value) const
{
    constexpr int far = 8;
    if (value == 0 || lowest > highest)
        return false;
    auto const power = std::ilogb(value);
    return (value < 0 && !negative) || power < lowest - far || power > highest + far;
}

std::size_t RowTest::count_unfamiliar(std::span<Field const> fields, std::size_t first) const
{
    std::size_t count = 0;
    for (auto place = first; place < fields.size(); ++place)
        count += is_unfamiliar(fields[place], place) ? 1U : 0U;
    return count;
}

bool RowTest::is_unfamiliar(Field const& field, std::size_t place) const
{
    auto const& rules = m_places[place];
    return m_live >= kManyRows
        && ((rules.kinds & kind_of(field)) == 0 || (field.is_real() && rules.reals.are_unlike(field.real())));
}

bool RowTest::is_usual(std::span<Field const> fields, std::size_t first) const
{
    return has_usual_classes(fields, first)
        && std::ranges::all_of(fields.subspan(first),
            [this](Field const& field) { return !field.is_text() || is_readable(field.body, m_encoding); });
}

bool RowTest::is_ordinary(std::span<Field const> fields, std::size_t first, std::size_t whole) const
{
    for (auto place = first; place < std::min(whole, fields.size()); ++place)
        if (!m_places[place].odd && is_odd(fields[place], m_encoding))
            return false;
    return true;
}

bool RowTest::is_line(Bytes text) const
{
    if (!is_well_formed(text, m_encoding) || has_control(text, m_encoding))
        return false;
    bool const wide = m_encoding != Encoding::utf8;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const code = static_cast<unsigned>(text[at]);
        bool const is_high = wide && at % 2 == high_byte(m_encoding);
        if (is_high ? code != 0 : code == '\t' || code == '\n' || code == '\r')
            return false;
    }
    return true;
}

bool RowTest::are_lines(std::span<Field const> fields) const
{
    return std::ranges::all_of(
        fields, [this](Field const& field) { return !field.is_text() || is_line(field.body); });
}

bool RowTest::is_text_going_on(Bytes more) const
{
    constexpr std::byte first_letter { 0x20 };
    auto const size = m_encoding == Encoding::utf8 ? std::size_t { 1 } : std::size_t { 2 };
    if (more.size() < size)
        return true;
    return m_encoding == Encoding::utf8 ? more[0] >= first_letter
                                        : more[high_byte(m_encoding)] == std::byte { 0 };
}

bool RowTest::is_telling(Field const& field, std::size_t place) const
{
    auto const affinity = m_places[place].affinity;
    bool const typed
        = affinity == Affinity::text || affinity == Affinity::integer || affinity == Affinity::real;
    return typed && !field.is_null() && (usual(affinity) & class_of(field)) != 0;
}

std::optional<int> RowTest::field_evidence(Field const& field, std::size_t place) const
{
    if (!is_type(field.type, place))
        return std::nullopt;
    auto const& rules = m_places[place];
    auto const kind = class_of(field);
    int const doubt = ((usual(rules.affinity) | rules.seen) & kind) == 0 ? kUnusual : 0;
    switch (kind) {
    case Class::null:
        return rules.must_be_null ? 3 : 1; // Zeros are everywhere.
    case Class::number:
        if (!is_shortest_integer(field, m_short_booleans))
            return std::nullopt;
        return doubt
            + (field.type >= 8 ? 3 : 3 + static_cast<int>(std::min<std::size_t>(field.body.size() - 1, 4)));
    case Class::real:
        if (std::isnan(field.real())) // SQLite stores NULL instead.
            return std::nullopt;
        return doubt + real_evidence(field.real());
    case Class::text:
        // SQLite takes what it is given.
        return doubt
            + (is_well_formed(field.body, m_encoding) ? text_evidence(field.body, m_encoding) : kUnusual);
    case Class::blob:
        break;
    }
    return doubt;
}

std::optional<int> RowTest::evidence(
    std::span<Field const> fields, std::size_t whole, bool own, std::size_t first) const
{
    if (fields.empty() || fields.size() >= m_counts.size())
        return std::nullopt;
    bool const known_count = m_counts[fields.size()];
    if (!known_count && (!own || m_refused[fields.size()]))
        return std::nullopt;
    int bits = known_count ? 0 : kUnusual;
    for (std::size_t i = first; i < fields.size(); ++i) {
        if (i >= whole) {
            if (!is_type(fields[i].type, i))
                return std::nullopt;
            continue;
        }
        auto const field = field_evidence(fields[i], i);
        if (!field)
            return std::nullopt;
        bits += *field;
    }
    return bits;
}

} // namespace exhibit::sqlite
