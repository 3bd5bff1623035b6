#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace exhibit::media {

/// A stream of a PDF file, its filters undone as far as they are ASCIIHex, ASCII85 and Flate.
struct PdfStream {
    std::uint64_t number = 0; ///< of its object; 0 when that is not clear
    std::string_view dictionary; ///< what stands between `<<` and `>>`; names without `#` escapes
    std::string_view filter; ///< the first filter that is left, such as `JBIG2Decode`; empty: none
    Bytes data;
    std::uint64_t offset = 0; ///< in the file
};

/// Bounds of one file.
struct PdfLimits {
    std::size_t streams = 20'000;
    std::size_t dictionary = 64U << 10U;
    std::size_t unpacked = 64U << 20U; ///< of one stream
    std::size_t unpacked_in_all = 256U << 20U;
};

/// Shows every stream, also those that the file's own table does not list: exploits do not depend on it.
/// Streams whose filters are damaged are shown as far as they unpack. Returns false in the visitor to end.
Result<void> visit_pdf_streams(
    Bytes file, PdfLimits const& limits, std::function<bool(PdfStream const&)> const& visitor);

/// The number of the object that `/Key 12 0 R` in a dictionary refers to; 0 for none.
std::uint64_t pdf_reference(std::string_view dictionary, std::string_view key);

/// What the streams of a file hold that exploits were built of.
struct PdfShape {
    std::uint64_t streams = 0;
    std::uint64_t jbig2_streams = 0;
    std::uint64_t largest_symbol_sum = 0; ///< see Jbig2Symbols
    std::uint64_t fonts = 0;
    std::uint64_t font_adjusts = 0; ///< see FontPrograms
};

Result<PdfShape> read_pdf_shape(Bytes file, PdfLimits const& limits = {});

} // namespace exhibit::media
