#include "acquisition/tar_container.hpp"

#include "acquisition/filter_stream.hpp"
#include "acquisition/spool.hpp"
#include "formats/gzip/gzip.hpp"
#include "formats/tar/tar.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace exhibit {

namespace {

constexpr std::uint64_t kPointSpan = 4U << 20U;
constexpr std::size_t kMostPoints = 1024;

/// Mark of a locator that is the number of a file with holes.
constexpr std::uint64_t kSparse = std::uint64_t { 1 } << 63U;

// As for zip members; an acquisition as a whole never comes near.
constexpr std::uint64_t kHarmlessTotal = std::uint64_t { 1 } << 30U;
constexpr std::uint64_t kLargestTotalRatio = 300;

// Every name of a content is unpacked and read anew. Phones have few hard links, and of small files.
constexpr std::uint64_t kForHardLinks = std::uint64_t { 2 } << 30U;

/// Passes a compressed tar on while it watches its growth, reports progress and hears the wish to stop.
class WatchedStream final : public ByteStream {
public:
    WatchedStream(ByteStream& stream, std::uint64_t packed, OpenOptions const& options, Spool* copy)
        : m_stream(stream)
        , m_packed(packed)
        , m_options(options)
        , m_copy(copy)
    {
    }

    Result<std::size_t> read(std::span<std::byte> into) override
    {
        if (m_options.stop.stop_requested())
            return fail(Fault::cancelled, "stopped while an archive was read");
        auto const count = EXHIBIT_TRY(m_stream.read(into));
        m_unpacked += count;
        if (m_unpacked > kHarmlessTotal && m_unpacked / kLargestTotalRatio > m_packed)
            return fail(Fault::over_limit, "the archive expands far beyond what files do");
        if (m_copy != nullptr)
            EXHIBIT_TRY(m_copy->write(into.first(count)));
        if (m_unpacked >= m_next_report) {
            m_next_report += kReportEvery;
            m_options.progress("reading the archive", 0);
        }
        return count;
    }

    [[nodiscard]] std::uint64_t unpacked() const { return m_unpacked; }

private:
    static constexpr std::uint64_t kReportEvery = 64U << 20U;

    ByteStream& m_stream;
    std::uint64_t m_packed;
    OpenOptions const& m_options;
    Spool* m_copy;
    std::uint64_t m_unpacked = 0;
    std::uint64_t m_next_report = kReportEvery;
};

/// Reads what follows the last member, so that all of the archive is known.
Result<void> drain(ByteStream& stream)
{
    while (EXHIBIT_TRY(stream.skip(1U << 20U)) != 0) { }
    return {};
}

bool is_fatal(Error const& error)
{
    return error.fault == Fault::io || error.fault == Fault::cancelled || error.fault == Fault::over_limit;
}

} // namespace

std::string_view TarContainer::form() const
{
    switch (m_compression) {
    case Compression::gzip:
        return "gzip-compressed tar archive";
    case Compression::other:
        return "compressed tar archive";
    case Compression::none:
        break;
    }
    return "tar archive";
}

bool holds_tar(std::shared_ptr<Source const> const& archive, Compression compression)
{
    std::array<std::byte, 512> block {};
    Result<std::size_t> count = std::size_t { 0 };
    if (compression == Compression::none)
        count = archive->read_at(0, block);
    else if (compression == Compression::gzip)
        count = gzip::Stream { archive }.read_fully(block);
    else if (auto const stream = FilterStream::open_filter(*archive))
        count = (*stream)->read_fully(block);
    return count && tar::is_header(Bytes { block }.first(*count));
}

Result<std::shared_ptr<Container const>> TarContainer::open_tar(std::shared_ptr<Source const> archive,
    Compression compression, OpenOptions const& options, Secrecy secrecy)
{
    auto container = std::make_shared<TarContainer>(compression, secrecy);
    if (compression == Compression::none)
        EXHIBIT_TRY(container->read_plain(std::move(archive)));
    else if (compression == Compression::gzip)
        EXHIBIT_TRY(container->read_gzip(archive, options));
    else
        EXHIBIT_TRY(container->read_other(archive, options));
    container->m_index.finish();
    EXHIBIT_TRY(container->resolve_hard_links());
    return container;
}

