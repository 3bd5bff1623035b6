#include "formats/keybag/keybag.hpp"

#include "formats/crypto/pbkdf2.hpp"

#include <algorithm>

namespace exhibit::keybag {

namespace {

constexpr std::size_t kMostClasses = 64;
constexpr std::size_t kLongestValue = 4096;
constexpr std::uint32_t kWrappedByPassword = 2;

struct Field {
    std::string_view tag;
    Bytes value;
    std::uint64_t at = 0;
};

Result<Field> next_field(Reader& reader)
{
    Field field;
    field.at = reader.offset();
    field.tag = EXHIBIT_TRY(reader.text(4));
    auto const size = EXHIBIT_TRY(reader.big<std::uint32_t>());
    if (size > kLongestValue)
        return fail(Fault::over_limit, "a value in the keybag is too long", field.at);
    field.value = EXHIBIT_TRY(reader.take(size));
    return field;
}

Result<std::uint32_t> number_of(Field const& field)
{
    Reader reader { field.value, field.at };
    auto const number = EXHIBIT_TRY(reader.big<std::uint32_t>());
    if (reader.left() != 0)
        return fail(Fault::malformed, "a number in the keybag is not four bytes long", field.at);
    return number;
}

std::vector<std::byte> bytes_of(Field const& field)
{
    return { field.value.begin(), field.value.end() };
}

Result<void> put_header(Keybag& keybag, Field const& field)
{
    auto const stretch = [&]() -> Stretch& {
        if (!keybag.sha256)
            keybag.sha256.emplace();
        return *keybag.sha256;
    };
    if (field.tag == "VERS")
        keybag.version = EXHIBIT_TRY(number_of(field));
    else if (field.tag == "TYPE")
        keybag.type = EXHIBIT_TRY(number_of(field));
    else if (field.tag == "SALT")
        keybag.sha1.salt = bytes_of(field);
    else if (field.tag == "ITER")
        keybag.sha1.iterations = EXHIBIT_TRY(number_of(field));
    else if (field.tag == "DPSL")
        stretch().salt = bytes_of(field);
    else if (field.tag == "DPIC")
        stretch().iterations = EXHIBIT_TRY(number_of(field));
    return {};
}

Result<void> put_class(ClassEntry& entry, Field const& field)
{
    if (field.tag == "CLAS")
        entry.number = EXHIBIT_TRY(number_of(field));
    else if (field.tag == "WRAP")
        entry.wrap = EXHIBIT_TRY(number_of(field));
    else if (field.tag == "KTYP")
        entry.key_type = EXHIBIT_TRY(number_of(field));
    else if (field.tag == "WPKY")
        entry.wrapped = bytes_of(field);
    return {};
}

/// One field, in the header until the second UUID, in a class from there on.
Result<void> put(Keybag& keybag, bool& header_begun, Field const& field)
{
    if (field.tag == "UUID") {
        if (std::exchange(header_begun, true)) {
            if (keybag.classes.size() == kMostClasses)
                return fail(Fault::over_limit, "the keybag has too many classes", field.at);
            keybag.classes.emplace_back();
        }
        return {};
    }
    return keybag.classes.empty() ? put_header(keybag, field) : put_class(keybag.classes.back(), field);
}

Result<Key256> password_key(Keybag const& keybag, std::string_view password, UnlockOptions const& options)
{
    Pbkdf2Options derivation;
    derivation.stop = options.stop;
    Key256 stretched;
    auto input = as_bytes(password);
    if (keybag.sha256) {
        derivation.progress = options.progress;
        EXHIBIT_TRY(pbkdf2(PasswordHash::sha256, input, keybag.sha256->salt, keybag.sha256->iterations,
            stretched.writable(), derivation));
        input = stretched.bytes();
        derivation.progress = nullptr;
    }
    Key256 key;
    EXHIBIT_TRY(pbkdf2(
        PasswordHash::sha1, input, keybag.sha1.salt, keybag.sha1.iterations, key.writable(), derivation));
    return key;
}

} // namespace

Result<Keybag> parse(Bytes bytes)
{
    Keybag keybag;
    bool header_begun = false;
    Reader reader { bytes };
    while (reader.left() != 0)
        EXHIBIT_TRY(put(keybag, header_begun, EXHIBIT_TRY(next_field(reader))));
    if (keybag.sha1.salt.empty() || keybag.sha1.iterations == 0)
        return fail(Fault::malformed, "the keybag does not say how the password is used");
    if (keybag.sha256 && (keybag.sha256->salt.empty() || keybag.sha256->iterations == 0))
        return fail(Fault::malformed, "the keybag says only half of how the password is used");
    if (keybag.classes.empty())
        return fail(Fault::malformed, "the keybag holds no keys");
    return keybag;
}

Result<Key256> ClassKeys::unwrap(Bytes class_and_wrapped) const
{
    Reader reader { class_and_wrapped };
    auto const number = EXHIBIT_TRY(reader.little<std::uint32_t>());
    return unwrap(number, reader.rest());
}

Result<Key256> ClassKeys::unwrap(std::uint32_t number, Bytes wrapped) const
{
    auto const found = m_keys.find(number);
    if (found == m_keys.end())
        return fail(Fault::missing, "the keybag has no key of this protection class", number);
    return unwrap_key(found->second, wrapped);
}

Result<ClassKeys> unlock(Keybag const& keybag, std::string_view password, UnlockOptions const& options)
{
    if (std::ranges::none_of(
            keybag.classes, [](ClassEntry const& entry) { return (entry.wrap & kWrappedByPassword) != 0; }))
        return fail(Fault::malformed, "the keybag holds no key that a password opens");
    auto const key = EXHIBIT_TRY(password_key(keybag, password, options));
    ClassKeys keys;
    for (auto const& entry : keybag.classes) {
        if ((entry.wrap & kWrappedByPassword) == 0)
            continue;
        if (auto opened = unwrap_key(key, entry.wrapped))
            keys.m_keys.insert_or_assign(entry.number, std::move(*opened));
        else
            keys.m_damaged.push_back(entry.number);
    }
    if (keys.m_keys.empty())
        return fail(Fault::locked, "the password opens no key of the keybag");
    return keys;
}

} // namespace exhibit::keybag
