#include "base/text.hpp"
#include "detection/indicator_pass.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <ranges>
#include <set>
#include <span>
#include <tuple>

namespace exhibit::detection {
namespace {

using indicators::Ambiguity;
using indicators::Indicator;
using indicators::IndicatorSet;
using indicators::Kind;
using Hit = ScanUnit::Hit;

// What stands in rules/words/indicators.yaml instead of a relation.
constexpr std::string_view kOfAnApp = "of_an_app";
constexpr std::string_view kCommonName = "common_name";
constexpr std::string_view kCutName = "cut_name";
constexpr std::string_view kInLink = "in_link";
constexpr std::string_view kReceivedText = "received_text";
constexpr std::string_view kSentText = "sent_text";
constexpr std::string_view kAccountReached = "account_reached";
constexpr std::string_view kAccountKnown = "account_known";

/// Everything that was met of one value in one relation and artifact; of an account, in all of them.
struct Group {
    std::vector<Hit const*> hits; ///< by table and record id, since the units are
    std::set<std::uint32_t> indicators;
};

/// Network addresses change hands: one that was met long after it was published, or nobody knows when, may
/// have been somebody else's. Why; empty where it is of the time of its publication.
std::string_view doubt_of_address(Indicator const& indicator, std::optional<Timestamp> met)
{
    constexpr auto longest = std::chrono::days { 365 };
    if (!met)
        return "Nothing tells when it was met; addresses change hands, and somebody else may have had it "
               "then.";
    return indicator.created && *met - *indicator.created > longest
        ? "It was met more than a year after it was published; addresses change hands."
        : std::string_view {};
}

/// Of a kind of value: `an app`, `a path`.
std::string with_article(std::string_view kind)
{
    return fmt::format("{} {}", kind.starts_with('a') ? "an" : "a", kind);
}

/// Whether harmless software may be what was met here, so that this artifact alone proves nothing.
bool is_ambiguous(Indicator const& indicator, Hit const& hit, ByteCounts& bytes)
{
    switch (indicator.ambiguity) {
    case Ambiguity::none:
        return false;
    case Ambiguity::always:
        return true;
    case Ambiguity::outside_network:
        return hit.relation != "traffic" || !bytes.are_above_zero(hit.table->name, hit.record_id);
    case Ambiguity::on_android:
        return false; // Such hits are left out before.
    case Ambiguity::as_file_name:
        return hit.match.in_text || hit.match.how == indicators::How::file_name || !hit.app.empty()
            || !hit.table->artifact.starts_with("ios.");
    }
    return true;
}

/// Every Android device has what some indicators of other systems name.
bool is_part_of_system(Indicator const& indicator, CaseView const& view)
{
    return indicator.ambiguity == Ambiguity::on_android && view.platforms.contains("android");
}

/// Whoever copies the phone sends tools and asks for apps: what such commands name is no trace. That
/// something ran or was installed meanwhile is one.
bool is_of_own_acquisition(Hit const& hit, CaseView const& view)
{
    return hit.time && hit.table->artifact == "android.intrusion_log"
        && (hit.relation == "context" || hit.relation == "present")
        && std::ranges::any_of(
            view.own_runs, [&](auto const& run) { return *hit.time >= run.begin && *hit.time <= run.end; });
}

/// A name says less where nothing ran and nothing was installed.
bool is_weak_place(Kind kind, std::string_view relation)
{
    bool const is_name = kind == Kind::process || kind == Kind::file_name || kind == Kind::app_id;
    return is_name && (relation == "present" || relation == "context" || relation == "received");
}

/// An account is one cause, whether its messages, a list of people or a look-up tell of it.
bool is_account(Kind kind)
{
    return kind == Kind::email || kind == Kind::phone || kind == Kind::account;
}

/// Whether a link was met that another link carries. Who sent the whole sent both; who opened it, opened what
/// it begins with.
bool is_in_link(Hit const& hit)
{
    constexpr std::array<std::string_view, 7> used { "visited", "executed", "contacted", "traffic", "present",
        "installed", "permitted" };
    return hit.match.how == indicators::How::link_in_link
        && std::ranges::find(used, hit.relation) != used.end();
}

/// An account at a listed host is no address of it: nobody opened that or connected to it.
bool is_account_at_host(Hit const& hit)
{
    return hit.match.how == indicators::How::mail_host && hit.relation != kElsewhere;
}

/// Whether only the beginning of a name was met, where a program did something: others begin so too.
bool is_cut_name(Hit const& hit)
{
    constexpr std::array<std::string_view, 5> deeds { "executed", "traffic", "installed", "attempted",
        "permitted" };
    return hit.match.how == indicators::How::truncated_name
        && std::ranges::find(deeds, hit.relation) != deeds.end();
}

/// The relation, or what `rules/words/indicators.yaml` has instead of it.
std::string_view manner_of(Hit const& hit, Kind kind)
{
    constexpr std::array<std::string_view, 4> reached { "received", "contacted", "visited", "traffic" };
    if (is_in_link(hit))
        return kInLink;
    if (is_cut_name(hit))
        return kCutName;
    if (is_account_at_host(hit))
        return std::ranges::find(reached, hit.relation) != reached.end() ? kAccountReached : kAccountKnown;
    if (is_account(kind) && hit.match.in_text)
        return hit.relation == "received" ? kReceivedText
            : hit.relation == "sent"      ? kSentText
                                          : std::string_view { hit.relation };
    return hit.relation;
}

std::string_view end_of_key(Hit const& hit)
{
    return is_in_link(hit) ? "/in_link" : is_account_at_host(hit) ? "/account" : "";
}

std::string group_key_of(Indicator const& indicator, Hit const& hit)
{
    auto key = fmt::format("indicator/{}/{}", indicators::name_of(indicator.kind), indicator.value);
    if (!is_account(indicator.kind))
        key += fmt::format("/{}/{}{}", hit.relation, hit.table->artifact, end_of_key(hit));
    else if (hit.relation == kElsewhere)
        key += fmt::format("/{}", kElsewhere);
    return key;
}

/// One hit of each row: several cells of one row are one trace, and so are several versions and copies of it.
std::vector<Hit const*> counted(Group const& group, RowOrigins& origins)
{
    CountedRows counted;
    Copies copies { origins };
    std::vector<Hit const*> first_of_row;
    std::pair<std::string_view, std::int64_t> last;
    for (auto const* hit : group.hits) {
        std::pair<std::string_view, std::int64_t> const row { hit->table->name, hit->record_id };
        if (std::exchange(last, row) == row)
            continue;
        if (hit->earlier_version) {
            first_of_row.push_back(hit);
            continue;
        }
        counted.add(hit->table->name, *hit->column, hit->value, hit->time);
        if (!copies.is_repeated({ hit->table->name, hit->record_id, *hit->column, hit->value, hit->time }))
            first_of_row.push_back(hit);
    }
    std::erase_if(first_of_row, [&](Hit const* hit) {
        return hit->earlier_version && !counted.add(hit->table->name, *hit->column, hit->value, hit->time);
    });
    return first_of_row;
}

/// The rows of a finding that stand in one relation to the value, in one artifact.
struct Part {
    std::string_view relation;
    std::string_view manner;
    std::string_view artifact;
    std::uint64_t rows = 0;
};

/// A sentence on the apps of others that the processes belong to; empty where no row names one.
std::string words_of_apps(Group const& group)
{
    constexpr std::size_t most = 3;
    std::set<std::string_view> apps;
    for (auto const* hit : group.hits)
        if (!hit->app.empty())
            apps.insert(hit->app);
    if (apps.empty())
        return {};
    auto const rest = apps.size() - std::min(apps.size(), most);
    apps.erase(std::next(apps.begin(), static_cast<std::ptrdiff_t>(apps.size() - rest)), apps.end());
    return fmt::format(" There it belongs to {}{}.", fmt::join(apps, ", "),
        rest == 0 ? std::string {} : fmt::format(" and {} more", rest));
}

/// By relation, manner and artifact.
std::vector<Part> parts_of(std::span<Hit const* const> hits, Kind kind)
{
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::uint64_t> rows;
    for (auto const* hit : hits)
        ++rows[{ hit->relation, manner_of(*hit, kind), hit->table->artifact }];
    std::vector<Part> parts;
    parts.reserve(rows.size());
    for (auto const& [where, count] : rows)
        parts.push_back({ std::get<0>(where), std::get<1>(where), std::get<2>(where), count });
    return parts;
}

std::string_view words_of_manner(Part const& part)
{
    return part.manner == kReceivedText ? "in a text that was received"
        : part.manner == kSentText      ? "in a text that was sent"
        : part.manner == kCutName       ? "by a name that was cut"
                                        : part.relation;
}

class Builder {
public:
    Builder(IndicatorSet const& set, IndicatorWordTable const& words, CaseView const& view,
        RowLookups const& rows)
        : m_set(&set)
        , m_words(&words)
        , m_view(&view)
        , m_local_times(&rows.local_times)
        , m_origins(&rows.origins)
        , m_bytes(&rows.bytes)
    {
    }

