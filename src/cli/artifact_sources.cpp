#include "cli/artifact_sources.hpp"

#include <algorithm>

namespace exhibit::cli {
namespace {

using namespace std::string_view_literals;

enum IosKind : std::size_t { clear_backup, encrypted_backup, ios_file_system };
constexpr std::array kIosKinds { "Backup"sv, "Encrypted backup"sv, "File system"sv };

enum AndroidKind : std::size_t { bug_report, androidqf, adb_backup, intrusion_logs, android_file_system };
constexpr std::array kAndroidKinds { "Bug report"sv, "AndroidQF"sv, "adb backup"sv, "Intrusion logs"sv,
    "File system"sv };
static_assert(kAndroidKinds.size() <= kMostKinds && kIosKinds.size() <= kMostKinds);

/// Parts of paths that no backup takes along, as the modules of the peer and public samples agree.
constexpr std::array kNeverInBackup { "/Cache.db"sv, "/Caches/com."sv, "/CoreDuet/Knowledge/"sv,
    "/private/var/db/"sv, "/private/var/networkd/"sv, "/private/var/log"sv, "/Library/Logs/"sv,
    "/private/var/Keychains/"sv, ".fseventsd/"sv, "/HTTPStorages/"sv, "/UserNotifications/"sv,
    "/containers/Bundle/"sv, "/Image Cache/"sv, "/IndexedDB/"sv, "/LocalStorage/"sv, "/DiagnosticReports/"sv,
    "/WebsiteData/**/origin"sv, "/com.apple.remotemanagementd/"sv };

/// Parts of paths that only an encrypted backup takes along, since iOS 13 at the latest.
constexpr std::array kOnlyEncrypted { "/Safari/History.db"sv, "/Profiles/*/History.db"sv, "/CallHistoryDB/"sv,
    "/com.apple.wifi"sv };

bool has_any(std::string_view path, std::span<std::string_view const> parts)
{
    return std::ranges::any_of(
        parts, [&](std::string_view part) { return path.find(part) != std::string_view::npos; });
}

void add_ios(std::string_view path, std::array<bool, kMostKinds>& kinds)
{
    bool const of_backup = path.starts_with("@backup/");
    kinds[ios_file_system] = kinds[ios_file_system] || !of_backup;
    if (!of_backup && has_any(path, kNeverInBackup))
        return;
    kinds[encrypted_backup] = true;
    kinds[clear_backup] = kinds[clear_backup] || of_backup || !has_any(path, kOnlyEncrypted);
}

void add_android(std::string_view path, std::array<bool, kMostKinds>& kinds)
{
    if (path.starts_with("@dumpsys/") || path.starts_with("@dumpstate/"))
        kinds[bug_report] = kinds[androidqf] = true; // The peer's collector takes these dumps too.
    else if (path.starts_with("@androidqf/"))
        kinds[androidqf] = true;
    else if (path.starts_with("@intrusion_logs/"))
        kinds[intrusion_logs] = true;
    else if (path.starts_with("@backup/") || path.find("_sms_backup") != std::string_view::npos
        || path.find("_mms_backup") != std::string_view::npos)
        kinds[adb_backup] = true;
    else
        kinds[bug_report] = kinds[android_file_system] = true; // Bug reports take some folders as they are.
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
            add_ios(path, kinds);
        else
            add_android(path, kinds);
    return kinds;
}

} // namespace exhibit::cli
