#include "unit/indicators/indicator_helpers.hpp"

#include <deque>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::indicators;

std::string domain(std::string_view indicator, std::string_view value, Is is = Is::url)
{
    return outcome({ { Kind::domain, indicator } }, is, value);
}

TEST(MatchHost, a_host_below_the_indicator_matches_and_its_neighbours_do_not)
{
    EXPECT_EQ(domain("evil.example", "evil.example"), "exact/exact");
    EXPECT_EQ(domain("evil.example", "https://evil.example/a?b"), "exact/exact");
    EXPECT_EQ(domain("evil.example", "www.evil.example"), "host_suffix/exact");
    EXPECT_EQ(domain("evil.example", "a.b.evil.example"), "host_suffix/strong");
    EXPECT_EQ(domain("a.evil.example", "x.a.evil.example"), "host_suffix/strong");
    for (std::string_view const value :
        { "notevil.example", "evil.example.org", "example", "a.evil.exampl", "evil-example",
            "https://good.example/evil.example", "https://evil.example@good.example/", "vil.example", "" })
        EXPECT_EQ(domain("evil.example", value), "none") << value;
    EXPECT_EQ(domain("a.evil.example", "evil.example"), "none");
    EXPECT_EQ(domain("a.evil.example", "b.evil.example"), "none");
    EXPECT_EQ(domain("eb.example", "web.example"), "none"); // no stripping of the letter w
}

TEST(MatchHost, spelling_makes_no_difference)
{
    for (std::string_view const value :
        { "EVIL.EXAMPLE", "evil.example.", "evil.example:8443", "http://user@evil.example:80/",
            "http://u:p@evil.example./x", "https:\\\\evil.example\\x", "ev%69l.example" }) {
        EXPECT_EQ(domain("evil.example", value), "exact/exact") << value;
        EXPECT_EQ(domain("Evil.Example.", value, Is::domain), "exact/exact") << value;
    }
    EXPECT_EQ(domain("bücher.example", "http://www.xn--bcher-kva.example/"), "host_suffix/exact");
    EXPECT_EQ(domain("xn--bcher-kva.example", "BÜCHER.example"), "exact/exact");
    EXPECT_EQ(domain("apple.example", "http://аpple.example/"), "none"); // a Cyrillic letter
}

TEST(MatchHost, shared_hosts_and_public_suffixes_match_only_themselves)
{
    for (std::string_view const shared :
        { "github.io", "t.me", "blogspot.com", "bit.ly", "co.uk", "localhost" }) {
        EXPECT_EQ(domain(shared, shared), "exact/exact") << shared;
        EXPECT_EQ(domain(shared, "somebody." + std::string { shared }), "none") << shared;
    }
    EXPECT_EQ(domain("evil.github.io", "x.evil.github.io"), "host_suffix/strong");
}

TEST(MatchHost, every_indicator_on_the_way_up_is_named)
{
    EXPECT_EQ(outcome({ { Kind::domain, "a.evil.example" }, { Kind::domain, "evil.example" },
                          { Kind::domain, "evil.example" } },
                  Is::domain, "b.a.evil.example"),
        "host_suffix/strong host_suffix/strong host_suffix/strong");
}

TEST(MatchAddress, addresses_are_exact_also_inside_urls)
{
    auto const address
        = [](std::string_view value, Is is) { return outcome({ { Kind::ip, "203.0.113.7" } }, is, value); };
    for (std::string_view const value :
        { "203.0.113.7", "203.0.113.7:443", "http://203.0.113.7/x", "http://u@203.0.113.7:8080/",
            "http://0xcb007107/", "::ffff:203.0.113.7", "http://[::ffff:cb00:7107]/" }) {
        EXPECT_EQ(address(value, Is::url), "exact/exact") << value;
        EXPECT_EQ(address(value, Is::ip), "exact/exact") << value;
        EXPECT_EQ(address(value, Is::domain), "exact/exact") << value;
    }
    for (std::string_view const value :
        { "203.0.113.70", "1203.0.113.7", "a.203.0.113.7.example", "203.0.113.7.example", "0.113.7" })
        EXPECT_EQ(address(value, Is::ip), "none") << value;
    EXPECT_EQ(outcome({ { Kind::domain, "203.0.113.7" } }, Is::ip, "203.0.113.7"), "exact/exact");
    EXPECT_EQ(
        outcome({ { Kind::ip, "2001:db8::1" } }, Is::url, "https://[2001:DB8:0::1]:8443/x"), "exact/exact");
    EXPECT_EQ(outcome({ { Kind::ip, "2001:db8::1" } }, Is::ip, "fe80::1%en0"), "none");
}