    Finding build(std::string const& key, Group const& group)
    {
        auto const& indicator = m_set->indicators()[*group.indicators.begin()];
        auto const hits = counted(group, *m_origins);
        auto const parts = sorted_parts(hits, indicator);
        Finding finding;
        finding.key = key;
        finding.origin = "indicator";
        finding.indicator = indicator.value;
        finding.indicator_kind = indicators::name_of(indicator.kind);
        finding.pack_id = indicator.pack + 1;
        finding.relation = parts.front().relation;
        finding.artifact = parts.front().artifact;
        for (auto const& part : parts)
            if (part.artifact != finding.artifact
                && std::ranges::find(finding.also_in, part.artifact) == finding.also_in.end())
                finding.also_in.emplace_back(part.artifact);
        add_names(finding, group);
        add_rows(finding, hits);
        weigh(finding, group, indicator, parts.front().manner);
        if (parts.size() > 1)
            finding.summary += words_of(parts);
        return finding;
    }

private:
    /// What tells most first. Deeds tell more than that the value stands somewhere.
    std::vector<Part> sorted_parts(std::span<Hit const* const> hits, Indicator const& indicator) const
    {
        auto const tool = m_words->tool_of(indicator.names);
        auto const weight = [&](Part const& part) {
            bool const is_deed = part.relation != "context" && part.relation != "present";
            auto const& words = m_words->find(tool, indicators::name_of(indicator.kind), part.manner);
            return std::tuple { words.severity, is_deed, part.rows };
        };
        auto parts = parts_of(hits, indicator.kind);
        std::ranges::stable_sort(parts, std::greater {}, weight);
        return parts;
    }

