#pragma once

#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/overwriting.hpp"
#include "formats/sqlite/place_set.hpp"
#include "formats/sqlite/row_test.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace exhibit::sqlite {

/// Bytes of a page that no cell in force uses.
struct Region {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool block = false; ///< a free block: SQLite overwrote its first 4 bytes
    bool cut = false; ///< cell pointers end there, maybe within the first bytes of a row
};

/// The unallocated gap of a page and its free blocks, as far as their chain is sound.
std::vector<Region> unused_regions(BTreePage const& page);

/// Whether nothing was ever written to the unused bytes of a page, as far as they tell.
bool is_blank(BTreePage const& page);

/// A row found in bytes that no tree points to. Bodies of fields are borrowed from the page.
struct CarvedRow {
    std::size_t at = 0; ///< of its cell in the page
    std::size_t size = 0;
    std::optional<std::int64_t> rowid; ///< nothing where its bytes were overwritten
    std::vector<Field> fields;
    bool in_block = false; ///< in a free block of a leaf, which held rows of one table only
    bool first_lost = false; ///< type and value of the first field were overwritten
    bool first_guessed = false; ///< its type was, and only the end of the row tells how long it is
    bool exact = false; ///< what is left of the header of a free block agrees to the byte
    bool ends_well = false; ///< something begins where it ends, or did
    bool doubtful = false; ///< the values may be read a few bytes too early or too late
    std::size_t types_at = 0; ///< of its record's header in the page, as far as that is left
    std::size_t whole = 0; ///< fields whose body lies on the page; the rest ran into overflow pages
    int bits = 0; ///< evidence that this is no accident: about one in 2^bits
    std::optional<std::int64_t>
        longer_id; ///< of an index entry whose row id may have gone on: the least then
    std::vector<std::vector<Field>>
        rivals; ///< other readings of an index entry that only its table can refute

    [[nodiscard]] std::size_t end() const { return at + size; }
};

/// Looks for rows of one table in unused bytes. A row counts when the arithmetic of its cell and record
/// is exact, every value is one that SQLite would have written there, and the evidence suffices: from
/// lengths that agree, from values, and from the row lying exactly against another or the region's end.
class Carver {
public:
    /// Ends early, in the middle of a page too, when `most_work` is done.
    Carver(RowTest const& test, Overwriting& overwriting, std::uint32_t usable, std::uint64_t most_work)
        : m_test(test)
        , m_older(test.older())
        , m_wider(test.wider())
        , m_overwriting(overwriting)
        , m_usable(usable)
        , m_most_work(most_work)
    {
    }

    /// `own`: whether the page belongs to the table. Rows come in the order of their place. What is in free
    /// blocks of a page that is `others`, of another tree, was that tree's.
    std::vector<CarvedRow> carve(BTreePage const& page, bool own, bool others);
    /// The same for bytes that are no page of a tree, or whose header was overwritten.
    std::vector<CarvedRow> carve(Bytes page, Region region, bool own);

    /// Bytes looked at so far, each counted as often as it was; a measure of work.
    [[nodiscard]] std::uint64_t work() const { return m_work + m_overwriting.work(); }

private:
    struct Types {
        std::vector<Field> fields; ///< types only
        std::size_t size = 0; ///< bytes that the types take
        std::uint64_t body = 0;
    };

    /// What a cell says of itself, its body not yet looked at.
    struct Head {
        CarvedRow row;
        std::size_t record_at = 0; ///< in the page
        std::size_t header = 0; ///< bytes of the record's header
        std::size_t local = 0; ///< bytes of the record on the page
    };

    /// How many bytes the row ids of a page take, as the live ones and what else fits on it tell.
    struct IdSizes {
        std::size_t least = 1;
        std::size_t most = 9;

        [[nodiscard]] bool hold(std::size_t size) const { return size >= least && size <= most; }
    };

    /// One region, while its bytes are tried from the last to the first.
    struct Try {
        Bytes page;
        Region region;
        bool own = false;
        IdSizes ids;
        PlaceSet starts; ///< where something begins that is known for what it is, or was
        PlaceSet ends;
        std::vector<CarvedRow> rows;
    };

