// Rows whose first bytes were overwritten, when their cell became a free block or when cell pointers were
// written over them.
#include "formats/sqlite/carve.hpp"
#include "formats/sqlite/carve_evidence.hpp"

#include <algorithm>
#include <limits>

namespace exhibit::sqlite {

namespace {

constexpr std::size_t kMostSlack = 3; ///< fragments that were merged into a free block
constexpr int kEnoughInBlock = 24; ///< where the free block itself says that a cell began there
constexpr int kEnoughValues = 16; ///< of the values alone, where the first one is lost
constexpr int kExactEnd = 13;
constexpr int kLooseEnd = 7;
constexpr int kBlockStart = 8;
constexpr int kOlderMargin = 4; ///< a reading of fewer fields that comes so close leaves a row untold
constexpr int kWiderMargin = -5; ///< one of more fields, of whose columns nothing is known, has to be better
constexpr int kOddId = 10; ///< off for a row id of another size than others of the page have
constexpr int kEnoughAlone = 38; ///< for a row of unknown start that lies against nothing
constexpr int kHalfType = 7; ///< for a byte of a type that agrees with the length of its value
constexpr int kMargin = 6; ///< two readings of the same bytes that are closer than this are both dropped

/// Whether a number goes on like the text before it: it may be a part of a longer one.
bool goes_on_like_text(CarvedRow const& row)
{
    if (row.fields.size() < 2 || !row.fields[0].is_text() || !row.fields[1].is_integer())
        return false;
    auto const number = row.fields[1].body;
    return number.size() > 2 && std::ranges::all_of(number, [](std::byte byte) {
        return byte >= std::byte { ' ' } && byte <= std::byte { '~' };
    });
}

/// Whether something begins at `end`, or so few bytes behind it that they can only be fragments.
bool is_near_start(PlaceSet const& starts, std::size_t end)
{
    return starts.next(end, end + kMostSlack + 1) != PlaceSet::kNone;
}

/// Whether the types of so many fields can begin there: right before them stands the length of the header,
/// unless it was overwritten. Nearly all places are refused by this alone.
bool can_have_types(Bytes page, std::size_t at, std::size_t types_at, std::size_t fields)
{
    constexpr std::byte goes_on { 0x80 };
    constexpr std::size_t longest = 9; // Bytes of a type.
    if (types_at >= page.size() || types_at <= at + kOverwritten)
        return types_at < page.size();
    auto const last = page[types_at - 1];
    bool const may_be_long = types_at == at + kOverwritten + 1 || (page[types_at - 2] & goes_on) == goes_on;
    auto const length = static_cast<std::size_t>(last);
    return last < goes_on && (may_be_long || (length > fields && length <= longest * fields + 1));
}

} // namespace

/// One reading of a cell whose first bytes were overwritten: `count` fields, the first type at `types_at`.
std::optional<CarvedRow> Carver::headless_variant(
    Try const& attempt, RowTest const& test, std::size_t at, std::size_t types_at, std::size_t count)
{
    auto const page = attempt.page;
    auto const limit = attempt.region.end;
    if (!can_have_types(page.first(limit), at, types_at, count))
        return std::nullopt;
    auto types = read_types(test, page.subspan(types_at, limit - types_at), count, 0);
    if (!types || types->body == 0) // Zeros that lie together read as a row of NULLs.
        return std::nullopt;
    std::size_t const length_size = types->size + 1 <= 127 ? 1 : 2;
    auto const header = types->size + length_size;
    auto const payload = header + types->body;
    auto const before = varint_size(payload) + length_size; // Payload size and header size.
    if (types_at - at <= before || types_at - at - before > 9)
        return std::nullopt;
    CarvedRow row;
    row.at = at;
    row.types_at = types_at;
    auto const length_at = types_at - length_size;
    if (length_at >= at + kOverwritten) {
        auto const length = read_varint(page.subspan(length_at, length_size));
        if (!length || length->value != header)
            return std::nullopt;
        row.bits += 7;
    }
    auto const id_size = types_at - at - before;
    if (!attempt.ids.hold(id_size))
        row.bits -= kOddId;
    for (auto i = at + kOverwritten; i < length_at; ++i) { // What is left of the row id.
        bool const last = i + 1 == length_at;
        bool const more = (static_cast<unsigned>(page[i]) & 0x80U) != 0;
        if (more == last && (!last || id_size != 9)) // All bits of a ninth byte are the number's.
            return std::nullopt;
    }
    auto const local = local_size(PageKind::table_leaf, payload, m_usable);
    bool const spills = local < payload;
    auto const end = length_at + local + (spills ? 4 : 0);
    if (end > limit || local < header)
        return std::nullopt;
    row.size = end - at;
    row.fields = std::move(types->fields);
    if (!fill(test, row, page.subspan(length_at, local), header, attempt.own, 0))
        return std::nullopt;
    return row;
}

/// The value of a first field whose type is gone, when only one type fits what is left for its body.
/// False when none does.
bool Carver::guess_first(RowTest const& test, CarvedRow& row, Bytes body)
{
    row.first_lost = true;
    std::optional<Field> found;
    for (std::uint64_t type = 0; type < 128; ++type) {
        if (body_size(type) != body.size() || !test.is_type(type, 0))
            continue;
        Field const field { type, body };
        if (test.field_evidence(field, 0).value_or(-1) < 0)
            continue;
        if (found)
            return true;
        found = field;
    }
    if (!found)
        return false;
    row.fields.front() = *found;
    row.first_lost = false;
    row.doubtful = found->is_text() || found->is_blob();
    return true;
}

/// A cell of which sizes, row id, header length and the first type took 4 bytes and are gone: the common
/// case of short rows with low ids.
std::optional<CarvedRow> Carver::without_first_type(
    Try const& attempt, RowTest const& test, std::size_t at, std::size_t end, std::size_t count)
{
    auto const page = attempt.page;
    auto const types_at = at + kOverwritten;
    if (count == 0 || types_at > end)
        return std::nullopt;
    auto types = read_types(test, page.subspan(types_at, end - types_at), count, 1);
    if (!types || types->body == 0)
        return std::nullopt;
    auto const payload = end - at - 2;
    auto const header = types->size + 2;
    if (payload > 127 || header > 127 || payload < header + types->body)
        return std::nullopt;
    auto const first_size = payload - header - types->body;
    auto const bodies = page.subspan(at + 2, payload);
    CarvedRow row;
    row.at = at;
    row.size = end - at;
    row.types_at = types_at;
    row.first_guessed = true;
    if (!attempt.ids.hold(1))
        row.bits -= kOddId;
    row.fields.push_back({});
    row.fields.insert(row.fields.end(), types->fields.begin(), types->fields.end());
    if (!guess_first(test, row, bodies.subspan(header, first_size))
        || !fill(test, row, bodies, header + first_size, attempt.own, 1))
        return std::nullopt;
    row.doubtful = row.doubtful || (row.first_lost && row.bits < kEnoughValues);
    return row;
}

/// A cell of which the first byte of a first type of two is gone as well: that of a text or blob of some
/// length, of which the other byte tells what it is and about how long.
std::optional<CarvedRow> Carver::with_half_type(
    Try const& attempt, std::size_t at, std::size_t end, std::size_t count)
{
    constexpr std::uint64_t low_bits = 0x7f;
    auto const page = attempt.page;
    auto const types_at = at + kOverwritten + 1;
    if (count == 0 || types_at > end || m_test.shape().rowid_column == m_test.shape().stored.front())
        return std::nullopt;
    auto const half = static_cast<std::uint64_t>(page[types_at - 1]);
    auto types = read_types(m_test, page.subspan(types_at, end - types_at), count, 1);
    auto const payload = end - at - 2;
    if (half > low_bits || !types || payload > low_bits || payload < types->size + 3 + types->body)
        return std::nullopt;
    auto const header = types->size + 3;
    auto const first_size = payload - header - types->body;
    std::uint64_t const type = 12 + 2 * first_size + half % 2;
    if (type <= low_bits || (type & low_bits) != half || !m_test.is_type(type, 0))
        return std::nullopt;
    auto const bodies = page.subspan(at + 2, payload);
    CarvedRow row;
    row.at = at;
    row.size = end - at;
    row.types_at = types_at;
    row.bits = (attempt.ids.hold(1) ? 0 : -kOddId) + kHalfType;
    row.fields.push_back({ type, bodies.subspan(header, first_size) });
    row.fields.insert(row.fields.end(), types->fields.begin(), types->fields.end());
    return fill(m_test, row, bodies, header, attempt.own, 0) ? std::optional { std::move(row) }
                                                             : std::nullopt;
}

/// The types of a cell whose end is not looked for.
std::optional<Carver::Types> Carver::types_before_end(
    Try const& attempt, std::size_t at, std::size_t types_at, std::size_t count)
{
    auto const bytes = attempt.page.first(attempt.region.end);
    if (!can_have_types(bytes, at, types_at, count))
        return std::nullopt;
    auto types = read_types(m_test, bytes.subspan(types_at), count, 0);
    if (!types || types->body == 0)
        return std::nullopt;
    auto const header = types->size + 1;
    auto const before = varint_size(header + types->body) + 1;
    bool const sure = types_at > at + kOverwritten;
    if (types_at - at <= before || !attempt.ids.hold(types_at - at - before)
        || (sure && static_cast<std::size_t>(bytes[types_at - 1]) != header))
        return std::nullopt;
    return types;
}

/// Whether types are left with the length of their header before them: a row began here, wherever it ended.
bool Carver::has_sure_types(Try const& attempt, std::size_t at)
{
    m_work += m_test.shape().stored.size();
    for (auto count = m_test.shape().stored.size(); count > 0; --count)
        for (std::size_t before = kOverwritten + 1; m_test.is_known_count(count) && before <= 14; ++before)
            if (types_before_end(attempt, at, at + before, count))
                return true;
    return false;
}

/// Whether a cell was written over the end of the row and freed again, of which the header of a free block
/// and types are left.
bool Carver::has_block_in(Try const& attempt, CarvedRow const& row)
{
    for (auto at = row.types_at; at < row.end(); ++at) {
        ++m_work;
        if (end_of_block(attempt.page, at) && has_sure_types(attempt, at))
            return true;
    }
    return false;
}

/// Whether the bytes, which were read as a row of which a type or the number of types is gone, are as well
/// the beginning of a longer one over whose end others were written: SQLite takes what it needs from the end
/// of a free block.
bool Carver::is_cut(Try const& attempt, std::size_t at, CarvedRow const& row)
{
    if (row.first_guessed && has_sure_types(attempt, at))
        return true;
    if (row.types_at != at + kOverwritten)
        return false;
    for (auto count = row.fields.size() + (row.first_guessed ? 0 : 1); count <= m_test.shape().stored.size();
        ++count)
        if (is_cut(attempt, at, row, count))
            return true;
    return false;
}

bool Carver::is_cut(Try const& attempt, std::size_t at, CarvedRow const& row, std::size_t count)
{
    auto const types_at = at + kOverwritten;
    auto types = types_before_end(attempt, at, types_at, count);
    if (!types || types_at + types->size + types->body <= row.end())
        return false;
    CarvedRow longer;
    longer.at = at;
    longer.types_at = types_at;
    longer.fields = std::move(types->fields);
    auto const bodies = attempt.page.first(row.end()).subspan(types_at);
    if (types->size > bodies.size() || !m_test.has_usual_classes(longer.fields, 0)
        || !fill(m_test, longer, bodies, types->size, attempt.own, 0))
        return false;
    std::size_t const first = row.first_lost ? 1 : 0;
    return longer.bits + kMargin >= m_test.evidence(row.fields, row.whole, attempt.own, first).value_or(0);
}

/// The reading that is clearly the best, or none. Where only its end told how long its first text is, it
/// stays doubtful if other ends do as well: SQLite may have written a row over the last bytes, or left some
/// behind them. Not so where the text alone of these is one that a live row has, and the row ends where
/// something begins.
std::optional<CarvedRow> Carver::best_of(
    Try const& attempt, std::size_t at, std::size_t edge, std::vector<CarvedRow> readings)
{
    if (readings.empty())
        return std::nullopt;
    std::ranges::stable_sort(readings, std::ranges::greater {}, &CarvedRow::bits);
    auto& best = readings.front();
    bool const close = readings.size() > 1 && best.bits - readings[1].bits < kMargin;
    if (close && !best.doubtful)
        return std::nullopt;
    if (close || !best.doubtful || best.first_lost || !best.first_guessed)
        return std::move(best);
    bool const known
        = (best.end() == edge || attempt.starts[best.end()]) && m_test.is_known_first(best.fields.front());
    best.doubtful = false;
    auto const last = std::min(best.end() + kMostSlack, attempt.page.size());
    for (auto end = best.end() - kMostSlack; end <= last && !best.doubtful; ++end) {
        auto const other = end == best.end()
            ? std::nullopt
            : without_first_type(attempt, m_test, at, end, best.fields.size());
        best.doubtful = other && (!known || m_test.is_known_first(other->fields.front()));
    }
    return std::move(best);
}

/// Whether the bytes are as well a row of fewer fields than any live one has, or of more than there are now:
/// with those of today its values would be shifted. When a column is dropped, all live rows get all fields.
/// `judge` adds what the place says for a reading, and refuses those for which it says too little.
bool Carver::has_rival(
    Try const& attempt, CarvedRow const& row, std::size_t at, std::function<bool(CarvedRow&)> const& judge)
{
    // A first value of any size would take up what is too much or too little of the others.
    bool const begins_without_value = m_test.shape().rowid_column == m_test.shape().stored.front();
    auto const is_read_by = [&](RowTest const& test, std::size_t count, int margin) {
        auto const is_rival = [&](std::optional<CarvedRow> other) {
            return other && judge(*other) && other->bits + margin > row.bits;
        };
        for (std::size_t before = kOverwritten; before <= 14; ++before)
            if (is_rival(headless_variant(attempt, test, at, at + before, count)))
                return true;
        return begins_without_value && is_rival(without_first_type(attempt, test, at, row.end(), count));
    };
    for (auto count = m_test.least_count(); !m_test.is_known_count(count); ++count) // That of today is.
        if (m_older.is_known_count(count) && is_read_by(m_older, count, kOlderMargin))
            return true;
    auto const most = m_test.shape().stored.size();
    for (auto count = most + 1; count <= most + WiderTest::kMostDropped; ++count)
        if (is_read_by(m_wider.test, count, kWiderMargin))
            return true;
    return false;
}

/// Adds what the end of a reading says for it, and returns how much is enough then.
int Carver::judge_end(Try const& attempt, CarvedRow& row, std::size_t block_end, bool exact) const
{
    auto const end = row.end();
    if (exact && end == block_end)
        row.bits += kExactEnd;
    else if (attempt.starts[end])
        row.bits += kAgainstRow;
    else if (is_near_start(attempt.starts, end)
        || (exact && end < block_end && block_end - end <= kMostSlack))
        row.bits += kLooseEnd;
    else {
        // One more type may have stood before, and its value before the others.
        bool const begins_without_value = m_test.shape().rowid_column == m_test.shape().stored.front();
        row.doubtful = row.doubtful || (!begins_without_value && row.types_at == row.at + kOverwritten);
        return has_start_in(attempt, row) ? std::numeric_limits<int>::max() : kEnoughAlone;
    }
    return kEnoughInBlock;
}

/// All readings of a cell that became a free block at `at`; the best is kept if it is clearly the best.
/// `exact`: the block is known to have ended at `block_end`, which is where its last cell did.
void Carver::headless(Try& attempt, std::size_t at, std::size_t block_end, bool exact)
{
    std::vector<CarvedRow> readings;
    auto const judge = [&](CarvedRow& row) {
        auto const enough = judge_end(attempt, row, block_end, exact);
        row.bits += kBlockStart;
        return row.bits >= enough;
    };
    auto const consider = [&](std::optional<CarvedRow> row) {
        if (row && judge(*row))
            readings.push_back(std::move(*row));
    };
    auto const most = m_test.shape().stored.size();
    for (auto count = most; count > 0; --count) {
        if (!m_test.is_known_count(count))
            continue;
        for (std::size_t before = kOverwritten; before <= 14; ++before)
            consider(headless_variant(attempt, m_test, at, at + before, count));
        auto const last = std::min(attempt.region.end, at + 130); // Longer rows lose no type.
        // Ends behind which something is known to begin.
        auto const near = [&](std::size_t end) {
            auto const start = attempt.starts.next(end, last + kMostSlack + 1);
            auto const next = std::max(end, start - kMostSlack);
            return exact && end <= block_end ? std::min(next, std::max(end, block_end - kMostSlack)) : next;
        };
        for (auto end = near(at + kOverwritten); end <= last; end = near(end + 1)) {
            consider(without_first_type(attempt, m_test, at, end, count));
            consider(with_half_type(attempt, at, end, count));
        }
    }
    if (auto row = best_of(attempt, at, exact ? block_end : attempt.region.end, std::move(readings))) {
        row->doubtful = row->doubtful || goes_on_like_text(*row) || is_cut(attempt, at, *row)
            || has_block_in(attempt, *row) || has_rival(attempt, *row, at, judge);
        attempt.starts.add(at);
        attempt.ends.add(row->end());
        attempt.rows.push_back(std::move(*row));
    }
}

/// The row over whose first bytes the cell pointers of the page were written when it was filled anew. Where
/// it began is gone with them, so it must lie exactly against what follows.
bool Carver::try_cut(Try& attempt, std::size_t begin)
{
    if (m_test.shape().without_rowid || begin < kOverwritten || attempt.starts[begin])
        return false;
    auto const at = begin - kOverwritten;
    std::vector<CarvedRow> readings;
    auto const is_edge = [&](std::size_t end) { return end == attempt.region.end || attempt.starts[end]; };
    auto const judge = [&](CarvedRow& row) {
        row.bits += kAgainstRow;
        return is_edge(row.end()) && row.bits >= kEnough;
    };
    auto const consider = [&](std::optional<CarvedRow> row) {
        if (row && judge(*row))
            readings.push_back(std::move(*row));
    };
    for (auto count = m_test.shape().stored.size(); count > 0; --count) {
        if (!m_test.is_known_count(count))
            continue;
        for (std::size_t before = kOverwritten; before <= 14; ++before)
            consider(headless_variant(attempt, m_test, at, at + before, count));
        auto const last = std::min(attempt.region.end, at + 130); // Longer rows lose no type.
        for (auto end = begin; end <= last; ++end) {
            end = std::min(attempt.starts.next(end, last), last);
            if (is_edge(end)) {
                consider(without_first_type(attempt, m_test, at, end, count));
                consider(with_half_type(attempt, at, end, count));
            }
        }
    }
    auto row = best_of(attempt, at, attempt.region.end, std::move(readings));
    if (!row)
        return false;
    row->doubtful = row->doubtful || goes_on_like_text(*row) || has_rival(attempt, *row, at, judge);
    row->size = row->end() - begin;
    row->at = begin;
    attempt.rows.push_back(std::move(*row));
    return true;
}

} // namespace exhibit::sqlite