TEST(MatchAddress, a_network_matches_what_lies_in_it)
{
    std::vector<Sample> const networks { { Kind::ip, "203.0.113.0/24" }, { Kind::ip, "2001:db8::/32" },
        { Kind::ip, "203.0.0.0/16" } };
    EXPECT_EQ(outcome(networks, Is::ip, "203.0.113.255"), "in_network/strong in_network/strong");
    EXPECT_EQ(outcome(networks, Is::ip, "203.0.114.0"), "in_network/strong");
    EXPECT_EQ(outcome(networks, Is::url, "http://[2001:db8:ffff::1]/"), "in_network/strong");
    EXPECT_EQ(outcome(networks, Is::ip, "2001:db9::1"), "none");
}

TEST(MatchUrl, urls_are_exact_in_their_canonical_form)
{
    std::vector<Sample> const url { { Kind::url, "http://evil.example/2dL8ARH?a=1" } };
    EXPECT_EQ(outcome(url, Is::url, "https://EVIL.example:443/2dL8ARH?a=1"), "exact/exact");
    EXPECT_EQ(outcome(url, Is::url, "https://evil.example/2dL8ARH?a=1#top"), "exact/exact");
    for (std::string_view const value : { "http://evil.example/2dL8ARH", "http://evil.example/2dl8arh?a=1",
             "http://evil.example/2dL8ARH?a=12", "http://evil.example/", "http://a.evil.example/2dL8ARH?a=1",
             "http://evil.example:8080/2dL8ARH?a=1", "ftp://evil.example/2dL8ARH?a=1" })
        EXPECT_EQ(outcome(url, Is::url, value), "none") << value;
    EXPECT_EQ(
        outcome({ { Kind::url, "https://mega.example/#F!abc" } }, Is::url, "https://mega.example/"), "none");
    EXPECT_EQ(
        outcome({ { Kind::url, "https://mega.example/#F!abc" } }, Is::url, "https://mega.example/#F!abc"),
        "exact/exact");
    EXPECT_EQ(
        outcome({ { Kind::domain, "evil.example/x" } }, Is::url, "https://evil.example/x"), "exact/exact");
    EXPECT_EQ(outcome({ { Kind::domain, "evil.example/x" } }, Is::url, "https://evil.example/y"), "none");
    EXPECT_EQ(outcome({ { Kind::url, "http://evil.example" } }, Is::domain, "evil.example"), "none");
}

TEST(MatchUrl, a_link_that_another_link_carries_is_found)
{
    std::vector<Sample> const host { { Kind::domain, "evil.example" } };
    EXPECT_EQ(outcome(host, Is::url, "https://good.example/url?q=https%3A%2F%2Fa.evil.example%2Fx&sa=D"),
        "link_in_link/moderate");
    EXPECT_EQ(
        outcome(host, Is::url, "https://web.example/2020/http://evil.example/x"), "link_in_link/moderate");
    EXPECT_EQ(outcome(host, Is::url, "https://good.example/?q=evil.example"), "none");
    EXPECT_EQ(outcome(host, Is::url, "https://evil.example/?u=http://evil.example/"), "exact/exact");
    Matcher matcher { set_of(host) };
    std::string_view const value = "https://good.example/?q=https%3A%2F%2Fevil.example";
    auto const found = matcher.match(Is::url, value);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].part, value);
}

