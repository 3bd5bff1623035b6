#include "engine/hashes.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <openssl/evp.h>
#include <optional>
#include <thread>
#include <vector>

namespace exhibit {
namespace {

constexpr std::size_t kPiece = std::size_t { 1 } << 18U; // Stays in the cache of a core.
constexpr std::size_t kMostWaiting = 1024;

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

/// Entries on their way from the visit of the acquisition to those who hash them: few at a time, so that
/// memory does not grow with their number.
class Waiting {
public:
    void put(Entry entry)
    {
        std::unique_lock lock { m_mutex };
        m_room.wait(lock, [&] { return m_entries.size() < kMostWaiting; });
        m_entries.push_back(std::move(entry));
        m_more.notify_one();
    }

    std::optional<Entry> take()
    {
        std::unique_lock lock { m_mutex };
        m_more.wait(lock, [&] { return !m_entries.empty() || m_closed; });
        if (m_entries.empty())
            return std::nullopt;
        auto entry = std::move(m_entries.front());
        m_entries.pop_front();
        m_room.notify_one();
        return entry;
    }

    void close()
    {
        std::scoped_lock const lock { m_mutex };
        m_closed = true;
        m_more.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_room;
    std::condition_variable m_more;
    std::deque<Entry> m_entries;
    bool m_closed = false;
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
        {
            std::vector<std::jthread> threads;
            for (unsigned i = 0; i < std::max(1U, m_options.jobs); ++i)
                threads.emplace_back([this] { work(); });
            visited = m_acquisition.visit([&](EntryView const& view) {
                if (view.kind == EntryKind::file)
                    m_waiting.put(Entry { view });
                return !m_options.stop.stop_requested();
            });
            m_waiting.close();
        }
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
        if (!source)
            return std::nullopt;
        Digest sha256 { EVP_sha256() };
        std::optional<Digest> md5;
        std::optional<Digest> sha1;
        if (m_options.md5)
            md5.emplace(EVP_md5());
        if (m_options.sha1)
            sha1.emplace(EVP_sha1());
        for (std::uint64_t at = 0; at < (*source)->size();) {
            auto const count = (*source)->read_at(at, piece);
            if (!count || *count == 0 || m_options.stop.stop_requested())
                return std::nullopt;
            auto const bytes = Bytes { piece }.first(*count);
            sha256.add(bytes);
            if (md5)
                md5->add(bytes);
            if (sha1)
                sha1->add(bytes);
            at += *count;
            m_progress.bytes_read.fetch_add(*count, std::memory_order_relaxed);
        }
        return FileDigests { sha256.finish(), md5 ? md5->finish() : "", sha1 ? sha1->finish() : "" };
    }

    Acquisition const& m_acquisition;
    HashOptions const& m_options;
    Progress& m_progress;
    Waiting m_waiting;
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
