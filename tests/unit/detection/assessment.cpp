#include "detection/assessment.hpp"

#include "artifact/registry.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit::detection;

RuleSet const& built_in()
{
    static RuleSet const set = RuleSet::built_in();
    return set;
}

CaseView view(bool key_is_there = true)
{
    CaseView out;
    for (std::string const name : { "ios.data_usage", "ios.sms" }) {
        CaseArtifact artifact;
        artifact.title = name == "ios.sms" ? "Messages" : "Data usage";
        artifact.is_key = true;
        artifact.states[key_is_there || name == "ios.sms" ? "parsed" : "absent"] = 1;
        artifact.rows = 3;
        artifact.first_seen = 1'680'000'000'000'000;
        artifact.last_seen = 1'690'000'000'000'000;
        out.artifacts[name] = artifact;
    }
    return out;
}

Finding finding(
    Class about, Severity severity, std::string artifact, std::string campaign = {}, std::int64_t hours = 0)
{
    Finding out;
    out.about = about;
    out.severity = severity;
    out.confidence = severity == Severity::critical ? Confidence::exact : Confidence::strong;
    out.artifact = std::move(artifact);
    out.campaign = std::move(campaign);
    out.first_seen = out.last_seen = 1'680'000'000'000'000 + hours * 3'600'000'000;
    return out;
}

std::string verdicts(std::vector<Finding> const& findings, bool key_is_there = true)
{
    std::string out;
    for (auto const& line : assess(findings, view(key_is_there), built_in()).lines)
        out += (out.empty() ? "" : " ") + line.verdict + ":" + line.confidence;
    return out;
}

TEST(Assessment, every_artifact_is_in_a_family_or_stands_alone)
{
    auto const& families = built_in().lists().at("artifact_families").values;
    auto const& alone = built_in().lists().at("artifacts_alone").values;
    for (auto const* artifact : exhibit::artifacts())
        EXPECT_NE(families.contains(artifact->id), alone.contains(artifact->id)) << artifact->id;
    for (auto const* list : { &families, &alone })
        for (auto const& [id, reason] : *list)
            EXPECT_NE(exhibit::find_artifact(id), nullptr) << id;
}

TEST(Assessment, nothing_found_needs_complete_coverage)
{
    EXPECT_EQ(verdicts({}), "nothing_found:moderate");
    EXPECT_EQ(verdicts({}, false), "inconclusive:moderate");
    EXPECT_EQ(verdicts({ finding(Class::context, Severity::info, "ios.sms") }), "nothing_found:moderate");
}

TEST(Assessment, what_was_read_in_part_or_holds_nothing_is_no_ground_for_finding_nothing)
{
    auto partly = view();
    partly.artifacts["ios.sms"].states = { { "partial", 1 }, { "parsed", 1 } };
    auto const in_part = assess({}, partly, built_in());
    EXPECT_EQ(in_part.lines.at(0).verdict, "inconclusive");
    EXPECT_NE(in_part.lines.at(0).wording.find("1 of its files could not be read whole"), std::string::npos);
    EXPECT_NE(in_part.periods.at(1).wording.find("reaches from"), std::string::npos);
    EXPECT_NE(in_part.periods.at(1).wording.find("could not be read whole"), std::string::npos);

    auto hollow = view();
    for (auto& [name, artifact] : hollow.artifacts)
        artifact.rows = 0;
    EXPECT_EQ(assess({}, hollow, built_in()).lines.at(0).verdict, "inconclusive");

    auto emptied = view();
    for (auto& [name, artifact] : emptied.artifacts)
        artifact.only_context = true;
    auto const assessment = assess({}, emptied, built_in());
    EXPECT_EQ(assessment.lines.at(0).verdict, "inconclusive");
    EXPECT_EQ(assessment.periods.at(0).state, "only_context");
    EXPECT_TRUE(assessment.periods.at(0).wording.contains("hold nothing of what happened"));
}