TEST(MatchUrl, carried_links_are_found_wherever_they_stand_and_however_they_are_escaped)
{
    std::vector<Sample> const host { { Kind::domain, "evil.example" } };
    for (std::string_view const value : { "https://good.example/http?u=https%3A%2F%2Fevil.example%2F",
             "https://good.example/?httpsredir=1&url=https%3a%2f%2fevil.example",
             "https://good.example/?a=https://good.example/x&b=https://evil.example/y",
             "https://good.example/?a=https%3A%2F%2Fgood.example%2F&b=https%3A%2F%2Fevil.example%2F",
             "https://good.example/?u=https%3A//evil.example/a",
             "https://good.example/?u=HTTPS:%2f/evil.example/a",
             "https://good.example/?u=https%253A%252F%252Fevil.example%252Fa",
             "https://good.example/?u=https%25253A%25252F%25252Fevil.example%25252Fa",
             "https://good.example/?u=https%3A%2F%2Fb.example%2F%3Fv%3Dhttps%253A%252F%252Fevil.example%26w",
             "https://good.example/#https://evil.example/a", "https://web.example/2020/http:/evil.example/a",
             "about:reader?url=https%3A%2F%2Fevil.example%2Fa",
             "mailto:x@good.example?body=https://evil.example/", "sms:+123&body=https://evil.example/",
             "javascript:location.href=\"https://evil.example\"", "x-web-search://?https://evil.example/" })
        EXPECT_EQ(outcome(host, Is::url, value), "link_in_link/moderate") << value;
    for (std::string_view const value : { "https://good.example/?u=httpevil.example",
             "https://good.example/http:evil.example", "https://good.example/?u=https%3Bevil.example",
             "https://good.example/?u=https%2525", "about:http" })
        EXPECT_EQ(outcome(host, Is::url, value), "none") << value;
    std::vector<Sample> const url { { Kind::url, "http://evil.example/a?b=c&d=e" },
        { Kind::url, "http://evil.example/f" } };
    EXPECT_EQ(
        outcome(url, Is::url, "https://good.example/?u=http%3A%2F%2Fevil.example%2Fa%3Fb%3Dc%26d%3De&z=1"),
        "link_in_link/moderate");
    EXPECT_EQ(outcome(url, Is::url,
                  "https://good.example/"
                  "?u=https%3A%2F%2Fb.example%2F%3Fv%3Dhttp%253A%252F%252Fevil.example%252Ff%26w%3D1"),
        "link_in_link/moderate");
}

TEST(MatchUrl, a_link_carries_so_many_that_are_looked_at)
{
    std::string value = "https://good.example/?";
    for (int i = 0; i != 15; ++i)
        value += "u=https://b.example/&";
    std::vector<Sample> const host { { Kind::domain, "evil.example" } };
    EXPECT_EQ(outcome(host, Is::url, value + "u=https://evil.example/"), "link_in_link/moderate");
    EXPECT_EQ(outcome(host, Is::url, value + "u=http://c.example/&u=https://evil.example/"), "none");
}

TEST(MatchText, a_link_that_can_be_opened_tells_more_than_one_made_harmless)
{
    Matcher matcher { set_of({ { Kind::domain, "evil.example" } }) };
    for (auto const* text : { "hXXps://evil.example/x", "sent to himhxxp://a.evil.example/x" }) {
        auto const found = matcher.match(Is::free_text, text);
        ASSERT_EQ(found.size(), 1U) << text;
        EXPECT_TRUE(is_defanged(found[0].part)) << found[0].part;
    }
    for (auto const* text : { "hxxps://evil.example/x https://a.evil.example/x",
             "https://a.evil.example/x hxxps://evil.example/x", "evil.example hxxp" }) {
        auto const found = matcher.match(Is::free_text, text);
        ASSERT_EQ(found.size(), 1U) << text;
        EXPECT_FALSE(is_defanged(found[0].part)) << found[0].part;
    }
}

