#include "acquisition/android/adb_backup.hpp"
#include "acquisition/android/androidqf.hpp"
#include "acquisition/android/bug_report.hpp"
#include "acquisition/android/file_system.hpp"
#include "acquisition/android/intrusion_logs.hpp"
#include "acquisition/ios_backup/backup.hpp"
#include "acquisition/ios_file_system/file_system.hpp"
#include "acquisition/recognizer.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit {

namespace {

bool has(Container const& container, std::string const& folder, std::string_view name, EntryKind kind)
{
    auto const node = container.find(join_path(folder, name));
    return node && node->kind == kind;
}

bool has_file(Container const& container, std::string const& folder, std::string_view name)
{
    return has(container, folder, name, EntryKind::file);
}

bool has_folder(Container const& container, std::string const& folder, std::string_view name)
{
    return has(container, folder, name, EntryKind::folder);
}

bool begins_with(Container const& container, std::string_view magic)
{
    bool found = false;
    (void)container.children({}, Detail::names, [&](Node const& node) {
        std::array<std::byte, 32> head {};
        auto const source = container.open(node.path);
        auto const count = source ? (*source)->read_at(0, head) : Result<std::size_t> { std::size_t { 0 } };
        found = count && as_text(Bytes { head }.first(*count)).starts_with(magic);
        return false;
    });
    return found;
}

bool is_single_file_of(Container const& container, std::string const& folder, std::string_view magic)
{
    return folder.empty() && container.form() == "single file" && begins_with(container, magic);
}

bool is_ios_backup(Container const& container, std::string const& folder)
{
    return container.form() != "single file"
        && (has_file(container, folder, "Manifest.db") || has_file(container, folder, "Manifest.mbdb"));
}

std::expected<std::unique_ptr<Acquisition>, Refusal> open_ios_backup(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options)
{
    return ios_backup::IosBackup::open_backup(container, folder, options);
}

bool is_ios_backup_without_manifest(Container const& container, std::string const& folder)
{
    return has_file(container, folder, "Info.plist")
        && (has_file(container, folder, "Manifest.plist") || has_file(container, folder, "Status.plist"));
}

bool is_ios_file_system(Container const& container, std::string const& folder)
{
    return !ios_file_system::find_mounts(container, folder).empty();
}

bool is_part_of_ios_file_system(Container const& container, std::string const& folder)
{
    return !ios_file_system::find_part(container, folder).empty();
}

bool is_sorted_backup(Container const& container, std::string const& folder)
{
    return has_folder(container, folder, "HomeDomain")
        && (has_folder(container, folder, "RootDomain") || has_folder(container, folder, "CameraRollDomain")
            || has_folder(container, folder, "WirelessDomain"));
}

bool is_sysdiagnose(Container const& container, std::string const& folder)
{
    return has_folder(container, folder, "system_logs.logarchive")
        || (has_folder(container, folder, "logs") && has_file(container, folder, "ps.txt")
            && has_folder(container, folder, "WiFi"));
}

bool is_database(Container const& container, std::string const& folder)
{
    return is_single_file_of(container, folder, std::string_view { "SQLite format 3\0", 16 });
}

bool is_property_list(Container const& container, std::string const& folder)
{
    return is_single_file_of(container, folder, "bplist00");
}

constexpr std::string_view kNameTheFolder = "Name the whole acquisition it was taken from: the folder, zip "
                                            "or tar of an iOS backup, for example, or of "
                                            "an Android file system.";

constexpr std::array kRecognizers {
    Recognizer { .name = "an iOS backup",
        .is_at = is_ios_backup,
        .open = open_ios_backup,
        .kind = AcquisitionKind::ios_backup,
        .owns_folder = true,
        .stands_alone = true },
    Recognizer { .name = "an iOS file system",
        .is_at = is_ios_file_system,
        .open = ios_file_system::IosFileSystem::open_file_system,
        .kind = AcquisitionKind::ios_file_system,
        .owns_folder = true },
    Recognizer { "an iOS backup without its list of files (Manifest.db)", is_ios_backup_without_manifest,
        nullptr, {},
        "Copy the whole backup folder again from the computer that made it: without Manifest.db nothing in "
        "it has a name.",
        true },
    Recognizer { "an iOS sysdiagnose", is_sysdiagnose, nullptr, {}, "This version does not read it.", true },
    Recognizer { .name = "an AndroidQF acquisition",
        .is_at = android::is_androidqf,
        .open = android::open_androidqf,
        .kind = AcquisitionKind::androidqf,
        .owns_folder = true,
        .stands_alone = true },
    Recognizer { .name = "an Android bug report",
        .is_at = android::is_unpacked_bug_report,
        .open = android::open_bug_report,
        .kind = AcquisitionKind::android_bugreport,
        .owns_folder = true },
    Recognizer { "an Android bug report", android::is_bug_report, android::open_bug_report,
        AcquisitionKind::android_bugreport },
    Recognizer { "an Android bug report", android::is_zipped_bug_report, android::open_zipped_bug_report,
        AcquisitionKind::android_bugreport },
    Recognizer { "the text of an Android bug report", android::is_dump_text, android::open_dump_text,
        AcquisitionKind::android_bugreport },
    Recognizer { "the text of an Android bug report", android::is_folder_with_dump_text,
        android::open_bug_report, AcquisitionKind::android_bugreport },
    Recognizer { .name = "an Android file system",
        .is_at = android::is_file_system,
        .open = android::open_file_system,
        .kind = AcquisitionKind::android_file_system,
        .owns_folder = true },
    Recognizer { "an Android backup (adb)", android::is_adb_backup, android::open_adb_backup,
        AcquisitionKind::android_backup },
    Recognizer { "a log of Android's intrusion logging", android::is_intrusion_log,
        android::open_intrusion_logs, AcquisitionKind::intrusion_logs },
    Recognizer { "a part of an AndroidQF acquisition", android::is_part_of_androidqf,
        android::open_part_of_androidqf, AcquisitionKind::androidqf },
    Recognizer { "a part of an iOS file system", is_part_of_ios_file_system,
        ios_file_system::IosFileSystem::open_file_system, AcquisitionKind::ios_file_system },
    Recognizer { "an iOS backup whose files another program sorted by their domains", is_sorted_backup,
        nullptr, {}, "Name the backup that it was made from: the folder that holds Manifest.db.", true },
    Recognizer { "a single SQLite database", is_database, nullptr, {}, kNameTheFolder },
    Recognizer { "a single property list", is_property_list, nullptr, {}, kNameTheFolder },
};

} // namespace

std::span<Recognizer const> recognizers()
{
    return kRecognizers;
}

} // namespace exhibit