    std::string words_of(std::span<Part const> parts) const
    {
        std::vector<std::string> each;
        for (auto const& part : parts)
            each.push_back(fmt::format("{} ({}, {})", words_of_manner(part), title_of(part.artifact),
                exhibit::counted(part.rows, "row", "rows")));
        return fmt::format(" How the phone came to have it: {}.", fmt::join(each, "; "));
    }

    std::string_view title_of(std::string_view id) const
    {
        auto const* artifact = m_view->artifact(id);
        return artifact == nullptr || artifact->title.empty() ? id : std::string_view { artifact->title };
    }

    void add_names(Finding& finding, Group const& group) const
    {
        std::set<std::string> campaigns;
        std::set<std::string> sources;
        for (auto const index : group.indicators) {
            auto const& indicator = m_set->indicators()[index];
            auto const& pack = m_set->packs()[indicator.pack];
            for (auto const& name : indicator.names)
                if (name.text != pack.file) // what the name of a file says of a tool is by chance
                    campaigns.emplace(name.text);
            auto const& publisher = indicator.source.empty() ? pack.source : std::string { indicator.source };
            auto source = fmt::format("{} ({}{}{}{}", pack.title, pack.file, publisher.empty() ? "" : ", ",
                publisher, pack.published ? ", published " + to_text(*pack.published).substr(0, 10) : "");
            // Whoever passes the finding on must know with whom the indicator may be shared.
            if (indicator.tlp != indicators::Tlp::unmarked)
                source.append(", ").append(name_of(indicator.tlp));
            sources.insert(source + ')');
        }
        finding.campaign = fmt::format("{}", fmt::join(campaigns, ", "));
        finding.source = fmt::format("{}", fmt::join(sources, "; "));
    }

