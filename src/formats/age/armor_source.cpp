#include "formats/age/armor_source.hpp"

#include "formats/age/header.hpp"

#include <algorithm>
#include <optional>

namespace exhibit::age {
namespace {

constexpr std::string_view kFirstLine = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kLastLine = "-----END AGE ENCRYPTED FILE-----";
constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::size_t kColumns = 64;
constexpr std::size_t kBytesOfLine = kColumns / 4 * 3;
constexpr std::uint64_t kLinesAtOnce = 1400; // More than a chunk of the encrypted content.

std::unexpected<Error> broken_armor(std::uint64_t at)
{
    return fail(Fault::malformed, "the text form of the encrypted file is damaged", at);
}

/// The end of the line that begins the armor, with what ends it.
struct FirstLine {
    std::size_t end = 0;
    std::size_t line_end = 0;
};

std::optional<FirstLine> first_line_of(std::string_view head)
{
    auto const begin = head.find_first_not_of(kWhiteSpace);
    if (begin == head.npos || !head.substr(begin).starts_with(kFirstLine))
        return std::nullopt;
    auto const end = begin + kFirstLine.size();
    auto const rest = head.substr(end);
    if (rest.starts_with('\n'))
        return FirstLine { end + 1, 1 };
    return rest.starts_with("\r\n") ? std::optional { FirstLine { end + 2, 2 } } : std::nullopt;
}

std::string_view line_end_of(std::size_t size)
{
    return size == 2 ? "\r\n" : "\n";
}

/// Letters without the padding that may end them.
std::string_view without_padding(std::string_view letters)
{
    for (int i = 0; i != 2 && letters.ends_with('='); ++i)
        letters.remove_suffix(1);
    return letters;
}

} // namespace

bool is_armored(Bytes head)
{
    return first_line_of(as_text(head)).has_value();
}

ArmorSource::ArmorSource(std::unique_ptr<Source> file, std::uint64_t begin, std::size_t line_end)
    : m_file(std::move(file))
    , m_begin(begin)
    , m_line_end(line_end)
{
}

Result<std::unique_ptr<Source>> ArmorSource::open(std::unique_ptr<Source> file)
{
    std::vector<std::byte> part(std::min<std::uint64_t>(file->size(), kArmorHead));
    part.resize(EXHIBIT_TRY(file->read_at(0, part)));
    auto const first = first_line_of(as_text(part));
    if (!first)
        return broken_armor(0);
    std::unique_ptr<ArmorSource> source { new ArmorSource { std::move(file), first->end, first->line_end } };

    auto const tail = source->m_file->size() - std::min<std::uint64_t>(source->m_file->size(), kArmorHead);
    part.resize(source->m_file->size() - tail);
    part.resize(EXHIBIT_TRY(source->m_file->read_at(tail, part)));
    auto const text = as_text(part);
    auto const last = text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
    auto const end = tail + last.size() - kLastLine.size();
    if (!last.ends_with(kLastLine) || end < source->m_begin)
        return fail(
            Fault::truncated, "the text form of the encrypted file does not end with its last line", tail);
    EXHIBIT_TRY(source->measure(end));
    return std::unique_ptr<Source> { std::move(source) };
}

/// Counts the lines before `end` and the bytes in them, for which the last line must be read.
Result<void> ArmorSource::measure(std::uint64_t end)
{
    auto const letters = end - m_begin;
    auto const whole = kColumns + m_line_end;
    m_lines = (letters + whole - 1) / whole;
    if (m_lines == 0)
        return {};
    auto const last = letters - (m_lines - 1) * whole;
    if (last <= m_line_end || (last - m_line_end) % 4 != 0)
        return broken_armor(end);
    m_last_line = last - m_line_end;
    auto const bytes = EXHIBIT_TRY(decode_lines(m_lines - 1, 1));
    m_size = (m_lines - 1) * kBytesOfLine + bytes.size();
    return {};
}

Result<std::vector<std::byte>> ArmorSource::decode_lines(std::uint64_t first, std::uint64_t count) const
{
    auto const whole = kColumns + m_line_end;
    auto const begin = m_begin + first * whole;
    bool const has_last = first + count == m_lines;
    std::vector<std::byte> buffer(count * whole - (has_last ? kColumns - m_last_line : 0));
    if (EXHIBIT_TRY(m_file->read_at(begin, buffer)) != buffer.size())
        return fail(Fault::truncated, "the text form of the encrypted file ends early", begin);
    std::string letters;
    letters.reserve(buffer.size());
    for (auto rest = as_text(buffer); !rest.empty();) {
        auto const line = rest.substr(0, std::min(whole, rest.size()));
        if (!line.ends_with(line_end_of(m_line_end)))
            return broken_armor(begin + (buffer.size() - rest.size()));
        letters += line.substr(0, line.size() - m_line_end);
        rest.remove_prefix(line.size());
    }
    auto bytes = decode_base64(has_last ? without_padding(letters) : letters);
    if (!bytes)
        return broken_armor(begin);
    return bytes;
}

Result<std::size_t> ArmorSource::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    std::size_t done = 0;
    while (done != into.size() && offset + done < m_size) {
        auto const first = (offset + done) / kBytesOfLine;
        auto const skipped = (offset + done) % kBytesOfLine;
        auto const wanted = (skipped + into.size() - done + kBytesOfLine - 1) / kBytesOfLine;
        auto const count = std::min({ std::uint64_t { wanted }, m_lines - first, kLinesAtOnce });
        auto const bytes = EXHIBIT_TRY(decode_lines(first, count));
        auto const part = Bytes { bytes }.subspan(skipped);
        auto const size = std::min(part.size(), into.size() - done);
        std::ranges::copy(part.first(size), into.begin() + static_cast<std::ptrdiff_t>(done));
        done += size;
    }
    return done;
}

} // namespace exhibit::age
