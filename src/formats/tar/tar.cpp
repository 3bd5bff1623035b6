#include "formats/tar/tar.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace exhibit::tar {

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kLongestExtension = 1U << 20U;
constexpr std::size_t kLongestMap = std::size_t { 32 } << 20U;
using Block = std::array<std::byte, kBlock>;

struct Field {
    std::size_t at;
    std::size_t size;
};
constexpr Field kName { 0, 100 };
constexpr Field kSize { 124, 12 };
constexpr Field kModified { 136, 12 };
constexpr Field kChecksum { 148, 8 };
constexpr Field kLinkName { 157, 100 };
constexpr Field kMagic { 257, 6 };
constexpr Field kPrefix { 345, 155 };
constexpr std::size_t kType = 156;
// GNU's old format: pairs of offset and size, and whether they go on in a block of their own.
constexpr Field kSparseMap { 386, 96 };
constexpr Field kSparseMapAgain { 0, 504 };
constexpr std::size_t kSparseNumber = 12;
constexpr Field kSparseRealSize { 483, 12 };
constexpr std::size_t kSparseExtended = 482;
constexpr std::size_t kSparseExtendedAgain = 504;

Bytes bytes_of(Bytes block, Field field)
{
    return block.subspan(field.at, field.size);
}

std::string_view text_of(Bytes block, Field field)
{
    auto const text = as_text(bytes_of(block, field));
    return text.substr(0, std::min(text.find('\0'), text.size()));
}

/// Octal digits, or GNU's big-endian binary with the top bit set.
std::optional<std::int64_t> number_of(Bytes block, Field field)
{
    auto const bytes = bytes_of(block, field);
    if (std::to_integer<unsigned>(bytes[0]) == 0x80) {
        std::uint64_t value = 0;
        for (auto const byte : bytes.subspan(1)) {
            if (value >> 55U != 0)
                return std::nullopt;
            value = value << 8U | std::to_integer<unsigned>(byte);
        }
        return static_cast<std::int64_t>(value);
    }
    auto text = text_of(block, field);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty())
        return 0;
    auto const value = leading_number<std::int64_t>(text, 8);
    return value && *value >= 0 ? value : std::nullopt;
}

bool has_magic(Bytes block)
{
    return text_of(block, kMagic).starts_with("ustar");
}

bool is_zero(Bytes block)
{
    return std::ranges::all_of(block, [](std::byte byte) { return byte == std::byte { 0 }; });
}

std::uint64_t padded(std::uint64_t size)
{
    return (size + kBlock - 1) / kBlock * kBlock;
}

/// What the headers before a member say about it.
struct Extensions {
    std::string name;
    std::string target;
    std::optional<std::uint64_t> size;
    std::optional<Timestamp> modified;
    bool has_time = false; ///< then the header's field, too small for it, says something else
    bool sparse = false;
    bool map_before_data = false; ///< version 1.0 of pax
    std::optional<std::uint64_t> real_size; ///< of a file with holes
    std::string sparse_name; ///< the other name is one that readers without this format show
    std::uint64_t extent_at = 0; ///< of version 0.0, which names offset and size one after the other
    std::vector<Extent> extents;
};

/// A decimal number of seconds, with a fraction or without.
std::optional<Timestamp> time_of(std::string_view text)
{
    auto const seconds = take_number<std::int64_t>(text);
    if (!seconds || *seconds < 0 || *seconds > 1'000'000'000'000)
        return std::nullopt;
    std::int64_t micros = 0;
    if (text.starts_with('.')) {
        std::int64_t unit = 100'000;
        for (auto const digit : text.substr(1, 6)) {
            if (digit < '0' || digit > '9')
                break;
            micros += (digit - '0') * unit;
            unit /= 10;
        }
    }
    return plausible_micros(*seconds * 1'000'000 + micros);
}

void put_sparse(Extensions& extensions, std::string_view key, std::string_view value)
{
    extensions.sparse = true;
    auto const number = leading_number<std::uint64_t>(value);
    if (key == "name")
        extensions.sparse_name = value;
    else if (key == "map")
        add_extents(extensions.extents, value);
    else if (!number)
        return;
    else if (key == "size" || key == "realsize")
        extensions.real_size = number;
    else if (key == "major")
        extensions.map_before_data = *number == 1;
    else if (key == "offset")
        extensions.extent_at = *number;
    else if (key == "numbytes" && extensions.extents.size() < kMostExtents)
        extensions.extents.push_back({ extensions.extent_at, *number });
}

void put_pax(Extensions& extensions, std::string_view key, std::string_view value)
{
    constexpr std::string_view sparse = "GNU.sparse.";
    if (key == "path")
        extensions.name = value;
    else if (key == "linkpath")
        extensions.target = value;
    else if (key == "mtime") {
        extensions.modified = time_of(value);
        extensions.has_time = true;
    } else if (key.starts_with(sparse))
        put_sparse(extensions, key.substr(sparse.size()), value);
    else if (key == "size")
        if (auto const size = leading_number<std::uint64_t>(value))
            extensions.size = size;
}

