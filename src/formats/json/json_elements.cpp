#include "formats/json/json_elements.hpp"

#include "base/utf16.hpp"
#include "formats/json/json_block.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace exhibit {
namespace {

constexpr std::size_t kStep = std::size_t { 256 } << 10U;
constexpr std::string_view kBetween = " \t\r\n,";

/// Marks the characters that mean something at a place; all others are passed over.
constexpr std::array<bool, 256> marks_of(std::string_view characters)
{
    std::array<bool, 256> marks {};
    for (char const c : characters)
        marks[static_cast<unsigned char>(c)] = true;
    return marks;
}
constexpr auto kInString = marks_of("\"\\");
constexpr auto kInElement = marks_of("\"{}[]");

std::size_t pass(std::string_view part, std::size_t at, std::array<bool, 256> const& marks)
{
    while (at != part.size() && !marks[static_cast<unsigned char>(part[at])])
        ++at;
    return at;
}

} // namespace

JsonElements::JsonElements(Source const& source, std::size_t longest)
    : m_source(&source)
    , m_longest(longest)
{
    auto text = find_text(source);
    if (!text) {
        m_result = std::unexpected(text.error());
        return;
    }
    m_window_offset = text->begin;
    m_converted = std::move(text->converted);
    if (m_converted)
        m_source = m_converted.get();
}

JsonElements::JsonElements(Source const& source, Stretch const& stretch)
    : JsonElements(source)
{
    m_end = stretch.end;
    m_inside_array = stretch.inside_array;
    m_array_ended = stretch.array_ended;
    if (stretch.begin != 0)
        m_window_offset = stretch.begin;
}

Result<std::vector<JsonElements::Stretch>> JsonElements::cut(
    Source const& source, std::uint64_t least, std::size_t most, std::stop_token const& stop)
{
    std::vector<Stretch> stretches(1);
    auto const count = std::min<std::uint64_t>(source.size() / std::max<std::uint64_t>(least, 1), most);
    if (count < 2)
        return stretches;
    constexpr std::size_t keep_nothing = 0;
    JsonElements elements { source, keep_nothing };
    if (elements.m_converted)
        return stretches;
    std::uint64_t passed = 0;
    while (stretches.size() != count && elements.skip_to_element()) {
        if (++passed % 4096 == 0 && stop.stop_requested())
            return fail(Fault::cancelled, "cancelled");
        auto const begin = elements.offset();
        if (begin >= source.size() / count * stretches.size()) {
            stretches.back().end = begin;
            stretches.push_back({ .begin = begin,
                .inside_array = elements.m_inside_array,
                .array_ended = elements.m_array_ended });
        }
        if (!elements.take_element())
            break;
    }
    return stretches;
}

/// Replaces a window that is used up by the next one.
bool JsonElements::fill()
{
    m_window_offset += m_window.size();
    m_at = 0;
    if (auto const memory = m_source->in_memory(); !memory.empty()) {
        m_window = memory.subspan(std::min<std::uint64_t>(m_window_offset, memory.size()));
        return !m_window.empty();
    }
    m_buffer.resize(kStep);
    auto const read = m_source->read_at(m_window_offset, m_buffer);
    if (!read)
        m_result = std::unexpected(read.error());
    m_window = Bytes { m_buffer }.first(read ? *read : 0);
    return !m_window.empty();
}

/// Moves to the first character of an element.
bool JsonElements::skip_to_element()
{
    for (;;) {
        auto const next = rest().find_first_not_of(kBetween);
        if (next == std::string_view::npos) {
            if (!fill())
                return false;
            continue;
        }
        m_at += next;
        auto const first = rest().front();
        bool const opens = first == '[' && !m_inside_array;
        if (!opens && first != ']' && first != '}' && first != ':')
            return true;
        m_inside_array = m_inside_array || opens;
        m_array_ended = m_array_ended || (m_inside_array && first == ']');
        ++m_at;
    }
}

void JsonElements::keep(std::string_view part)
{
    m_too_long = m_too_long || part.size() > m_longest - m_element.size();
    if (!m_too_long)
        m_element += part;
}

