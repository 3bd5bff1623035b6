// Payloads beyond a limit, which a fixture would have to be as long as.
#include "artifact/registry.hpp"
#include "support/recorder.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace exhibit {
namespace {

TEST(ConfigurationProfiles, what_follows_a_value_that_is_too_large_is_kept_and_the_value_is_damage)
{
    auto const* artifact = find_artifact("ios.configuration_profiles");
    Limits limits;
    limits.text = 200;
    test::Recorder recorder { *artifact, limits };
    auto const list = "<plist><dict><key>PayloadContent</key><array><dict><key>AAA</key><string>"
        + std::string(limits.text, 'x')
        + "</string><key>ProxyServer</key><string>proxy.example</string></dict></array></dict></plist>";
    MemorySource const source { as_bytes(list) };
    Input input;
    input.path = input.stored = "/private/var/mobile/Library/ConfigurationProfiles/profile-1.stub";
    input.source = &source;
    ASSERT_TRUE(artifact->parse(input, recorder).has_value());
    auto const has = [](std::vector<std::string> const& all, std::string_view words) {
        return std::ranges::any_of(all, [&](auto const& one) { return one.contains(words); });
    };
    EXPECT_TRUE(has(recorder.rows(), "ProxyServer"));
    EXPECT_TRUE(has(recorder.diagnostics(), "\"level\":\"damage\"")) << recorder.diagnostics().front();
}

} // namespace
} // namespace exhibit