TEST(MatchText, links_in_prose_are_compared)
{
    Matcher matcher { set_of({ { Kind::domain, "evil.example" }, { Kind::email, "mallory@bad.example" },
        { Kind::url, "http://c.example/p?q=1" } }) };
    std::string_view const text
        = "Dear Ana, see (https://a.evil.example/x). http://c.example/p?q=1, Mallory@Bad.example.";
    auto const found = matcher.match(Is::free_text, text);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].part, "https://a.evil.example/x");
    EXPECT_EQ(found[1].part, "Mallory@Bad.example");
    EXPECT_EQ(found[2].part, "http://c.example/p?q=1");
    EXPECT_TRUE(found[0].in_text && found[1].in_text && found[2].in_text);
    EXPECT_GE(found[2].part.data(), text.data());
    EXPECT_TRUE(matcher.match(Is::free_text, "an evil example. notevil.example evil.examples").empty());
    EXPECT_EQ(matcher.match(Is::free_text, "链接evil.example请").size(), 1U);
    EXPECT_EQ(matcher.match(Is::free_text, "链接evil.example请").front().confidence, Confidence::moderate);
    EXPECT_EQ(matcher.match(Is::free_text, "👉evil.example").size(), 1U);
    EXPECT_TRUE(matcher.match(Is::free_text, "süevil.example").empty());
    EXPECT_EQ(matcher.match(Is::free_text, "链接https://evil.example/请").size(), 1U);
    EXPECT_EQ(matcher.match(Is::free_text, "http://c.example/p?q=1请").size(), 1U);
    EXPECT_FALSE(matcher.match(Is::url, "https://evil.example").front().in_text);
}

TEST(MatchMail, underscores_of_emphasis_may_be_part_of_an_address)
{
    for (std::string_view const published : { "spy@mail.example", "_spy@mail.example" })
        EXPECT_EQ(outcome({ { Kind::email, published } }, Is::free_text, "write to _spy@mail.example_ now"),
            "exact/exact")
            << published;
    EXPECT_EQ(outcome({ { Kind::email, "spy@mail.example" } }, Is::free_text, "_spy@mail.example"), "none");
}

TEST(MatchMail, whole_addresses_match_and_hosts_of_addresses_weakly)
{
    std::vector<Sample> const mail { { Kind::email, "Mallory@Bad.example" } };
    for (std::string_view const value :
        { "mallory@bad.example", "MALLORY@BAD.EXAMPLE", "mailto:mallory@bad.example?subject=x",
            "Mallory <mallory@bad.example>", " mallory@bad.example " }) {
        EXPECT_EQ(outcome(mail, Is::email, value), "exact/exact") << value;
        EXPECT_EQ(outcome(mail, Is::handle, value), "exact/exact") << value;
    }
    EXPECT_EQ(outcome(mail, Is::email, "xmallory@bad.example"), "none");
    EXPECT_EQ(outcome(mail, Is::url, "mailto:mallory@bad.example"), "exact/exact");
    EXPECT_EQ(
        outcome({ { Kind::domain, "bad.example" } }, Is::email, "x@a.bad.example"), "mail_host/moderate");
    EXPECT_EQ(outcome({ { Kind::domain, "gmail.com" } }, Is::email, "x@gmail.com"), "none");
}

TEST(MatchHandle, phones_accounts_and_mail_addresses)
{
    std::vector<Sample> const phone { { Kind::phone, "+1 202-555-0143" } };
    EXPECT_EQ(outcome(phone, Is::handle, "+12025550143"), "exact/exact");
    EXPECT_EQ(outcome(phone, Is::phone, "tel:+1 (202) 555-0143"), "exact/exact");
    EXPECT_EQ(outcome(phone, Is::handle, "12025550143@s.whatsapp.net"), "exact/exact");
    EXPECT_EQ(outcome(phone, Is::phone, "2025550143"), "none");
    EXPECT_EQ(outcome(phone, Is::phone, "+120255501431"), "none");
    EXPECT_EQ(outcome({ { Kind::account, "@Mallory" } }, Is::handle, "mallory"), "exact/strong");
    EXPECT_EQ(outcome({ { Kind::account, "mallory" } }, Is::handle, "@mallory"), "exact/exact");
}

