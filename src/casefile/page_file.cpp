#include "casefile/page_file.hpp"

#include "casefile/page_layout.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exhibit {
namespace {

constexpr std::size_t kMaxLocal = kPageSize - 35;
constexpr std::size_t kMinLocal = (kPageSize - 12) * 32 / 255 - 23;
constexpr std::size_t kOverflowContent = kPageSize - 4;
constexpr std::size_t kPagesAtOnce
    = 32; ///< leaves that one call writes: writing page by page costs more calls

std::unexpected<Error> not_written(std::uint64_t offset = 0)
{
    return fail(Fault::io, "the case file could not be written; is the disk full?", offset);
}

Result<void> write_all(int descriptor, Bytes bytes, std::uint64_t offset)
{
    while (!bytes.empty()) {
        auto const count = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return not_written(offset);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

/// How much of a payload stays in the cell; the rest goes to overflow pages.
std::size_t local_size(std::size_t payload)
{
    if (payload <= kMaxLocal)
        return payload;
    auto const fitted = kMinLocal + (payload - kMinLocal) % kOverflowContent;
    return fitted <= kMaxLocal ? fitted : kMinLocal;
}

using Leaves = std::vector<LoadedRows::Leaf>;

/// Writes level after level of interior pages; the level that fits one page becomes the root.
Result<void> build_interior(PageFile& file, std::uint32_t root, Leaves children)
{
    constexpr auto fan_out = most_children(0);
    while (children.size() > fan_out) {
        Leaves parents;
        // Spread evenly, so that the last page of a level never has a single child.
        auto const pages = (children.size() + fan_out - 1) / fan_out;
        for (std::size_t i = 0; i != pages; ++i) {
            auto const begin = children.size() * i / pages;
            auto const end = children.size() * (i + 1) / pages;
            auto const part = std::span { children }.subspan(begin, end - begin);
            auto const page = file.allocate(1);
            EXHIBIT_TRY(file.write(page, interior_page(part, 0)));
            parents.push_back({ page, part.back().last_row });
        }
        children = std::move(parents);
    }
    return file.write(root, interior_page(children, 0));
}

} // namespace

Result<void> write_leaf(PageFile& file, Cells& cells, std::vector<LoadedRows::Leaf>& leaves)
{
    auto const number = file.allocate(1);
    ByteBuffer page;
    add_leaf_page(cells, PageKind::table_leaf, page);
    EXHIBIT_TRY(file.write(number, page.bytes()));
    leaves.push_back({ number, cells.rows.back() });
    cells.clear();
    return {};
}

PageFile::PageFile(int descriptor, std::uint32_t pages)
    : m_descriptor(descriptor)
    , m_pages(pages)
{
}

PageFile::PageFile(PageFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_pages(other.m_pages.load())
{
}

PageFile::~PageFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<PageFile> PageFile::open(std::filesystem::path const& path)
{
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return fail(Fault::io, "the new case file could not be opened for writing");
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || status.st_size % static_cast<off_t>(kPageSize) != 0) {
        ::close(descriptor);
        return fail(Fault::io, "the new case file has an unexpected size");
    }
    return PageFile { descriptor,
        static_cast<std::uint32_t>(status.st_size / static_cast<off_t>(kPageSize)) };
}

std::uint32_t PageFile::allocate(std::uint32_t count)
{
    auto held = m_pages.load();
    for (;;) {
        bool const has_lock_page = held < kLockPage && held + count >= kLockPage;
        if (m_pages.compare_exchange_weak(held, held + count + (has_lock_page ? 1 : 0)))
            return page_after(held);
    }
}

Result<void> PageFile::write(std::uint32_t first, Bytes content)
{
    auto const before_lock_page = first < kLockPage
        ? std::min(std::size_t { kLockPage - first } * kPageSize, content.size())
        : content.size();
    auto written
        = write_all(m_descriptor, content.first(before_lock_page), std::uint64_t { first - 1 } * kPageSize);
    if (written && before_lock_page != content.size())
        written = write_all(
            m_descriptor, content.subspan(before_lock_page), std::uint64_t { kLockPage } * kPageSize);
    if (!written) {
        m_failed = true;
        return written;
    }
    constexpr std::uint32_t pages_at_once = 1024;
    auto const behind = first + static_cast<std::uint32_t>(content.size() / kPageSize);
    if (first / pages_at_once != behind / pages_at_once)
        begin_flush();
    return {};
}

Result<void> PageFile::write_behind_header(Bytes content)
{
    return write_all(m_descriptor, content, kDatabaseHeader);
}

Result<void> PageFile::finish()
{
    if (m_failed)
        return not_written();
    std::vector<std::byte> count(4);
    put_big32(count, 0, m_pages.load());
    EXHIBIT_TRY(write_all(m_descriptor, count, kHeaderPageCount));
    if (::ftruncate(m_descriptor, static_cast<off_t>(std::uint64_t { m_pages.load() } * kPageSize)) != 0)
        return not_written();
    begin_flush();
    return {};
}

/// The disk begins while rows are still read, and rules evaluated, instead of when the case is finished.
void PageFile::begin_flush() const
{
    (void)::sync_file_range(m_descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

void Cells::end(std::int64_t row)
{
    ends.push_back(static_cast<std::uint32_t>(bytes.size()));
    rows.push_back(row);
}

void Cells::clear()
{
    bytes.clear();
    ends.clear();
    rows.clear();
}

Result<std::uint32_t> TableLoader::write_overflow(Bytes rest)
{
    auto const pages = static_cast<std::uint32_t>((rest.size() + kOverflowContent - 1) / kOverflowContent);
    auto const first = m_file->allocate(pages);
    std::vector<std::byte> page(kPageSize);
    for (auto number = first; !rest.empty(); number = page_after(number)) {
        std::ranges::fill(page, std::byte { 0 });
        auto const part = rest.first(std::min(rest.size(), kOverflowContent));
        rest = rest.subspan(part.size());
        put_big32(page, 0, rest.empty() ? 0 : page_after(number));
        std::ranges::copy(part, page.begin() + 4);
        EXHIBIT_TRY(m_file->write(number, page));
    }
    return first;
}

Result<void> TableLoader::add(std::int64_t row, Bytes record)
{
    auto const local = local_size(record.size());
    std::uint32_t overflow = 0;
    if (local != record.size())
        overflow = EXHIBIT_TRY(write_overflow(record.subspan(local)));
    std::array<std::byte, 2 * kLongestVarint> head {};
    auto size = write_varint(head.data(), record.size());
    size += write_varint(head.data() + size, static_cast<std::uint64_t>(row));
    auto& tail = m_loaded.tail;
    if (!fits_one_leaf(tail, size + local + (overflow == 0 ? 0 : sizeof overflow))) {
        add_leaf_page(tail, PageKind::table_leaf, m_unwritten);
        m_loaded.leaves.push_back({ 0, tail.rows.back() });
        tail.clear();
        if (m_unwritten.size() >= kPagesAtOnce * kPageSize)
            EXHIBIT_TRY(write_leaves());
    }
    tail.bytes.add(Bytes { head }.first(size));
    tail.bytes.add(record.first(local));
    if (overflow != 0) {
        std::array<std::byte, sizeof overflow> page {};
        put_big32(page, 0, overflow);
        tail.bytes.add(page);
    }
    tail.end(row);
    return {};
}

/// Writes the full leaves that wait for it, which now get their page numbers.
Result<void> TableLoader::write_leaves()
{
    if (m_unwritten.empty())
        return {};
    auto const pages = static_cast<std::uint32_t>(m_unwritten.size() / kPageSize);
    auto const first = m_file->allocate(pages);
    EXHIBIT_TRY(m_file->write(first, m_unwritten.bytes()));
    m_unwritten.clear();
    auto page = first;
    for (auto& leaf : std::span { m_loaded.leaves }.last(pages)) {
        leaf.page = page;
        page = page_after(page);
    }
    return {};
}

LoadedRows TableLoader::finish()
{
    if (!write_leaves())
        return {}; // `PageFile::finish` tells.
    return std::exchange(m_loaded, {});
}

Result<void> build_tree(PageFile& file, std::uint32_t root, std::span<LoadedRows const> parts)
{
    Leaves leaves;
    Cells open; // The page that tails of consecutive tasks share.
    for (auto const& part : parts) {
        if (!part.leaves.empty() && !open.empty())
            EXHIBIT_TRY(write_leaf(file, open, leaves));
        leaves.insert(leaves.end(), part.leaves.begin(), part.leaves.end());
        std::size_t begin = 0;
        for (std::size_t i = 0; i != part.tail.ends.size(); ++i) {
            auto const cell = part.tail.bytes.bytes().subspan(begin, part.tail.ends[i] - begin);
            begin = part.tail.ends[i];
            if (!fits_one_leaf(open, cell.size()))
                EXHIBIT_TRY(write_leaf(file, open, leaves));
            open.bytes.add(cell);
            open.end(part.tail.rows[i]);
        }
    }
    if (leaves.empty()) {
        ByteBuffer page;
        add_leaf_page(open, PageKind::table_leaf, page);
        return file.write(root, page.bytes());
    }
    if (!open.empty())
        EXHIBIT_TRY(write_leaf(file, open, leaves));
    return build_interior(file, root, std::move(leaves));
}

} // namespace exhibit
