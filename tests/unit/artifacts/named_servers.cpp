#include "artifacts/ios/common/named_servers.hpp"

#include "artifact/registry.hpp"
#include "formats/plist/plist.hpp"
#include "support/plist_builder.hpp"
#include "support/recorder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using test::Plist;

TEST(NamedServers, are_found_in_each_place)
{
    auto const payload = Plist::dictionary({ { "ServerURL", Plist::array({ "a", "b" }) } });
    auto const bytes = test::to_binary_plist(Plist::array({ payload, payload }));
    auto const document = plist::Document::parse(as_bytes(std::string_view { bytes })).value();
    test::Recorder recorder { *find_artifact("ios.network_settings") };
    auto const servers = ios::named_servers(document.root(), recorder);
    ASSERT_EQ(servers.size(), 4U);
    EXPECT_EQ(servers.front().key, "ServerURL");
    EXPECT_EQ(servers.front().server, "a");
    EXPECT_EQ(servers.back().server, "b");
}

} // namespace