TEST(Assessment, a_list_of_the_present_that_names_nothing_is_not_said_to_be_of_a_new_phone)
{
    CaseView view;
    auto& services = view.artifacts["android.accessibility"];
    services.title = "Accessibility services";
    services.is_key = services.only_context = true;
    services.rows = 1;
    services.states["parsed"] = 1;
    auto const periods = assess({}, view, built_in()).periods;
    EXPECT_EQ(periods.at(0).state, "only_context");
    EXPECT_EQ(periods.at(0).wording,
        "Accessibility services was read: it named none when the acquisition was made; what was removed or "
        "switched off before is not in it.");
}

TEST(Assessment, what_was_left_out_by_choice_needs_no_other_acquisition)
{
    std::vector<std::string> const again { "Examining the same acquisition again without --only or --skip." };
    auto left_out = view();
    left_out.artifacts["ios.sms"].states = { { "skipped", 1 } };
    EXPECT_EQ(assess({}, left_out, built_in()).lines.at(0).would_change, again);
    auto const found
        = std::vector { finding(Class::infection, Severity::critical, "ios.data_usage", "Pegasus") };
    EXPECT_EQ(assess(found, left_out, built_in()).lines.at(1).would_change, again);
    left_out.artifacts["ios.data_usage"].states = { { "absent", 1 } };
    auto const partly = assess({}, left_out, built_in()).lines.at(0).would_change;
    EXPECT_EQ(partly.at(0), again[0]);
    EXPECT_EQ(partly.at(1), "An acquisition that holds what is missing.");
}

TEST(Assessment, one_exact_host_trace_is_an_infection_and_a_second_family_makes_it_sure)
{
    auto const usage = finding(Class::infection, Severity::critical, "ios.data_usage", "Pegasus");
    EXPECT_EQ(verdicts({ usage }), "infected:moderate");
    EXPECT_EQ(
        verdicts({ usage, finding(Class::infection, Severity::critical, "ios.shutdown_log", "Pegasus") }),
        "infected:high");
    EXPECT_EQ(verdicts({ usage, finding(Class::infection, Severity::critical, "ios.netusage", "Pegasus") }),
        "infected:moderate")
        << "two copies of one source are one family";
    EXPECT_EQ(verdicts({ usage }, false), "infected:moderate also_not_seen:moderate");
}

TEST(Assessment, what_was_only_installed_is_not_said_to_run)
{
    auto app = finding(Class::infection, Severity::critical, "android.packages", "Testware");
    auto const wording = [](std::vector<Finding> const& findings) {
        return assess(findings, view(), built_in()).lines.at(0).wording;
    };
    app.relation = "installed";
    EXPECT_TRUE(wording({ app }).contains("None of them tells by itself that it ran.")) << wording({ app });
    auto ran = app;
    ran.relation = "executed";
    EXPECT_TRUE(wording({ app, ran }).contains("running on this phone")) << wording({ app, ran });
}

TEST(Assessment, a_key_artifact_is_not_missing_when_another_tells_the_same)
{
    CaseView view;
    auto& packages = view.artifacts["android.packages"];
    packages.is_key = true;
    packages.states["absent"] = 1;
    view.artifacts["android.androidqf_packages"].states["absent"] = 1;
    EXPECT_EQ(assess({}, view, built_in()).lines.at(0).verdict, "inconclusive");
    view.artifacts["android.androidqf_packages"].states = { { "parsed", 1 } };
    auto& processes = view.artifacts["android.processes"];
    processes.is_key = true;
    processes.states["parsed"] = 1;
    processes.rows = 1;
    auto const assessment = assess({}, view, built_in());
    EXPECT_EQ(assessment.lines.at(0).verdict, "nothing_found");
    EXPECT_EQ(assessment.periods.size(), 1U);
}

