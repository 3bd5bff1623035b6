#include "base/text.hpp"
#include "formats/crypto/cbc_source.hpp"
#include "formats/crypto/key_wrap.hpp"
#include "formats/crypto/openssl.hpp"
#include "formats/crypto/pbkdf2.hpp"
#include "support/backup_builder.hpp"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace exhibit;
using namespace std::string_view_literals;

std::string from_hex(std::string_view digits)
{
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string { digits.substr(i, 2) }, nullptr, 16));
    return bytes;
}

Key256 key_of(std::string_view bytes)
{
    Key256 key;
    std::memcpy(key.writable().data(), bytes.data(), key.bytes().size());
    return key;
}

std::string derive(PasswordHash hash, std::string_view password, std::string_view salt,
    std::uint64_t iterations, std::size_t size, HashCode code = HashCode::automatic)
{
    std::string key(size, '\0');
    Pbkdf2Options options;
    options.code = code;
    EXPECT_TRUE(pbkdf2(hash, as_bytes(password), as_bytes(salt), iterations,
        std::as_writable_bytes(std::span { key }), options));
    return key;
}

std::string reference(PasswordHash hash, std::string_view password, std::string_view salt,
    std::uint64_t iterations, std::size_t size)
{
    std::string key(size, '\0');
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
        reinterpret_cast<unsigned char const*>(salt.data()), static_cast<int>(salt.size()),
        static_cast<int>(iterations), hash == PasswordHash::sha1 ? EVP_sha1() : EVP_sha256(),
        static_cast<int>(size), reinterpret_cast<unsigned char*>(key.data()));
    return key;
}