    void add_rows(Finding& finding, std::span<Hit const* const> hits) const
    {
        for (auto const* hit : hits) {
            ++finding.row_count;
            finding.rows.push_back({ hit->table->name, hit->record_id, *hit->column, hit->value,
                std::string { indicators::name_of(hit->match.how) }, hit->time });
        }
        finding.details["value"] = hits.front()->value;
        add_common_details(finding, *m_local_times);
        if (finding.rows.size() > kRowsPerFinding)
            finding.rows.resize(kRowsPerFinding);
    }

    /// When the row is of, as far as one can tell; without the phone's zone give or take a day.
    std::optional<Timestamp> moment_of(Hit const& hit) const
    {
        return hit.time ? Timestamp { std::chrono::microseconds { *hit.time } }
                        : from_text(m_local_times->of(hit.table->name, hit.record_id));
    }

    void weigh(
        Finding& finding, Group const& group, Indicator const& indicator, std::string_view manner) const
    {
        auto const tool = m_words->tool_of(indicator.names);
        bool const is_of_an_app = indicator.ambiguity == Ambiguity::as_file_name
            && std::ranges::none_of(group.hits, &std::string::empty, &Hit::app);
        // Whoever reads about a product that is for sale opens its site in a browser.
        bool const is_reading = tool == Tool::stalkerware && finding.relation == "traffic"
            && std::ranges::all_of(
                group.hits, [&](Hit const* hit) { return m_words->is_browser(hit->package); });
        auto const& words = m_words->find(tool, finding.indicator_kind,
            is_of_an_app     ? kOfAnApp
                : is_reading ? "visited"
                             : manner);
        finding.details["who"] = packages_of(group);
        finding.about = words.about;
        finding.severity = words.severity;
        finding.ambiguous = true;
        std::string_view doubt = indicator.ambiguity_reason;
        for (auto const* hit : group.hits) {
            finding.confidence = std::max(finding.confidence, hit->match.confidence);
            auto const& met = m_set->indicators()[hit->match.indicator];
            auto const of_address
                = met.kind == Kind::ip ? doubt_of_address(met, moment_of(*hit)) : std::string_view {};
            finding.ambiguous
                = finding.ambiguous && (!of_address.empty() || is_ambiguous(met, *hit, *m_bytes));
            doubt = doubt.empty() ? of_address : doubt;
        }
        if (is_weak_place(indicator.kind, finding.relation))
            finding.severity = std::min(finding.severity, Severity::high);
        if (finding.ambiguous) {
            finding.confidence = std::min(finding.confidence, Confidence::moderate);
            finding.severity = std::min(finding.severity, Severity::medium);
        }
        finding.severity = at_most(finding.severity, finding.confidence);
        bool const is_common = finding.ambiguous && !is_of_an_app && indicator.kind == Kind::process
            && (manner == "executed" || manner == "traffic");
        set_words(finding, is_common ? m_words->find(tool, finding.indicator_kind, kCommonName) : words,
            indicator, doubt);
        finding.summary += words_of_apps(group);
        if (std::ranges::all_of(group.hits, &Hit::earlier_version))
            finding.summary += words_of_earlier_versions(finding.row_count);
    }

    /// The apps that the rows are about, where these name any.
    static std::string packages_of(Group const& group)
    {
        constexpr std::size_t most = 3;
        std::set<std::string_view> packages;
        for (auto const* hit : group.hits)
            if (!hit->package.empty())
                packages.insert(hit->package);
        if (packages.empty())
            return {};
        return fmt::format(" By: {}{}.", fmt::join(packages | std::views::take(most), ", "),
            packages.size() > most ? fmt::format(" and {} more", packages.size() - most) : "");
    }

