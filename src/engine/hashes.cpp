#include "engine/hashes.hpp"

#include "base/parallel.hpp"
#include "base/text.hpp"
#include "engine/entry_queue.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <openssl/evp.h>
#include <optional>
#include <vector>

namespace exhibit {
namespace {

// Stays in the cache of a core beside what the kernel copies it from; with four times as much, the copy was
// measured to cost three times as much.
constexpr std::size_t kPiece = std::size_t { 1 } << 16U;

/// One kind of digest, made piece by piece.
class Digest {
public:
    explicit Digest(EVP_MD const* kind)
        : m_context(EVP_MD_CTX_new())
    {
        EVP_DigestInit_ex(m_context.get(), kind, nullptr);
    }

    void add(Bytes bytes) { EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size()); }

    [[nodiscard]] std::string finish()
    {
        std::array<std::byte, EVP_MAX_MD_SIZE> sum {};
        unsigned size = 0;
        EVP_DigestFinal_ex(m_context.get(), reinterpret_cast<unsigned char*>(sum.data()), &size);
        return to_hex(as_text(Bytes { sum }.first(size)));
    }

private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> m_context;
};

/// The digests of one file that were asked for.
class FileDigest {
public:
    explicit FileDigest(HashOptions const& options)
    {
        if (options.md5)
            m_md5.emplace(EVP_md5());
        if (options.sha1)
            m_sha1.emplace(EVP_sha1());
    }

    void add(Bytes bytes)
    {
        m_sha256.add(bytes);
        if (m_md5)
            m_md5->add(bytes);
        if (m_sha1)
            m_sha1->add(bytes);
    }

    [[nodiscard]] FileDigests finish()
    {
        return { m_sha256.finish(), m_md5 ? m_md5->finish() : "", m_sha1 ? m_sha1->finish() : "" };
    }

private:
    Digest m_sha256 { EVP_sha256() };
    std::optional<Digest> m_md5;
    std::optional<Digest> m_sha1;
};

class Hasher {
public:
    Hasher(Acquisition const& acquisition, HashOptions const& options, Progress& progress)
        : m_acquisition(acquisition)
        , m_options(options)
        , m_progress(progress)
    {
    }

    Result<Hashes> run()
    {
        Result<void> visited;
        auto const visit = [&] {
            EntryQueue::ClosedAtEnd const closed { m_waiting };
            visited = m_acquisition.visit([&](EntryView const& view) {
                if (view.kind == EntryKind::file)
                    m_waiting.put(Entry { view });
                return !m_options.stop.stop_requested();
            });
        };
        run_in_parallel(
            std::max(1U, m_options.jobs) + 1, [&](unsigned worker) { worker == 0 ? visit() : work(); });
        if (!visited)
            return std::unexpected(visited.error());
        if (m_options.stop.stop_requested())
            return fail(Fault::cancelled, "cancelled");
        std::ranges::sort(m_lines);
        Digest whole { EVP_sha256() };
        for (auto const& line : m_lines)
            whole.add(as_bytes(line));
        m_hashes.acquisition = whole.finish();
        return std::move(m_hashes);
    }

private:
    void work()
    {
        EntryQueue::ClosedAtEnd const closed { m_waiting };
        std::vector<std::byte> piece(kPiece);
        while (auto const entry = m_waiting.take()) {
            if (m_options.stop.stop_requested())
                continue; // The visit may be waiting for room.
            auto digests = hash_or_none(*entry, piece);
            std::scoped_lock const lock { m_mutex };
            if (!digests) {
                ++m_hashes.unreadable;
                continue;
            }
            m_lines.push_back(digests->sha256 + "  " + entry->stored + '\n');
            m_hashes.files.emplace(std::pair { entry->handle, entry->stored }, *std::move(digests));
        }
    }

    /// Out of memory is no reason to end the examination: this file is counted as unreadable.
    std::optional<FileDigests> hash_or_none(Entry const& entry, std::span<std::byte> piece)
    {
        try {
            return hash(entry, piece);
        } catch (std::exception const&) {
            return std::nullopt;
        }
    }

    std::optional<FileDigests> hash(Entry const& entry, std::span<std::byte> piece)
    {
        auto const source = m_acquisition.open(entry);
        auto* const observer = entry.size == 0 ? nullptr : m_options.observer;
        if (observer == nullptr)
            return source ? hash_pieces(**source, piece) : std::nullopt;
        if (!source || (*source)->size() > observer->largest()) {
            observer->look(entry, std::nullopt);
            return source ? hash_pieces(**source, piece) : std::nullopt;
        }
        return hash_whole(entry, **source, piece, *observer);
    }

    /// The content is in memory once, for the digests and for the observer. Where there is no room for it,
    /// it is read in pieces for the digests alone.
    std::optional<FileDigests> hash_whole(
        Entry const& entry, Source const& source, std::span<std::byte> piece, ContentObserver& observer)
    {
        auto const content = read_or_fail(source, observer.largest());
        if (!content) {
            observer.look(entry, std::nullopt);
            return content.error().fault == Fault::over_limit ? hash_pieces(source, piece) : std::nullopt;
        }
        FileDigest digest { m_options };
        digest.add(content->bytes());
        m_progress.bytes_read.fetch_add(content->bytes().size(), std::memory_order_relaxed);
        observer.look(entry, content->bytes());
        return digest.finish();
    }

    static Result<Content> read_or_fail(Source const& source, std::uint64_t most)
    {
        try {
            return read_all(source, most);
        } catch (std::exception const&) {
            return fail(Fault::over_limit, "there is not enough memory for the file");
        }
    }

    std::optional<FileDigests> hash_pieces(Source const& source, std::span<std::byte> piece)
    {
        FileDigest digest { m_options };
        auto const held = source.in_memory();
        for (std::uint64_t at = 0; at < source.size();) {
            auto const part = held.empty() ? read_piece(source, at, piece) : next_piece(held, at);
            if (part.empty() || m_options.stop.stop_requested())
                return std::nullopt;
            digest.add(part);
            at += part.size();
            m_progress.bytes_read.fetch_add(part.size(), std::memory_order_relaxed);
        }
        return digest.finish();
    }

    /// Nothing where the file cannot be read, or became shorter since it was opened.
    static Bytes read_piece(Source const& source, std::uint64_t at, std::span<std::byte> piece)
    {
        auto const count = source.read_at(at, piece);
        return count ? Bytes { piece }.first(*count) : Bytes {};
    }

    static Bytes next_piece(Bytes held, std::uint64_t at)
    {
        auto const rest = held.subspan(at);
        return rest.first(std::min(rest.size(), kPiece));
    }

    Acquisition const& m_acquisition;
    HashOptions const& m_options;
    Progress& m_progress;
    EntryQueue m_waiting;
    std::mutex m_mutex;
    Hashes m_hashes;
    std::vector<std::string> m_lines;
};

} // namespace

Result<Hashes> hash_files(Acquisition const& acquisition, HashOptions const& options, Progress& progress)
{
    return Hasher { acquisition, options, progress }.run();
}

} // namespace exhibit
