#pragma once

#include "base/bytes.hpp"
#include "casefile/record.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace exhibit {

constexpr std::size_t kPageSize = 8192;
/// It holds the byte that SQLite locks, and is never used.
constexpr std::uint32_t kLockPage = 0x4000'0000 / kPageSize + 1;

/// The next page that may be used.
constexpr std::uint32_t page_after(std::uint32_t page)
{
    return page + 1 == kLockPage ? page + 2 : page + 1;
}

/// The database file while its tables are loaded: hands out page numbers and writes pages, from any
/// thread. Pages are numbered from 1.
class PageFile {
public:
    /// Opens a database with `kPageSize` pages and nothing in its tables yet, or an empty file.
    static Result<PageFile> open(std::filesystem::path const& path);

    PageFile(PageFile&& other) noexcept;
    PageFile& operator=(PageFile&&) = delete;
    PageFile(PageFile const&) = delete;
    PageFile& operator=(PageFile const&) = delete;
    ~PageFile();

    /// The first of `count` page numbers that follow each other as `page_after` says.
    [[nodiscard]] std::uint32_t allocate(std::uint32_t count);
    /// Writes one page, or the content of several that follow each other.
    [[nodiscard]] Result<void> write(std::uint32_t first, Bytes content);
    /// Writes page 1 but for the header of the database.
    [[nodiscard]] Result<void> write_behind_header(Bytes content);

    /// Writes the number of pages into the database header. The last call. Fails when any write did.
    [[nodiscard]] Result<void> finish();

private:
    PageFile(int descriptor, std::uint32_t pages);
    void begin_flush() const;

    int m_descriptor;
    std::atomic<std::uint32_t> m_pages;
    std::atomic<bool> m_failed = false;
};

/// Cells of one table in row id order, not yet on a page.
struct Cells {
    ByteBuffer bytes; ///< one after the other
    std::vector<std::uint32_t> ends; ///< where each ends in `bytes`
    std::vector<std::int64_t> rows;

    [[nodiscard]] bool empty() const { return ends.empty(); }
    /// Ends the cell that was written to `bytes`.
    void end(std::int64_t row);
    void clear();
};

/// What became of the rows of one task in one table, in row id order: full pages that are already
/// written, and the cells after them that did not fill a page.
struct LoadedRows {
    struct Leaf {
        std::uint32_t page;
        std::int64_t last_row;
    };
    std::vector<Leaf> leaves;
    Cells tail;

    [[nodiscard]] bool empty() const { return leaves.empty() && tail.empty(); }
};

/// Takes records of one table in row id order and writes them as leaf pages. One thread at a time;
/// loaders of several threads share a `PageFile`.
class TableLoader {
public:
    explicit TableLoader(PageFile& file)
        : m_file(&file)
    {
    }

    [[nodiscard]] Result<void> add(std::int64_t row, Bytes record);
    [[nodiscard]] LoadedRows finish();

private:
    [[nodiscard]] Result<std::uint32_t> write_overflow(Bytes rest);
    [[nodiscard]] Result<void> write_leaves();

    PageFile* m_file;
    LoadedRows m_loaded;
    ByteBuffer m_unwritten; ///< the last leaves of `m_loaded`, which have no page number yet
};

/// Joins what the tasks loaded into one b-tree under `root`. `parts` are in row id order.
Result<void> build_tree(PageFile& file, std::uint32_t root, std::span<LoadedRows const> parts);

} // namespace exhibit
