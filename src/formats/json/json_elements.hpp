#pragma once

#include "base/source.hpp"

#include <limits>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit {

/// One value out of a long JSON text, not yet checked.
struct JsonElement {
    std::string_view text; ///< from its first to its last character; valid until the next call
    std::uint64_t offset = 0;
};

/// Cuts a JSON text into the elements of its outermost array, or into the values that follow one another,
/// however long the text is: only one element is in memory. It looks at quotes and brackets alone, so that a
/// text which ends early still gives the elements before that. A byte order mark is left out, and a text in
/// UTF-16 read as UTF-8, in which its offsets count.
class JsonElements {
public:
    /// Elements that can be read by themselves, and what is known of the text before them.
    struct Stretch {
        std::uint64_t begin = 0;
        std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
        bool inside_array = false;
        bool array_ended = false;
    };

    explicit JsonElements(Source const& source, std::size_t longest = std::size_t { 16 } << 20U);
    JsonElements(Source const& source, Stretch const& stretch);

    /// Passes over a long text once, and cuts it into at most `most` stretches of some `least` bytes or more,
    /// each from the beginning of an element on. A text in UTF-16 is one stretch.
    [[nodiscard]] static Result<std::vector<Stretch>> cut(
        Source const& source, std::uint64_t least, std::size_t most, std::stop_token const& stop);

    /// The next element; false at the end, or when the source could not be read or ends within an element or
    /// its list (see `result`). Elements longer than the limit are left out and counted.
    [[nodiscard]] bool next(JsonElement& element);

    /// Also an error when elements were left out: they are lost to whoever reads.
    [[nodiscard]] Result<void> result() const
    {
        return m_result && m_left_out != 0
            ? fail(Fault::over_limit, "a part of the JSON text is longer than the limit and was left out")
            : m_result;
    }
    [[nodiscard]] std::uint64_t left_out() const { return m_left_out; }

private:
    [[nodiscard]] bool fill();
    [[nodiscard]] bool skip_to_element();
    [[nodiscard]] bool take_element();
    std::size_t scan(std::string_view part);
    std::size_t pass_blocks(std::string_view part);
    std::size_t find_end(std::uint64_t opens, std::uint64_t closes);
    [[nodiscard]] std::size_t pass_over(std::string_view part);
    /// Whether the character belongs to the element.
    bool step(char c);
    void step_in_string(char c);
    bool step_outside(char c);
    void keep(std::string_view part);
    [[nodiscard]] std::string_view rest() const { return as_text(m_window).substr(m_at); }
    [[nodiscard]] std::uint64_t offset() const { return m_window_offset + m_at; }

    Source const* m_source;
    std::unique_ptr<Source const> m_converted; ///< of a text in UTF-16
    std::size_t m_longest;
    std::vector<std::byte> m_buffer;
    Bytes m_window;
    std::uint64_t m_window_offset = 0;
    std::size_t m_at = 0;
    std::string m_element;
    std::uint64_t m_left_out = 0;
    std::uint64_t m_depth = 0;
    std::uint64_t m_end = Stretch {}.end; ///< no element begins from there on
    bool m_inside_array = false;
    bool m_array_ended = false;
    bool m_in_string = false;
    bool m_escaped = false;
    bool m_too_long = false;
    bool m_complete = false;
    Result<void> m_result;
};

} // namespace exhibit
