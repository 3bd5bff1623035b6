// Header fields: "The Database Header", https://www.sqlite.org/fileformat2.html#the_database_header
#include "formats/sqlite/pages.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <string_view>

namespace exhibit::sqlite {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMagic = "SQLite format 3\0"sv;
constexpr std::size_t kHeaderSize = 100;
constexpr std::uint64_t kMostHoles = 1U << 20U; ///< pages that neither the database nor its log holds
constexpr std::size_t kModeAt = 18; ///< write version, read version: 2 means that a `-wal` is used
constexpr std::size_t kReservedAt = 20;
constexpr std::size_t kFractionsAt = 21;
constexpr std::size_t kEncodingAt = 56;
constexpr std::string_view kFractions = "\x40\x20\x20"sv;

std::uint32_t page_size_of(Bytes header)
{
    auto const stored = Reader { header.subspan(16) }.big<std::uint16_t>().value_or(0);
    return stored == 1 ? 65'536U : stored;
}

bool is_page_size(std::uint32_t size)
{
    return std::has_single_bit(size) && size >= 512 && size <= 65'536;
}

/// Ciphertext has every byte value about equally often; the file formats that are met in its stead do not.
bool looks_random(Bytes bytes)
{
    if (bytes.size() < 512)
        return false;
    std::array<std::uint32_t, 256> seen {};
    for (auto const byte : bytes)
        ++seen[static_cast<std::size_t>(byte)];
    double const expected = static_cast<double>(bytes.size()) / 256;
    double distance = 0;
    for (auto const count : seen) {
        double const difference = static_cast<double>(count) - expected;
        distance += difference * difference / expected;
    }
    // Chi-squared with 255 degrees of freedom: 255 on average, above 400 less than once in 10^7.
    return distance < 400;
}

std::unexpected<Error> no_database(Bytes head)
{
    if (std::ranges::all_of(head, [](std::byte byte) { return byte == std::byte { 0 }; }))
        return fail(Fault::malformed, "file is not a database: it holds zeros only");
    if (looks_random(head))
        return fail(Fault::locked, "database is encrypted: it has no SQLite header and looks random");
    if (kMagic.starts_with(as_text(head.first(std::min(head.size(), kMagic.size())))))
        return fail(Fault::truncated, "database ends inside its header", head.size());
    return fail(Fault::malformed, "file is not a database: it has no SQLite header");
}

bool has_header(Bytes head)
{
    return head.size() >= kHeaderSize && as_text(head).starts_with(kMagic)
        && is_page_size(page_size_of(head));
}

Header parse_header(Bytes head)
{
    Header header;
    header.page_size = page_size_of(head);
    header.reserved = static_cast<std::uint32_t>(head[kReservedAt]);
    // A count is in force only if the last writer knew of it.
    header.database_pages = big32(head, 24) == big32(head, 92) ? big32(head, 28) : 0;
    header.free_list = big32(head, 32);
    header.free_pages = big32(head, 36);
    header.format = big32(head, 44);
    header.auto_vacuum = big32(head, 52) != 0;
    auto const encoding = big32(head, kEncodingAt) & 3U;
    header.encoding = encoding == 0 ? Encoding::utf8 : static_cast<Encoding>(encoding);
    return header;
}

/// What cannot change while a database lives, so that companions of another one can be told. The encoding is
/// set with the first table: a database that got its tables in the `-wal` has none in the file.
bool same_database(Bytes head, Bytes other)
{
    auto const encoding = big32(head, kEncodingAt);
    auto const other_encoding = big32(other, kEncodingAt);
    return page_size_of(head) == page_size_of(other) && head[kReservedAt] == other[kReservedAt]
        && (encoding == 0 || other_encoding == 0 || encoding == other_encoding);
}

} // namespace

Result<Pages> Pages::open(Source const& main, Source const* wal, Source const* journal)
{
    Pages pages { main };
    if (journal != nullptr) {
        if (auto const opened = pages.open_journal(*journal); !opened.has_value())
            pages.m_notes.push_back({ true, opened.error() });
    }
    if (wal != nullptr) {
        if (auto const opened = pages.open_wal(*wal); !opened.has_value())
            pages.m_notes.push_back({ true, opened.error() });
    }
    EXHIBIT_TRY(pages.read_header());
    return pages;
}

Result<std::vector<std::byte>> Pages::head_of_main() const
{
    std::vector<std::byte> head(4096);
    head.resize(EXHIBIT_TRY(m_main->read_at(0, head)));
    return head;
}

Result<void> Pages::open_journal(Source const& source)
{
    m_journal_source = &source;
    m_journal = EXHIBIT_TRY(read_journal(source));
    if (!m_journal.hot)
        return {};
    auto const head = EXHIBIT_TRY(head_of_main());
    if (head.empty())
        return {};
    if (has_header(head) && page_size_of(head) != m_journal.page_size)
        return fail(Fault::malformed, "log left out: a rollback journal of another database");
    if (m_journal.many_databases) {
        note(false, Fault::unsupported,
            "journal left out: whether its transaction over several databases ended cannot be told");
        return {};
    }
    if (m_journal.cut)
        note(true, Fault::truncated,
            "journal of a broken-off transaction is damaged: pages before the damage were put back");
    else
        note(false, Fault::malformed, "a broken-off transaction was taken back with the journal");
    apply_journal();
    return {};
}

