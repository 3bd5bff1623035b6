#include "formats/media/truetype.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace exhibit::media {
namespace {

constexpr std::size_t kMostFonts = 64;
constexpr std::size_t kMostTables = 256;
constexpr std::uint64_t kMostInstructions = 50'000'000;
constexpr std::uint64_t kMostParts = 10'000'000; ///< in all: glyphs may share their bytes

using Tables = std::map<std::string_view, Bytes>;

Bytes part_of(Bytes bytes, std::uint64_t offset, std::uint64_t length)
{
    if (offset >= bytes.size())
        return {};
    return bytes.subspan(offset, std::min<std::uint64_t>(length, bytes.size() - offset));
}

/// Bytes behind an instruction that are its data; `left` are those behind it.
std::size_t data_of(std::uint8_t code, Bytes left)
{
    auto const count = left.empty() ? std::size_t { 0 } : std::to_integer<std::size_t>(left.front());
    if (code == 0x40) // NPUSHB
        return 1 + count;
    if (code == 0x41) // NPUSHW
        return 1 + 2 * count;
    if (code >= 0xB0 && code <= 0xB7) // PUSHB
        return code - 0xB0U + 1U;
    if (code >= 0xB8 && code <= 0xBF) // PUSHW
        return std::size_t { 2 } * (code - 0xB8U + 1U);
    return 0;
}

void read_program(Bytes program, FontPrograms& out)
{
    for (std::size_t at = 0; at < program.size() && out.instructions < kMostInstructions; ++at) {
        auto const code = std::to_integer<std::uint8_t>(program[at]);
        ++out.instructions;
        if (code == 0x8F || code == 0x90)
            ++out.adjust;
        at += data_of(code, program.subspan(at + 1));
    }
}

/// Where the instructions of a glyph made of others begin: behind its last part.
Result<bool> skip_parts(Reader& reader, FontPrograms& out)
{
    while (true) {
        if (++out.parts > kMostParts)
            return fail(Fault::over_limit, "the font has more parts of glyphs than are read");
        auto const flags = EXHIBIT_TRY(reader.big<std::uint16_t>());
        std::size_t size = 2 + ((flags & 0x0001U) != 0 ? 4U : 2U);
        if ((flags & 0x0008U) != 0)
            size += 2;
        else if ((flags & 0x0040U) != 0)
            size += 4;
        else if ((flags & 0x0080U) != 0)
            size += 8;
        EXHIBIT_TRY(reader.skip(size));
        if ((flags & 0x0020U) == 0)
            return (flags & 0x0100U) != 0;
    }
}

Result<void> read_glyph(Bytes glyph, FontPrograms& out)
{
    if (glyph.empty())
        return {};
    Reader reader { glyph };
    auto const contours = EXHIBIT_TRY(reader.big<std::uint16_t>());
    EXHIBIT_TRY(reader.skip(8)); // The box around it.
    if (contours < 0x8000) {
        EXHIBIT_TRY(reader.skip(std::size_t { contours } * 2));
    } else if (!EXHIBIT_TRY(skip_parts(reader, out))) {
        return {};
    }
    auto const length = EXHIBIT_TRY(reader.big<std::uint16_t>());
    read_program(part_of(reader.rest(), 0, length), out);
    return {};
}

void read_glyphs(Tables const& tables, FontPrograms& out)
{
    auto const table = [&](std::string_view name) {
        auto const found = tables.find(name);
        return found == tables.end() ? Bytes {} : found->second;
    };
    auto const head = table("head");
    bool const wide = head.size() >= 52 && std::to_integer<unsigned>(head[51]) == 1;
    Reader places { table("loca") };
    auto const place = [&]() -> Result<std::uint64_t> {
        if (wide) {
            auto const offset = EXHIBIT_TRY(places.big<std::uint32_t>());
            return offset;
        }
        auto const half = EXHIBIT_TRY(places.big<std::uint16_t>());
        return std::uint64_t { half } * 2;
    };
    auto from = place();
    for (auto to = place(); from && to; to = place()) {
        // What cannot be read of one glyph says nothing about the next.
        if (*to > *from)
            (void)read_glyph(part_of(table("glyf"), *from, *to - *from), out);
        from = to;
    }
}

Result<void> read_font(Bytes file, std::uint64_t offset, FontPrograms& out)
{
    Reader reader { part_of(file, offset, file.size()) };
    EXHIBIT_TRY(reader.skip(4));
    auto const count = EXHIBIT_TRY(reader.big<std::uint16_t>());
    EXHIBIT_TRY(reader.skip(6));
    Tables tables;
    for (std::size_t i = 0; i != std::min<std::size_t>(count, kMostTables); ++i) {
        auto const tag = EXHIBIT_TRY(reader.text(4));
        EXHIBIT_TRY(reader.skip(4)); // The checksum, which nobody keeps.
        auto const at = EXHIBIT_TRY(reader.big<std::uint32_t>());
        auto const length = EXHIBIT_TRY(reader.big<std::uint32_t>());
        tables[tag] = part_of(file, at, length);
    }
    for (auto const name : { "fpgm", "prep" })
        if (auto const found = tables.find(name); found != tables.end())
            read_program(found->second, out);
    read_glyphs(tables, out);
    return {};
}

/// That a font holds no such instruction can be said only when all were read.
Result<FontPrograms> unless_cut(FontPrograms const& out)
{
    if (out.adjust == 0 && (out.instructions >= kMostInstructions || out.parts > kMostParts))
        return fail(Fault::over_limit, "the font has more instructions than are read");
    return out;
}

} // namespace

Result<FontPrograms> read_font_programs(Bytes font)
{
    FontPrograms out;
    Reader reader { font };
    if (EXHIBIT_TRY(reader.text(4)) != "ttcf") {
        EXHIBIT_TRY(read_font(font, 0, out));
        return unless_cut(out);
    }
    EXHIBIT_TRY(reader.skip(4));
    auto const count = EXHIBIT_TRY(reader.big<std::uint32_t>());
    for (std::size_t i = 0; i != std::min<std::size_t>(count, kMostFonts); ++i)
        EXHIBIT_TRY(read_font(font, EXHIBIT_TRY(reader.big<std::uint32_t>()), out));
    return unless_cut(out);
}

} // namespace exhibit::media
