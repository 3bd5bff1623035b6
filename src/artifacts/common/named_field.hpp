#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace exhibit {

/// A field of a row, and the name that its source has for it.
template<typename Row, typename Value> struct NamedField {
    std::string_view name;
    Value Row::* field;
};

/// The field of `row` with this name; null where none has it.
template<typename Row, typename Value, std::size_t Count>
Value* field_named(Row& row, std::array<NamedField<Row, Value>, Count> const& fields, std::string_view name)
{
    auto const* const found = std::ranges::find(fields, name, &NamedField<Row, Value>::name);
    return found == fields.end() ? nullptr : &(row.*(found->field));
}

} // namespace exhibit
