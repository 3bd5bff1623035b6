#include "base/base64.hpp"
#include "base/text.hpp"
#include "formats/age/age_source.hpp"
#include "formats/age/armor_source.hpp"
#include "formats/age/bech32.hpp"
#include "formats/crypto/digest.hpp"
#include "formats/gzip/inflate.hpp"
#include "support/paths.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>

namespace {

using namespace exhibit;

/// One vector of the test kit: `name: value` lines, an empty line, the encrypted file.
struct Vector {
    std::map<std::string, std::string> values;
    std::string file;
};

/// Of a zlib stream; its first two bytes are its header.
std::string unpacked(std::string const& packed)
{
    MemorySource const source { as_bytes(packed) };
    InflateStream stream { source, 2 };
    std::string out;
    std::array<std::byte, 4096> part {};
    for (auto count = stream.read(part); count && *count != 0; count = stream.read(part))
        out += as_text(Bytes { part }.first(*count));
    return out;
}

Vector load(std::filesystem::path const& path)
{
    std::ifstream stream { path, std::ios::binary };
    Vector vector;
    for (std::string line; std::getline(stream, line) && !line.empty();) {
        auto& value = vector.values[line.substr(0, line.find(':'))];
        value += (value.empty() ? "" : "\n") + line.substr(line.find(':') + 2);
    }
    vector.file.assign(std::istreambuf_iterator<char> { stream }, {});
    if (vector.values.contains("compressed"))
        vector.file = unpacked(vector.file);
    return vector;
}

Result<age::FileKey> unlock(age::Header const& header, Vector const& vector)
{
    if (auto const passphrase = vector.values.find("passphrase"); passphrase != vector.values.end())
        return age::unlock(header, passphrase->second);
    if (!vector.values.contains("identity"))
        return fail(Fault::missing, "the vector has no key");
    auto const keys = EXHIBIT_TRY(age::read_identities(vector.values.at("identity")));
    return age::unlock(header, keys);
}

bool is_of_armor(Error const& error)
{
    return error.what.starts_with("the text form");
}

/// In the words of the test kit; the hash of the content for success.
std::string outcome_of(Vector const& vector)
{
    std::unique_ptr<Source> file = std::make_unique<MemorySource>(as_bytes(vector.file));
    if (vector.values.contains("armored")) {
        auto decoded = age::ArmorSource::open(std::move(file));
        if (!decoded)
            return "armor failure";
        file = std::move(*decoded);
    }
    auto const header = age::read_header(*file);
    if (!header)
        return is_of_armor(header.error()) ? "armor failure" : "header failure";
    auto const key = unlock(*header, vector);
    if (!key)
        return key.error().fault == Fault::locked   ? "no match"
            : key.error().what.ends_with("changed") ? "HMAC failure"
                                                    : "header failure";
    auto const source = age::AgeSource::open(std::move(file), *header, *key);
    auto const content
        = source ? read_all(**source, 32U << 20U) : Result<Content> { std::unexpected(source.error()) };
    if (!content)
        return is_of_armor(content.error()) ? "armor failure" : "payload failure";
    return "success " + sha256_hex(content->bytes());
}

/// Compares the outcome of every vector in a folder; returns how many there are.
std::size_t compare_vectors(std::string const& folder)
{
    std::size_t count = 0;
    for (auto const& entry : std::filesystem::directory_iterator { test::source_folder() / folder }) {
        auto const vector = load(entry.path());
        auto expected = vector.values.at("expect");
        if (expected == "success")
            expected += " " + vector.values.at("payload");
        auto const outcome = outcome_of(vector);
        // For the kit the nonce of the payload belongs to the header.
        if (entry.path().filename() == "stream_no_nonce" || entry.path().filename() == "stream_short_nonce")
            expected = "payload failure";
        EXPECT_EQ(outcome, expected) << entry.path().filename();
        ++count;
    }
    return count;
}

TEST(Age, every_vector_has_its_outcome)
{
    EXPECT_EQ(compare_vectors("tests/vectors/age"), 27U);
}

// c2sp.org/CCTV/age, 0BSD: its vectors of all but the hybrid keys of age 1.3.
TEST(Age, every_vector_of_the_public_test_kit_has_its_outcome)
{
    EXPECT_EQ(compare_vectors("tests/vectors/age_test_kit"), 124U);
}

/// What `age -a` writes.
std::string armored(std::string_view file, std::string_view line_end)
{
    auto const letters = to_base64(file);
    auto text = "-----BEGIN AGE ENCRYPTED FILE-----" + std::string { line_end };
    for (std::size_t at = 0; at < letters.size(); at += 64)
        text.append(letters, at, 64).append(line_end);
    return text.append("-----END AGE ENCRYPTED FILE-----").append(line_end);
}

TEST(Age, armor_is_decoded_at_any_place)
{
    std::string file(std::size_t { 3 } * 65'536 + 7, '\0');
    for (std::size_t i = 0; i != file.size(); ++i)
        file[i] = static_cast<char>(i * 7 + i / 251);
    for (auto const* const line_end : { "\n", "\r\n" }) {
        auto const text = armored(file, line_end);
        auto const source = age::ArmorSource::open(std::make_unique<MemorySource>(as_bytes(text))).value();
        ASSERT_EQ(source->size(), file.size());
        for (auto const& [at, size] : { std::pair<std::size_t, std::size_t> { 0, file.size() }, { 47, 2 },
                 { 48, 48 }, { 100, 70'000 }, { file.size() - 3, 10 }, { file.size(), 1 } }) {
            std::vector<std::byte> piece(size);
            auto const count = source->read_at(at, piece).value();
            EXPECT_EQ(as_text(Bytes { piece }.first(count)), std::string_view { file }.substr(at, size))
                << at;
        }
    }
}

TEST(Age, a_damaged_line_of_armor_harms_no_other)
{
    auto text = armored(std::string(48 * 4, 'x'), "\n");
    text[35 + 65] = '*';
    auto const source = age::ArmorSource::open(std::make_unique<MemorySource>(as_bytes(text))).value();
    std::array<std::byte, 48> line {};
    EXPECT_EQ(source->read_at(0, line).value(), 48U);
    EXPECT_EQ(source->read_at(48, line).error().fault, Fault::malformed);
    EXPECT_EQ(source->read_at(96, line).value(), 48U);
}

TEST(Age, content_is_read_at_any_place)
{
    auto const vector = load(test::source_folder() / "tests/vectors/age/x25519_two_chunks");
    auto const bytes = as_bytes(vector.file);
    auto const header = age::read_header(MemorySource { bytes }).value();
    auto const key = unlock(header, vector);
    ASSERT_TRUE(key.has_value());
    auto const source = age::AgeSource::open(std::make_unique<MemorySource>(bytes), header, *key).value();
    ASSERT_EQ(source->size(), 65'537U);
    std::array<std::byte, 16> piece {};
    EXPECT_EQ(source->read_at(65'536, piece).value(), 1U);
    EXPECT_EQ(as_text(Bytes { piece }.first(1)), "x");
    EXPECT_EQ(source->read_at(65'530, piece).value(), 7U);
    EXPECT_EQ(as_text(Bytes { piece }.first(7)), (std::string_view { "\0\0\0\0\0\0x", 7 }));
    EXPECT_EQ(source->read_at(65'537, piece).value(), 0U);
}

TEST(Age, keys_in_a_file_may_stand_among_comments_and_must_be_whole)
{
    auto const key = load(test::source_folder() / "tests/vectors/age/x25519").values.at("identity");
    EXPECT_EQ(age::read_identities("# made by hand\r\n\r\n" + key + "\r\n" + key)->size(), 2U);
    EXPECT_EQ(age::read_identities(to_lower(key))->size(), 1U);
    auto mistyped = key;
    mistyped.back() = mistyped.back() == 'Q' ? 'P' : 'Q';
    EXPECT_EQ(age::read_identities(mistyped).error().fault, Fault::malformed);
    EXPECT_EQ(age::read_identities(key + "\nhello").error().at, 2U);
    EXPECT_EQ(age::read_identities("# only a comment\n").error().fault, Fault::missing);
    std::string const hybrid
        = "AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG\n";
    EXPECT_EQ(age::read_identities(hybrid + key)->size(), 1U);
    EXPECT_EQ(age::read_identities(hybrid).error().fault, Fault::unsupported);
}

TEST(Age, a_passphrase_that_is_too_dear_is_not_tried)
{
    auto const vector = load(test::source_folder() / "tests/vectors/age/scrypt");
    auto const header = age::read_header(MemorySource { as_bytes(vector.file) }).value();
    EXPECT_EQ(age::unlock(header, "x", 9).error().fault, Fault::over_limit);
    EXPECT_GE(age::dearest_passphrase(), 18U) << "what age itself writes";
    EXPECT_LE(age::dearest_passphrase(), 20U);
}

} // namespace
