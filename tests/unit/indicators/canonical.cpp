#include "indicators/canonical_value.hpp"
#include "indicators/device_path.hpp"
#include "indicators/host.hpp"
#include "indicators/known_hosts.hpp"
#include "indicators/url.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit::indicators;

std::string host_of(std::string_view raw)
{
    Host host;
    if (!read_host(raw, host))
        return "none";
    return host.address ? "address " + to_text(*host.address) : host.name;
}

std::string key_of(std::string_view raw)
{
    Url url;
    return read_url(raw, url) ? url.key : "none";
}

std::string path_of(std::string_view raw)
{
    std::string path;
    return read_device_path(raw, path) ? path : "none";
}

TEST(CanonicalHost, case_trailing_dots_and_escapes_are_undone)
{
    EXPECT_EQ(host_of("EVIL.Example."), "evil.example");
    EXPECT_EQ(host_of("evil%2Eexample"), "evil.example");
    EXPECT_EQ(host_of("a_b.example"), "a_b.example");
    for (std::string_view const raw :
        { "", ".", "a..b", ".a", "a b", "a/b", "a@b", "%zz", "%2", "[::1", "a\x01" })
        EXPECT_EQ(host_of(raw), "none") << raw;
    EXPECT_EQ(host_of(std::string(254, 'a')), "none");
}

TEST(CanonicalHost, international_names_become_a_labels)
{
    EXPECT_EQ(host_of("bücher.example"), "xn--bcher-kva.example");
    EXPECT_EQ(host_of("BÜCHER.example"), "xn--bcher-kva.example");
    EXPECT_EQ(host_of("XN--BCHER-KVA.example"), "xn--bcher-kva.example");
    EXPECT_EQ(host_of("ｅｖｉｌ．example"), "evil.example");
    EXPECT_EQ(host_of("b%C3%BCcher.example"), "xn--bcher-kva.example");
    EXPECT_EQ(host_of("a\xC2\xA0"
                      "b.example"),
        "none");
    EXPECT_NE(host_of("аpple.example"), "apple.example"); // a Cyrillic letter
}

TEST(CanonicalHost, numbers_are_addresses_as_in_browsers)
{
    EXPECT_EQ(host_of("203.0.113.7"), "address 203.0.113.7");
    EXPECT_EQ(host_of("203.0.113.7."), "address 203.0.113.7");
    EXPECT_EQ(host_of("0xcb.0.0161.7"), "address 203.0.113.7");
    EXPECT_EQ(host_of("3405803783"), "address 203.0.113.7");
    EXPECT_EQ(host_of("203.28935"), "address 203.0.113.7");
    EXPECT_EQ(host_of("[2001:DB8:0:0::1]"), "address 2001:db8::1");
    EXPECT_EQ(host_of("[::ffff:203.0.113.7]"), "address 203.0.113.7");
    EXPECT_EQ(host_of("1.2.3.256"), "1.2.3.256");
    EXPECT_EQ(host_of("99999999999"), "99999999999");
}

TEST(CanonicalUrl, what_makes_no_difference_is_dropped)
{
    std::string const key = "//evil.example/a?b=1";
    for (std::string_view const raw : { "https://evil.example/a?b=1", "HTTP://EVIL.example:80/a?b=1",
             "http://evil.example.:0443/a?b=1", "http://user:pass@evil.example/a?b=1", "evil.example/a?b=1",
             "//evil.example/a?b=1", "http:evil.example/a?b=1", "https:/\\evil.example\\a?b=1",
             " \xE2\x80\x8Bhttps://evil.example/a?b=1\xE2\x80\x8F\n", "ht\ntp://evil.ex\tample/a?b=1",
             "https://evil.example/x/../a?b=1", "https://evil.example/./a?b=1",
             "https://evil.example/%61?b=%31", "blob:https://evil.example/a?b=1",
             "view-source:https://evil.example/a?b=1" })
        EXPECT_EQ(key_of(raw), key) << raw;
}