Result<void> Pages::open_wal(Source const& source)
{
    m_wal_source = &source;
    m_wal = EXHIBIT_TRY(read_wal(source));
    if (m_wal.header_damage)
        return std::unexpected(*m_wal.header_damage);
    if (m_wal.uncommitted != 0)
        note(false, Fault::truncated, "write-ahead log ends in a transaction that was never committed");
    if (m_wal.damaged != 0)
        note(true, Fault::malformed,
            "write-ahead log is damaged: frames from a wrong checksum on were left out");
    if (m_wal.cut)
        note(true, Fault::truncated, "write-ahead log ends inside a frame, which was left out");
    if (m_wal.database_pages == 0)
        return {};
    auto const head = EXHIBIT_TRY(head_of_main());
    if (has_header(head)) {
        if (page_size_of(head) != m_wal.page_size)
            return fail(Fault::malformed, "log left out: a write-ahead log of another database");
        for (auto const& frame : m_wal.frames) {
            if (frame.page != 1 || frame.state != WalFrame::State::committed)
                continue;
            std::array<std::byte, kHeaderSize> first {};
            auto const count = EXHIBIT_TRY(source.read_at(frame.offset, first));
            if (count < first.size() || !has_header(first) || !same_database(head, first))
                return fail(Fault::malformed, "log left out: a write-ahead log of another database");
        }
    }
    apply_wal();
    return {};
}

void Pages::apply_journal()
{
    m_journal_applied = true;
    m_count = m_journal.database_pages;
    std::vector<Override> overrides;
    overrides.reserve(m_journal.pages.size());
    for (auto const& page : m_journal.pages)
        overrides.push_back({ page.page, page.offset, Place::journal });
    std::ranges::reverse(overrides); // The first image of a page counts, and add_overrides keeps the last.
    add_overrides(std::move(overrides));
}

void Pages::apply_wal()
{
    m_wal_applied = true;
    m_count = m_wal.database_pages;
    std::vector<Override> overrides;
    for (auto const& frame : m_wal.frames)
        if (frame.state == WalFrame::State::committed && frame.page <= m_count)
            overrides.push_back({ frame.page, frame.offset, Place::wal });
    add_overrides(std::move(overrides));
}

/// Later entries replace earlier ones for the same page.
void Pages::add_overrides(std::vector<Override> overrides)
{
    m_overrides.insert(m_overrides.end(), overrides.begin(), overrides.end());
    std::ranges::stable_sort(m_overrides, {}, &Override::page);
    std::vector<Override> newest;
    for (auto const& entry : m_overrides) {
        if (!newest.empty() && newest.back().page == entry.page)
            newest.back() = entry;
        else
            newest.push_back(entry);
    }
    m_overrides = std::move(newest);
}

