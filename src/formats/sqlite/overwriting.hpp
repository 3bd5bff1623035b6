#pragma once

#include "formats/sqlite/btree.hpp"
#include "formats/sqlite/row_test.hpp"

#include <cstdint>
#include <span>

namespace exhibit::sqlite {

/// Looks for what was written over the end of a row that no tree points to, when that is gone too: cells of
/// other tables, of indexes and of interior pages. Internal to this folder.
class Overwriting {
public:
    /// `last_page` is the highest number that a page of the database had.
    Overwriting(std::span<RowTest const> rivals, Header const& header, std::uint32_t last_page);
    Overwriting(Overwriting const&) = delete;
    Overwriting& operator=(Overwriting const&) = delete;

    struct Row {
        std::size_t types_at = 0;
        std::size_t body_at = 0;
        std::size_t end = 0;
    };
    /// Whether something else begins behind the start of this row and before its end. Cells of an interior
    /// page lie one against the other, the first of them against `edge`.
    [[nodiscard]] bool begins_in(Bytes page, Row const& row, std::size_t edge);

    /// The same, of cells of an interior page alone.
    [[nodiscard]] bool has_interior_cell(Bytes page, Row const& row, std::size_t edge);

    /// Bytes looked at so far.
    [[nodiscard]] std::uint64_t work() const { return m_work; }

private:
    struct Found {
        std::vector<Field> fields;
        std::size_t whole = 0;
        int bits = 0; ///< of its sizes, which agree
        bool has_body = false;
    };

    [[nodiscard]] bool is_interior_cell(Bytes page, std::size_t at, std::size_t edge) const;
    [[nodiscard]] std::optional<Found> read(Bytes page, std::size_t at, bool index);
    [[nodiscard]] std::optional<Found> read_fields(Bytes types, Bytes body, std::uint64_t left);
    [[nodiscard]] bool is_row(Found const& found) const;
    [[nodiscard]] bool is_of(RowTest const& rival, Found const& found) const;
    [[nodiscard]] bool is_anything(Found const& found) const;

    std::span<RowTest const> m_rivals;
    std::uint32_t m_usable;
    std::uint32_t m_last_page;
    std::size_t m_most_fields;
    TableShape m_any_shape; ///< one column that may hold anything
    RowTest m_any;
    std::uint64_t m_work = 0;
};

} // namespace exhibit::sqlite
