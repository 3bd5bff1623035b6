#include "formats/segb/segb.hpp"

#include "formats/gzip/inflate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace exhibit::segb {
namespace {

using namespace std::string_view_literals;

constexpr auto kMark = "SEGB"sv;

constexpr std::size_t kListedHeader = 32;
constexpr std::size_t kListedRecordHeader = 8;
constexpr std::size_t kListedAlignment = 4;
constexpr std::size_t kSlot = 16;

constexpr std::size_t kChainedHeader = 56;
constexpr std::size_t kChainedRecordHeader = 32;
constexpr std::size_t kChainedAlignment = 8;

constexpr std::int32_t kUnused = 0;
constexpr std::int32_t kWritten = 1;
constexpr std::int32_t kDeleted = 3;
constexpr std::int32_t kEmpty = 4;

/// How often the content may be summed up, at most, in search of records behind damage.
constexpr std::uint64_t kSearchPasses = 8;

constexpr std::size_t align(std::size_t at, std::size_t to)
{
    return (at + to - 1) / to * to;
}

Result<std::int32_t> signed_number(Reader& reader)
{
    return static_cast<std::int32_t>(EXHIBIT_TRY(reader.little<std::uint32_t>()));
}

Result<double> real(Reader& reader)
{
    return std::bit_cast<double>(EXHIBIT_TRY(reader.little<std::uint64_t>()));
}

/// From 2001 to 2127; what is looked for behind damage has to look right in every part.
bool is_plausible_time(double seconds)
{
    return std::isfinite(seconds) && seconds > 0 && seconds < 4e9;
}

} // namespace

std::string_view name_of(State state)
{
    switch (state) {
    case State::written:
        return "written";
    case State::deleted:
        return "deleted";
    case State::unknown:
        break;
    }
    return "unknown";
}

State Record::state() const
{
    switch (stored_state) {
    case kWritten:
        return State::written;
    case kDeleted:
        return State::deleted;
    default:
        return State::unknown;
    }
}

bool Record::erased() const
{
    return std::ranges::all_of(payload, [](std::byte one) { return one == std::byte { 0 }; });
}

Result<File> File::open(Bytes content)
{
    File file { content };
    if (as_text(content).starts_with(kMark))
        EXHIBIT_TRY(file.open_listed());
    else if (content.size() >= kChainedHeader && as_text(content.subspan(0, kChainedHeader)).ends_with(kMark))
        EXHIBIT_TRY(file.open_chained());
    else
        return fail(Fault::unsupported, "the file has the mark of neither version of SEGB");
    return file;
}

Result<void> File::open_listed()
{
    m_version = 2;
    Reader reader { m_content };
    EXHIBIT_TRY(reader.skip(kMark.size()));
    auto const count = EXHIBIT_TRY(signed_number(reader));
    m_created = EXHIBIT_TRY(real(reader));
    EXHIBIT_TRY(reader.seek(kListedHeader));
    if (count < 0 || static_cast<std::size_t>(count) > reader.left() / kSlot)
        return fail(Fault::truncated, "the list of records is longer than the file", kMark.size());
    m_at = kListedHeader;
    m_end = m_content.size() - static_cast<std::size_t>(count) * kSlot;
    EXHIBIT_TRY(reader.seek(m_end));
    m_slots.reserve(static_cast<std::size_t>(count));
    for (std::int32_t i = 0; i != count; ++i) {
        Slot slot;
        slot.place = reader.offset();
        slot.end = EXHIBIT_TRY(signed_number(reader));
        slot.state = EXHIBIT_TRY(signed_number(reader));
        slot.written = EXHIBIT_TRY(real(reader));
        if (slot.state != kUnused && slot.state != kEmpty)
            m_slots.push_back(slot);
    }
    std::ranges::sort(m_slots, {}, [](Slot const& slot) { return std::pair { slot.end, slot.place }; });
    return {};
}

Result<void> File::open_chained()
{
    m_version = 1;
    m_budget = kSearchPasses * m_content.size();
    m_at = kChainedHeader;
    Reader reader { m_content };
    m_end = EXHIBIT_TRY(reader.little<std::uint32_t>());
    if (m_end > m_content.size())
        note(Fault::truncated, "the file ends before its records do", m_content.size());
    else if (m_end < kChainedHeader)
        note(Fault::malformed, "the end of the records lies in the header", 0);
    if (m_end > m_content.size() || m_end < kChainedHeader)
        m_end = m_content.size();
    return {};
}

