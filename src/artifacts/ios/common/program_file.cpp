#include "artifacts/ios/common/program_file.hpp"

#include "base/text.hpp"
#include "formats/crypto/digest.hpp"

#include <algorithm>

namespace exhibit::ios {
namespace {

using namespace std::string_view_literals;

std::uint32_t little(Bytes bytes, std::size_t at)
{
    return Reader { bytes.subspan(at) }.little<std::uint32_t>().value_or(0);
}

std::uint32_t big(Bytes bytes, std::size_t at)
{
    return Reader { bytes.subspan(at) }.big<std::uint32_t>().value_or(0);
}

/// Code for the graphics processor, which iOS keeps among its caches, has the form of programs too.
bool is_for_main_processor(std::uint32_t processor)
{
    constexpr std::array<std::uint32_t, 3> arm { 12, 0x0100000C, 0x0200000C };
    return std::ranges::find(arm, processor) != arm.end();
}

/// What the head of a Mach-O file, or of several in one, says (mach-o/loader.h and mach-o/fat.h of Apple's
/// open-source releases); empty when it is no code.
std::string_view kind_of(Bytes head)
{
    constexpr std::size_t needed = 16;
    if (as_text(head).starts_with("#!"))
        return "script";
    if (head.size() < needed)
        return {};
    auto const magic = little(head, 0);
    if ((magic == 0xFEEDFACE || magic == 0xFEEDFACF) && is_for_main_processor(little(head, 4))) {
        auto const file_type = little(head, 12);
        constexpr std::array<std::uint32_t, 2> not_code { 4, 10 }; // core dump, symbols for debuggers
        if (std::ranges::find(not_code, file_type) != not_code.end())
            return {};
        return file_type == 6 || file_type == 8 ? "library"sv : "program"sv;
    }
    constexpr std::uint32_t most_parts = 32;
    bool const joined = big(head, 0) == 0xCAFEBABE || big(head, 0) == 0xCAFEBABF;
    return joined && big(head, 4) <= most_parts && is_for_main_processor(big(head, 8)) ? "program"sv : ""sv;
}

} // namespace

Result<std::optional<ProgramFile>> read_program_file(Input const& input, Context& context)
{
    std::array<std::byte, 16> head {};
    auto const count = EXHIBIT_TRY(input.source->read_at(0, head));
    ProgramFile file;
    file.kind = kind_of(Bytes { head }.first(count));
    if (file.kind.empty())
        return std::optional<ProgramFile> {};
    file.path = input.path;
    file.file_name = base_name(input.path);
    file.size = static_cast<std::int64_t>(input.source->size());
    if (input.source->size() <= context.limits().whole_file) {
        auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
        file.sha256 = sha256_hex(content.bytes());
    }
    return std::optional { std::move(file) };
}

} // namespace exhibit::ios
