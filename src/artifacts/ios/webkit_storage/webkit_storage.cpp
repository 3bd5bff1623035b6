#include "artifact/artifact.hpp"
#include "artifacts/common/file_list.hpp"
#include "artifacts/ios/common/web_host.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace exhibit::ios::webkit_storage {
namespace {

using namespace std::string_view_literals;

constexpr auto kListPath = "@acquisition/files"sv;

struct SiteStorage {
    std::string url;
    std::string host;
    std::string folder;
    std::string name;
    Time modified;
};

constexpr std::array kStorageColumns {
    column<&SiteStorage::url>("url", Is::url, "The site that stored data: scheme, host and port.").mvt("url"),
    column<&SiteStorage::host>("host", Is::domain, "Its host.").mvt("-"),
    column<&SiteStorage::folder>(
        "folder", Is::opaque, "Folder of WebKit that holds the data, as the acquisition keeps it.")
        .mvt("folder"),
    column<&SiteStorage::name>("name", Is::opaque,
        "Folder or file in it that is named after the site; others beside it may be, too.")
        .mvt("-"),
    column<&SiteStorage::modified>("modified", Clock::entry_modified,
        "When the newest of what is named so, or lies in it, was last written, as the acquisition has it.")
        .mvt("isodate"),
};
constexpr std::array kStorageEvents { Event { "modified", "site_storage", "{url}" } };
constexpr auto kIndexedDb = table<SiteStorage>("ios_webkit_indexeddb",
    "One row per web site that stored databases in an app, and folder of it.", Relation::visited,
    kStorageColumns, kStorageEvents, "webkit_indexeddb");
constexpr auto kLocalStorage = table<SiteStorage>("ios_webkit_local_storage",
    "One row per web site that stored small values in an app.", Relation::visited, kStorageColumns,
    kStorageEvents, "webkit_local_storage");
constexpr auto kViewService = table<SiteStorage>("ios_webkit_view_service",
    "One row per web site that stored data when another app showed it in its own window.", Relation::visited,
    kStorageColumns, kStorageEvents, "webkit_safari_view_service");

struct SiteOrigin {
    std::string url;
    std::string host;
    std::string top_url;
    std::string top_host;
    Time modified;
};

constexpr std::array kOriginColumns {
    column<&SiteOrigin::url>("url", Is::url, "The site that stored data: scheme, host and port.").mvt("-"),
    column<&SiteOrigin::host>("host", Is::domain, "Its host.").mvt("-"),
    column<&SiteOrigin::top_url>("top_url", Is::url, "The page that it was part of.").mvt("-"),
    column<&SiteOrigin::top_host>("top_host", Is::domain, "Host of that page.").mvt("-"),
    column<&SiteOrigin::modified>(
        "modified", Clock::entry_modified, "When this was written, as the acquisition has it.")
        .mvt("-"),
};
constexpr auto kOrigins = table<SiteOrigin>("ios_webkit_origin",
    "One row per web site that stored data, and page that it was part of, on systems that name the folder by "
    "a hash.",
    Relation::visited, kOriginColumns, kStorageEvents);

struct WebOrigin {
    std::string scheme;
    std::string host;
    std::optional<std::uint16_t> port;

    [[nodiscard]] std::string url() const { return ios::NamedSite { scheme, host, port }.url(); }
};

/// A text as WebKit stores it: length, whether it has one byte per character, characters.
Result<std::string> read_text(Reader& reader)
{
    constexpr std::uint32_t none = 0xFFFFFFFF;
    auto const length = EXHIBIT_TRY(reader.little<std::uint32_t>());
    if (length == none)
        return std::string {};
    bool const narrow = EXHIBIT_TRY(reader.little<std::uint8_t>()) != 0;
    auto const bytes = EXHIBIT_TRY(reader.text(narrow ? length : std::size_t { length } * 2));
    return narrow ? repair_utf8(bytes) : from_utf16le(bytes);
}

Result<WebOrigin> read_origin(Reader& reader)
{
    WebOrigin origin;
    origin.scheme = EXHIBIT_TRY(read_text(reader));
    origin.host = EXHIBIT_TRY(read_text(reader));
    if (EXHIBIT_TRY(reader.little<std::uint8_t>()) != 0)
        origin.port = EXHIBIT_TRY(reader.little<std::uint16_t>());
    return origin;
}

Result<void> parse_origin_file(Input const& input, Context& context)
{
    constexpr std::size_t most_bytes = 1U << 16U;
    auto const content = EXHIBIT_TRY(read_all(*input.source, most_bytes));
    Reader reader { content.bytes() };
    auto const top = EXHIBIT_TRY(read_origin(reader));
    auto const own = EXHIBIT_TRY(read_origin(reader));
    return context.add(
        kOrigins, SiteOrigin { own.url(), own.host, top.url(), top.host, input.modified_time() }, {});
}

/// What web sites stored, told by the names of folders and files alone: each site once per folder.
class SiteStorages {
public:
    void see(ListedFile const& file, Origin origin)
    {
        auto const inner = inner_part(file.path);
        for (std::size_t at = file.path.size() - inner.size(); at < file.path.size();) {
            auto const end = std::min(file.path.find('/', at), file.path.size());
            if (auto const site = ios::site_of_name(std::string_view { file.path }.substr(at, end - at)))
                add(file, at, *site, origin);
            at = end + 1;
        }
    }

