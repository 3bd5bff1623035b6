#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Media files that have the structure of published exploits and nothing of their content, built from
/// counters: for tests, and for traces and near misses.
namespace exhibit::test {

/// A PDF with one JBIG2 picture: two dictionaries that say they export so many symbols, and a text region
/// that refers to both. The stream is in hexadecimal digits.
std::string pdf_with_jbig2(
    std::uint32_t first, std::uint32_t second, std::string_view filter_name = "JBIG2Decode");

/// Lossless WebP data of one pixel whose code for distances has these numbers of symbols by length (0 to 15);
/// its other codes need as much room as complete ones can.
std::string webp_with_distances(std::vector<unsigned> const& counts);
/// The same codes in the transparency of a picture, which may be one of an animation.
std::string webp_with_alpha(std::vector<unsigned> const& counts, bool animated);
/// One pixel in ordinary codes.
std::string plain_webp();

/// A TrueType font of one glyph, with this program in `fpgm` and in the glyph.
std::string font_with_program(std::string_view program);

struct DngShape {
    std::uint16_t samples = 1;
    std::uint8_t components = 1;
    std::uint32_t opcodes = 0;
    std::uint32_t tiles = 1; ///< one is what the picture needs
};
std::string dng_file(DngShape const& shape);

/// A JPEG file's beginning and end.
std::string plain_jpeg();
/// A zip archive of one stored member.
std::string zip_of(std::string_view name, std::string_view content);

} // namespace exhibit::test
