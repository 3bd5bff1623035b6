#include "indicators/key_table.hpp"
#include "unit/indicators/indicator_helpers.hpp"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

// The matcher against an implementation that is slow and plainly right: it compares every value with
// every indicator, one after the other, as the table in docs/indicators.md says.
namespace {

using namespace exhibit;
using namespace exhibit::indicators;

std::string lowered(std::string text)
{
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
    return text;
}

bool host_matches(std::string host, std::string const& indicator)
{
    host = lowered(host);
    return host == indicator || host.ends_with("." + indicator);
}

bool path_matches(std::string const& path, std::string indicator)
{
    while (indicator.ends_with('/'))
        indicator.pop_back();
    return path == indicator || path.starts_with(indicator + "/");
}

bool process_matches(std::string const& process, std::string const& indicator)
{
    auto const name = process.substr(process.rfind('/') + 1);
    auto const size = name.size();
    bool const cut = size == 15 || size == 16 || size == 31 || size == 32;
    auto const matches = [&](std::string const& half) { return half == indicator; };
    bool const first_half = !process.starts_with('/') && process.find('/') != std::string::npos
        && matches(process.substr(0, process.find('/')));
    return matches(name) || first_half || (cut && indicator.starts_with(name));
}

class Dice {
public:
    std::size_t below(std::size_t count)
    {
        return std::uniform_int_distribution<std::size_t> { 0, count - 1 }(m_engine);
    }
    bool often() { return below(3) != 0; }

    /// From a small alphabet, so that values meet.
    std::string word(std::size_t longest)
    {
        std::string text;
        for (auto size = 1 + below(longest); size != 0; --size)
            text += "abcX"[below(4)];
        return text;
    }

    std::string host()
    {
        std::string text = word(2);
        for (auto labels = 1 + below(3); labels != 0; --labels)
            text += '.' + word(2);
        return text + ".example";
    }

    std::string path()
    {
        std::string text;
        for (auto parts = 1 + below(4); parts != 0; --parts)
            text += '/' + word(2);
        return text;
    }

private:
    std::mt19937_64 m_engine { 20240601 }; // NOLINT(bugprone-random-generator-seed): the same run every time
};

std::set<std::size_t> found_by(Matcher& matcher, Is is, std::string const& value)
{
    std::set<std::size_t> found;
    for (auto const& match : matcher.match(is, value))
        found.insert(match.indicator);
    return found;
}

/// Makes indicators and values, and compares what both ways find.
template<typename MakeValue, typename Matches>
void compare(Kind kind, Is is, std::vector<std::string> const& indicators, MakeValue const& make,
    Matches const& matches)
{
    std::vector<Sample> samples;
    for (auto const& indicator : indicators)
        samples.push_back({ kind, indicator });
    Matcher matcher { set_of(samples) };
    ASSERT_EQ(matcher.set().indicators().size(), indicators.size());
    std::size_t hits = 0;
    for (int round = 0; round != 20'000; ++round) {
        auto const value = make();
        std::set<std::size_t> expected;
        for (std::size_t i = 0; i != indicators.size(); ++i)
            if (matches(value, indicators[i]))
                expected.insert(i);
        hits += expected.size();
        ASSERT_EQ(found_by(matcher, is, value), expected) << value;
    }
    EXPECT_GT(hits, 100U); // else the values never met
}

TEST(Differential, hosts)
{
    Dice dice;
    std::vector<std::string> indicators;
    for (int i = 0; i != 100; ++i)
        indicators.push_back(lowered(dice.host()));
    compare(Kind::domain, Is::domain, indicators, [&] { return dice.host(); }, host_matches);
}

TEST(Differential, hosts_of_urls_in_prose)
{
    Dice dice;
    std::vector<std::string> indicators;
    for (int i = 0; i != 100; ++i)
        indicators.push_back(lowered(dice.host()));
    std::string host;
    auto const make = [&] {
        host = dice.host();
        constexpr std::array before { "", "https://", "http://user@", "Look: http://", "(www.",
            "\xE2\x80\x8Fhttps://" };
        constexpr std::array after { "", "/", "/a.b/c?d=e", ":8080/", ".", "!)", " and more",
            "\xE2\x80\xAC" };
        return before[dice.below(before.size())] + host + after[dice.below(after.size())];
    };
    compare(Kind::domain, Is::free_text, indicators, make,
        [&](std::string const&, std::string const& indicator) { return host_matches(host, indicator); });
}

TEST(Differential, paths)
{
    Dice dice;
    std::vector<std::string> indicators;
    for (int i = 0; i != 100; ++i)
        indicators.push_back(dice.path() + (dice.often() ? "" : "/"));
    compare(Kind::file_path, Is::path, indicators, [&] { return dice.path(); }, path_matches);
}

TEST(Differential, processes)
{
    Dice dice;
    std::vector<std::string> indicators;
    for (int i = 0; i != 100; ++i)
        indicators.push_back(
            dice.often() ? dice.word(3) : std::string(dice.below(20) + 12, 'a') + dice.word(4));
    auto const make = [&] {
        auto name = dice.often() ? dice.word(3) : std::string(dice.below(20) + 12, 'a') + dice.word(1);
        return dice.often() ? name : (dice.often() ? "/" : "") + dice.word(2) + '/' + name;
    };
    compare(Kind::process, Is::process, indicators, make, process_matches);
}

TEST(Differential, file_names)
{
    Dice dice;
    std::vector<std::string> indicators;
    for (int i = 0; i != 30; ++i)
        indicators.push_back(dice.word(3));
    compare(
        Kind::file_name, Is::path, indicators, [&] { return dice.path(); },
        [](std::string const& path, std::string const& name) {
            return path.substr(path.rfind('/') + 1) == name;
        });
}

TEST(Differential, key_table_against_a_map)
{
    Dice dice;
    std::vector<std::string> keys;
    for (int i = 0; i != 3000; ++i)
        keys.push_back(dice.word(7));
    std::vector<KeyTable::Entry> entries;
    std::map<std::string, std::set<std::uint32_t>> expected;
    for (std::uint32_t i = 0; i != keys.size(); ++i) {
        entries.emplace_back(keys[i], i);
        expected[keys[i]].insert(i);
    }
    KeyTable const table { entries };
    EXPECT_EQ(table.size(), expected.size());
    for (int i = 0; i != 20'000; ++i) {
        auto const key = dice.word(8);
        auto const found = table.find(key);
        auto const wanted = expected.contains(key) ? expected[key] : std::set<std::uint32_t> {};
        ASSERT_TRUE(std::ranges::equal(found, wanted)) << key;
    }
    EXPECT_TRUE(KeyTable {}.find("").empty());
    EXPECT_TRUE(KeyTable {}.find("a").empty());
}

} // namespace