/// A hard link has the content of its target, which must have come before and may be a hard link itself. All
/// targets are looked up before any link is added: the index is searched only while it is sorted.
Result<void> TarContainer::resolve_hard_links()
{
    auto const links = std::exchange(m_hard_links, {});
    if (links.empty())
        return {};
    auto left = std::max(kForHardLinks, m_tar->size());
    std::unordered_map<std::string, Member> resolved;
    std::vector<std::pair<std::string_view, Member>> added;
    for (auto const& [name, target] : links) {
        auto const clean_target = ArchiveIndex::cleaned(target).value_or("");
        auto const link = resolved.find(clean_target);
        auto const* const found = link != resolved.end() ? &link->second : m_index.find(clean_target);
        if (found == nullptr || found->kind != EntryKind::file) {
            problem_list().add(Fault::missing, "a hard link in the tar names no file of it; left out", name);
            continue;
        }
        if (found->size > left) {
            problem_list().add(Fault::over_limit,
                "hard links of the tar name far more content than it holds; left out, the file itself was "
                "examined",
                name);
            continue;
        }
        auto const member = *found;
        left -= member.size;
        resolved.insert_or_assign(ArchiveIndex::cleaned(name).value_or(""), member);
        added.emplace_back(name, member);
    }
    m_linked.reserve(added.size());
    for (auto const& [name, member] : added) {
        EXHIBIT_TRY(m_index.add(name, member));
        m_linked.push_back(
            (member.locator & kSparse) == 0 ? member.locator : m_sparse[member.locator & ~kSparse].data);
    }
    std::ranges::sort(m_linked);
    m_index.finish();
    return {};
}

Result<void> TarContainer::read_members(ByteStream& stream)
{
    auto const ending = EXHIBIT_TRY(visit_members(stream));
    if (ending.damage)
        return std::unexpected(*ending.damage);
    if (!ending.marked)
        problem_list().note(Fault::truncated,
            "the tar has no end mark: it may have been cut off behind one of its files", {});
    return {};
}

Result<tar::Ending> TarContainer::visit_members(ByteStream& stream)
{
    return tar::visit(stream, [this](tar::Member const& member) -> Result<void> {
        auto kind = EntryKind::file;
        switch (member.kind) {
        case tar::MemberKind::special:
            problem_list().add(Fault::unsupported,
                "neither file, folder nor link (a device, pipe or socket); left out", member.name);
            return {};
        case tar::MemberKind::sparse:
            return add_sparse(member);
        case tar::MemberKind::hard_link:
            if (has_room(member.name, member.target))
                m_hard_links.emplace_back(member.name, member.target);
            else
                problem_list().add(Fault::over_limit,
                    "a hard link of the tar is longer than any path, or one of too many; left out",
                    std::string_view { member.name }.substr(0, 256));
            return {};
        case tar::MemberKind::folder:
            kind = EntryKind::folder;
            break;
        case tar::MemberKind::link:
            return m_index.add(
                member.name, { EntryKind::link, member.size, member.modified, keep_target(member.target) });
        case tar::MemberKind::file:
            break;
        }
        return m_index.add(member.name, { kind, member.size, member.modified, member.data });
    });
}

/// A file with holes. What has little but holes was made to take time, or is no file that a reader looks
/// into.
Result<void> TarContainer::add_sparse(tar::Member const& member)
{
    constexpr std::uint64_t harmless_size = std::uint64_t { 1 } << 30U;
    constexpr std::uint64_t largest_ratio = 300;
    constexpr std::uint64_t for_all_holes = std::uint64_t { 2 } << 30U;
    constexpr std::size_t most_extents = std::size_t { 1 } << 24U;
    if (!tar::is_sound(member.extents, member.size, member.stored)) {
        problem_list().add(Fault::malformed,
            "what is stored of a file with holes contradicts itself; left out, unpack the archive and "
            "examine "
            "the folder",
            member.name);
        return {};
    }
    bool const is_hollow = member.size / largest_ratio > member.stored;
    if ((is_hollow && (member.size > harmless_size || member.size > for_all_holes - m_hollow))
        || member.extents.size() > most_extents - m_extents) {
        problem_list().add(Fault::over_limit,
            "a member of the tar has far more holes than files have; left out", member.name);
        return {};
    }
    m_extents += member.extents.size();
    m_hollow += is_hollow ? member.size : 0;
    m_sparse.push_back({ member.data, member.stored, member.extents });
    return m_index.add(
        member.name, { EntryKind::file, member.size, member.modified, kSparse | (m_sparse.size() - 1) });
}

Result<void> TarContainer::read_plain(std::shared_ptr<Source const> archive)
{
    m_tar = std::move(archive);
    SourceStream stream { *m_tar };
    if (auto const read = read_members(stream); !read) {
        if (is_fatal(read.error()))
            return read;
        problem_list().lose(
            read.error().fault, "the tar archive is damaged or cut off; what could be read was read");
    }
    return {};
}

