#include "detection/assessment.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "detection/missing_data.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace exhibit::detection {
namespace {

constexpr std::int64_t kHour = 3600LL * 1'000'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kMostOffUtc = 14 * kHour;

using Indices = std::vector<std::size_t>;

std::string day(std::int64_t micros)
{
    return to_text(Timestamp { std::chrono::microseconds { micros } }).substr(0, 10);
}

/// Whether the acquisition does not tell where the app came from that a rule on powers speaks of.
bool is_of_unknown_origin(Finding const& finding)
{
    auto const found = finding.details.find("unknown_origin");
    return found != finding.details.end() && found->second == "1";
}

class Assessor {
public:
    Assessor(std::span<Finding const> findings, CaseView const& view, RuleSet const& set)
        : m_findings(findings)
        , m_view(&view)
        , m_set(&set)
        , m_words(set.words("assessment"))
        , m_taken(view.taken())
    {
    }

    Assessment run()
    {
        add_infections();
        add_probable_infection();
        add_targeted();
        add_if("elsewhere", select_all([](auto const& one) {
            return one.relation == kElsewhere && one.severity >= Severity::high;
        }));
        add_physical_access();
        add_if("stalkerware", select([](auto const& one) {
            return one.about == Class::stalkerware && one.severity >= Severity::high;
        }));
        add_if("powers_to_watch", select([](auto const& one) {
            return one.about == Class::stalkerware && one.origin == "rule" && one.severity == Severity::medium
                && !is_of_unknown_origin(one);
        }));
        add_if("managed", select([](auto const& one) {
            return one.about == Class::management && one.severity >= Severity::medium
                && !is_of_unknown_origin(one);
        }));
        add_if("strong_anomalies",
            select([&](auto const& one) { return one.severity >= Severity::high && !is_used(one); }));
        add_if("anomalies",
            select_all([&](auto const& one) { return one.severity >= Severity::low && !is_used(one); }));
        add_coverage();
        add_periods();
        return std::move(m_assessment);
    }

private:
    /// Of what tells of this phone.
    template<typename Wanted> Indices select(Wanted const& wanted) const
    {
        return select_all([&](auto const& one) { return one.relation != kElsewhere && wanted(one); });
    }

    template<typename Wanted> Indices select_all(Wanted const& wanted) const
    {
        Indices out;
        for (std::size_t i = 0; i != m_findings.size(); ++i)
            if (wanted(m_findings[i]))
                out.push_back(i);
        return out;
    }

    template<typename Wanted> Indices those(Indices const& findings, Wanted const& wanted) const
    {
        Indices out;
        std::ranges::copy_if(
            findings, std::back_inserter(out), [&](auto index) { return wanted(m_findings[index]); });
        return out;
    }

    /// Rules that are only recalled or not calibrated yet make no verdict, and none surer.
    static bool is_proven(Finding const& finding) { return finding.status < Status::needs_calibration; }

    bool is_used(Finding const& finding) const
    {
        return m_used.contains(static_cast<std::size_t>(&finding - m_findings.data()));
    }

    /// A list of files holds the folders that browsers name after sites: the site is a trace of browsing
    /// there too, and the same one as in the browser's own data.
    static bool names_site(Finding const& finding)
    {
        return (finding.artifact == "ios.filesystem" || finding.artifact == "ios.manifest")
            && (finding.indicator_kind == "domain" || finding.indicator_kind == "url");
    }

    /// Copies and near copies of one source are one family.
    std::string_view family_of(Finding const& finding) const
    {
        if (names_site(finding))
            return "browsing";
        return family_of_artifact(finding.artifact);
    }

    std::string_view family_of_artifact(std::string const& artifact) const
    {
        auto const list = m_set->lists().find("artifact_families");
        if (list == m_set->lists().end())
            return artifact;
        auto const family = list->second.values.find(artifact);
        return family == list->second.values.end() ? std::string_view { artifact } : family->second;
    }

    std::set<std::string_view> families(Indices const& findings) const
    {
        std::set<std::string_view> out;
        for (auto const index : findings) {
            out.insert(family_of(m_findings[index]));
            for (auto const& artifact : m_findings[index].also_in)
                out.insert(family_of_artifact(artifact));
        }
        return out;
    }

    YamlValue const* words_of(std::string_view verdict) const
    {
        auto const* verdicts = m_words == nullptr ? nullptr : m_words->find("verdicts");
        return verdicts == nullptr ? nullptr : verdicts->find(verdict);
    }

