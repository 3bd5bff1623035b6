#include "detection/seen_views.hpp"

#include "artifact/registry.hpp"
#include "detection/sql_functions.hpp"
#include "detection/view_query.hpp"
#include "detection_case.hpp"

#include <fmt/format.h>

namespace {

using namespace exhibit;
using namespace exhibit::detection;
using exhibit::test::kArtifacts;

Table const* table_of_test(std::string_view name)
{
    return name == test::kMessages.name ? &test::kMessages : nullptr;
}

std::string view_file(std::string_view id, std::string_view sql)
{
    return fmt::format(
        "view: {}\ntitle: T\nkeep: true\nneeds_one_of: {{t_message: [text]}}\nsql: |\n  {}\n", id, sql);
}

std::string rule_file(std::string_view view, std::string_view record)
{
    return fmt::format(R"(id: of-{0}
title: T
class: context
platforms: [ios]
status: derived
severity: low
confidence: weak
relation: received
needs: {{t_message: [text]}}
views: [{0}]
sql: SELECT 't_message' AS table_name, {1} AS record_id FROM {0}
summary: S.
meaning: M.
innocent_causes: [C.]
next_steps: [N.]
references: [R]
tests:
  - {{name: a, rows: {{t_message: [{{text: x}}]}}, finds: [t_message 1]}}
  - {{name: b, rows: {{t_message: [{{text: y}}]}}, finds: []}}
)",
        view, record);
}

class SeenViewsTest : public test::DetectionCase {
protected:
    void add(std::string_view id, std::string_view sql)
    {
        m_rules.add_file(fmt::format("views/{}.yaml", id), view_file(id, sql));
        m_rules.add_file(
            fmt::format("{}.yaml", id), rule_file(id, sql.contains("DISTINCT") ? "1" : "record_id"));
        ASSERT_TRUE(m_rules.problems().empty()) << m_rules.problems().front().what;
    }

    View const& view(std::string_view id) const
    {
        return *m_rules.rules().find(fmt::format("of-{}", id))->second.reads.front();
    }

    static std::string all_of(casefile::Database& reader, std::string_view query)
    {
        auto statement = reader.prepare(query).value();
        std::string out;
        while (statement.step().value()) {
            for (int i = 0; i != statement.columns(); ++i)
                out.append(statement.text(i)).append(statement.type(i) == 5 ? "NULL|" : "|");
            out += '\n';
        }
        return out;
    }

    RuleSet m_rules;
};

constexpr std::string_view kLinks
    = "SELECT record_id, text LIKE '%x' AS last, direction IN ('sent', 'drafted') AS own FROM t_message\n"
      "  WHERE (direction = 'received' AND text LIKE '%/%' AND short_link_in(text) IS NOT NULL) OR text LIKE "
      "'Al%' OR text LIKE '%x'";
constexpr std::string_view kDevices
    = "SELECT DISTINCT device_id, direction FROM t_message WHERE device_id IS NOT NULL";

TEST_F(SeenViewsTest, the_rows_are_those_that_sqlite_finds)
{
    add("links", kLinks);
    add("devices", kDevices);
    Rows rows;
    for (int i = 0; i != 40; ++i) {
        constexpr std::array<std::string_view, 8> texts { "see https://bit.ly/abc", "ALERT", "alarm", "",
            "a/b", "the lot X", "https://bit.ly/abcx", "x" };
        constexpr std::array<std::string_view, 3> directions { "received", "sent", "" };
        constexpr std::array<std::string_view, 4> devices { "one", "", "other", "on" };
        auto const at = static_cast<std::size_t>(i);
        rows.messages.push_back({ test::at(i), texts[at % 8], directions[at % 3], devices[at / 10] });
    }
    rows.message_tasks = { 7, 11, 3, 12 };
    SeenViews seen { m_rules, kArtifacts, 3 };
    write(rows, {}, seen.observers());
    seen.finish();
    auto reader = casefile::Database::open(m_path, casefile::Access::read_only).value();
    ASSERT_TRUE(add_rule_functions(reader, m_rules.lists()).has_value());
    for (std::string const id : { "links", "devices" }) {
        ASSERT_TRUE(seen.has(view(id)));
        auto const wanted = all_of(reader, view(id).sql);
        EXPECT_GT(std::ranges::count(wanted, '\n'), 7) << id;
        ASSERT_TRUE(seen.keep_in(reader, view(id)).has_value());
        EXPECT_EQ(all_of(reader, fmt::format("SELECT * FROM temp.{}", id)), wanted);
    }
}

TEST_F(SeenViewsTest, what_is_too_much_or_too_long_is_left_to_sqlite)
{
    add("links", kLinks);
    add("devices", kDevices);
    std::string const longest(Limits {}.text + 1, 'x');
    Rows rows;
    rows.messages.push_back({ test::at(0), longest, "sent", longest });
    SeenViews seen { m_rules, kArtifacts, 1 };
    write(rows, {}, seen.observers());
    seen.finish();
    EXPECT_TRUE(seen.has(view("links")));
    EXPECT_FALSE(seen.has(view("devices")));
}

