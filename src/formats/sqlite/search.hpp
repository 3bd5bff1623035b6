#pragma once

#include "formats/sqlite/candidates.hpp"
#include "formats/sqlite/carve.hpp"
#include "formats/sqlite/page_map.hpp"
#include "formats/sqlite/recover.hpp"
#include "formats/sqlite/shifts.hpp"

#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace exhibit::sqlite {

/// Goes through everything of a database that is not in force and collects what can be rows of one table.
/// Internal to this folder.
class Search {
public:
    struct Where {
        Pages const& pages;
        PageMap const& map;
        std::span<PageVersion const> versions;
        std::optional<std::int64_t> highest_id; ///< that the table ever gave out, where that is known
        std::span<RowTest const* const> shapes = {}; ///< of the table in the course of time
    };

    /// `test` is of the table as it is, or as it once was: rows are told in the columns of `target`, which it
    /// is now. `owner` is the number of the table's tree in the map. `rivals` are the other tables.
    Search(Where where, RowTest const& test, TableShape const& target, std::uint32_t owner,
        std::span<RowTest const> rivals, RecoverOptions const& options);

    Result<void> run();

    /// What was found and is not live, each once.
    std::vector<Candidate> take();
    [[nodiscard]] bool cut() const { return m_cut || m_values_cut; }

private:
    /// One image of a page and what is known about it.
    struct Image {
        PageVersion place;
        Bytes bytes;
        bool own = false; ///< the page belongs to the table and to no other tree
        PageMap::Use use = PageMap::Use::unreached; ///< of images in force
        bool old = false; ///< an old version: also what its cell pointers lead to is not in force
    };

    Result<void> search_current();
    Result<void> search_old();
    Result<void> search(Image const& image);
    /// False when the image shows cells that are no rows of the table.
    Result<bool> take_cells(Image const& image, BTreePage const& page);
    [[nodiscard]] bool is_of_known_shape(std::vector<CarvedRow> const& rows) const;
    [[nodiscard]] std::optional<CarvedRow> cell_row(
        Image const& image, BTreePage const& page, Cell const& cell, std::vector<std::byte>& payload);
    /// The record of a cell in an old version, if it is sure which images its overflow pages had then.
    [[nodiscard]] std::optional<Bytes> old_payload(
        Image const& image, Cell const& cell, std::vector<std::byte>& buffer);
    [[nodiscard]] std::optional<Pages::Location> locate_then(std::uint32_t page, std::uint32_t frame) const;
    [[nodiscard]] std::size_t end_of_transaction(std::uint32_t frame) const;
    Result<void> carve_region(Image const& image, Region region);
    [[nodiscard]] Candidate candidate_of(CarvedRow const& row) const;
    [[nodiscard]] static Candidate read_as(TableShape const& shape, CarvedRow const& row, Encoding encoding);
    void keep_what_is_sure(Candidate& candidate, CarvedRow const& row);
    Result<void> consider(Image const& image, CarvedRow const& row, bool by_pointer);
    Result<void> add(Image const& image, CarvedRow const& row, bool by_pointer);
    /// A row that was found elsewhere too.
    void add_again(Candidate& again, Image const& image, CarvedRow const& row, bool by_pointer);
    /// What is in a free block of the table's own leaf was never another table's.
    [[nodiscard]] static bool is_own_block(Image const& image, CarvedRow const& row);
    /// Whether a live row equals the candidate; notes whether one has its row id.
    [[nodiscard]] Result<bool> is_live(Candidate& candidate);
    [[nodiscard]] bool is_familiar(Image const& image, CarvedRow const& row, bool by_pointer) const;
    [[nodiscard]] bool is_certain(CarvedRow const& row);
    [[nodiscard]] bool was_given_out(Image const& image, Candidate const& candidate) const;
    /// Of an entry of an index: whether its table says that it is one that is gone, and no other reading of
    /// its bytes can be. Nothing when one of them is an entry in force.
    [[nodiscard]] Result<std::optional<bool>> is_sole_reading(Candidate const& entry, CarvedRow const& row);
    [[nodiscard]] bool enough();
    [[nodiscard]] bool is_spent() const;

    Pages const& m_pages;
    PageMap const& m_map;
    std::span<PageVersion const> m_versions;
    std::optional<std::int64_t> m_highest_id;
    RowTest const& m_test;
    TableShape const& m_target;
    std::vector<std::optional<std::size_t>> m_columns; ///< of the target, where `test` is of another shape
    /// The table as it was at other times, and where it had the columns of the target.
    struct Former {
        RowTest const& test;
        std::vector<std::optional<std::size_t>> columns;
    };
    std::vector<Former> m_formers;
    std::uint32_t m_owner;
    std::span<RowTest const> m_rivals;
    RecoverOptions const& m_options;
    Overwriting m_overwriting;
    Carver m_carver;
    RowTest const* m_now; ///< the test of the target, where there is one
    std::vector<std::optional<std::size_t>> m_places_now; ///< in records of the target, of each field
    std::vector<Candidate> m_candidates;
    std::unordered_map<std::uint64_t, std::size_t> m_known; ///< hash -> candidate
    Shifts m_shifts;
    std::unordered_set<std::uint32_t> m_proven; ///< images that show a live row of the table
    std::uint64_t m_bytes = 0; ///< that the candidates take, about
    std::uint64_t m_held = 0; ///< bytes of the rows of the image that is read
    std::uint64_t m_work = 0; ///< besides that of the carver
    std::uint32_t m_image = 0;
    bool m_cut = false;
    bool m_values_cut = false; ///< the search goes on
};

} // namespace exhibit::sqlite
