#include "base/line_reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

namespace {

using namespace exhibit;

/// Hands out its bytes a few at a time, as a compressed source may.
class SlowSource final : public Source {
public:
    explicit SlowSource(std::string_view text, std::size_t step = 3)
        : m_text(text)
        , m_step(step)
    {
    }
    [[nodiscard]] std::uint64_t size() const override { return m_text.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        auto const part = m_text.substr(std::min<std::size_t>(offset, m_text.size()), m_step);
        auto const count = std::min(part.size(), into.size());
        std::memcpy(into.data(), part.data(), count);
        return count;
    }

private:
    std::string_view m_text;
    std::size_t m_step;
};

std::string lines_of(Source const& source, std::size_t longest = 100)
{
    LineReader reader { source, longest };
    std::string out;
    for (Line line; reader.next(line);)
        out += fmt::format("{}@{}:{}{}|", line.number, line.offset, line.text, line.cut ? "~" : "");
    EXPECT_TRUE(reader.result().has_value());
    return out;
}

TEST(LineReader, lines_end_with_lf_or_crlf_and_the_last_needs_no_end)
{
    for (std::string_view const text : { "one\r\n\ntwo\nthree", "one\r\n\ntwo\nthree\n" }) {
        MemorySource const memory { as_bytes(text) };
        SlowSource const slow { text };
        EXPECT_EQ(lines_of(memory), "1@0:one|2@5:|3@6:two|4@10:three|");
        EXPECT_EQ(lines_of(slow), lines_of(memory));
    }
    EXPECT_EQ(lines_of(MemorySource { as_bytes(std::string_view { "one\r\r\n\r\r\ntw\ro\r\r" }) }),
        "1@0:one|2@6:|3@9:tw\ro|");
    EXPECT_EQ(lines_of(MemorySource { {} }), "");
    EXPECT_EQ(lines_of(SlowSource { "\n" }), "1@0:|");
}

TEST(LineReader, a_line_above_the_limit_is_cut_and_the_next_one_is_whole)
{
    std::string_view const text = "1234567890\nab\n12345\n1234567890";
    SlowSource const slow { text };
    EXPECT_EQ(lines_of(slow, 5), "1@0:12345~|2@11:ab|3@14:12345|4@20:12345~|");
    EXPECT_EQ(lines_of(MemorySource { as_bytes(text) }, 5), lines_of(slow, 5));
}

TEST(LineReader, a_repeated_line_is_the_same_line)
{
    MemorySource const memory { as_bytes("a\nb\n") };
    LineReader reader { memory };
    Line line;
    ASSERT_TRUE(reader.next(line));
    reader.repeat();
    ASSERT_TRUE(reader.next(line));
    EXPECT_EQ(line.text, "a");
    ASSERT_TRUE(reader.next(line));
    EXPECT_EQ(line.text, "b");
    EXPECT_FALSE(reader.next(line));
}

/// The lines of all stretches of a text, one after the other.
std::string lines_of_stretches(Source const& source, std::vector<Stretch> const& stretches)
{
    std::string out;
    for (auto const stretch : stretches) {
        LineReader reader { source, 100, stretch };
        for (Line line; reader.next(line);)
            out += fmt::format("{}:{}{}|", line.offset, line.text, line.cut ? "~" : "");
        EXPECT_TRUE(reader.result().has_value());
    }
    return out;
}

TEST(LineReader, the_stretches_of_a_text_hold_each_of_its_lines_once)
{
    std::string text = "\xEF\xBB\xBF";
    for (int i = 0; i != 40'000; ++i)
        text += fmt::format("line {}{}\n", i, i % 1000 == 0 ? std::string(300, 'x') : "");
    text += "the last";
    MemorySource const memory { as_bytes(text) };
    SlowSource const slow { text, 4096 };
    auto const whole = lines_of_stretches(memory, { Stretch {} });
    for (std::size_t const most : { 1U, 2U, 3U, 31U })
        for (std::uint64_t const least : { 1'000U, 100'000U, 1'000'000U }) {
            auto const stretches = cut_at_lines(slow, least, most).value();
            EXPECT_EQ(stretches.size(), std::clamp<std::uint64_t>(text.size() / least, 1, most));
            EXPECT_TRUE(lines_of_stretches(memory, stretches) == whole);
            EXPECT_TRUE(lines_of_stretches(slow, stretches) == whole);
        }
}

TEST(LineReader, a_text_is_cut_behind_an_empty_line_where_there_is_one_and_not_within_a_line)
{
    std::string const text = "12345678901234567890\n123\n\nabc\n" + std::string(200'000, 'x') + "\nend";
    auto const stretches = cut_at_lines(MemorySource { as_bytes(text) }, 10, 20'000).value();
    ASSERT_EQ(stretches.size(), 3U); // None begins within the long line, and where it ends all others do.
    EXPECT_EQ(stretches[0].end, 26U);
    EXPECT_EQ(stretches[1].begin, 26U);
    EXPECT_EQ(text.substr(stretches[2].begin), "end");
    std::string const utf16 = "\xFF\xFE" + std::string(100, '\n');
    EXPECT_EQ(cut_at_lines(MemorySource { as_bytes(utf16) }, 1, 10).value().size(), 1U);
}

} // namespace
