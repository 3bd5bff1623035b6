#include "formats/zip/zip.hpp"

#include "base/source_reader.hpp"
#include "formats/zip/records.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace exhibit::zip {

namespace {

constexpr std::string_view kEnd = "PK\x05\x06";
constexpr std::string_view kEnd64 = "PK\x06\x06";
constexpr std::string_view kEnd64Locator = "PK\x06\x07";
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kLocatorSize = 20;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLongestComment = 0xFFFF;

/// Where the directory is.
struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t members = 0;
    std::uint64_t shift = 0; ///< bytes before the archive proper, which its offsets do not count
};

Result<Bytes> read_exactly(Source const& archive, std::uint64_t offset, std::span<std::byte> room)
{
    if (EXHIBIT_TRY(archive.read_at(offset, room)) != room.size())
        return fail(Fault::truncated, "the zip archive ends inside a record", offset);
    return Bytes { room };
}

Result<void> expect(Reader& reader, std::string_view signature)
{
    auto const at = reader.offset();
    if (EXHIBIT_TRY(reader.text(signature.size())) != signature)
        return fail(Fault::malformed, "a record of the zip archive is not where it should be", at);
    return {};
}

/// The 64-bit end record, to which a locator in front of the ordinary one points.
Result<Directory> read_end64(Source const& archive, std::uint64_t end_at)
{
    std::array<std::byte, kLocatorSize> locator {};
    auto const locator_bytes = EXHIBIT_TRY(read_exactly(archive, end_at - kLocatorSize, locator));
    Reader locator_reader { locator_bytes, end_at - kLocatorSize };
    EXHIBIT_TRY(expect(locator_reader, kEnd64Locator));
    EXHIBIT_TRY(locator_reader.skip(4));
    auto const stated = EXHIBIT_TRY(locator_reader.little<std::uint64_t>());
    std::array<std::byte, kEnd64Size> record {};
    // With bytes before the archive the stated place is wrong; the record is then right before its locator.
    auto const before = end_at - kLocatorSize - std::min<std::uint64_t>(end_at - kLocatorSize, kEnd64Size);
    auto at = stated;
    auto bytes = read_exactly(archive, stated, record);
    if (!bytes || as_text(*bytes).substr(0, 4) != kEnd64) {
        at = before;
        bytes = read_exactly(archive, before, record);
    }
    auto const end_record = EXHIBIT_TRY(std::move(bytes));
    Reader reader { end_record, at };
    EXHIBIT_TRY(expect(reader, kEnd64));
    EXHIBIT_TRY(reader.skip(8 + 2 + 2 + 4 + 4 + 8));
    Directory directory;
    directory.members = EXHIBIT_TRY(reader.little<std::uint64_t>());
    directory.size = EXHIBIT_TRY(reader.little<std::uint64_t>());
    directory.offset = EXHIBIT_TRY(reader.little<std::uint64_t>());
    if (directory.size > at)
        return fail(Fault::malformed, "the directory of the zip archive is larger than the archive", at);
    auto const place = at - directory.size;
    directory.shift = place >= directory.offset ? place - directory.offset : 0;
    return directory;
}

Result<Directory> read_end(Source const& archive, Bytes record, std::uint64_t at)
{
    Reader reader { record, at };
    EXHIBIT_TRY(expect(reader, kEnd));
    auto const disk = EXHIBIT_TRY(reader.little<std::uint16_t>());
    auto const first_disk = EXHIBIT_TRY(reader.little<std::uint16_t>());
    EXHIBIT_TRY(reader.skip(2));
    Directory directory;
    directory.members = EXHIBIT_TRY(reader.little<std::uint16_t>());
    directory.size = EXHIBIT_TRY(reader.little<std::uint32_t>());
    directory.offset = EXHIBIT_TRY(reader.little<std::uint32_t>());
    auto const large = directory.members == 0xFFFF || directory.size == kIn64 || directory.offset == kIn64;
    if (large && at >= kLocatorSize) {
        auto found = read_end64(archive, at);
        if (found || directory.size == kIn64 || directory.offset == kIn64)
            return found;
    }
    if (disk != first_disk)
        return fail(Fault::unsupported, "the zip archive is one of several parts", at);
    if (directory.size > at)
        return fail(Fault::malformed, "the directory of the zip archive is larger than the archive", at);
    auto const place = at - directory.size;
    if (place < directory.offset)
        return fail(Fault::truncated, "the zip archive has lost bytes in the middle", at);
    directory.shift = place - directory.offset;
    return directory;
}

