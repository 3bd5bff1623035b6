#include "artifact/registry.hpp"
#include "artifacts/android/apk_content/marker_search.hpp"
#include "support/apk_builder.hpp"
#include "support/recorder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using test::ApkMember;

using Texts = std::vector<std::string>;

/// Parses one file of an app.
class ApkContent : public testing::Test {
protected:
    Result<void> parse(std::string const& file, std::string_view path = "@androidqf/apks/org.example.app.apk")
    {
        MemorySource const source { as_bytes(file) };
        Input input;
        input.path = path;
        input.stored = path;
        input.source = &source;
        return artifact.parse(input, m_said);
    }
    [[nodiscard]] Texts markers() const { return m_said.values("android_apk_marker", "marker"); }
    [[nodiscard]] std::string only(std::string_view column) const
    {
        auto const values = m_said.values("android_apk_content", column);
        return values.size() == 1 ? values.front() : "";
    }

    Artifact const& artifact = *find_artifact("android.apk_content");
    test::Recorder m_said { artifact };
};

TEST_F(ApkContent, a_marker_is_found_in_packed_code_with_the_place_of_its_file)
{
    auto const code = test::dex_of({ "x",
        "SELECT action_command.* FROM action_command WHERE action_id = ? AND "
        "trigger_type = ?",
        "http://195.178.51.251:8080/" });
    ASSERT_TRUE(parse(test::apk_of(
        { { "AndroidManifest.xml", "m" }, { "classes.dex", code, std::string(6, '\0'), true } })));
    EXPECT_EQ(
        m_said.values("android_apk_marker", "marker_set"), (Texts { "novispy_unique", "novispy_server" }));
    EXPECT_EQ(m_said.values("android_apk_marker", "member"), (Texts { "classes.dex", "classes.dex" }));
    EXPECT_EQ(m_said.values("android_apk_marker", "position").at(1), std::to_string(code.find("195.178")));
    EXPECT_EQ(only("code_strings"), "3");
    EXPECT_EQ(only("code_files_read"), "1");
    EXPECT_EQ(only("package"), "org.example.app");
}

TEST_F(ApkContent, a_file_that_was_only_downloaded_names_no_package)
{
    ASSERT_TRUE(parse(test::apk_of({ { "classes.dex", test::dex_of({ "C_UWN" }) } }),
        "/sdcard/Download/com.example.app.apk"));
    EXPECT_EQ(markers(), Texts { "C_UWN" });
    EXPECT_EQ(only("package"), "");
    EXPECT_EQ(m_said.values("android_apk_content", "package").size(), 1U);
}

TEST_F(ApkContent, short_commands_and_addresses_are_words_of_their_own)
{
    auto const code = test::dex_of({ "C_UWNX", "XC_UWN", "C_UWN 30", "179.101.110.1080", "c_arf", "U_I" });
    ASSERT_TRUE(parse(test::apk_of({ { "classes.dex", code } })));
    EXPECT_EQ(markers(), (Texts { "C_UWN", "U_I" }));
}

TEST_F(ApkContent, code_under_another_name_is_found_where_apps_keep_it)
{
    auto const code = test::dex_of({ "Kataklinger Vibercajzna" });
    ASSERT_TRUE(parse(test::apk_of({ { "assets/picture.bin", code }, { "res/raw/a", code },
        { "lib/x/b.so", code }, { "assets/t", "t" } })));
    EXPECT_EQ(m_said.values("android_apk_marker", "member"), (Texts { "assets/picture.bin", "res/raw/a" }));
}

TEST_F(ApkContent, tags_are_counted_in_all_of_the_code)
{
    using namespace std::string_literals;
    auto const tags = "\x90\x5b\xfe\0..\x90\x5b\xfe\0\xa0\x33\x84"s;
    ASSERT_TRUE(parse(test::apk_of({ { "classes.dex", test::dex_of({ "a" }, tags) } })));
    EXPECT_EQ(markers(), (Texts { "90 5b fe 00", "a0 33 84" }));
    EXPECT_EQ(m_said.values("android_apk_marker", "times"), (Texts { "2", "1" }));
}

TEST_F(ApkContent, attributes_that_are_letters_are_counted_and_shown)
{
    using namespace std::string_literals;
    ASSERT_TRUE(parse(test::apk_of({ { "a", "", "QUJDRE" }, { "b", "", "VGhpcz" },
        { "c", "", "\0\0\0\0\xa4\x81"s }, { "d", "", "QUJD\0\0"s } })));
    EXPECT_EQ(only("members"), "4");
    EXPECT_EQ(only("attribute_texts"), "2");
    EXPECT_EQ(only("attribute_sample"), "QUJDREVGhpcz");
}

TEST_F(ApkContent, damaged_code_gives_what_stands_before_the_damage)
{
    auto code = test::dex_of({ "kataklinger vibercajzna", "second" });
    code[0x75] = '\xff';
    ASSERT_TRUE(parse(test::apk_of({ { "classes.dex", code } })));
    EXPECT_EQ(markers().size(), 1U);
    EXPECT_EQ(only("code_files"), "1");
    EXPECT_EQ(only("code_files_read"), "0");
    EXPECT_EQ(m_said.diagnostics().size(), 1U);
}

TEST_F(ApkContent, an_archive_without_end_is_an_error_and_no_row)
{
    auto const file = test::apk_of({ { "classes.dex", test::dex_of({ "a" }) } });
    EXPECT_FALSE(parse(file.substr(0, file.size() / 2)));
    EXPECT_TRUE(m_said.rows().empty());
}

TEST(ApkMarkers, every_marker_is_found_alone_and_not_in_half)
{
    for (std::size_t i = 0; i != android::kMarkers.size(); ++i) {
        android::MarkerSearch search;
        auto const text = android::kMarkers.at(i).text;
        search.look_at(text.substr(1), 10);
        EXPECT_EQ(search.met().at(i).times, 0U) << text;
        search.look_at(text, 20);
        EXPECT_EQ(search.met().at(i).times, 1U) << text;
        EXPECT_EQ(search.met().at(i).first, 20U) << text;
    }
}

} // namespace