    // Independent families make it surer; what harmless software may be, or shows too, does not.
    std::string confidence_of(Indices const& findings) const
    {
        auto const proven = those(findings, is_proven);
        auto const firm = those(
            proven, [](auto const& one) { return one.confidence >= Confidence::moderate && !one.ambiguous; });
        bool const sure = std::ranges::any_of(
            firm, [&](auto index) { return m_findings[index].confidence >= Confidence::strong; });
        if (sure && families(firm).size() >= 2)
            return "high";
        return sure || families(proven).size() >= 2 ? "moderate" : "low";
    }

    void add_if(std::string_view verdict, Indices findings, std::string_view wording = "wording")
    {
        if (!findings.empty())
            add(verdict, std::move(findings), {}, {}, wording);
    }

    void add(std::string_view verdict, Indices findings, std::string campaign, std::string const& missing,
        std::string_view wording_key = "wording", LeftOut left_out = LeftOut::nothing)
    {
        AssessmentLine line;
        line.verdict = verdict;
        line.campaign = std::move(campaign);
        for (auto const index : findings) {
            auto const& finding = m_findings[index];
            if (finding.first_seen) {
                line.first_seen
                    = std::min(line.first_seen.value_or(*finding.first_seen), *finding.first_seen);
                line.last_seen = std::max(line.last_seen.value_or(*finding.last_seen), *finding.last_seen);
            }
        }
        line.confidence = findings.empty() ? "moderate" : confidence_of(findings);
        // Findings that only have in common that nothing explains them do not make each other surer.
        if (verdict.ends_with("anomalies") && line.confidence == "high")
            line.confidence = "moderate";
        line.reason = reason_of(findings);
        std::map<std::string, std::string> const details {
            { "campaign", line.campaign.empty() ? "spyware" : line.campaign }, { "missing", missing },
            { "when", when(line, findings) }
        };
        if (auto const* words = words_of(verdict)) {
            if (auto const* wording = words->find(wording_key))
                line.wording = fill(wording->text, details);
            if (left_out != LeftOut::nothing)
                add_changes(line, words->find("would_change_left_out"), details);
            if (left_out != LeftOut::all)
                add_changes_of_acquisition(line, *words, details);
        }
        m_used.insert(findings.begin(), findings.end());
        line.findings = std::move(findings);
        m_assessment.lines.push_back(std::move(line));
    }

    void add_changes_of_acquisition(
        AssessmentLine& line, YamlValue const& words, std::map<std::string, std::string> const& details) const
    {
        add_changes(line, words.find("would_change"), details);
        for (auto const& platform : m_view->platforms)
            add_changes(line, words.find("would_change_" + platform), details);
        add_changes(line, words.find("would_change_" + m_view->acquisition), details);
    }

    static void add_changes(
        AssessmentLine& line, YamlValue const* changes, std::map<std::string, std::string> const& details)
    {
        if (changes != nullptr)
            for (auto const& change : changes->items)
                line.would_change.push_back(fill(change.text, details));
    }

