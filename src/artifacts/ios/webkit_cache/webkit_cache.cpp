#include "formats/webkit_cache/webkit_cache.hpp"

#include "artifact/artifact.hpp"
#include "formats/crypto/digest.hpp"

#include <array>

namespace exhibit::ios::webkit_cache {
namespace {

using namespace std::string_view_literals;

struct CachedPage {
    std::string url;
    Time stored;
    std::optional<std::string> site;
    std::string record_type;
    std::optional<std::string> byte_range;
    std::int64_t body_size = 0;
    std::optional<std::string> body_sha256;
    std::int64_t version_number = 0;
};

constexpr std::array kColumns {
    column<&CachedPage::url>("url", Is::url, "What was asked for.").mvt("-"),
    column<&CachedPage::stored>("stored", Clock::unix_seconds,
        "When the answer was stored, or the server said last that it had not changed.")
        .mvt("-"),
    column<&CachedPage::site>(
        "site", Is::domain, "The site on whose behalf it was loaded: that of the page that was open.")
        .mvt("-"),
    column<&CachedPage::record_type>("record_type", Is::opaque,
        "Resource for an answer, SubResources for a page or frame with the list of its parts: words of "
        "WebKit's.")
        .mvt("-"),
    column<&CachedPage::byte_range>(
        "byte_range", Is::opaque, "The bytes that were asked for, where it was not the whole.")
        .mvt("-"),
    column<&CachedPage::body_size>("body_size", "Bytes of the answer's content.").mvt("-"),
    column<&CachedPage::body_sha256>("body_sha256", Is::hash,
        "SHA-256 of the content, where it is kept in the record; a larger one lies in a file beside it.")
        .mvt("-"),
    column<&CachedPage::version_number>("version_number", "Version of the form of the cache.").mvt("-"),
};
constexpr std::array kEvents { Event { "stored", "http_cached", "{url}" } };
constexpr auto kPages = table<CachedPage>("ios_webkit_cached_response",
    "One row per answer from the network that a web view or Safari keeps, and per page of which it keeps the "
    "list of parts.",
    Relation::contacted, kColumns, kEvents);

struct PagePart {
    std::string url;
    std::string page_url;
    Time first_seen;
    Time last_seen;
};

constexpr std::array kPartColumns {
    column<&PagePart::url>("url", Is::url, "What was asked for.").mvt("-"),
    column<&PagePart::page_url>("page_url", Is::url, "The page or frame that it is a part of.").mvt("-"),
    column<&PagePart::first_seen>(
        "first_seen", Clock::unix_seconds, "When the page asked for it, the first time that is known.")
        .mvt("-"),
    column<&PagePart::last_seen>("last_seen", Clock::unix_seconds, "The last time.").mvt("-"),
};
constexpr std::array kPartEvents { Event { "first_seen", "page_part_loaded", "{url} of {page_url}" },
    Event { "last_seen", "page_part_loaded", "{url} of {page_url}" } };
constexpr auto kParts = table<PagePart>("ios_webkit_page_part",
    "One row per picture, script or other part that a page asked for, as WebKit remembers it to load the "
    "page "
    "faster next time.",
    Relation::contacted, kPartColumns, kPartEvents);

std::optional<std::string> unless_empty(std::string text)
{
    return text.empty() ? std::nullopt : std::optional { std::move(text) };
}

CachedPage row_of(exhibit::webkit_cache::Record const& record)
{
    constexpr auto of_no_site = "No partition"sv; // older systems
    CachedPage row;
    row.url = record.key.identifier;
    row.stored = Time::unix_seconds(record.stored);
    if (record.key.partition != of_no_site)
        row.site = unless_empty(record.key.partition);
    row.record_type = record.key.type;
    row.byte_range = unless_empty(record.key.range);
    row.body_size = static_cast<std::int64_t>(record.body_size);
    if (!record.body.empty() && record.body.size() == record.body_size)
        row.body_sha256 = sha256_hex(record.body);
    row.version_number = record.version;
    return row;
}

Time time_of(std::optional<double> seconds)
{
    return seconds ? Time::unix_seconds(*seconds) : Time {};
}

Result<void> add_parts(exhibit::webkit_cache::Record const& record, Context& context)
{
    auto const found = parts_of(record);
    std::uint64_t number = 0;
    for (auto const& part : found.parts)
        EXHIBIT_TRY(context.add(kParts,
            PagePart { part.key.identifier, record.key.identifier, time_of(part.first_seen),
                time_of(part.last_seen) },
            Origin { ++number }));
    if (found.cut)
        context.note(Level::damage, Fault::malformed, "the list of the parts of a page is damaged");
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    constexpr std::size_t most_bytes = 16U << 20U;
    auto const content = EXHIBIT_TRY(read_all(*input.source, most_bytes));
    if (content.bytes().empty())
        return {};
    auto const record = EXHIBIT_TRY(exhibit::webkit_cache::read(content.bytes()));
    if (record.body_inline && record.body.size() < record.body_size)
        context.note(Level::damage, Fault::truncated, "the content of a stored answer ends early");
    EXHIBIT_TRY(context.add(kPages, row_of(record), {}));
    return record.key.type == "SubResources" ? add_parts(record, context) : Result<void> {};
}

// The content beside a record has `-blob` behind the 40 digits. Stores of their own, as profiles of Safari
// have, lie below WebKit/WebsiteDataStore.
constexpr std::array kPaths {
    "/private/var/**/NetworkCache/Version */Records/*/*/????????????????????????????????????????"sv,
};
constexpr std::array<Table const*, 2> kTables { &kPages, &kParts };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.webkit_cache",
    .title = "Cache of web content",
    .doc
    = "Answers from the network that Safari, web views of apps and services keep on disk, with the site on "
      "whose behalf they were asked for, and the parts of pages. One file is one answer. Read from the "
      "folders NetworkCache of WebKit; header fields of the answers, content in files of its own, and "
      "what sites keep themselves (CacheStorage) are not read. What a checksum does not confirm gives no "
      "row.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::webkit_cache
