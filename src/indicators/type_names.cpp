#include "indicators/type_names.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exhibit::indicators {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 64> kTypes { {
    { "hostname", Kind::domain },
    { "host", Kind::domain },
    { "fqdn", Kind::domain },
    { "domain-name", Kind::domain },
    { "domain-name:value", Kind::domain },
    { "ipv4", Kind::ip },
    { "ipv6", Kind::ip },
    { "ip-src", Kind::ip },
    { "ip-dst", Kind::ip },
    { "ipv4-addr", Kind::ip },
    { "ipv6-addr", Kind::ip },
    { "ipv4-addr:value", Kind::ip },
    { "ipv6-addr:value", Kind::ip },
    { "cidr", Kind::ip },
    { "uri", Kind::url },
    { "link", Kind::url },
    { "url:value", Kind::url },
    { "mail", Kind::email },
    { "e-mail", Kind::email },
    { "email-src", Kind::email },
    { "email-dst", Kind::email },
    { "email-addr", Kind::email },
    { "email-addr:value", Kind::email },
    { "email-reply-to", Kind::email },
    { "phone-number", Kind::phone },
    { "whatsapp-mobile", Kind::phone },
    { "jabber-id", Kind::account },
    { "github-username", Kind::account },
    { "twitter-id", Kind::account },
    { "process-name", Kind::process },
    { "process:name", Kind::process },
    { "process name", Kind::process },
    { "filename", Kind::file_name },
    { "file", Kind::file_name },
    { "file name", Kind::file_name },
    { "file:name", Kind::file_name },
    { "path", Kind::file_path },
    { "filepath", Kind::file_path },
    { "file path", Kind::file_path },
    { "file:path", Kind::file_path },
    { "file:hashes.md5", Kind::md5 },
    { "file:hashes.sha1", Kind::sha1 },
    { "file:hashes.sha256", Kind::sha256 },
    { "sha-1", Kind::sha1 },
    { "sha-256", Kind::sha256 },
    { "app", Kind::app_id },
    { "app:id", Kind::app_id },
    { "bundle_id", Kind::app_id },
    { "package", Kind::app_id },
    { "package_name", Kind::app_id },
    { "mobile-application-id", Kind::app_id },
    { "certificate", Kind::cert_hash },
    { "app:cert.md5", Kind::cert_hash },
    { "app:cert.sha1", Kind::cert_hash },
    { "app:cert.sha256", Kind::cert_hash },
    { "x509-fingerprint-md5", Kind::cert_hash },
    { "x509-fingerprint-sha1", Kind::cert_hash },
    { "x509-fingerprint-sha256", Kind::cert_hash },
    { "profile", Kind::profile_id },
    { "configuration-profile:id", Kind::profile_id },
    { "configuration_profile", Kind::profile_id },
    { "property", Kind::property_name },
    { "android-property", Kind::property_name },
    { "android-property:name", Kind::property_name },
} };

std::optional<Kind> hash_by_length(std::string_view value)
{
    switch (value.size()) {
    case 32:
        return Kind::md5;
    case 40:
        return Kind::sha1;
    case 64:
        return Kind::sha256;
    default:
        return std::nullopt;
    }
}

std::optional<Kind> single(std::string_view type, std::string_view value)
{
    if (type == "hash")
        return hash_by_length(value);
    if (auto const kind = kind_named(type))
        return kind;
    auto const known = std::ranges::find(kTypes, type, [](auto const& entry) { return entry.first; });
    return known == kTypes.end() ? std::nullopt : std::optional { known->second };
}

} // namespace

std::optional<TypeMeaning> type_named(std::string_view type, std::string_view value)
{
    auto const name = to_lower(type);
    auto const bar = name.find('|');
    TypeMeaning meaning;
    meaning.composite = bar != name.npos;
    meaning.first = single(std::string_view { name }.substr(0, bar), value);
    if (meaning.composite)
        meaning.second = single(std::string_view { name }.substr(bar + 1), {});
    return meaning.first || meaning.second ? std::optional { meaning } : std::nullopt;
}

void add_typed(SetBuilder& builder, RawIndicator raw, std::string_view value, TypeMeaning const& meaning)
{
    auto const bar = meaning.composite ? value.find('|') : value.npos;
    auto const use = [&](std::optional<Kind> kind, std::string_view part) {
        if (!kind)
            return;
        raw.kind = *kind;
        raw.value = part;
        builder.add(raw);
    };
    auto const name_of_hashed = meaning.composite && meaning.first == Kind::file_name;
    if (!name_of_hashed)
        use(meaning.first, value.substr(0, bar));
    if (bar != value.npos)
        use(meaning.second, value.substr(bar + 1));
}

bool is_foreign_certificate(std::string_view type, std::string_view object_name)
{
    return type.starts_with("x509-") && object_name != "android-app" && object_name != "apk";
}

} // namespace exhibit::indicators