TEST(MatchProcess, base_names_are_compared_with_their_case)
{
    auto const process = [](std::string_view value) {
        return outcome({ { Kind::process, "Diagnosticd" } }, Is::process, value);
    };
    EXPECT_EQ(process("Diagnosticd"), "exact/exact");
    EXPECT_EQ(process("/usr/libexec/Diagnosticd"), "exact/exact");
    EXPECT_EQ(process("Diagnosticd/com.example.app"), "exact/exact");
    EXPECT_EQ(process("launcher/Diagnosticd"), "exact/exact");
    EXPECT_EQ(process("/private/var/db/Diagnosticd/3F2504E0-4F89-41D3-9A0C-0305E82C3301"), "exact/exact");
    for (std::string_view const value :
        { "diagnosticd", "Diagnosticd2", "xDiagnosticd", "/Diagnosticd/other", "" })
        EXPECT_EQ(process(value), "none") << value;
    EXPECT_EQ(outcome({ { Kind::process, "bh" } }, Is::path, "/private/var/mobile/bh"), "none");
    EXPECT_EQ(outcome({ { Kind::process, "bh" } }, Is::file_name, "bh"), "none");
    EXPECT_EQ(outcome({ { Kind::app_id, "com.evil.app" } }, Is::process, "com.evil.app:push"), "exact/exact");
    EXPECT_EQ(
        outcome({ { Kind::app_id, "com.evil.app" } }, Is::process, "runner/com.evil.app"), "exact/exact");
    EXPECT_EQ(
        outcome({ { Kind::file_path, "/private/var/tmp/x" } }, Is::process, "/var/tmp/x"), "exact/exact");
}

TEST(MatchProcess, one_published_with_its_path_is_no_other_process_of_that_name)
{
    std::vector<Sample> const process { { Kind::process, "/private/var/tmp/com.apple.WebKit.Networking" } };
    for (std::string_view const value :
        { "/private/var/tmp/com.apple.WebKit.Networking", "/var/tmp/com.apple.WebKit.Networking",
            "/private/var/tmp/com.apple.WebKit.Networking/3F2504E0-4F89-41D3-9A0C-0305E82C3301" })
        EXPECT_EQ(outcome(process, Is::process, value), "exact/exact") << value;
    for (std::string_view const value : { "com.apple.WebKit.Networking", "com.apple.WebKit.Networking/x.y",
             "/System/Library/Frameworks/WebKit.framework/com.apple.WebKit.Networking", "com.apple.WebKi" })
        EXPECT_EQ(outcome(process, Is::process, value), "none") << value;
    std::vector<Sample> const attributed { { Kind::process, "roleaboutd/org.example.app3" } };
    EXPECT_EQ(outcome(attributed, Is::process, "app3/org.example.app3"), "none");
    EXPECT_EQ(outcome(attributed, Is::process, "roleaboutd/org.example.app1"), "exact/exact");
}

TEST(MatchProcess, a_name_cut_by_the_system_matches_a_longer_one_with_less_trust)
{
    std::vector<Sample> const name { { Kind::process, "com.apple.rapports.events" } };
    EXPECT_EQ(outcome(name, Is::process, "com.apple.rappo"), "truncated_name/moderate");
    EXPECT_EQ(outcome(name, Is::process, "com.apple.rappor"), "truncated_name/moderate");
    EXPECT_EQ(outcome(name, Is::process, "com.apple.rappor/x"), "truncated_name/moderate");
    EXPECT_EQ(outcome(name, Is::process, "com.apple.rapport"), "none");
    EXPECT_EQ(outcome(name, Is::process, "com.apple.rapp"), "none");
    EXPECT_EQ(
        outcome({ { Kind::process, "sixteen-bytes-xx" } }, Is::process, "sixteen-bytes-xx"), "exact/exact");
    auto const long_name = std::string(40, 'p');
    EXPECT_EQ(outcome({ { Kind::process, long_name } }, Is::process, long_name.substr(0, 31)),
        "truncated_name/moderate");
    EXPECT_EQ(outcome({ { Kind::process, long_name } }, Is::process, long_name.substr(0, 30)), "none");
}

