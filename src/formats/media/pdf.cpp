#include "formats/media/pdf.hpp"

#include "base/source.hpp"
#include "base/text.hpp"
#include "formats/gzip/inflate.hpp"
#include "formats/media/jbig2.hpp"
#include "formats/media/kind.hpp"
#include "formats/media/truetype.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace exhibit::media {
namespace {

using Buffer = std::vector<std::byte>;

constexpr std::uint64_t kMostLookedBack = std::uint64_t { 2 } << 30U; ///< bytes in front of all streams

bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

std::string_view trim_left(std::string_view text)
{
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    return text;
}

int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    auto const lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// `/JBIG#32Decode` is `/JBIG2Decode`.
std::string without_escapes(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at != text.size(); ++at) {
        if (text[at] == '#' && text.size() - at > 2 && hex_digit(text[at + 1]) >= 0
            && hex_digit(text[at + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

/// What follows `/Key` in a dictionary, where the key is a whole name.
std::string_view value_of(std::string_view dictionary, std::string_view key)
{
    for (auto at = dictionary.find(key); at != dictionary.npos; at = dictionary.find(key, at + 1)) {
        auto const rest = dictionary.substr(at + key.size());
        bool const whole = rest.empty() || is_blank(rest.front())
            || std::string_view { "/[<(" }.contains(rest.front()) || is_digit(rest.front());
        if (whole)
            return trim_left(rest);
    }
    return {};
}

std::uint64_t number_at(std::string_view text, std::size_t& used)
{
    std::uint64_t out = 0;
    for (used = 0; used < text.size() && used < 12 && is_digit(text[used]); ++used)
        out = out * 10 + static_cast<unsigned>(text[used] - '0');
    return out;
}

std::vector<std::string_view> filters_of(std::string_view dictionary)
{
    constexpr std::size_t most = 8;
    std::vector<std::string_view> out;
    auto text = value_of(dictionary, "/Filter");
    bool const list = text.starts_with('[');
    if (list)
        text.remove_prefix(1);
    while (out.size() < most) {
        text = trim_left(text);
        if (!text.starts_with('/'))
            break;
        auto end = std::min(text.find_first_of(std::string_view { " \n\r\t\f\0/[]<>(", 12 }, 1), text.size());
        out.push_back(text.substr(1, end - 1));
        text.remove_prefix(end);
        if (!list)
            break;
    }
    return out;
}

Buffer from_hex(Bytes data, std::size_t most)
{
    Buffer out;
    int before = -1;
    for (char const c : as_text(data)) {
        if (c == '>' || out.size() == most)
            break;
        auto const digit = hex_digit(c);
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
    return out;
}

Buffer from_ascii85(Bytes data, std::size_t most)
{
    Buffer out;
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
    return out;
}

/// As far as it unpacks. The two bytes of zlib's header are left out where they are there.
Buffer inflated(Bytes data, std::size_t most)
{
    bool const zlib = data.size() >= 2 && (std::to_integer<unsigned>(data[0]) & 0x0FU) == 8;
    MemorySource const source { zlib ? data.subspan(2) : data };
    InflateStream stream { source };
    Buffer out;
    std::array<std::byte, 32'768> room {};
    while (out.size() < most) {
        auto const count = stream.read(room);
        if (!count || *count == 0)
            break;
        out.insert(out.end(), room.begin(),
            room.begin() + static_cast<std::ptrdiff_t>(std::min(*count, most - out.size())));
    }
    return out;
}

class Pdf {
public:
    Pdf(Bytes file, PdfLimits const& limits)
        : m_text(as_text(file))
        , m_file(file)
        , m_limits(limits)
        , m_left(limits.unpacked_in_all)
    {
    }

    /// False when it took too much to find the dictionaries of all.
    bool visit(std::function<bool(PdfStream const&)> const& visitor)
    {
        std::size_t streams = 0;
        for (auto at = m_text.find("stream"); at != m_text.npos && streams < m_limits.streams;
            at = m_text.find("stream", at)) {
            if (m_looked_back > kMostLookedBack)
                return false;
            auto const dictionary = dictionary_before(at);
            auto const start = start_of_data(at + 6);
            if (!dictionary || !start) {
                at += 6;
                continue;
            }
            ++streams;
            auto const end = end_of_data(*start, m_dictionary);
            bool const go_on = show(visitor, *dictionary, *start, end);
            at = std::max(end, *start);
            if (!go_on)
                return true;
        }
        return true;
    }

private:
    /// Puts the dictionary that ends before `at` into `m_dictionary` and returns where it begins.
    std::optional<std::size_t> dictionary_before(std::size_t at)
    {
        auto end = at;
        while (end != 0 && is_blank(m_text[end - 1]))
            --end;
        if (end < 4 || m_text.substr(end - 2, 2) != ">>")
            return std::nullopt;
        auto const first = end - std::min(end, m_limits.dictionary);
        std::size_t depth = 0;
        for (auto i = end - 1; i > first; --i) {
            ++m_looked_back;
            auto const two = m_text.substr(i - 1, 2);
            if (two == ">>") {
                ++depth;
                --i;
            } else if (two == "<<" && depth == 1) {
                m_dictionary = without_escapes(m_text.substr(i + 1, end - 2 - (i + 1)));
                return i - 1;
            } else if (two == "<<") {
                depth -= depth == 0 ? 0 : 1;
                --i;
            }
            if (i == 0)
                break;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<std::size_t> start_of_data(std::size_t at) const
    {
        auto const after = m_text.substr(std::min(at, m_text.size()), 2);
        if (after == "\r\n")
            return at + 2;
        return after.starts_with('\n') || after.starts_with('\r') ? std::optional { at + 1 } : std::nullopt;
    }

    /// By the stated length where `endstream` follows it, else by searching for that.
    [[nodiscard]] std::size_t end_of_data(std::size_t start, std::string_view dictionary) const
    {
        std::size_t used = 0;
        auto const length = number_at(value_of(dictionary, "/Length"), used);
        if (used != 0 && length <= m_text.size() - start
            && trim_left(m_text.substr(start + length, 32)).starts_with("endstream"))
            return start + length;
        return std::min(m_text.find("endstream", start), m_text.size());
    }

    /// `12 0 obj` before a dictionary.
    [[nodiscard]] std::uint64_t object_before(std::size_t at) const
    {
        auto text = m_text.substr(at - std::min<std::size_t>(at, 40), std::min<std::size_t>(at, 40));
        auto const word = text.rfind("obj");
        if (word == text.npos)
            return 0;
        auto i = word;
        auto const back_over = [&](auto const& wanted) {
            while (i != 0 && wanted(text[i - 1]))
                --i;
        };
        back_over(is_blank);
        back_over(is_digit);
        back_over(is_blank);
        auto const end = i;
        back_over(is_digit);
        std::size_t used = 0;
        return i == end ? 0 : number_at(text.substr(i, end - i), used);
    }

    bool show(std::function<bool(PdfStream const&)> const& visitor, std::size_t dictionary, std::size_t start,
        std::size_t end)
    {
        PdfStream stream;
        stream.number = object_before(dictionary);
        stream.dictionary = m_dictionary;
        stream.offset = start;
        stream.data = m_file.subspan(start, end - start);
        Buffer unpacked;
        for (auto const filter : filters_of(m_dictionary)) {
            auto const most = std::min(m_limits.unpacked, m_left);
            if (filter == "FlateDecode" || filter == "Fl")
                unpacked = inflated(stream.data, most);
            else if (filter == "ASCIIHexDecode" || filter == "AHx")
                unpacked = from_hex(stream.data, most);
            else if (filter == "ASCII85Decode" || filter == "A85")
                unpacked = from_ascii85(stream.data, most);
            else {
                stream.filter = filter;
                break;
            }
            m_left -= std::min(m_left, unpacked.size());
            m_unpacked.swap(unpacked);
            stream.data = m_unpacked;
        }
        return visitor(stream);
    }

    std::string_view m_text;
    Bytes m_file;
    PdfLimits m_limits;
    std::size_t m_left; ///< bytes that may still be unpacked
    std::uint64_t m_looked_back = 0;
    std::string m_dictionary;
    Buffer m_unpacked;
};

/// The first segments of JBIG2 streams stand in streams of their own, which may come later in the file.
/// Each is read once, however many refer to it.
using Globals = std::map<std::uint64_t, Jbig2Symbols>;

Globals collect_globals(Bytes file, PdfLimits const& limits)
{
    Globals globals;
    if (as_text(file).find("JBIG2") == std::string_view::npos
        && as_text(file).find('#') == std::string_view::npos)
        return globals;
    std::set<std::uint64_t> wanted;
    auto const note = [&](PdfStream const& stream) {
        if (auto const number = pdf_reference(stream.dictionary, "/JBIG2Globals"); number != 0)
            wanted.insert(number);
        return true;
    };
    Pdf { file, limits }.visit(note);
    if (wanted.empty())
        return globals;
    Pdf { file, limits }.visit([&](PdfStream const& stream) {
        // Damage ends the reading; what was read before counts. The last object of a number is the one.
        if (wanted.contains(stream.number))
            (void)(globals[stream.number] = {}).read(stream.data);
        return true;
    });
    return globals;
}

} // namespace

Result<void> visit_pdf_streams(
    Bytes file, PdfLimits const& limits, std::function<bool(PdfStream const&)> const& visitor)
{
    if (!as_text(file).substr(0, 1024).contains("%PDF"))
        return fail(Fault::malformed, "no PDF file");
    if (!Pdf { file, limits }.visit(visitor))
        return fail(Fault::over_limit, "the streams of the PDF file take too much to be found");
    return {};
}

std::uint64_t pdf_reference(std::string_view dictionary, std::string_view key)
{
    std::size_t used = 0;
    auto const text = value_of(dictionary, key);
    auto const number = number_at(text, used);
    auto rest = trim_left(text.substr(used));
    std::size_t generation = 0;
    number_at(rest, generation);
    return generation != 0 && trim_left(rest.substr(generation)).starts_with('R') ? number : 0;
}

Result<PdfShape> read_pdf_shape(Bytes file, PdfLimits const& limits)
{
    PdfShape shape;
    auto const globals = collect_globals(file, limits);
    auto const visited = visit_pdf_streams(file, limits, [&](PdfStream const& stream) {
        ++shape.streams;
        if (stream.filter == "JBIG2Decode") {
            ++shape.jbig2_streams;
            auto const global = globals.find(pdf_reference(stream.dictionary, "/JBIG2Globals"));
            Jbig2Symbols symbols { global == globals.end() ? nullptr : &global->second };
            // Damage ends the reading; what was counted before stays.
            (void)symbols.read(stream.data);
            auto const of_global = global == globals.end() ? 0 : global->second.largest_sum();
            shape.largest_symbol_sum
                = std::max({ shape.largest_symbol_sum, symbols.largest_sum(), of_global });
        } else if (stream.filter.empty()
            && kind_of(stream.data.first(std::min<std::size_t>(stream.data.size(), 64))) == Kind::font) {
            if (auto const programs = read_font_programs(stream.data)) {
                ++shape.fonts;
                shape.font_adjusts += programs->adjust;
            }
        }
        return true;
    });
    // What was found before the limit is told, and that nothing was found only when all was looked at.
    if (!visited && shape.largest_symbol_sum <= UINT32_MAX && shape.font_adjusts == 0)
        return std::unexpected(visited.error());
    return shape;
}

} // namespace exhibit::media
