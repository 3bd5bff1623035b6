#include "artifacts/common/media_check.hpp"

namespace exhibit::ios::message_media {
namespace {

constexpr auto kFiles = table<MediaFile>("ios_media_file",
    "One row per attachment, medium or download, and what was checked of it.", Relation::received,
    kMediaFileColumns);
constexpr auto kAnomalies = table<MediaAnomaly>("ios_media_anomaly",
    "One row per thing that is wrong with the structure of an attachment, medium or download.",
    Relation::received, kMediaAnomalyColumns, kMediaAnomalyEvents);

// The first that fits says how the file came. Folders of messengers are those that their backups show.
constexpr std::array kPlaces {
    MediaPlace { "/private/var/mobile/Library/SMS/Attachments/**", "message" },
    MediaPlace { "/private/var/mobile/Library/SMS/StickerCache/**", "message" },
    MediaPlace { "/private/var/mobile/Containers/Shared/AppGroup/*/Message/Media/**", "message" }, // WhatsApp
    MediaPlace { "/private/var/mobile/Containers/Shared/AppGroup/*/telegram-data/**/media/**", "message" },
    MediaPlace { "/private/var/mobile/Containers/Shared/AppGroup/*/Attachments/**", "message" }, // Signal
    MediaPlace { "/private/var/mobile/Containers/Shared/AppGroup/*/com.viber/**", "message" },
    MediaPlace { "/private/var/mobile/Containers/Shared/AppGroup/*/.ThreemaData_SUPPORT/_EXTERNAL_DATA/**",
        "message" },
    MediaPlace {
        "/private/var/mobile/Containers/Shared/AppGroup/*/Library/Application Support/PrivateStore/**/"
        "Message Attachments/**",
        "message" }, // LINE
    MediaPlace {
        "/private/var/mobile/Containers/Data/Application/*/Documents/Attachments/**", "message" }, // Viber
    MediaPlace { "/private/var/mobile/Library/Mail/**/Attachments/**", "mail" },
    MediaPlace { "/private/var/mobile/Library/Mail/AttachmentData/**", "mail" },
    // What another app was asked to open, and the folder of the app Files with its downloads.
    MediaPlace { "/private/var/mobile/Containers/Data/Application/*/Documents/Inbox/**", "download" },
    MediaPlace { "/private/var/mobile/Containers/Shared/AppGroup/*/File Provider Storage/**", "download" },
    MediaPlace { "/private/var/mobile/Library/Mobile Documents/**", "download" },
    MediaPlace { "/private/var/mobile/Media/Downloads/**", "download" },
    MediaPlace { "/private/var/mobile/Media/Books/**", "download" },
    // Pictures that were saved, shared or synchronized lie among those of the camera.
    MediaPlace { "/private/var/mobile/Media/DCIM/**", "camera" },
    MediaPlace { "/private/var/mobile/Media/PhotoData/CPLAssets/**", "camera" },
    MediaPlace { "/private/var/mobile/Media/PhotoData/Mutations/**", "camera" },
    MediaPlace { "/private/var/mobile/Media/PhotoData/PhotoCloudSharingData/**", "camera" },
    MediaPlace { "/private/var/mobile/Media/PhotoData/Sync/**", "camera" },
    MediaPlace { "/private/var/mobile/Media/PhotoStreamsData/**", "camera" },
};
constexpr auto kPaths = patterns_of(kPlaces);
constexpr std::array<Table const*, 2> kTables { &kFiles, &kAnomalies };

Result<void> parse(Input const& input, Context& context)
{
    return check_media(input, context, kPlaces, { kFiles, kAnomalies });
}

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.message_media",
    .title = "Attachments, media and downloads",
    .doc
    = "Whether files that came with messages and mail, were downloaded, or lie among the pictures of the "
      "camera "
      "have the structure of published exploits: sums of JBIG2 symbols that do not fit, prefix codes of WebP "
      "that need more room than there is, undocumented instructions in fonts, DNG files that contradict "
      "themselves, archives behind pictures, and files that are not what their name says. What a file is is "
      "told from its content. No picture is decoded; of most only the directories and the last 64 KiB are "
      "read. Each file that was looked at has a row with what was checked, and documents, fonts and WebP "
      "pictures above 64 MiB a diagnostic that they were looked at from outside only. Where not all of a "
      "file "
      "could be read (damage, encryption, a member of a pass), a diagnostic says so, and the check is not "
      "among "
      "those done. What apps keep elsewhere is not looked at; a file that is gone cannot be checked, and "
      "exploits delete theirs.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .most_unpacked = kMostMediaUnpacked,
};

} // namespace exhibit::ios::message_media
