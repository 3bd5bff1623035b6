#include "indicators/load.hpp"
#include "indicators/matcher.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <string>

namespace {

using namespace exhibit;
using namespace exhibit::indicators;
namespace fs = std::filesystem;
using Counts = std::map<Kind, std::size_t>;

/// Public packs lie beside the test data.
class PublishedPacks : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* data = std::getenv("EXHIBIT_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
        if (data == nullptr)
            GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
        m_data = data;
        m_packs = m_data.parent_path() / "indicators";
        if (!fs::exists(m_packs))
            GTEST_SKIP() << "no indicator packs beside the test data";
    }

    static IndicatorSet load(fs::path const& path)
    {
        SetBuilder builder;
        EXPECT_TRUE(load_path(builder, path)) << path;
        return builder.build();
    }

    static Counts counts(IndicatorSet const& set, std::optional<std::size_t> pack = {})
    {
        Counts counts;
        for (auto const& indicator : set.indicators())
            if (!pack || indicator.pack == *pack)
                ++counts[indicator.kind];
        return counts;
    }

    fs::path m_data;
    fs::path m_packs;
};

TEST_F(PublishedPacks, every_indicator_of_every_pack_is_usable)
{
    auto const set = load(m_packs);
    // Counted with a script of its own over the same files.
    std::map<std::string, Counts> const expected {
        { "pegasus.stix2",
            { { Kind::domain, 1438 }, { Kind::process, 81 }, { Kind::email, 29 }, { Kind::file_name, 1 } } },
        { "cytrox.stix2", { { Kind::domain, 336 }, { Kind::file_path, 6 }, { Kind::profile_id, 1 } } },
        { "malware.stix2", { { Kind::domain, 2183 }, { Kind::property_name, 3 }, { Kind::file_path, 1 } } },
        { "wintego_helios.stix2", { { Kind::domain, 175 } } },
        // Its seven `domain-name:value` are addresses.
        { "novispy.stix2",
            { { Kind::ip, 7 }, { Kind::app_id, 4 }, { Kind::sha256, 4 }, { Kind::cert_hash, 3 } } },
        { "rcs.stix2", { { Kind::domain, 26 }, { Kind::sha256, 9 }, { Kind::app_id, 5 } } },
        { "kingspawn.stix2", { { Kind::domain, 164 }, { Kind::file_path, 2 }, { Kind::process, 1 } } },
        { "operation_triangulation.stix2",
            { { Kind::domain, 75 }, { Kind::email, 36 }, { Kind::process, 1 } } },
        { "wyrmspy_dragonegg.stix2",
            { { Kind::sha256, 34 }, { Kind::domain, 7 }, { Kind::app_id, 7 }, { Kind::ip, 5 } } },
        { "eaglemsgspy.stix2", { { Kind::sha256, 25 }, { Kind::domain, 13 }, { Kind::ip, 13 } } },
        { "coruna.stix2",
            { { Kind::domain, 177 }, { Kind::sha256, 20 }, { Kind::file_path, 12 },
                { Kind::file_name, 7 } } },
        { "darksword.stix2",
            { { Kind::file_path, 22 }, { Kind::domain, 10 }, { Kind::file_name, 7 }, { Kind::ip, 3 },
                { Kind::sha256, 1 } } },
        { "residentbat.stix2",
            { { Kind::ip, 24 }, { Kind::app_id, 8 }, { Kind::cert_hash, 8 }, { Kind::sha256, 8 } } },
        { "candiru.stix2", { { Kind::domain, 125 } } },
        { "cellebrite.stix2", { { Kind::app_id, 1 } } },
        { "predator.stix2", { { Kind::domain, 569 }, { Kind::file_path, 15 }, { Kind::profile_id, 1 } } },
    };
    EXPECT_EQ(set.packs().size(), expected.size());
    for (std::size_t i = 0; i != set.packs().size(); ++i) {
        auto const& pack = set.packs()[i];
        auto const known = expected.find(pack.file);
        ASSERT_NE(known, expected.end()) << pack.file;
        EXPECT_EQ(counts(set, i), known->second) << pack.file;
    }
    EXPECT_EQ(set.indicators().size(), 5713U);
    for (auto const& problem : set.problems())
        ADD_FAILURE() << problem.id << ": " << name_of(problem.reason) << " " << problem.detail;
    for (auto const& indicator : set.indicators())
        EXPECT_NE(indicator.names.front().type, "pack") << indicator.id;
}

TEST_F(PublishedPacks, bundles_of_other_writers_are_read)
{
    auto const cytrox = load(m_data / "mvt-fixtures/stix2/cytrox.stix2");
    EXPECT_EQ(
        counts(cytrox), (Counts { { Kind::domain, 336 }, { Kind::file_path, 6 }, { Kind::profile_id, 1 } }));
    EXPECT_EQ(cytrox.indicators()[0].names[0], (Name { "Predator", "malware" }));
    auto const otx = load(m_data / "mvt-fixtures/stix2/638cd3ee5e5f019f84f9e0ea.json");
    EXPECT_EQ(counts(otx), (Counts { { Kind::domain, 15 }, { Kind::url, 54 } }));
    EXPECT_EQ(otx.indicators()[0].names[0].type, "report");
    EXPECT_EQ(otx.packs()[0].source, "Open Threat Exchange");
    EXPECT_TRUE(otx.problems().empty());
}

TEST_F(PublishedPacks, every_indicator_matches_its_own_value)
{
    Matcher matcher { load(m_packs) };
    auto const is_of = [](Kind kind) {
        constexpr std::array<Is, kKindCount> is { Is::url, Is::ip, Is::url, Is::email, Is::phone, Is::handle,
            Is::process, Is::file_name, Is::path, Is::hash, Is::hash, Is::hash, Is::app_id, Is::cert_hash,
            Is::profile_id, Is::property_name };
        return is[static_cast<std::size_t>(kind)];
    };
    auto const indicators = matcher.set().indicators();
    for (std::uint32_t i = 0; i != indicators.size(); ++i) {
        auto value = std::string { indicators[i].value };
        if (indicators[i].kind == Kind::file_path && !value.starts_with('/'))
            value = "~/" + value; // one published path is relative to the home folder
        auto const found = matcher.match(is_of(indicators[i].kind), value);
        EXPECT_TRUE(std::ranges::any_of(found, [&](Match const& match) {
            return match.indicator == i && match.how == How::exact && match.confidence == Confidence::exact;
        })) << value;
    }
}

} // namespace
