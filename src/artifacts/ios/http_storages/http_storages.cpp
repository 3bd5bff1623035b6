#include "artifacts/common/file_list.hpp"
#include "artifacts/common/query.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unordered_map>
#include <vector>

namespace exhibit::ios::http_storages {
namespace {

using namespace std::string_view_literals;

constexpr auto kListPath = "@acquisition/files"sv;

struct HttpStorage {
    std::string client;
    std::string folder;
    Time modified;
};

constexpr std::array kStorageColumns {
    column<&HttpStorage::client>("client", Is::process,
        "The process, or the app, that asked the network: name of the folder or of a file of cookies.")
        .mvt("-"),
    column<&HttpStorage::folder>(
        "folder", Is::opaque, "The folder HTTPStorages that it stands in, as the acquisition keeps it.")
        .mvt("-"),
    column<&HttpStorage::modified>("modified", Clock::entry_modified,
        "When the newest of what is named so, or lies in it, was last written, as the acquisition has it.")
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

/// Processes by the names in HTTPStorages alone: each once per folder of that name.
class HttpClients {
public:
    void see(ListedFile const& file, Origin origin)
    {
        constexpr auto storages = "/HTTPStorages/"sv;
        std::string_view const path = file.path;
        auto const at = path.find(storages);
        if (at == path.npos || !path.starts_with("/private/var/"))
            return;
        auto const inner = path.substr(at + storages.size());
        auto const name = inner.substr(0, inner.find('/'));
        auto const client = client_in(name, file.kind == "file" && name.size() == inner.size());
        if (client.empty())
            return;
        auto const [known, is_new]
            = m_places.emplace(fmt::format("{}{}{}", path.substr(0, at), storages, client), m_clients.size());
        if (is_new) {
            // What the acquisition keeps lies as deep below its folder as the path on the device does.
            auto const below = std::min(inner.size() + 1, file.stored.size());
            m_clients.push_back(
                { { std::string { client }, file.stored.substr(0, file.stored.size() - below), {} },
                    origin });
        }
        auto& modified = m_clients[known->second].row.modified;
        if (file.modified.utc && (!modified.utc || *modified.utc < *file.modified.utc))
            modified = file.modified;
    }

    Result<void> tell(Context& context) const
    {
        for (auto const& [row, origin] : m_clients)
            EXHIBIT_TRY(context.add(kStorages, row, origin));
        return {};
    }

private:
    struct Client {
        HttpStorage row;
        Origin origin;
    };

    /// The process that a folder or `<process>.binarycookies` is named after; none for another file.
    static std::string_view client_in(std::string_view name, bool is_file)
    {
        auto const cookies = name.find(".binarycookies");
        return is_file ? name.substr(0, cookies == name.npos ? 0 : cookies) : name;
    }

    std::vector<Client> m_clients;
    std::unordered_map<std::string, std::size_t> m_places; ///< by folder and client
};

bool names_a_host(std::string_view column)
{
    for (auto const name : { "host"sv, "hostname"sv, "domain"sv, "origin"sv, "server_name"sv })
        if (column == name)
            return true;
    return false;
}

/// The hosts in one table, column by column.
Result<void> read_hosts(sqlite::Database const& database, std::string_view table,
    std::vector<std::string> const& columns, std::string const& client, Context& context)
{
    std::vector<std::string> sources;
    sources.reserve(columns.size());
    for (auto const& column : columns)
        sources.push_back("entry." + column);
    return each_cells(database, context, { .alias = "entry", .table = table, .deleted = true },
        { sources.begin(), sources.end() },
        [&](sqlite::Cells const& cells, std::span<std::size_t const> found, Origin origin) -> Result<void> {
            for (std::size_t i = 0; i != found.size(); ++i)
                if (auto const host = cells.text(static_cast<int>(i)); !host.empty())
                    EXHIBIT_TRY(context.add(
                        kHosts, { client, fmt::format("{}.{}", table, columns[found[i]]), host }, origin));
            return {};
        });
}

/// Its tables differ between versions; what they share is the name of the column with the host.
Result<void> read_hosts(sqlite::Database const& database, std::string const& client, Context& context)
{
    constexpr std::size_t most = 200;
    std::size_t sources = 0;
    for (auto const& table : database.tables()) {
        std::vector<std::string> columns;
        for (auto const& column : database.columns(table))
            if (names_a_host(column.name) && sources++ < most)
                columns.push_back(column.name);
        if (!columns.empty())
            EXHIBIT_TRY(read_hosts(database, table, columns, client, context));
    }
    if (sources > most)
        context.note(
            Level::damage, Fault::over_limit, "more columns with hosts than are read: the rest was left out");
    return {};
}

Result<void> parse_list(Input const& input, Context& context)
{
    HttpClients clients;
    EXHIBIT_TRY(
        for_each_listed_file(input, context, [&](ListedFile const& file, Origin origin) -> Result<void> {
            clients.see(file, origin);
            return {};
        }));
    return clients.tell(context);
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path == kListPath)
        return parse_list(input, context);
    auto const database = EXHIBIT_TRY(open_database(input, context));
    return read_hosts(database, client_of(input.path), context);
}

constexpr std::array kPaths { "/private/var/**/HTTPStorages/*/httpstorages.sqlite"sv, kListPath };
constexpr std::array<Table const*, 2> kTables { &kStorages, &kHosts };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.http_storages",
    .title = "HTTP storages per process",
    .doc
    = "Every process and app that fetched something from the web has a folder here: a list of processes "
      "that used the network. "
      "Read from the names of folders and files in HTTPStorages, and from the hosts in httpstorages.sqlite.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::http_storages
