// The layout is that of "The Rollback Journal", https://www.sqlite.org/fileformat2.html#the_rollback_journal
#include "formats/sqlite/journal.hpp"

#include "base/bytes.hpp"
#include "formats/sqlite/btree.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string_view>

namespace exhibit::sqlite {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kJournalMagic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"sv;
constexpr std::size_t kJournalHeaderSize = 28;
constexpr std::uint32_t kCountFromSize = 0xffff'ffff; ///< written by systems that did not sync
constexpr std::uint64_t kLockByte = 0x4000'0000; ///< the page that holds it is never journalled

struct JournalHeader {
    std::uint32_t records = 0;
    std::uint32_t nonce = 0;
    std::uint32_t database_pages = 0;
    std::uint32_t sector_size = 0;
    std::uint32_t page_size = 0;
};

/// A journal has one header per sync. Sizes are those of the first; nonce and count belong to each.
Result<std::optional<JournalHeader>> read_header(Source const& source, std::uint64_t at)
{
    std::array<std::byte, kJournalHeaderSize> bytes {};
    auto const count = EXHIBIT_TRY(source.read_at(at, bytes));
    if (count < bytes.size() || as_text(Bytes { bytes }.first(kJournalMagic.size())) != kJournalMagic)
        return std::nullopt;
    Reader reader { Bytes { bytes }.subspan(kJournalMagic.size()) };
    JournalHeader header;
    for (auto* field :
        { &header.records, &header.nonce, &header.database_pages, &header.sector_size, &header.page_size })
        *field = EXHIBIT_TRY(reader.big<std::uint32_t>());
    return header;
}

/// The name of a super-journal stands at the very end: name, its length, its sum, the magic.
Result<bool> names_super_journal(Source const& source)
{
    std::array<std::byte, 16> tail {};
    if (source.size() < tail.size())
        return false;
    auto const count = EXHIBIT_TRY(source.read_at(source.size() - tail.size(), tail));
    return count == tail.size() && as_text(Bytes { tail }.subspan(8)) == kJournalMagic;
}

class RecordReader {
public:
    RecordReader(Source const& source, Journal& journal)
        : m_source(source)
        , m_journal(journal)
        , m_record(journal.page_size + 8U)
    {
    }

    /// Reads the records of one header from `at` on. Returns where they end, or nothing when the
    /// journal is of no use from there on.
    Result<std::optional<std::uint64_t>> read(JournalHeader const& header, std::uint64_t at)
    {
        auto const room = m_source.size() > at ? (m_source.size() - at) / m_record.size() : 0;
        auto const records = header.records == kCountFromSize ? room : header.records;
        for (std::uint64_t i = 0; i < records; ++i, at += m_record.size()) {
            auto const count = EXHIBIT_TRY(m_source.read_at(at, m_record));
            if (count < m_record.size()) {
                m_journal.cut = true;
                return std::nullopt;
            }
            Bytes const bytes { m_record };
            auto const page = Reader { bytes }.big<std::uint32_t>().value_or(0);
            auto const image = bytes.subspan(4, m_journal.page_size);
            auto const sum = Reader { bytes.last(4) }.big<std::uint32_t>().value_or(0);
            if (page == 0 || page == kLockByte / m_journal.page_size + 1
                || sum != header.nonce + journal_page_sum(image)) {
                m_journal.cut = header.records != kCountFromSize;
                return std::nullopt;
            }
            if (page <= m_journal.database_pages)
                m_journal.pages.push_back({ page, at + 4 });
        }
        return at;
    }

private:
    Source const& m_source;
    Journal& m_journal;
    std::vector<std::byte> m_record;
};

} // namespace

std::uint32_t journal_page_sum(std::span<std::byte const> page)
{
    std::uint32_t sum = 0;
    for (auto at = page.size(); at > 200;) {
        at -= 200;
        sum += static_cast<std::uint32_t>(page[at]);
    }
    return sum;
}

