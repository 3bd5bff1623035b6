// The block functions have no replacement in OpenSSL 3: the EVP interface re-initialises a digest for every
// HMAC, which costs more than the hashing.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "formats/crypto/pbkdf2.hpp"

#include "formats/crypto/sha256_chain.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <vector>

namespace exhibit {

namespace {

constexpr std::size_t kBlockSize = 64;
using Block = std::array<unsigned char, kBlockSize>;

std::uint32_t to_big_endian(std::uint32_t word)
{
    return std::endian::native == std::endian::little ? std::byteswap(word) : word;
}

struct Sha1 {
    static constexpr std::size_t kWords = 5;
    using Context = SHA_CTX;
    using State = std::array<std::uint32_t, kWords>;

    static void start(Context& context) { SHA1_Init(&context); }
    static void update(Context& context, void const* data, std::size_t size)
    {
        SHA1_Update(&context, data, size);
    }
    static void finish(Context& context, unsigned char* into) { SHA1_Final(into, &context); }
    static State state_of(Context const& context)
    {
        return { context.h0, context.h1, context.h2, context.h3, context.h4 };
    }
    static State compress(State const& state, Block const& block)
    {
        Context context {};
        context.h0 = state[0];
        context.h1 = state[1];
        context.h2 = state[2];
        context.h3 = state[3];
        context.h4 = state[4];
        SHA1_Transform(&context, block.data());
        return state_of(context);
    }
};

struct Sha256 {
    static constexpr std::size_t kWords = 8;
    using Context = SHA256_CTX;
    using State = Sha256State;