TEST(Assessment, ambiguous_traces_need_a_second_family)
{
    auto one = finding(Class::infection, Severity::medium, "ios.data_usage", "Pegasus");
    one.ambiguous = true;
    one.confidence = Confidence::moderate;
    EXPECT_EQ(verdicts({ one }), "anomalies:low");
    auto other = one;
    other.artifact = "ios.shutdown_log";
    EXPECT_EQ(verdicts({ one, other }), "infected:moderate");
}

TEST(Assessment, a_folder_named_after_a_site_is_a_trace_of_browsing)
{
    auto const stored = finding(Class::infection, Severity::critical, "ios.webkit_storage", "Pegasus");
    for (std::string const artifact : { "ios.filesystem", "ios.manifest" })
        for (std::string const kind : { "domain", "url", "file_path" }) {
            auto listed = finding(Class::infection, Severity::critical, artifact, "Pegasus");
            listed.indicator_kind = kind;
            EXPECT_EQ(
                verdicts({ stored, listed }), kind == "file_path" ? "infected:high" : "infected:moderate")
                << artifact << ' ' << kind;
        }
}

TEST(Assessment, two_strong_anomalies_within_a_day_are_probable)
{
    auto const usage = finding(Class::tampering, Severity::high, "ios.data_usage");
    EXPECT_EQ(verdicts({ usage }), "strong_anomalies:moderate");
    EXPECT_EQ(verdicts({ usage, finding(Class::anomaly, Severity::high, "ios.shutdown_log", "", 5) }),
        "probable_infection:high");
    EXPECT_EQ(verdicts({ usage, finding(Class::anomaly, Severity::high, "ios.shutdown_log", "", 30) }),
        "strong_anomalies:moderate")
        << "what happened at different times makes nothing surer";
}

TEST(Assessment, a_finding_that_spans_months_is_near_another_only_where_a_row_of_it_is)
{
    constexpr std::int64_t hour = 3'600'000'000;
    auto usage = finding(Class::tampering, Severity::high, "ios.data_usage");
    usage.last_seen = *usage.first_seen + 2000 * hour;
    for (auto const time : { usage.first_seen, usage.last_seen })
        usage.rows.push_back({ "t", 1, "", "", "rule", time });
    auto const crash = finding(Class::anomaly, Severity::high, "ios.shutdown_log", "", 1000);
    EXPECT_EQ(verdicts({ usage, crash }), "strong_anomalies:moderate");
    usage.rows.push_back({ "t", 2, "", "", "rule", *crash.first_seen - 20 * hour });
    EXPECT_EQ(verdicts({ usage, crash }), "probable_infection:high");
}

TEST(Assessment, what_is_high_is_never_called_usually_harmless)
{
    for (auto const about : { Class::infection, Class::tampering, Class::anomaly, Class::weakness,
             Class::physical_access, Class::context }) {
        auto const lines = assess(std::vector { finding(about, Severity::high, "ios.data_usage"),
                                      finding(Class::anomaly, Severity::low, "ios.crashes") },
            view(), built_in())
                               .lines;
        ASSERT_EQ(lines.size(), 2U);
        EXPECT_EQ(lines[0].verdict, "strong_anomalies");
        EXPECT_EQ(lines[0].findings, std::vector<std::size_t> { 0 });
        EXPECT_FALSE(lines[0].wording.contains("usually harmless")) << lines[0].wording;
        EXPECT_EQ(lines[1].verdict, "anomalies");
    }
}

TEST(Assessment, what_names_no_campaign_is_no_campaign_of_its_own)
{
    auto const lesser = finding(Class::infection, Severity::high, "ios.data_usage");
    auto const other = finding(Class::infection, Severity::high, "ios.shutdown_log", "", 100);
    EXPECT_EQ(verdicts({ lesser, other }), "strong_anomalies:moderate");
    auto exact = finding(Class::infection, Severity::critical, "ios.data_usage");
    exact.relation = "traffic";
    auto const lines = assess(std::vector { exact, other }, view(), built_in()).lines;
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].findings, std::vector<std::size_t> { 0 });
    EXPECT_TRUE(lines[0].wording.starts_with("Traces consistent with spyware running")) << lines[0].wording;
    EXPECT_EQ(lines[1].verdict, "strong_anomalies");
}

