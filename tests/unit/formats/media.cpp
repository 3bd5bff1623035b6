#include "formats/media/kind.hpp"
#include "formats/media/pdf.hpp"
#include "formats/media/pdf_filters.hpp"
#include "formats/media/pdf_syntax.hpp"
#include "formats/media/tail.hpp"
#include "formats/media/tiff.hpp"
#include "formats/media/truetype.hpp"
#include "formats/media/vp8l.hpp"
#include "support/counting_source.hpp"
#include "support/media_builder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::media;
using namespace exhibit::test;

/// Codes for distances: an incomplete one that needs 512 entries, and one as large as complete ones get.
std::vector<unsigned> const kOverflowing { 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 3 };
std::vector<unsigned> const kComplete { 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2 };

TEST(MediaKind, is_told_by_the_first_bytes_and_expected_by_the_name)
{
    EXPECT_EQ(kind_of(as_bytes(pdf_with_jbig2(1, 1))), Kind::pdf);
    EXPECT_EQ(kind_of(as_bytes(plain_webp())), Kind::webp);
    EXPECT_EQ(kind_of(as_bytes(std::string { "\0\0\0\x18"
                                             "ftypheic",
                  12 })),
        Kind::heif);
    EXPECT_EQ(kind_of(as_bytes("")), Kind::unknown);
    EXPECT_TRUE(kinds_by_name("x.unknown").empty());
    EXPECT_EQ(kinds_by_name("IMG.GIF").front(), Kind::gif);
}

TEST(MediaPdf, sums_the_symbols_of_jbig2_dictionaries)
{
    auto const most = read_pdf_shape(as_bytes(pdf_with_jbig2(0x8000'0000, 0x7FFF'FFFF))).value();
    EXPECT_EQ(most.jbig2_streams, 1U);
    EXPECT_EQ(most.largest_symbol_sum, UINT32_MAX);
    auto const more = read_pdf_shape(as_bytes(pdf_with_jbig2(0x8000'0000, 0x8000'0000))).value();
    EXPECT_EQ(more.largest_symbol_sum, 0x1'0000'0000U);
}

TEST(MediaPdf, reads_names_with_escapes_and_fonts_inside)
{
    auto const escaped = read_pdf_shape(as_bytes(pdf_with_jbig2(1, 2, "JBIG#32Decode"))).value();
    EXPECT_EQ(escaped.jbig2_streams, 1U);
    EXPECT_EQ(escaped.largest_symbol_sum, 3U);
    auto const font = font_with_program("\x8F");
    auto const pdf = "%PDF-1.4\n3 0 obj\n<< /Length " + std::to_string(font.size()) + " >>\nstream\n" + font
        + "\nendstream\nendobj\n";
    EXPECT_EQ(read_pdf_shape(as_bytes(pdf)).value().font_adjusts, 2U);
    EXPECT_FALSE(read_pdf_shape(as_bytes("no document")));
}

