#include "indicators/load.hpp"

#include "indicators/salvage.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace exhibit::indicators;
namespace fs = std::filesystem;

IndicatorSet load(std::string_view text, std::string_view name = "pack.stix2")
{
    SetBuilder builder;
    load_pack(builder, name, text);
    return builder.build();
}

std::string bundle(std::string_view objects)
{
    return R"({"type":"bundle","id":"bundle--1","objects":[)" + std::string { objects } + "]}";
}

std::string indicator(std::string_view number, std::string_view pattern, std::string_view more = "")
{
    return R"({"type":"indicator","id":"indicator--)" + std::string { number }
    + R"(","created":"2024-02-03T04:05:06Z","valid_from":"2020-01-01T00:00:00Z","pattern":")"
        + std::string { pattern } + "\"" + std::string { more } + "}";
}

std::string named(std::string_view type, std::string_view name)
{
    return R"({"type":")" + std::string { type } + R"(","id":")" + std::string { type } + R"(--1","name":")"
        + std::string { name } + "\"}";
}

std::string indicates(std::string_view number, std::string_view target)
{
    return R"({"type":"relationship","id":"relationship--1","relationship_type":"indicates","source_ref":"indicator--)"
        + std::string { number } + R"(","target_ref":")" + std::string { target } + "--1\"}";
}

TEST(LoadStix, an_indicator_keeps_what_is_published_about_it)
{
    auto const set = load(bundle(named("malware", "Example Spy") + ',' + named("campaign", "Example Campaign")
        + ',' + R"({"type":"identity","id":"identity--1","name":"Example Lab"},)"
        + R"({"type":"marking-definition","id":"marking-definition--2","definition_type":"statement","definition":{"statement":"CC-BY 4.0"}},)"
        + indicator("1", "[domain-name:value='evil.example']",
            R"(,"created_by_ref":"identity--1","valid_until":"2025-01-01T00:00:00Z",
                "object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"])")
        + ',' + indicates("1", "malware") + ',' + indicates("1", "campaign")));
    ASSERT_EQ(set.indicators().size(), 1U);
    auto const& found = set.indicators()[0];
    EXPECT_EQ(found.id, "indicator--1");
    EXPECT_EQ(found.value, "evil.example");
    ASSERT_EQ(found.names.size(), 2U);
    EXPECT_EQ(found.names[0], (Name { "Example Spy", "malware" }));
    EXPECT_EQ(found.names[1], (Name { "Example Campaign", "campaign" }));
    EXPECT_EQ(found.source, "Example Lab");
    EXPECT_EQ(found.tlp, Tlp::amber);
    EXPECT_EQ(found.created, from_text("2024-02-03T04:05:06Z"));
    EXPECT_EQ(found.valid_until, from_text("2025-01-01"));
    auto const& pack = set.packs()[0];
    EXPECT_EQ(pack.file, "pack.stix2");
    EXPECT_EQ(pack.sha256.size(), 64U);
    EXPECT_EQ(pack.licence, "CC-BY 4.0");
    EXPECT_EQ(pack.source, "Example Lab");
    EXPECT_EQ(pack.published, found.created);
    EXPECT_EQ(pack.indicators, 1U);
    EXPECT_EQ(pack.problems, 0U);
}

TEST(LoadStix, a_report_names_the_indicators_that_it_refers_to)
{
    auto const set = load(bundle(indicator("1", "[url:value = 'http://evil.example/?a=b']") + ','
        + indicator("2", "[app:id = 'com.evil']") + ','
        + R"({"type":"report","id":"report--1","name":"Traces","object_refs":["indicator--1",5,"malware--9"]})"));
    ASSERT_EQ(set.indicators().size(), 2U);
    EXPECT_EQ(set.indicators()[0].names[0], (Name { "Traces", "report" }));
    EXPECT_EQ(set.indicators()[1].names[0], (Name { "Traces", "pack" }));
}