TEST(Assessment, an_acquisition_that_was_cut_is_no_ground_for_finding_nothing)
{
    auto cut = view();
    cut.in_part = true;
    auto const lines = assess({}, cut, built_in()).lines;
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].verdict, "inconclusive");
    EXPECT_TRUE(lines[0].wording.contains("the acquisition itself")) << lines[0].wording;
    auto const found = assess(
        std::vector { finding(Class::attempt, Severity::high, "ios.sms", "Pegasus") }, cut, built_in())
                           .lines;
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].verdict, "also_not_seen");
}

TEST(Assessment, a_file_that_a_rule_found_to_be_kept_was_not_sent)
{
    auto kept = finding(Class::attempt, Severity::high, "ios.message_media", "Pegasus");
    kept.origin = "rule";
    kept.relation = "present";
    EXPECT_EQ(verdicts({ kept }), "strong_anomalies:moderate");
    kept.relation = "received";
    EXPECT_EQ(verdicts({ kept }), "targeted:moderate");
    kept.origin = "indicator";
    kept.relation = "present";
    EXPECT_EQ(verdicts({ kept }), "targeted:moderate") << "an address that the phone keeps was met";
}

TEST(Assessment, delivery_alone_is_an_attempt)
{
    EXPECT_EQ(
        verdicts({ finding(Class::attempt, Severity::high, "ios.sms", "Pegasus") }), "targeted:moderate");
    EXPECT_EQ(verdicts({ finding(Class::attempt, Severity::medium, "ios.sms") }), "anomalies:moderate");
}

TEST(Assessment, that_nothing_shows_success_is_said_only_where_nothing_of_the_phone_may)
{
    auto const attempt = finding(Class::attempt, Severity::high, "ios.sms", "Pegasus");
    auto const wording = [&](Class about, Severity severity) {
        auto const assessment
            = assess(std::vector { attempt, finding(about, severity, "ios.data_usage") }, view(), built_in());
        for (auto const& line : assessment.lines)
            if (line.verdict == "targeted")
                return line.wording;
        return std::string {};
    };
    for (auto const& [about, severity] : { std::pair { Class::infection, Severity::critical },
             std::pair { Class::infection, Severity::medium }, std::pair { Class::tampering, Severity::high },
             std::pair { Class::anomaly, Severity::high },
             std::pair { Class::stalkerware, Severity::high } }) {
        EXPECT_TRUE(wording(about, severity).starts_with("Somebody tried to attack this phone"));
        EXPECT_FALSE(wording(about, severity).contains("no sign")) << name_of(about);
    }
    EXPECT_TRUE(wording(Class::anomaly, Severity::medium).contains("no sign that it succeeded"));
    EXPECT_TRUE(wording(Class::management, Severity::high).contains("no sign that it succeeded"));
}

Finding sign(std::string rule, std::int64_t hours)
{
    auto out = finding(Class::physical_access, Severity::low, "android.settings", {}, hours);
    out.rule_id = std::move(rule);
    out.rows.push_back({ "t", 1, "", "", "rule", out.first_seen });
    return out;
}

TEST(Assessment, the_phones_clock_dates_what_has_no_other_time)
{
    auto const wording = [](std::vector<Finding> const& findings) {
        return assess(findings, view(), built_in()).lines.front().wording;
    };
    auto one = finding(Class::attempt, Severity::high, "ios.sms");
    one.first_seen = one.last_seen = std::nullopt;
    EXPECT_TRUE(wording({ one }).contains("at a time that is not known"));
    one.rows.push_back({ "t", 1, "c", "v", "exact", std::nullopt });
    one.rows.front().clock_time = 1'714'644'000'000'000;
    EXPECT_TRUE(wording({ one }).contains("on or around 2024-05-02"));
    auto const dated = finding(Class::attempt, Severity::high, "ios.sms");
    EXPECT_TRUE(wording({ one, dated }).contains("on or around 2023-03-28"));
}

