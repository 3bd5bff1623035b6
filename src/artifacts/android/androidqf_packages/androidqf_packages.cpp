#include "artifact/artifact.hpp"
#include "artifacts/android/common/delimited.hpp"
#include "artifacts/android/common/text.hpp"
#include "formats/json/json_elements.hpp"
#include "formats/json/json_fields.hpp"

#include <array>
#include <vector>

namespace exhibit::android::androidqf_packages {
namespace {

struct Package {
    std::string package;
    std::optional<std::string> installer = std::string {};
    std::optional<std::int64_t> uid;
    std::optional<bool> disabled;
    std::optional<bool> system;
    std::optional<bool> third_party;
    std::int64_t files = 0;
};

constexpr std::array kPackageColumns {
    column<&Package::package>("package", Is::app_id, "Name of the package.").mvt("name"),
    column<&Package::installer>("installer", Is::app_id,
        "Package recorded as its installer; NULL where the phone says `null`: it came with the system or by "
        "adb. An empty text where the phone does not list installers: nothing is known then."),
    column<&Package::uid>("uid", "Linux user id; 0 where adb printed several."),
    column<&Package::disabled>("disabled", "Whether it is disabled."),
    column<&Package::system>("system", "Whether it belongs to the system."),
    column<&Package::third_party>("third_party", "Whether it was installed later."),
    column<&Package::files>("files", "How many files it has; without any it was removed and its data kept."),
};
constexpr auto kPackages = table<Package>("android_androidqf_package",
    "One row per package that AndroidQF listed for the current user.", Relation::installed, kPackageColumns,
    {}, "aqf_packages");

struct PackageFile {
    std::string package;
    std::string path;
    std::string local_name;
    std::string md5;
    std::string sha1;
    std::string sha256;
    std::string sha512;
    std::string certificate_md5;
    std::string certificate_sha1;
    std::string certificate_sha256;
    std::string certificate_subject;
    std::string certificate_issuer;
    std::string certificate_algorithm;
    std::string certificate_serial;
    Time certificate_from;
    Time certificate_to;
    std::optional<bool> verified;
    std::optional<bool> trusted;
    std::string error;
};

constexpr std::array kFileColumns {
    column<&PackageFile::package>("package", Is::app_id, "Name of the package."),
    column<&PackageFile::path>("path", Is::path, "The package's file."),
    column<&PackageFile::local_name>(
        "local_name", Is::opaque, "The copy in the acquisition, if there is one."),
    column<&PackageFile::md5>("md5", Is::hash, "MD5 of the file."),
    column<&PackageFile::sha1>("sha1", Is::hash, "SHA-1 of the file."),
    column<&PackageFile::sha256>("sha256", Is::hash, "SHA-256 of the file."),
    column<&PackageFile::sha512>("sha512", Is::hash, "SHA-512 of the file."),
    column<&PackageFile::certificate_md5>(
        "certificate_md5", Is::cert_hash, "MD5 of the signing certificate."),
    column<&PackageFile::certificate_sha1>(
        "certificate_sha1", Is::cert_hash, "SHA-1 of the signing certificate."),
    column<&PackageFile::certificate_sha256>(
        "certificate_sha256", Is::cert_hash, "SHA-256 of the signing certificate."),
    column<&PackageFile::certificate_subject>(
        "certificate_subject", Is::opaque, "Whom the certificate names; anybody may write anything there."),
    column<&PackageFile::certificate_issuer>(
        "certificate_issuer", Is::opaque, "Who issued it; normally the same."),
    column<&PackageFile::certificate_algorithm>(
        "certificate_algorithm", Is::opaque, "How it is signed, as written."),
    column<&PackageFile::certificate_serial>(
        "certificate_serial", Is::opaque, "Its serial number, as written."),
    column<&PackageFile::certificate_from>("certificate_from", Clock::utc_text, "Start of its validity."),
    column<&PackageFile::certificate_to>("certificate_to", Clock::utc_text, "End of its validity."),
    column<&PackageFile::verified>("verified", "Whether AndroidQF found the signature right."),
    column<&PackageFile::trusted>(
        "trusted", "Whether the certificate is on AndroidQF's list of large makers."),
    column<&PackageFile::error>("error", Is::opaque, "Why the file or its certificate could not be read."),
};
constexpr auto kFiles = table<PackageFile>("android_androidqf_package_file",
    "One row per file of a package, with its hashes and its signing certificate where they were taken.",
    Relation::installed, kFileColumns);

std::string owned(JsonValue& value)
{
    return std::string { json_text(value).value_or("") };
}

Result<void> read_certificate(PackageFile& file, JsonValue& value)
{
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS)
        return {};
    return for_each_field(object, [&](std::string_view key, JsonValue& field) -> Result<void> {
        if (key == "Md5")
            file.certificate_md5 = owned(field);
        else if (key == "Sha1")
            file.certificate_sha1 = owned(field);
        else if (key == "Sha256")
            file.certificate_sha256 = owned(field);
        else if (key == "Subject")
            file.certificate_subject = owned(field);
        else if (key == "Issuer")
            file.certificate_issuer = owned(field);
        else if (key == "SignatureAlgorithm")
            file.certificate_algorithm = owned(field);
        else if (key == "SerialNumber")
            file.certificate_serial = owned(field);
        else if (key == "ValidFrom" || key == "ValidTo") {
            auto const text = owned(field);
            auto& time = key == "ValidFrom" ? file.certificate_from : file.certificate_to;
            time = Time::iso(text); // Without a certificate Go writes the year 1, which is no moment.
        }
        return {};
    });
}

Result<void> read_file_field(PackageFile& file, std::string_view key, JsonValue& value)
{
    if (key == "path")
        file.path = owned(value);
    else if (key == "local_name")
        file.local_name = owned(value);
    else if (key == "md5")
        file.md5 = owned(value);
    else if (key == "sha1")
        file.sha1 = owned(value);
    else if (key == "sha256")
        file.sha256 = owned(value);
    else if (key == "sha512")
        file.sha512 = owned(value);
    else if (key == "verified_certificate")
        file.verified = json_flag(value);
    else if (key == "trusted_certificate")
        file.trusted = json_flag(value);
    else if (key == "error" || key == "certificate_error") {
        if (auto const text = json_text(value); text && !text->empty())
            file.error = *text;
    } else if (key == "certificate") {
        return read_certificate(file, value);
    }
    return {};
}

struct Read {
    Package package;
    std::vector<PackageFile> files;
};

/// Where `pm list packages -i` is refused, AndroidQF has an empty text for every package.
std::optional<std::string> installer_named(std::string_view text)
{
    return text == "null" ? std::nullopt : std::optional { std::string { text } };
}

Result<void> read_field(Read& read, std::string_view key, JsonValue& value)
{
    auto& package = read.package;
    if (key == "name")
        package.package = owned(value);
    else if (key == "installer")
        package.installer = installer_named(json_text(value).value_or(""));
    else if (key == "uid")
        package.uid = json_integer(value);
    else if (key == "disabled")
        package.disabled = json_flag(value);
    else if (key == "system")
        package.system = json_flag(value);
    else if (key == "third_party")
        package.third_party = json_flag(value);
    else if (key == "files")
        return for_each_json_element(value, [&](JsonValue& one) -> Result<void> {
            simdjson::ondemand::object object;
            if (one.get_object().get(object) != simdjson::SUCCESS)
                return {};
            auto& file = read.files.emplace_back();
            return for_each_field(object,
                [&](std::string_view name, JsonValue& field) { return read_file_field(file, name, field); });
        });
    return {};
}

/// Adds what was read, and sees whether anything tells who installed the packages.
class Writer {
public:
    explicit Writer(Context& context)
        : m_context(context)
    {
    }

