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
    "/private/*"sv,
    "/private/etc/**"sv,
    "/private/tmp/**"sv,
    "/private/var/*"sv,
    "/private/var/*/*"sv,
    "/private/var/Keychains/**"sv,
    "/private/var/audit/**"sv,
    "/private/var/cache/**"sv,
    "/private/var/containers/Bundle/*"sv,
    "/private/var/containers/Bundle/*/*"sv,
    "/private/var/containers/Data/**"sv,
    "/private/var/containers/Shared/**"sv,
    "/private/var/db/**"sv,
    "/private/var/empty/**"sv,
    "/private/var/folders/**"sv,
    "/private/var/hardware/**"sv,
    "/private/var/installd/**"sv,
    "/private/var/internal/**"sv,
    "/private/var/keybags/**"sv,
    "/private/var/lib/**"sv,
    "/private/var/log/**"sv,
    "/private/var/logs/**"sv,
    "/private/var/mobile/Containers/Data/Application/*/Documents/**"sv,
    "/private/var/mobile/Containers/Data/Application/*/tmp/**"sv,
    "/private/var/mobile/Containers/Data/InternalDaemon/**"sv,
    "/private/var/mobile/Containers/Data/PluginKitPlugin/*/Documents/**"sv,
    "/private/var/mobile/Containers/Data/PluginKitPlugin/*/tmp/**"sv,
    "/private/var/mobile/Documents/**"sv,
    "/private/var/mobile/Library/**"sv,
    "/private/var/mobile/Media/*"sv,
    "/private/var/msgs/**"sv,
    "/private/var/networkd/**"sv,
    "/private/var/preferences/**"sv,
    "/private/var/protected/**"sv,
    "/private/var/root/**"sv,
    "/private/var/run/*/*"sv,
    "/private/var/spool/**"sv,
    "/private/var/tmp/**"sv,
    "/private/var/vm/**"sv,
    "/private/var/wireless/**"sv,
};
constexpr std::array<Table const*, 1> kTables { &kPrograms };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.programs",
    .title = "Programs in folders for data",
    .doc
    = "Programs, libraries and scripts by their first bytes, in the folders that spyware was put into and "
      "started from or could be: those of the system and its services, of the users root and mobile, of "
      "logs, "
      "databases and temporary files to their bottom, and what apps keep as documents or for a while. Files "
      "of other kinds are normal there and give no row. Not looked into are the folders for programs, below "
      "those that lie in it directly other folders of `/private/var` that are not named here, the assets and "
      "updates that the system loads, what is mounted in `/private/var/run`, pictures and other media, and "
      "what apps share or keep in their own Library.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
    .most_unpacked = std::uint64_t { 2 } << 30U,
    .first_bytes = true,
};

} // namespace exhibit::ios::programs