TEST(MatchPath, folders_end_at_component_boundaries)
{
    std::vector<Sample> const folder { { Kind::file_path, "/private/var/logs/keybagd/" } };
    EXPECT_EQ(outcome(folder, Is::path, "/private/var/logs/keybagd"), "exact/exact");
    EXPECT_EQ(outcome(folder, Is::path, "/var/logs/keybagd/a/b"), "below_path/strong");
    EXPECT_EQ(outcome(folder, Is::path, "/private/var/logs/keybagd.log.0"), "none");
    EXPECT_EQ(outcome(folder, Is::path, "/private/var/logs"), "none");
    EXPECT_EQ(outcome({ { Kind::file_path, "/tmp/l/" } }, Is::path, "/private/var/tmp/lss_policy"), "none");
    EXPECT_EQ(
        outcome({ { Kind::file_path, "/tmp/l/" } }, Is::path, "/private/var/tmp/l/x"), "below_path/strong");
    EXPECT_EQ(outcome({ { Kind::file_path, "Library/Preferences/x.plist" } }, Is::path,
                  "/var/mobile/Library/Preferences/x.plist"),
        "exact/exact");
    EXPECT_EQ(outcome({ { Kind::file_path, "/data/local/tmp/wd/" } }, Is::path, "/data/local/tmp/wd/pred.so"),
        "below_path/strong");
    EXPECT_EQ(outcome(folder, Is::path, "/private/var/logs/KEYBAGD"), "none");
}

TEST(MatchPath, what_the_kernel_and_crash_reports_add_to_a_path_is_no_part_of_it)
{
    std::vector<Sample> const path { { Kind::file_path, "/data/local/tmp/libevil.so" } };
    EXPECT_EQ(outcome(path, Is::path, "/data/local/tmp/libevil.so (deleted)"), "exact/exact");
    EXPECT_EQ(outcome(path, Is::process, "/data/local/tmp/libevil.so (deleted)"), "exact/exact");
    std::vector<Sample> const name { { Kind::file_name, "libevil.so" } };
    for (std::string_view const value : { "/data/a/libevil.so (deleted)", "/memfd:libevil.so (deleted)",
             "/data/app/x/base.apk!libevil.so", "/data/app/x/base.apk!/lib/arm64-v8a/libevil.so" })
        EXPECT_EQ(outcome(name, Is::path, value), "file_name/exact") << value;
    EXPECT_EQ(outcome({ { Kind::file_name, "base.apk" } }, Is::path, "/data/app/x/base.apk!libevil.so"),
        "file_name/exact");
    EXPECT_EQ(outcome({ { Kind::process, "evild" } }, Is::process, "/data/local/tmp/evild (deleted)"),
        "exact/exact");
}

TEST(MatchPath, file_names_are_whole_base_names)
{
    std::vector<Sample> const name { { Kind::file_name, "roleaccountd.plist" } };
    EXPECT_EQ(outcome(name, Is::path, "/private/var/root/roleaccountd.plist"), "file_name/exact");
    EXPECT_EQ(outcome(name, Is::file_name, "roleaccountd.plist"), "exact/exact");
    for (std::string_view const value :
        { "xroleaccountd.plist", "roleaccountd.plist.bak", "Roleaccountd.plist", "/a/roleaccountd.plist/b" })
        EXPECT_EQ(outcome(name, Is::path, value), "none") << value;
}

TEST(MatchWhole, hashes_identifiers_and_properties)
{
    auto const md5 = std::string(32, 'a');
    auto const sha256 = std::string(64, 'b');
    EXPECT_EQ(outcome({ { Kind::md5, md5 } }, Is::hash, std::string(32, 'A')), "exact/exact");
    EXPECT_EQ(outcome({ { Kind::sha256, sha256 } }, Is::hash, sha256), "exact/exact");
    EXPECT_EQ(outcome({ { Kind::sha256, sha256 } }, Is::hash, sha256.substr(0, 40)), "none");
    EXPECT_EQ(outcome({ { Kind::sha256, sha256 } }, Is::cert_hash, sha256), "none");
    EXPECT_EQ(outcome({ { Kind::cert_hash, md5 } }, Is::cert_hash,
                  "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA"),
        "exact/exact");
    EXPECT_EQ(outcome({ { Kind::app_id, "com.Evil.app" } }, Is::app_id, "com.Evil.app"), "exact/exact");
    EXPECT_EQ(outcome({ { Kind::app_id, "com.Evil.app" } }, Is::app_id, "com.evil.app"), "exact/strong");
    EXPECT_EQ(outcome({ { Kind::app_id, "com.evil.app" } }, Is::app_id, "com.evil.app2"), "none");
    EXPECT_EQ(
        outcome({ { Kind::profile_id, "76DAB334-7E17" } }, Is::profile_id, "76dab334-7e17"), "exact/strong");
    EXPECT_EQ(outcome({ { Kind::profile_id, "76DAB334-7E17" } }, Is::profile_id, "76DAB334"), "none");
    EXPECT_EQ(outcome({ { Kind::property_name, "sys.brand.note" } }, Is::property_name, "sys.brand.note"),
        "exact/exact");
    EXPECT_EQ(
        outcome({ { Kind::property_name, "sys.brand.note" } }, Is::property_name, "sys.brand.notes"), "none");
}

