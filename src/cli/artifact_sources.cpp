#include "cli/artifact_sources.hpp"

namespace exhibit::cli {
namespace {

using namespace std::string_view_literals;

enum IosKind : std::size_t { clear_backup, encrypted_backup, ios_file_system };
constexpr std::array kIosKinds { "Backup"sv, "Encrypted backup"sv, "File system"sv };

enum AndroidKind : std::size_t { bug_report, androidqf, adb_backup, intrusion_logs, android_file_system };
constexpr std::array kAndroidKinds { "Bug report"sv, "AndroidQF"sv, "adb backup"sv, "Intrusion logs"sv,
    "File system"sv };
static_assert(kAndroidKinds.size() <= kMostKinds && kIosKinds.size() <= kMostKinds);

void add_ios(std::string_view path, Kept kept, std::array<bool, kMostKinds>& kinds)
{
    bool const of_backup = path.starts_with("@backup/");
    kinds[ios_file_system] |= !of_backup && kept != Kept::in_backup;
    kinds[encrypted_backup] |= of_backup || kept != Kept::on_device;
    kinds[clear_backup] |= of_backup || kept == Kept::in_all || kept == Kept::in_backup;
}

void add_android(std::string_view path, Kept kept, std::array<bool, kMostKinds>& kinds)
{
    if (path.starts_with("@dumpsys/") || path.starts_with("@dumpstate/"))
        kinds[bug_report] = kinds[androidqf] = true; // The peer's collector takes these dumps too.
    else if (path.starts_with("@androidqf/"))
        kinds[androidqf] = true;
    else if (path.starts_with("@intrusion_logs/"))
        kinds[intrusion_logs] = true;
    else if (path.starts_with("@backup/"))
        kinds[adb_backup] = true;
    else if (path.starts_with("@acquisition/"))
        kinds.fill(true);
    else if (kept == Kept::in_backup)
        kinds[adb_backup] = kinds[androidqf] = kinds[android_file_system] = true; // AndroidQF holds a backup.
    else {
        kinds[android_file_system] = true;
        kinds[bug_report] |= kept == Kept::in_all; // They take some folders as they are.
    }
}

} // namespace

std::span<std::string_view const> acquisition_kinds(Platform platform)
{
    return platform == Platform::ios ? std::span<std::string_view const> { kIosKinds } : kAndroidKinds;
}

std::array<bool, kMostKinds> kinds_of(Artifact const& artifact)
{
    std::array<bool, kMostKinds> kinds {};
    for (auto const path : artifact.paths)
        if (artifact.platform == Platform::ios)
            add_ios(path, artifact.kept, kinds);
        else
            add_android(path, artifact.kept, kinds);
    return kinds;
}

} // namespace exhibit::cli
