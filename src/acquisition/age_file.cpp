#include "acquisition/age_file.hpp"

#include "formats/age/age_source.hpp"

#include <array>

namespace exhibit {

namespace {

constexpr std::size_t kMagicSize = 64;

std::unexpected<Refusal> refuse(Error const& error)
{
    auto const what = std::string { error.what };
    switch (error.fault) {
    case Fault::locked:
        return std::unexpected(Refusal { error.fault, "This file is encrypted with age: " + what + ".",
            "Name the file with the secret key (AGE-SECRET-KEY-...) with --identity, or give the "
            "passphrase." });
    case Fault::truncated:
        return std::unexpected(Refusal { error.fault, "The encrypted file is cut off: " + what + ".",
            "Copy or transfer it again and compare its size with the original." });
    default:
        return std::unexpected(Refusal { error.fault, "The encrypted file cannot be opened: " + what + ".",
            "Copy or transfer it again, or decrypt it with age and examine the result." });
    }
}

Result<age::FileKey> unlock(age::Header const& header, OpenOptions const& options)
{
    if (!header.asks_for_passphrase() && !header.asks_for_identity())
        return fail(Fault::unsupported, "it is meant for a kind of key that is not read here");
    if (header.asks_for_identity()) {
        if (options.identities.empty())
            return fail(Fault::locked, "no secret key was given");
        auto const keys = EXHIBIT_TRY(age::read_identities(options.identities));
        return age::unlock(header, keys);
    }
    auto passphrase = options.password();
    if (!passphrase)
        return fail(Fault::locked, "no passphrase was given");
    options.progress("trying the passphrase", 0);
    auto key = age::unlock(header, *passphrase);
    wipe(*passphrase);
    return key;
}

Result<std::unique_ptr<Source>> decrypt(std::unique_ptr<Source> file, OpenOptions const& options)
{
    auto const header = EXHIBIT_TRY(age::read_header(*file));
    auto const key = EXHIBIT_TRY(unlock(header, options));
    return age::AgeSource::open(std::move(file), header, key);
}

} // namespace

bool is_age_file(Source const& file)
{
    std::array<std::byte, kMagicSize> head {};
    auto const count = file.read_at(0, head);
    return count && age::has_magic(Bytes { head }.first(*count));
}

std::expected<std::unique_ptr<Source>, Refusal> open_age_file(
    std::unique_ptr<Source> file, OpenOptions const& options)
{
    auto content = decrypt(std::move(file), options);
    if (!content)
        return refuse(content.error());
    return std::move(*content);
}

} // namespace exhibit
