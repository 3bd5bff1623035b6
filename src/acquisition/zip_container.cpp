#include "acquisition/zip_container.hpp"

#include "acquisition/spool.hpp"
#include "formats/gzip/inflate_source.hpp"
#include "formats/zip/local_headers.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <numeric>
#include <unordered_set>

namespace exhibit {

namespace {

// Deflate can expand 1032 times. Databases with much free space reach some hundred times; a member that is
// both large and near the limit was made to fill a disk, or to be refused: of each such one the beginning is
// unpacked, as long as they share what all may take.
constexpr std::uint64_t kForBombs = std::uint64_t { 2 } << 30U;
constexpr std::uint64_t kForEachBomb = 1U << 20U;
constexpr std::uint64_t kHarmlessSize = 256U << 20U;
constexpr std::uint64_t kLargestRatio = 300;

// Smaller members near the limit are whole, unless all of them together are far more than phones hold: a
// large file system has some GB of files that are little but zeros.
constexpr std::uint64_t kTimesArchive = 4;
constexpr std::uint64_t kPiece = 256U << 10U;
constexpr std::uint64_t kLargestMember = std::uint64_t { 1 } << 40U;

bool is_bomb(std::uint64_t packed, std::uint64_t size)
{
    return size > kLargestMember || (size > kHarmlessSize && size / kLargestRatio > packed);
}

/// Little but zeros, and no bomb by its own size.
bool is_hollow(std::uint64_t packed, std::uint64_t size)
{
    return size > kForEachBomb && size <= kHarmlessSize && size / kLargestRatio > packed;
}

EntryKind entry_kind(zip::MemberKind kind)
{
    if (kind == zip::MemberKind::folder)
        return EntryKind::folder;
    return kind == zip::MemberKind::link ? EntryKind::link : EntryKind::file;
}

/// Sums up what is read from front to back, as digests and readers of text do, and hands over the sum at the
/// end. Several threads may each read a stretch. Of what is read here and there nothing is known: reading it
/// once more for its sum would cost as much as reading it.
class SummedSource final : public Source {
public:
    using AtEnd = std::function<void(std::uint32_t)>;

    SummedSource(std::unique_ptr<Source> content, AtEnd at_end)
        : m_content(std::move(content))
        , m_at_end(std::move(at_end))
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_content->size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        auto const count = EXHIBIT_TRY(m_content->read_at(offset, into));
        auto const bytes = Bytes { into }.first(count);
        std::scoped_lock const lock { m_mutex };
        if (m_is_told || count == 0)
            return count;
        if (auto const before = std::ranges::find(m_stretches, offset, &Stretch::end);
            before != m_stretches.end()) {
            before->crc = crc32_of(bytes, before->crc);
            before->end += count;
        } else if (auto const same = std::ranges::find(m_stretches, offset, &Stretch::begin);
            same != m_stretches.end()) {
            if (same->end < offset + count) // Somebody had only looked at its beginning.
                *same = { offset, offset + count, crc32_of(bytes) };
        } else if (m_stretches.size() < kMostStretches) {
            m_stretches.push_back({ offset, offset + count, crc32_of(bytes) });
        }
        tell_if_whole();
        return count;
    }

private:
    struct Stretch {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::uint32_t crc = 0;
    };
    static constexpr std::size_t kMostStretches = 64;

    /// Puts the stretches together from the beginning on.
    void tell_if_whole() const
    {
        std::uint64_t end = 0;
        std::uint32_t crc = 0;
        while (end != size()) {
            auto const next = std::ranges::find(m_stretches, end, &Stretch::begin);
            if (next == m_stretches.end())
                return;
            crc = crc32_of_both(crc, next->crc, next->end - next->begin);
            end = next->end;
        }
        m_is_told = true;
        m_at_end(crc);
    }

    std::unique_ptr<Source> m_content;
    AtEnd m_at_end;
    mutable std::mutex m_mutex;
    mutable std::vector<Stretch> m_stretches;
    mutable bool m_is_told = false;
};

} // namespace

