#include "artifact/artifact.hpp"
#include "artifacts/android/common/certificate.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"
#include "formats/apk/signatures.hpp"

#include <array>

namespace exhibit {
namespace {

using namespace android;

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
        "block."),
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
    "One row per file of an app, form of signature and signer.", Relation::installed, kColumns);

/// `org.example.app_base.apk` as AndroidQF names its copies;
/// `/data/app/~~ab==/org.example.app-cd==/base.apk`.
std::string_view package_of(std::string_view path)
{
    auto name = base_name(path);
    if (path.starts_with("/data/app/")) {
        auto const folder = path.substr(0, path.size() - name.size() - 1);
        name = base_name(folder);
        name = name.substr(0, name.rfind('-'));
    } else if (path.starts_with('@')) {
        name.remove_suffix(name.ends_with(".apk") ? 4 : 0);
        // The name of a part, or a number, may follow; package names may have underscores of their own.
        if (auto const part = name.rfind("_split_"); part != name.npos)
            name = name.substr(0, part);
        else if (auto const under = name.rfind('_');
            under != name.npos && name.substr(under + 1).find_first_not_of("0123456789") == name.npos)
            name = name.substr(0, under);
        if (name.ends_with("_base"))
            name.remove_suffix(5);
    }
    return is_package_name(name) ? name : std::string_view {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const signatures = EXHIBIT_TRY(apk::read_signatures(*input.source));
    for (auto const& signature : signatures.found) {
        auto const facts = read_certificate(signature.certificate);
        ApkCertificate row;
        if (auto const package = package_of(input.path); !package.empty())
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

constexpr std::array<std::string_view, 5> kPaths { "@androidqf/apks/*.apk", "/data/app/**/base.apk",
    "/data/local/tmp/**.apk", "/sdcard/**.apk", "/data/media/**.apk" };
constexpr std::array<Table const*, 1> kTables { &kCertificates };

} // namespace

extern constinit Artifact const android_apk_certificates {
    .id = "android.apk_certificates",
    .title = "Who signed apps",
    .doc = "The signing certificates of the apps whose files the acquisition holds: those that AndroidQF "
           "copied, those "
           "of a file system, and packages in shared storage. Signatures are read and not verified.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit
