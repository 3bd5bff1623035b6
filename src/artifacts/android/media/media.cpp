#include "artifacts/common/media_check.hpp"

namespace exhibit::android::media {
namespace {

constexpr auto kFiles = table<MediaFile>("android_media_file",
    "One row per attachment, medium or download, and what was checked of it.", Relation::received,
    kMediaFileColumns);
constexpr auto kAnomalies = table<MediaAnomaly>("android_media_anomaly",
    "One row per thing that is wrong with the structure of an attachment, medium or download.",
    Relation::received, kMediaAnomalyColumns, kMediaAnomalyEvents);

// The first that fits says how the file came.
constexpr std::array kPlaces {
    MediaPlace { "/data/**/app_parts/**", "message" }, // Of multimedia messages.
    MediaPlace { "/sdcard/Android/media/**", "message" }, // WhatsApp since Android 11, and others.
    MediaPlace { "/sdcard/WhatsApp/**", "message" },
    MediaPlace { "/sdcard/Telegram/**", "message" },
    MediaPlace { "/sdcard/viber/**", "message" },
    MediaPlace { "/data/data/*/databases/*_att/**", "mail" }, // Android's own mail program.
    MediaPlace { "/sdcard/Download/**", "download" },
    MediaPlace { "/sdcard/Documents/**", "download" },
    MediaPlace { "/sdcard/Pictures/**", "download" },
    MediaPlace { "/sdcard/DCIM/**", "download" }, // Messengers put pictures here too.
    MediaPlace { "/sdcard/Android/data/*/files/**", "download" },
    MediaPlace { "/sdcard/Android/data/*/cache/**", "download" },
    MediaPlace { "/data/data/*/files/**", "download" },
    MediaPlace { "/data/data/*/cache/**", "download" },
    MediaPlace { "/data/local/tmp/**", "download" },
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
    .id = "android.media",
    .title = "Attachments, media and downloads",
    .doc
    = "Whether files that came with messages and mail or were downloaded have the structure of published "
      "exploits: DNG files that contradict themselves, archives with programs behind pictures, prefix codes "
      "of WebP that need more room than there is, sums of JBIG2 symbols that do not fit, undocumented "
      "instructions in fonts, and files that are not what their name says. What a file is is told from its "
      "content. No picture is decoded. Each file that was looked at has a row with what was checked, and "
      "files above 64 MiB a diagnostic that they were looked at from outside only. Where not all of a file "
      "could "
      "be read (damage, encryption, a member of a pass), a diagnostic says so, and the check is not among "
      "those "
      "done. Backups over adb hold shared storage only when that was asked for, and of apps what they allow; "
      "AndroidQF and bug reports "
      "hold no media beside such a backup.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .most_unpacked = kMostMediaUnpacked,
};

} // namespace exhibit::android::media