TEST(Assessment, three_signs_within_a_day_or_one_exact_one_are_physical_access)
{
    EXPECT_EQ(verdicts({ sign("a", 0), sign("b", 1) }), "anomalies:moderate");
    EXPECT_EQ(verdicts({ sign("a", 0), sign("b", 1), sign("c", 20) }), "physical_access:moderate");
    EXPECT_EQ(verdicts({ sign("a", 0), sign("b", 20), sign("c", 30) }), "anomalies:moderate");
    EXPECT_EQ(verdicts({ sign("a", 0), sign("b", 1), sign("b", 2) }), "anomalies:moderate")
        << "one kind of sign twice is one kind";
    EXPECT_EQ(verdicts({ sign("a", 0), sign("b", 1), sign("c", 2), sign("d", 500) }),
        "physical_access:moderate anomalies:moderate");
    EXPECT_EQ(verdicts({ finding(Class::physical_access, Severity::critical, "android.packages") }),
        "physical_access:moderate");
    auto undated = sign("c", 0);
    undated.rows[0].time.reset();
    undated.first_seen = undated.last_seen = std::nullopt;
    EXPECT_EQ(verdicts({ sign("a", 0), sign("b", 1), undated }), "anomalies:moderate");
    undated.rows[0].clock_time = 1'680'000'000'000'000;
    EXPECT_EQ(verdicts({ sign("a", 0), sign("b", 1), undated }), "physical_access:moderate")
        << "what the phone's clock showed is date enough";
}

TEST(Assessment, who_makes_the_acquisition_leaves_no_signs_of_somebody_else)
{
    auto taken = view();
    constexpr std::int64_t hours = 500;
    for (auto& [name, artifact] : taken.artifacts)
        artifact.last_seen = 1'680'000'000'000'000 + hours * 3'600'000'000;
    auto const verdict = [&](std::int64_t before) {
        std::vector const findings { sign("a", hours - before), sign("b", hours - before),
            sign("c", hours - before) };
        return assess(findings, taken, built_in()).lines.at(0).verdict;
    };
    EXPECT_EQ(verdict(1), "anomalies");
    EXPECT_EQ(verdict(5), "anomalies");
    EXPECT_EQ(verdict(7), "physical_access");
    taken.artifacts["ios.calendar"].last_seen = 1'680'000'000'000'000 + 2 * hours * 3'600'000'000;
    EXPECT_EQ(verdict(1), "anomalies") << "what is to come does not date the acquisition";
}

TEST(Assessment, an_app_of_another_device_is_no_infection_of_this_phone)
{
    auto app = finding(Class::infection, Severity::critical, "ios.screen_time", "Pegasus");
    app.relation = kElsewhere;
    auto const lines = assess(std::vector { app }, view(), built_in()).lines;
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].verdict, "elsewhere");
    EXPECT_FALSE(lines[0].wording.contains("running on this phone")) << lines[0].wording;
}

TEST(Assessment, one_power_is_a_question_and_not_stalkerware)
{
    auto power = finding(Class::stalkerware, Severity::medium, "android.roles");
    power.origin = "rule";
    EXPECT_EQ(verdicts({ power }), "powers_to_watch:moderate");
    auto const many = finding(Class::stalkerware, Severity::high, "android.packages");
    EXPECT_EQ(verdicts({ many }), "stalkerware:moderate");
    auto unknown = power;
    unknown.details["unknown_origin"] = "1";
    EXPECT_EQ(verdicts({ unknown }), "anomalies:moderate") << "nobody knows where the app came from";
    unknown.about = Class::management;
    EXPECT_EQ(verdicts({ unknown }), "anomalies:moderate");
    power.origin = "indicator";
    EXPECT_EQ(verdicts({ power }), "anomalies:moderate") << "an ambiguous indicator is no power";
}