Result<void> Pages::read_header()
{
    auto head = EXHIBIT_TRY(head_of_main());
    if (auto const* first = find_override(1); first != nullptr) {
        auto const* source = first->place == Place::wal ? m_wal_source : m_journal_source;
        std::vector<std::byte> image(kHeaderSize);
        image.resize(EXHIBIT_TRY(source->read_at(first->offset, image)));
        if (has_header(image))
            head = std::move(image);
    }
    if (head.empty() && m_overrides.empty()) {
        m_count = 0;
        return {};
    }
    if (!has_header(head)) {
        if (as_text(head).starts_with(kMagic) && head.size() >= kHeaderSize)
            return fail(Fault::malformed, "database header has an impossible page size", 16);
        return no_database(head);
    }
    m_header = parse_header(head);
    if (m_header.usable() < 480)
        return fail(Fault::malformed, "database header reserves too much of each page", kReservedAt);
    if (as_text(head).substr(kFractionsAt, kFractions.size()) != kFractions)
        note(true, Fault::malformed, "database header is damaged", kFractionsAt);
    std::uint64_t const stored = (m_main->size() + page_size() - 1) / page_size();
    // What lies behind the last page is not the database: decrypted copies often end in cipher padding.
    if (m_count == 0)
        m_count = m_header.database_pages != 0
            ? m_header.database_pages
            : static_cast<std::uint32_t>(std::min<std::uint64_t>(stored, 0xffff'fffeU));
    // SQLite refuses a file that is shorter than its header says; here its last pages are just unreadable.
    if (m_header.database_pages > m_count)
        m_count = m_header.database_pages;
    if (locate(m_count).place == Place::main && std::uint64_t { m_count } * page_size() > m_main->size())
        note(true, Fault::truncated, "database is shorter than its header says", m_main->size());
    return {};
}

Pages::Override const* Pages::find_override(std::uint32_t number) const
{
    auto const found = std::ranges::lower_bound(m_overrides, number, {}, &Override::page);
    return found != m_overrides.end() && found->page == number ? &*found : nullptr;
}

std::uint32_t Pages::readable() const
{
    auto const stored = std::min<std::uint64_t>((m_main->size() + page_size() - 1) / page_size(), m_count);
    if (m_overrides.empty())
        return static_cast<std::uint32_t>(stored);
    // Memory is set aside for each page up to here, and a log of one frame may name any: SQLite leaves only
    // pages out of a log that were freed again before they were written.
    auto const most = stored + m_overrides.size() + kMostHoles;
    auto highest = m_overrides.back().page;
    if (highest > most) {
        auto const above = std::ranges::upper_bound(m_overrides, most, {}, &Override::page);
        highest = above == m_overrides.begin() ? 0U : std::prev(above)->page;
    }
    return std::max(static_cast<std::uint32_t>(stored), highest);
}

std::vector<std::uint32_t> Pages::replaced() const
{
    std::vector<std::uint32_t> numbers;
    numbers.reserve(m_overrides.size());
    for (auto const& entry : m_overrides)
        numbers.push_back(entry.page);
    return numbers;
}

Pages::Location Pages::locate(std::uint32_t number) const
{
    if (auto const* entry = find_override(number); entry != nullptr)
        return { entry->place == Place::wal ? m_wal_source : m_journal_source, entry->offset, entry->place };
    return { m_main, std::uint64_t { number - 1 } * page_size(), Place::main };
}

Result<Bytes> Pages::page(std::uint32_t number, std::vector<std::byte>& buffer) const
{
    if (number == 0 || number > m_count)
        return fail(Fault::malformed, "page number lies outside the database", number);
    auto const location = locate(number);
    if (auto const bytes = location.source->in_memory(); !bytes.empty()) {
        if (location.offset >= bytes.size())
            return Bytes {};
        auto const rest = bytes.subspan(location.offset);
        return rest.first(std::min<std::size_t>(rest.size(), page_size()));
    }
    buffer.resize(page_size());
    auto const count = EXHIBIT_TRY(location.source->read_at(location.offset, buffer));
    return Bytes { buffer }.first(count);
}

Result<Bytes> PageWindow::page(std::uint32_t number)
{
    constexpr std::size_t ahead = 64U << 10U;
    auto const size = m_pages->page_size();
    auto const location = m_pages->locate(number);
    bool const inside = number != 0 && number <= m_pages->count();
    if (!inside || !location.source->in_memory().empty()) {
        m_source = nullptr;
        return m_pages->page(number, m_buffer);
    }
    bool const goes_on = location.source == m_source && location.offset >= m_begin;
    if (!goes_on || location.offset + size > m_begin + m_size) {
        bool const is_near = goes_on && location.offset - m_begin <= m_size;
        m_buffer.resize(std::max<std::size_t>(ahead, size));
        m_source = nullptr;
        auto const into = std::span { m_buffer };
        auto read = location.source->read_at(location.offset, is_near ? into : into.first(size));
        if (!read && is_near) // What lies behind the page may be what cannot be read.
            read = location.source->read_at(location.offset, into.first(size));
        m_size = EXHIBIT_TRY(read);
        m_begin = location.offset;
        m_source = location.source;
    }
    auto const at = static_cast<std::size_t>(location.offset - m_begin);
    return Bytes { m_buffer }.subspan(at, std::min<std::size_t>(size, m_size - at));
}

Result<std::size_t> Pages::read_part(
    std::uint32_t number, std::uint32_t from, std::span<std::byte> into) const
{
    auto const location = locate(number);
    // Of a page cut by the end of the file SQLite would take the missing cells for rows of zeros.
    if (location.place == Place::main && number != 1 && m_main->size() < location.offset + page_size())
        return std::size_t { 0 };
    auto const count = EXHIBIT_TRY(location.source->read_at(location.offset + from, into));
    if (number != 1)
        return count;
    for (std::size_t at = kModeAt; at < kFractionsAt + kFractions.size(); ++at) {
        if (at < from || at - from >= count || at == kReservedAt)
            continue;
        into[at - from] = at < kReservedAt ? std::byte { 1 } : std::byte(kFractions[at - kFractionsAt]);
    }
    return count;
}

Result<std::size_t> Pages::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    std::size_t done = 0;
    while (done < into.size()) {
        auto const at = offset + done;
        if (at / page_size() >= m_count)
            break;
        auto const from = static_cast<std::uint32_t>(at % page_size());
        auto const wanted = std::min<std::size_t>(into.size() - done, page_size() - from);
        auto const count = EXHIBIT_TRY(
            read_part(static_cast<std::uint32_t>(at / page_size()) + 1, from, into.subspan(done, wanted)));
        done += count;
        if (count < wanted)
            break;
    }
    return done;
}

} // namespace exhibit::sqlite
