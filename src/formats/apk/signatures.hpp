#pragma once

#include "base/source.hpp"

#include <string_view>
#include <vector>

/// Who signed an app's package file. Nothing is verified: what the file claims is what indicators name.
namespace exhibit::apk {

/// Stands for a scheme where the key is one that the maker has replaced, as scheme v3 lets them prove.
inline constexpr std::string_view kReplaced = "v3, replaced";

/// One certificate of a signer, the signer's own or one of its earlier ones.
struct Signature {
    std::string_view scheme; ///< `v1` (JAR), `v2`, `v3`, `v3.1`, or `kReplaced`
    std::vector<std::byte> certificate; ///< DER
    std::uint64_t offset = 0; ///< of the block or the member that holds it
};

/// Reads the signing block before the archive's directory, and the signatures of JAR files in `META-INF`.
/// `malformed` or `truncated` when the archive cannot be read at all; what one form of signature has is kept
/// when another is damaged, and is then followed by the error in `damage`.
struct Signatures {
    std::vector<Signature> found;
    Result<void> damage;
};
Result<Signatures> read_signatures(Source const& file);

} // namespace exhibit::apk