/// Where the zeros begin that the source ends in.
Result<std::uint64_t> end_without_zeros(Source const& archive)
{
    std::vector<std::byte> piece(std::size_t { 1 } << 16U);
    for (auto end = archive.size(); end != 0;) {
        auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(end, piece.size()));
        auto const bytes = EXHIBIT_TRY(read_exactly(archive, end - size, std::span { piece }.first(size)));
        auto const last = as_text(bytes).find_last_not_of('\0');
        if (last != std::string_view::npos)
            return end - size + last + 1;
        end -= size;
    }
    return 0;
}

/// The end record of an archive of `total` bytes is the last thing in it, but for a comment.
Result<Directory> find_directory_before(Source const& archive, std::uint64_t total)
{
    if (total < kEndSize)
        return fail(Fault::truncated, "the zip archive is too short");
    auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(total, kEndSize + kLongestComment));
    std::vector<std::byte> tail(size);
    auto const from = total - size;
    auto const bytes = EXHIBIT_TRY(read_exactly(archive, from, tail));
    auto const text = as_text(bytes);
    for (auto at = size - kEndSize + 1; at-- > 0;) {
        if (text.substr(at, kEnd.size()) != kEnd)
            continue;
        Reader comment { bytes.subspan(at + kEndSize - 2, 2) };
        if (EXHIBIT_TRY(comment.little<std::uint16_t>()) > size - at - kEndSize)
            continue;
        return read_end(archive, bytes.subspan(at, kEndSize), from + at);
    }
    return fail(Fault::truncated, "the end of the zip archive is missing");
}

/// Imaging tools and disks pad files with zeros: the end is also sought before those. The record itself may
/// end in zeros.
Result<Directory> find_directory(Source const& archive)
{
    auto found = find_directory_before(archive, archive.size());
    if (found || found.error().fault != Fault::truncated)
        return found;
    auto const end = std::min(archive.size(), EXHIBIT_TRY(end_without_zeros(archive)) + kEndSize);
    auto padded = find_directory_before(archive, end);
    return padded ? padded : found;
}

MemberKind kind_of(std::uint8_t host, std::uint32_t attributes, std::string_view name)
{
    constexpr std::uint8_t unix_host = 3;
    constexpr std::uint8_t darwin_host = 19;
    auto const mode = (attributes >> 16U) & 0170000U;
    if (name.ends_with('/'))
        return MemberKind::folder;
    if ((host != unix_host && host != darwin_host) || mode == 0 || mode == 0100000)
        return MemberKind::file;
    if (mode == 0040000)
        return MemberKind::folder;
    return mode == 0120000 ? MemberKind::link : MemberKind::special;
}

/// The time of MS-DOS: local, without a zone.
std::optional<Timestamp> dos_time(unsigned date, unsigned time)
{
    std::chrono::year_month_day const day { std::chrono::year { static_cast<int>(1980 + (date >> 9U)) },
        std::chrono::month { date >> 5U & 15U }, std::chrono::day { date & 31U } };
    if (!day.ok())
        return std::nullopt;
    return std::chrono::sys_days { day } + std::chrono::hours { time >> 11U }
    + std::chrono::minutes { time >> 5U & 63U } + std::chrono::seconds { (time & 31U) * 2 };
}

Result<void> show_member(SourceReader& source, Directory const& directory,
    std::function<Result<void>(Member const&)> const& visitor)
{
    auto const fixed = EXHIBIT_TRY(source.take(kCentralSize));
    Reader reader { fixed, source.offset() - kCentralSize };
    EXHIBIT_TRY(expect(reader, kCentral));
    EXHIBIT_TRY(reader.skip(1));
    auto const host = EXHIBIT_TRY(reader.little<std::uint8_t>());
    EXHIBIT_TRY(reader.skip(2));
    constexpr std::size_t attributes_at = 36;
    constexpr std::size_t attributes_size = 6;
    std::array<char, attributes_size> attribute_bytes {}; // What was taken is gone when more is taken.
    std::ranges::copy(as_text(fixed.subspan(attributes_at, attributes_size)), attribute_bytes.begin());
    Member member;
    member.attributes = { attribute_bytes.data(), attribute_bytes.size() };
    auto const common = EXHIBIT_TRY(read_common(reader, member));
    auto const comment = EXHIBIT_TRY(reader.little<std::uint16_t>());
    EXHIBIT_TRY(reader.skip(4));
    auto const attributes = EXHIBIT_TRY(reader.little<std::uint32_t>());
    member.header = EXHIBIT_TRY(reader.little<std::uint32_t>());
    auto const variable = EXHIBIT_TRY(source.take(std::size_t { common.name } + common.extra + comment));
    member.name = as_text(variable.first(common.name));
    read_extra(member, variable.subspan(common.name, common.extra));
    member.kind = kind_of(host, attributes, member.name);
    member.header += directory.shift;
    return visitor(member);
}

} // namespace