/// Lines of `length key=value`, where the length counts the whole line.
void read_pax(Extensions& extensions, std::string_view text)
{
    while (!text.empty()) {
        auto rest = text;
        auto const length = take_number<std::size_t>(rest);
        auto const digits = text.size() - rest.size();
        if (!length || *length > text.size() || *length < digits + 3)
            return;
        auto const line = text.substr(digits + 1, *length - digits - 2);
        text.remove_prefix(*length);
        if (auto const equals = line.find('='); equals != line.npos)
            put_pax(extensions, line.substr(0, equals), line.substr(equals + 1));
    }
}

class Walk {
public:
    Walk(ByteStream& stream, std::function<Result<void>(Member const&)> const& visitor)
        : m_stream(stream)
        , m_visitor(visitor)
    {
    }

    /// What stands behind damage or behind the end is looked for at each block: a bad sector leaves zeros
    /// too, and two archives may stand one behind the other.
    Result<Ending> run()
    {
        Ending ending;
        bool zeros = false;
        bool lost = false;
        while (true) {
            auto const count = EXHIBIT_TRY(m_stream.read_fully(m_block));
            if (count == 0)
                return ending;
            if (count != kBlock) {
                note(ending, Fault::truncated, "the tar ends inside a header", m_offset);
                return ending;
            }
            m_offset += kBlock;
            if (is_zero(m_block)) {
                ending.marked = ending.marked || zeros;
                zeros = true;
                continue;
            }
            zeros = false;
            if (!is_header(m_block) || (lost && !has_magic(m_block))) {
                note(ending, Fault::malformed, "a header of the tar has a wrong checksum", m_offset - kBlock);
                lost = true;
                continue;
            }
            if (ending.marked)
                note(ending, Fault::malformed, "members stand behind the end of the tar", m_offset - kBlock);
            lost = false;
            EXHIBIT_TRY(header());
        }
    }

private:
    static void note(Ending& ending, Fault fault, std::string_view what, std::uint64_t offset)
    {
        if (!ending.damage)
            ending.damage = Error { fault, what, offset };
    }

    Result<void> header()
    {
        auto const size = number_of(m_block, kSize);
        if (!size)
            return fail(Fault::malformed, "a size in the tar is no number", m_offset - kBlock);
        auto const type = std::to_integer<char>(m_block[kType]);
        if (type == 'L' || type == 'K' || type == 'x' || type == 'g')
            return extension(type, static_cast<std::uint64_t>(*size));
        return member(type, static_cast<std::uint64_t>(*size));
    }

    Result<void> extension(char type, std::uint64_t size)
    {
        if (size > kLongestExtension)
            return fail(Fault::over_limit, "an extended header of the tar is too long", m_offset);
        std::vector<std::byte> room(static_cast<std::size_t>(padded(size)));
        if (EXHIBIT_TRY(m_stream.read_fully(room)) != room.size())
            return fail(Fault::truncated, "the tar ends inside an extended header", m_offset);
        m_offset += room.size();
        auto const text = as_text(room).substr(0, static_cast<std::size_t>(size));
        auto const name = text.substr(0, std::min(text.find('\0'), text.size()));
        if (type == 'L')
            m_extensions.name = name;
        else if (type == 'K')
            m_extensions.target = name;
        else if (type == 'x')
            read_pax(m_extensions, text);
        return {};
    }

    Result<void> member(char type, std::uint64_t size)
    {
        auto extensions = std::exchange(m_extensions, {});
        Member member;
        member.name = !extensions.sparse_name.empty() ? extensions.sparse_name
            : extensions.name.empty()                 ? plain_name()
                                                      : extensions.name;
        member.target
            = extensions.target.empty() ? std::string { text_of(m_block, kLinkName) } : extensions.target;
        member.kind = kind_of(type, member.name);
        if (extensions.sparse)
            member.kind = MemberKind::sparse;
        member.size = extensions.size.value_or(size);
        member.modified = extensions.modified;
        if (auto const seconds = number_of(m_block, kModified);
            seconds && !extensions.has_time && *seconds < 1'000'000'000'000)
            member.modified = plausible_micros(*seconds * 1'000'000);
        // Only files have content; some writers state the size of the target with a link.
        auto const has_content = member.kind == MemberKind::file || member.kind == MemberKind::sparse;
        if (!has_content)
            member.size = 0;
        member.stored = member.size;
        if (member.kind == MemberKind::sparse)
            EXHIBIT_TRY(place_extents(type, extensions, member));
        member.data = m_offset;
        EXHIBIT_TRY(m_visitor(member));
        if (member.stored > UINT64_MAX - kBlock - m_offset)
            return fail(Fault::malformed, "a size in the tar is impossible", m_offset);
        auto const moved = EXHIBIT_TRY(m_stream.skip(padded(member.stored)));
        m_offset += moved;
        if (moved < member.stored)
            return fail(Fault::truncated, "the tar ends inside a member", m_offset);
        return {};
    }