TEST(MediaPdf, finds_the_segments_of_a_stream_that_stands_elsewhere)
{
    auto pdf = pdf_with_jbig2(0xFFFF'FFFF, 1);
    auto const stream = pdf.find("/Filter");
    pdf.insert(stream, "/DecodeParms << /JBIG2Globals 9 0 R >> ");
    EXPECT_EQ(pdf_reference("9 0 R"), 9U);
    EXPECT_EQ(pdf_reference("9 0 obj"), 0U);
    EXPECT_EQ(pdf_reference("9"), 0U);
    EXPECT_EQ(read_pdf_shape(as_bytes(pdf)).value().largest_symbol_sum, 0x1'0000'0000U);
}

TEST(MediaPdf, counts_dictionaries_of_the_global_stream_for_each_that_refers_to_it)
{
    auto global = pdf_with_jbig2(0xFFFF'FFFF, 1);
    global.replace(global.find("1 0 obj"), 7, "9 0 obj");
    global.replace(global.find("/JBIG2Decode"), 12, "");
    std::string pdf = global;
    for (int i = 0; i != 3; ++i) {
        // A text region alone: what it refers to stands in the global stream.
        pdf += "\n" + std::to_string(20 + i)
            + " 0 obj\n<< /Filter [ /ASCIIHexDecode /JBIG2Decode ] /DecodeParms << /JBIG2Globals 9 0 R >> "
              ">>\n"
              "stream\n00000002064000010100000000>\nendstream\nendobj\n";
    }
    auto const shape = read_pdf_shape(as_bytes(pdf)).value();
    EXPECT_EQ(shape.jbig2_streams, 3U);
    EXPECT_EQ(shape.largest_symbol_sum, 0x1'0000'0000U);
}

constexpr std::string_view kFilters = "[ /ASCIIHexDecode /JBIG2Decode ]";

/// The exploit's sum, with something else in the place of some text of the document.
PdfShape shape_with(std::string_view what, std::string_view instead, std::string_view behind = {})
{
    auto pdf = pdf_with_jbig2(0x8000'0000, 0x8000'0000);
    pdf.replace(pdf.find(what), what.size(), instead);
    return read_pdf_shape(as_bytes(pdf + std::string { behind })).value();
}

TEST(MediaPdf, reads_what_readers_read_however_it_is_spelled)
{
    struct Spelling {
        std::string_view what, instead, behind = {};
    };
    auto const far = "/X (" + std::string(100'000, 'a') + ") /Filter";
    auto const packed = "9 0 obj << /Type /ObjStm /N 1 /First 4 /Length 36 >> stream\n7 0 "
        + std::string { kFilters } + "\nendstream endobj\n";
    auto const spellings = std::to_array<Spelling>({
        { kFilters, "7 0 R", "7 0 obj\n[ /ASCIIHexDecode /JBIG2Decode ]\nendobj\n" },
        { kFilters, "7 0 R", packed },
        { "/JBIG2Decode", "7 0 R", "7 0 obj /JBIG2Decode endobj\n" },
        { kFilters, "% a word\n[/ASCIIHexDecode%\n/JBIG2Decode]" },
        { ">>\nstream", ">>%x\nstream" },
        { ">>\nstream", ">>stream \t" },
        { "/ASCIIHexDecode", "/Crypt /ASCIIHexDecode" },
        { "/Filter", "/X (/Filter /DCTDecode) /Filter" },
        { "/Filter", "/X << /Filter /DCTDecode >> /Filter" },
        { "/Filter", "/X (>>>> \\) ) /Filter" },
        { "/Length", "/X (<<) /Length" },
        { "/Length", "/X (<< \\() /Length" },
        { "/Length", "/X (1 0 obj << \\() /Length" },
        { "/Filter", far },
        { "1 0 obj", "4 0 obj << /Length 99999 >>\nstream\nx 1 0 obj" },
        { "/Length", "/Length 1 /L" },
    });
    for (auto const& one : spellings) {
        auto const shape = shape_with(one.what, one.instead, one.behind);
        EXPECT_EQ(shape.largest_symbol_sum, 0x1'0000'0000U) << one.what << ": " << one.instead.substr(0, 60);
        EXPECT_EQ(shape.unread, 0U) << one.what << ": " << one.instead.substr(0, 60);
    }
}

TEST(MediaPdf, streams_that_cannot_be_read_are_counted)
{
    EXPECT_EQ(shape_with(kFilters, "77 0 R").unread, 1U);
    EXPECT_EQ(shape_with("/ASCIIHexDecode", "/OddDecode").unread, 1U);
    EXPECT_EQ(shape_with("<< /Type", "<< ) /Type").unread, 1U);
    EXPECT_EQ(shape_with("/Length", "/DecodeParms [ << /Predictor 12 >> null ] /Length").unread, 1U);
    EXPECT_FALSE(shape_with("%%EOF", "trailer << >>").encrypted);
    EXPECT_TRUE(shape_with("%%EOF", "trailer << /Encry#70t 5 0 R >>").encrypted);
    PdfLimits limits;
    limits.streams = 1;
    auto const pdf = pdf_with_jbig2(1, 1);
    EXPECT_EQ(read_pdf_shape(as_bytes(pdf + pdf), limits).value().unread, 1U);
    limits = {};
    limits.unpacked = 10;
    EXPECT_EQ(read_pdf_shape(as_bytes(pdf), limits).value().unread, 1U);
}

TEST(MediaPdf, blanks_before_a_dictionary_count_as_looked_at)
{
    auto const pdf = pdf_with_jbig2(1, 1);
    auto const padded = [&](std::size_t blanks) {
        auto text = pdf;
        auto const at = text.find("<<", text.find(" obj"));
        return text.insert(at, std::string(blanks, '\n'));
    };
    PdfLimits limits;
    limits.looked_at = 4096;
    EXPECT_EQ(read_pdf_shape(as_bytes(padded(8)), limits).value().unread, 0U);
    EXPECT_GE(read_pdf_shape(as_bytes(padded(4096)), limits).value().unread, 1U);
}

TEST(MediaPdf, undoes_the_filters_that_pack_bytes)
{
    auto const undone = [](std::string_view name, std::string_view data) {
        return undo_pdf_filter(name, as_bytes(data), 100);
    };
    auto const text = [](auto const& made) { return std::string { as_text(made->bytes) }; };
    using namespace std::string_view_literals;
    EXPECT_EQ(text(undone("RunLengthDecode", "\2abc\xFEx\x80zz"sv)), "abcxxx");
    // The example of the standard (7.4.4.2): 45 45 45 45 45 65 45 45 45 66.
    EXPECT_EQ(text(undone("LZWDecode", "\x80\x0B\x60\x50\x22\x0C\x0C\x85\x01"sv)), "-----A---B");
    EXPECT_EQ(text(undone("ASCII85Decode", "87cURD]~>")), "Hello");
    EXPECT_EQ(undone("ASCIIHexDecode", "4142>4344")->used, 4U);
    EXPECT_FALSE(undone("DCTDecode", "x"));
}

TEST(MediaPdf, goes_on_behind_a_region_that_does_not_say_how_long_it_is)
{
    // Before the first dictionary: segment 9, a generic region on page 1, its head, then data up to a mark.
    auto const region = "00000009260001ffffffff" + std::string(36, '0') + "616263ffac00000001";
    auto pdf = pdf_with_jbig2(0x8000'0000, 0x8000'0000);
    pdf.insert(pdf.find("stream\n") + 7, region);
    EXPECT_EQ(read_pdf_shape(as_bytes(pdf)).value().largest_symbol_sum, 0x1'0000'0000U);
}

TEST(MediaWebp, only_an_incomplete_code_needs_more_room_than_there_is)
{
    auto const bad = read_vp8l_shape(as_bytes(webp_with_distances(kOverflowing))).value();
    EXPECT_TRUE(bad.overflows()) << bad.largest_need << " of " << bad.room;
    EXPECT_EQ(bad.largest_need, 652U + 3 * 628U + 512U);
    auto const good = read_vp8l_shape(as_bytes(webp_with_distances(kComplete))).value();
    EXPECT_FALSE(good.overflows()) << good.largest_need << " of " << good.room;
    EXPECT_EQ(good.groups, 1U);
    auto const plain = read_vp8l_shape(as_bytes(plain_webp())).value();
    EXPECT_TRUE(plain.is_lossless);
    EXPECT_EQ(plain.largest_need, 5 * 256U);
    EXPECT_FALSE(read_vp8l_shape(as_bytes("RIFF")));
}

TEST(MediaWebp, transparency_has_the_same_codes)
{
    for (bool const animated : { false, true }) {
        auto const bad = read_vp8l_shape(as_bytes(webp_with_alpha(kOverflowing, animated))).value();
        EXPECT_TRUE(bad.overflows()) << bad.largest_need << " of " << bad.room;
        auto const good = read_vp8l_shape(as_bytes(webp_with_alpha(kComplete, animated))).value();
        EXPECT_TRUE(good.is_lossless);
        EXPECT_EQ(good.groups, 1U);
        EXPECT_FALSE(good.overflows());
    }
}

TEST(MediaFont, counts_instructions_and_not_the_data_that_they_push)
{
    using namespace std::string_literals;
    EXPECT_EQ(read_font_programs(as_bytes(font_with_program("\x8F\x2D"s))).value().adjust, 2U)
        << "fpgm and glyph";
    for (auto const& harmless :
        { "\xB0\x8F\x2D"s, "\xB1\x8F\x90"s, "\xB8\x8F\x90"s, "\x40\2\x8F\x90"s, "\x41\1\x8F\x90"s })
        EXPECT_EQ(read_font_programs(as_bytes(font_with_program(harmless))).value().adjust, 0U);
    EXPECT_EQ(read_font_programs(as_bytes(font_with_program("\xB0\1\x90"s))).value().adjust, 2U);
}

TEST(MediaTiff, contradictions_of_a_dng_file_are_told_apart)
{
    auto const shape = [](DngShape const& dng) {
        auto const file = dng_file(dng);
        return read_tiff_shape(MemorySource { as_bytes(file) }).value();
    };
    EXPECT_TRUE(shape({ .samples = 2, .components = 1 }).components_differ);
    EXPECT_FALSE(shape({ .samples = 2, .components = 2 }).components_differ);
    EXPECT_FALSE(shape({ .samples = 1, .components = 1 }).components_differ);
    EXPECT_TRUE(shape({ .opcodes = 1'000'000 }).opcodes_impossible);
    EXPECT_FALSE(shape({}).opcodes_impossible);
    EXPECT_TRUE(shape({ .tiles = 3 }).tiles_differ);
    EXPECT_FALSE(shape({}).tiles_differ);
    EXPECT_FALSE(read_tiff_shape(MemorySource { as_bytes("II") }).has_value());
    EXPECT_FALSE(read_tiff_shape(MemorySource { {} }).has_value());
}

TEST(MediaTiff, the_picture_itself_is_not_read)
{
    test::CountingSource const source { dng_file({ .samples = 2, .components = 1 })
        + std::string(1U << 20U, 'x') };
    EXPECT_TRUE(read_tiff_shape(source).value().components_differ);
    EXPECT_LT(source.read(), 2048U);
}

std::string elf_header()
{
    std::string header = "\x7f"
                         "ELF\2\1\1";
    header.resize(64);
    header[16] = 3;
    header[18] = static_cast<char>(183);
    header[20] = 1;
    header[52] = 64;
    return header;
}

TEST(MediaShapes, what_is_cut_is_not_called_whole)
{
    auto const cut = [](std::string const& file, std::size_t tenths) {
        return file.substr(0, file.size() * tenths / 10);
    };
    auto const webp = webp_with_distances(kComplete);
    EXPECT_TRUE(read_vp8l_shape(as_bytes(webp)).value().is_whole);
    EXPECT_FALSE(read_vp8l_shape(as_bytes(cut(webp, 9))).value().is_whole);
    auto const dng = dng_file({ .tiles = 3 });
    EXPECT_TRUE(read_tiff_shape(MemorySource { as_bytes(dng) }).value().is_whole);
    auto const half = cut(dng, 5);
    EXPECT_FALSE(read_tiff_shape(MemorySource { as_bytes(half) }).value().is_whole);
    auto const pdf = pdf_with_jbig2(1, 1);
    EXPECT_EQ(read_pdf_shape(as_bytes(pdf)).value().unread, 0U);
    EXPECT_EQ(read_pdf_shape(as_bytes(cut(pdf, 7))).value().unread, 1U);
}

TEST(MediaTail, a_program_is_told_by_its_whole_header_also_between_two_pieces)
{
    auto const find
        = [](std::string const& bytes) { return find_program(MemorySource { as_bytes(bytes) }, 1); };
    EXPECT_EQ(find(plain_jpeg() + elf_header()), plain_jpeg().size());
    for (auto const before : { (256U << 10U) - 63, (256U << 10U) - 1, 256U << 10U, (256U << 10U) + 1 })
        EXPECT_EQ(find(std::string(before, 'x') + elf_header() + "code"), before);
    EXPECT_FALSE(find(elf_header())) << "a program itself has nothing before it";
    for (auto const place : { 4U, 5U, 6U, 16U, 18U, 20U, 52U }) {
        auto wrong = plain_jpeg() + elf_header();
        wrong[plain_jpeg().size() + place] = 9;
        EXPECT_FALSE(find(wrong)) << place;
    }
    EXPECT_FALSE(find(plain_jpeg() + elf_header().substr(0, 63)));
    EXPECT_FALSE(find(""));
}

TEST(MediaTail, an_archive_behind_a_picture_is_found_and_a_word_is_not)
{
    auto const find
        = [](std::string const& bytes) { return find_appended_archive(MemorySource { as_bytes(bytes) }); };
    auto const archive = find(plain_jpeg() + zip_of("b.so", "x"));
    ASSERT_TRUE(archive);
    EXPECT_EQ(archive->offset, plain_jpeg().size());
    EXPECT_TRUE(archive->holds_program);
    EXPECT_FALSE(find(plain_jpeg() + zip_of("notes.txt", "x"))->holds_program);
    EXPECT_TRUE(find(plain_jpeg()
        + zip_of("data",
            "\x7f"
            "ELF"))
            ->holds_program);
    EXPECT_FALSE(find(plain_jpeg()));
    EXPECT_FALSE(find(plain_jpeg() + "PK\5\6 and more words that are no archive"));
    EXPECT_FALSE(find(zip_of("b.so", "x"))) << "it is behind nothing";
    EXPECT_FALSE(find(""));
}

} // namespace
