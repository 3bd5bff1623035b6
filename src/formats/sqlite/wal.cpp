// The layout and the checksum are those of "WAL-mode File Format", https://www.sqlite.org/walformat.html
#include "formats/sqlite/wal.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <span>

namespace exhibit::sqlite {

namespace {

constexpr std::size_t kWalHeaderSize = 32;
constexpr std::size_t kFrameHeaderSize = 24;
constexpr std::uint32_t kMagicLittle = 0x377f0682;
constexpr std::uint32_t kMagicBig = 0x377f0683;
constexpr std::uint32_t kVersion = 3'007'000;

struct Sum {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    bool operator==(Sum const&) const = default;
};

template<std::endian Order> Sum add(Sum sum, Bytes bytes)
{
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
        std::array<std::uint32_t, 2> words {};
        std::memcpy(words.data(), bytes.data() + at, sizeof words);
        if constexpr (std::endian::native != Order)
            words = { std::byteswap(words[0]), std::byteswap(words[1]) };
        sum.first += words[0] + sum.second;
        sum.second += words[1] + sum.first;
    }
    return sum;
}

struct WalHeader {
    bool big_endian = false;
    std::uint32_t page_size = 0;
    std::uint32_t checkpoint = 0;
    std::array<std::uint32_t, 2> salts {};
    Sum sum;
    bool known = false; ///< read from the log, and sound

    [[nodiscard]] Sum extend(Sum from, Bytes bytes) const
    {
        return big_endian ? add<std::endian::big>(from, bytes) : add<std::endian::little>(from, bytes);
    }
};

Result<WalHeader> read_header(Bytes bytes)
{
    Reader reader { bytes };
    auto const magic = EXHIBIT_TRY(reader.big<std::uint32_t>());
    if (magic != kMagicLittle && magic != kMagicBig)
        return fail(Fault::malformed, "log left out: it is no write-ahead log");
    if (EXHIBIT_TRY(reader.big<std::uint32_t>()) != kVersion)
        return fail(Fault::unsupported, "write-ahead log of an unknown version", 4);
    WalHeader header;
    header.big_endian = magic == kMagicBig;
    header.page_size = EXHIBIT_TRY(reader.big<std::uint32_t>());
    header.checkpoint = EXHIBIT_TRY(reader.big<std::uint32_t>());
    header.salts[0] = EXHIBIT_TRY(reader.big<std::uint32_t>());
    header.salts[1] = EXHIBIT_TRY(reader.big<std::uint32_t>());
    header.sum.first = EXHIBIT_TRY(reader.big<std::uint32_t>());
    header.sum.second = EXHIBIT_TRY(reader.big<std::uint32_t>());
    if (!std::has_single_bit(header.page_size) || header.page_size < 512 || header.page_size > 65'536)
        return fail(Fault::malformed, "write-ahead log with an impossible page size", 8);
    if (header.extend({}, bytes.first(24)) != header.sum)
        return fail(Fault::malformed, "write-ahead log with a wrong header checksum", 24);
    header.known = true;
    return header;
}

/// Goes through the frames of the file, telling the current generation from what lies behind it.
class FrameReader {
public:
    FrameReader(Source const& source, WalHeader const& header)
        : m_source(source)
        , m_header(header)
        , m_previous(header.sum)
        , m_current(header.known)
        , m_buffer(kFrameHeaderSize + header.page_size)
    {
    }

    Result<Wal> read(std::size_t most = std::numeric_limits<std::size_t>::max())
    {
        Wal wal;
        wal.page_size = m_header.page_size;
        wal.checkpoint = m_header.checkpoint;
        std::size_t committed = 0; // Frames up to the last commit.
        for (std::uint64_t at = kWalHeaderSize; most-- > 0; at += m_buffer.size()) {
            auto const count = EXHIBIT_TRY(m_source.read_at(at, m_buffer));
            if (count < m_buffer.size()) {
                if (auto const frame = cut_frame(at, count))
                    wal.frames.push_back(*frame);
                break;
            }
            auto const frame = read_frame(at);
            if (!frame)
                continue;
            wal.frames.push_back(*frame);
            if (frame->state == WalFrame::State::uncommitted && frame->database_pages != 0) {
                committed = wal.frames.size();
                wal.database_pages = frame->database_pages;
            }
        }
        for (auto& frame : std::span { wal.frames }.first(committed))
            frame.state = WalFrame::State::committed;
        wal.uncommitted = count(wal, WalFrame::State::uncommitted);
        wal.stale = count(wal, WalFrame::State::stale);
        wal.damaged = count(wal, WalFrame::State::damaged);
        wal.cut = count(wal, WalFrame::State::cut) != 0;
        return wal;
    }

private:
    static std::uint32_t count(Wal const& wal, WalFrame::State state)
    {
        return static_cast<std::uint32_t>(std::ranges::count(wal.frames, state, &WalFrame::state));
    }

    /// The frame in the buffer, as yet uncommitted where it belongs to the current generation.
    std::optional<WalFrame> read_frame(std::uint64_t at)
    {
        Reader reader { m_buffer };
        std::array<std::uint32_t, 6> words {};
        for (auto& word : words)
            word = reader.big<std::uint32_t>().value_or(0);
        if (words[0] == 0) // Preallocated space: no frame was ever written here.
            return std::nullopt;
        Bytes const bytes { m_buffer };
        auto const sum
            = m_header.extend(m_header.extend(m_previous, bytes.first(8)), bytes.subspan(kFrameHeaderSize));
        Sum const stored { words[4], words[5] };
        m_previous = stored;

        WalFrame frame { .page = words[0], .database_pages = words[1], .offset = at + kFrameHeaderSize };
        frame.verified = sum == stored;
        bool const of_this_generation = words[2] == m_header.salts[0] && words[3] == m_header.salts[1];
        m_current = m_current && of_this_generation && frame.verified;
        if (m_current)
            frame.state = WalFrame::State::uncommitted;
        else
            frame.state
                = of_this_generation || !m_header.known ? WalFrame::State::damaged : WalFrame::State::stale;
        return frame;
    }

    /// The frame in which the file ends, if it belongs to the current generation. One of an older generation
    /// is nothing to tell: SQLite cuts a log that it starts anew at a size that may lie inside a frame.
    [[nodiscard]] std::optional<WalFrame> cut_frame(std::uint64_t at, std::size_t count) const
    {
        Reader reader { Bytes { m_buffer }.first(count) };
        std::array<std::uint32_t, 4> words {};
        for (auto& word : words) {
            auto const read = reader.big<std::uint32_t>();
            if (!read)
                return std::nullopt;
            word = *read;
        }
        bool const current = m_header.known && words[2] == m_header.salts[0] && words[3] == m_header.salts[1];
        if (words[0] == 0 || !current)
            return std::nullopt;
        return WalFrame { .page = words[0], .offset = at + kFrameHeaderSize, .state = WalFrame::State::cut };
    }

    Source const& m_source;
    WalHeader const& m_header;
    Sum m_previous; ///< what the frame before stored, or should have
    bool m_current; ///< every frame so far was of this generation and intact
    std::vector<std::byte> m_buffer;
};

bool is_zero(Bytes bytes)
{
    return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte { 0 }; });
}

