#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/message_fields.hpp"

namespace exhibit::ios::biome_sets {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostOtherText = 16U << 10U;

struct Item {
    std::string_view set;
    Time modified;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> name;
    std::optional<std::string> other_values;
    std::optional<Bytes> content; ///< no column: what the others are read from
};

constexpr auto kModified
    = column<&Item::modified>("modified", Clock::unix_micros, "When it was added or changed.").mvt("-");
constexpr auto kOthers = column<&Item::other_values>("other_values", Is::free_text,
    "What else the item holds, one value a line behind the numbers of its fields, whose meaning is not "
    "known.")
                             .mvt("-");

constexpr std::array kAppColumns {
    kModified,
    column<&Item::bundle_id>("bundle_id", Is::app_id, "The app.").mvt("-"),
    column<&Item::name>("name", Is::opaque, "Its name as shown.").mvt("-"),
    kOthers,
};
constexpr std::array kAppEvents { Event { "modified", "app_listed", "{bundle_id} {name}" } };
constexpr auto kApps = table<Item>("ios_biome_installed_app",
    "One row per app in the system's list of those that are installed, and of those that were.",
    Relation::installed, kAppColumns, kAppEvents);

constexpr std::array kItemColumns {
    column<&Item::set>("set_name", Is::opaque, "Name of the set, such as FindMy.Device.").mvt("-"),
    kModified,
    kOthers,
};
constexpr auto kItems = table<Item>("ios_biome_set_item",
    "One row per item of other sets: devices of the account, places, phrases of shortcuts.",
    Relation::context, kItemColumns);

constexpr std::array kAppFields {
    ios::taken<&Item::bundle_id>({ 1 }),
    ios::taken<&Item::name>({ 3 }),
};

// Two layouts are known: the time stands in `instance`, and since iOS 26 in `metacontent_provenance`.
constexpr std::array kFields {
    from<&Item::content>("c.content"),
    from<&Item::modified>("i.modified", Clock::unix_micros),
    from<&Item::modified>("m.written_date", Clock::unix_micros),
};

/// `.../Biome/sets/Default/App.InstalledApp/Database/Set.db`
std::string_view set_of(std::string_view path)
{
    constexpr auto sets_folder = "/sets/"sv;
    auto const owner = std::min(path.size(), path.find(sets_folder) + sets_folder.size());
    auto const from = std::min(path.size() - 1, path.find('/', owner)) + 1;
    return path.substr(from, path.find('/', from) - from);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("content"))
        return fail(Fault::unsupported, "the database has no table `content`");
    auto const set = set_of(input.path);
    bool const apps = set == "App.InstalledApp";
    std::span<ios::MessageField<Item> const> fields { kAppFields };
    if (!apps)
        fields = {};
    Select const items { .alias = "c",
        .table = "content",
        .joins = { { "p", "provenance", "content_hash", "c.content_hash" },
            { "i", "instance", "provenance_row_id", "p.provenance_row_id" },
            { "m", "metacontent_provenance", "content_hash", "c.content_hash" } },
        .once = true,
        .deleted = true };
    return each_row<Item>(database, context, items, kFields, [&](Item& row, Origin origin) -> Result<void> {
        row.set = set;
        ios::MessageFiller<Item> filler { fields, row, kMostOtherText };
        auto const content = row.content.value_or(Bytes {});
        if (auto const read = filler.read(protobuf::MessageReader { content }); !read)
            context.note(Level::note, read.error().fault, "what an item holds is told in part only", origin);
        if (!filler.others().text().empty())
            row.other_values = filler.others().text();
        return context.add(apps ? kApps : kItems, row, origin);
    });
}

constexpr std::array kPaths {
    "/private/var/**/Biome/sets/**/Set.db"sv,
    "/private/var/**/biome/sets/**/Set.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kApps, &kItems };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.biome_sets",
    .title = "Sets of apps and devices (Biome)",
    .doc = "Lists that the system keeps for its suggestions: installed apps, devices of the account, places, "
           "phrases of shortcuts. Read from Set.db in the folders of sets in Biome.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::biome_sets
