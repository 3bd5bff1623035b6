#include "acquisition/ios_backup/real_size.hpp"

#include <algorithm>

namespace exhibit::ios_backup {

namespace {

// One file in 256 ends in a byte that looks like padding, one in four billion in four.
constexpr unsigned kCertainPadding = 4;

Result<bool> is_zero_from(Source const& source, std::uint64_t offset)
{
    AesBlock tail {};
    auto const count = EXHIBIT_TRY(source.read_at(offset, tail));
    return std::ranges::all_of(
        Bytes { tail }.first(count), [](std::byte byte) { return byte == std::byte { 0 }; });
}

} // namespace

Result<RealSize> real_size(CbcSource const& decrypted, std::optional<std::uint64_t> stated)
{
    auto const whole = decrypted.size();
    auto const ending = EXHIBIT_TRY(ending_of(decrypted));
    if (!stated)
        return RealSize { ending.size, SizeVerdict::as_stated };
    if (ending.padding != 0 && ending.size == *stated)
        return RealSize { *stated, SizeVerdict::as_stated };
    if (*stated >= whole) {
        if (ending.padding >= kCertainPadding)
            return RealSize { ending.size, SizeVerdict::other };
        return RealSize { whole, *stated == whole ? SizeVerdict::as_stated : SizeVerdict::cut };
    }
    auto const in_last_block = whole - *stated < kAesBlock;
    if (in_last_block && EXHIBIT_TRY(is_zero_from(decrypted, *stated)))
        return RealSize { *stated, SizeVerdict::as_stated };
    return RealSize { ending.size, SizeVerdict::other };
}

} // namespace exhibit::ios_backup
