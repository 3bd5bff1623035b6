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

} // namespace