namespace {

/// Whether the image is a page of a tree all of whose bytes behind the gap are cells and free space.
bool is_sound_page(Bytes image, std::uint32_t number)
{
    auto const page = read_page(image, number, static_cast<std::uint32_t>(image.size()));
    if (!page || page->cells == 0 || page->content < page->pointers_end())
        return false;
    std::size_t used = page->fragments;
    for (std::size_t i = 0; i < page->cells; ++i) {
        auto const at = page->cell_at(i);
        auto const cell = at ? read_cell(*page, *at) : std::nullopt;
        if (!cell || cell->at < page->content)
            return false;
        used += std::max<std::size_t>(cell->size, 4);
    }
    for (std::size_t at = page->first_free, least = page->content; at != 0;) {
        auto const size = big32(image, at) & 0xffffU;
        if (at < least || size < 4 || at + size > image.size())
            return false;
        used += size;
        least = at + size;
        at = big32(image, at) >> 16U;
    }
    return page->content + used == image.size();
}

/// What is left of the records behind a header of this size.
Result<std::vector<JournalPage>> finished_records(
    Source const& source, std::uint64_t sector, std::uint32_t page_size)
{
    struct Record {
        JournalPage page;
        bool sound = false;
        std::uint32_t nonce = 0;
    };
    std::vector<Record> records;
    std::vector<std::byte> buffer(page_size + 8U);
    for (auto at = sector;; at += buffer.size()) {
        auto const count = EXHIBIT_TRY(source.read_at(at, buffer));
        if (count < buffer.size())
            break;
        Bytes const bytes { buffer };
        auto const page = Reader { bytes }.big<std::uint32_t>().value_or(0);
        auto const sum = Reader { bytes.last(4) }.big<std::uint32_t>().value_or(0);
        bool const sound = page != 0 && is_sound_page(bytes.subspan(4, page_size), page);
        records.push_back({ { page, at + 4 }, sound, sum - journal_page_sum(bytes.subspan(4, page_size)) });
    }
    std::vector<JournalPage> pages;
    for (std::size_t i = 0; i < records.size(); ++i) {
        bool const agrees = (i > 0 && records[i - 1].nonce == records[i].nonce)
            || (i + 1 < records.size() && records[i + 1].nonce == records[i].nonce);
        // The last of an older, longer transaction has no neighbor; a whole page speaks for itself.
        if ((agrees || records[i].sound) && records[i].nonce != 0 && records[i].page.page != 0)
            pages.push_back(records[i].page);
    }
    return pages;
}

} // namespace

Result<std::vector<JournalPage>> read_finished_journal(Source const& source, std::uint32_t page_size)
{
    std::vector<JournalPage> best;
    std::byte first {};
    auto const count = EXHIBIT_TRY(source.read_at(0, { &first, 1 }));
    if (count == 0 || first != std::byte { 0 })
        return best;
    for (std::uint64_t const sector : { 512U, 4096U, 1024U, 2048U, 8192U, 16'384U, 32'768U, 65'536U }) {
        auto pages = EXHIBIT_TRY(finished_records(source, sector, page_size));
        if (pages.size() > best.size())
            best = std::move(pages);
    }
    return best;
}

Result<Journal> read_journal(Source const& source)
{
    Journal journal;
    std::byte first {};
    auto const count = EXHIBIT_TRY(source.read_at(0, { &first, 1 }));
    if (count == 0 || first == std::byte { 0 })
        return journal;
    auto const header = EXHIBIT_TRY(read_header(source, 0));
    if (!header)
        return fail(Fault::malformed, "log left out: it is no rollback journal");
    bool const possible = std::has_single_bit(header->page_size) && header->page_size >= 512
        && header->page_size <= 65'536 && std::has_single_bit(header->sector_size)
        && header->sector_size >= 32 && header->sector_size <= 65'536;
    if (!possible)
        return fail(Fault::malformed, "log left out: a rollback journal with impossible sizes", 20);
    journal.hot = true;
    journal.page_size = header->page_size;
    journal.database_pages = header->database_pages;
    journal.many_databases = EXHIBIT_TRY(names_super_journal(source));

    RecordReader records { source, journal };
    std::uint64_t const sector = header->sector_size;
    std::optional<JournalHeader> next = header;
    for (std::uint64_t at = 0; next;) {
        auto const end = EXHIBIT_TRY(records.read(*next, at + sector));
        if (!end)
            break;
        at = (*end + sector - 1) / sector * sector;
        next = EXHIBIT_TRY(read_header(source, at));
    }
    return journal;
}

} // namespace exhibit::sqlite