TEST(CanonicalUrl, what_makes_a_difference_is_kept)
{
    EXPECT_EQ(key_of("http://evil.example"), "//evil.example/");
    EXPECT_EQ(key_of("http://evil.example?"), "//evil.example/");
    EXPECT_EQ(key_of("http://evil.example:8080/A"), "//evil.example:8080/A");
    EXPECT_EQ(key_of("evil.example:8080/A"), "//evil.example:8080/A");
    EXPECT_EQ(key_of("http://evil.example/a/"), "//evil.example/a/");
    EXPECT_EQ(key_of("http://evil.example/%2f%3d"), "//evil.example/%2F%3D");
    EXPECT_EQ(key_of("http://evil.example/ü"), "//evil.example/%C3%BC");
    EXPECT_EQ(key_of("ftp://evil.example/a"), "ftp://evil.example/a");
    EXPECT_EQ(key_of("http://[2001:DB8::1]/x"), "//[2001:db8::1]/x");
    EXPECT_EQ(key_of("http://3405803783/x"), "//203.0.113.7/x");
    EXPECT_EQ(key_of("http://evil.example/../../a"), "//evil.example/a");
    EXPECT_EQ(key_of("http://evil.example/a/b/.."), "//evil.example/a/");
    EXPECT_EQ(key_of("http://evil.example/x/http://b.example/"), "//evil.example/x/http://b.example/");
    EXPECT_EQ(key_of("mailto:a@b.example"), "mailto:a@b.example");
    EXPECT_EQ(key_of("a@b.example"), "none");
    EXPECT_EQ(key_of("/a/b"), "none");
    Url url;
    ASSERT_TRUE(read_url("http://evil.example/a#b", url));
    EXPECT_EQ(url.key, "//evil.example/a#b");
    EXPECT_EQ(url.page(), "//evil.example/a");
}

TEST(CanonicalPath, links_of_the_systems_lead_to_one_place)
{
    EXPECT_EQ(path_of("/var/tmp/x"), "/private/var/tmp/x");
    EXPECT_EQ(path_of("/private/var/tmp/x/"), "/private/var/tmp/x");
    EXPECT_EQ(path_of("/tmp/x"), "/private/var/tmp/x");
    EXPECT_EQ(path_of("~/Library/x"), "/private/var/mobile/Library/x");
    EXPECT_EQ(path_of("file:///var/tmp/a%20b"), "/private/var/tmp/a b");
    EXPECT_EQ(path_of("file://localhost/var/x"), "/private/var/x");
    EXPECT_EQ(path_of("//var//./db/../tmp/x"), "/private/var/tmp/x");
    EXPECT_EQ(path_of("/variable/x"), "/variable/x");
    EXPECT_EQ(path_of("/sdcard/x"), "/storage/emulated/0/x");
    EXPECT_EQ(path_of("/data/user/0/com.a/x"), "/data/data/com.a/x");
    EXPECT_EQ(path_of("/"), "/");
    EXPECT_EQ(path_of("Library/x"), "none");
    EXPECT_EQ(path_of(""), "none");
}

TEST(CanonicalValue, defanged_values_are_read_as_meant)
{
    EXPECT_EQ(canonical_value(Kind::domain, "evil[.]example")->key, "evil.example");
    EXPECT_EQ(canonical_value(Kind::url, "hxxps://evil[.]example/a")->key, "//evil.example/a");
    EXPECT_EQ(canonical_value(Kind::email, "a[@]evil[.]example")->key, "a@evil.example");
}

TEST(CanonicalValue, a_value_is_read_as_what_it_is)
{
    EXPECT_EQ(canonical_value(Kind::domain, "203.0.113.7")->space, Space::address);
    EXPECT_EQ(canonical_value(Kind::domain, "2001:db8::1")->space, Space::address);
    EXPECT_EQ(canonical_value(Kind::domain, "evil.example/x")->space, Space::url);
    EXPECT_EQ(canonical_value(Kind::domain, "https://evil.example/")->key, "evil.example");
    EXPECT_EQ(canonical_value(Kind::domain, "*.evil.example")->key, "evil.example");
    EXPECT_TRUE(canonical_value(Kind::ip, "203.0.113.0/24")->network.has_value());
    EXPECT_EQ(canonical_value(Kind::ip, "203.0.113.7/32")->network, std::nullopt);
    EXPECT_TRUE(canonical_value(Kind::domain, "203.0.113.0/24")->network.has_value());
    EXPECT_EQ(canonical_value(Kind::ip, "203.0.113.7:8080")->space, Space::address);
    EXPECT_EQ(canonical_value(Kind::file_path, "Library/x")->key, "/private/var/mobile/Library/x");
    EXPECT_EQ(canonical_value(Kind::file_name, "/var/tmp/x")->space, Space::path);
    EXPECT_EQ(
        canonical_value(Kind::cert_hash, "AA:" + std::string(30, 'b'))->key, "aa" + std::string(30, 'b'));
    EXPECT_EQ(canonical_value(Kind::phone, "+1 (202) 555-0143")->key, "12025550143");
    EXPECT_EQ(canonical_value(Kind::phone, "0012025550143")->key, "12025550143");
}