    /// Where cells and free blocks of a page begin and end, and where its stale pointers point.
    struct Marks {
        PlaceSet edges;
        PlaceSet pointed;
        std::size_t stale_end = 0; ///< of those pointers
        bool leaf = false; ///< of a table
        bool interior = false;
        IdSizes ids;
    };

    static Marks marks_of(BTreePage const& page, std::vector<Region> const& regions);
    static IdSizes id_sizes_of(BTreePage const& page);
    std::vector<CarvedRow> carve(Bytes page, Region region, bool own, Marks const& marks);
    [[nodiscard]] bool is_likely(Try const& attempt, CarvedRow& row, Marks const& marks) const;
    [[nodiscard]] std::vector<CarvedRow> likely(Try& attempt, Marks const& marks);
    void try_intact(Try& attempt, std::size_t at);
    void try_headless(Try& attempt, std::size_t at, Marks const& marks);
    [[nodiscard]] std::optional<Head> read_head(Bytes page, std::size_t at);
    int judge_end(Try const& attempt, CarvedRow& row, std::size_t block_end, bool exact) const;
    [[nodiscard]] std::optional<std::size_t> end_of_block(Bytes page, std::size_t at) const;
    void headless_of_size(Try& attempt, std::size_t at, std::size_t end);
    void headless(Try& attempt, std::size_t at, std::size_t block_end, bool exact);
    [[nodiscard]] std::optional<CarvedRow> headless_entry(
        Try const& attempt, std::size_t at, std::size_t end, std::uint64_t id_type);
    void headless_entry(Try& attempt, std::size_t at, std::size_t block_end);
    [[nodiscard]] bool ends_in_fragment(Try const& attempt, CarvedRow const& row) const;
    [[nodiscard]] bool is_cut_at_end(Try const& attempt, std::uint64_t rowid) const;
    [[nodiscard]] bool is_cut_head(Try const& attempt, std::size_t at);
    [[nodiscard]] std::optional<CarvedRow> best_of(
        Try const& attempt, std::size_t at, std::size_t edge, std::vector<CarvedRow> readings);
    bool try_cut(Try& attempt, std::size_t begin);
    static bool has_start_in(Try const& attempt, CarvedRow const& row);
    [[nodiscard]] bool is_overwritten(Try const& attempt, CarvedRow const& row, Marks const& marks);
    [[nodiscard]] bool has_rival(Try const& attempt, CarvedRow const& row, std::size_t at,
        std::function<bool(CarvedRow&)> const& judge);
    [[nodiscard]] std::optional<CarvedRow> headless_variant(
        Try const& attempt, RowTest const& test, std::size_t at, std::size_t types_at, std::size_t count);
    [[nodiscard]] std::optional<CarvedRow> without_first_type(
        Try const& attempt, RowTest const& test, std::size_t at, std::size_t end, std::size_t count);
    [[nodiscard]] std::optional<CarvedRow> with_half_type(
        Try const& attempt, std::size_t at, std::size_t end, std::size_t count);
    [[nodiscard]] bool is_cut(Try const& attempt, std::size_t at, CarvedRow const& row);
    [[nodiscard]] bool is_cut(Try const& attempt, std::size_t at, CarvedRow const& row, std::size_t count);
    [[nodiscard]] bool has_block_in(Try const& attempt, CarvedRow const& row);
    [[nodiscard]] bool has_sure_types(Try const& attempt, std::size_t at);
    [[nodiscard]] std::optional<Types> types_before_end(
        Try const& attempt, std::size_t at, std::size_t types_at, std::size_t count);
    [[nodiscard]] std::optional<Types> read_types(
        RowTest const& test, Bytes bytes, std::size_t count, std::size_t first_place);
    bool fill(RowTest const& test, CarvedRow& row, Bytes local, std::size_t header, bool own,
        std::size_t from_place);
    static bool guess_first(RowTest const& test, CarvedRow& row, Bytes body);

    RowTest const& m_test;
    RowTest m_older; ///< of the table as it may have been before columns were added
    WiderTest m_wider; ///< and before columns were dropped
    Overwriting& m_overwriting;
    std::uint32_t m_usable;
    std::uint64_t m_most_work;
    std::uint64_t m_work = 0;
    std::vector<Field> m_fields; ///< of the reading that is tried
};

} // namespace exhibit::sqlite