Result<std::shared_ptr<Container const>> ZipContainer::open_zip(
    std::shared_ptr<Source const> archive, Secrecy secrecy, std::stop_token const& stop)
{
    auto container = std::make_shared<ZipContainer>(std::move(archive), secrecy);
    EXHIBIT_TRY(container->read_directory(stop));
    return container;
}

Result<std::shared_ptr<Container const>> ZipContainer::look_into_zip(
    Container const& container, std::string_view path)
{
    auto source = EXHIBIT_TRY(container.open_to_look(path));
    auto inside = EXHIBIT_TRY(open_zip(std::move(source), container.secrecy()));
    inside->is_looked_at_in(container);
    return inside;
}

Result<void> ZipContainer::add(zip::Member const& member)
{
    if (member.kind == zip::MemberKind::special) {
        problem_list().add(Fault::unsupported,
            "neither file, folder nor link (a device, pipe or socket); left out", member.name);
        return {};
    }
    auto const locator = m_packed.size();
    m_packed.push_back(
        { member.header, member.packed, member.size, member.crc, member.method, member.encrypted, false });
    return m_index.add(
        member.name, { entry_kind(member.kind), member.size, member.modified, locator, member.wall_clock });
}

Result<void> ZipContainer::read_directory(std::stop_token const& stop)
{
    auto const read = zip::visit(*m_archive, [this](zip::Member const& member) { return add(member); });
    bool const is_damaged
        = !read && (read.error().fault == Fault::truncated || read.error().fault == Fault::malformed);
    if (!read && !is_damaged)
        return read;
    auto const listed = m_packed.size();
    if (is_damaged)
        EXHIBIT_TRY(add_by_own_headers(0, m_archive->size(), stop));
    else
        EXHIBIT_TRY(add_what_stands_before(stop));
    if (!read && m_packed.empty())
        return read;
    if (is_damaged)
        problem_list().lose(read.error().fault,
            listed == 0
                ? "the zip archive's list of contents is missing or damaged, as when it was cut off; files "
                  "were found by what stands before each of them, and there may have been more"
                : "the zip archive's list of contents is damaged; what it does not name was found by what "
                  "stands before each file, and there may have been more");
    m_packed.shrink_to_fit();
    m_index.finish();
    mark_overlaps();
    auto const bombs = std::ranges::count_if(
        m_packed, [](Packed const& member) { return is_bomb(member.packed, member.size); });
    if (bombs != 0)
        m_most_of_bomb
            = std::clamp(kForBombs / static_cast<std::uint64_t>(bombs), kForEachBomb, kHarmlessSize);
    limit_hollow();
    return {};
}

void ZipContainer::limit_hollow()
{
    std::uint64_t count = 0;
    std::uint64_t total = 0;
    for (auto const& member : m_packed)
        if (is_hollow(member.packed, member.size)) {
            ++count;
            total += member.size;
        }
    auto const for_all = std::max(kForBombs, kTimesArchive * m_archive->size());
    if (total > for_all)
        m_most_of_hollow = std::max(for_all / count, kForEachBomb);
}

/// The first member begins the archive, unless something was put before it or the list does not name it.
Result<void> ZipContainer::add_what_stands_before(std::stop_token const& stop)
{
    auto const first = std::ranges::min_element(m_packed, {}, &Packed::header);
    if (first == m_packed.end() || first->header == 0)
        return {};
    auto const end = first->header;
    std::array<std::byte, 4> head {};
    auto const count = EXHIBIT_TRY(m_archive->read_at(0, head));
    if (zip::has_magic(Bytes { head }.first(count)))
        return add_by_own_headers(0, end, stop);
    problem_list().add(Fault::malformed,
        "other bytes stand before the zip archive, as in one that unpacks itself; they were not examined");
    return {};
}

Result<void> ZipContainer::add_by_own_headers(
    std::uint64_t begin, std::uint64_t end, std::stop_token const& stop)
{
    std::unordered_set<std::uint64_t> known;
    for (auto const& member : m_packed)
        known.insert(member.header);
    auto const lost = EXHIBIT_TRY(zip::visit_local_headers(
        *m_archive, begin, end, stop, [&](zip::Member const& member) -> Result<void> {
            if (known.contains(member.header))
                return {};
            problem_list().add(Fault::malformed,
                "the zip archive's list of contents does not name a file that is in it; it was read",
                member.name);
            return add(member);
        }));
    if (lost != 0)
        problem_list().lose(Fault::truncated,
            "of files in the zip archive it cannot be told where they end; left out", {}, lost);
    return {};
}

