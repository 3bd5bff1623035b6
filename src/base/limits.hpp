#pragma once

#include <cstddef>
#include <cstdint>

namespace exhibit {

/// What one run of one artifact may use. A parser asks; it never decides for itself.
struct Limits {
    std::uint64_t rows = 20'000'000; ///< per artifact and entry
    std::size_t text = 1U << 20U; ///< bytes in one text cell; longer text is cut and noted
    std::size_t blob = 4U << 20U; ///< bytes in one blob cell
    std::size_t whole_file = 256U << 20U; ///< largest file that a parser may read into memory at once
    std::size_t unpacked = 1U << 30U; ///< output of one decompression
    unsigned depth = 64; ///< nesting of structures
};

} // namespace exhibit
