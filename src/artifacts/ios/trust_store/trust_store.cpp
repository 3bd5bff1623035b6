#include "artifacts/common/certificate.hpp"
#include "artifacts/common/query.hpp"
#include "base/text.hpp"
#include "formats/plist/json.hpp"

#include <array>

namespace exhibit::ios::trust_store {
namespace {

using namespace std::string_view_literals;

struct TrustedCertificate {
    std::string digest;
    std::optional<std::string> sha256;
    std::optional<std::string> subject;
    std::optional<std::string> issuer;
    Time valid_from;
    Time valid_to;
    std::optional<std::string> settings;
    std::optional<std::string> owner;
};

constexpr std::array kColumns {
    column<&TrustedCertificate::digest>(
        "digest", Is::cert_hash, "Digest of the certificate as stored: SHA-1, since iOS 14 or so SHA-256."),
    column<&TrustedCertificate::sha256>(
        "certificate_sha256", Is::cert_hash, "SHA-256 of the certificate that is stored with it."),
    column<&TrustedCertificate::subject>("certificate_subject", Is::free_text,
        "Whom the certificate names; anybody may write anything there."),
    column<&TrustedCertificate::issuer>("certificate_issuer", Is::opaque, "Who issued it."),
    column<&TrustedCertificate::valid_from>("certificate_from", Clock::utc_text, "Start of its validity."),
    column<&TrustedCertificate::valid_to>("certificate_to", Clock::utc_text, "End of its validity."),
    column<&TrustedCertificate::settings>(
        "settings", Is::free_text, "What it is trusted for, as JSON; an empty list means everything."),
    column<&TrustedCertificate::owner>(
        "owner", Is::opaque, "Who added it, as a UUID that the device made up."),
};
constexpr auto kCertificates = table<TrustedCertificate>("ios_trusted_certificate",
    "One row per certificate authority that was added to those that the device trusts by itself.",
    Relation::installed, kColumns);

struct Stored {
    std::optional<Bytes> sha1;
    std::optional<Bytes> sha256;
    std::optional<Bytes> settings;
    std::optional<Bytes> certificate;
    std::optional<Bytes> owner;
};

constexpr std::array kFields {
    from<&Stored::sha1>("setting.sha1"),
    from<&Stored::sha256>("setting.sha256"),
    from<&Stored::settings>("setting.tset"),
    from<&Stored::certificate>("setting.data"),
    from<&Stored::owner>("setting.uuid"),
};

TrustedCertificate read_row(Stored const& stored, Context& context, Origin origin)
{
    TrustedCertificate row;
    if (auto const digest = stored.sha256 ? stored.sha256 : stored.sha1)
        row.digest = to_hex(as_text(*digest));
    if (stored.certificate && !stored.certificate->empty()) {
        auto facts = read_certificate(*stored.certificate);
        row.sha256 = std::move(facts.sha256);
        if (!facts.subject.empty())
            row.subject = std::move(facts.subject);
        if (!facts.issuer.empty())
            row.issuer = std::move(facts.issuer);
        row.valid_from = facts.valid_from;
        row.valid_to = facts.valid_to;
    }
    if (stored.owner && !stored.owner->empty())
        row.owner = to_hex(as_text(*stored.owner));
    if (!stored.settings || stored.settings->empty())
        return row;
    if (auto const settings = plist::Document::parse(*stored.settings, context.limits().depth))
        row.settings = plist::to_json(settings->root(), context.limits().text).text;
    else
        context.note(Level::warning, settings.error().fault,
            "what a certificate is trusted for cannot be read", origin);
    return row;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("tsettings"))
        return fail(Fault::unsupported, "the database has no table `tsettings`");
    return each_row<Stored>(database, context, { .alias = "setting", .table = "tsettings", .deleted = true },
        kFields, [&](Stored& stored, Origin origin) {
            return context.add(kCertificates, read_row(stored, context, origin), origin);
        });
}

constexpr std::array kPaths {
    "/private/var/protected/trustd/private/TrustStore.sqlite3"sv,
    "/private/var/protected/trustd/TrustStore.sqlite3"sv,
    "/private/var/Keychains/TrustStore.sqlite3"sv,
};
constexpr std::array<Table const*, 1> kTables { &kCertificates };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.trust_store",
    .title = "Certificate authorities that were added",
    .doc
    = "Certificate authorities that are trusted beside those that iOS brings: who holds the key of one can "
      "read "
      "encrypted traffic that passes through their network. Read from TrustStore.sqlite3, also where the "
      "profile that brought one is gone.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::trust_store
