#include "artifact/artifact.hpp"
#include "base/text.hpp"
#include "formats/crypto/digest.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios::programs {
namespace {

using namespace std::string_view_literals;

struct Program {
    std::string_view path;
    std::string_view file_name;
    std::string_view kind;
    std::int64_t size = 0;
    std::optional<std::string> sha256;
};

constexpr std::array kColumns {
    column<&Program::path>("path", Is::path, "Where it lies on the device.").mvt("-"),
    column<&Program::file_name>("file_name", Is::file_name, "Its name.").mvt("-"),
    column<&Program::kind>(
        "kind", Is::opaque, "program, library or script: one of three words for what its first bytes say.")
        .mvt("-"),
    column<&Program::size>("size", "Bytes of its content.").mvt("-"),
    column<&Program::sha256>("sha256", Is::hash, "SHA-256 of its content; absent for a very large one.")
        .mvt("-"),
};
constexpr auto kPrograms = table<Program>("ios_program",
    "One row per program, library or script in a folder for data, where iOS and apps keep none.",
    Relation::present, kColumns);

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

Result<void> parse(Input const& input, Context& context)
{
    std::array<std::byte, 16> head {};
    auto const count = EXHIBIT_TRY(input.source->read_at(0, head));
    Program row;
    row.kind = kind_of(Bytes { head }.first(count));
    if (row.kind.empty())
        return {};
    row.path = input.path;
    row.file_name = base_name(input.path);
    row.size = static_cast<std::int64_t>(input.source->size());
    if (input.source->size() <= context.limits().whole_file) {
        auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
        row.sha256 = sha256_hex(content.bytes());
    }
    return context.add(kPrograms, row, {});
}

constexpr std::array kPaths {
    "/private/var/db/com.apple.xpc.roleaccountd.staging/**"sv,
    "/private/var/tmp/**"sv,
    "/private/tmp/**"sv,
    "/private/var/root/**"sv,
    "/private/var/logs/**"sv,
    "/private/var/wireless/**"sv,
    "/private/var/keybags/**"sv,
    "/private/var/Keychains/**"sv,
    "/private/var/preferences/**"sv,
    "/private/var/networkd/*"sv,
    "/private/var/run/*"sv,
    "/private/var/db/*"sv,
    "/private/var/db/*/*"sv,
    "/private/var/mobile/*"sv,
    "/private/var/mobile/Media/*"sv,
    "/private/var/mobile/Library/*"sv,
    "/private/var/mobile/Library/Caches/*"sv,
    "/private/var/mobile/Library/Caches/*/*"sv,
    "/private/var/mobile/Library/Preferences/*"sv,
    "/private/var/mobile/Containers/Data/Application/*/tmp/**"sv,
    "/private/var/containers/Bundle/*"sv,
    "/private/var/containers/Bundle/*/*"sv,
    "/private/etc/**"sv,
};
constexpr std::array<Table const*, 1> kTables { &kPrograms };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.programs",
    .title = "Programs in folders for data",
    .doc
    = "Programs, libraries and scripts by their first bytes, in the folders that spyware was put into and "
      "started from or could be: those for temporary files, of services and of the user root to their "
      "bottom; "
      "`/private/var/db`, the folders of bundles, media, caches and settings in their upper folders; what "
      "apps "
      "keep for a while. Files of other kinds are normal there and give no row; other folders are not looked "
      "into.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
    .most_unpacked = std::uint64_t { 512 } << 20U,
};

} // namespace exhibit::ios::programs
