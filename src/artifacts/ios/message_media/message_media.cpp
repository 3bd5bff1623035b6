#include "artifacts/common/media_check.hpp"

namespace exhibit {
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
    // Pictures that were saved lie among those of the camera, whose own kinds are too many to be opened.
    MediaPlace { "/private/var/mobile/Media/DCIM/**.DNG", "download" },
    MediaPlace { "/private/var/mobile/Media/DCIM/**.GIF", "download" },
    MediaPlace { "/private/var/mobile/Media/DCIM/**.WEBP", "download" },
    MediaPlace { "/private/var/mobile/Media/DCIM/**.TIF", "download" },
    MediaPlace { "/private/var/mobile/Media/DCIM/**.TIFF", "download" },
    MediaPlace { "/private/var/mobile/Media/PhotoData/CPLAssets/**.DNG", "download" },
    MediaPlace { "/private/var/mobile/Media/PhotoData/CPLAssets/**.GIF", "download" },
    MediaPlace { "/private/var/mobile/Media/PhotoData/CPLAssets/**.WEBP", "download" },
};
constexpr auto kPaths = patterns_of(kPlaces);
constexpr std::array<Table const*, 2> kTables { &kFiles, &kAnomalies };

Result<void> parse(Input const& input, Context& context)
{
    return check_media(input, context, kPlaces, { kFiles, kAnomalies });
}

} // namespace

extern Artifact const ios_message_media;
constinit Artifact const ios_message_media {
    .id = "ios.message_media",
    .title = "Attachments, media and downloads",
    .doc
    = "Whether files that came with messages and mail or were downloaded have the structure of published "
      "exploits: sums of JBIG2 symbols that do not fit, prefix codes of WebP that need more room than there "
      "is, undocumented instructions in fonts, DNG files that contradict themselves, archives behind "
      "pictures, and files that are not what their name says. What a file is is told from its content. No "
      "picture is decoded. Each file that was looked at has a row with what was checked, and files above "
      "64 MiB a diagnostic that they were looked at from outside only. Among the pictures of the camera "
      "(DCIM) only kinds that the camera seldom makes are opened: DNG, GIF, WebP and TIFF. What apps keep "
      "elsewhere is not looked at; a file that is gone cannot be checked, and exploits delete theirs.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit
