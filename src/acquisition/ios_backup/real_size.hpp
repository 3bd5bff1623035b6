#pragma once

#include "formats/crypto/cbc_source.hpp"

#include <cstdint>
#include <optional>

namespace exhibit::ios_backup {

enum class SizeVerdict : std::uint8_t {
    as_stated,
    other, ///< the content is whole, and its size is not the stated one
    cut, ///< the content ends before its stated size and shows no padding
};

struct RealSize {
    std::uint64_t size = 0;
    SizeVerdict verdict = SizeVerdict::as_stated;
};

/// How long a decrypted payload really is. iOS pads with PKCS #7, and that is the better witness: the size in
/// the manifest is taken before the file is copied and is wrong for databases that change meanwhile, about 30
/// of 3,800 files in one published count. Content padded with zeros or not at all goes by the stated size.
Result<RealSize> real_size(CbcSource const& decrypted, std::optional<std::uint64_t> stated);

} // namespace exhibit::ios_backup