    /// First and last of what the phone's clock showed, where its zone is not known: the day is nearly right.
    [[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> clock_times(
        Indices const& findings) const
    {
        std::optional<std::pair<std::int64_t, std::int64_t>> span;
        for (auto const index : findings)
            for (auto const& row : m_findings[index].rows)
                if (auto const time = row.clock_time)
                    span = span ? std::pair { std::min(span->first, *time), std::max(span->second, *time) }
                                : std::pair { *time, *time };
        return span;
    }

    [[nodiscard]] std::string when(AssessmentLine const& line, Indices const& findings) const
    {
        auto const span = line.first_seen ? std::optional { std::pair { *line.first_seen, *line.last_seen } }
                                          : clock_times(findings);
        if (!span)
            return "at a time that is not known";
        auto const first = day(span->first);
        auto const last = day(span->second);
        return first == last ? "on or around " + first : fmt::format("between {} and {}", first, last);
    }

    /// A family of one artifact has its id; people know it by its title.
    std::string_view title_of(std::string_view family) const
    {
        auto const* artifact = m_view->artifact(family);
        return artifact == nullptr || artifact->title.empty() ? family : std::string_view { artifact->title };
    }

    std::string reason_of(Indices const& findings) const
    {
        if (findings.empty())
            return {};
        auto const found = families(findings);
        std::vector<std::string_view> titles;
        titles.reserve(found.size());
        for (auto const family : found)
            titles.push_back(title_of(family));
        return fmt::format("It rests on {} in {} of data: {}.",
            exhibit::counted(findings.size(), "finding", "findings"),
            exhibit::counted(found.size(), "independent kind", "independent kinds"), fmt::join(titles, ", "));
    }

    static bool is_exact_trace(Finding const& finding)
    {
        return finding.severity == Severity::critical && !finding.ambiguous && is_proven(finding);
    }

    /// That it was installed or lay there does not say so.
    static bool tells_that_it_ran(Finding const& finding)
    {
        return finding.relation == "executed" || finding.relation == "traffic"
            || finding.relation == "contacted";
    }

    /// One line for each campaign with a trace of something that ran, was installed or lies here. What names
    /// no campaign has nothing in common with others that name none: there each trace has to be exact.
    void add_infections()
    {
        std::map<std::string, Indices> by_campaign;
        for (std::size_t i = 0; i != m_findings.size(); ++i) {
            auto const& finding = m_findings[i];
            if (finding.about == Class::infection && finding.severity >= Severity::medium
                && finding.relation != kElsewhere && (!finding.campaign.empty() || is_exact_trace(finding)))
                by_campaign[finding.campaign].push_back(i);
        }
        auto const counts
            = [](auto const& one) { return one.confidence >= Confidence::moderate && is_proven(one); };
        for (auto const& [campaign, findings] : by_campaign)
            if (std::ranges::any_of(findings, [&](auto index) { return is_exact_trace(m_findings[index]); })
                || families(those(findings, counts)).size() >= 2)
                add("infected", findings, campaign, {},
                    std::ranges::any_of(
                        findings, [&](auto index) { return tells_that_it_ran(m_findings[index]); })
                        ? "wording"
                        : "wording_not_running");
    }

    /// What a rule found to lie on the phone may have been saved there by anybody.
    static bool is_only_kept(Finding const& finding)
    {
        return finding.origin == "rule" && finding.relation == "present";
    }

    /// That nothing shows success is said only where nothing of the phone itself may show it.
    void add_targeted()
    {
        bool const has_trace = !select([](auto const& one) {
            return one.about == Class::infection ? one.severity >= Severity::medium
                                                 : one.severity >= Severity::high
                    && (one.about == Class::tampering || one.about == Class::anomaly
                        || one.about == Class::stalkerware);
        }).empty();
        add_if("targeted", select([](auto const& one) {
            return one.about == Class::attempt && one.severity >= Severity::high && !is_only_kept(one);
        }),
            has_trace ? "wording_beside_traces" : "wording");
    }

    /// Strong anomalies of two families within a day, tool unknown.
    void add_probable_infection()
    {
        if (!m_assessment.lines.empty())
            return;
        auto const strong = select([](auto const& one) {
            return one.severity >= Severity::high && is_proven(one)
                && (one.about == Class::infection || one.about == Class::tampering
                    || one.about == Class::anomaly);
        });
        std::vector<SignMoment> moments;
        for (auto const index : strong) {
            auto const& finding = m_findings[index];
            for (auto const& seen : { finding.first_seen, finding.last_seen }) // Not all rows are kept.
                if (seen)
                    moments.emplace_back(*seen, index);
            for (auto const& row : finding.rows)
                if (row.time)
                    moments.emplace_back(*row.time, index);
        }
        add_if("probable_infection", of_one_day(std::move(moments), 2, [&](std::size_t index) {
            return family_of(m_findings[index]);
        }));
    }

    /// A moment of a sign, and which of `m_findings` it is.
    using SignMoment = std::pair<std::int64_t, std::size_t>;

    void add_moments(std::size_t index, std::vector<SignMoment>& moments) const
    {
        auto const& finding = m_findings[index];
        for (auto const& row : finding.rows)
            if (row.time && !is_of_own_acquisition(*row.time, 0))
                moments.emplace_back(*row.time, index);
            else if (row.clock_time && !is_of_own_acquisition(*row.clock_time, kMostOffUtc))
                moments.emplace_back(*row.clock_time, index);
    }

    /// Whoever makes the acquisition connects a computer, has it trusted and sends tools, too: within hours
    /// before the newest that it holds. `off`: how far the clock may be off from UTC.
    bool is_of_own_acquisition(std::int64_t moment, std::int64_t off) const
    {
        constexpr std::int64_t longest = 6 * kHour;
        return m_taken && moment > *m_taken - longest - off && moment < *m_taken + longest + off;
    }

    /// Signs of different kinds within one day, as many kinds as are enough; the others tell nothing
    /// together.
    template<typename KindOf>
    static Indices of_one_day(std::vector<SignMoment> moments, std::size_t enough, KindOf const& kind_of)
    {
        std::ranges::sort(moments);
        std::set<std::size_t> together;
        auto first = moments.begin();
        std::map<std::string_view, std::map<std::size_t, std::size_t>> within; ///< by kind, how often
        for (auto const& [moment, index] : moments) {
            ++within[kind_of(index)][index];
            for (; moment - first->first > kDay; ++first) {
                auto const of_kind = within.find(kind_of(first->second));
                if (--of_kind->second[first->second] == 0)
                    of_kind->second.erase(first->second);
                if (of_kind->second.empty())
                    within.erase(of_kind);
            }
            if (within.size() >= enough)
                for (auto const& [kind, findings] : within)
                    for (auto const& [finding, times] : findings)
                        together.insert(finding);
        }
        return { together.begin(), together.end() };
    }

    /// One exact trace of a forensic tool, or three lesser signs within a day.
    void add_physical_access()
    {
        auto signs = select([](auto const& one) {
            return one.about == Class::physical_access && one.severity >= Severity::low;
        });
        auto const proven = those(signs, is_proven);
        bool const exact = std::ranges::any_of(
            proven, [&](auto index) { return m_findings[index].severity == Severity::critical; });
        if (exact)
            return add_if("physical_access", std::move(signs));
        std::vector<SignMoment> moments;
        for (auto const index : proven)
            add_moments(index, moments);
        add_if("physical_access", of_one_day(std::move(moments), 3, [&](std::size_t index) {
            auto const& finding = m_findings[index];
            return std::string_view { finding.rule_id.empty() ? finding.key : finding.rule_id };
        }));
    }

    void add_coverage()
    {
        auto const found = find_missing(*m_view);
        bool const is_all = found.parts.empty();
        auto const words = fmt::format("{}", fmt::join(found.parts, "; "));
        auto const add_missing
            = [&](std::string_view verdict) { add(verdict, {}, {}, words, "wording", found.left_out()); };
        if (m_assessment.lines.empty())
            return add_missing(is_all ? "nothing_found" : "inconclusive");
        if (is_all)
            return;
        bool const only_anomalies = m_assessment.lines.front().verdict == "anomalies";
        add_missing(only_anomalies ? "inconclusive" : "also_not_seen");
        if (only_anomalies)
            std::ranges::rotate(m_assessment.lines, m_assessment.lines.end() - 1);
    }

    static std::string period_words(YamlValue const& words, std::string_view key,
        CaseArtifact const& artifact, std::map<std::string, std::string> const& details)
    {
        auto const* wording = words.find(key);
        auto const* partly = artifact.readable() && !artifact.whole() ? words.find("partly") : nullptr;
        auto text = wording == nullptr ? std::string {} : fill(wording->text, details);
        if (partly != nullptr)
            text += (text.empty() ? "" : " ") + fill(partly->text, details);
        return text;
    }

    static bool is_of_the_present(YamlValue const* words, std::string_view artifact)
    {
        auto const* list = words == nullptr ? nullptr : words->find("of_the_present");
        return list != nullptr
            && std::ranges::any_of(list->items, [&](auto const& item) { return item.text == artifact; });
    }

    static std::string_view period_key(
        CoveredPeriod const& period, CaseArtifact const& artifact, YamlValue const* words)
    {
        if (period.state == "only_context" && is_of_the_present(words, period.artifact))
            return "only_context_present";
        if (period.state != "read")
            return period.state;
        if (!period.first_seen)
            return artifact.has_local_times ? "local" : "unknown";
        return is_of_the_present(words, period.artifact) ? "present" : "known";
    }

    void add_periods()
    {
        auto const* words = m_words == nullptr ? nullptr : m_words->find("periods");
        for (auto const& [name, artifact] : m_view->artifacts) {
            if (!artifact.is_key || (!artifact.readable() && told_otherwise(*m_view, name)))
                continue;
            CoveredPeriod period { name, artifact.title, artifact.readable() ? "read" : "missing",
                artifact.first_seen, artifact.last_seen, {} };
            if (artifact.readable() && artifact.rows == 0)
                period.state = "empty";
            else if (artifact.readable() && artifact.only_context && !artifact.is_context)
                period.state = "only_context";
            std::map<std::string, std::string> details { { "title", artifact.title },
                { "why", artifact.why_not() } };
            if (artifact.first_seen && artifact.last_seen) {
                details["first"] = day(*artifact.first_seen);
                details["last"] = day(*artifact.last_seen);
            }
            if (words != nullptr)
                period.wording = period_words(*words, period_key(period, artifact, words), artifact, details);
            m_assessment.periods.push_back(std::move(period));
        }
    }

    std::span<Finding const> m_findings;
    CaseView const* m_view;
    RuleSet const* m_set;
    YamlValue const* m_words;
    std::optional<std::int64_t> m_taken;
    std::set<std::size_t> m_used;
    Assessment m_assessment;
};

} // namespace

Assessment assess(std::span<Finding const> findings, CaseView const& view, RuleSet const& set)
{
    return Assessor { findings, view, set }.run();
}

} // namespace exhibit::detection