TEST(LoadStix, what_cannot_be_used_is_counted_and_named_and_the_rest_loads)
{
    auto const set = load(bundle("5,null,{},[],\"x\"," + indicator("1", "[domain-name:value='a.example'")
        + ',' + indicator("2", "[file:size = 5]") + ',' + indicator("3", "[sha256:x = 'y']") + ','
        + indicator("4", "[domain-name:value='b.example']", R"(,"revoked":true)") + ','
        + indicator("5", "rule x {}", R"(,"pattern_type":"yara")") + ','
        + indicator("6", "[file:hashes.sha256='short']") + ','
        + R"({"type":"indicator","id":"indicator--7"},{"type":"indicator","id":8,"pattern":["x"]},)"
        + indicator("9", "[domain-name:value='c.example']")));
    EXPECT_EQ(set.indicators().size(), 1U);
    EXPECT_EQ(set.indicators()[0].value, "c.example");
    EXPECT_EQ(set.count(Reason::malformed_object), 7U);
    EXPECT_EQ(set.count(Reason::bad_pattern), 1U);
    EXPECT_EQ(set.count(Reason::property), 2U);
    EXPECT_EQ(set.count(Reason::revoked), 1U);
    EXPECT_EQ(set.count(Reason::pattern_language), 1U);
    EXPECT_EQ(set.count(Reason::bad_value), 1U);
    EXPECT_EQ(set.packs()[0].problems, 13U);
    EXPECT_EQ(set.problems().size(), 13U);
}

TEST(LoadStix, a_file_that_is_cut_or_broken_keeps_its_whole_objects)
{
    auto const whole = bundle(indicator("1", "[domain-name:value='a.example']") + ','
        + indicator("2", "[domain-name:value='b.example']") + ','
        + indicator("3", "[domain-name:value='c.example']"));
    auto const cut = load(whole.substr(0, whole.size() - 30));
    EXPECT_EQ(cut.indicators().size(), 2U);
    EXPECT_EQ(cut.count(Reason::damaged_file), 1U);
    for (std::string_view const sign : { "b.example", "\"created\"", "indicator--2" }) {
        auto broken = whole;
        auto const at = broken.find(sign, broken.find("indicator--1") + 1 + (sign[0] == '"' ? 100U : 0U));
        broken[at] = '\x01';
        EXPECT_EQ(load(broken).indicators().size(), 2U) << sign;
    }
    auto lost_quote = whole;
    lost_quote.erase(lost_quote.find("\"indicator--2"), 1);
    EXPECT_EQ(load(lost_quote).indicators().size(), 2U);
    EXPECT_EQ(salvage_objects("no json at all"), "[]");
    for (std::size_t size = 0; size < whole.size(); size += 7)
        EXPECT_LE(load(whole.substr(0, size)).indicators().size(), 3U);
}

TEST(LoadStix, lists_single_objects_byte_order_marks_and_invalid_utf8_are_read)
{
    auto const one = indicator("1", "[domain-name:value='a.example']");
    EXPECT_EQ(load('[' + one + ']').indicators().size(), 1U);
    EXPECT_EQ(load(one).indicators().size(), 1U);
    EXPECT_EQ(load("\xEF\xBB\xBF" + bundle(one)).indicators().size(), 1U);
    EXPECT_EQ(load(bundle(one + ",{\"type\":\"x\",\"name\":\"\xFF\"}")).indicators().size(), 1U);
    EXPECT_EQ(load(R"({"type":"bundle"})").count(Reason::malformed_object), 1U);
    EXPECT_EQ(load(bundle(std::string(500, '[') + std::string(500, ']'))).indicators().size(), 0U);
}

