#include "formats/media/pdf.hpp"

#include "formats/media/jbig2.hpp"
#include "formats/media/kind.hpp"
#include "formats/media/pdf_streams.hpp"
#include "formats/media/pdf_syntax.hpp"
#include "formats/media/truetype.hpp"

#include <algorithm>
#include <map>

namespace exhibit::media {
namespace {

class ShapeReader {
public:
    ShapeReader(Bytes file, PdfLimits const& limits)
        : m_streams(file, limits)
    {
    }

    PdfShape read()
    {
        m_shape.unread = m_streams.unread();
        m_shape.encrypted = m_streams.encrypted();
        for (auto const& stream : m_streams.streams()) {
            ++m_shape.streams;
            look_at(stream);
        }
        return m_shape;
    }

private:
    void look_at(PdfStream const& stream)
    {
        auto const content = m_streams.content(stream);
        bool read = content.is_whole;
        if (content.filter == "JBIG2Decode")
            read = look_at_jbig2(stream, content) && read;
        else if (content.filter.empty()
            && kind_of(content.data.first(std::min<std::size_t>(content.data.size(), 64))) == Kind::font)
            read = look_at_font(content.data) && read;
        m_shape.unread += read ? 0 : 1;
    }

    bool look_at_jbig2(PdfStream const& stream, PdfContent const& content)
    {
        ++m_shape.jbig2_streams;
        if (m_segments > kMostSegments)
            return false;
        auto const* const global = globals_of(stream);
        Jbig2Symbols symbols { global };
        // Damage ends the reading; what was counted before stays. Behind a stream whose end is not sure
        // something else follows.
        auto const read = symbols.read(content.data);
        m_segments += symbols.segments();
        m_shape.largest_symbol_sum = std::max({ m_shape.largest_symbol_sum, symbols.largest_sum(),
            global == nullptr ? 0 : global->largest_sum() });
        return read || !stream.end_is_sure;
    }

    bool look_at_font(Bytes data)
    {
        data = data.first(std::min(data.size(), kLargestFont));
        if (data.size() > m_fonts_left)
            return false;
        m_fonts_left -= data.size();
        if (auto const programs = read_font_programs(data)) {
            ++m_shape.fonts;
            m_shape.font_adjusts += programs->adjust;
        }
        return true;
    }

    /// The first segments stand in a stream of their own, which may come later in the file. Each is read
    /// once, however many refer to it; the last object of a number is the one.
    Jbig2Symbols const* globals_of(PdfStream const& stream)
    {
        constexpr std::string_view key = "/JBIG2Globals ";
        auto const parameters = m_streams.resolved(pdf_value(stream.dictionary, "/DecodeParms"));
        auto const text = parameters.value_or("");
        auto const at = text.find(key);
        auto const number
            = at == text.npos ? 0 : pdf_reference(std::string_view { text }.substr(at + key.size()));
        if (number == 0)
            return nullptr;
        auto const [place, added] = m_globals.try_emplace(number);
        if (added)
            for (auto const& other : m_streams.streams())
                if (other.number == number && m_segments <= kMostSegments) {
                    (void)(place->second = {}).read(m_streams.content(other).data);
                    m_segments += place->second.segments();
                }
        return &place->second;
    }

    static constexpr std::size_t kLargestFont = 16U << 20U;
    static constexpr std::uint64_t kMostSegments = 2'000'000; ///< of JBIG2 in all streams

    PdfStreams m_streams;
    PdfShape m_shape;
    std::uint64_t m_segments = 0;
    std::size_t m_fonts_left = 512U << 20U; ///< bytes: data of streams without a sure end may overlap
    std::map<std::uint64_t, Jbig2Symbols> m_globals;
};

} // namespace

Result<PdfShape> read_pdf_shape(Bytes file, PdfLimits const& limits)
{
    if (!is_pdf(file))
        return fail(Fault::malformed, "no PDF file");
    return ShapeReader { file, limits }.read();
}

} // namespace exhibit::media
