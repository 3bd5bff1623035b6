#pragma once

#include "formats/media/pdf.hpp"
#include "formats/media/pdf_syntax.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::media {

/// A stream, as it stands in the file.
struct PdfStream {
    std::uint64_t number = 0; ///< of its object; 0 when that is not clear
    std::string dictionary; ///< in one spelling, see PdfObject
    Bytes data; ///< to the end of the file when it is not sure where the stream ends
    bool end_is_sure = false;
    bool is_cut = false; ///< the file ends before the stream does
};

/// A stream with its filters undone as far as they can be.
struct PdfContent {
    std::string filter; ///< the first that is left, such as `JBIG2Decode`; empty: none
    std::vector<std::byte> unpacked;
    Bytes data; ///< of `unpacked` or of the file
    bool is_whole = true; ///< nothing stood in the way but a filter that makes pictures
};

/// Finds the streams and objects of a PDF file without its tables.
class PdfStreams {
public:
    PdfStreams(Bytes file, PdfLimits const& limits);

    [[nodiscard]] std::vector<PdfStream> const& streams() const { return m_streams; }
    /// Streams whose dictionary cannot be read, or that are too many.
    [[nodiscard]] std::uint64_t unread() const { return m_unread; }
    [[nodiscard]] bool encrypted() const { return m_encrypted; }

    PdfContent content(PdfStream const& stream);
    /// A value itself, or what it refers to; nothing when that is not there.
    std::optional<std::string> resolved(std::string_view value);

private:
    void index_objects();
    void find_streams();
    void find_trailers();
    bool add_stream(std::size_t word, std::size_t start);
    std::optional<std::size_t> read_dictionary(std::size_t at, std::size_t word, std::uint64_t number);
    void set_ends();
    std::optional<PdfObject> read_within(std::string_view text, std::size_t most);
    std::optional<std::vector<std::string>> filters_of(PdfStream const& stream);
    void read_object_streams();
    void read_object_stream(PdfStream const& stream);

    std::string_view m_text;
    Bytes m_file;
    PdfLimits m_limits;
    std::size_t m_left; ///< bytes that may still be unpacked
    std::size_t m_look_left; ///< bytes that may still be looked at for dictionaries and unpacked from
    std::uint64_t m_unread = 0;
    bool m_encrypted = false;
    bool m_object_streams_read = false;
    std::vector<PdfStream> m_streams;
    /// Where the objects begin, behind `12 0 obj`, in the order of the file.
    struct Place {
        std::size_t at = 0;
        std::uint64_t number = 0;
    };
    std::vector<Place> m_objects;
    std::map<std::uint64_t, std::size_t> m_last_of_number;
    std::map<std::uint64_t, std::string> m_packed_objects; ///< those that stand in streams
};

} // namespace exhibit::media