    /// Finds out what of the file is stored.
    Result<void> place_extents(char type, Extensions& extensions, Member& member)
    {
        auto real_size = extensions.real_size;
        if (type == 'S') {
            if (auto const stated = number_of(m_block, kSparseRealSize))
                real_size = static_cast<std::uint64_t>(*stated);
            EXHIBIT_TRY(read_old_map(extensions.extents));
        } else if (extensions.map_before_data)
            EXHIBIT_TRY(read_map_before_data(extensions.extents, member.stored));
        member.size = real_size.value_or(0);
        member.extents = std::move(extensions.extents);
        return {};
    }

    /// The map of the old format goes on in blocks of its own.
    Result<void> read_old_map(std::vector<Extent>& extents)
    {
        add_old_extents(extents, kSparseMap);
        auto more = m_block[kSparseExtended] != std::byte { 0 };
        while (more) {
            if (EXHIBIT_TRY(m_stream.read_fully(m_block)) != kBlock)
                return fail(Fault::truncated, "the tar ends inside a header", m_offset);
            m_offset += kBlock;
            add_old_extents(extents, kSparseMapAgain);
            more = m_block[kSparseExtendedAgain] != std::byte { 0 };
        }
        return {};
    }

    void add_old_extents(std::vector<Extent>& extents, Field map) const
    {
        for (auto at = map.at; at != map.at + map.size && extents.size() < kMostExtents;
            at += 2 * kSparseNumber) {
            auto const offset = number_of(m_block, { at, kSparseNumber });
            auto const size = number_of(m_block, { at + kSparseNumber, kSparseNumber });
            if (!offset || !size)
                extents.push_back(kNoExtent);
            else if (*offset != 0 || *size != 0)
                extents.push_back({ static_cast<std::uint64_t>(*offset), static_cast<std::uint64_t>(*size) });
        }
    }

    /// Version 1.0 of pax: lines of one number each, first how many extents there are, in blocks before the
    /// data and counted with it.
    Result<void> read_map_before_data(std::vector<Extent>& extents, std::uint64_t& stored)
    {
        std::string lines;
        std::optional<std::uint64_t> wanted;
        std::uint64_t counted = 0;
        while (!wanted || counted <= 2 * *wanted) {
            if (stored < kBlock || lines.size() > kLongestMap || wanted >= kMostExtents) {
                extents.push_back(kNoExtent);
                return {};
            }
            if (EXHIBIT_TRY(m_stream.read_fully(m_block)) != kBlock)
                return fail(Fault::truncated, "the tar ends inside a header", m_offset);
            m_offset += kBlock;
            stored -= kBlock;
            lines += as_text(m_block);
            counted += static_cast<std::uint64_t>(std::ranges::count(as_text(m_block), '\n'));
            if (!wanted && counted != 0)
                wanted = leading_number<std::uint64_t>(lines).value_or(kMostExtents);
        }
        auto const first = lines.find('\n') + 1;
        add_extents(extents, std::string_view { lines }.substr(first), '\n');
        if (extents.size() != *wanted)
            extents.push_back(kNoExtent);
        return {};
    }

    [[nodiscard]] std::string plain_name() const
    {
        std::string name { text_of(m_block, kName) };
        // GNU's own magic ends in blanks, and its prefix field holds times.
        if (as_text(bytes_of(m_block, kMagic)) == std::string_view { "ustar\0", 6 })
            if (auto const prefix = text_of(m_block, kPrefix); !prefix.empty())
                return std::string { prefix } + '/' + name;
        return name;
    }

    static MemberKind kind_of(char type, std::string_view name)
    {
        switch (type) {
        case '1':
            return MemberKind::hard_link;
        case '2':
            return MemberKind::link;
        case '3':
        case '4':
        case '6':
            return MemberKind::special;
        case '5':
        case 'D':
            return MemberKind::folder;
        case 'S':
            return MemberKind::sparse;
        default:
            return name.ends_with('/') ? MemberKind::folder : MemberKind::file;
        }
    }

    ByteStream& m_stream;
    std::function<Result<void>(Member const&)> const& m_visitor;
    Block m_block {};
    Extensions m_extensions;
    std::uint64_t m_offset = 0;
};

} // namespace

bool is_header(Bytes block)
{
    if (block.size() < kBlock)
        return false;
    auto const stated = number_of(block, kChecksum);
    if (!stated || is_zero(block.first(kBlock)))
        return false;
    std::int64_t sum = 0;
    std::int64_t signed_sum = 0; // What some old writers computed.
    for (std::size_t i = 0; i < kBlock; ++i) {
        auto const blank = i >= kChecksum.at && i < kChecksum.at + kChecksum.size;
        auto const value = blank ? ' ' : std::to_integer<unsigned char>(block[i]);
        sum += value;
        signed_sum += static_cast<signed char>(value);
    }
    return *stated == sum || *stated == signed_sum;
}

Result<Ending> visit(ByteStream& stream, std::function<Result<void>(Member const&)> const& visitor)
{
    Walk walk { stream, visitor };
    return walk.run();
}

} // namespace exhibit::tar
