#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/device_path.hpp"
#include "formats/plist/keyed_archive.hpp"

#include <array>
#include <map>

namespace exhibit::ios::app_states {
namespace {

using namespace std::string_view_literals;

struct AppState {
    std::optional<std::int64_t> number; ///< no column
    std::optional<std::string_view> bundle_id;
    std::optional<std::string> bundle_path;
    std::optional<std::string> sandbox_path;
    Time removed;
};

constexpr std::array kColumns {
    column<&AppState::bundle_id>("bundle_id", Is::process, "The app."),
    column<&AppState::bundle_path>("bundle_path", Is::path, "Where its program lies or lay."),
    column<&AppState::sandbox_path>("sandbox_path", Is::path, "Where its data lie or lay."),
    column<&AppState::removed>("uninstalled", Clock::plist, "When it was removed, where the list says so."),
};
constexpr std::array kEvents { Event { "uninstalled", "app_removed", "{bundle_id}" } };
constexpr auto kApps = table<AppState>("ios_app_state",
    "One row per app that the home screen knows, also of apps that are gone.", Relation::installed, kColumns,
    kEvents);

struct Stored {
    std::optional<std::int64_t> app;
    std::optional<std::string_view> key;
    std::optional<Bytes> value;
};

constexpr std::array kStoredFields {
    from<&Stored::app>("v.application_identifier"),
    from<&Stored::key>("k.key"),
    from<&Stored::value>("v.value"),
};
constexpr std::array kAppFields {
    from<&AppState::number>("a.id"),
    from<&AppState::bundle_id>("a.application_identifier"),
};

/// What the keys of an app say, by the app's number.
using Details = std::map<std::int64_t, AppState>;

/// A property list that holds the archive as data.
void read_compatibility(plist::Value const& root, AppState& app, Context& context)
{
    auto const bytes = root.as_data();
    if (!bytes)
        return;
    auto const archive = plist::KeyedArchive::parse(*bytes, context.limits().depth);
    if (!archive)
        return context.note(Level::note, archive.error());
    if (auto const path = archive->root().find("bundlePath").as_text())
        app.bundle_path = device_path(*path);
    if (auto const path = archive->root().find("sandboxPath").as_text())
        app.sandbox_path = device_path(*path);
}

void read_stored(Stored const& stored, Details& details, Context& context)
{
    constexpr std::size_t most_apps = 100'000;
    bool const is_known = stored.key == "compatibilityInfo" || stored.key == "_UninstallDate";
    if (!is_known || !stored.app || !stored.value || details.size() == most_apps)
        return;
    auto const document = plist::Document::parse(*stored.value, context.limits().depth);
    if (!document)
        return context.note(Level::note, document.error());
    auto& app = details[*stored.app];
    if (stored.key == "compatibilityInfo")
        read_compatibility(document->root(), app, context);
    else if (auto removed = document->root().as_date())
        app.removed = *std::move(removed);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    Details details;
    EXHIBIT_TRY(each_row<Stored>(database, context, { "v", "kvs", { { "k", "key_tab", "id", "v.key" } } },
        kStoredFields, [&](Stored const& stored, Origin) -> Result<void> {
            read_stored(stored, details, context);
            return {};
        }));
    return each_row<AppState>(database, context,
        { .alias = "a", .table = "application_identifier_tab", .deleted = true }, kAppFields,
        [&](AppState& app, Origin origin) -> Result<void> {
            if (auto const found = app.number ? details.find(*app.number) : details.end();
                found != details.end()) {
                app.bundle_path = found->second.bundle_path;
                app.sandbox_path = found->second.sandbox_path;
                app.removed = found->second.removed;
            }
            return context.add(kApps, app, origin);
        });
}

constexpr std::array kPaths { "/private/var/mobile/Library/FrontBoard/applicationState.db"sv };
constexpr std::array<Table const*, 1> kTables { &kApps };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.app_states",
    .title = "Apps that the home screen knows",
    .doc = "Apps with what the home screen keeps of them, also of apps that were removed. Read from "
           "applicationState.db, which backups hold too.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::app_states
