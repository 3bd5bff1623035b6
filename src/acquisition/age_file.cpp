#include "acquisition/age_file.hpp"

#include "base/beginning.hpp"
#include "formats/age/age_source.hpp"
#include "formats/age/armor_source.hpp"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

namespace exhibit {

namespace {

constexpr std::size_t kMostTypesNamed = 8;
constexpr std::size_t kLongestTypeNamed = 40;

std::unexpected<Refusal> refuse(Error const& error)
{
    auto const what = std::string { error.what };
    switch (error.fault) {
    case Fault::locked:
        return std::unexpected(Refusal { error.fault, "This file is encrypted with age: " + what + ".",
            "Name the file with the secret key (AGE-SECRET-KEY-...) with --identity, or give the "
            "passphrase on the terminal, with --password-file or in EXHIBIT_PASSWORD." });
    case Fault::truncated:
        return std::unexpected(Refusal { error.fault, "The encrypted file is cut off: " + what + ".",
            "Copy or transfer it again and compare its size with the original." });
    default:
        return std::unexpected(Refusal { error.fault, "The encrypted file cannot be opened: " + what + ".",
            "Copy or transfer it again, or decrypt it with age and examine the result." });
    }
}

bool is_read(age::Stanza const& stanza)
{
    return stanza.type == "X25519" || stanza.type == "scrypt";
}

/// Names the kinds of key that the file is meant for: a stranger's file may hold many, and long ones.
Refusal refuse_kinds(age::Header const& header)
{
    std::vector<std::string_view> types;
    for (auto const& stanza : header.stanzas) {
        auto const type = beginning_of(stanza.type, kLongestTypeNamed);
        if (types.size() < kMostTypesNamed && std::ranges::find(types, type) == types.end())
            types.push_back(type);
    }
    return { Fault::unsupported,
        fmt::format(
            "This file is encrypted with age for a kind of key that is not read here: {}. Keys of the "
            "kind X25519 and passphrases (scrypt) are read.",
            fmt::join(types, ", ")),
        "Decrypt it with age, in the version that made it or a newer one, and examine the result." };
}

/// The file is not to blame when the key is none.
Refusal refuse_key(Error const& error)
{
    return { error.fault,
        "The file that --identity names holds no secret key that can be read: " + std::string { error.what }
            + ".",
        "Name the file that age-keygen wrote: the secret key is its line AGE-SECRET-KEY-1..., not the public "
        "key." };
}

std::expected<age::FileKey, Refusal> unlock(age::Header const& header, OpenOptions const& options)
{
    if (header.asks_for_identity()) {
        if (options.identities.empty())
            return refuse({ Fault::locked, "no secret key was given" });
        auto const keys = age::read_identities(options.identities);
        if (!keys)
            return std::unexpected(refuse_key(keys.error()));
        auto key = age::unlock(header, *keys);
        if (!key)
            return refuse(key.error());
        return std::move(*key);
    }
    auto passphrase = options.password();
    if (!passphrase || passphrase->empty())
        return refuse({ Fault::locked, "no passphrase was given" });
    options.progress("trying the passphrase", 0);
    auto key = age::unlock(header, *passphrase);
    wipe(*passphrase);
    if (!key)
        return refuse(key.error());
    return std::move(*key);
}

Result<Bytes> head_of(Source const& file, std::span<std::byte> into)
{
    auto const count = EXHIBIT_TRY(file.read_at(0, into));
    return Bytes { into }.first(count);
}

} // namespace

bool is_age_file(Source const& file)
{
    std::array<std::byte, age::kArmorHead> buffer {};
    auto const head = head_of(file, buffer);
    return head && (age::has_magic(*head) || age::is_armored(*head));
}

std::expected<std::unique_ptr<Source>, Refusal> open_age_file(
    std::unique_ptr<Source> file, OpenOptions const& options)
{
    std::array<std::byte, age::kArmorHead> buffer {};
    auto const head = head_of(*file, buffer);
    if (head && age::is_armored(*head)) {
        auto decoded = age::ArmorSource::open(std::move(file));
        if (!decoded)
            return refuse(decoded.error());
        file = std::move(*decoded);
    }
    auto const header = age::read_header(*file);
    if (!header)
        return refuse(header.error());
    if (std::ranges::none_of(header->stanzas, is_read))
        return std::unexpected(refuse_kinds(*header));
    auto const key = unlock(*header, options);
    if (!key)
        return std::unexpected(key.error());
    auto content = age::AgeSource::open(std::move(file), *header, *key);
    if (!content)
        return refuse(content.error());
    return std::move(*content);
}

} // namespace exhibit
