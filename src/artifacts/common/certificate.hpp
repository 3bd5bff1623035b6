#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>

namespace exhibit {

/// What a signing certificate tells. Digests are of its DER form, lower case hexadecimal.
struct CertificateFacts {
    std::string sha256;
    std::string sha1;
    std::string md5;
    std::string subject; ///< `C=US, O=Example, CN=Example`
    std::string issuer;
    Time valid_from;
    Time valid_to;
};

/// Digests of any bytes; the names and times only of a certificate that can be read.
CertificateFacts read_certificate(Bytes der);

/// The DER form of the first certificate in a text that holds it as PEM; nothing where there is none.
std::optional<std::string> der_of_pem(std::string_view text);

/// Lower or upper case hexadecimal; nothing for anything else.
std::optional<std::string> from_hex(std::string_view text);

} // namespace exhibit