bool File::next(Record& record)
{
    record = {};
    return m_version == 2 ? next_listed(record) : next_chained(record);
}

bool File::next_listed(Record& record)
{
    if (m_slot == m_slots.size())
        return false;
    auto const& slot = m_slots[m_slot++];
    record.offset = slot.place;
    record.payload_offset = slot.place;
    record.stored_state = slot.state;
    record.written = slot.written;
    auto const end = slot.end < 0 ? 0 : kListedHeader + static_cast<std::size_t>(slot.end);
    if (end > m_end || end < m_at + kListedRecordHeader) {
        // Two lines with one end: the place was given to another record, and this one's line stayed.
        if (end > m_end || slot.end < 0)
            note(Fault::malformed, "a record lies outside of the part for records", slot.place);
        return true;
    }
    auto const whole = m_content.subspan(m_at, end - m_at);
    Reader reader { whole };
    auto const checksum = reader.little<std::uint32_t>().value_or(0);
    record.offset = m_at;
    record.payload_offset = m_at + kListedRecordHeader;
    record.payload = whole.subspan(kListedRecordHeader);
    record.checksum_ok = crc32_of(record.payload) == checksum;
    m_at = align(end, kListedAlignment);
    return true;
}

Result<File::Header> File::header_at(std::size_t at) const
{
    Reader reader { m_content };
    EXHIBIT_TRY(reader.seek(at));
    Header header;
    header.length = EXHIBIT_TRY(signed_number(reader));
    header.state = EXHIBIT_TRY(signed_number(reader));
    header.written = EXHIBIT_TRY(real(reader));
    header.second = EXHIBIT_TRY(real(reader));
    header.checksum = EXHIBIT_TRY(reader.little<std::uint32_t>());
    EXHIBIT_TRY(reader.skip(sizeof(std::uint32_t)));
    return header;
}

/// Takes the record whose header stands at `m_at`, and moves on. The length was checked.
bool File::take(Header const& header, Record& record)
{
    record.offset = m_at;
    record.payload_offset = m_at + kChainedRecordHeader;
    record.stored_state = header.state;
    record.written = header.written;
    record.second = header.second;
    record.payload = m_content.subspan(m_at + kChainedRecordHeader, static_cast<std::size_t>(header.length));
    record.checksum_ok = crc32_of(record.payload) == header.checksum;
    record.past_end = m_at >= m_end;
    m_at = std::min(
        align(m_at + kChainedRecordHeader + record.payload.size(), kChainedAlignment), m_content.size());
    return true;
}

bool File::next_chained(Record& record)
{
    while (!m_searching) {
        if (m_end - std::min(m_at, m_end) < kChainedRecordHeader) {
            m_searching = true;
            break;
        }
        auto const header = header_at(m_at);
        auto const room = m_end - m_at - kChainedRecordHeader;
        bool const fits = header && header->length >= 0 && static_cast<std::size_t>(header->length) <= room;
        bool const blank = fits && header->length == 0 && header->state == kUnused;
        if (!fits)
            note(Fault::malformed, "a record does not fit where it stands", m_at);
        if (!fits || blank) {
            m_searching = true;
            break;
        }
        if (header->state != kEmpty || header->length != 0)
            return take(*header, record);
        m_at += kChainedRecordHeader;
    }
    return search(record);
}

/// Finds the next place at which a whole record stands, with a right checksum: behind damage, and behind the
/// end of the data, where records of earlier days may be left.
bool File::search(Record& record)
{
    for (; m_content.size() - m_at >= kChainedRecordHeader + 1; m_at += kChainedAlignment) {
        auto const header = header_at(m_at);
        if (!header)
            return false;
        auto const room = m_content.size() - m_at - kChainedRecordHeader;
        if (header->length <= 0 || static_cast<std::size_t>(header->length) > room
            || (header->state != kWritten && header->state != kDeleted) || !is_plausible_time(header->written)
            || !is_plausible_time(header->second))
            continue;
        auto const length = static_cast<std::size_t>(header->length);
        if (length > m_budget) {
            note(Fault::over_limit, "the search for records behind damage took too long", m_at);
            return false;
        }
        m_budget -= length;
        if (crc32_of(m_content.subspan(m_at + kChainedRecordHeader, length)) != header->checksum)
            continue;
        (void)take(*header, record);
        m_searching = record.past_end;
        return true;
    }
    return false;
}

void File::note(Fault fault, std::string_view what, std::uint64_t at)
{
    if (!m_damage)
        m_damage = Error { fault, what, at };
}

} // namespace exhibit::segb
