#include "base/line_reader.hpp"

#include "base/utf16.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace exhibit {
namespace {

constexpr std::size_t kStep = std::size_t { 256 } << 10U;

/// Where behind `from` a line begins, if one does near it.
Result<std::optional<std::uint64_t>> line_begin_after(Source const& source, std::uint64_t from)
{
    constexpr std::size_t near = std::size_t { 64 } << 10U;
    std::vector<std::byte> buffer(near);
    auto const text = as_text(Bytes { buffer }.first(EXHIBIT_TRY(source.read_at(from, buffer))));
    auto at = text.find("\n\n");
    if (at != text.npos)
        return from + at + 2;
    at = text.find('\n');
    return at == text.npos ? std::nullopt : std::optional { from + at + 1 };
}

} // namespace

Result<std::vector<Stretch>> cut_at_lines(Source const& source, std::uint64_t least, std::size_t most)
{
    std::vector<Stretch> stretches(1);
    auto const count = std::min<std::uint64_t>(source.size() / std::max<std::uint64_t>(least, 1), most);
    if (count < 2 || EXHIBIT_TRY(find_text(source)).converted)
        return stretches;
    auto const size = source.size() / count;
    for (std::uint64_t number = 1; number != count; ++number) {
        auto const begin = EXHIBIT_TRY(line_begin_after(source, number * size));
        if (!begin || *begin <= stretches.back().begin || *begin >= source.size())
            continue;
        stretches.back().end = *begin;
        stretches.push_back({ .begin = *begin });
    }
    return stretches;
}

LineReader::LineReader(Source const& source, std::size_t longest)
    : m_source(&source)
    , m_longest(std::max<std::size_t>(longest, 1))
    , m_window(source.in_memory())
    , m_at_end(!m_window.empty() || source.size() == 0)
{
    convert();
}

void LineReader::convert()
{
    auto text = find_text(*m_source);
    if (!text) {
        m_result = std::unexpected(text.error());
        m_window = {};
        m_at_end = true;
        return;
    }
    m_window = m_window.subspan(std::min<std::size_t>(m_window.size(), text->begin));
    m_window_offset = text->begin;
    if (!text->converted)
        return;
    m_window = {};
    m_at_end = false;
    m_converted = std::move(text->converted);
    m_source = m_converted.get();
}

LineReader::LineReader(Source const& source, std::size_t longest, Stretch stretch)
    : LineReader(source, longest)
{
    m_end = stretch.end;
    if (stretch.begin != 0) {
        m_window = source.in_memory();
        m_window = m_window.subspan(std::min<std::size_t>(m_window.size(), stretch.begin));
        m_window_offset = stretch.begin;
    }
    auto const size = stretch.end - std::min(m_window_offset, stretch.end);
    m_window = m_window.first(std::min<std::size_t>(m_window.size(), size));
}

/// Puts more bytes behind the window. False when there are none.
bool LineReader::fill()
{
    auto const kept = m_window.size();
    if (m_at_end || m_window_offset + kept >= m_end)
        return false;
    if (kept != 0 && m_window.data() != m_buffer.data())
        std::memmove(m_buffer.data(), m_window.data(), kept);
    if (m_buffer.size() < kept + kStep)
        m_buffer.resize(kept + kStep);
    auto const room = std::min<std::uint64_t>(m_buffer.size() - kept, m_end - m_window_offset - kept);
    auto const read = m_source->read_at(
        m_window_offset + kept, std::span { m_buffer }.subspan(kept, static_cast<std::size_t>(room)));
    if (!read) {
        m_result = std::unexpected(read.error());
        m_at_end = true;
    } else {
        m_at_end = *read == 0;
    }
    m_window = Bytes { m_buffer }.first(kept + (read ? *read : 0));
    return read && *read != 0;
}

bool LineReader::take(Line& line, std::size_t size, std::size_t whole)
{
    auto text = as_text(m_window.first(size));
    while (text.ends_with('\r')) // Windows adds one to that of old versions of adb.
        text.remove_suffix(1);
    ++m_number;
    for (auto* const one : { &m_last, &line }) { // A copy of what was just stored would wait for it.
        one->text = text;
        one->offset = m_window_offset;
        one->number = m_number;
        one->cut = false;
    }
    m_window = m_window.subspan(whole);
    m_window_offset += whole;
    return true;
}

void LineReader::skip_to_line_end()
{
    for (;;) {
        auto const* end = m_window.empty() ? nullptr : std::memchr(m_window.data(), '\n', m_window.size());
        auto const gone = end == nullptr
            ? m_window.size()
            : static_cast<std::size_t>(static_cast<std::byte const*>(end) - m_window.data()) + 1;
        m_window = m_window.subspan(gone);
        m_window_offset += gone;
        if (end != nullptr || !fill())
            return;
    }
}

bool LineReader::next(Line& line)
{
    if (m_repeat) {
        m_repeat = false;
        line = m_last;
        return true;
    }
    if (m_last.cut) {
        m_last.cut = false;
        skip_to_line_end();
    }
    for (std::size_t searched = 0;;) {
        auto const fresh = m_window.subspan(searched);
        if (auto const* end = fresh.empty() ? nullptr : std::memchr(fresh.data(), '\n', fresh.size())) {
            auto const size = static_cast<std::size_t>(static_cast<std::byte const*>(end) - m_window.data());
            if (size <= m_longest)
                return take(line, size, size + 1);
        }
        searched = m_window.size();
        if (searched > m_longest) {
            (void)take(line, m_longest, m_longest);
            m_last.cut = line.cut = true;
            return true;
        }
        if (!fill())
            return !m_window.empty() && take(line, m_window.size(), m_window.size());
    }
}

} // namespace exhibit