/// Passes over blocks, up to the end of the element or to one that only `step_in_string` understands.
std::size_t JsonElements::pass_blocks(std::string_view part)
{
    std::size_t passed = 0;
    for (; part.size() - passed >= JsonBlock::kSize; passed += JsonBlock::kSize) {
        auto const block = json_block(part.data() + passed);
        auto const strings = odd_up_to(block.quotes & ~(block.escapes << 1U)) ^ (m_in_string ? ~0ULL : 0);
        bool const is_plain = (block.escapes & (block.escapes << 1U)) == 0 && block.escapes >> 63U == 0
            && (block.escapes & ~strings) == 0;
        if (!is_plain)
            break;
        auto const opens = block.opens & ~strings;
        auto const closes = block.closes & ~strings;
        if (static_cast<std::uint64_t>(std::popcount(closes)) < m_depth) {
            m_depth += static_cast<std::uint64_t>(std::popcount(opens));
            m_depth -= static_cast<std::uint64_t>(std::popcount(closes));
        } else if (auto const end = find_end(opens, closes); m_complete) {
            return passed + end;
        }
        m_in_string = strings >> 63U != 0;
    }
    return passed;
}

/// Of the brackets of a block: behind which of them the element ends, if it does.
std::size_t JsonElements::find_end(std::uint64_t opens, std::uint64_t closes)
{
    for (auto left = opens | closes; left != 0; left &= left - 1) {
        auto const first = left & -left;
        m_depth += (opens & first) != 0 ? 1 : -std::uint64_t { 1 };
        if (m_depth == 0) {
            m_complete = true;
            m_in_string = false;
            return static_cast<std::size_t>(std::countr_zero(first)) + 1;
        }
    }
    return 0;
}

/// How much of `part` means nothing, or is known to belong to the element.
std::size_t JsonElements::pass_over(std::string_view part)
{
    auto const at = m_depth != 0 && !m_escaped ? pass_blocks(part) : 0;
    if (m_complete || m_escaped)
        return at;
    if (m_in_string)
        return pass(part, at, kInString);
    return m_depth != 0 ? pass(part, at, kInElement) : at;
}

/// How much of `part` belongs to the element; sets `m_complete` where it ends.
std::size_t JsonElements::scan(std::string_view part)
{
    for (std::size_t i = 0; i != part.size(); ++i) {
        i += pass_over(part.substr(i));
        if (m_complete || i == part.size())
            return i;
        bool const belongs = step(part[i]);
        if (m_complete)
            return belongs ? i + 1 : i;
    }
    return part.size();
}

bool JsonElements::step(char c)
{
    if (!m_in_string)
        return step_outside(c);
    step_in_string(c);
    return true;
}

void JsonElements::step_in_string(char c)
{
    if (m_escaped)
        m_escaped = false;
    else if (c == '\\')
        m_escaped = true;
    else if (c == '"')
        m_in_string = false;
    m_complete = !m_in_string && m_depth == 0;
}

/// Whether the character belongs to the element.
bool JsonElements::step_outside(char c)
{
    switch (c) {
    case '"':
        m_in_string = true;
        return true;
    case '{':
    case '[':
        ++m_depth;
        return true;
    case '}':
    case ']': {
        bool const is_inside = m_depth != 0; // Else it ends the list behind a number.
        m_depth -= is_inside ? 1 : 0;
        m_complete = m_depth == 0;
        return is_inside;
    }
    default:
        m_complete = m_depth == 0 && kBetween.contains(c);
        return !m_complete;
    }
}

bool JsonElements::take_element()
{
    m_element.clear();
    m_depth = 0;
    m_in_string = m_escaped = m_too_long = m_complete = false;
    for (;;) {
        auto const size = scan(rest());
        keep(rest().substr(0, size));
        m_at += size;
        if (m_complete)
            return true;
        if (!fill())
            return m_depth == 0 && !m_in_string; // A bare number may be the last thing there is.
    }
}

bool JsonElements::next(JsonElement& element)
{
    while (skip_to_element()) {
        element.offset = offset();
        if (element.offset >= m_end)
            return false;
        if (!take_element()) {
            if (m_result)
                m_result = fail(Fault::truncated, "the JSON text ends within a value", element.offset);
            return false;
        }
        if (!m_too_long) {
            element.text = m_element;
            return true;
        }
        ++m_left_out;
    }
    if (m_result && m_inside_array && !m_array_ended)
        m_result = fail(Fault::truncated, "the JSON text ends within a list", offset());
    return false;
}

} // namespace exhibit
