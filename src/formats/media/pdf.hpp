#pragma once

#include "base/bytes.hpp"

#include <cstdint>

namespace exhibit::media {

/// Bounds of one file.
struct PdfLimits {
    std::size_t streams = 20'000;
    std::size_t dictionary = 64U << 10U; ///< without what its strings and comments hold
    std::size_t looked_at = 256U << 20U; ///< bytes of all dictionaries, and of what is unpacked
    std::size_t unpacked = 64U << 20U; ///< of one stream
    std::size_t unpacked_in_all = 256U << 20U;
};

/// What the streams of a file hold that exploits were built of. All streams count, also those that the file's
/// own table does not list: exploits do not depend on it.
struct PdfShape {
    std::uint64_t streams = 0;
    std::uint64_t jbig2_streams = 0;
    std::uint64_t largest_symbol_sum = 0; ///< see Jbig2Symbols
    std::uint64_t fonts = 0;
    std::uint64_t font_adjusts = 0; ///< see FontPrograms
    std::uint64_t unread = 0; ///< streams of which it cannot be told what they hold
    bool encrypted = false; ///< then nothing of what the streams hold can be read
};

/// Where the file says that it is a PDF file: readers look for that within the first 1024 bytes.
bool is_pdf(Bytes head);

Result<PdfShape> read_pdf_shape(Bytes file, PdfLimits const& limits = {});

} // namespace exhibit::media