Result<Common> read_common(Reader& reader, Member& member)
{
    Common common;
    common.flags = EXHIBIT_TRY(reader.little<std::uint16_t>());
    member.encrypted = (common.flags & kEncrypted) != 0;
    member.method = EXHIBIT_TRY(reader.little<std::uint16_t>());
    auto const time = EXHIBIT_TRY(reader.little<std::uint16_t>());
    member.wall_clock = dos_time(EXHIBIT_TRY(reader.little<std::uint16_t>()), time);
    member.crc = EXHIBIT_TRY(reader.little<std::uint32_t>());
    member.packed = EXHIBIT_TRY(reader.little<std::uint32_t>());
    member.size = EXHIBIT_TRY(reader.little<std::uint32_t>());
    common.name = EXHIBIT_TRY(reader.little<std::uint16_t>());
    common.extra = EXHIBIT_TRY(reader.little<std::uint16_t>());
    return common;
}

void read_extra(Member& member, Bytes extra)
{
    constexpr std::uint16_t sizes_in_64 = 0x0001;
    constexpr std::uint16_t unix_times = 0x5455;
    Reader reader { extra };
    while (reader.left() >= 4) {
        auto const tag = reader.little<std::uint16_t>();
        auto const size = reader.little<std::uint16_t>();
        auto const value = reader.take(*size);
        if (!value)
            return;
        Reader field { *value };
        if (*tag == sizes_in_64) {
            for (auto* const number : { &member.size, &member.packed, &member.header })
                if (*number == kIn64)
                    *number = field.little<std::uint64_t>().value_or(*number);
        } else if (*tag == unix_times) {
            auto const flags = field.little<std::uint8_t>();
            auto const seconds = field.little<std::uint32_t>();
            if (flags && seconds && (*flags & 1U) != 0)
                member.modified = plausible_micros(std::int64_t { *seconds } * 1'000'000);
        }
    }
}

bool has_magic(Bytes head)
{
    auto const text = as_text(head);
    return text.starts_with(kLocal) || text.starts_with(kEnd);
}

bool has_directory(Source const& archive)
{
    auto const directory = find_directory(archive);
    if (!directory || directory->members == 0)
        return false;
    std::array<std::byte, kCentral.size()> head {};
    auto const bytes = read_exactly(archive, directory->offset + directory->shift, head);
    return bytes && as_text(*bytes) == kCentral;
}

Result<void> visit(Source const& archive, std::function<Result<void>(Member const&)> const& visitor)
{
    auto const directory = EXHIBIT_TRY(find_directory(archive));
    SourceReader reader { archive, directory.offset + directory.shift };
    auto const end = reader.offset() + directory.size;
    // The stated number of members wraps at 65,536 with some writers; the size of the directory does not.
    while (reader.offset() < end)
        EXHIBIT_TRY(show_member(reader, directory, visitor));
    return {};
}

Result<std::uint64_t> data_offset(Source const& archive, std::uint64_t header, std::uint64_t packed)
{
    std::array<std::byte, kLocalSize> record {};
    auto const bytes = EXHIBIT_TRY(read_exactly(archive, header, record));
    Reader reader { bytes, header };
    EXHIBIT_TRY(expect(reader, kLocal));
    EXHIBIT_TRY(reader.skip(22));
    auto const name = EXHIBIT_TRY(reader.little<std::uint16_t>());
    auto const extra = EXHIBIT_TRY(reader.little<std::uint16_t>());
    auto const offset = header + kLocalSize + name + extra;
    if (offset > archive.size() || packed > archive.size() - offset)
        return fail(Fault::truncated, "a member of the zip archive runs past its end", header);
    return offset;
}

} // namespace exhibit::zip