void ZipContainer::mark_overlaps()
{
    std::vector<std::uint32_t> order(m_packed.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [this](std::uint32_t number) { return m_packed[number].header; });
    std::uint64_t end = 0;
    std::uint32_t reaches_there = 0;
    std::uint64_t found = 0;
    for (auto const number : order) {
        auto& member = m_packed[number];
        if (member.packed != 0 && member.header < end) {
            member.overlaps = true;
            m_packed[reaches_there].overlaps = true;
            ++found;
        }
        auto const reach = member.header + std::min(member.packed, m_archive->size());
        if (reach > end) {
            end = reach;
            reaches_there = number;
        }
    }
    if (found != 0)
        problem_list().add(Fault::over_limit,
            "members of the zip archive share bytes, as in an archive that was made to fill a disk; not "
            "unpacked",
            {}, found);
}

Result<std::unique_ptr<Source>> ZipContainer::open(std::string_view path) const
{
    auto const* const found = m_index.find(path);
    if (found == nullptr)
        return fail(Fault::missing, "there is no such file in the archive");
    if (found->kind != EntryKind::file)
        return fail(Fault::unsupported, "not a regular file");
    return open_member(m_packed[found->locator], path);
}

Result<std::unique_ptr<Source>> ZipContainer::open_head(std::string_view path, std::size_t most) const
{
    auto const* const found = m_index.find(path);
    if (found == nullptr || found->size <= most || !unpacks(path))
        return open(path);
    auto const& member = m_packed[found->locator];
    if (member.encrypted || member.overlaps
        || member.method != static_cast<std::uint16_t>(zip::Method::deflated))
        return open(path);
    auto const offset = EXHIBIT_TRY(zip::data_offset(*m_archive, member.header, member.packed));
    PartSource const packed { m_archive, offset, member.packed };
    InflateStream stream { packed };
    ByteBuffer head;
    auto const count = stream.read_fully({ head.room(most), most });
    head.take(count.value_or(static_cast<std::size_t>(std::min<std::uint64_t>(stream.unpacked(), most))));
    return std::make_unique<OwnedSource>(std::move(head));
}

bool ZipContainer::unpacks(std::string_view path) const
{
    auto const* const found = m_index.find(path);
    return found != nullptr && found->kind == EntryKind::file
        && m_packed[found->locator].method != static_cast<std::uint16_t>(zip::Method::stored);
}

Result<std::string> ZipContainer::link_target(std::string_view path) const
{
    constexpr std::uint64_t longest_target = 4096;
    auto const* const found = m_index.find(path);
    if (found == nullptr || found->kind != EntryKind::link)
        return fail(Fault::missing, "there is no such link");
    auto const& member = m_packed[found->locator];
    if (member.size > longest_target)
        return fail(Fault::over_limit, "the target of a link is longer than any path", member.size);
    auto const source = EXHIBIT_TRY(open_member(member, path));
    auto const content = EXHIBIT_TRY(read_all(*source, longest_target));
    return std::string { as_text(content.bytes()) };
}

Result<std::unique_ptr<Source>> ZipContainer::open_member(Packed const& member, std::string_view path) const
{
    if (member.encrypted)
        return fail(Fault::locked, "the member of the zip archive is protected with a password");
    if (member.overlaps)
        return fail(Fault::over_limit, "the member shares bytes with another one of the zip archive");
    auto const offset = EXHIBIT_TRY(zip::data_offset(*m_archive, member.header, member.packed));
    if (member.method == static_cast<std::uint16_t>(zip::Method::stored))
        return open_stored(member, offset, path);
    if (member.method != static_cast<std::uint16_t>(zip::Method::deflated))
        return fail(Fault::unsupported,
            "the member of the zip archive is compressed in an uncommon way; unpack the archive first",
            member.method);
    return unpack(member, offset, path);
}