TEST(Pbkdf2, gives_the_published_keys)
{
    // RFC 6070 and RFC 7914, section 11.
    EXPECT_EQ(to_hex(derive(PasswordHash::sha1, "password", "salt", 4096, 20)),
        "4b007901b765489abead49d926f721d065a429c1");
    EXPECT_EQ(to_hex(derive(PasswordHash::sha256, "passwd", "salt", 1, 64)),
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
}

TEST(Pbkdf2, agrees_with_openssl_for_every_code_path)
{
    auto const long_password = std::string(200, 'p');
    auto const long_salt = std::string(150, 's');
    for (auto const hash : { PasswordHash::sha1, PasswordHash::sha256 })
        for (std::string_view const password : { ""sv, "x"sv, "p\0w"sv, std::string_view { long_password } })
            for (std::string_view const salt : { "12345678"sv, std::string_view { long_salt } })
                for (std::uint64_t const iterations : { 1U, 2U, 3U, 1000U })
                    for (std::size_t const size : { 1U, 20U, 32U, 40U, 65U }) {
                        auto const expected = reference(hash, password, salt, iterations, size);
                        EXPECT_EQ(derive(hash, password, salt, iterations, size), expected);
                        EXPECT_EQ(
                            derive(hash, password, salt, iterations, size, HashCode::portable), expected);
                    }
}

TEST(Pbkdf2, refuses_counts_that_no_backup_has_and_stops_when_asked)
{
    Key256 key;
    EXPECT_EQ(pbkdf2(PasswordHash::sha256, {}, {}, 0, key.writable()).error().fault, Fault::malformed);
    for (auto const hash : { PasswordHash::sha1, PasswordHash::sha256 })
        EXPECT_EQ(
            pbkdf2(hash, {}, {}, most_iterations(hash) + 1, key.writable()).error().fault, Fault::over_limit);
    std::stop_source stop;
    Pbkdf2Options options;
    options.stop = stop.get_token();
    options.progress = [&](double) { stop.request_stop(); };
    auto const most = most_iterations(PasswordHash::sha256);
    EXPECT_EQ(
        pbkdf2(PasswordHash::sha256, {}, {}, most, key.writable(), options).error().fault, Fault::cancelled);
}

TEST(Pbkdf2, reports_how_far_it_is)
{
    std::vector<double> reports;
    Pbkdf2Options options;
    options.progress = [&](double part) { reports.push_back(part); };
    Key256 key;
    ASSERT_TRUE(pbkdf2(PasswordHash::sha256, as_bytes("a"), as_bytes("b"), 250'000, key.writable(), options));
    ASSERT_EQ(reports.size(), 3U);
    EXPECT_TRUE(std::ranges::is_sorted(reports));
    EXPECT_DOUBLE_EQ(reports.back(), 1.0);
}

TEST(KeyWrap, opens_the_published_example_and_no_other)
{
    // RFC 3394, 4.6.
    auto const wrapping
        = key_of(from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    auto wrapped
        = from_hex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
    auto const key = unwrap_key(wrapping, as_bytes(wrapped));
    ASSERT_TRUE(key);
    EXPECT_EQ(
        to_hex(as_text(key->bytes())), "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
    EXPECT_EQ(unwrap_key(wrapping, as_bytes(wrapped).first(39)).error().fault, Fault::malformed);
    wrapped[7] = static_cast<char>(wrapped[7] ^ 1);
    EXPECT_EQ(unwrap_key(wrapping, as_bytes(wrapped)).error().fault, Fault::locked);
}

/// Reads as a file does: never in memory.
class FileLike final : public Source {
public:
    explicit FileLike(std::string content)
        : m_content(std::move(content))
        , m_view(as_bytes(m_content))
    {
    }
    [[nodiscard]] std::uint64_t size() const override { return m_content.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_view.read_at(offset, into);
    }

private:
    std::string m_content;
    MemorySource m_view;
};

std::string sample(std::size_t size)
{
    std::string content(size, '\0');
    std::uint32_t state = 12345;
    for (auto& c : content) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>(state >> 24U);
    }
    return content;
}

std::unique_ptr<CbcSource> decrypting(std::string const& content, std::uint64_t size)
{
    auto const key = test::test_key(7);
    return std::make_unique<CbcSource>(
        std::make_unique<FileLike>(test::encrypt_cbc(key, content)), test::test_key(7), AesBlock {}, size);
}

std::string read_part(Source const& source, std::uint64_t offset, std::size_t size)
{
    std::string part(size, '\xEE');
    auto const count = source.read_at(offset, std::as_writable_bytes(std::span { part }));
    EXPECT_TRUE(count);
    part.resize(count.value_or(0));
    return part;
}

TEST(CbcSource, any_part_equals_that_part_of_the_content)
{
    auto const content = sample(400'003);
    auto const source = decrypting(content, content.size());
    ASSERT_EQ(source->size(), content.size());
    for (std::uint64_t const offset :
        { 0U, 1U, 15U, 16U, 17U, 4096U, 131'071U, 131'072U, 131'073U, 399'990U, 400'002U })
        for (std::size_t const size : { 1U, 15U, 16U, 17U, 31U, 4096U, 131'072U, 131'080U, 400'003U })
            EXPECT_EQ(read_part(*source, offset, size), content.substr(offset, size))
                << offset << " " << size;
    EXPECT_EQ(read_part(*source, 400'003, 5), "");
    EXPECT_EQ(read_part(*source, UINT64_MAX, 5), "");
}

TEST(CbcSource, several_threads_may_read_at_once)
{
    auto const content = sample(100'000);
    auto const source = decrypting(content, content.size());
    std::vector<std::jthread> readers;
    std::atomic<int> wrong = 0;
    for (std::size_t number = 0; number < 4; ++number)
        readers.emplace_back([&, number] {
            for (std::size_t at = number * 7; at + 333 < content.size(); at += 997)
                if (read_part(*source, at, 333) != content.substr(at, 333))
                    ++wrong;
        });
    readers.clear();
    EXPECT_EQ(wrong, 0);
}

TEST(CbcSource, an_incomplete_last_block_is_not_content)
{
    auto cut = test::encrypt_cbc(test::test_key(7), sample(100));
    cut.resize(90);
    CbcSource const source { std::make_unique<FileLike>(cut), test::test_key(7), AesBlock {}, 100 };
    EXPECT_EQ(source.size(), 80U);
    EXPECT_EQ(read_part(source, 0, 100), sample(100).substr(0, 80));
}

TEST(CbcSource, tells_how_the_last_block_is_padded)
{
    auto const ending = [](std::size_t size, test::Padding padding) {
        CbcSource const source { std::make_unique<FileLike>(
                                     test::encrypt_cbc(test::test_key(7), std::string(size, 'x'), padding)),
            test::test_key(7), AesBlock {}, UINT64_MAX };
        return ending_of(source).value();
    };
    EXPECT_EQ(ending(100, test::Padding::pkcs7).size, 100U);
    EXPECT_EQ(ending(100, test::Padding::pkcs7).padding, 12U);
    EXPECT_EQ(ending(96, test::Padding::pkcs7).padding, 16U);
    EXPECT_EQ(ending(100, test::Padding::zeros).size, 112U);
    EXPECT_EQ(ending(100, test::Padding::zeros).padding, 0U);
    EXPECT_EQ(ending(0, test::Padding::none).size, 0U);
}

} // namespace