TEST(MatchPattern, like_covers_the_whole_value_and_matches_searches)
{
    EXPECT_EQ(
        outcome({ { Kind::domain, "evil%.example", Compare::like } }, Is::url, "http://evil12.example/"),
        "pattern/strong");
    EXPECT_EQ(
        outcome({ { Kind::domain, "evil%.example", Compare::like } }, Is::url, "http://a.evil12.example/"),
        "none");
    EXPECT_EQ(outcome({ { Kind::file_path, "/private/var/tmp/_.dylib", Compare::like } }, Is::path,
                  "/var/tmp/a.dylib"),
        "pattern/strong");
    EXPECT_EQ(outcome({ { Kind::url, "/gate\\.php\\?id=[0-9]+$", Compare::regex } }, Is::url,
                  "http://a.example/gate.php?id=12"),
        "pattern/strong");
    EXPECT_EQ(outcome({ { Kind::process, "^x[0-9]$", Compare::regex } }, Is::process, "/usr/bin/x1"),
        "pattern/strong");
    auto const set = set_of({ { Kind::url, "(?<=x)y", Compare::regex }, { Kind::url, "(", Compare::regex } });
    EXPECT_EQ(set.count(Reason::bad_regex), 2U);
}

TEST(MatchPattern, patterns_of_urls_are_tried_on_the_canonical_form_with_either_scheme)
{
    std::vector<Sample> const like { { Kind::url, "http://lure.example/%", Compare::like } };
    for (std::string_view const value : { "http://LURE.example/b", "http://lure.example:80/b",
             "https://lure.example/b", "http://x@lure.example/b" })
        EXPECT_EQ(outcome(like, Is::url, value), "pattern/strong") << value;
    EXPECT_EQ(outcome(like, Is::free_text, "see lure.example/b"), "pattern/strong");
    EXPECT_EQ(outcome({ { Kind::url, "HTTPS://LURE.example/B%", Compare::like } }, Is::url,
                  "https://Lure.example/Bc"),
        "pattern/strong");
    EXPECT_EQ(outcome(like, Is::url, "ftp://lure.example/b"), "none");
    EXPECT_EQ(
        outcome({ { Kind::url, "^https://x@lure", Compare::regex } }, Is::url, "https://x@lure.example/b"),
        "pattern/strong");
}

TEST(MatchPattern, patterns_of_paths_follow_the_links_of_the_systems)
{
    auto const path = [](std::string_view pattern, Compare compare, std::string_view value) {
        return outcome({ { Kind::file_path, pattern, compare } }, Is::path, value);
    };
    std::string_view const sms = "/private/var/mobile/Library/SMS/sms.db";
    for (std::string_view const like : { "/var/mobile/Library/SMS/sms.%", "~/Library/SMS/sms%",
             "Library/SMS/sms.d_", "/private/var/mobile/%/sms.db", "%/SMS/sms.db" })
        EXPECT_EQ(path(like, Compare::like, sms), "pattern/strong") << like;
    EXPECT_EQ(
        path("/sdcard/Download/%.apk", Compare::like, "/data/media/0/Download/x.apk"), "pattern/strong");
    EXPECT_EQ(path("^/var/mobile/Library/SMS/sms\\.db$", Compare::regex, sms), "pattern/strong");
    EXPECT_EQ(path("\\A\\/var\\/mobile\\/.*sms", Compare::regex, sms), "pattern/strong");
    EXPECT_EQ(path("/Library/SMS/", Compare::regex, sms), "pattern/strong");
    EXPECT_EQ(outcome({ { Kind::process, "/var/tmp/%", Compare::like } }, Is::process, "/private/var/tmp/x"),
        "pattern/strong");
}