std::unique_ptr<Source> ZipContainer::open_stored(
    Packed const& member, std::uint64_t offset, std::string_view path) const
{
    auto part = std::make_unique<PartSource>(m_archive, offset, member.packed);
    if (!part->in_memory().empty()) {
        tell_difference(member, part->size(), crc32_of(part->in_memory()), false, path);
        return part;
    }
    return std::make_unique<SummedSource>(std::move(part),
        [container = shared_from_this(), member, stored = std::string { path }](
            std::uint32_t crc) { container->tell_difference(member, member.packed, crc, false, stored); });
}

std::uint64_t ZipContainer::most_of(Packed const& member) const
{
    if (is_bomb(member.packed, member.size))
        return m_most_of_bomb;
    return is_hollow(member.packed, member.size) ? std::min(member.size, m_most_of_hollow) : member.size;
}

Result<std::unique_ptr<Source>> ZipContainer::unpack(
    Packed const& member, std::uint64_t offset, std::string_view path) const
{
    auto const most = most_of(member);
    if (m_secrecy == Secrecy::memory_only && most > Spool::kInMemory)
        return unpack_in_memory(member, offset, most, path);
    PartSource const packed { m_archive, offset, member.packed };
    constexpr std::uint64_t most_expansion = 1032; // of deflate: what says more would take memory for nothing
    if (most == member.size && most <= Spool::kInMemory && member.packed <= Spool::kInMemory
        && member.size / most_expansion <= member.packed)
        if (auto const bytes = read_all(packed, member.packed))
            if (auto whole = inflate_whole(bytes->bytes(), static_cast<std::size_t>(member.size), member.crc))
                return std::make_unique<OwnedSource>(std::move(*whole));
    InflateStream stream { packed };
    Spool spool { most, m_secrecy };
    std::uint32_t crc = 0;
    std::optional<Error> damage;
    std::vector<std::byte> piece(static_cast<std::size_t>(std::clamp<std::uint64_t>(most, 1, kPiece)));
    // One byte more than stated is enough to know that the statement was wrong.
    while (spool.size() <= most) {
        auto const count = stream.read(piece);
        if (!count)
            damage = count.error();
        if (!count || *count == 0)
            break;
        auto const bytes = Bytes { piece }.first(*count);
        crc = crc32_of(bytes, crc);
        EXHIBIT_TRY(spool.write(bytes));
    }
    if (damage && (damage->fault == Fault::io || spool.size() == 0))
        return std::unexpected(*damage);
    tell_end(member, most, spool.size(), crc, damage.has_value(), path);
    return std::move(spool).finish();
}

/// Nothing is kept of the content but places to resume from.
Result<std::unique_ptr<Source>> ZipContainer::unpack_in_memory(
    Packed const& member, std::uint64_t offset, std::uint64_t most, std::string_view path) const
{
    auto opened = EXHIBIT_TRY(
        InflateSource::open_deflate(std::make_shared<PartSource>(m_archive, offset, member.packed), most));
    if (opened.damage && opened.source->size() == 0)
        return std::unexpected(*opened.damage);
    bool const goes_on = opened.damage && opened.damage->fault == Fault::over_limit;
    tell_end(member, most, goes_on ? most + 1 : opened.source->size(), opened.crc, opened.damage.has_value(),
        path);
    return std::move(opened.source);
}

/// `size` is above `most` where there is more than was to be unpacked.
void ZipContainer::tell_end(Packed const& member, std::uint64_t most, std::uint64_t size, std::uint32_t crc,
    bool damaged, std::string_view path) const
{
    if (most == member.size || size <= most)
        return tell_difference(member, size, crc, damaged, path);
    problem_list().add(Fault::over_limit,
        "a member of the archive expands far beyond what files do: only its beginning was read", path);
}

void ZipContainer::tell_difference(
    Packed const& member, std::uint64_t size, std::uint32_t crc, bool damaged, std::string_view path) const
{
    if (damaged || size < member.size)
        problem_list().add(Fault::truncated,
            "a member of the archive is damaged; what came before the damage was read", path);
    else if (crc != member.crc || size > member.size)
        problem_list().add(Fault::malformed,
            "a member of the archive does not match its checksum or size; read as it is", path);
}

} // namespace exhibit