TEST(LoadStix, only_the_newest_version_of_an_indicator_holds)
{
    auto const version = [](std::string_view host, std::string_view year, std::string_view more = "") {
        return indicator("1", "[domain-name:value='" + std::string { host } + "']",
            R"(,"modified":")" + std::string { year } + R"(-01-01T00:00:00Z")" + std::string { more });
    };
    for (auto const& objects : { version("old.example", "2021") + ',' + version("new.example", "2022"),
             version("new.example", "2022") + ',' + version("old.example", "2021") }) {
        auto const set = load(bundle(objects));
        ASSERT_EQ(set.indicators().size(), 1U);
        EXPECT_EQ(set.indicators()[0].value, "new.example");
        EXPECT_EQ(set.count(Reason::replaced), 1U);
    }
    auto const withdrawn = load(
        bundle(version("a.example", "2022", R"(,"revoked":true)") + ',' + version("a.example", "2021")));
    EXPECT_TRUE(withdrawn.indicators().empty());
    EXPECT_EQ(withdrawn.count(Reason::revoked), 2U);
    auto const back = load(
        bundle(version("a.example", "2021", R"(,"revoked":true)") + ',' + version("a.example", "2022")));
    EXPECT_EQ(back.indicators().size(), 1U);
    EXPECT_EQ(
        load(bundle(version("a.example", "2021") + ',' + version("b.example", "2021"))).indicators().size(),
        2U);
}

TEST(LoadStix, what_its_publisher_takes_for_harmless_is_not_for_detection)
{
    auto const set = load(bundle(
        indicator("1", "[domain-name:value='a.example']", R"(,"indicator_types":["benign"])") + ','
        + indicator("2", "[domain-name:value='b.example']", R"(,"labels":["benign"])") + ','
        + indicator("3", "[domain-name:value='c.example']", R"(,"indicator_types":["benign","compromised"])")
        + ',' + indicator("4", "[domain-name:value='d.example']", R"(,"indicator_types":["anonymization"])")
        + ',' + indicator("5", "[domain-name:value='e.example']", R"(,"pattern_type":"STIX")")));
    ASSERT_EQ(set.indicators().size(), 3U);
    EXPECT_EQ(set.count(Reason::not_for_detection), 2U);
    EXPECT_EQ(set.indicators()[0].ambiguity, Ambiguity::none);
    EXPECT_EQ(set.indicators()[1].ambiguity, Ambiguity::always);
    EXPECT_FALSE(set.indicators()[1].ambiguity_reason.empty());
}

TEST(LoadMisp, a_feed_names_galaxies_in_tags_and_marks_attributes_by_themselves)
{
    auto const set = load(R"({"Event":{"info":"Op Example","Tag":[{"name":"tlp:amber"},
        {"name":"misp-galaxy:tool=\"Example Spy\""},{"name":"misp-galaxy:tool="},{"name":"misp-galaxy:\""},
        {"name":"misp-galaxy:tool=\"\""}],
        "Attribute":[{"uuid":"u1","type":"domain","value":"evil.example","to_ids":true,
          "Tag":[{"name":"tlp:red"},{"name":"misp-galaxy:threat-actor=\"Example Group\""}]},
         {"uuid":"u2","type":"domain","value":"bad.example","to_ids":true}]}})",
        "event.json");
    ASSERT_EQ(set.indicators().size(), 2U);
    auto const& first = set.indicators()[0];
    ASSERT_EQ(first.names.size(), 3U);
    EXPECT_EQ(first.names[0], (Name { "Example Spy", "tool" }));
    EXPECT_EQ(first.names[2], (Name { "Example Group", "threat-actor" }));
    EXPECT_EQ(first.tlp, Tlp::red);
    EXPECT_EQ(set.indicators()[1].names.size(), 2U) << "the tag of one attribute is not that of the next";
    EXPECT_EQ(set.indicators()[1].tlp, Tlp::amber);
}

