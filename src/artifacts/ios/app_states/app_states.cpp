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

struct AppDetails {
    std::optional<std::string> bundle_id;
    std::optional<std::string> bundle_path;
    std::optional<std::string> sandbox_path;
    Time removed;
};

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

/// A property list that holds the archive as data.
void read_compatibility(plist::Value const& root, AppDetails& details, Context& context)
{
    auto const bytes = root.as_data();
    if (!bytes)
        return;
    auto const archive = plist::KeyedArchive::parse(*bytes, context.limits().depth);
    if (!archive)
        return context.note(Level::note, archive.error());
    details.bundle_id = archive->root().find("bundleIdentifier").as_text();
    if (auto const path = archive->root().find("bundlePath").as_text())
        details.bundle_path = device_path(*path);
    if (auto const path = archive->root().find("sandboxPath").as_text())
        details.sandbox_path = device_path(*path);
}

/// What the keys of the apps say.
class Reader {
public:
    explicit Reader(Context& context)
        : m_context(context)
    {
    }

    Result<void> see(Stored const& stored, Origin origin)
    {
        bool const is_known = stored.key == "compatibilityInfo" || stored.key == "_UninstallDate";
        if (!is_known || !stored.app || !stored.value)
            return {};
        // The number of an app that is gone may be that of another one now.
        if (origin.recovered != Recovered::live)
            return add_earlier(stored, origin);
        if (m_details.size() == kMostApps && !m_details.contains(*stored.app)) {
            m_context.note(Level::damage, Fault::over_limit,
                "there are more apps than are read: paths and times of the others were left out");
            return {};
        }
        read(stored, m_details[*stored.app]);
        return {};
    }

    Result<void> add(AppState& app, Origin origin)
    {
        if (auto const found = app.number ? m_details.find(*app.number) : m_details.end();
            found != m_details.end() && origin.recovered == Recovered::live)
            fill(app, found->second);
        return m_context.add(kApps, app, origin);
    }

private:
    static constexpr std::size_t kMostApps = 100'000;

    static void fill(AppState& app, AppDetails const& details)
    {
        app.bundle_path = details.bundle_path;
        app.sandbox_path = details.sandbox_path;
        app.removed = details.removed;
    }

    void read(Stored const& stored, AppDetails& details)
    {
        auto const document = plist::Document::parse(*stored.value, m_context.limits().depth);
        if (!document)
            return m_context.note(Level::note, document.error());
        if (stored.key == "compatibilityInfo")
            read_compatibility(document->root(), details, m_context);
        else if (auto removed = document->root().as_date())
            details.removed = *std::move(removed);
    }

    /// What was noted of an app before says itself which one it is of.
    Result<void> add_earlier(Stored const& stored, Origin origin)
    {
        AppDetails details;
        read(stored, details);
        if (!details.bundle_id)
            return {};
        AppState app;
        app.bundle_id = *details.bundle_id;
        fill(app, details);
        return m_context.add(kApps, app, origin);
    }

    Context& m_context;
    std::map<std::int64_t, AppDetails> m_details; ///< by the number of the app
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("application_identifier_tab"))
        return fail(Fault::unsupported, "the database has no table `application_identifier_tab`");
    Reader reader { context };
    Select const stored {
        .alias = "v",
        .table = "kvs",
        .joins = { { "k", "key_tab", "id", "v.key" } },
        .deleted = true,
    };
    EXHIBIT_TRY(each_row<Stored>(database, context, stored, kStoredFields,
        [&](Stored const& row, Origin origin) { return reader.see(row, origin); }));
    return each_row<AppState>(database, context,
        { .alias = "a", .table = "application_identifier_tab", .deleted = true }, kAppFields,
        [&](AppState& app, Origin origin) { return reader.add(app, origin); });
}

constexpr std::array kPaths { "/private/var/mobile/Library/FrontBoard/applicationState.db"sv };
constexpr std::array<Table const*, 1> kTables { &kApps };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.app_states",
    .title = "Apps that the home screen knows",
    .doc = "Apps with what the home screen keeps of them, also of apps that were removed, and where apps lay "
           "before "
           "they were updated or removed, as far as deleted rows tell. Read from applicationState.db, which "
           "backups hold too.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::app_states