TEST_F(SeenViewsTest, too_many_texts_that_differ_are_left_to_sqlite)
{
    add("devices", kDevices);
    std::vector<std::string> devices;
    for (int i = 0; i != 5'000; ++i)
        devices.push_back(fmt::format("{:01000}", i));
    Rows rows;
    for (auto const& device : devices)
        rows.messages.push_back({ test::at(0), "text", "received", device });
    SeenViews seen { m_rules, kArtifacts, 1 };
    write(rows, {}, seen.observers());
    seen.finish();
    EXPECT_FALSE(seen.has(view("devices")));
}

TEST_F(SeenViewsTest, rules_find_the_same_with_them)
{
    add("picked", "SELECT record_id FROM t_message WHERE device_id IN ('a', 'c') AND text LIKE '%t'");
    Rows rows;
    for (std::string_view const device : { "a", "b", "a" })
        rows.messages.push_back({ test::at(0), "text", "received", device });
    SeenViews seen { m_rules, kArtifacts, 2 };
    write(rows, {}, seen.observers());
    seen.finish();
    for (SeenViews const* used :
        { static_cast<SeenViews const*>(nullptr), static_cast<SeenViews const*>(&seen) })
        for (unsigned const jobs : { 1U, 3U }) {
            DetectionInputs inputs;
            inputs.rules = &m_rules;
            inputs.seen = used;
            inputs.jobs = jobs;
            auto const found = detect(m_path, inputs).value();
            ASSERT_EQ(found.rules.size(), 1U);
            EXPECT_EQ(found.rules.front().matches, 2U) << found.rules.front().reason;
        }
}

TEST(ViewQuery, knows_these_views_that_come_with_the_program)
{
    auto const rules = RuleSet::built_in(Tests::left_out);
    SeenViews seen { rules, artifacts(), 1 };
    seen.finish();
    std::set<std::string_view> known;
    for (auto const& [id, rule] : rules.rules())
        for (auto const& view : rule.reads)
            if (seen.has(*view))
                known.insert(view->id);
    EXPECT_EQ(known,
        (std::set<std::string_view> { "ios_backup_file_of_note", "ios_safari_visit_of_note",
            "ios_sms_of_note", "ios_sms_sender", "ios_whatsapp_of_note" }));
}

TEST(ViewQuery, null_is_no_text)
{
    std::map<std::string, ValueList, std::less<>> lists;
    auto const query
        = ViewQuery::parse("SELECT record_id FROM t_message WHERE text IS NOT NULL", table_of_test, lists);
    ASSERT_TRUE(query);
    std::array<std::string_view, 5> texts {};
    EXPECT_FALSE(query->where.holds(texts));
    texts[1] = "";
    EXPECT_TRUE(query->where.holds(texts));
}

TEST(ViewQuery, leaves_everything_else_to_sqlite)
{
    std::map<std::string, ValueList, std::less<>> lists;
    lists["known"].values["a"] = "reason";
    auto const is_known
        = [&](std::string const& sql) { return ViewQuery::parse(sql, table_of_test, lists).has_value(); };
    std::string const all = "SELECT record_id FROM t_message WHERE ";
    EXPECT_TRUE(is_known(all + "listed('known', lower(text))"));
    std::string deep(200, '(');
    deep.append("text = 'a'").append(200, ')');
    for (std::string const condition : { "", "text", "text =", "text = 1", "text = 'a", "text = 'it''s'",
             "text LIKE 'a_%'", "text LIKE '%'", "text LIKE 'a'", "text LIKE '%a%' ESCAPE 'x'",
             "NOT text = 'a'", "sent IS NOT NULL", "nothing = 'a'", "text IN ()", "text IN ('a'",
             "(text = 'a'", "text = 'a')", "text = 'a' AND", "text = 'a' ORDER BY text",
             "text = 'a' -- or not", "text = 'a';", "listed('other', text)", "listed('known', upper(text))",
             "short_link_in(text)", "text IS NULL", "text = 'a' UNION SELECT 1" })
        EXPECT_FALSE(is_known(all + condition)) << condition;
    EXPECT_FALSE(is_known(all + deep));
    for (std::string const sql : { "", "SELECT", "FROM", "SELECT record_id FROM",
             "SELECT text FROM t_message WHERE text = 'a'", "SELECT record_id FROM t_other WHERE text = 'a'",
             "SELECT record_id, text FROM t_message WHERE text = 'a'",
             "SELECT DISTINCT sent FROM t_message WHERE text = 'a'", "SELECT record_id FROM t_message" })
        EXPECT_FALSE(is_known(sql)) << sql;
}

} // namespace