TEST(Assessment, what_is_only_recalled_is_of_low_confidence)
{
    auto one = finding(Class::anomaly, Severity::low, "ios.crashes");
    one.status = Status::recalled;
    EXPECT_EQ(verdicts({ one }), "anomalies:low");
}

Finding with(Finding one, Confidence confidence, Status status = Status::published)
{
    one.confidence = confidence;
    one.status = status;
    return one;
}

TEST(Assessment, the_strongest_proven_evidence_alone_makes_a_verdict_sure)
{
    auto const trace = finding(Class::infection, Severity::critical, "ios.data_usage", "Pegasus");
    auto const beside = finding(Class::infection, Severity::medium, "ios.shutdown_log", "Pegasus");
    EXPECT_EQ(verdicts({ trace, beside }), "infected:high");
    EXPECT_EQ(verdicts({ trace, with(beside, Confidence::moderate) }), "infected:high");
    EXPECT_EQ(verdicts({ trace, with(beside, Confidence::weak) }), "infected:moderate");
    EXPECT_EQ(verdicts({ trace, with(beside, Confidence::strong, Status::needs_calibration) }),
        "infected:moderate");
    auto ambiguous = with(beside, Confidence::moderate);
    ambiguous.ambiguous = true;
    EXPECT_EQ(verdicts({ trace, ambiguous }), "infected:moderate");

    auto const lesser = finding(Class::attempt, Severity::high, "ios.sms");
    auto const other = finding(Class::attempt, Severity::high, "ios.shutdown_log");
    EXPECT_EQ(verdicts({ with(lesser, Confidence::moderate), other }), "targeted:high");
    EXPECT_EQ(verdicts({ with(lesser, Confidence::moderate),
                  with(other, Confidence::strong, Status::needs_calibration) }),
        "targeted:low")
        << "a strong word of an uncalibrated rule makes no proven finding stronger";
    EXPECT_EQ(verdicts({ lesser, with(other, Confidence::strong, Status::recalled) }), "targeted:moderate");
}

TEST(Assessment, what_is_not_proven_makes_no_verdict_of_what_would_be_none)
{
    auto const one = finding(Class::infection, Severity::medium, "ios.data_usage", "Pegasus");
    auto const other = finding(Class::infection, Severity::medium, "ios.shutdown_log", "Pegasus");
    EXPECT_EQ(verdicts({ one, other }), "infected:high");
    EXPECT_EQ(verdicts({ one, with(other, Confidence::weak) }), "anomalies:moderate");
    EXPECT_EQ(
        verdicts({ one, with(other, Confidence::strong, Status::needs_calibration) }), "anomalies:moderate");
    auto const critical = finding(Class::infection, Severity::critical, "ios.data_usage", "Pegasus");
    EXPECT_EQ(
        verdicts({ with(critical, Confidence::exact, Status::needs_calibration) }), "strong_anomalies:low");
    auto const uncalibrated = [](Finding sign) {
        sign.status = Status::needs_calibration;
        return sign;
    };
    EXPECT_EQ(verdicts({ sign("a", 0), sign("b", 1), uncalibrated(sign("c", 2)) }), "anomalies:moderate");
    auto const high = finding(Class::tampering, Severity::high, "ios.data_usage");
    auto const second = finding(Class::anomaly, Severity::high, "ios.shutdown_log");
    EXPECT_EQ(verdicts({ high, uncalibrated(second) }), "strong_anomalies:moderate");
}

