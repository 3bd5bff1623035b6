#include "formats/crypto/cbc_source.hpp"

#include <algorithm>

namespace exhibit {

namespace {

// Fits the second-level cache of every processor this runs on, so that ciphertext is read and decrypted
// there.
constexpr std::size_t kPiece = 128U << 10U;

std::uint64_t whole_blocks(std::uint64_t size)
{
    return size / kAesBlock * kAesBlock;
}

Result<void> decrypt(EVP_CIPHER_CTX* cipher, Bytes from, std::byte* into)
{
    int written = 0;
    auto const size = static_cast<int>(from.size());
    if (EVP_DecryptUpdate(cipher, reinterpret_cast<unsigned char*>(into), &written, as_openssl(from), size)
            != 1
        || written != size)
        return fail(Fault::malformed, "the cryptographic library could not decrypt a block");
    return {};
}

/// Decrypts one block and keeps the part of it that was asked for.
Result<std::size_t> decrypt_part(
    EVP_CIPHER_CTX* cipher, Bytes block, std::size_t skip, std::span<std::byte> into)
{
    AesBlock clear {};
    EXHIBIT_TRY(decrypt(cipher, block, clear.data()));
    auto const count = std::min(kAesBlock - skip, into.size());
    std::copy_n(clear.begin() + static_cast<std::ptrdiff_t>(skip), count, into.begin());
    OPENSSL_cleanse(clear.data(), clear.size());
    return count;
}

/// Decrypts whole blocks without their first `skip` bytes, as many as `into` takes. Whole blocks go straight
/// to their place.
Result<std::size_t> decrypt_piece(
    EVP_CIPHER_CTX* cipher, Bytes blocks, std::size_t skip, std::span<std::byte> into)
{
    std::size_t done = 0;
    if (skip != 0) {
        done = EXHIBIT_TRY(decrypt_part(cipher, blocks.first(kAesBlock), skip, into));
        blocks = blocks.subspan(kAesBlock);
    }
    auto const whole = std::min(static_cast<std::size_t>(whole_blocks(into.size() - done)), blocks.size());
    if (whole != 0)
        EXHIBIT_TRY(decrypt(cipher, blocks.first(whole), into.data() + done));
    done += whole;
    if (whole != blocks.size() && done != into.size())
        done += EXHIBIT_TRY(decrypt_part(cipher, blocks.subspan(whole, kAesBlock), 0, into.subspan(done)));
    return done;
}

} // namespace

CbcSource::CbcSource(std::unique_ptr<Source> ciphertext, Key256 key, AesBlock initial, std::uint64_t size)
    : m_ciphertext(std::move(ciphertext))
    , m_key(std::move(key))
    , m_initial(initial)
    , m_size(std::min(size, whole_blocks(m_ciphertext->size())))
{
}

void CbcSource::cut_to(std::uint64_t size)
{
    m_size = std::min(m_size, size);
}

Result<CbcSource::Worker> CbcSource::take_worker() const
{
    {
        std::scoped_lock const lock { m_mutex };
        if (!m_idle.empty()) {
            auto worker = std::move(m_idle.back());
            m_idle.pop_back();
            return worker;
        }
    }
    Worker worker { CipherContext { EVP_CIPHER_CTX_new() }, {} };
    if (!worker.cipher
        || EVP_DecryptInit_ex(
               worker.cipher.get(), EVP_aes_256_cbc(), nullptr, as_openssl(m_key.bytes()), nullptr)
            != 1
        || EVP_CIPHER_CTX_set_padding(worker.cipher.get(), 0) != 1)
        return fail(Fault::unsupported, "the cryptographic library refuses AES-256-CBC");
    return worker;
}

void CbcSource::give_back(Worker worker) const
{
    std::scoped_lock const lock { m_mutex };
    m_idle.push_back(std::move(worker));
}

/// Whole blocks of ciphertext, borrowed where they are in memory.
Result<Bytes> CbcSource::blocks_at(Worker& worker, std::uint64_t offset, std::size_t size) const
{
    if (auto const memory = m_ciphertext->in_memory(); !memory.empty()) {
        if (offset > memory.size() || size > memory.size() - offset)
            return fail(Fault::truncated, "encrypted content ends early", offset);
        return memory.subspan(offset, size);
    }
    if (worker.ciphertext.size() < size)
        worker.ciphertext.resize(size);
    auto const room = std::span { worker.ciphertext }.first(size);
    if (EXHIBIT_TRY(m_ciphertext->read_at(offset, room)) != size)
        return fail(Fault::truncated, "encrypted content ends early", offset);
    return Bytes { room };
}

Result<std::size_t> CbcSource::read_with(
    Worker& worker, std::uint64_t offset, std::span<std::byte> into) const
{
    auto at = whole_blocks(offset);
    auto skip = static_cast<std::size_t>(offset - at);
    // The chaining value is the block before, read together with the first piece.
    auto lead = at == 0 ? std::size_t { 0 } : kAesBlock;
    bool started = false;
    std::size_t done = 0;
    while (done < into.size()) {
        auto const wanted = std::min<std::uint64_t>(into.size() - done + skip, kPiece);
        auto const size = static_cast<std::size_t>(whole_blocks(wanted + kAesBlock - 1));
        auto const blocks = EXHIBIT_TRY(blocks_at(worker, at - lead, lead + size));
        if (!started) {
            auto const chaining = lead == 0 ? Bytes { m_initial } : blocks.first(kAesBlock);
            if (EVP_DecryptInit_ex(worker.cipher.get(), nullptr, nullptr, nullptr, as_openssl(chaining)) != 1)
                return fail(Fault::malformed, "the cryptographic library refuses a chaining value");
            started = true;
        }
        done += EXHIBIT_TRY(
            decrypt_piece(worker.cipher.get(), blocks.subspan(lead), skip, into.subspan(done)));
        at += size;
        skip = 0;
        lead = 0;
    }
    return done;
}

Result<std::size_t> CbcSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset >= m_size || into.empty())
        return std::size_t { 0 };
    auto const part
        = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), m_size - offset)));
    auto worker = EXHIBIT_TRY(take_worker());
    auto const result = read_with(worker, offset, part);
    give_back(std::move(worker));
    return result;
}

Result<Ending> ending_of(Source const& decrypted)
{
    auto const size = decrypted.size();
    if (size < kAesBlock)
        return Ending { size, 0 };
    AesBlock last {};
    if (EXHIBIT_TRY(decrypted.read_at(size - kAesBlock, last)) != kAesBlock)
        return fail(Fault::truncated, "content ends early", size);
    auto const padding = std::to_integer<unsigned>(last.back());
    if (padding == 0 || padding > kAesBlock)
        return Ending { size, 0 };
    auto const filler = std::span { last }.last(padding);
    if (!std::ranges::all_of(filler, [&](std::byte byte) { return byte == last.back(); }))
        return Ending { size, 0 };
    return Ending { size - padding, padding };
}

} // namespace exhibit
