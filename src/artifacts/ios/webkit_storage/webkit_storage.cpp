#include "artifact/artifact.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace exhibit::ios::webkit_storage {
namespace {

using namespace std::string_view_literals;

struct SiteStorage {
    std::string url;
    std::string host;
    std::string folder;
    Time modified;
};

constexpr std::array kStorageColumns {
    column<&SiteStorage::url>("url", Is::url, "The site that stored data: scheme, host and port.").mvt("url"),
    column<&SiteStorage::host>("host", Is::domain, "Its host.").mvt("-"),
    column<&SiteStorage::folder>(
        "folder", Is::opaque, "Folder of WebKit that holds the data; the entry has the whole path.")
        .mvt("folder"),
    column<&SiteStorage::modified>(
        "modified", Clock::entry_modified, "When the data was last written, as the acquisition has it.")
        .mvt("isodate"),
};
constexpr std::array kStorageEvents { Event { "modified", "site_storage", "{url}" } };
constexpr auto kIndexedDb
    = table<SiteStorage>("ios_webkit_indexeddb", "One row per database that a web site stored.",
        Relation::visited, kStorageColumns, kStorageEvents, "webkit_indexeddb");
constexpr auto kLocalStorage
    = table<SiteStorage>("ios_webkit_local_storage", "One row per web site that stored small values.",
        Relation::visited, kStorageColumns, kStorageEvents, "webkit_local_storage");
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

    [[nodiscard]] std::string url() const
    {
        return port ? fmt::format("{}://{}:{}", scheme, host, *port) : fmt::format("{}://{}", scheme, host);
    }
};

/// `https_www.example.org_0` or `http_example.org_8080.localstorage`; port 0 stands for the usual one.
std::optional<WebOrigin> origin_of_name(std::string_view name)
{
    auto const scheme_end = name.find('_');
    if (scheme_end == std::string_view::npos || !name.starts_with("http"))
        return std::nullopt;
    WebOrigin origin;
    origin.scheme = name.substr(0, scheme_end);
    auto rest = name.substr(scheme_end + 1);
    if (auto const last = rest.rfind('_'); last != std::string_view::npos) {
        auto const port = leading_number<std::uint16_t>(rest.substr(last + 1));
        if (port && *port != 0)
            origin.port = port;
        rest = rest.substr(0, last);
    }
    origin.host = rest;
    return origin;
}

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

Result<void> parse(Input const& input, Context& context)
{
    if (base_name(input.path) == "origin")
        return parse_origin_file(input, context);
    auto path = input.path;
    while (!path.empty()) {
        auto const name = base_name(path);
        path.remove_suffix(std::min(path.size(), name.size() + 1));
        auto const origin = origin_of_name(name);
        if (!origin)
            continue;
        SiteStorage const row { origin->url(), origin->host, std::string { base_name(path) },
            input.modified_time() };
        bool const view_service = input.path.find("/com.apple.SafariViewService/") != std::string_view::npos;
        bool const local = input.path.ends_with(".localstorage");
        return context.add(view_service ? kViewService : local ? kLocalStorage : kIndexedDb, row, {});
    }
    return fail(Fault::unsupported, "the path names no web site");
}

constexpr std::array kPaths {
    "/private/var/**/IndexedDB/**http*/**/IndexedDB.sqlite3"sv,
    "/private/var/**/LocalStorage/http*.localstorage"sv,
    "/private/var/**/WebsiteData/**/origin"sv,
};
constexpr std::array<Table const*, 4> kTables { &kIndexedDb, &kLocalStorage, &kViewService, &kOrigins };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.webkit_storage",
    .title = "Data stored by web sites",
    .doc = "Which web sites stored data in Safari or another app with a web view: told by the names of "
           "folders, or on newer systems "
           "by a file `origin` in them. The data itself is not read.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::webkit_storage
