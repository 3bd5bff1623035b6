#include "formats/age/age_source.hpp"

#include <algorithm>
#include <array>

namespace exhibit::age {
namespace {

constexpr std::size_t kNonceSize = 16;
constexpr std::size_t kChunk = std::size_t { 64 } << 10U;
constexpr std::size_t kTag = 16;
constexpr std::size_t kSealed = kChunk + kTag;
constexpr std::size_t kMostIdle = 8;

} // namespace

AgeSource::AgeSource(std::unique_ptr<Source> file, std::uint64_t payload, Key256 key)
    : m_file(std::move(file))
    , m_payload(payload)
    , m_key(std::move(key))
{
    auto const sealed = m_file->size() - m_payload;
    m_chunks = (sealed + kSealed - 1) / kSealed;
    m_size = sealed - std::min<std::uint64_t>(m_chunks * kTag, sealed);
}

Result<std::unique_ptr<Source>> AgeSource::open(
    std::unique_ptr<Source> file, Header const& header, FileKey const& key)
{
    std::array<std::byte, kNonceSize> nonce {};
    if (header.payload > file->size() || file->size() - header.payload < kNonceSize + kTag
        || EXHIBIT_TRY(file->read_at(header.payload, nonce)) != nonce.size())
        return fail(Fault::truncated, "the encrypted file ends after its header", file->size());
    std::unique_ptr<AgeSource> source { new AgeSource {
        std::move(file), header.payload + kNonceSize, derive(key.bytes(), nonce, "payload") } };
    auto worker = source->take_worker(0);
    EXHIBIT_TRY(source->fill(worker, source->m_chunks - 1));
    if (worker.content.empty() && source->m_chunks != 1)
        return fail(Fault::malformed, "the encrypted file ends with an empty chunk");
    source->give_back(std::move(worker));
    return std::unique_ptr<Source> { std::move(source) };
}

AgeSource::Worker AgeSource::take_worker(std::uint64_t chunk) const
{
    {
        std::scoped_lock const lock { m_mutex };
        auto const holds = std::ranges::find_if(
            m_idle, [&](Worker const& worker) { return worker.filled && worker.chunk == chunk; });
        auto const taken = holds != m_idle.end() ? holds : m_idle.begin();
        if (taken != m_idle.end()) {
            auto worker = std::move(*taken);
            m_idle.erase(taken);
            return worker;
        }
    }
    Worker worker;
    worker.cipher.reset(EVP_CIPHER_CTX_new());
    worker.sealed.resize(kSealed);
    return worker;
}

void AgeSource::give_back(Worker worker) const
{
    std::scoped_lock const lock { m_mutex };
    if (m_idle.size() < kMostIdle)
        m_idle.push_back(std::move(worker));
}

/// Opens a chunk into the worker.
Result<void> AgeSource::fill(Worker& worker, std::uint64_t chunk) const
{
    if (worker.filled && worker.chunk == chunk)
        return {};
    worker.filled = false;
    auto const at = m_payload + chunk * kSealed;
    auto const count = EXHIBIT_TRY(m_file->read_at(at, worker.sealed));
    bool const last = chunk + 1 == m_chunks;
    if (count < kTag || (!last && count != kSealed))
        return fail(Fault::truncated, "the encrypted file ends within a chunk", at);
    std::array<unsigned char, 12> nonce {};
    for (unsigned i = 0; i != 8; ++i)
        nonce[10 - i] = static_cast<unsigned char>(chunk >> (8 * i));
    nonce[11] = last ? 1 : 0;
    worker.content.resize(count - kTag);
    int written = 0;
    int ended = 0;
    auto const sealed = Bytes { worker.sealed }.first(count - kTag);
    auto* const tag = worker.sealed.data() + sealed.size();
    bool const right = worker.cipher
        && EVP_DecryptInit_ex(
               worker.cipher.get(), EVP_chacha20_poly1305(), nullptr, as_openssl(m_key.bytes()), nonce.data())
            == 1
        && EVP_CIPHER_CTX_ctrl(worker.cipher.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTag), tag) == 1
        && (sealed.empty()
            || EVP_DecryptUpdate(worker.cipher.get(), room_for_openssl(worker.content), &written,
                   as_openssl(sealed), static_cast<int>(sealed.size()))
                == 1)
        && EVP_DecryptFinal_ex(worker.cipher.get(), room_for_openssl(worker.content) + written, &ended) == 1;
    if (!right)
        return last ? fail(Fault::truncated, "the encrypted file was cut or its end was changed", at)
                    : fail(Fault::malformed, "a part of the encrypted file was changed", at);
    worker.chunk = chunk;
    worker.filled = true;
    return {};
}

Result<std::size_t> AgeSource::read_with(
    Worker& worker, std::uint64_t offset, std::span<std::byte> into) const
{
    std::size_t done = 0;
    while (done != into.size() && offset + done < m_size) {
        EXHIBIT_TRY(fill(worker, (offset + done) / kChunk));
        auto const part = Bytes { worker.content }.subspan((offset + done) % kChunk);
        auto const count = std::min(part.size(), into.size() - done);
        std::memcpy(into.data() + done, part.data(), count);
        done += count;
    }
    return done;
}

Result<std::size_t> AgeSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset >= m_size || into.empty())
        return std::size_t { 0 };
    auto worker = take_worker(offset / kChunk);
    auto read = read_with(worker, offset, into);
    give_back(std::move(worker));
    return read;
}

} // namespace exhibit::age
