#include "detection/like_pattern.hpp"

#include <array>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <string>

namespace exhibit::detection {
namespace {

TEST(LikePattern, matches_what_sqlite_matches)
{
    constexpr std::array patterns { "", "%", "%%", "%%%", "_", "%_%", "%a%", "%A%", "%.apk%", "%://%", "a%",
        "%a", "%a%b%", "%itms-services%", "%ALERT: %", "%ä%", "%aa.aa%", "%..a%", "abc", "%É%", "_b_",
        "%[a]%", "aa%", "%.APK", "A%", "%c", "É%", "%é", "a_%", "%_a" };
    constexpr std::array texts { "", "a", "A", "abc", "ABC", "xaabaa.aay", "aa.aa", "aa.a", "aa.aa.aa.ab",
        "...a", "..", "see HTTPS://a/b.APK.", "ITMS-SERVICES://", "itms-service", "itms_services",
        "  Alert: x", "ALERT:", "ä", "Ä", "é", "É", "a%b", "[a]", "a", ".apk", "x.ap.apk", "http:/",
        "http:://" };
    for (std::string const pattern : patterns)
        for (std::string const text : texts)
            EXPECT_EQ(
                LikePattern { pattern }.matches(text), sqlite3_strlike(pattern.c_str(), text.c_str(), 0) == 0)
                << text << " LIKE " << pattern;
}

TEST(LikePattern, looks_behind_a_nul)
{
    using namespace std::string_view_literals;
    EXPECT_TRUE(LikePattern { "%.apk%" }.matches("https://a\0/b.apk"sv));
    EXPECT_FALSE(LikePattern { "%.apk%" }.matches("https://a\0/b.ap"sv));
}

} // namespace
} // namespace exhibit::detection