TEST(LoadMisp, events_attributes_and_objects)
{
    auto const set = load(R"({"response":[{"Event":{"info":"Op Example","Orgc":{"name":"Example CERT"},
        "Tag":[{"name":"tlp:green"}],
        "Galaxy":[{"type":"mitre-malware","GalaxyCluster":[{"value":"Example Spy"}]}],
        "Attribute":[
         {"uuid":"u1","type":"domain","value":"evil.example","to_ids":true,"timestamp":"1700000000"},
         {"uuid":"u2","type":"ip-dst|port","value":"203.0.113.9|443","to_ids":true},
         {"uuid":"u3","type":"comment","value":"x","to_ids":false},
         {"uuid":"u4","type":"snort","value":"alert","to_ids":true},
         {"uuid":"u5","type":"domain","value":"old.example","to_ids":true,"deleted":true},
         {"uuid":"u6","type":"domain"},
         {"uuid":"u7","type":"x509-fingerprint-sha1","value":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","to_ids":true}],
        "Object":[{"name":"file","Attribute":[
         {"uuid":"u8","type":"filename|sha256","value":"a.apk|bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","to_ids":"1"}]},
         {"name":"android-app","Attribute":[
         {"uuid":"u9","type":"x509-fingerprint-sha1","value":"cccccccccccccccccccccccccccccccccccccccc","to_ids":true}]}]}}]})",
        "event.json");
    EXPECT_EQ(set.packs()[0].format, "misp");
    EXPECT_EQ(set.packs()[0].title, "Op Example");
    ASSERT_EQ(set.indicators().size(), 4U);
    EXPECT_EQ(set.indicators()[0].names[0], (Name { "Example Spy", "mitre-malware" }));
    EXPECT_EQ(set.indicators()[0].names[1], (Name { "Op Example", "event" }));
    EXPECT_EQ(set.indicators()[0].tlp, Tlp::green);
    EXPECT_EQ(set.indicators()[0].source, "Example CERT");
    EXPECT_EQ(set.indicators()[0].created, from_text("2023-11-14T22:13:20Z"));
    EXPECT_EQ(set.indicators()[1].value, "203.0.113.9");
    EXPECT_EQ(set.indicators()[2].kind, Kind::sha256);
    EXPECT_EQ(set.indicators()[3].kind, Kind::cert_hash);
    EXPECT_EQ(set.count(Reason::not_for_detection), 1U);
    EXPECT_EQ(set.count(Reason::unknown_type), 2U);
    EXPECT_EQ(set.count(Reason::revoked), 1U);
    EXPECT_EQ(set.count(Reason::malformed_object), 1U);
}

TEST(LoadMisp, a_search_may_answer_with_attributes_alone)
{
    auto const set = load(
        R"({"response":{"Attribute":[{"type":"domain","value":"a.example","to_ids":true}]}})", "search.json");
    ASSERT_EQ(set.indicators().size(), 1U);
    EXPECT_EQ(set.indicators()[0].value, "a.example");
}

TEST(LoadCsv, header_quotes_comments_and_separators)
{
    auto const set = load("# made by hand\r\ntype;value;malware;source;date;tlp\r\n"
                          "domain;evil.example;Example Spy;Example Lab;2024-05-06;TLP:RED\r\n\r\n"
                          "url;\"http://a.example/?x=1;y=\"\"2\"\"\";;;;\r\n"
                          "hash;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;;;;\r\n"
                          "nonsense;x;;;;\r\n"
                          "ip;not an address;;;;\r\n",
        "own.csv");
    EXPECT_EQ(set.packs()[0].format, "csv");
    ASSERT_EQ(set.indicators().size(), 3U);
    EXPECT_EQ(set.indicators()[0].id, "line 3");
    EXPECT_EQ(set.indicators()[0].names[0], (Name { "Example Spy", "name" }));
    EXPECT_EQ(set.indicators()[0].source, "Example Lab");
    EXPECT_EQ(set.indicators()[0].tlp, Tlp::red);
    EXPECT_EQ(set.indicators()[0].created, from_text("2024-05-06"));
    EXPECT_EQ(set.indicators()[1].value, "http://a.example/?x=1;y=\"2\"");
    EXPECT_EQ(set.indicators()[1].names[0], (Name { "own.csv", "pack" }));
    EXPECT_EQ(set.indicators()[2].kind, Kind::md5);
    EXPECT_EQ(set.count(Reason::unknown_type), 1U);
    EXPECT_EQ(set.count(Reason::bad_value), 1U);
}

