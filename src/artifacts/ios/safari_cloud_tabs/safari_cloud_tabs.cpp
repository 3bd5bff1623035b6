#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/safari_time.hpp"

#include <array>

namespace exhibit::ios::safari_cloud_tabs {
namespace {

using namespace std::string_view_literals;

struct CloudTab {
    std::optional<std::string_view> uuid;
    std::optional<std::string_view> title;
    std::optional<std::string_view> url;
    std::optional<std::string_view> device_name;
    std::optional<std::string_view> device_id;
    Time device_updated;
};

constexpr std::array kColumns {
    column<&CloudTab::uuid>("uuid", Is::opaque, "The tab's own number, made up by a device.").mvt("-"),
    column<&CloudTab::title>("title", Is::free_text, "Title of the page.").mvt("-"),
    column<&CloudTab::url>("url", Is::url, "The page.").mvt("-"),
    column<&CloudTab::device_name>("device_name", Is::free_text, "Name of the device that has the tab open.")
        .mvt("-"),
    column<&CloudTab::device_id>("device_id", Is::opaque, "Its number, made up by the system.").mvt("-"),
    column<&CloudTab::device_updated>("device_updated", Clock::mac, "When that device last told of its tabs.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "device_updated", "cloud_tab", "{device_name}: {url} {title}" } };
constexpr auto kTabs = table<CloudTab>("ios_safari_cloud_tab",
    "One row per tab that is open on any device of the same account.", Relation::visited, kColumns, kEvents);

constexpr std::array kFields {
    from<&CloudTab::uuid>("tab.tab_uuid"),
    from<&CloudTab::title>("tab.title"),
    from<&CloudTab::url>("tab.url"),
    from<&CloudTab::device_name>("device.device_name"),
    from<&CloudTab::device_id>("tab.device_uuid"),
    from<&CloudTab::device_updated>("device.last_modified", Clock::mac),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("cloud_tabs"))
        return fail(Fault::unsupported, "the database has no table `cloud_tabs`");
    Select const tabs { .alias = "tab",
        .table = "cloud_tabs",
        .joins = { { "device", "cloud_tab_devices", "device_uuid", "tab.device_uuid" } },
        .once = true,
        .deleted = true };
    return each_row<CloudTab>(database, context, tabs, kFields, [&](CloudTab& row, Origin origin) {
        row.device_updated = ios::safari_time(row.device_updated);
        return context.add(kTabs, row, origin);
    });
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Safari/CloudTabs.db"sv,
    "/private/var/mobile/Containers/Data/Application/*/Library/Safari/CloudTabs.db"sv,
};
constexpr std::array<Table const*, 1> kTables { &kTabs };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.safari_cloud_tabs",
    .title = "Safari tabs in iCloud",
    .doc
    = "Tabs that are open on the devices of the same account: on others, and perhaps on this phone itself, "
      "which its name tells where no other has the same. A device that the person does not know needs an "
      "explanation. Read from CloudTabs.db.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::safari_cloud_tabs
