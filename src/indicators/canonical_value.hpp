#pragma once

#include "base/result.hpp"
#include "indicators/address.hpp"
#include "indicators/indicator.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::indicators {

/// Which table a value is looked up in. Not the kind: a published "domain" may be an address or a URL.
enum class Space : std::uint8_t {
    host,
    address,
    url,
    email,
    phone,
    account,
    process,
    file_name,
    path,
    hash,
    app_id,
    cert_hash,
    profile_id,
    property_name,
};
constexpr std::size_t kSpaceCount = 14;

/// An indicator's value in the form in which it is compared.
struct CanonicalValue {
    Space space = Space::host;
    std::string key;
    std::optional<Network> network; ///< instead of the key
};

/// Fails with `malformed` when the value is none of its kind and could never match, and with
/// `over_limit` when it is too long. Defanged values (`evil[.]example`, `hxxp://`) are read as meant.
Result<CanonicalValue> canonical_value(Kind kind, std::string_view value);

/// What a value is that was published as of a kind: an address may be called a domain, a path a process.
Kind kind_of(CanonicalValue const& value, Kind published_as);

/// Where values of a kind are looked up when they are given as LIKE or MATCHES patterns.
Space space_of(Kind kind);

/// Mail address in the form in which mail addresses are compared, written to `out`: lower case, without
/// `mailto:`, display name and angle brackets. Returns false when it is no mail address.
bool read_email(std::string_view raw, std::string& out);

/// The digits of a phone number without `+`, `00`, `tel:` and separators. Returns false when the text
/// is no phone number (other characters, or fewer than 5 or more than 20 digits).
bool read_phone(std::string_view raw, std::string& out);

/// Hexadecimal digits in lower case, colons and spaces dropped. Returns false for other text, and
/// unless the length is that of MD5, SHA-1 or SHA-256.
bool read_hash(std::string_view raw, std::string& out);

} // namespace exhibit::indicators
