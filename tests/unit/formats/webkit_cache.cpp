#include "formats/webkit_cache/webkit_cache.hpp"

#include "formats/crypto/digest.hpp"

#include <bit>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::webkit_cache;
using namespace std::string_view_literals;

/// Writes fields as WTF's persistence does, with the checksum over each behind a number for its type.
class Writer {
public:
    Writer& field(std::string_view bytes, char salt)
    {
        m_summed += salt;
        m_summed.append(3, '\0');
        m_summed += bytes;
        m_bytes += bytes;
        return *this;
    }
    template<typename T> Writer& number(T value, char salt)
    {
        return field({ reinterpret_cast<char const*>(&value), sizeof value }, salt);
    }
    Writer& text(std::string_view narrow)
    {
        number(static_cast<std::uint32_t>(narrow.size()), 11).number(std::uint8_t { 1 }, 3);
        return field(narrow, 101);
    }
    Writer& wide(std::u16string_view text)
    {
        number(static_cast<std::uint32_t>(text.size()), 11).number(std::uint8_t { 0 }, 3);
        return field({ reinterpret_cast<char const*>(text.data()), text.size() * 2 }, 101);
    }
    Writer& none() { return number(0xFFFFFFFFU, 11); }
    Writer& hash() { return field(std::string(20, 'h'), 101); }
    Writer& checksum()
    {
        m_bytes += as_text(sha1(as_bytes(m_summed)));
        return *this;
    }
    Writer& end(std::uint64_t header, std::uint64_t body, bool is_inline)
    {
        hash().number(header, 13).hash().number(body, 13);
        return number(static_cast<std::uint8_t>(is_inline), 3).checksum();
    }
    [[nodiscard]] std::string const& bytes() const { return m_bytes; }

private:
    std::string m_bytes;
    std::string m_summed;
};

std::string newest()
{
    Writer writer;
    writer.number(std::uint32_t { 16 }, 11).text("example.org").text("Resource");
    writer.text("https://a.example/x").none().hash().hash();
    writer.number(1700000000.5, 29).end(6, 4, true);
    return writer.bytes() + "headerbody";
}

TEST(WebkitCache, a_record_has_its_key_time_and_content)
{
    auto const content = newest();
    auto const record = read(as_bytes(content)).value();
    EXPECT_EQ(record.version, 16U);
    EXPECT_EQ(record.key.partition, "example.org");
    EXPECT_EQ(record.key.type, "Resource");
    EXPECT_EQ(record.key.identifier, "https://a.example/x");
    EXPECT_EQ(record.key.range, "");
    EXPECT_EQ(record.stored, 1700000000.5);
    EXPECT_TRUE(record.body_inline);
    EXPECT_EQ(as_text(record.header), "header");
    EXPECT_EQ(as_text(record.body), "body");
}

TEST(WebkitCache, older_forms_are_told_apart_by_their_checksum)
{
    Writer old;
    old.number(std::uint32_t { 7 }, 11)
        .text("")
        .text("Resource")
        .wide(u"https://a.example/\u00E4")
        .text("0-9");
    old.hash().number(std::int64_t { 1'470'000'000'500 }, 19).end(0, 70'000, false);
    auto const record = read(as_bytes(old.bytes())).value();
    EXPECT_EQ(record.key.identifier, "https://a.example/ä");
    EXPECT_EQ(record.key.range, "0-9");
    EXPECT_EQ(record.stored, 1470000000.5);
    EXPECT_FALSE(record.body_inline);
    EXPECT_EQ(record.body_size, 70'000U);
    EXPECT_TRUE(record.body.empty());
}

TEST(WebkitCache, text_of_one_byte_per_character_is_latin)
{
    Writer writer;
    writer.number(std::uint32_t { 16 }, 11)
        .text("b\xFC"
              "cher.example")
        .text("Resource")
        .text("x")
        .none();
    writer.hash().hash().number(1.0, 29).end(0, 0, true);
    EXPECT_EQ(read(as_bytes(writer.bytes())).value().key.partition, "bücher.example");
}

TEST(WebkitCache, what_the_checksum_does_not_confirm_is_refused)
{
    auto const whole = newest();
    auto const end_of_facts = whole.size() - "headerbody"sv.size();
    for (std::size_t at = 0; at != end_of_facts; ++at) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        EXPECT_FALSE(read(as_bytes(damaged))) << at;
        EXPECT_FALSE(read(as_bytes(std::string_view { whole }.substr(0, at)))) << at;
    }
    auto const cut = std::string_view { whole }.substr(0, whole.size() - 1);
    EXPECT_EQ(as_text(read(as_bytes(cut)).value().body), "bod");
}

std::string part(std::string_view url)
{
    Writer writer;
    writer.text("example.org").text("Resource").text(url).none().hash().hash();
    return writer.number(20.0, 29).number(10.0, 29).bytes();
}

std::string page(std::string const& parts)
{
    Writer writer;
    writer.number(std::uint32_t { 16 }, 11).text("example.org").text("SubResources");
    writer.text("https://a.example/").none().hash().hash();
    return writer.number(30.0, 29).end(parts.size(), 0, true).bytes() + parts;
}

TEST(WebkitCache, parts_of_a_page_are_found_whatever_stands_between_them)
{
    auto const content = page("\2\0\0\0\0\0\0\0" + part("https://b.example/1.js") + "\0\1\1 cookies"
        + part("https://c.example/2.js") + "\1");
    auto const record = read(as_bytes(content)).value();
    auto const found = parts_of(record);
    ASSERT_EQ(found.parts.size(), 2U);
    EXPECT_EQ(found.parts.front().key.identifier, "https://b.example/1.js");
    EXPECT_EQ(found.parts.front().last_seen, 20.0);
    EXPECT_EQ(found.parts.front().first_seen, 10.0);
    EXPECT_EQ(found.parts.back().key.identifier, "https://c.example/2.js");
    EXPECT_FALSE(found.cut);
}

TEST(WebkitCache, a_word_that_only_looks_like_the_key_of_a_part_is_none)
{
    std::string const mark { "\x08\0\0\0\1Resource", 13 };
    auto const content = page(mark + "nothing" + part("https://c.example/2.js"));
    EXPECT_EQ(parts_of(read(as_bytes(content)).value()).parts.size(), 1U);
    std::string many;
    for (int at = 0; at != 200; ++at)
        many += mark;
    auto const wrong = page(many);
    auto const found = parts_of(read(as_bytes(wrong)).value());
    EXPECT_TRUE(found.parts.empty());
    EXPECT_TRUE(found.cut);
}

} // namespace
