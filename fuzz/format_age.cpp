#include "formats/age/age_source.hpp"
#include "formats/age/armor_source.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace {

using namespace exhibit;

/// What is decoded at once must be what is decoded in pieces, and as much as was promised.
void decode(Bytes bytes)
{
    auto const source = age::ArmorSource::open(std::make_unique<MemorySource>(bytes));
    if (!source)
        return;
    std::vector<std::byte> whole((*source)->size());
    auto const read = (*source)->read_at(0, whole);
    if (!read)
        return;
    if (*read != whole.size())
        std::abort();
    std::vector<std::byte> piece(whole.size() - whole.size() / 3);
    auto const rest = (*source)->read_at(whole.size() / 3, piece);
    if (!rest || *rest != piece.size() || !std::ranges::equal(piece, Bytes { whole }.last(piece.size())))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const bytes = std::as_bytes(std::span { data, size });
    MemorySource const file { bytes };
    decode(bytes);
    auto const header = age::read_header(file);
    if (!header)
        return 0;
    if (header->payload > size || !as_text(bytes).starts_with(header->authenticated))
        std::abort();
    std::vector<Key256> identities(1);
    (void)age::unlock(*header, identities);
    (void)age::unlock(*header, "passphrase", 4);
    // With any key at all the payload must end in content of its own size or in an error.
    auto source = age::AgeSource::open(std::make_unique<MemorySource>(bytes), *header, age::FileKey {});
    if (!source)
        return 0;
    std::vector<std::byte> content((*source)->size());
    if (auto const read = (*source)->read_at(0, content); read && *read != content.size())
        std::abort();
    return 0;
}