Result<void> TarContainer::read_gzip(std::shared_ptr<Source const> const& archive, OpenOptions const& options)
{
    gzip::Stream stream { archive };
    stream.note_points(kPointSpan, kMostPoints);
    WatchedStream watched { stream, archive->size(), options, nullptr };
    auto read = read_members(watched);
    if (read)
        read = drain(watched);
    if (!read) {
        if (is_fatal(read.error()))
            return read;
        problem_list().lose(read.error().fault,
            "the compressed tar archive is damaged or cut off; what could be read was read");
    }
    m_tar = std::make_shared<gzip::GzipSource>(archive, stream.take_points(), watched.unpacked());
    return {};
}

Result<void> TarContainer::read_other(
    std::shared_ptr<Source const> const& archive, OpenOptions const& options)
{
    auto const stream = EXHIBIT_TRY(FilterStream::open_filter(*archive));
    Spool spool { archive->size(), m_secrecy };
    WatchedStream watched { *stream, archive->size(), options, &spool };
    auto read = read_members(watched);
    if (read)
        read = drain(watched);
    if (!read) {
        if (is_fatal(read.error()))
            return read;
        problem_list().lose(read.error().fault,
            "the compressed tar archive is damaged or cut off; what could be read was read");
    }
    m_tar = std::move(spool).finish();
    return {};
}

Result<std::string> TarContainer::link_target(std::string_view path) const
{
    auto const* const member = m_index.find(path);
    if (member == nullptr || member->kind != EntryKind::link)
        return fail(Fault::missing, "there is no such link");
    if (member->locator >= m_targets.size())
        return fail(Fault::over_limit, "the target of the link is longer than any path");
    return m_targets[member->locator];
}

/// Counts what links keep in memory besides the index: a small archive may hold very many of them.
bool TarContainer::has_room(std::string_view name, std::string_view target)
{
    constexpr std::size_t longest = 4096; // PATH_MAX, on phones 1024
    constexpr std::size_t most_bytes = std::size_t { 256 } << 20U;
    auto const bytes = name.size() + target.size() + 2 * sizeof(std::string);
    if (name.size() > longest || target.size() > longest || bytes > most_bytes - m_link_bytes)
        return false;
    m_link_bytes += bytes;
    return true;
}

/// Its number; none where it is no path, or where all targets would take too much memory.
std::uint64_t TarContainer::keep_target(std::string_view target)
{
    if (!has_room({}, target))
        return UINT64_MAX;
    m_targets.emplace_back(target);
    return m_targets.size() - 1;
}

Result<std::unique_ptr<Source>> TarContainer::open(std::string_view path) const
{
    auto const* const member = m_index.find(path);
    if (member == nullptr)
        return fail(Fault::missing, "there is no such file in the archive");
    if (member->kind != EntryKind::file)
        return fail(Fault::unsupported, "not a regular file");
    if ((member->locator & kSparse) == 0)
        return open_stored(member->locator, member->size, path);
    auto const& sparse = m_sparse[member->locator & ~kSparse];
    std::shared_ptr<Source const> const stored = EXHIBIT_TRY(open_stored(sparse.data, sparse.stored, path));
    return std::make_unique<tar::SparseSource>(stored, sparse.extents, member->size);
}

Result<std::unique_ptr<Source>> TarContainer::open_stored(
    std::uint64_t data, std::uint64_t stored, std::string_view path) const
{
    auto const total = m_tar->size();
    auto const begin = std::min(data, total);
    auto const size = std::min(stored, total - begin);
    if (size != stored)
        problem_list().add(
            Fault::truncated, "a member of the archive is cut off; what is there was read", path);
    auto part = std::make_unique<PartSource>(m_tar, begin, size);
    if (m_compression != Compression::gzip || (m_secrecy == Secrecy::memory_only && size > Spool::kInMemory))
        return part;
    // Each read of a gzip file may unpack from far before it: so once, from front to back.
    if (!std::ranges::binary_search(m_linked, data))
        return unpack(*part);
    std::scoped_lock const lock { m_kept_lock };
    if (m_kept == nullptr || m_kept_data != data) {
        m_kept = nullptr;
        m_kept = EXHIBIT_TRY(unpack(*part));
        m_kept_data = data;
    }
    return std::make_unique<PartSource>(m_kept, 0, m_kept->size());
}

Result<std::unique_ptr<Source>> TarContainer::unpack(Source const& part) const
{
    auto const size = part.size();
    Spool spool { size, m_secrecy };
    SourceStream stream { part };
    std::vector<std::byte> piece(static_cast<std::size_t>(std::min<std::uint64_t>(size, 256U << 10U)));
    while (spool.size() < size) {
        auto const count = EXHIBIT_TRY(stream.read(piece));
        if (count == 0)
            break;
        EXHIBIT_TRY(spool.write(Bytes { piece }.first(count)));
    }
    return std::move(spool).finish();
}

} // namespace exhibit