/// Whether nothing was ever written: space may be set aside for a log.
Result<bool> is_blank(Source const& source)
{
    std::vector<std::byte> buffer(64U << 10U);
    for (std::uint64_t at = 0;;) {
        auto const count = EXHIBIT_TRY(source.read_at(at, buffer));
        if (count == 0)
            return true;
        if (!is_zero(Bytes { buffer }.first(count)))
            return false;
        at += count;
    }
}

/// The frames of a log whose header is of no use: page size and byte order are those by which the checksum of
/// a frame follows from that of the one before it. Without such frames the damage is all there is to tell.
Result<Wal> read_without_header(Source const& source, Error const& damage)
{
    constexpr std::size_t tried = 16; // Frames; more than one of them may be damaged.
    for (std::uint32_t size = 512; size <= 65'536; size *= 2)
        for (bool const big_endian : { false, true }) {
            WalHeader header;
            header.page_size = size;
            header.big_endian = big_endian;
            auto const some = EXHIBIT_TRY((FrameReader { source, header }.read(tried)));
            if (std::ranges::none_of(some.frames, &WalFrame::verified))
                continue;
            auto wal = EXHIBIT_TRY((FrameReader { source, header }.read()));
            wal.header_damage = damage;
            return wal;
        }
    return std::unexpected(damage);
}

} // namespace

Result<Wal> read_wal(Source const& source)
{
    std::array<std::byte, kWalHeaderSize> bytes {};
    auto const count = EXHIBIT_TRY(source.read_at(0, bytes));
    if (is_zero(bytes)) {
        if (EXHIBIT_TRY(is_blank(source)))
            return Wal {};
        return read_without_header(
            source, { Fault::malformed, "write-ahead log whose header was overwritten with zeros" });
    }
    if (count < bytes.size())
        return fail(Fault::truncated, "log left out: a write-ahead log that ends inside its header", count);
    auto const header = read_header(bytes);
    if (!header)
        return read_without_header(source, header.error());
    return FrameReader { source, *header }.read();
}

} // namespace exhibit::sqlite
