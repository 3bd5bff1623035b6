#pragma once

#include <cstddef>

/// What carving goes by. Internal to this folder.
namespace exhibit::sqlite {

inline constexpr std::size_t kOverwritten = 4; ///< bytes at the start of a cell that became a free block
inline constexpr int kEnough = 28; ///< bits; a database of 2^30 bytes offers 2^30 places for an accident
inline constexpr int kAgainstRow = 10;
inline constexpr int kUnfamiliar = 6; ///< off for a value such as no live row has in the column

} // namespace exhibit::sqlite
