#include "indicators/system_words.hpp"

#include "unit/indicators/indicator_helpers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::indicators;

template<class Finder> std::string found(std::string_view text)
{
    Finder finder { text };
    std::string all;
    for (std::string_view one; finder.next(one);)
        all.append(all.empty() ? "" : " ").append(one);
    return all;
}

TEST(SystemWords, packages_stand_in_many_places_of_a_log)
{
    for (std::string_view const line : { "Start proc 4242:com.evil.ioc/u0a231 for service {x/.S}",
             "Killing 4242:com.evil.ioc/u0a231 (adj 900): empty #17", "[0,4242,com.evil.ioc,900,empty]",
             "START u0 {act=x cmp=com.evil.ioc/.Main} from uid 10231", "[0,com.evil.ioc.Main,RESUME]",
             "active admin set ComponentInfo{com.evil.ioc/com.evil.ioc.Adm}", "pm grant com.evil.ioc",
             "content://com.evil.ioc/x", "/data/app/~~x==/com.evil.ioc-abc==/base.apk", "com.evil.ioc:remote",
             "Removing com.evil.ioc.", "data@app@com.evil.ioc-1@base.apk@classes.dex", "com.evil.ioc" })
        EXPECT_EQ(outcome({ { Kind::app_id, "com.evil.ioc" } }, Is::system_text, line), "exact/exact")
            << line;
}

TEST(SystemWords, a_name_within_another_is_no_package)
{
    for (std::string_view const line :
        { "xcom.evil.ioc", "com.evil.iocx", "com.evil.ioc.plus", "a.com.evil.ioc", "mail@com.evil.ioc",
            "com.evil.ioc@host.example", "com.evil.ioc-more", "more-com.evil.ioc", "com.evil",
            "\xc3\xa4"
            "com.evil.ioc",
            "" })
        EXPECT_EQ(outcome({ { Kind::app_id, "com.evil.ioc" } }, Is::system_text, line), "none") << line;
}

TEST(SystemWords, paths_end_where_commands_end_them)
{
    EXPECT_EQ(found<PathFinder>("sh -c \"/data/a.sh\" CLASSPATH=/x:/y; cat file:///sdcard/z | (/w)"),
        "/data/a.sh /x /y /sdcard/z /w");
    EXPECT_EQ(found<PathFinder>("content://media/x https://a.example/b rel/data 1/2 / a//b"), "");
    for (std::string_view const line :
        { "chmod 755 /data/local/tmp/iocdir/x", "Load /data/local/tmp/iocdir/x.so, ok",
            "-Djava.class.path=/data/local/tmp/iocdir/a.jar", "CLASSPATH=/a:/data/local/tmp/iocdir" })
        EXPECT_NE(outcome({ { Kind::file_path, "/data/local/tmp/iocdir" } }, Is::system_text, line), "none")
            << line;
    for (std::string_view const line :
        { "/data/local/tmp/iocdir2", "x/data/local/tmp/iocdir", "/mnt/data/local/tmp/iocdir" })
        EXPECT_EQ(outcome({ { Kind::file_path, "/data/local/tmp/iocdir" } }, Is::system_text, line), "none")
            << line;
}

TEST(SystemWords, hosts_are_found_as_in_prose)
{
    EXPECT_EQ(outcome({ { Kind::domain, "evil.example" } }, Is::system_text, "GET https://evil.example/x"),
        "exact/exact");
}

TEST(SystemWords, addresses_are_found_as_programs_write_them)
{
    std::vector<Sample> const v6 { { Kind::ip, "2a00:1:2::5" } };
    for (std::string_view const line : { "to 2a00:1:2::5 port 443", "to [2a00:1:2::5]:443",
             "2a00:1:2:0:0:0:0:5", "/2a00:1:2::5:443", "/2a00:1:2:0:0:0:0:5:443", "addr=2a00:1:2::5,",
             "2A00:1:2::5.", "addr:2a00:1:2::5: x", "x/2a00:1:2::5%wlan0" })
        EXPECT_EQ(outcome(v6, Is::system_text, line), "exact/exact") << line;
    for (std::string_view const line : { "x2a00:1:2::5", "2a00:1:2::5f", "2a00:1:2::5g", "10:11:12.000",
             "a::b::c", "std::dec", "2a00:1:2::5:6", "http://[2a00:1:2::6]/" })
        EXPECT_EQ(outcome(v6, Is::system_text, line), "none") << line;
    EXPECT_EQ(outcome(v6, Is::free_text, "look at 2a00:1:2::5!"), "exact/exact");
    EXPECT_EQ(outcome({ { Kind::ip, "2a00::/16" } }, Is::system_text, "to 2a00:1:2::7"), "in_network/strong");
    std::vector<Sample> const v4 { { Kind::ip, "8.7.6.5" } };
    for (std::string_view const line : { "good.example/8.7.6.5:443", "good.example/8.7.6.5", "/8.7.6.5:443" })
        EXPECT_EQ(outcome(v4, Is::system_text, line), "exact/exact") << line;
    for (std::string_view const line :
        { "a/8.7.6.5.1", "a/8.7.6.50", "b.example/8.7.6.5/b", "lib/8.7.6.5-rc1", "a/8.7.6" })
        EXPECT_EQ(outcome(v4, Is::system_text, line), "none") << line;
    EXPECT_EQ(outcome(v4, Is::free_text, "good.example/8.7.6.5"), "none");
}

TEST(SystemWords, a_text_that_is_all_dots_and_slashes_ends)
{
    std::string const dots(100'000, '.');
    std::string const slashes(100'000, '/');
    EXPECT_EQ(found<PackageFinder>(dots), "");
    EXPECT_EQ(found<PathFinder>("x" + slashes), "");
    EXPECT_EQ(outcome({ { Kind::ip, "2a00::5" } }, Is::system_text, std::string(100'000, ':')), "none");
    EXPECT_EQ(outcome({ { Kind::ip, "2a00::5" } }, Is::system_text, slashes + "::" + dots), "none");
}

TEST(MatchPath, folders_that_android_names_after_a_package)
{
    std::vector<Sample> const app { { Kind::app_id, "com.evil.ioc" } };
    for (std::string_view const path : { "/sdcard/Android/data/com.evil.ioc/files/x",
             "/data/data/com.evil.ioc", "/data/user/10/com.evil.ioc/databases/n.db",
             "/data/app/~~x==/com.evil.ioc-abc==/base.apk!lib.so" })
        EXPECT_EQ(outcome(app, Is::path, path), "below_path/strong") << path;
    for (std::string_view const path : { "/private/var/mobile/com.evil.ioc", "/data/data/com.evil.ioc2/x",
             "/data/data/xcom.evil.ioc/x", "/data/data/com.evil/ioc" })
        EXPECT_EQ(outcome(app, Is::path, path), "none") << path;
}

TEST(MatchProcess, every_part_of_the_name_of_a_process_that_runs_apart)
{
    std::vector<Sample> const app { { Kind::app_id, "com.evil.ioc" } };
    EXPECT_EQ(outcome(app, Is::process, "webview:com.evil.ioc:x"), "exact/exact");
    EXPECT_EQ(outcome(app, Is::process, "com.evil.ioc:remote"), "exact/exact");
    EXPECT_EQ(outcome(app, Is::process, "webview:com.evil.ioc2:x"), "none");
}

} // namespace
