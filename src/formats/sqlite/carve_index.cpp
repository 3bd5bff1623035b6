// Entries of an index on one text whose first bytes were overwritten when their cell became a free block:
// `payload, header, type of the text, type of the row id, text, row id`. The block itself tells where the
// entry ended, and its row id where the text did.
#include "formats/sqlite/carve.hpp"
#include "formats/sqlite/carve_evidence.hpp"

#include <algorithm>
#include <array>

namespace exhibit::sqlite {

namespace {

/// Bytes behind an entry of which nothing is known: fragments, or what is left of the header of a free block.
constexpr std::size_t kMostJunk = 4;
/// And where they begin as an entry does: its sizes and types, behind which a cell was written.
constexpr std::size_t kMostOfHead = 8;
constexpr std::size_t kShortest = 4; ///< text; shorter ones are there by accident
constexpr std::uint64_t kLongestId = 4; ///< type of a row id, of those that tables count up to
constexpr int kExactEntry = 21; ///< for a free block that begins and ends with it
constexpr std::array<std::uint64_t, 8> kIdTypes { 1, 2, 3, 4, 5, 6, 8, 9 };

/// What is left of the header of an entry, which begins at `at`, is what SQLite would have written.
bool agrees_with_rest(Bytes page, std::size_t at, std::size_t types_at, std::uint64_t text, std::uint64_t id)
{
    std::array<std::byte, 10> types {};
    std::size_t count = 0;
    for (; count != varint_size(text); ++count)
        types.at(count) = varint_byte(text, count);
    types.at(count++) = static_cast<std::byte>(id);
    for (std::size_t i = 0; i != count; ++i)
        if (types_at + i >= at + kOverwritten && page[types_at + i] != types.at(i))
            return false;
    return true;
}

/// Whether the bytes begin as an entry of a text and a row id does.
bool is_head(Bytes bytes)
{
    auto const payload = read_varint(bytes);
    auto const header = payload ? bytes.subspan(payload->size) : Bytes {};
    return !header.empty() && header[0] >= std::byte { 3 } && header[0] <= std::byte { 5 };
}

/// Whether the bytes can be nothing but a row id, behind whatever text.
bool is_sure_id(RowTest const& test, Field const& id)
{
    return id.type <= kLongestId && !test.is_text_going_on(id.body) && !is_head(id.body);
}

} // namespace

/// The reading of an entry that ends at `end` and whose row id is of this type.
std::optional<CarvedRow> Carver::headless_entry(
    Try const& attempt, std::size_t at, std::size_t end, std::uint64_t id_type)
{
    auto const size = end - at;
    auto const payload = size <= 128 ? size - 1 : size - 2;
    auto const id_size = body_size(id_type).value_or(0);
    m_work += size;
    if (varint_size(payload) + payload != size
        || local_size(PageKind::index_leaf, payload, m_usable) != payload)
        return std::nullopt;
    for (std::size_t type_size = 1; type_size <= 3; ++type_size) {
        auto const header = 1 + type_size + 1;
        if (payload < header + id_size)
            return std::nullopt;
        auto const length = payload - header - id_size;
        auto const type = std::uint64_t { 13 } + 2 * length;
        auto const types_at = at + varint_size(payload) + 1;
        if (varint_size(type) != type_size || !agrees_with_rest(attempt.page, at, types_at, type, id_type))
            continue;
        auto const body = attempt.page.subspan(end - length - id_size, length + id_size);
        Field const id { id_type, body.subspan(length) };
        if (length < kShortest || id.integer() <= 0 || !m_test.field_evidence(id, 1))
            return std::nullopt;
        CarvedRow row;
        row.at = at;
        row.size = size;
        row.types_at = types_at;
        row.fields = { { type, body.first(length) }, id };
        row.whole = 2;
        auto const bits = m_test.evidence(row.fields, 2, attempt.own);
        if (!bits || !m_test.is_line(row.fields[0].body))
            return std::nullopt;
        row.bits = *bits + kExactEntry;
        if (types_at + type_size < at + kOverwritten) // The type of the row id is gone.
            row.longer_id = row.fields[1].integer() << 8U;
        return row;
    }
    return std::nullopt;
}

/// The entry of a free block that began at `at`, doubtful where its text may have gone on: another cell may
/// have been written over the rest.
void Carver::headless_entry(Try& attempt, std::size_t at, std::size_t block_end)
{
    auto const& shape = m_test.shape();
    if (shape.stored.size() != 2 || shape.columns[shape.stored[0]].affinity != Affinity::text)
        return;
    auto const end = std::min(attempt.starts.next(at + 1, block_end), block_end);
    auto const most = std::min(kMostOfHead, end - at - std::min(end - at, kOverwritten));
    std::optional<CarvedRow> best;
    std::vector<std::vector<Field>> others;
    for (std::size_t slack = 0; slack <= most; ++slack) {
        if (slack > kMostJunk && !is_head(attempt.page.subspan(end - slack, slack)))
            continue;
        for (auto const type : kIdTypes) {
            auto row = headless_entry(attempt, at, end - slack, type);
            if (!row)
                continue;
            if (slack == 0 && !best && is_sure_id(m_test, row->fields[1]))
                best = std::move(row);
            else
                others.push_back(std::move(row->fields));
        }
    }
    if (!best)
        return;
    best->rivals = std::move(others);
    attempt.starts.add(at);
    attempt.ends.add(best->end());
    attempt.rows.push_back(std::move(*best));
}

} // namespace exhibit::sqlite
