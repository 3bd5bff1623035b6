#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::http_storages {
namespace {

using namespace std::string_view_literals;

struct HttpStorage {
    std::string client;
    Time modified;
};

constexpr std::array kStorageColumns {
    column<&HttpStorage::client>(
        "client", Is::process, "The process, or the app, that asked the network: name of the folder.")
        .mvt("-"),
    column<&HttpStorage::modified>(
        "modified", Clock::entry_modified, "When this was last written, as the acquisition has it.")
        .mvt("-"),
};
constexpr std::array kStorageEvents { Event { "modified", "http_storage", "{client}" } };
constexpr auto kStorages = table<HttpStorage>("ios_http_storage",
    "One row per process or app that fetched anything from the web through the system.", Relation::traffic,
    kStorageColumns, kStorageEvents);

struct HttpHost {
    std::string client;
    std::string source;
    std::string_view host;
};

constexpr std::array kHostColumns {
    column<&HttpHost::client>("client", Is::process, "The process or app.").mvt("-"),
    column<&HttpHost::source>("source", Is::opaque, "Table and column of the database, from the system.")
        .mvt("-"),
    column<&HttpHost::host>("host", Is::domain, "The host.").mvt("-"),
};
constexpr auto kHosts = table<HttpHost>("ios_http_host",
    "One row per host that a process or app keeps something about.", Relation::traffic, kHostColumns);

/// `.../HTTPStorages/<client>/httpstorages.sqlite`
std::string client_of(std::string_view path)
{
    auto const file = path.rfind('/');
    if (file == std::string_view::npos || file == 0)
        return {};
    auto const folder = path.rfind('/', file - 1);
    return std::string { path.substr(folder == std::string_view::npos ? 0 : folder + 1, file - folder - 1) };
}

bool names_a_host(std::string_view column)
{
    for (auto const name : { "host"sv, "hostname"sv, "domain"sv, "origin"sv, "server_name"sv })
        if (column == name)
            return true;
    return false;
}

/// Its tables differ between versions; what they share is the name of the column with the host.
Result<void> read_hosts(sqlite::Database const& database, std::string const& client, Context& context)
{
    constexpr std::size_t most = 200;
    std::size_t sources = 0;
    for (auto const& table : database.tables())
        for (auto const& column : database.columns(table)) {
            if (!names_a_host(column.name))
                continue;
            if (++sources > most) {
                context.note(Level::damage, Fault::over_limit,
                    "more columns with hosts than are read: the rest was left out");
                return {};
            }
            HttpHost row { client, table + '.' + column.name, {} };
            auto const source = "entry." + column.name;
            std::array<Field<HttpHost>, 1> const fields {
                { { source, Clock::none, from<&HttpHost::host>("").read } }
            };
            EXHIBIT_TRY(each_row<HttpHost>(database, context, { "entry", table }, fields,
                [&](HttpHost& read, Origin origin) -> Result<void> {
                    row.host = read.host;
                    return row.host.empty() ? Result<void> {} : context.add(kHosts, row, origin);
                }));
        }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    HttpStorage storage;
    storage.client = client_of(input.path);
    storage.modified = input.modified_time();
    EXHIBIT_TRY(context.add(kStorages, storage, {}));
    auto const database = EXHIBIT_TRY(open_database(input, context));
    return read_hosts(database, storage.client, context);
}

constexpr std::array kPaths { "/private/var/**/HTTPStorages/*/httpstorages.sqlite"sv };
constexpr std::array<Table const*, 2> kTables { &kStorages, &kHosts };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.http_storages",
    .title = "HTTP storages per process",
    .doc = "Every process and app that fetched something from the web has a folder here: a list of processes "
           "that used the network. "
           "Read from the names of folders in HTTPStorages, and from the hosts in httpstorages.sqlite.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::http_storages
