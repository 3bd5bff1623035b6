#include "formats/media/tail.hpp"

#include "base/text.hpp"
#include "formats/zip/zip.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace exhibit::media {
namespace {

/// The end record and the longest comment behind it.
constexpr std::size_t kTail = 22 + 65'535;
constexpr std::uint64_t kMostMembers = 256;

/// A part of another source.
class PartOfSource final : public Source {
public:
    PartOfSource(Source const& whole, std::uint64_t offset)
        : m_whole(whole)
        , m_offset(offset)
    {
    }
    [[nodiscard]] std::uint64_t size() const override { return m_whole.size() - m_offset; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return offset >= size() ? Result<std::size_t> { std::size_t { 0 } }
                                : m_whole.read_at(m_offset + offset, into);
    }

private:
    Source const& m_whole;
    std::uint64_t m_offset;
};

/// Where the archive begins whose end record stands in `tail` at `at`, if it can be one.
std::optional<std::uint64_t> start_of_archive(Bytes tail, std::size_t at, std::uint64_t tail_offset)
{
    Reader reader { tail.subspan(at) };
    if (!reader.skip(12))
        return std::nullopt;
    auto const size = reader.little<std::uint32_t>();
    auto const offset = reader.little<std::uint32_t>();
    if (!size || !offset)
        return std::nullopt;
    auto const before = std::uint64_t { *size } + *offset;
    auto const end = tail_offset + at;
    return before < end && before != 0 ? std::optional { end - before } : std::nullopt;
}

bool is_program(Source const& archive, zip::Member const& member)
{
    if (to_lower(member.name).ends_with(".so"))
        return true;
    auto const at = zip::data_offset(archive, member.header, member.packed);
    std::array<std::byte, 4> head {};
    if (!at || member.method != static_cast<std::uint16_t>(zip::Method::stored)
        || !archive.read_at(*at, head))
        return false;
    return as_text(head)
        == "\x7f"
           "ELF";
}

std::optional<AppendedArchive> read_archive(Source const& file, std::uint64_t offset)
{
    PartOfSource const archive { file, offset };
    AppendedArchive found;
    found.offset = offset;
    auto const read = zip::visit(archive, [&](zip::Member const& member) -> Result<void> {
        if (++found.members > kMostMembers)
            return fail(Fault::over_limit, "enough was seen");
        found.holds_program = found.holds_program || is_program(archive, member);
        return {};
    });
    bool const good = read.has_value() || read.error().fault == Fault::over_limit;
    return good && found.members != 0 ? std::optional { found } : std::nullopt;
}

constexpr std::string_view kElf = "\x7f"
                                  "ELF";
constexpr std::size_t kElfHeader = 64;

/// Source: the ELF format as System V documents it.
bool is_elf_header(Bytes bytes)
{
    constexpr std::array<std::uint16_t, 4> machines { 3, 40, 62, 183 }; // x86 and ARM, of 32 and 64 bits
    if (bytes.size() < kElfHeader || !as_text(bytes).starts_with(kElf))
        return false;
    auto const at = [&](std::size_t place) {
        return static_cast<std::uint16_t>(
            std::to_integer<unsigned>(bytes[place]) | std::to_integer<unsigned>(bytes[place + 1]) << 8U);
    };
    auto const wide = bytes[4] == std::byte { 2 };
    if ((!wide && bytes[4] != std::byte { 1 }) || bytes[5] != std::byte { 1 } || bytes[6] != std::byte { 1 })
        return false;
    auto const type = at(16);
    return (type == 2 || type == 3) && std::ranges::find(machines, at(18)) != machines.end() && at(20) == 1
        && at(wide ? 52 : 40) == (wide ? 64 : 52);
}

} // namespace

std::optional<std::uint64_t> find_program(Source const& file, std::uint64_t from)
{
    constexpr std::uint64_t piece_size = 256U << 10U;
    auto const left = file.size() - std::min(from, file.size());
    std::vector<std::byte> piece(static_cast<std::size_t>(std::min(piece_size, left)));
    while (from + kElfHeader <= file.size()) {
        auto const count = file.read_at(from, piece);
        if (!count || *count < kElfHeader)
            return std::nullopt;
        auto const bytes = Bytes { piece }.first(*count);
        auto const text = as_text(bytes);
        for (auto at = text.find(kElf); at != text.npos; at = text.find(kElf, at + 1))
            if (is_elf_header(bytes.subspan(at)))
                return from + at;
        from += *count - kElfHeader + 1; // A header may begin in one piece and end in the next.
    }
    return std::nullopt;
}

std::optional<AppendedArchive> find_appended_archive(Source const& file)
{
    std::vector<std::byte> tail(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kTail)));
    auto const offset = file.size() - tail.size();
    auto const count = file.read_at(offset, tail);
    if (!count)
        return std::nullopt;
    auto const bytes = Bytes { tail }.first(*count);
    constexpr std::string_view mark = "PK\5\6";
    auto const text = as_text(bytes);
    for (auto at = text.rfind(mark); at != text.npos; at = text.rfind(mark, at - 1)) {
        if (auto const start = start_of_archive(bytes, at, offset))
            return read_archive(file, *start);
        if (at == 0)
            break;
    }
    return std::nullopt;
}

} // namespace exhibit::media
