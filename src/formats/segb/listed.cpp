#include "formats/gzip/inflate.hpp"
#include "formats/segb/fields.hpp"
#include "formats/segb/segb.hpp"

#include <algorithm>

namespace exhibit::segb {
namespace {

constexpr std::size_t kHeader = 32;
constexpr std::size_t kCountAt = 4;
constexpr std::size_t kRecordHeader = 8;
constexpr std::size_t kAlignment = 4;
constexpr std::size_t kSlot = 16;
constexpr std::size_t kLongestSought = std::size_t { 1 } << 16U; ///< of a record that no line names
constexpr std::uint64_t kListSearchPasses = 4;

} // namespace

Result<void> File::open_listed()
{
    m_version = 2;
    Reader reader { m_content };
    EXHIBIT_TRY(reader.seek(kCountAt));
    auto const count = EXHIBIT_TRY(signed_number(reader));
    m_created = EXHIBIT_TRY(real(reader));
    EXHIBIT_TRY(reader.seek(kHeader));
    m_at = kHeader;
    m_budget = kListSearchPasses * m_content.size();
    if (count < 0 || static_cast<std::size_t>(count) > reader.left() / kSlot) {
        note(Fault::truncated,
            "the list of records is longer than the file; records were sought by their checksums", kCountAt);
        use(seek_list());
    } else
        read_list(static_cast<std::size_t>(count));
    if (m_whole_list)
        m_budget = m_content.size();
    std::erase_if(m_slots, [](Slot const& slot) { return slot.state == kUnused || slot.state == kEmpty; });
    std::ranges::sort(m_slots, {}, [](Slot const& slot) { return std::pair { slot.end, slot.place }; });
    return {};
}

/// The line that begins there, which has to lie in the file.
File::Slot File::slot_at(std::size_t at) const
{
    Reader reader { m_content.subspan(at, kSlot), at };
    Slot slot;
    slot.place = at;
    slot.end = signed_number(reader).value_or(0);
    slot.state = signed_number(reader).value_or(0);
    slot.written = real(reader).value_or(0);
    return slot;
}

/// The lines that end there, backwards, as long as each looks right in every part.
std::vector<File::Slot> File::slots_before(std::size_t end) const
{
    std::vector<Slot> slots;
    for (; end >= kHeader + kSlot; end -= kSlot) {
        auto const slot = slot_at(end - kSlot);
        auto const reach = slot.end < 0 ? SIZE_MAX : kHeader + static_cast<std::size_t>(slot.end);
        if ((slot.state != kWritten && slot.state != kDeleted) || reach < kHeader + kRecordHeader
            || reach > end - kSlot || !is_plausible_time(slot.written))
            break;
        slots.push_back(slot);
    }
    return slots;
}

/// What is left of a list whose end is gone: its lines stand at a multiple of four.
std::vector<File::Slot> File::seek_list() const
{
    std::vector<Slot> found;
    auto const end = m_content.size() / kAlignment * kAlignment;
    for (std::size_t lost = 0; lost != kSlot && lost + kHeader <= end; lost += kAlignment)
        if (auto slots = slots_before(end - lost); slots.size() > found.size())
            found = std::move(slots);
    return found;
}

/// Reads the list where it should be, at the end and as long as the header says, or else finds it.
void File::read_list(std::size_t count)
{
    m_end = m_content.size() - count * kSlot;
    auto const is_used = [&](Slot const& slot) {
        return (slot.state == kWritten || slot.state == kDeleted) && slot.end >= 0
            && kHeader + static_cast<std::size_t>(slot.end) <= m_end;
    };
    auto const is_odd = [&](Slot const& slot) {
        bool const is_unused = slot.state == kUnused && slot.end == 0 && slot.written == 0;
        return slot.state != kEmpty && !is_unused && !is_used(slot)
            && (slot.end < 0 || kHeader + static_cast<std::size_t>(slot.end) > m_end
                || !is_plausible_time(slot.written));
    };
    for (auto at = m_end; at != m_content.size(); at += kSlot) {
        auto const slot = slot_at(at);
        m_whole_list = m_whole_list && (!is_used(slot) || m_slots.empty() || m_slots.back().state != kUnused);
        m_slots.push_back(slot);
    }
    auto const used = static_cast<std::size_t>(std::ranges::count_if(m_slots, is_used));
    auto const odd = static_cast<std::size_t>(std::ranges::count_if(m_slots, is_odd));
    auto const more = slots_before(m_end);
    if (auto found = seek_list();
        m_end % kAlignment != 0 || 2 * odd > count || found.size() > used + more.size()) {
        note(Fault::malformed,
            "the list of records is not where it should be; records were sought by their checksums", m_end);
        use(std::move(found));
    } else if (!more.empty()) {
        note(
            Fault::malformed, "the list of records has more lines than the header counts", more.back().place);
        m_slots.insert(m_slots.end(), more.begin(), more.end());
        m_end = more.back().place;
    } else if (used == 0) {
        m_whole_list = false;
        std::erase_if(m_slots, is_odd);
    }
}

/// Takes the lines that were found in place of those that should be there.
void File::use(std::vector<Slot> found)
{
    m_whole_list = false;
    m_end = found.empty() ? m_content.size() : found.back().place;
    m_slots = std::move(found);
}

bool File::next_listed(Record& record)
{
    if (m_slot == m_slots.size())
        return seek_unlisted(record);
    return take_listed(m_slots[m_slot], record);
}

bool File::take_listed(Slot const& slot, Record& record)
{
    auto const end = slot.end < 0 ? 0 : kHeader + static_cast<std::size_t>(slot.end);
    bool const inside = end <= m_end && end >= m_at + kRecordHeader;
    auto const whole = inside ? m_content.subspan(m_at, end - m_at) : Bytes {};
    auto const checksum = Reader { whole }.little<std::uint32_t>();
    auto const payload = inside ? whole.subspan(kRecordHeader) : Bytes {};
    bool const checksum_ok = inside && crc32_of(payload) == *checksum;
    if (inside && !checksum_ok && slot.state == kWritten && take_unlisted(end, record))
        return true;
    ++m_slot;
    record.offset = slot.place;
    record.payload_offset = slot.place;
    record.stored_state = slot.state;
    record.written = slot.written;
    if (!inside) {
        // Two lines with one end: the place was given to another record, and this one's line stayed.
        if (end > m_end || slot.end < 0) {
            note(Fault::malformed, "a record lies outside of the part for records", slot.place);
            m_whole_list = false;
        }
        return true;
    }
    record.offset = m_at;
    record.payload_offset = m_at + kRecordHeader;
    record.payload = payload;
    record.checksum_ok = checksum_ok;
    m_at = align(end, kAlignment);
    return true;
}

/// Takes a record that stands here, ends before `end` and has a right checksum, although no line names it.
bool File::take_unlisted(std::size_t end, Record& record)
{
    auto const size = summed_size(m_at, end);
    if (size == 0)
        return false;
    record.offset = m_at;
    record.payload_offset = m_at + kRecordHeader;
    record.stored_state = kWritten;
    record.payload = m_content.subspan(record.payload_offset, size);
    record.checksum_ok = true;
    m_at = align(record.payload_offset + size, kAlignment);
    if (m_slot != m_slots.size())
        note(Fault::malformed, "records stand between others that the list does not name", record.offset);
    return true;
}

/// What stands behind the last record that the list names: what was left over from before, or, where the list
/// is not whole, a record like the others.
bool File::seek_unlisted(Record& record)
{
    for (; m_at + kRecordHeader < m_end; m_at += kAlignment) {
        if (m_budget == 0)
            return false;
        if (!take_unlisted(std::min(m_end, m_at + kRecordHeader + kLongestSought), record))
            continue;
        record.past_end = m_whole_list;
        if (!m_whole_list)
            note(Fault::malformed, "the list of records lacks lines; records were sought by their checksums",
                record.offset);
        return true;
    }
    return false;
}

/// How many bytes of payload, from one to those before `end`, the checksum that stands here is right for; 0
/// when it is for none.
std::size_t File::summed_size(std::size_t at, std::size_t end)
{
    Reader reader { m_content };
    if (!reader.seek(at))
        return 0;
    auto const checksum = reader.little<std::uint32_t>().value_or(0);
    if (checksum == 0)
        return 0;
    auto const payload = m_content.subspan(at + kRecordHeader, end - at - kRecordHeader);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i != payload.size() && m_budget != 0; ++i, --m_budget) {
        sum = crc32_of(payload.subspan(i, 1), sum);
        if (sum == checksum)
            return i + 1;
    }
    return 0;
}

void File::note(Fault fault, std::string_view what, std::uint64_t at)
{
    if (!m_damage)
        m_damage = Error { fault, what, at };
}

} // namespace exhibit::segb
