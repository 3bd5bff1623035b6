#include "formats/media/pdf_filters.hpp"

#include "base/source.hpp"
#include "formats/gzip/inflate.hpp"
#include "formats/media/pdf_syntax.hpp"

#include <algorithm>
#include <array>

namespace exhibit::media {
namespace {

Unfiltered from_hex(Bytes data, std::size_t most)
{
    Unfiltered made;
    auto& out = made.bytes;
    int before = -1;
    for (char const c : as_text(data)) {
        if (c == '>' || out.size() == most)
            break;
        ++made.used;
        auto const digit = pdf_hex_digit(c);
        if (digit < 0)
            continue;
        if (before < 0) {
            before = digit;
        } else {
            out.push_back(static_cast<std::byte>(before * 16 + digit));
            before = -1;
        }
    }
    if (before >= 0)
        out.push_back(static_cast<std::byte>(before * 16));
    return made;
}

Unfiltered from_ascii85(Bytes data, std::size_t most)
{
    Unfiltered made;
    auto& out = made.bytes;
    std::uint64_t group = 0;
    unsigned count = 0;
    auto const flush = [&](unsigned bytes) {
        for (unsigned i = 0; i != bytes; ++i)
            out.push_back(static_cast<std::byte>(group >> (24 - 8 * i) & 0xFFU));
        group = 0;
        count = 0;
    };
    for (char const c : as_text(data)) {
        if (c == '~' || out.size() >= most)
            break;
        ++made.used;
        if (c == 'z' && count == 0) {
            flush(4);
        } else if (c >= '!' && c <= 'u') {
            group = group * 85 + static_cast<unsigned>(c - '!');
            if (++count == 5)
                flush(4);
        }
    }
    if (count > 1) {
        auto const missing = count;
        for (unsigned i = missing; i != 5; ++i)
            group = group * 85 + 84;
        flush(missing - 1);
    }
    return made;
}

/// The two bytes of zlib's header are left out where they are there.
Unfiltered inflated(Bytes data, std::size_t most)
{
    bool const zlib = data.size() >= 2 && (std::to_integer<unsigned>(data[0]) & 0x0FU) == 8;
    MemorySource const source { zlib ? data.subspan(2) : data };
    InflateStream stream { source };
    Unfiltered made;
    auto& out = made.bytes;
    std::array<std::byte, 32'768> room {};
    while (out.size() < most) {
        auto const count = stream.read(room);
        if (!count || *count == 0)
            break;
        out.insert(out.end(), room.begin(),
            room.begin() + static_cast<std::ptrdiff_t>(std::min(*count, most - out.size())));
    }
    made.used = static_cast<std::size_t>(stream.packed_end());
    return made;
}

/// A length, then so many bytes as they are, or one that is repeated.
Unfiltered from_run_lengths(Bytes data, std::size_t most)
{
    constexpr unsigned end = 128;
    Unfiltered made;
    auto& at = made.used;
    while (at < data.size() && made.bytes.size() < most) {
        auto const length = std::to_integer<unsigned>(data[at++]);
        if (length == end)
            break;
        if (length < end) {
            auto const piece = data.subspan(at, std::min<std::size_t>(length + 1, data.size() - at));
            made.bytes.insert(made.bytes.end(), piece.begin(), piece.end());
            at += piece.size();
        } else if (at < data.size()) {
            made.bytes.insert(made.bytes.end(), 257 - length, data[at++]);
        }
    }
    return made;
}

/// Codes of 9 to 12 bits, the highest bit first; each stands for an earlier run of bytes and one more.
class Lzw {
public:
    explicit Lzw(std::size_t most)
        : m_most(most)
    {
    }

    Unfiltered read(Bytes data)
    {
        std::size_t used = 0;
        std::uint32_t bits = 0;
        unsigned count = 0;
        for (auto const byte : data) {
            ++used;
            bits = bits << 8U | std::to_integer<unsigned>(byte);
            count += 8;
            if (count < m_width)
                continue;
            count -= m_width;
            if (!take(bits >> count & ((1U << m_width) - 1)) || m_out.size() >= m_most)
                break;
        }
        return { std::move(m_out), used };
    }

private:
    static constexpr unsigned kClear = 256;
    static constexpr unsigned kEnd = 257;
    static constexpr unsigned kFirst = 258;
    static constexpr unsigned kMost = 4096;

    /// Where in what came out the run of a code lies.
    struct Run {
        std::size_t start = 0;
        std::size_t length = 0;
    };

    bool take(unsigned code)
    {
        if (code == kClear) {
            m_runs.clear();
            m_width = 9;
            m_before = {};
            return true;
        }
        if (code == kEnd || (code >= kFirst && code - kFirst > m_runs.size()))
            return false;
        auto const start = m_out.size();
        if (code < kClear) {
            m_out.push_back(static_cast<std::byte>(code));
        } else {
            // The run may be the one that this code makes: the run before and its own first byte.
            auto const run = code - kFirst < m_runs.size() ? m_runs[code - kFirst]
                                                           : Run { m_before.start, m_before.length + 1 };
            if (m_before.length == 0)
                return false;
            for (std::size_t i = 0; i != run.length; ++i)
                m_out.push_back(m_out[run.start + i]);
        }
        if (m_before.length != 0 && m_runs.size() < kMost - kFirst)
            m_runs.push_back({ m_before.start, m_before.length + 1 });
        m_before = { start, m_out.size() - start };
        // Wider one code early, as PDF has it unless a stream says otherwise.
        auto const next = m_runs.size() + kFirst + 1;
        m_width = next >= 2048 ? 12 : next >= 1024 ? 11 : next >= 512 ? 10 : 9;
        return true;
    }

    std::size_t m_most;
    unsigned m_width = 9;
    std::vector<Run> m_runs;
    Run m_before;
    std::vector<std::byte> m_out;
};

} // namespace

std::optional<Unfiltered> undo_pdf_filter(std::string_view name, Bytes data, std::size_t most)
{
    if (name == "FlateDecode" || name == "Fl")
        return inflated(data, most);
    if (name == "ASCIIHexDecode" || name == "AHx")
        return from_hex(data, most);
    if (name == "ASCII85Decode" || name == "A85")
        return from_ascii85(data, most);
    if (name == "RunLengthDecode" || name == "RL")
        return from_run_lengths(data, most);
    if (name == "LZWDecode" || name == "LZW")
        return Lzw { most }.read(data);
    return std::nullopt;
}

} // namespace exhibit::media
