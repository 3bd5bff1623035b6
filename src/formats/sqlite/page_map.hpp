#pragma once

#include "base/recovered.hpp"
#include "base/result.hpp"
#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/pages.hpp"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace exhibit::sqlite {

/// An image of a page that is not the one in force.
struct PageVersion {
    std::uint32_t page = 0;
    Recovered kind = Recovered::wal_frame;
    Source const* source = nullptr;
    std::uint64_t offset = 0; ///< of the image in the source
    std::uint32_t frame = 0; ///< in the `-wal`, from 1; 0 elsewhere
};

/// Every image in the `-wal` that a newer one replaced, that was never committed, is left from before the log
/// was restarted or lies behind damage; the images in the database file that the `-wal` replaces; those in
/// the
/// `-journal`. In the order of the files.
Result<std::vector<PageVersion>> old_versions(Pages const& pages);

/// Reads an image; shorter than a page where its file ends.
Result<Bytes> read_version(Pages const& pages, PageVersion const& version, std::vector<std::byte>& buffer);

/// What each page of a database is used for, and by which tree.
class PageMap {
public:
    enum class Use : std::uint8_t { unreached, tree, overflow, free_trunk, free_leaf, other };

    static constexpr std::uint32_t kNobody = 0;
    static constexpr std::uint32_t kSchema = 1; ///< sqlite_schema, whose root comes first
    static constexpr std::uint32_t kSeveral = 0xffff'ffff;

    /// `roots` are the first pages of all trees, page 1 before all others. Owners are numbered as these,
    /// from 1.
    static Result<PageMap> build(Pages const& pages, std::span<std::uint32_t const> roots,
        std::span<PageVersion const> versions, std::vector<bool> const& plain, std::stop_token const& stop);

    [[nodiscard]] Use use(std::uint32_t page) const
    {
        return page < m_uses.size() ? m_uses[page] : Use::unreached;
    }
    /// Which tree the page belongs to, now or in any old version of the tree; kSeveral when that changed.
    [[nodiscard]] std::uint32_t owner(std::uint32_t page) const
    {
        return page < m_owners.size() ? m_owners[page] : kNobody;
    }
    /// Whether the page of a tree holds nothing but what is in force: all else of it was never written.
    [[nodiscard]] bool is_blank(std::uint32_t page) const { return page < m_blank.size() && m_blank[page]; }
    /// The highest page of which there are bytes, also behind the end of the database.
    [[nodiscard]] std::uint32_t last() const { return static_cast<std::uint32_t>(m_uses.size()) - 1; }

private:
    explicit PageMap(Pages const& pages);

    Result<void> add_tree(
        std::uint32_t root, std::uint32_t owner, std::vector<bool> const& plain, std::stop_token const& stop);
    void add_overflow(BTreePage const& page);
    Result<void> add_free_list();
    Result<void> add_old_owners(std::span<PageVersion const> versions);
    bool own(std::uint32_t page, std::uint32_t owner);

    Pages const* m_pages;
    std::vector<Use> m_uses; ///< by page number
    std::vector<std::uint32_t> m_owners;
    std::vector<bool> m_blank;
};

} // namespace exhibit::sqlite
