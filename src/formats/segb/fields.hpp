#pragma once

#include "base/bytes.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

/// What both versions of SEGB have in common. For the reader's own use.
namespace exhibit::segb {

constexpr std::int32_t kUnused = 0;
constexpr std::int32_t kWritten = 1;
constexpr std::int32_t kDeleted = 3;
constexpr std::int32_t kEmpty = 4;

constexpr std::size_t align(std::size_t at, std::size_t to)
{
    return (at + to - 1) / to * to;
}

inline Result<std::int32_t> signed_number(Reader& reader)
{
    return static_cast<std::int32_t>(EXHIBIT_TRY(reader.little<std::uint32_t>()));
}

inline Result<double> real(Reader& reader)
{
    return std::bit_cast<double>(EXHIBIT_TRY(reader.little<std::uint64_t>()));
}

/// From 2001 to 2127; what is looked for behind damage has to look right in every part.
inline bool is_plausible_time(double seconds)
{
    return std::isfinite(seconds) && seconds > 0 && seconds < 4e9;
}

} // namespace exhibit::segb
