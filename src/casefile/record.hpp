#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace exhibit {

/// Builds one record in SQLite's file format (serial types, then values), cell by cell.
/// Source: "Database File Format" of the SQLite documentation, section 2.1.
class RecordBuilder {
public:
    void clear();
    void add_null();
    void add(std::int64_t value);
    void add(double value);
    void add(std::string_view text); ///< must be valid UTF-8 without NUL
    void add(Bytes blob);

    /// The finished record. Valid until the next call of any other function.
    [[nodiscard]] Bytes finish();

private:
    void put_serial(std::uint64_t type);

    std::vector<std::byte> m_types;
    std::vector<std::byte> m_body;
    std::vector<std::byte> m_record;
};

/// Appends SQLite's big-endian variable-length integer (1 to 9 bytes).
void put_varint(std::vector<std::byte>& out, std::uint64_t value);

} // namespace exhibit
