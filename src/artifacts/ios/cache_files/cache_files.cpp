#include "artifacts/common/query.hpp"
#include "formats/crypto/digest.hpp"
#include "formats/plist/json.hpp"

#include <array>
#include <fmt/format.h>
#include <initializer_list>
#include <string>

namespace exhibit::ios::cache_files {
namespace {

using namespace std::string_view_literals;

struct CachedResponse {
    std::optional<std::int64_t> entry_number;
    std::optional<std::string_view> url;
    Time cached;
    std::optional<std::string> response_url;
    std::optional<std::int64_t> http_status;
    std::optional<std::string> mime_type;
    std::optional<std::string> response_headers;
    std::optional<std::string> request_url;
    std::optional<std::string> page_url;
    std::optional<std::string> http_method;
    std::optional<std::string> request_headers;
    std::optional<std::string_view> body_file;
    std::optional<std::int64_t> body_size;
    std::optional<std::string> body_sha256;
    std::optional<std::string_view> partition_name;
    std::optional<std::int64_t> storage_policy;
    std::optional<std::int64_t> version_number;
    std::optional<std::int64_t> hash_value;
    // Not stored: what the above is read from.
    std::optional<std::string_view> stamp;
    std::optional<bool> is_on_file_system;
    std::optional<Bytes> body;
    std::optional<Bytes> response;
    std::optional<Bytes> request;
};

constexpr std::array kColumns {
    column<&CachedResponse::entry_number>("entry_number", "Number of the entry.").mvt("entry_id"),
    column<&CachedResponse::url>(
        "url", Is::url, "What was asked for; absent where only the answer or the request is left.")
        .mvt("url"),
    column<&CachedResponse::cached>("cached", Clock::utc_text, "When the answer was stored, in UTC.")
        .mvt("+isodate"),
    column<&CachedResponse::response_url>("response_url", Is::url, "What answered, after redirects.")
        .mvt("-"),
    column<&CachedResponse::http_status>("http_status", "Status of the answer, such as 200.").mvt("-"),
    column<&CachedResponse::mime_type>(
        "mime_type", Is::opaque, "Type of the answer, such as text/html; no indicator names types.")
        .mvt("-"),
    column<&CachedResponse::response_headers>(
        "response_headers", Is::free_text, "Header fields of the answer, as JSON.")
        .mvt("-"),
    column<&CachedResponse::request_url>("request_url", Is::url,
        "What was asked for by the stored request, where `url` does not say the same.")
        .mvt("-"),
    column<&CachedResponse::page_url>(
        "page_url", Is::url, "The page on whose behalf it was asked for, where that is another address.")
        .mvt("-"),
    column<&CachedResponse::http_method>(
        "http_method", Is::opaque, "GET, POST and so on: a word of the protocol.")
        .mvt("-"),
    column<&CachedResponse::request_headers>(
        "request_headers", Is::free_text, "Header fields of the request, as JSON.")
        .mvt("-"),
    column<&CachedResponse::body_file>(
        "body_file", Is::file_name, "File in fsCachedData that holds the answer, if one does.")
        .mvt("-"),
    column<&CachedResponse::body_size>("body_size", "Bytes of the answer, where it is in the database.")
        .mvt("-"),
    column<&CachedResponse::body_sha256>(
        "body_sha256", Is::hash, "SHA-256 of the answer, where it is in the database.")
        .mvt("-"),
    column<&CachedResponse::partition_name>(
        "partition_name", Is::domain, "Site on whose behalf it was stored.")
        .mvt("-"),
    column<&CachedResponse::storage_policy>("storage_policy", "How it may be stored, in the system's code.")
        .mvt("storage_policy"),
    column<&CachedResponse::version_number>("version_number", "Version of the entry.").mvt("version"),
    column<&CachedResponse::hash_value>("hash_value", "A number made from the address.").mvt("hash_value"),
};
constexpr std::array kEvents { Event { "cached", "http_cached", "{url}" } };
constexpr auto kResponses = table<CachedResponse>("ios_cached_response",
    "One row per answer from the network that an app or a part of the system keeps.", Relation::contacted,
    kColumns, kEvents, "cache_files");

constexpr auto kEntries = "cfurl_cache_response"sv;
constexpr auto kReceivers = "cfurl_cache_receiver_data"sv;
constexpr auto kObjects = "cfurl_cache_blob_data"sv;

constexpr std::array kFields {
    from<&CachedResponse::entry_number>("entry.entry_ID"),
    from<&CachedResponse::url>("entry.request_key"),
    from<&CachedResponse::stamp>("entry.time_stamp"),
    from<&CachedResponse::partition_name>("entry.partition"),
    from<&CachedResponse::storage_policy>("entry.storage_policy"),
    from<&CachedResponse::version_number>("entry.version"),
    from<&CachedResponse::hash_value>("entry.hash_value"),
    from<&CachedResponse::is_on_file_system>("receiver.isDataOnFS"),
    from<&CachedResponse::body>("receiver.receiver_data"),
    from<&CachedResponse::response>("objects.response_object"),
    from<&CachedResponse::request>("objects.request_object"),
};

// Of an entry whose own row is gone.
constexpr std::array kObjectFields {
    from<&CachedResponse::entry_number>("objects.entry_ID"),
    from<&CachedResponse::is_on_file_system>("receiver.isDataOnFS"),
    from<&CachedResponse::body>("receiver.receiver_data"),
    from<&CachedResponse::response>("objects.response_object"),
    from<&CachedResponse::request>("objects.request_object"),
};
constexpr std::array kReceiverFields {
    from<&CachedResponse::entry_number>("receiver.entry_ID"),
    from<&CachedResponse::is_on_file_system>("receiver.isDataOnFS"),
    from<&CachedResponse::body>("receiver.receiver_data"),
};

std::optional<std::string> headers_of(plist::Value const& value, Context const& context)
{
    if (value.kind() != plist::Kind::dictionary)
        return std::nullopt;
    return plist::to_json(value, context.limits().text).text;
}

// `Array` of a response: address, time, a number, status, header fields, length, type.
void read_response(CachedResponse& row, Context& context, Origin origin)
{
    if (!row.response || row.response->empty())
        return;
    auto const document = plist::Document::parse(*row.response, context.limits().depth);
    if (!document) {
        context.note(Level::warning, document.error().fault, "a stored response cannot be read", origin);
        return;
    }
    auto const fields = document->root().find("Array");
    row.response_url = fields.at(0).find("_CFURLString").as_text();
    row.http_status = fields.at(3).as_int();
    row.response_headers = headers_of(fields.at(4), context);
    row.mime_type = fields.at(6).as_text();
}

// `Array` of a request: among many others the address at 1, that of the page at 4, the method at 18 and the
// header fields after it.
void read_request(CachedResponse& row, Context& context, Origin origin)
{
    if (!row.request || row.request->empty())
        return;
    auto const document = plist::Document::parse(*row.request, context.limits().depth);
    if (!document) {
        context.note(Level::warning, document.error().fault, "a stored request cannot be read", origin);
        return;
    }
    auto const fields = document->root().find("Array");
    row.request_url = fields.at(1).find("_CFURLString").as_text();
    row.page_url = fields.at(4).find("_CFURLString").as_text();
    if (row.page_url == row.request_url || (row.page_url && row.page_url == row.url))
        row.page_url.reset();
    if (row.request_url && row.request_url == row.url)
        row.request_url.reset();
    row.http_method = fields.at(18).as_text();
    row.request_headers = headers_of(fields.at(19), context);
}

void read_body(CachedResponse& row)
{
    if (!row.body)
        return;
    if (row.is_on_file_system.value_or(false)) {
        row.body_file = as_text(*row.body);
        return;
    }
    row.body_size = static_cast<std::int64_t>(row.body->size());
    if (!row.body->empty())
        row.body_sha256 = sha256_hex(*row.body);
}

Result<void> add(CachedResponse& row, Context& context, Origin origin)
{
    if (row.stamp)
        row.cached
            = Time::local(*row.stamp, std::chrono::minutes { 0 }); // SQLite's CURRENT_TIMESTAMP is UTC.
    read_response(row, context, origin);
    read_request(row, context, origin);
    read_body(row);
    return context.add(kResponses, row, origin);
}

/// The condition that an entry does not stand in the other tables, as far as these are there.
std::string not_in(
    sqlite::Database const& database, Select const& select, std::initializer_list<std::string_view> others)
{
    std::string condition;
    for (auto const other : others)
        if (database.has_column(other, "entry_ID") && database.has_column(select.table, "entry_ID"))
            condition
                += fmt::format("{}{}.entry_ID NOT IN (SELECT entry_ID FROM {} WHERE entry_ID IS NOT NULL)",
                    condition.empty() ? "" : " AND ", select.alias, other);
    return condition;
}

/// Answers, requests and contents of entries whose own row is gone.
Result<void> read_parts_alone(sqlite::Database const& database, Context& context)
{
    auto const add_row = [&](CachedResponse& row, Origin origin) { return add(row, context, origin); };
    Select objects { .alias = "objects",
        .table = kObjects,
        .joins = { { "receiver", kReceivers, "entry_ID", "objects.entry_ID" } },
        .once = true,
        .deleted = true };
    auto const of_no_entry = not_in(database, objects, { kEntries });
    objects.where = of_no_entry;
    EXHIBIT_TRY(each_row<CachedResponse>(database, context, objects, kObjectFields, add_row));
    Select receivers { .alias = "receiver", .table = kReceivers, .deleted = true };
    auto const of_nothing = not_in(database, receivers, { kEntries, kObjects });
    receivers.where = of_nothing;
    return each_row<CachedResponse>(database, context, receivers, kReceiverFields, add_row);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    Select const entries { .alias = "entry",
        .table = kEntries,
        .joins = { { "receiver", kReceivers, "entry_ID", "entry.entry_ID" },
            { "objects", kObjects, "entry_ID", "entry.entry_ID" } },
        .once = true,
        .deleted = true };
    EXHIBIT_TRY(each_row<CachedResponse>(database, context, entries, kFields,
        [&](CachedResponse& row, Origin origin) { return add(row, context, origin); }));
    return read_parts_alone(database, context);
}

constexpr std::array kPaths { "/**/Cache.db"sv };
constexpr std::array<Table const*, 1> kTables { &kResponses };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.cache_files",
    .title = "HTTP caches",
    .doc = "Answers from the network that apps and parts of the system keep, with addresses, header fields "
           "and hashes. Read from the "
           "files Cache.db, one per program.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::cache_files
