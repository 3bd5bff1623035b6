#include "artifacts/common/plist_file.hpp"

#include <array>
#include <unordered_map>

namespace exhibit::ios::id_status_cache {
namespace {

using namespace std::string_view_literals;

struct Lookup {
    std::string service;
    std::string uri;
    std::string handle;
    Time looked_up;
    std::optional<std::int64_t> id_status;
    std::int64_t occurrences = 0;
    bool has_double_nul = false;
};

constexpr std::array kColumns {
    column<&Lookup::service>(
        "service", Is::opaque, "Service that was asked about, such as com.apple.madrid: a name of Apple's.")
        .mvt("package"),
    column<&Lookup::uri>("uri", Is::opaque,
        "Who was looked up, as stored; `handle` is the same without its scheme, and without what stands "
        "behind an address and a NUL. NUL is U+2400.")
        .mvt("user"),
    column<&Lookup::handle>("handle", Is::handle, "The mail address or phone number that was looked up.")
        .mvt("-"),
    column<&Lookup::looked_up>("looked_up", Clock::mac, "When.").mvt("isodate"),
    column<&Lookup::id_status>("id_status", "The answer: 1 known, 2 not known.").mvt("idstatus"),
    column<&Lookup::occurrences>("occurrences", "In how many services the same address was looked up.")
        .mvt("occurrences"),
    column<&Lookup::has_double_nul>(
        "has_double_nul", "Whether two NUL bytes stand in it: no address has them, some exploits did.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "looked_up", "account_lookup", "{uri} in {service}" } };
constexpr auto kLookups = table<Lookup>("ios_ids_lookup",
    "One row per address and service that the device asked Apple about, or that asked about it.",
    Relation::contacted, kColumns, kEvents, "id_status_cache");

constexpr std::string_view kNul = "\u2400";

/// What stands behind an address and a NUL, as exploits wrote it, does not belong to the address.
std::string_view address_of(std::string_view uri)
{
    auto address = uri.substr(0, uri.find(kNul));
    if (uri.contains('@') && !address.contains('@'))
        address = uri;
    for (std::string_view const scheme : { "mailto:", "tel:", "urn:biz:" })
        if (address.starts_with(scheme))
            return address.substr(scheme.size());
    return address;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::unordered_map<std::string, std::int64_t> occurrences;
    for (auto const& service : file.root().entries())
        for (auto const& user : service.value.entries())
            ++occurrences[user.key.as_text().value_or("")];

    constexpr std::string_view double_nul = "\u2400\u2400";
    std::uint64_t number = 0;
    for (auto const& service : file.root().entries())
        for (auto const& user : service.value.entries()) {
            Origin const origin { ++number };
            Lookup row;
            row.service = service.key.as_text().value_or("");
            row.uri = user.key.as_text().value_or("");
            // An address was looked up also where the answer has a form that is not known.
            if (user.value.kind() != plist::Kind::dictionary && !row.uri.contains(':'))
                continue;
            row.handle = address_of(row.uri);
            row.looked_up = plist_time(user.value.find("LookupDate"));
            row.id_status = user.value.find("IDStatus").as_int();
            row.occurrences = occurrences[row.uri];
            row.has_double_nul = row.uri.find(double_nul) != std::string::npos;
            EXHIBIT_TRY(context.add(kLookups, row, origin));
        }
    return {};
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Preferences/com.apple.identityservices.idstatuscache.plist"sv,
    "/private/var/mobile/Library/IdentityServices/idstatuscache.plist"sv,
};
constexpr std::array<Table const*, 1> kTables { &kLookups };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.id_status_cache",
    .title = "Account lookups (ID status cache)",
    .doc = "Addresses that the device looked up with Apple's identity service, in either direction: accounts "
           "of attackers were found "
           "here. Since iOS 14.7 the file is cleared or absent.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::id_status_cache
