#include "base/utf16.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace exhibit {
namespace {

constexpr std::uint64_t kMark = 2; // Bytes of the byte order mark.
constexpr std::uint64_t kPart = std::uint64_t { 64 } << 10U; // Bytes of UTF-16 in a part.

bool is_high(char32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

bool is_low(char32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

char32_t unit_at(Bytes bytes, std::size_t at, std::endian order)
{
    auto const first = std::to_integer<unsigned>(bytes[at]);
    auto const second = std::to_integer<unsigned>(bytes[at + 1]);
    return order == std::endian::little ? second << 8U | first : first << 8U | second;
}

/// Converts the characters that begin in `bytes` from `from` to `to`; what stands around them tells about
/// characters of two units that lie across an end.
std::string convert(Bytes bytes, std::size_t from, std::size_t to, std::endian order)
{
    std::string out;
    out.reserve(to - from);
    auto at = from;
    if (from >= 2 && at + 2 <= to && is_low(unit_at(bytes, at, order))
        && is_high(unit_at(bytes, at - 2, order)))
        at += 2;
    for (; at + 2 <= to; at += 2) {
        auto const unit = unit_at(bytes, at, order);
        if (is_high(unit) && at + 4 <= bytes.size() && is_low(unit_at(bytes, at + 2, order))) {
            append_utf8(out, 0x10000 + ((unit - 0xD800) << 10U) + (unit_at(bytes, at + 2, order) - 0xDC00));
            at += 2;
        } else {
            append_utf8(out, is_high(unit) || is_low(unit) ? kReplacement : unit);
        }
    }
    return out;
}

} // namespace

std::optional<std::endian> utf16_order(Bytes head)
{
    if (head.size() < kMark)
        return std::nullopt;
    auto const text = as_text(head.first(kMark));
    return text == "\xFF\xFE" ? std::optional { std::endian::little }
        : text == "\xFE\xFF"  ? std::optional { std::endian::big }
                              : std::nullopt;
}

std::string to_utf8(std::string text)
{
    constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
    if (text.starts_with(utf8_mark))
        text.erase(0, utf8_mark.size());
    auto const order = utf16_order(as_bytes(text));
    return order ? convert(as_bytes(text), kMark, text.size(), *order) : text;
}

Result<std::unique_ptr<Utf16Source>> Utf16Source::open(std::shared_ptr<Source const> text)
{
    std::array<std::byte, kMark> head {};
    auto const read = EXHIBIT_TRY(text->read_at(0, head));
    auto const order = utf16_order(Bytes { head }.first(read));
    if (!order)
        return fail(Fault::malformed, "the text is not UTF-16");
    std::unique_ptr<Utf16Source> source { new Utf16Source { std::move(text), *order } };
    auto const parts = (source->m_text->size() - kMark + kPart - 1) / kPart;
    for (std::uint64_t i = 0; i != parts; ++i) {
        auto const converted = EXHIBIT_TRY(source->part(i));
        source->m_starts.push_back(source->m_starts.back() + converted.size());
    }
    return source;
}

Result<std::string> Utf16Source::part(std::uint64_t number) const
{
    // A unit more on each side.
    std::vector<std::byte> bytes(kPart + 4);
    auto const start = kMark + number * kPart;
    auto const count = EXHIBIT_TRY(m_text->read_at(start - 2, bytes));
    auto const all = Bytes { bytes }.first(count);
    return convert(all, std::min<std::size_t>(2, count), std::min<std::size_t>(2 + kPart, count), m_order);
}

Result<std::size_t> Utf16Source::read_at(std::uint64_t offset, std::span<std::byte> into) const
{
    std::size_t done = 0;
    while (done != into.size() && offset + done < size()) {
        auto const after = std::ranges::upper_bound(m_starts, offset + done);
        auto const number = static_cast<std::uint64_t>(after - m_starts.begin()) - 1;
        auto const converted = EXHIBIT_TRY(part(number));
        auto const skipped
            = static_cast<std::size_t>(offset + done - m_starts[static_cast<std::size_t>(number)]);
        if (skipped >= converted.size()) // The text changed under our hands.
            return fail(Fault::io, "the text is not what it was", offset + done);
        auto const size = std::min(converted.size() - skipped, into.size() - done);
        std::memcpy(into.data() + done, converted.data() + skipped, size);
        done += size;
    }
    return done;
}

Result<FoundText> find_text(Source const& source)
{
    constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
    std::array<std::byte, utf8_mark.size()> head {};
    auto const begin = Bytes { head }.first(EXHIBIT_TRY(source.read_at(0, head)));
    FoundText found;
    if (as_text(begin) == utf8_mark)
        found.begin = utf8_mark.size();
    if (utf16_order(begin))
        found.converted = EXHIBIT_TRY(
            Utf16Source::open(std::shared_ptr<Source const> { std::shared_ptr<Source const> {}, &source }));
    return found;
}

Result<std::shared_ptr<Source const>> in_utf8(std::shared_ptr<Source const> text)
{
    std::array<std::byte, kMark> head {};
    auto const read = EXHIBIT_TRY(text->read_at(0, head));
    if (!utf16_order(Bytes { head }.first(read)))
        return text;
    std::shared_ptr<Source const> converted = EXHIBIT_TRY(Utf16Source::open(std::move(text)));
    return converted;
}

} // namespace exhibit
