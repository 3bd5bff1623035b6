#include "formats/sqlite/shifts.hpp"

#include <algorithm>
#include <cstdlib>
#include <variant>

namespace exhibit::sqlite {

namespace {

constexpr std::size_t kMostAway = 8; ///< columns: more are not dropped or put in

/// Whether hardly two columns of a row have this value by accident.
bool is_telling(StoredValue const& value)
{
    constexpr std::size_t long_enough = 4;
    constexpr double large = 1U << 20U;
    if (auto const* text = std::get_if<std::string>(&value))
        return text->size() >= long_enough;
    if (auto const* blob = std::get_if<std::vector<std::byte>>(&value))
        return blob->size() >= long_enough;
    if (auto const* whole = std::get_if<std::int64_t>(&value))
        return std::abs(static_cast<double>(*whole)) >= large;
    auto const* real = std::get_if<double>(&value);
    return real != nullptr && std::abs(*real) >= large;
}

/// Numbers are the same in a column for whole ones and in one for others.
bool is_same(StoredValue const& one, StoredValue const& other)
{
    auto const* whole = std::get_if<std::int64_t>(&one);
    auto const* real = std::get_if<double>(&other);
    if (whole == nullptr || real == nullptr) {
        whole = std::get_if<std::int64_t>(&other);
        real = std::get_if<double>(&one);
    }
    return whole != nullptr && real != nullptr ? static_cast<double>(*whole) == *real : one == other;
}

/// Whether another column of the live row has the value, which the old row had not there.
bool is_elsewhere(
    std::vector<StoredValue> const& old, std::vector<StoredValue> const& live, std::size_t column)
{
    auto const first = column - std::min(column, kMostAway);
    auto const last = std::min(column + kMostAway + 1, live.size());
    for (auto other = first; other < last; ++other)
        if (other != column && is_same(live[other], old[column]) && !is_same(old[other], old[column]))
            return true;
    return false;
}

} // namespace

bool Shifts::see(
    std::size_t fields, std::vector<StoredValue> const& old, std::vector<StoredValue> const& live)
{
    std::vector<Column> row(live.size());
    for (std::size_t column = 0; column < live.size(); ++column) {
        if (!is_telling(old[column]))
            continue;
        row[column].stayed = is_same(live[column], old[column]) ? 1 : 0;
        row[column].moved = row[column].stayed == 0 && is_elsewhere(old, live, column) ? 1 : 0;
    }
    auto& all = m_columns[fields];
    all.resize(live.size());
    for (std::size_t column = 0; column < row.size(); ++column) {
        all[column].stayed += row[column].stayed;
        all[column].moved += row[column].moved;
    }
    constexpr std::size_t several = 2; // A program may move one value to another column.
    return is_shifted(row, several);
}

bool Shifts::has(std::size_t fields) const
{
    auto const found = m_columns.find(fields);
    return found != m_columns.end() && is_shifted(found->second, 1);
}

/// Behind a column that was dropped or put in, values stay in none.
bool Shifts::is_shifted(std::vector<Column> const& columns, std::size_t least)
{
    constexpr std::size_t much = 4;
    std::size_t stayed = 0;
    std::size_t moved = 0;
    for (auto column = columns.size(); column-- > 0;) {
        stayed += columns[column].stayed;
        moved += columns[column].moved;
        if (moved >= least && moved > much * stayed)
            return true;
    }
    return false;
}

} // namespace exhibit::sqlite
