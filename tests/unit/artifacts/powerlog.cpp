// Packed logs: the fixtures of ios.powerlog are unpacked ones.
#include "artifact/registry.hpp"
#include "support/fixture.hpp"
#include "support/recorder.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace exhibit {
namespace {

std::string packed(std::string const& content)
{
    z_stream stream {};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, content.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string database_of(std::string_view name)
{
    for (auto const& fixture : test::load_fixtures())
        if (fixture.name == name)
            return fixture.main;
    ADD_FAILURE() << "no fixture " << name;
    return {};
}

struct Read {
    std::vector<std::string> rows;
    std::vector<std::string> diagnostics;
    Result<void> result;
};

Read read(std::string const& content, std::string_view path, Limits const& limits = {})
{
    auto const* artifact = find_artifact("ios.powerlog");
    test::Recorder recorder { *artifact, limits };
    MemorySource const source { as_bytes(content) };
    Input input;
    input.path = path;
    input.stored = path;
    input.source = &source;
    auto result = artifact->parse(input, recorder);
    return { recorder.rows(), recorder.diagnostics(), std::move(result) };
}

constexpr std::string_view kPlain = "/private/var/mobile/Library/BatteryLife/CurrentPowerlog.PLSQL";
constexpr std::string_view kPacked = "/private/var/mobile/Library/BatteryLife/Archives/powerlog_1.PLSQL.gz";

TEST(Powerlog, a_packed_log_gives_the_rows_of_the_log_in_it)
{
    auto const database = database_of("ios.powerlog/current");
    auto const plain = read(database, kPlain);
    auto const archived = read(packed(database), kPacked);
    EXPECT_GT(plain.rows.size(), 20U);
    EXPECT_EQ(plain.rows, archived.rows);
    EXPECT_TRUE(archived.result);
    EXPECT_EQ(plain.diagnostics, archived.diagnostics);
}

TEST(Powerlog, of_a_packed_log_that_is_cut_the_front_is_read_and_the_damage_told)
{
    auto const archive = packed(database_of("ios.powerlog/current"));
    for (std::size_t tenth = 1; tenth != 10; ++tenth) {
        auto const cut = read(archive.substr(0, archive.size() * tenth / 10), kPacked);
        EXPECT_TRUE(!cut.result || !cut.diagnostics.empty()) << tenth;
    }
    EXPECT_FALSE(read("no gzip at all", kPacked).result);
}

TEST(Powerlog, what_unpacks_to_more_than_the_limit_is_refused)
{
    Limits limits;
    limits.unpacked = 10'000;
    auto const large = read(packed(std::string(50'000, 'x')), kPacked, limits);
    ASSERT_FALSE(large.result);
    EXPECT_EQ(large.result.error().fault, Fault::over_limit);
}

TEST(Powerlog, what_macos_writes_beside_a_file_is_passed_over)
{
    auto const beside = read("x", "/private/var/mobile/Library/BatteryLife/._CurrentPowerlog.PLSQL");
    EXPECT_TRUE(beside.result);
    EXPECT_TRUE(beside.rows.empty());
}

} // namespace
} // namespace exhibit