    static void start(Context& context) { SHA256_Init(&context); }
    static void update(Context& context, void const* data, std::size_t size)
    {
        SHA256_Update(&context, data, size);
    }
    static void finish(Context& context, unsigned char* into) { SHA256_Final(into, &context); }
    static State state_of(Context const& context)
    {
        State state {};
        std::copy_n(context.h, kWords, state.begin());
        return state;
    }
    static State compress(State const& state, Block const& block)
    {
        Context context {};
        std::ranges::copy(state, context.h);
        SHA256_Transform(&context, block.data());
        return state_of(context);
    }
};

/// One block of PBKDF2 output, between iterations.
template<typename Hash> struct Chain {
    typename Hash::State inner {};
    typename Hash::State outer {};
    typename Hash::State last {};
    typename Hash::State sum {};

    Chain() = default;
    Chain(Chain const&) = delete;
    Chain& operator=(Chain const&) = delete;
    ~Chain() { OPENSSL_cleanse(this, sizeof *this); }
};

template<typename Hash> typename Hash::State words_of(unsigned char const* digest)
{
    typename Hash::State words {};
    std::memcpy(words.data(), digest, sizeof words);
    std::ranges::transform(words, words.begin(), to_big_endian);
    return words;
}

/// Fills in the words of a digest as the message of the second block of an HMAC.
template<typename Hash> void put_digest(Block& block, typename Hash::State const& words)
{
    for (std::size_t i = 0; i < Hash::kWords; ++i) {
        auto const word = to_big_endian(words[i]);
        std::memcpy(block.data() + i * sizeof word, &word, sizeof word);
    }
}

template<typename Hash> void advance_portably(Chain<Hash>& chain, std::uint64_t count)
{
    constexpr std::size_t digest_size = Hash::kWords * 4;
    constexpr std::size_t bits = (kBlockSize + digest_size) * 8;
    Block block {};
    block[digest_size] = 0x80;
    block[kBlockSize - 2] = bits >> 8U;
    block[kBlockSize - 1] = bits & 0xFFU;
    for (; count != 0; --count) {
        put_digest<Hash>(block, chain.last);
        put_digest<Hash>(block, Hash::compress(chain.inner, block));
        chain.last = Hash::compress(chain.outer, block);
        for (std::size_t i = 0; i < Hash::kWords; ++i)
            chain.sum[i] ^= chain.last[i];
    }
    OPENSSL_cleanse(block.data(), block.size());
}

template<typename Hash> void advance(Chain<Hash>& chain, std::uint64_t count, HashCode code)
{
    if constexpr (std::is_same_v<Hash, Sha256>) {
        if (code == HashCode::automatic && has_sha_instructions()) {
            Sha256Chain fast { chain.inner, chain.outer, chain.last, chain.sum };
            advance_with_sha_instructions(fast, count);
            chain.last = fast.last;
            chain.sum = fast.sum;
            OPENSSL_cleanse(&fast, sizeof fast);
            return;
        }
    }
    advance_portably(chain, count);
}

/// The key block of HMAC: the password, hashed if it is longer than a block, filled up with zeros.
template<typename Hash> Block key_block(Bytes password)
{
    Block block {};
    if (password.size() <= kBlockSize) {
        std::ranges::transform(
            password, block.begin(), [](std::byte byte) { return static_cast<unsigned char>(byte); });
        return block;
    }
    typename Hash::Context context {};
    Hash::start(context);
    Hash::update(context, password.data(), password.size());
    Hash::finish(context, block.data());
    return block;
}

template<typename Hash> typename Hash::Context padded(Block const& key, unsigned char pad)
{
    auto block = key;
    for (auto& byte : block)
        byte ^= pad;
    typename Hash::Context context {};
    Hash::start(context);
    Hash::update(context, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
    return context;
}

/// The first iteration: HMAC of the salt and the number of the output block.
template<typename Hash> void start(Chain<Hash>& chain, Block const& key, Bytes salt, std::uint32_t number)
{
    auto inner = padded<Hash>(key, 0x36);
    auto outer = padded<Hash>(key, 0x5c);
    chain.inner = Hash::state_of(inner);
    chain.outer = Hash::state_of(outer);
    std::array<unsigned char, Hash::kWords * 4> digest {};
    auto const index = to_big_endian(number);
    Hash::update(inner, salt.data(), salt.size());
    Hash::update(inner, &index, sizeof index);
    Hash::finish(inner, digest.data());
    Hash::update(outer, digest.data(), digest.size());
    Hash::finish(outer, digest.data());
    chain.last = words_of<Hash>(digest.data());
    chain.sum = chain.last;
    OPENSSL_cleanse(digest.data(), digest.size());
}

template<typename Hash>
Result<void> derive(Block const& key, Bytes salt, std::uint64_t iterations, std::span<std::byte> into,
    Pbkdf2Options const& options)
{
    constexpr std::uint64_t between_reports = 100'000;
    constexpr std::size_t digest_size = Hash::kWords * 4;
    auto const blocks = (into.size() + digest_size - 1) / digest_size;
    for (std::size_t number = 0; number < blocks; ++number) {
        Chain<Hash> chain;
        start(chain, key, salt, static_cast<std::uint32_t>(number + 1));
        for (std::uint64_t done = 1; done < iterations;) {
            if (options.stop.stop_requested())
                return fail(Fault::cancelled, "stopped while a key was derived");
            auto const count = std::min(between_reports, iterations - done);
            advance(chain, count, options.code);
            done += count;
            if (options.progress)
                options.progress((static_cast<double>(number)
                                     + static_cast<double>(done) / static_cast<double>(iterations))
                    / static_cast<double>(blocks));
        }
        Block digest {};
        put_digest<Hash>(digest, chain.sum);
        auto const part
            = into.subspan(number * digest_size, std::min(digest_size, into.size() - number * digest_size));
        std::memcpy(part.data(), digest.data(), part.size());
        OPENSSL_cleanse(digest.data(), digest.size());
    }
    return {};
}

} // namespace

Result<void> pbkdf2(PasswordHash hash, Bytes password, Bytes salt, std::uint64_t iterations,
    std::span<std::byte> key, Pbkdf2Options const& options)
{
    if (iterations == 0)
        return fail(Fault::malformed, "a key derivation without iterations");
    if (iterations > most_iterations(hash))
        return fail(Fault::over_limit, "to try the password would take far longer than with any known backup",
            iterations);
    auto block = hash == PasswordHash::sha1 ? key_block<Sha1>(password) : key_block<Sha256>(password);
    auto const result = hash == PasswordHash::sha1 ? derive<Sha1>(block, salt, iterations, key, options)
                                                   : derive<Sha256>(block, salt, iterations, key, options);
    OPENSSL_cleanse(block.data(), block.size());
    return result;
}

} // namespace exhibit
