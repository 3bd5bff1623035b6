#include "base/utf16.hpp"

#include "base/line_reader.hpp"

#include <gtest/gtest.h>
#include <string>

namespace {

using namespace exhibit;

/// UTF-16 with a byte order mark, from units.
std::string utf16(std::u16string_view text, std::endian order)
{
    std::string out;
    auto const marked = std::u16string { u'\xFEFF' }.append(text);
    for (char16_t const unit : marked) {
        auto const low = static_cast<char>(unit & 0xFF);
        auto const high = static_cast<char>(unit >> 8);
        out += order == std::endian::little ? std::string { low, high } : std::string { high, low };
    }
    return out;
}

std::string content_of(Source const& source, std::size_t step)
{
    std::string out;
    std::string piece(step, '\0');
    while (out.size() < source.size()) {
        auto const count = source.read_at(out.size(), std::as_writable_bytes(std::span { piece }));
        if (!count || *count == 0)
            break;
        out += piece.substr(0, *count);
    }
    return out;
}

std::unique_ptr<Utf16Source> opened(std::string const& text)
{
    static std::vector<std::unique_ptr<std::string>> kept;
    kept.push_back(std::make_unique<std::string>(text));
    auto source = Utf16Source::open(std::make_shared<MemorySource>(as_bytes(*kept.back())));
    EXPECT_TRUE(source.has_value());
    return source ? std::move(*source) : nullptr;
}

TEST(Utf16, both_orders_give_the_same_text)
{
    for (auto const order : { std::endian::little, std::endian::big }) {
        auto const text = utf16(u"a\u00e9\u20ac\U0001F600\r\nb", order);
        std::string const expected = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\r\nb";
        EXPECT_EQ(to_utf8(text), expected);
        auto const source = opened(text);
        EXPECT_EQ(source->size(), expected.size());
        for (std::size_t const step : { 1U, 3U, 100U })
            EXPECT_EQ(content_of(*source, step), expected);
    }
}

TEST(Utf16, what_is_no_character_becomes_the_replacement_and_an_odd_byte_at_the_end_is_left_out)
{
    EXPECT_EQ(to_utf8(utf16(u"\xD800x\xDC00", std::endian::little) + "y"), "\xEF\xBF\xBDx\xEF\xBF\xBD");
}

TEST(Utf16, characters_across_the_ends_of_parts_come_once)
{
    for (std::size_t const before : { 32'766U, 32'767U, 32'768U }) {
        std::u16string text(before, u'a');
        for (int i = 0; i != 40'000; ++i)
            text += u"\U0001F600";
        auto const whole = utf16(text, std::endian::little);
        auto const source = opened(whole);
        EXPECT_EQ(content_of(*source, 1U << 16U), to_utf8(whole));
    }
}

TEST(Utf16, other_texts_stay_as_they_are_but_for_a_mark)
{
    EXPECT_EQ(to_utf8("plain"), "plain");
    EXPECT_EQ(to_utf8("\xEF\xBB\xBFplain"), "plain");
    EXPECT_FALSE(utf16_order(as_bytes("p")).has_value());
}

TEST(Utf16, lines_are_read_as_those_of_utf_8)
{
    auto const text = utf16(u"one\r\n\ntw\u00f6", std::endian::big);
    MemorySource const source { as_bytes(text) };
    LineReader lines { source };
    std::string out;
    for (Line line; lines.next(line);)
        out.append(line.text).append("@").append(std::to_string(line.offset)).append("|");
    EXPECT_EQ(out, "one@0|@5|tw\xC3\xB6@6|");
    EXPECT_TRUE(lines.result().has_value());
}

TEST(Utf16, the_mark_of_utf_8_belongs_to_no_line)
{
    std::string const text = "\xEF\xBB\xBFone\ntwo";
    MemorySource const source { as_bytes(text) };
    LineReader lines { source };
    Line line;
    ASSERT_TRUE(lines.next(line));
    EXPECT_EQ(line.text, "one");
    EXPECT_EQ(line.offset, 3U);
}

} // namespace