TEST(LoadCsv, an_export_of_misp_keeps_what_is_not_for_detection_out)
{
    auto const set = load(
        "uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag,object_uuid,"
        "object_name\n"
        "\"u1\",7,\"Network activity\",\"domain\",\"evil.example\",\"a, "
        "b\",1,1682930000,,\"x:y,tlp:amber\",,\n"
        "\"u2\",7,\"Network activity\",\"domain\",\"google.example\",\"\",0,1682930000,,\"\",,\n"
        "\"u3\",7,\"Network activity\",\"ip-dst|port\",\"203.0.113.9|443\",\"\",1,1682930000,,\"\",,\n"
        "\"u4\",7,\"Payload\",\"x509-fingerprint-sha1\",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"\",1,,"
        ",\"\",,\"x509\"\n"
        "\"u5\",7,\"Payload\",\"filename|md5\",\"a.apk|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"\",1,,,\"\",,\n",
        "misp.csv");
    ASSERT_EQ(set.indicators().size(), 3U);
    EXPECT_EQ(set.indicators()[0].id, "u1");
    EXPECT_EQ(set.indicators()[0].tlp, Tlp::amber);
    EXPECT_EQ(set.indicators()[0].created, from_text("2023-05-01T08:33:20Z"));
    EXPECT_EQ(set.indicators()[1].value, "203.0.113.9");
    EXPECT_EQ(set.indicators()[2].kind, Kind::md5);
    EXPECT_EQ(set.count(Reason::not_for_detection), 1U);
    EXPECT_EQ(set.count(Reason::unknown_type), 1U);
}

TEST(LoadCsv, the_marking_of_an_event_counts_as_that_of_an_attribute_does)
{
    auto const set = load("uuid,type,value,attribute_tag,event_tag\n"
                          "u1,domain,evil.example,\"x:y\",\"tlp:red,z\"\n"
                          "u2,domain,other.example,tlp:amber,tlp:green\n",
        "misp.csv");
    ASSERT_EQ(set.indicators().size(), 2U);
    EXPECT_EQ(set.indicators()[0].tlp, Tlp::red);
    EXPECT_EQ(set.indicators()[1].tlp, Tlp::amber);
}

TEST(LoadCsv, without_a_header_value_and_type_come_first)
{
    auto const set = load("evil.example,domain\ncom.evil.app,app_id,Spy\n", "own.csv");
    ASSERT_EQ(set.indicators().size(), 2U);
    EXPECT_EQ(set.indicators()[1].kind, Kind::app_id);
    EXPECT_EQ(load("\"open,domain\n", "own.csv").count(Reason::damaged_file), 1U);
}

TEST(LoadCsv, what_a_spreadsheet_saves_in_utf16_is_read)
{
    std::string text = "\xFF\xFE";
    for (char const c : std::string_view { "type\tvalue\ndomain\tevil.example\n" })
        text.append({ c, '\0' });
    auto const set = load(text, "own.csv");
    ASSERT_EQ(set.indicators().size(), 1U);
    EXPECT_EQ(set.indicators()[0].value, "evil.example");
    EXPECT_EQ(set.count(Reason::damaged_file), 0U);
}