TEST(CanonicalValue, a_process_or_file_with_its_path_is_a_path_and_not_its_last_part)
{
    for (auto const kind : { Kind::process, Kind::file_name }) {
        auto const path = canonical_value(kind, "/var/tmp/UserEventAgent");
        ASSERT_TRUE(path);
        EXPECT_EQ(path->space, Space::path);
        EXPECT_EQ(path->key, "/private/var/tmp/UserEventAgent");
        EXPECT_EQ(kind_of(*path, kind), Kind::file_path);
    }
    auto const process = canonical_value(Kind::process, "bh/org.example.app");
    ASSERT_TRUE(process);
    EXPECT_EQ(process->key, "bh");
    EXPECT_EQ(kind_of(*process, Kind::process), Kind::process);
    EXPECT_EQ(canonical_value(Kind::file_name, "Documents/x.plist")->key, "x.plist");
    EXPECT_EQ(canonical_value(Kind::process, "usr/libexec/bh")->key, "bh");
}

TEST(CanonicalValue, a_star_is_no_wildcard)
{
    EXPECT_FALSE(canonical_value(Kind::process, "bh*"));
    EXPECT_FALSE(canonical_value(Kind::file_name, "*.plist"));
    EXPECT_FALSE(canonical_value(Kind::file_path, "/private/var/tmp/*"));
    EXPECT_FALSE(canonical_value(Kind::url, "https://evil.example/*"));
    EXPECT_FALSE(canonical_value(Kind::url, "https://*.evil.example/a"));
    EXPECT_TRUE(canonical_value(Kind::url, "https://evil.example/a?b=*&c=1"));
}

TEST(CanonicalValue, phone_numbers_are_read_in_other_digits_and_with_the_spaces_of_typography)
{
    std::string phone;
    for (std::string_view const raw : { "+44 7700 900123", "+44\u00a07700\u00a0900123",
             "+44\u202f7700\u2007900\u2009123", "\u202a+447700900123\u202c",
             "+44\u20117700\u2013900\u2015123", "+٤٤ ٧٧٠٠ ٩٠٠١٢٣", "+۴۴۷۷۰۰۹۰۰۱۲۳", "tel:+447700900123" }) {
        EXPECT_TRUE(read_phone(raw, phone)) << raw;
        EXPECT_EQ(phone, "447700900123") << raw;
    }
    for (std::string_view const raw : { "+44 7700 900123é", "447700+900123", "\xD9", "12345\xE2\x80" })
        EXPECT_FALSE(read_phone(raw, phone)) << raw;
}

TEST(CanonicalValue, what_can_never_match_is_refused)
{
    EXPECT_FALSE(canonical_value(Kind::domain, " "));
    EXPECT_FALSE(canonical_value(Kind::domain, "not a host"));
    EXPECT_FALSE(canonical_value(Kind::ip, "evil.example"));
    EXPECT_FALSE(canonical_value(Kind::ip, "10.0.0.0/4"));
    EXPECT_FALSE(canonical_value(Kind::ip, "10.0.0.0/33"));
    EXPECT_FALSE(canonical_value(Kind::sha256, "abc"));
    EXPECT_FALSE(canonical_value(Kind::sha256, std::string(32, 'a')));
    EXPECT_FALSE(canonical_value(Kind::md5, "D41D8CD98F00B204E9800998ECF8427E"));
    EXPECT_FALSE(canonical_value(Kind::sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    EXPECT_FALSE(
        canonical_value(Kind::sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    EXPECT_FALSE(canonical_value(Kind::email, "nobody"));
    EXPECT_FALSE(canonical_value(Kind::file_path, "C:\\Windows\\x"));
    EXPECT_FALSE(canonical_value(Kind::file_path, "/"));
    EXPECT_FALSE(canonical_value(Kind::app_id, "com example"));
    EXPECT_FALSE(canonical_value(Kind::phone, "12"));
    EXPECT_FALSE(canonical_value(Kind::process, std::string(5000, 'a')));
}

TEST(KnownHosts, shared_hosts_and_public_suffixes_are_told)
{
    EXPECT_EQ(shared_host("github.io"), SharedHost::shared_service);
    EXPECT_EQ(shared_host("co.uk"), SharedHost::public_suffix);
    EXPECT_EQ(shared_host("t.me"), SharedHost::shared_service);
    EXPECT_EQ(shared_host("bit.ly"), SharedHost::shortener);
    EXPECT_EQ(shared_host("localhost"), SharedHost::single_label);
    EXPECT_EQ(shared_host("evil.github.io"), SharedHost::no);
    EXPECT_EQ(shared_host("evil.example"), SharedHost::no);
}

TEST(KnownHosts, short_links_are_told_from_other_pages_of_their_hosts)
{
    EXPECT_TRUE(is_short_link("https://bit.ly/2dL8ARH"));
    EXPECT_TRUE(is_short_link("https://www.tinyurl.com/abc"));
    EXPECT_FALSE(is_short_link("https://bit.ly/"));
    EXPECT_FALSE(is_short_link("https://evil.example/bit.ly/x"));
    EXPECT_TRUE(is_short_link("https://goo.gl/abc"));
    EXPECT_FALSE(is_short_link("https://goo.gl/maps/abc"));
}

} // namespace