TEST(Assessment, says_how_far_back_each_key_artifact_reaches)
{
    auto const assessment = assess({}, view(false), built_in());
    ASSERT_EQ(assessment.periods.size(), 2U);
    EXPECT_EQ(assessment.periods[0].wording, "Data usage: this acquisition does not hold it.");
    EXPECT_EQ(assessment.periods[1].wording,
        "Messages reaches from 2023-03-28 to 2023-07-22: what happened before 2023-03-28 would not be "
        "visible in it.");
}

TEST(Assessment, what_is_so_now_is_no_history)
{
    auto tcc = view();
    auto node = tcc.artifacts.extract("ios.data_usage");
    node.key() = "ios.tcc";
    node.mapped().title = "Permissions";
    tcc.artifacts.insert(std::move(node));
    auto const wording = assess({}, tcc, built_in()).periods.at(1).wording;
    EXPECT_TRUE(wording.starts_with("Permissions tells what was there when the acquisition was made"))
        << wording;
}

TEST(Assessment, a_family_of_one_artifact_is_named_by_its_title_and_numbers_agree)
{
    auto seen = view();
    seen.artifacts["ios.whatsapp"].title = "WhatsApp";
    auto const found = finding(Class::attempt, Severity::high, "ios.whatsapp");
    auto const lines = assess(std::vector { found }, seen, built_in()).lines;
    EXPECT_EQ(lines.at(0).reason, "It rests on 1 finding in 1 independent kind of data: WhatsApp.");
    std::map<std::string, std::string> const details { { "rows", "1" }, { "inside", "2" } };
    EXPECT_EQ(fill("{rows} file(s) (all), {inside} match(es)", details), "1 file (all), 2 matches");
}

TEST(Assessment, every_line_says_what_would_change_it_and_leaves_no_gap_in_its_words)
{
    std::vector<Finding> all;
    for (auto const about : { Class::infection, Class::attempt, Class::physical_access, Class::stalkerware,
             Class::management, Class::weakness })
        all.push_back(
            finding(about, about == Class::weakness ? Severity::low : Severity::critical, "ios.sms", "X"));
    all.push_back(finding(Class::stalkerware, Severity::medium, "android.roles"));
    all.back().origin = "rule";
    auto const lines = assess(all, view(false), built_in()).lines;
    EXPECT_EQ(lines.size(), 8U);
    for (auto const& line : lines) {
        EXPECT_FALSE(line.would_change.empty()) << line.verdict;
        EXPECT_FALSE(line.wording.empty()) << line.verdict;
        EXPECT_FALSE(line.wording.contains('{')) << line.wording;
    }
}

TEST(Assessment, advice_asks_for_no_acquisition_that_is_there_already)
{
    auto const advice = [](std::string const& acquisition, bool complete) {
        auto seen = view(complete);
        seen.platforms = { "ios" };
        seen.acquisition = acquisition;
        std::string out;
        auto const assessment = assess({}, seen, built_in());
        for (auto const& change : assessment.lines.at(0).would_change)
            out += change + '\n';
        return out;
    };
    for (bool const complete : { true, false }) {
        EXPECT_TRUE(advice("ios_plain_backup", complete).contains("An encrypted backup"));
        EXPECT_FALSE(advice("ios_backup", complete).contains("An encrypted backup"));
        EXPECT_FALSE(advice("ios_file_system", complete).contains("backup"));
        EXPECT_FALSE(advice("ios_backup", complete).contains("sysdiagnose"));
    }
    EXPECT_TRUE(advice("ios_backup", true).contains("full copy of the file system"));
    EXPECT_TRUE(advice("ios_file_system", false).contains("check the disk"));
}

TEST(Assessment, no_text_ever_calls_a_phone_clean)
{
    for (auto const& file : built_in_files())
        if (!file.path.starts_with("common/")) {
            for (std::string_view const words : { "is clean", "not infected", "is safe", "all clear" })
                EXPECT_FALSE(file.text.contains(words)) << file.path << " says: " << words;
        }
}

} // namespace
