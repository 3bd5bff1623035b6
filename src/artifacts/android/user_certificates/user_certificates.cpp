#include "artifact/artifact.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "artifacts/common/certificate.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::android::user_certificates {
namespace {

struct AddedCertificate {
    std::int64_t user = 0;
    std::string state;
    std::string sha256;
    std::string sha1;
    std::string md5;
    std::string subject;
    std::string issuer;
    Time valid_from;
    Time valid_to;
};

constexpr std::array kColumns {
    column<&AddedCertificate::user>("user", "Number of the Android user."),
    column<&AddedCertificate::state>("state", Is::opaque,
        "`added` to those that the system trusts, or `removed` from them: a copy of one of its own."),
    column<&AddedCertificate::sha256>("certificate_sha256", Is::cert_hash, "SHA-256 of the certificate."),
    column<&AddedCertificate::sha1>("certificate_sha1", Is::cert_hash, "SHA-1 of the certificate."),
    column<&AddedCertificate::md5>("certificate_md5", Is::cert_hash, "MD5 of the certificate."),
    column<&AddedCertificate::subject>("certificate_subject", Is::free_text,
        "Whom the certificate names; anybody may write anything there."),
    column<&AddedCertificate::issuer>("certificate_issuer", Is::opaque, "Who issued it; normally the same."),
    column<&AddedCertificate::valid_from>("certificate_from", Clock::utc_text, "Start of its validity."),
    column<&AddedCertificate::valid_to>("certificate_to", Clock::utc_text, "End of its validity."),
};
constexpr auto kCertificates = table<AddedCertificate>("android_user_certificate",
    "One row per certificate authority that a person or an administrator added or removed.",
    Relation::installed, kColumns);

// The service writes the certificate itself, in its DER form: TrustedCertificateStore of Conscrypt. It reads
// PEM, too, which whoever has root access may put there.
Result<void> parse(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    constexpr auto sequence = std::byte { 0x30 };
    std::optional<std::string> unpacked;
    if (content.bytes().empty() || content.bytes().front() != sequence) {
        unpacked = der_of_pem(as_text(content.bytes()));
        if (!unpacked)
            return fail(Fault::malformed, "no certificate");
    }
    auto const der = unpacked ? as_bytes(*unpacked) : content.bytes();
    auto facts = read_certificate(der);
    AddedCertificate row;
    row.user = user_of_path(input.path);
    row.state = input.path.contains("/cacerts-removed/") ? "removed" : "added";
    row.sha256 = std::move(facts.sha256);
    row.sha1 = std::move(facts.sha1);
    row.md5 = std::move(facts.md5);
    row.subject = std::move(facts.subject);
    row.issuer = std::move(facts.issuer);
    row.valid_from = facts.valid_from;
    row.valid_to = facts.valid_to;
    return context.add(kCertificates, row, {});
}

constexpr std::array<std::string_view, 2> kPaths { "/data/misc/user/*/cacerts-added/*",
    "/data/misc/user/*/cacerts-removed/*" };
constexpr std::array<Table const*, 1> kTables { &kCertificates };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.user_certificates",
    .title = "Added certificate authorities",
    .doc = "Certificate authorities that the phone was told to trust beside its own, or no longer to trust. "
           "Who has the "
           "key of one can read and change encrypted traffic of apps that accept it.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::user_certificates
