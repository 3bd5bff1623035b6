#include "artifact/artifact.hpp"
#include "artifacts/android/common/apk_file.hpp"
#include "artifacts/common/certificate.hpp"
#include "base/text.hpp"
#include "formats/apk/signatures.hpp"

#include <array>

namespace exhibit::android::apk_certificates {
namespace {

struct ApkCertificate {
    std::optional<std::string> package;
    std::string_view file_name;
    std::string_view scheme;
    std::string sha256;
    std::string sha1;
    std::string md5;
    std::string subject;
    std::string issuer;
    Time valid_from;
    Time valid_to;
};

constexpr std::array kColumns {
    column<&ApkCertificate::package>(
        "package", Is::app_id, "Name of the package, as the file or its folder is called."),
    column<&ApkCertificate::file_name>("file_name", Is::file_name, "Name of the file."),
    column<&ApkCertificate::scheme>("scheme", Is::opaque,
        "Where the signature stands: `v1` in the archive's `META-INF`, `v2`, `v3` and `v3.1` in its signing "
        "block; `v3, replaced` is a key that the maker signed with before and has replaced."),
    column<&ApkCertificate::sha256>(
        "certificate_sha256", Is::cert_hash, "SHA-256 of the signing certificate."),
    column<&ApkCertificate::sha1>("certificate_sha1", Is::cert_hash, "SHA-1 of the signing certificate."),
    column<&ApkCertificate::md5>("certificate_md5", Is::cert_hash, "MD5 of the signing certificate."),
    column<&ApkCertificate::subject>(
        "certificate_subject", Is::opaque, "Whom the certificate names; anybody may write anything there."),
    column<&ApkCertificate::issuer>("certificate_issuer", Is::opaque, "Who issued it; normally the same."),
    column<&ApkCertificate::valid_from>("certificate_from", Clock::utc_text, "Start of its validity."),
    column<&ApkCertificate::valid_to>("certificate_to", Clock::utc_text, "End of its validity."),
};
constexpr auto kCertificates = table<ApkCertificate>("android_apk_certificate",
    "One row per file of an app, form of signature and signer.", Relation::present, kColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const signatures = EXHIBIT_TRY(apk::read_signatures(*input.source));
    for (auto const& signature : signatures.found) {
        auto const facts = read_certificate(signature.certificate);
        ApkCertificate row;
        if (auto const package = package_of_apk(input.path); !package.empty())
            row.package = package;
        row.file_name = base_name(input.path);
        row.scheme = signature.scheme;
        row.sha256 = facts.sha256;
        row.sha1 = facts.sha1;
        row.md5 = facts.md5;
        row.subject = facts.subject;
        row.issuer = facts.issuer;
        row.valid_from = facts.valid_from;
        row.valid_to = facts.valid_to;
        EXHIBIT_TRY(context.add(kCertificates, row, Origin { signature.offset }));
    }
    return signatures.damage;
}

constexpr std::array<Table const*, 1> kTables { &kCertificates };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.apk_certificates",
    .title = "Who signed apps",
    .doc = "The signing certificates of the apps whose files the acquisition holds: those that AndroidQF "
           "copied, those "
           "of a file system, and packages in shared storage. Signatures are read and not verified.",
    .platform = Platform::android,
    .paths = kApkPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::android::apk_certificates
