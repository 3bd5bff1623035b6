// What a computer can write into the comment of its key.
#include "artifact/registry.hpp"
#include "support/recorder.hpp"

#include <gtest/gtest.h>

namespace exhibit {
namespace {

TEST(AdbKeys, a_comment_that_repeats_a_name_two_hundred_thousand_times_is_read_in_one_pass)
{
    std::string text = "DUMP OF SERVICE adb:\n{\n  user_keys=AAAA ";
    for (int i = 0; i != 200'000; ++i)
        text += "keystore tls_port ";
    text.resize(3U << 20U);
    text += "\n\n    adb_wifi={\n      enabled=true\n      tls_port=37123\n    }\n}\n";

    auto const* artifact = find_artifact("android.adb_keys");
    test::Recorder recorder { *artifact };
    MemorySource const source { as_bytes(text) };
    Input input;
    input.path = "@dumpsys/adb";
    input.source = &source;
    ASSERT_TRUE(artifact->parse(input, recorder).has_value());
    EXPECT_EQ(recorder.values("android_adb_key", "list"), (std::vector<std::string> { "user_keys" }));
    EXPECT_EQ(recorder.values("android_adb_state", "tls_port"), (std::vector<std::string> { "37123" }));
}

} // namespace
} // namespace exhibit
