#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "formats/sqlite/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

struct sqlite3_stmt;

namespace exhibit::sqlite {

class Connection;

/// A compiled SELECT and the row it stands on. Columns and parameters are numbered from 0. Text and
/// blobs are borrowed until the next `step` or `reset`, or until the same column is read in another form.
class Statement {
public:
    Statement(std::shared_ptr<Connection> connection, sqlite3_stmt* statement)
        : m_connection(std::move(connection))
        , m_statement(statement)
    {
    }
    Statement(Statement&& other) noexcept
        : m_connection(std::move(other.m_connection))
        , m_statement(std::exchange(other.m_statement, nullptr))
    {
    }
    Statement& operator=(Statement&& other) noexcept
    {
        std::swap(m_connection, other.m_connection);
        std::swap(m_statement, other.m_statement);
        return *this;
    }
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;
    ~Statement();

    Result<void> bind(int parameter, std::int64_t value);
    Result<void> bind(int parameter, double value);
    Result<void> bind(int parameter, std::string_view text);
    Result<void> bind(int parameter, Bytes blob);

    /// Moves to the next row; false past the last. Faults: `malformed` (damage was met: rows before it
    /// stand), `over_limit` (too many steps, too large a cell, too much to sort), `cancelled`, or what
    /// the source failed with.
    Result<bool> step();
    /// Back to before the first row; bound values stay.
    void reset();

    [[nodiscard]] int columns() const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] bool is_integer(int column) const;
    [[nodiscard]] bool is_text(int column) const;
    [[nodiscard]] bool is_blob(int column) const;

    [[nodiscard]] Value value(int column) const;
    /// A number, also one stored as text; a real loses its fraction. Nothing for what is no number.
    [[nodiscard]] std::optional<std::int64_t> integer(int column) const;
    [[nodiscard]] std::optional<double> real(int column) const;
    /// Whether the cell holds a number other than 0; nothing when it holds none.
    [[nodiscard]] std::optional<bool> boolean(int column) const;
    /// UTF-8 whatever the database uses; a blob's bytes as they are; a number in digits; NULL as "".
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::optional<std::string_view> text_or_none(int column) const;
    /// The bytes of a blob, or of a text in UTF-8; NULL and numbers as empty.
    [[nodiscard]] Bytes blob(int column) const;

    /// A time by the clock it was stored with; the cell may be an integer, a real or text. NULL is an
    /// absent time; what is no number stays as the raw value, without a moment.
    [[nodiscard]] Time time(int column, Clock clock) const;

private:
    std::shared_ptr<Connection> m_connection;
    sqlite3_stmt* m_statement;
};

} // namespace exhibit::sqlite
