#pragma once

#include "formats/sqlite/record.hpp"
#include "formats/sqlite/schema.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

namespace exhibit::sqlite {

struct WiderTest;

/// Says whether bytes can be a row of one table. A rule that SQLite always keeps when it writes refuses;
/// what is merely unusual lowers the evidence.
class RowTest {
public:
    RowTest(TableShape const& shape, Header const& header);

    /// For records of fewer fields than any live one too: from before columns were added.
    [[nodiscard]] RowTest older() const;
    /// For records of more fields than the table has columns: of some that were dropped, wherever they stood.
    [[nodiscard]] WiderTest wider() const;

    [[nodiscard]] TableShape const& shape() const { return m_shape; }

    /// Tells what live rows look like: how many fields they have and what classes of values.
    void learn(std::span<Field const> fields);

    /// Whether a live row has this text, or these bytes, in the first column.
    [[nodiscard]] bool is_known_first(Field const& first) const;

    /// Records of so few fields are older than the columns behind, which were added later.
    void allow_count(std::size_t count)
    {
        if (count < m_counts.size())
            m_counts[count] = true;
    }
    /// The table had so many other columns once: records of so few fields are of these.
    void refuse_count(std::size_t count)
    {
        if (count < m_refused.size())
            m_refused[count] = true;
    }
    /// Records have no fewer fields: the columns up to there cannot have been added to a table.
    [[nodiscard]] std::size_t least_count() const { return m_least; }
    /// Whether the column is of a type that tells its values from those of others, and this is one of these.
    [[nodiscard]] bool is_telling(Field const& field, std::size_t place) const;

    /// How many bits of evidence speak for these fields being a row of this table; nothing when SQLite
    /// could not have written them. The first `whole` fields have their body in full. On a page that is
    /// `own` to the table, a record may have fewer fields than any live one: it may be older than a column.
    /// Fields before `first` are not looked at.
    [[nodiscard]] std::optional<int> evidence(
        std::span<Field const> fields, std::size_t whole, bool own, std::size_t first = 0) const;
    /// Whether a live row has so many fields, or one with all columns would.
    [[nodiscard]] bool is_known_count(std::size_t count) const
    {
        return count < m_counts.size() && m_counts[count];
    }

    /// Evidence of one field; `column` is its place in the record.
    [[nodiscard]] std::optional<int> field_evidence(Field const& field, std::size_t place) const;
    /// Whether the fields from `first` on are of classes that are usual in their columns or that live rows
    /// have.
    [[nodiscard]] bool has_usual_classes(std::span<Field const> fields, std::size_t first) const;
    /// How many fields from `first` on are of another class and size than any live row has there, where there
    /// are enough of these.
    [[nodiscard]] std::size_t count_unfamiliar(std::span<Field const> fields, std::size_t first) const;
    [[nodiscard]] bool is_unfamiliar(Field const& field, std::size_t place) const;
    /// Classes are usual, and texts are well-formed, but for one that was cut inside a character.
    [[nodiscard]] bool is_usual(std::span<Field const> fields, std::size_t first) const;
    /// Whether the bodies of the fields from `first` up to `whole` are free of what is legal and hardly ever
    /// meant (control characters in a text, numbers of no known scale), but for columns in which live rows
    /// have the like.
    [[nodiscard]] bool is_ordinary(std::span<Field const> fields, std::size_t first, std::size_t whole) const;
    /// Whether it is a text of one line, and in UTF-16 of Latin letters: all other bytes make letters there.
    [[nodiscard]] bool is_line(Bytes text) const;
    [[nodiscard]] bool are_lines(std::span<Field const> fields) const;
    /// Whether these bytes behind a line, or the first of them, may be more of it.
    [[nodiscard]] bool is_text_going_on(Bytes more) const;
    /// Whether the type alone is possible there.
    [[nodiscard]] bool is_type(std::uint64_t type, std::size_t place) const;

private:
    /// What live rows have in a column: powers of two, and signs.
    struct Reals {
        int lowest = std::numeric_limits<int>::max();
        int highest = std::numeric_limits<int>::min();
        bool negative = false;

        void learn(double value);
        /// Whether a number is far from all of them.
        [[nodiscard]] bool are_unlike(double value) const;
    };

    struct Place {
        Affinity affinity = Affinity::blob;
        bool must_be_null = false;
        bool not_null = false;
        unsigned seen = 0; ///< classes that live rows have here, as bits
        unsigned kinds = 0; ///< the same, numbers told apart by their size
        unsigned initial = 0; ///< the same, of what rows hold that are older than the column
        Reals reals;
        bool odd = false; ///< a live row has a value here that is not ordinary
    };

    TableShape const& m_shape;
    Encoding m_encoding;
    bool m_short_booleans; ///< 0 and 1 are stored in the type alone, also by whoever makes the first table
    std::vector<Place> m_places;
    std::vector<bool> m_counts; ///< which numbers of fields live rows have
    std::vector<bool> m_refused; ///< which they cannot have, if no live row has it
    std::size_t m_least = 1;
    std::size_t m_live = 0; ///< rows that were looked at
    /// Hashes of what live rows have in the first column. Copies share it.
    std::shared_ptr<std::unordered_set<std::size_t>> m_first
        = std::make_shared<std::unordered_set<std::size_t>>();
};

struct WiderTest {
    static constexpr std::size_t kMostDropped = 6;

    std::unique_ptr<TableShape> shape; ///< which the test borrows
    RowTest test;
};

} // namespace exhibit::sqlite
