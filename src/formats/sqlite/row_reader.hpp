#pragma once

#include "base/result.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/pages.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace exhibit::sqlite {

/// Keeps pages that were read, up to a bound of bytes. One thread at a time.
class PageCache {
public:
    explicit PageCache(Pages const&);

    /// As `Pages::page`; borrowed until the next call.
    Result<Bytes> page(std::uint32_t number);

private:
    struct Slot {
        std::uint32_t number = 0;
        std::vector<std::byte> buffer;
        Bytes bytes;
    };

    Pages const* m_pages;
    std::vector<Slot> m_slots; ///< of a page the one that its number leads to
};

/// Rows of a table by their ids, for whoever asks for many. One thread at a time.
class RowReader {
public:
    /// The pages must outlive the reader. Not for tables WITHOUT ROWID.
    RowReader(Pages const&, std::uint32_t root, WalkLimits const&);

    /// Nothing where the table has no such row. Fails where damage may hide it, and with `over_limit` once
    /// the records that were read from more than one page come to several times the size of the database. The
    /// row borrows until the next call.
    Result<std::optional<TreeRow>> find(std::int64_t rowid);

private:
    Result<void> go_to_leaf(std::int64_t rowid);
    Result<TreeRow> read(Cell const&);

    Pages const* m_pages;
    std::uint32_t m_root;
    WalkLimits m_limits;
    PageCache m_cache;
    BTreePage m_leaf; ///< that was come to last
    std::uint32_t m_leaf_number = 0;
    std::int64_t m_first = 0; ///< row ids on the leaf
    std::int64_t m_last = -1;
    std::vector<std::byte> m_payload;
    std::vector<Field> m_fields;
    std::uint64_t m_spilled_left; ///< bytes of records of more than one page that may be read yet
};

} // namespace exhibit::sqlite