    Result<void> tell(Context& context) const
    {
        for (auto const& storage : m_storages)
            EXHIBIT_TRY(context.add(*storage.table, storage.row, storage.origin));
        return {};
    }

private:
    struct Storage {
        TableOf<SiteStorage> const* table;
        SiteStorage row;
        Origin origin;
    };

    static constexpr auto kViewServiceFolder = "/com.apple.SafariViewService/"sv;
    static constexpr auto kLocalStorageFolder = "/LocalStorage/"sv;

    static std::string_view behind(std::string_view path, std::string_view folder)
    {
        auto const at = path.find(folder);
        return at == path.npos ? ""sv : path.substr(at + folder.size());
    }

    /// The part of a path that lies in a folder where names are those of sites.
    static std::string_view inner_part(std::string_view path)
    {
        if (!path.starts_with("/private/var/"))
            return {};
        if (auto const inner = behind(behind(path, kViewServiceFolder), "/WebsiteData/"); !inner.empty())
            return inner;
        auto const databases = behind(path, "/IndexedDB/");
        return databases.empty() ? behind(path, kLocalStorageFolder) : databases;
    }

    static TableOf<SiteStorage> const& table_of(std::string_view path)
    {
        if (path.find(kViewServiceFolder) != path.npos)
            return kViewService;
        return path.find("/IndexedDB/") == path.npos ? kLocalStorage : kIndexedDb;
    }

    /// `at`: where the name that tells of the site begins in the path.
    void add(ListedFile const& file, std::size_t at, ios::NamedSite const& site, Origin origin)
    {
        auto const key = file.path.substr(0, at + site.end);
        auto const [known, is_new] = m_places.emplace(key, m_storages.size());
        if (is_new) {
            // What the acquisition keeps lies as deep below its folder as the path on the device does.
            auto const below = file.path.size() - at + 1;
            m_storages.push_back({ &table_of(file.path),
                { site.url(), std::string { site.host },
                    file.stored.substr(0, file.stored.size() - std::min(below, file.stored.size())),
                    key.substr(at), {} },
                origin });
        }
        auto& modified = m_storages[known->second].row.modified;
        if (file.modified.utc && (!modified.utc || *modified.utc < *file.modified.utc))
            modified = file.modified;
    }

    std::vector<Storage> m_storages;
    std::unordered_map<std::string, std::size_t> m_places; ///< by the path to the name and through the site
};

Result<void> parse(Input const& input, Context& context)
{
    if (input.path != kListPath)
        return parse_origin_file(input, context);
    SiteStorages storages;
    EXHIBIT_TRY(
        for_each_listed_file(input, context, [&](ListedFile const& file, Origin origin) -> Result<void> {
            storages.see(file, origin);
            return {};
        }));
    return storages.tell(context);
}

constexpr std::array kPaths { kListPath, "/private/var/**/WebsiteData/**/origin"sv };
constexpr std::array<Table const*, 4> kTables { &kIndexedDb, &kLocalStorage, &kViewService, &kOrigins };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.webkit_storage",
    .title = "Data stored by web sites",
    .doc = "Which web sites stored data in Safari or another app with a web view: told by the names of "
           "folders and files, even empty ones, or on newer systems "
           "by a file `origin` in them. The data itself is not read.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::webkit_storage