TEST(LoadCsv, behind_a_zero_nothing_is_taken_for_an_indicator)
{
    std::string const rest = "\nevil.example,domain\n";
    auto const cut = load("first.example,domain" + rest + std::string(100, '\0'), "own.csv");
    EXPECT_EQ(cut.indicators().size(), 2U);
    EXPECT_EQ(cut.count(Reason::damaged_file), 1U);
    auto const database = load("SQLite format 3" + std::string(1, '\0') + rest, "case.exhibit");
    EXPECT_TRUE(database.indicators().empty());
    EXPECT_EQ(database.count(Reason::damaged_file), 1U);
}

class LoadPath : public testing::Test {
protected:
    fs::path const m_folder = fs::temp_directory_path() / ("exhibit_load_" + std::to_string(::getpid()));
    void SetUp() override { fs::create_directories(m_folder / "b"); }
    void TearDown() override { fs::remove_all(m_folder); }
    void write(std::string_view name, std::string_view text) const
    {
        std::ofstream { m_folder / name } << text;
    }
};

TEST_F(LoadPath, a_folder_is_loaded_in_order_and_other_files_are_left_alone)
{
    write("b/1.stix2", bundle(indicator("1", "[domain-name:value='a.example']")));
    write("a.csv", "b.example,domain\n");
    write("LICENSE", "words");
    write("indicators.yaml", "indicators: []");
    SetBuilder builder;
    ASSERT_TRUE(load_path(builder, m_folder));
    auto const set = builder.build();
    ASSERT_EQ(set.packs().size(), 2U);
    EXPECT_EQ(set.packs()[0].file, "a.csv");
    EXPECT_EQ(set.packs()[1].file, "1.stix2");
    EXPECT_EQ(set.indicators()[1].pack, 1U);
}

TEST_F(LoadPath, what_lies_beside_packs_and_is_not_read_is_named)
{
    write("a.csv", "b.example,domain\n");
    write("b/domains.txt", "c.example");
    write("pack.stix2.gz", "x");
    write("rules.yar", "rule");
    write("README", "words");
    write("exhibit-index.json", "{}");
    write(".hidden", "x");
    fs::create_directory_symlink("b", m_folder / "link");
    SetBuilder builder;
    ASSERT_TRUE(load_path(builder, m_folder));
    auto const set = builder.build();
    std::vector<std::string> unread;
    for (auto const& problem : set.problems()) {
        EXPECT_EQ(problem.reason, Reason::not_read);
        unread.push_back(problem.detail);
    }
    EXPECT_EQ(unread, (std::vector<std::string> { "b/domains.txt", "link", "pack.stix2.gz" }));
    ASSERT_EQ(set.packs().size(), 4U);
    EXPECT_EQ(set.packs()[1].file, "domains.txt");
    EXPECT_EQ(set.packs()[1].indicators, 0U);
    for (int i = 0; i != 60; ++i)
        write("b/" + std::to_string(i) + ".txt", "");
    ASSERT_TRUE(load_path(builder, m_folder));
    auto const many = builder.build();
    EXPECT_EQ(many.packs().size(), 51U);
    EXPECT_EQ(many.problems().back().detail, "and 13 more");
}

TEST_F(LoadPath, what_is_not_there_is_an_error)
{
    SetBuilder builder;
    EXPECT_EQ(load_path(builder, m_folder).error().fault, Fault::missing);
    EXPECT_EQ(load_path(builder, m_folder / "no.stix2").error().fault, Fault::io);
    EXPECT_TRUE(builder.build().packs().empty());
}

TEST_F(LoadPath, a_link_to_a_pack_that_is_gone_is_a_pack_of_which_nothing_could_be_used)
{
    write("a.csv", "b.example,domain\n");
    fs::create_symlink(m_folder / "gone", m_folder / "pegasus.stix2");
    SetBuilder builder;
    ASSERT_TRUE(load_path(builder, m_folder));
    auto const set = builder.build();
    ASSERT_EQ(set.packs().size(), 2U);
    EXPECT_EQ(set.packs()[1].file, "pegasus.stix2");
    EXPECT_EQ(set.packs()[1].indicators, 0U);
}

} // namespace
