#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::sqlite {

/// One cell of a row, as SQLite stores it. Bytes are borrowed from the row.
class Value {
public:
    enum class Kind : std::uint8_t { null, integer, real, text, blob };

    Value() = default;
    static Value of(std::int64_t number)
    {
        return { Kind::integer, std::bit_cast<std::uint64_t>(number), nullptr };
    }
    static Value of(double number) { return { Kind::real, std::bit_cast<std::uint64_t>(number), nullptr }; }
    static Value text(Bytes utf8) { return { Kind::text, utf8.size(), utf8.data() }; }
    static Value blob(Bytes bytes) { return { Kind::blob, bytes.size(), bytes.data() }; }

    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] bool is_null() const { return m_kind == Kind::null; }

    /// A number, also one stored as text; a real loses its fraction. Nothing for what is no number.
    [[nodiscard]] std::optional<std::int64_t> integer() const
    {
        if (m_kind == Kind::integer)
            return std::bit_cast<std::int64_t>(m_word);
        return is_null() ? std::nullopt : converted_integer();
    }
    [[nodiscard]] std::optional<double> real() const;
    /// The bytes of a text or blob; of NULL and numbers none.
    [[nodiscard]] Bytes bytes() const { return m_data == nullptr ? Bytes {} : Bytes { m_data, m_word }; }
    /// A time by the clock it was stored with; the cell may be an integer, a real or text. NULL is an
    /// absent time; what is no number stays as the raw value, without a moment.
    [[nodiscard]] Time time(Clock) const;

private:
    Value(Kind kind, std::uint64_t word, std::byte const* data)
        : m_kind(kind)
        , m_word(word)
        , m_data(data)
    {
    }

    [[nodiscard]] std::optional<std::int64_t> converted_integer() const;

    // Rows have many cells, so they are small.
    Kind m_kind = Kind::null;
    std::uint64_t m_word = 0; ///< the bits of the number, or how many bytes there are
    std::byte const* m_data = nullptr; ///< null unless there are bytes
};

/// The cells of one row. Columns are numbered from 0; text and blobs are borrowed until the next row.
class Cells {
public:
    explicit Cells(std::size_t columns)
        : m_values(columns)
    {
    }

    void set(std::size_t column, Value value) { m_values[column] = value; }
    [[nodiscard]] std::span<Value> values() { return m_values; }

    [[nodiscard]] Value::Kind kind(int column) const { return at(column).kind(); }
    [[nodiscard]] bool is_null(int column) const { return at(column).is_null(); }
    [[nodiscard]] std::optional<std::int64_t> integer(int column) const { return at(column).integer(); }
    [[nodiscard]] std::optional<double> real(int column) const { return at(column).real(); }
    /// Whether the cell holds a number other than 0; nothing when it holds none.
    [[nodiscard]] std::optional<bool> boolean(int column) const;
    /// UTF-8 whatever the database uses; a blob's bytes as they are; a number in digits; NULL as "".
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::optional<std::string_view> text_or_none(int column) const;
    /// The bytes of a blob, or of a text in UTF-8; NULL and numbers as empty.
    [[nodiscard]] Bytes blob(int column) const { return at(column).bytes(); }
    [[nodiscard]] Time time(int column, Clock clock) const { return at(column).time(clock); }

private:
    [[nodiscard]] Value const& at(int column) const { return m_values[static_cast<std::size_t>(column)]; }

    std::vector<Value> m_values;
    mutable std::deque<std::string> m_digits; ///< of numbers that were asked for as text; by column
};

} // namespace exhibit::sqlite
