#include "formats/apk/signatures.hpp"

#include "base/text.hpp"
#include "formats/gzip/inflate.hpp"
#include "formats/zip/zip.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

namespace exhibit::apk {
namespace {

constexpr std::size_t kEnd = 22; // Bytes of the archive's last record without its comment.
constexpr std::size_t kLongestComment = 0xFFFF;
constexpr std::size_t kFooter = 24; // Size and magic behind the block.
constexpr std::string_view kMagic = "APK Sig Block 42";
constexpr std::uint64_t kLargestBlock = std::uint64_t { 32 } << 20U; // Padding and frosting included.
constexpr std::uint64_t kLargestJarSignature = std::uint64_t { 1 } << 20U;
constexpr std::size_t kMostSignatures = 64;

struct Scheme {
    std::uint32_t id;
    std::string_view name;
};
/// Source: the description of APK signature schemes by the Android Open Source Project.
constexpr std::array kSchemes { Scheme { 0x7109'871A, "v2" }, Scheme { 0xF053'68C0, "v3" },
    Scheme { 0x1B93'AD61, "v3.1" } };

Result<std::vector<std::byte>> read_part(Source const& file, std::uint64_t offset, std::size_t size)
{
    std::vector<std::byte> bytes(size);
    auto const count = EXHIBIT_TRY(file.read_at(offset, bytes));
    if (count != size)
        return fail(Fault::truncated, "the file ends early", offset + count);
    return bytes;
}

/// Where the directory of the archive begins, as its last record says.
Result<std::uint64_t> directory_offset(Source const& file)
{
    auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kEnd + kLongestComment));
    auto const tail = EXHIBIT_TRY(read_part(file, file.size() - size, size));
    constexpr std::string_view record = "PK\5\6";
    auto const text = as_text(tail);
    for (auto at = text.rfind(record); at != text.npos;
        at = at == 0 ? text.npos : text.rfind(record, at - 1)) {
        Reader reader { Bytes { tail }.subspan(at) };
        if (reader.left() < kEnd)
            continue;
        EXHIBIT_TRY(reader.skip(16));
        auto const offset = EXHIBIT_TRY(reader.little<std::uint32_t>());
        auto const comment = EXHIBIT_TRY(reader.little<std::uint16_t>());
        if (comment == reader.left())
            return std::uint64_t { offset };
    }
    return fail(Fault::malformed, "the archive has no end");
}

/// A run of bytes with its length in four bytes before it.
Result<Reader> prefixed(Reader& reader)
{
    auto const size = EXHIBIT_TRY(reader.little<std::uint32_t>());
    auto const offset = reader.offset();
    auto const bytes = EXHIBIT_TRY(reader.take(size));
    return Reader { bytes, offset };
}

Result<void> add(Signatures& signatures, std::string_view scheme, Bytes certificate, std::uint64_t offset)
{
    if (signatures.found.size() >= kMostSignatures)
        return fail(Fault::over_limit, "more signatures than are read", offset);
    signatures.found.push_back({ scheme, { certificate.begin(), certificate.end() }, offset });
    return {};
}

/// The keys that a maker signed with before, each proved by the one before it; the last is the signer's own.
/// Source: the description of APK signature scheme v3 by the Android Open Source Project.
Result<void> read_lineage(Reader value, Bytes own, std::uint64_t offset, Signatures& signatures)
{
    EXHIBIT_TRY(value.little<std::uint32_t>()); // version
    while (value.left() != 0) {
        auto node = EXHIBIT_TRY(prefixed(value));
        auto data = EXHIBIT_TRY(prefixed(node));
        auto const certificate = EXHIBIT_TRY(prefixed(data));
        if (!std::ranges::equal(certificate.rest(), own))
            EXHIBIT_TRY(add(signatures, kReplaced, certificate.rest(), offset));
    }
    return {};
}

/// What follows the certificates in scheme v3: the versions of Android that it is for, and attributes.
Result<void> read_attributes(Reader data, Bytes own, std::uint64_t offset, Signatures& signatures)
{
    constexpr std::size_t versions = 8;
    constexpr std::uint32_t lineage = 0x3BA0'6F8C;
    if (data.left() <= versions)
        return {};
    EXHIBIT_TRY(data.skip(versions));
    auto attributes = EXHIBIT_TRY(prefixed(data));
    while (attributes.left() != 0) {
        auto attribute = EXHIBIT_TRY(prefixed(attributes));
        if (EXHIBIT_TRY(attribute.little<std::uint32_t>()) == lineage)
            EXHIBIT_TRY(read_lineage(attribute, own, offset, signatures));
    }
    return {};
}

/// A list of signers; of each the first certificate is its own, the rest would be its issuers.
Result<void> read_signers(Bytes block, std::string_view scheme, std::uint64_t offset, Signatures& signatures)
{
    Reader reader { block, offset };
    auto signers = EXHIBIT_TRY(prefixed(reader));
    Result<void> damage; // Of what hangs on a signer; the signers behind it are read all the same.
    while (signers.left() != 0) {
        auto signer = EXHIBIT_TRY(prefixed(signers));
        auto data = EXHIBIT_TRY(prefixed(signer));
        EXHIBIT_TRY(prefixed(data)); // digests
        auto certificates = EXHIBIT_TRY(prefixed(data));
        if (certificates.left() == 0)
            continue;
        auto const certificate = EXHIBIT_TRY(prefixed(certificates));
        EXHIBIT_TRY(add(signatures, scheme, certificate.rest(), offset));
        if (scheme != "v2")
            if (auto const read = read_attributes(data, certificate.rest(), offset, signatures);
                !read && damage)
                damage = read;
    }
    return damage;
}

/// The block lies right before the directory, with its size at both ends: pairs of a number and bytes.
Result<void> read_block(Source const& file, std::uint64_t directory, Signatures& signatures)
{
    if (directory < kFooter + 8 || directory > file.size())
        return {};
    auto const footer = EXHIBIT_TRY(read_part(file, directory - kFooter, kFooter));
    if (!as_text(footer).ends_with(kMagic))
        return {};
    Reader sizes { footer };
    auto const size = EXHIBIT_TRY(sizes.little<std::uint64_t>());
    if (size > directory - 8 || size < kFooter)
        return fail(Fault::malformed, "the signing block is larger than the file", directory);
    if (size > kLargestBlock)
        return fail(Fault::over_limit, "the signing block is larger than is read", directory);
    auto const start = directory - size;
    auto const block = EXHIBIT_TRY(read_part(file, start, static_cast<std::size_t>(size - kFooter)));
    Reader pairs { block, start };
    Result<void> damage; // Of one form of signature, beside which the others count.
    while (pairs.left() != 0) {
        auto const length = EXHIBIT_TRY(pairs.little<std::uint64_t>());
        if (length < 4 || length > pairs.left())
            return fail(Fault::malformed, "a part of the signing block runs past its end", pairs.offset());
        auto const id = EXHIBIT_TRY(pairs.little<std::uint32_t>());
        auto const offset = pairs.offset();
        auto const value = EXHIBIT_TRY(pairs.take(static_cast<std::size_t>(length - 4)));
        auto const scheme = std::ranges::find(kSchemes, id, &Scheme::id);
        if (scheme == kSchemes.end())
            continue;
        if (auto const read = read_signers(value, scheme->name, offset, signatures); !read && damage)
            damage = read;
    }
    return damage;
}

template<auto Free> struct Freed {
    template<typename T> void operator()(T* object) const { Free(object); }
};
struct FreedBytes {
    void operator()(unsigned char* data) const { OPENSSL_free(data); }
};
struct FreedStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

/// The certificates of those who signed; all of them where that is not said.
Result<void> read_jar_signature(Bytes content, std::uint64_t offset, Signatures& signatures)
{
    auto const* at = reinterpret_cast<unsigned char const*>(content.data());
    std::unique_ptr<PKCS7, Freed<PKCS7_free>> const message { d2i_PKCS7(
        nullptr, &at, static_cast<long>(content.size())) };
    if (!message || !PKCS7_type_is_signed(message.get()) || message->d.sign == nullptr)
        return fail(Fault::malformed, "a signature of the archive is none", offset);
    std::unique_ptr<STACK_OF(X509), FreedStack> const signers { PKCS7_get0_signers(
        message.get(), nullptr, 0) };
    auto* const certificates = signers ? signers.get() : message->d.sign->cert;
    for (int i = 0; i < sk_X509_num(certificates); ++i) {
        unsigned char* der = nullptr;
        auto const size = i2d_X509(sk_X509_value(certificates, i), &der);
        if (size <= 0)
            continue;
        std::unique_ptr<unsigned char, FreedBytes> const owned { der };
        EXHIBIT_TRY(add(signatures, "v1",
            Bytes { reinterpret_cast<std::byte const*>(der), static_cast<std::size_t>(size) }, offset));
    }
    return {};
}

bool is_jar_signature(std::string_view name)
{
    constexpr std::string_view folder = "META-INF/";
    if (!name.starts_with(folder) || name.substr(folder.size()).contains('/'))
        return false;
    auto const lower = to_lower(name);
    return lower.ends_with(".rsa") || lower.ends_with(".dsa") || lower.ends_with(".ec");
}

Result<void> read_member(Source const& file, zip::Member const& member, Signatures& signatures)
{
    if (member.size > kLargestJarSignature)
        return fail(Fault::over_limit, "a signature of the archive is larger than is read", member.header);
    auto const offset = EXHIBIT_TRY(zip::data_offset(file, member.header, member.packed));
    std::vector<std::byte> content(static_cast<std::size_t>(member.size));
    if (member.method == std::to_underlying(zip::Method::stored)) {
        content = EXHIBIT_TRY(read_part(file, offset, content.size()));
    } else {
        InflateStream stream { file, offset };
        auto const count = EXHIBIT_TRY(stream.read_fully(content));
        content.resize(count);
    }
    return read_jar_signature(content, member.header, signatures);
}

} // namespace

Result<Signatures> read_signatures(Source const& file)
{
    auto const directory = EXHIBIT_TRY(directory_offset(file));
    Signatures signatures;
    signatures.damage = read_block(file, directory, signatures);
    auto const visited = zip::visit(file, [&](zip::Member const& member) -> Result<void> {
        if (member.kind == zip::MemberKind::file && !member.encrypted && is_jar_signature(member.name))
            if (auto read = read_member(file, member, signatures); !read && signatures.damage)
                signatures.damage = read;
        return {};
    });
    if (!visited && signatures.damage)
        signatures.damage = visited;
    return signatures;
}

} // namespace exhibit::apk