    void set_words(Finding& finding, IndicatorWords const& words, Indicator const& indicator,
        std::string_view doubt) const
    {
        auto& details = finding.details;
        details["campaign"] = finding.campaign.empty() ? "an unnamed tool" : finding.campaign;
        details["indicator"] = finding.indicator;
        details["kind"] = detection::words_of(indicator.kind);
        details["a_kind"] = with_article(detection::words_of(indicator.kind));
        std::vector<std::string_view> titles { title_of(finding.artifact) };
        for (auto const& other : finding.also_in)
            titles.push_back(title_of(other));
        details["artifact"] = fmt::format("{}", fmt::join(titles, ", "));
        finding.title = fill(words.title, details);
        finding.summary = fill(words.summary, details);
        finding.meaning = fill(words.meaning, details);
        finding.innocent_causes = words.innocent_causes;
        finding.next_steps = words.next_steps;
        if (!doubt.empty() && (finding.ambiguous || indicator.ambiguity != Ambiguity::none))
            finding.innocent_causes.emplace(finding.innocent_causes.begin(), doubt);
        if (finding.ambiguous) {
            finding.next_steps.insert(finding.next_steps.begin(),
                fmt::format(
                    "Look for a second trace of another kind: this value alone proves nothing, because {}.",
                    indicator.kind == Kind::ip ? "somebody else may have had the address"
                                               : "harmless software uses it too"));
        }
        if (finding.details["value"] != finding.indicator)
            finding.summary += fmt::format(" The indicator itself is {}.", finding.indicator);
    }

    IndicatorSet const* m_set;
    IndicatorWordTable const* m_words;
    CaseView const* m_view;
    LocalTimes* m_local_times;
    RowOrigins* m_origins;
    ByteCounts* m_bytes;
};

bool is_place(Kind kind)
{
    return kind == Kind::file_path || kind == Kind::file_name;
}

/// Whether a publisher lists one file by several spellings of its place, and `other` is the fuller one: the
/// whole path, the end of it, its name.
bool is_fuller_place(Indicator const& other, Indicator const& indicator)
{
    return is_place(indicator.kind) && is_place(other.kind) && other.value.size() > indicator.value.size()
        && other.value.ends_with(indicator.value)
        && std::ranges::equal(
            other.names, indicator.names, {}, &indicators::Name::text, &indicators::Name::text);
}

/// Whether a hit only repeats what another one of its row tells: a text, as the command line of a process
/// that was met by its name does, or a shorter spelling of a file's place. `hits` are in the order of their
/// rows.
bool only_repeats(std::span<Hit const> hits, Hit const& hit, IndicatorSet const& set)
{
    auto const& indicator = set.indicators()[hit.match.indicator];
    if (!hit.match.in_text && !is_place(indicator.kind))
        return false;
    auto const same_row = std::ranges::equal_range(hits, hit.record_id, {}, &Hit::record_id);
    return std::ranges::any_of(same_row, [&](Hit const& other) {
        bool const is_said
            = hit.match.in_text && !other.match.in_text && other.match.indicator == hit.match.indicator;
        return is_said
            || (hit.match.in_text == other.match.in_text
                && is_fuller_place(set.indicators()[other.match.indicator], indicator));
    });
}

} // namespace

std::vector<Finding> findings_of(std::vector<ScanUnit> const& units, IndicatorSet const& set,
    IndicatorWordTable const& words, CaseView const& view, RowLookups const& rows)
{
    std::map<std::string, Group> groups;
    for (auto const& unit : units)
        for (auto const& hit : unit.hits()) {
            auto const& indicator = set.indicators()[hit.match.indicator];
            if (is_part_of_system(indicator, view) || is_of_own_acquisition(hit, view)
                || only_repeats(unit.hits(), hit, set))
                continue;
            auto& group = groups[group_key_of(indicator, hit)];
            group.hits.push_back(&hit);
            group.indicators.insert(hit.match.indicator);
        }
    std::vector<Finding> findings;
    findings.reserve(groups.size());
    Builder builder { set, words, view, rows };
    for (auto const& [key, group] : groups)
        findings.push_back(builder.build(key, group));
    return findings;
}

} // namespace exhibit::detection
