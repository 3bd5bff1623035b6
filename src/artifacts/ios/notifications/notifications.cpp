#include "artifacts/common/plist_file.hpp"
#include "formats/plist/keyed_archive.hpp"

#include <array>

namespace exhibit::ios::notifications {
namespace {

using namespace std::string_view_literals;

struct Notification {
    std::string app_folder;
    std::optional<std::string> bundle_id;
    Time created;
    std::optional<std::string> title;
    std::optional<std::string> subtitle;
    std::optional<std::string> message;
    std::optional<std::string> sender_name;
    std::optional<std::string> action_url;
    std::optional<std::string> category;
    std::optional<std::string> thread_id;
    std::optional<std::string> notification_id;
};

constexpr std::array kColumns {
    column<&Notification::app_folder>(
        "app_folder", Is::app_id, "The app, by the name of its folder; a UUID on newer systems.")
        .mvt("-"),
    column<&Notification::bundle_id>("bundle_id", Is::app_id,
        "The app of a folder that is named by a UUID, as the list beside the folders tells it.")
        .mvt("-"),
    column<&Notification::created>("created", Clock::plist, "When it was shown.").mvt("-"),
    column<&Notification::title>("title", Is::free_text, "Its title.").mvt("-"),
    column<&Notification::subtitle>("subtitle", Is::free_text, "Its second line.").mvt("-"),
    column<&Notification::message>("message", Is::free_text, "Its text.").mvt("-"),
    column<&Notification::sender_name>(
        "sender_name", Is::free_text, "Who wrote, where it tells of a message.")
        .mvt("-"),
    column<&Notification::action_url>("action_url", Is::url, "What a tap on it opens.").mvt("-"),
    column<&Notification::category>("category", Is::opaque, "Kind, a word of the app's.").mvt("-"),
    column<&Notification::thread_id>("thread_id", Is::opaque, "What it belongs to, in the app's own numbers.")
        .mvt("-"),
    column<&Notification::notification_id>(
        "notification_id", Is::opaque, "Its own number, made up by the app.")
        .mvt("-"),
};
constexpr std::array kEvents { Event {
    "created", "notification", "{bundle_id} {app_folder}: {title} {message}" } };
constexpr auto kNotifications = table<Notification>("ios_notification",
    "One row per notification that still stands; also of messages that were deleted since.",
    Relation::received, kColumns, kEvents);

Notification read_notification(plist::Object const& object)
{
    auto const text = [&](std::string_view key) { return object.find(key).as_text(); };
    Notification row;
    if (auto date = object.find("AppNotificationCreationDate").as_date())
        row.created = *std::move(date);
    row.title = text("AppNotificationTitle");
    row.subtitle = text("AppNotificationSubtitle");
    row.message = text("AppNotificationMessage");
    row.sender_name = text("CommunicationContextDisplayName");
    row.action_url = text("DefaultActionURL");
    row.category = text("SBSPushStoreNotificationCategoryKey");
    row.thread_id = text("SBSPushStoreNotificationThreadKey");
    row.notification_id = text("AppNotificationIdentifier");
    return row;
}

/// `.../UserNotifications/<app>/DeliveredNotifications.plist`
std::string app_folder_of(std::string_view path)
{
    auto const file = path.rfind('/');
    if (file == std::string_view::npos || file == 0)
        return {};
    auto const folder = path.rfind('/', file - 1);
    return std::string { path.substr(folder == std::string_view::npos ? 0 : folder + 1, file - folder - 1) };
}

/// The list is a keyed archive of apps and the UUIDs of their folders. Which of the two is the key was not
/// seen in data, and either is read.
std::optional<std::string> app_of(plist::Object const& list, std::string_view folder)
{
    for (auto const& [key, value] : list.entries()) {
        auto one = key.as_text();
        auto other = value.as_text();
        if (!one || !other)
            continue;
        if (*one == folder)
            return other;
        if (*other == folder)
            return one;
    }
    return std::nullopt;
}

Result<std::optional<std::string>> bundle_id_of(std::string_view folder, Input const& input, Context& context)
{
    constexpr std::size_t most = 10'000; // One per app. The list is read again for each of their folders.
    if (input.beside == nullptr)
        return std::nullopt;
    auto const list = EXHIBIT_TRY(read_all(*input.beside, context.limits().whole_file));
    auto const archive = plist::KeyedArchive::parse(list.bytes(), context.limits().depth);
    if (!archive) {
        context.note(Level::warning, archive.error().fault, "the list of the apps' folders cannot be read");
        return std::nullopt;
    }
    if (archive->root().size() > most) {
        context.note(
            Level::warning, Fault::over_limit, "the list of the apps' folders is too long to be one");
        return std::nullopt;
    }
    return app_of(archive->root(), folder);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    if (content.bytes().empty())
        return {};
    auto const archive = EXHIBIT_TRY(plist::KeyedArchive::parse(content.bytes(), context.limits().depth));
    auto const folder = app_folder_of(input.path);
    auto const bundle_id = EXHIBIT_TRY(bundle_id_of(folder, input, context));
    std::uint64_t number = 0;
    for (auto const& object : archive.root().elements()) {
        auto row = read_notification(object);
        row.app_folder = folder;
        row.bundle_id = bundle_id;
        EXHIBIT_TRY(context.add(kNotifications, row, Origin { ++number }));
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/UserNotifications/*/DeliveredNotifications.plist"sv
};
constexpr std::array<Table const*, 1> kTables { &kNotifications };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.notifications",
    .title = "Notifications",
    .doc = "Notifications that were shown and not yet dismissed, with text and links: also of messages that "
           "are gone from their app. "
           "Read from DeliveredNotifications.plist, one per app, and Library.plist, which tells whose folder "
           "has a "
           "UUID for a name.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .beside = "Library.plist",
};

} // namespace exhibit::ios::notifications
