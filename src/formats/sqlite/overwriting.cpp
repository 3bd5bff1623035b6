#include "formats/sqlite/overwriting.hpp"

#include "formats/sqlite/carve_evidence.hpp"

#include <algorithm>
#include <bit>

namespace exhibit::sqlite {

namespace {

constexpr std::size_t kIndexFields = 64; ///< of an index; SQLite allows more, and nobody has them
constexpr int kEnoughForRival = 24; ///< bits, for a row that only has to cast doubt on another
constexpr int kEnoughForHead = 22; ///< of which only sizes and types are left
constexpr int kEnoughAnchored = 12; ///< for interior cells that end where such cells began
constexpr int kEnoughLoose = 36; ///< for several that lie against each other
constexpr int kSizeBits = 7;
constexpr std::uint32_t kManyPages = 4096;

TableShape any_shape()
{
    TableShape shape;
    shape.columns.emplace_back();
    shape.stored.push_back(0);
    return shape;
}

std::size_t most_fields(std::span<RowTest const> rivals)
{
    std::size_t most = kIndexFields;
    for (auto const& rival : rivals)
        most = std::max(most, rival.shape().stored.size());
    return most;
}

} // namespace

Overwriting::Overwriting(std::span<RowTest const> rivals, Header const& header, std::uint32_t last_page)
    : m_rivals(rivals)
    , m_usable(header.usable())
    // A database that gives pages back had more of them.
    , m_last_page(header.auto_vacuum ? std::max(last_page, kManyPages) : last_page)
    , m_most_fields(most_fields(rivals))
    , m_any_shape(any_shape())
    , m_any(m_any_shape, header)
{
}

bool Overwriting::begins_in(Bytes page, Row const& row, std::size_t edge)
{
    for (auto at = row.types_at; at < std::min(row.end, page.size()); ++at) {
        ++m_work;
        if (is_interior_cell(page, at, edge))
            return true;
        // The types of a row with several flags read like cells of nothing but flags.
        auto const counts = [&](std::optional<Found> const& found) {
            return found && (found->has_body || at >= row.body_at);
        };
        if (auto const other = read(page, at, false); counts(other) && is_row(*other))
            return true;
        // The last field of an index is the row id.
        if (auto const entry = read(page, at, true); counts(entry) && entry->fields.size() > 1
            && entry->fields.back().is_integer() && is_anything(*entry))
            return true;
    }
    return false;
}

bool Overwriting::has_interior_cell(Bytes page, Row const& row, std::size_t edge)
{
    for (auto at = row.types_at; at < std::min(row.end, page.size()); ++at) {
        ++m_work;
        if (is_interior_cell(page, at, edge))
            return true;
    }
    return false;
}

/// A page number and a row id each. Zeros and small numbers make one in a row, too: so where they do not
/// end in `edge`, there have to be several, of different pages and rows.
bool Overwriting::is_interior_cell(Bytes page, std::size_t at, std::size_t edge) const
{
    int const telling = std::countl_zero(m_last_page);
    std::uint32_t last_child = 0;
    std::uint64_t last_key = 0;
    for (int bits = telling; at + 5 <= page.size(); bits += telling) {
        auto const child = big32(page, at);
        auto const key = read_varint(page.subspan(at + 4));
        if (!key || !is_shortest(*key))
            return false;
        // Of one that was freed, its place on the page and its size took that of the page number.
        bool const freed = (child & 0xffffU) == 4 + key->size && child >> 16U < m_usable;
        if (!freed && (child < 2 || child > m_last_page))
            return false;
        if (last_child == child || (last_child != 0 && last_key == key->value))
            return false;
        at += 4 + key->size;
        if (at == edge)
            return bits >= kEnoughAnchored;
        if (last_child != 0 && bits >= kEnoughLoose)
            return true;
        last_child = child;
        last_key = key->value;
    }
    return false;
}

/// A leaf cell whose sizes agree with each other.
std::optional<Overwriting::Found> Overwriting::read(Bytes page, std::size_t at, bool index)
{
    auto const payload = read_varint(page.subspan(at));
    if (!payload || payload->value < 3 || !is_shortest(*payload))
        return std::nullopt;
    at += payload->size;
    if (!index) {
        auto const rowid = read_varint(page.subspan(at));
        if (!rowid || !is_shortest(*rowid))
            return std::nullopt;
        at += rowid->size;
    }
    auto const local
        = local_size(index ? PageKind::index_leaf : PageKind::table_leaf, payload->value, m_usable);
    auto const record = page.subspan(at);
    auto const header = read_varint(record);
    if (local > record.size() || !header || !is_shortest(*header) || header->value <= header->size
        || header->value > local)
        return std::nullopt;
    auto found = read_fields(record.subspan(header->size, header->value - header->size),
        record.first(local).subspan(header->value), payload->value - header->value);
    if (found) {
        found->bits = (payload->size == 1 ? kSizeBits : 12) + kSizeBits;
        found->has_body = payload->value > header->value;
    }
    return found;
}

/// The fields that `types` and `body` make, if together they take `left` bytes.
std::optional<Overwriting::Found> Overwriting::read_fields(Bytes types, Bytes body, std::uint64_t left)
{
    Found found;
    while (!types.empty()) {
        auto const type = read_varint(types);
        auto const size = type ? body_size(type->value) : std::nullopt;
        ++m_work;
        if (!size || !is_shortest(*type) || *size > left || found.fields.size() == m_most_fields)
            return std::nullopt;
        bool const there = found.whole == found.fields.size() && *size <= body.size();
        found.fields.push_back({ type->value, there ? body.first(*size) : Bytes {} });
        if (there) {
            ++found.whole;
            body = body.subspan(*size);
        }
        left -= *size;
        types = types.subspan(type->size);
    }
    return left == 0 ? std::optional { std::move(found) } : std::nullopt;
}

bool Overwriting::is_row(Found const& found) const
{
    return is_anything(found)
        || std::ranges::any_of(m_rivals, [&](RowTest const& rival) { return is_of(rival, found); });
}

bool Overwriting::is_of(RowTest const& rival, Found const& found) const
{
    if (rival.shape().without_rowid || found.fields.size() > rival.shape().stored.size())
        return false;
    if (auto const bits = rival.evidence(found.fields, found.whole, true);
        bits && rival.is_usual(found.fields, 0) && found.bits + *bits >= kEnoughForRival)
        return true;
    // Its values may have been overwritten as well.
    for (std::size_t place = 0; place < found.fields.size(); ++place)
        if (!rival.is_type(found.fields[place].type, place))
            return false;
    return rival.is_known_count(found.fields.size())
        && found.bits + 2 * static_cast<int>(found.fields.size()) >= kEnoughForHead;
}

/// Whether the values are such that these bytes are a cell of something, if only of what left no declaration.
bool Overwriting::is_anything(Found const& found) const
{
    int bits = found.bits;
    for (std::size_t place = 0; place < found.whole; ++place) {
        auto const field = m_any.field_evidence(found.fields[place], 0);
        if (!field || !m_any.is_usual(std::span { found.fields }.subspan(place, 1), 0))
            return false;
        bits += *field;
    }
    return bits >= kEnough;
}

} // namespace exhibit::sqlite
