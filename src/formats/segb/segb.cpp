#include "formats/segb/segb.hpp"

#include "formats/gzip/inflate.hpp"
#include "formats/segb/fields.hpp"

#include <algorithm>

namespace exhibit::segb {
namespace {

using namespace std::string_view_literals;

constexpr auto kMark = "SEGB"sv;

constexpr std::size_t kChainedHeader = 56;
constexpr std::size_t kChainedRecordHeader = 32;
constexpr std::size_t kChainedAlignment = 8;

/// How often the content may be summed up, at most, in search of records behind damage.
constexpr std::uint64_t kSearchPasses = 8;

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

} // namespace exhibit::segb
