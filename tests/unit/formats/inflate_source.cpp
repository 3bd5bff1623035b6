#include "formats/gzip/inflate_source.hpp"

#include <gtest/gtest.h>
#include <random>
#include <zlib.h>

namespace {

using namespace exhibit;
using namespace std::string_view_literals;

class OwnedText final : public Source {
public:
    explicit OwnedText(std::string text)
        : m_text(std::move(text))
        , m_view(as_bytes(m_text))
    {
    }
    [[nodiscard]] std::uint64_t size() const override { return m_text.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_view.read_at(offset, into);
    }

private:
    std::string m_text;
    MemorySource m_view;
};

std::string zlib_of(std::string const& text)
{
    std::string packed(::compressBound(text.size()), '\0');
    auto size = static_cast<uLongf>(packed.size());
    ::compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<Bytef const*>(text.data()),
        text.size());
    packed.resize(size);
    return packed;
}

std::string sample()
{
    std::mt19937 random { 1 };
    std::string text;
    while (text.size() < (6U << 20U))
        text += std::to_string(random() % 1000) + (random() % 7 == 0 ? "\n" : " ");
    return text;
}

TEST(InflateSource, a_zlib_stream_is_read_at_any_place)
{
    auto const text = sample();
    auto const opened = InflateSource::open_zlib(std::make_shared<OwnedText>(zlib_of(text))).value();
    EXPECT_FALSE(opened.damage);
    ASSERT_EQ(opened.source->size(), text.size());
    for (std::size_t const offset : { std::size_t { 0 }, std::size_t { 5'000'000 }, std::size_t { 1'500'000 },
             std::size_t { 1'500'100 }, std::size_t { 10 }, text.size() - 50 }) {
        std::array<std::byte, 100> piece {};
        auto const count = opened.source->read_at(offset, piece).value();
        EXPECT_EQ(as_text(Bytes { piece }.first(count)), text.substr(offset, 100)) << offset;
    }
}

TEST(InflateSource, deflated_data_with_nothing_behind_it_is_whole)
{
    auto const text = sample();
    auto const packed = zlib_of(text);
    auto const deflated = packed.substr(2, packed.size() - 6);
    auto const opened
        = InflateSource::open_deflate(std::make_shared<OwnedText>(deflated), text.size()).value();
    EXPECT_FALSE(opened.damage);
    EXPECT_EQ(opened.source->size(), text.size());
    EXPECT_EQ(opened.crc, crc32_of(as_bytes(text)));
    auto const bomb = InflateSource::open_deflate(std::make_shared<OwnedText>(deflated), 1000).value();
    EXPECT_EQ(bomb.damage.value().fault, Fault::over_limit);
}

TEST(InflateSource, a_cut_stream_keeps_what_came_before_the_cut)
{
    auto const text = sample();
    auto packed = zlib_of(text);
    packed.resize(packed.size() / 2);
    auto const opened = InflateSource::open_zlib(std::make_shared<OwnedText>(packed)).value();
    EXPECT_EQ(opened.damage.value().fault, Fault::truncated);
    EXPECT_GT(opened.source->size(), text.size() / 4);
    EXPECT_LT(opened.source->size(), text.size());
    EXPECT_EQ(InflateSource::open_zlib(std::make_shared<OwnedText>("hello")).error().fault, Fault::malformed);
}

TEST(InflateWhole, gives_what_is_exactly_as_it_is_said_to_be_and_nothing_else)
{
    auto const text = sample();
    auto const packed = zlib_of(text);
    auto const raw = as_bytes(std::string_view { packed }).subspan(2, packed.size() - 6);
    auto const crc = crc32_of(as_bytes(text));
    EXPECT_EQ(crc, ::crc32(0, reinterpret_cast<Bytef const*>(text.data()), static_cast<uInt>(text.size())));
    auto const whole = inflate_whole(raw, text.size(), crc);
    ASSERT_TRUE(whole.has_value());
    EXPECT_EQ(as_text(whole->bytes()), text);
    EXPECT_FALSE(inflate_whole(raw, text.size(), crc + 1));
    EXPECT_FALSE(inflate_whole(raw, text.size() - 1, crc));
    EXPECT_FALSE(inflate_whole(raw, text.size() + 1, crc));
    EXPECT_FALSE(inflate_whole(raw.first(raw.size() / 2), text.size(), crc));
    EXPECT_FALSE(inflate_whole({}, text.size(), crc));
    EXPECT_TRUE(inflate_whole(as_bytes("\x03\x00"sv), 0, 0).has_value());
}

} // namespace