    Result<void> add(Read& read, Origin origin);
    void finish() const;

private:
    Context& m_context;
    bool m_lists_installers = false;
    bool m_has_packages = false;
};

void Writer::finish() const
{
    if (m_has_packages && !m_lists_installers)
        m_context.note(Level::warning, Fault::missing,
            "the phone did not list who installed the apps: whether they came from a store is not known");
}

Result<void> Writer::add(Read& read, Origin origin)
{
    if (read.package.package.empty())
        return {};
    m_has_packages = true;
    m_lists_installers = m_lists_installers || read.package.installer != "";
    read.package.files = static_cast<std::int64_t>(read.files.size());
    EXHIBIT_TRY(m_context.add(kPackages, read.package, origin));
    for (auto& file : read.files) {
        file.package = read.package.package;
        EXHIBIT_TRY(m_context.add(kFiles, file, origin));
    }
    return {};
}

/// 1 to 3 the digests, 4 and 5 the validity, 6 issuer, 7 subject, 9 serial number.
Result<void> read_certificate_message(PackageFile& file, protobuf::MessageReader message)
{
    return protobuf::for_each_field(message, [&](protobuf::Field const& field) -> Result<void> {
        constexpr std::array texts { &PackageFile::certificate_md5, &PackageFile::certificate_sha1,
            &PackageFile::certificate_sha256 };
        if (field.number >= 1 && field.number <= texts.size())
            file.*texts.at(field.number - 1) = field.text();
        else if (field.number == 4)
            file.certificate_from = Time::iso(field.text());
        else if (field.number == 5)
            file.certificate_to = Time::iso(field.text());
        else if (field.number == 6)
            file.certificate_issuer = field.text();
        else if (field.number == 7)
            file.certificate_subject = field.text();
        else if (field.number == 9)
            file.certificate_serial = field.text();
        return {};
    });
}

/// 1 path, 2 the copy's name, 3 to 6 the digests, 7 what went wrong, 8 the certificate.
Result<void> read_file_message(PackageFile& file, protobuf::MessageReader message)
{
    return protobuf::for_each_field(message, [&](protobuf::Field const& field) -> Result<void> {
        constexpr std::array texts { &PackageFile::path, &PackageFile::local_name, &PackageFile::md5,
            &PackageFile::sha1, &PackageFile::sha256, &PackageFile::sha512, &PackageFile::error };
        if (field.number == 8)
            return read_certificate_message(file, protobuf::MessageReader { field });
        if (field.number >= 1 && field.number <= texts.size())
            file.*texts.at(field.number - 1) = field.text();
        return {};
    });
}

/// 1 name, 2 installer, 3 user id, 4 disabled, 5 system, 6 installed later, 7 files: what samples show.
Result<void> read_package_message(Read& read, protobuf::MessageReader message)
{
    return protobuf::for_each_field(message, [&](protobuf::Field const& field) -> Result<void> {
        auto& package = read.package;
        if (field.number == 1)
            package.package = field.text();
        else if (field.number == 2)
            package.installer = installer_named(field.text());
        else if (field.number == 3)
            package.uid = field.integer();
        else if (field.number == 4)
            package.disabled = field.flag();
        else if (field.number == 5)
            package.system = field.flag();
        else if (field.number == 6)
            package.third_party = field.flag();
        else if (field.number == 7)
            return read_file_message(read.files.emplace_back(), protobuf::MessageReader { field });
        return {};
    });
}

Result<void> parse_messages(Input const& input, Context& context)
{
    Writer writer { context };
    auto const result = for_each_delimited(
        input, context, [&](protobuf::MessageReader message, Origin origin) -> Result<void> {
            Read read;
            auto const message_read = read_package_message(read, message);
            EXHIBIT_TRY(writer.add(read, origin));
            return message_read;
        });
    writer.finish();
    return result;
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".pb"))
        return parse_messages(input, context);
    JsonElements elements { *input.source };
    JsonObjectReader reader;
    Writer writer { context };
    for (JsonElement element; elements.next(element);) {
        Origin const origin { element.offset };
        Read read;
        auto const result = reader.read(element.text,
            [&](std::string_view key, JsonValue& value) { return read_field(read, key, value); });
        if (!result)
            context.note(Level::damage, result.error().fault, result.error().what, origin);
        EXHIBIT_TRY(writer.add(read, origin));
    }
    writer.finish();
    return elements.result();
}

constexpr std::array<std::string_view, 2> kPaths { "@androidqf/packages.json", "@androidqf/packages.pb" };
constexpr std::array<Table const*, 2> kTables { &kPackages, &kFiles };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.androidqf_packages",
    .title = "Packages listed by AndroidQF",
    .doc
    = "Packages of the current user with their installer, files, hashes and certificates. Work profiles and "
      "second users are not in it; certificates only where the files were copied.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::androidqf_packages
