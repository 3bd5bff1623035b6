#pragma once

#include "formats/sqlite/record.hpp"
#include "formats/sqlite/schema.hpp"
#include "formats/sqlite/value.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace exhibit::sqlite {

/// As the place of a column: it is the row id.
inline constexpr std::size_t kRowId = static_cast<std::size_t>(-1);

/// A column of a table, found in its records.
struct Place {
    std::size_t field = kRowId; ///< of the record
    Affinity affinity = Affinity::integer;
    Value initial; ///< what records hold that are older than the column
};

inline Value value_of(Field const& field, Affinity affinity)
{
    if (field.is_text())
        return Value::text(field.body);
    if (field.is_null())
        return {};
    if (field.is_integer() && affinity == Affinity::real)
        return Value::of(static_cast<double>(field.integer())); // Stored as an integer to save space.
    if (field.is_integer())
        return Value::of(field.integer());
    if (field.is_real())
        return Value::of(field.real());
    if (field.is_blob())
        return Value::blob(field.body);
    return {};
}

/// A row whose record was split; its fields are borrowed.
struct StoredRow {
    std::int64_t rowid = 0;
    std::span<Field const> fields;
    bool there = false;

    [[nodiscard]] Value at(Place const& place) const
    {
        if (!there)
            return {};
        if (place.field == kRowId)
            return Value::of(rowid);
        return place.field < fields.size() ? value_of(fields[place.field], place.affinity) : place.initial;
    }
};

} // namespace exhibit::sqlite
