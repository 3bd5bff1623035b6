#include "artifact/artifact.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/common/certificate.hpp"
#include "base/line_reader.hpp"

#include <array>

namespace exhibit::android::backup_manifests {
namespace {

constexpr std::int64_t kMostSigners = 64;

struct BackedUp {
    std::string package;
    std::optional<std::int64_t> version_code;
    std::optional<std::int64_t> api_level;
    std::optional<std::string> installer;
    std::optional<bool> has_apk;
};

constexpr std::array kColumns {
    column<&BackedUp::package>("package", Is::app_id, "Name of the package."),
    column<&BackedUp::version_code>("version_code", "Version number that must grow with every update."),
    column<&BackedUp::api_level>("api_level", "API level of the system that made the backup."),
    column<&BackedUp::installer>("installer", Is::app_id,
        "Package that is recorded as its installer; empty for apps of the system, and for files and cables."),
    column<&BackedUp::has_apk>("has_apk", "Whether the backup holds the app itself."),
};
constexpr auto kPackages = table<BackedUp>(
    "android_backup_package", "One row per app that a backup holds data of.", Relation::installed, kColumns);

struct Signer {
    std::string package;
    std::string sha256;
    std::string sha1;
    std::string md5;
    std::string subject;
    std::string issuer;
    Time valid_from;
    Time valid_to;
};

constexpr std::array kSignerColumns {
    column<&Signer::package>("package", Is::app_id, "Name of the package."),
    column<&Signer::sha256>("certificate_sha256", Is::cert_hash, "SHA-256 of the signing certificate."),
    column<&Signer::sha1>("certificate_sha1", Is::cert_hash, "SHA-1 of the signing certificate."),
    column<&Signer::md5>("certificate_md5", Is::cert_hash, "MD5 of the signing certificate."),
    column<&Signer::subject>(
        "certificate_subject", Is::opaque, "Whom the certificate names; anybody may write anything there."),
    column<&Signer::issuer>("certificate_issuer", Is::opaque, "Who issued it; normally the same."),
    column<&Signer::valid_from>("certificate_from", Clock::utc_text, "Start of its validity."),
    column<&Signer::valid_to>("certificate_to", Clock::utc_text, "End of its validity."),
};
constexpr auto kSigners = table<Signer>("android_backup_certificate",
    "One row per app in a backup and certificate that signed it.", Relation::installed, kSignerColumns);

Result<void> add_signer(std::string const& package, Line const& line, Context& context)
{
    auto const der = from_hex(trim(line.text));
    if (!der || der->empty()) {
        context.note(
            Level::damage, Fault::malformed, "a line that is no certificate", Origin { line.offset });
        return {};
    }
    auto facts = read_certificate(as_bytes(*der));
    return context.add(kSigners,
        Signer { package, std::move(facts.sha256), std::move(facts.sha1), std::move(facts.md5),
            std::move(facts.subject), std::move(facts.issuer), facts.valid_from, facts.valid_to },
        Origin { line.offset });
}

// A line each: version of the form, package, version code, API level, installer, `1` with the app, number of
// signers, and of each the certificate in hexadecimal. Source: AppMetadataBackupWriter of the Android Open
// Source Project.
Result<void> parse(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    std::array<std::string, 7> head;
    Line line;
    for (auto& one : head) {
        if (!lines.next(line)) {
            EXHIBIT_TRY(lines.result());
            return fail(Fault::truncated, "the description of an app in the backup ends early");
        }
        one = trim(line.text);
    }
    auto const& [form, package, version, level, installer, has_apk, signers] = head;
    if (form != "1" || package.empty())
        return fail(Fault::unsupported, "a description of an app in a form that is not known");
    BackedUp row;
    row.package = package;
    row.version_code = to_integer(version);
    row.api_level = to_integer(level);
    row.installer = unless_null(installer);
    row.has_apk = to_flag(has_apk);
    EXHIBIT_TRY(context.add(kPackages, row, {}));
    auto const count = to_integer(signers).value_or(0);
    if (count > kMostSigners)
        context.note(Level::warning, Fault::over_limit, "more signers than are read", {});
    std::int64_t read = 0;
    for (; read < std::min(count, kMostSigners) && lines.next(line); ++read)
        EXHIBIT_TRY(add_signer(package, line, context));
    EXHIBIT_TRY(lines.result());
    if (read < std::min(count, kMostSigners))
        return fail(Fault::truncated, "the description of an app in the backup ends early");
    return {};
}

constexpr std::array<std::string_view, 1> kPaths { "@adb_backup/**/_manifest" };
constexpr std::array<Table const*, 2> kTables { &kPackages, &kSigners };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.backup_manifests",
    .title = "Apps in a backup",
    .doc
    = "The apps that take part in an adb backup, with their version, who installed them and the "
      "certificates that they are signed with. Apps may refuse to take part, and since Android 12 most do "
      "unless they are debuggable.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::backup_manifests
