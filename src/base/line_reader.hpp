#pragma once

#include "base/source.hpp"

#include <limits>
#include <memory>
#include <string_view>
#include <vector>

namespace exhibit {

/// One line of a text, without its end.
struct Line {
    std::string_view text; ///< raw bytes; valid until the next call
    std::uint64_t offset = 0; ///< of its first byte in the source
    std::uint64_t number = 0; ///< from 1
    bool cut = false; ///< it was longer than the limit: `text` is its beginning
};

/// Bytes of a source, all of them unless it is said otherwise.
struct Stretch {
    std::uint64_t begin = 0;
    std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
};

/// Cuts a long text into at most `most` stretches of at least `least` bytes each, one after the other: each
/// begins behind the end of a line, and behind an empty line where there is one near. Each can be read by
/// itself with a LineReader. A text in UTF-16 is one stretch.
Result<std::vector<Stretch>> cut_at_lines(Source const& source, std::uint64_t least, std::size_t most);

/// Reads a text line by line through one buffer, or in place where the source is in memory. A line ends with
/// LF or CR LF; the last needs no end. Memory is bounded by the longest line allowed. A text in UTF-16, as
/// its first bytes say, is read as UTF-8, and its offsets are those in the UTF-8; a byte order mark is left
/// out.
class LineReader {
public:
    explicit LineReader(Source const& source, std::size_t longest = std::size_t { 1 } << 20U);
    /// The lines of one stretch of those that `cut_at_lines` makes, with their offsets in the source.
    LineReader(Source const& source, std::size_t longest, Stretch stretch);

    /// The next line; false at the end, or when the source could not be read (see `result`).
    [[nodiscard]] bool next(Line& line);

    /// Shows the last line again on the following `next`.
    void repeat() { m_repeat = true; }

    /// Whether all of the source could be read.
    [[nodiscard]] Result<void> result() const { return m_result; }

private:
    void convert();
    bool fill();
    bool take(Line& line, std::size_t size, std::size_t whole);
    void skip_to_line_end();

    Source const* m_source;
    std::shared_ptr<Source const> m_converted; ///< of a text in UTF-16
    std::size_t m_longest;
    std::uint64_t m_end = Stretch {}.end; ///< nothing is read from there on
    std::vector<std::byte> m_buffer;
    Bytes m_window; ///< what is in memory and not yet handed out
    std::uint64_t m_window_offset = 0; ///< of the first byte of the window
    std::uint64_t m_number = 0;
    Line m_last;
    bool m_repeat = false;
    bool m_at_end = false;
    Result<void> m_result;
};

} // namespace exhibit