TEST(MatchPattern, patterns_of_phone_numbers_are_compared_without_a_sign)
{
    for (std::string_view const like : { "+1202%", "001202%", "+1 (202) %", "1202%" })
        EXPECT_EQ(
            outcome({ { Kind::phone, like, Compare::like } }, Is::phone, "+1 202 555 0143"), "pattern/strong")
            << like;
    EXPECT_EQ(outcome({ { Kind::phone, "^\\+?1202", Compare::regex } }, Is::phone, "+1 202 555 0143"),
        "pattern/strong");
}

TEST(Matcher, regular_expressions_that_would_cost_too_much_together_are_left_out)
{
    std::deque<std::string> large;
    std::vector<Sample> samples;
    for (int i = 0; i != 100; ++i) {
        auto const& text = large.emplace_back("a.{150}" + std::to_string(i) + "|b.{150}x");
        samples.push_back({ Kind::url, text, Compare::regex });
    }
    samples.push_back({ Kind::url, "gate\\.php$", Compare::regex });
    auto const set = set_of(samples);
    EXPECT_GT(set.count(Reason::over_limit), 0U);
    EXPECT_LT(set.count(Reason::over_limit), 100U);
    EXPECT_EQ(set.count(Reason::bad_regex), 0U);
    EXPECT_EQ(outcome(samples, Is::url, "https://example.com/gate.php"), "pattern/strong");
}

TEST(Match, values_without_meaning_match_nothing)
{
    std::vector<Sample> const host { { Kind::domain, "evil.example" } };
    EXPECT_EQ(outcome(host, Is::opaque, "evil.example"), "none");
    EXPECT_EQ(outcome(host, Is::not_text, "evil.example"), "none");
    EXPECT_EQ(outcome({}, Is::free_text, "http://evil.example /a x@y.example"), "none");
}

TEST(Match, ambiguous_values_say_so)
{
    auto const set = set_of(
        { { Kind::process, "BackupAgent" }, { Kind::file_name, "bh" }, { Kind::process, "roleaboutd" },
            { Kind::app_id, "com.xdja.jxclient" }, { Kind::file_path, "/data/local/tmp/dropbox" } });
    EXPECT_EQ(set.indicators()[0].ambiguity, Ambiguity::outside_network);
    EXPECT_EQ(set.indicators()[1].ambiguity, Ambiguity::always);
    EXPECT_EQ(set.indicators()[2].ambiguity, Ambiguity::none);
    EXPECT_EQ(set.indicators()[3].ambiguity, Ambiguity::always);
    EXPECT_EQ(set.indicators()[4].ambiguity, Ambiguity::always);
    EXPECT_FALSE(set.indicators()[1].ambiguity_reason.empty());
    auto const spelled = set_of({ { Kind::file_name, "Documents/payload" },
        { Kind::process, "bh/org.example.app" }, { Kind::process, "/private/var/tmp/UserEventAgent" },
        { Kind::file_path, "/data/local/./tmp/dropbox/" } });
    EXPECT_EQ(spelled.indicators()[0].ambiguity, Ambiguity::always);
    EXPECT_EQ(spelled.indicators()[1].ambiguity, Ambiguity::as_file_name);
    EXPECT_EQ(spelled.indicators()[2].ambiguity, Ambiguity::none);
    EXPECT_EQ(spelled.indicators()[3].ambiguity, Ambiguity::always);
}

TEST(Match, every_indicator_that_a_value_meets_is_named)
{
    std::vector<Sample> const many(3000, Sample { Kind::domain, "evil.example" });
    Matcher matcher { set_of(many) };
    EXPECT_EQ(matcher.match(Is::url, "evil.example").size(), 3000U);
    EXPECT_TRUE(matcher.match(Is::url, "good.example").empty());
    EXPECT_EQ(matcher.match(Is::url, "evil.example").size(), 3000U);
}

} // namespace
