#include "engine/examine.hpp"

#include "artifact/registry.hpp"
#include "base/parallel.hpp"
#include "base/text.hpp"
#include "casefile/case_writer.hpp"
#include "casefile/schema.hpp"
#include "detection/detect.hpp"
#include "engine/coverage.hpp"
#include "engine/device_clock.hpp"
#include "engine/file_list.hpp"
#include "engine/hashes.hpp"
#include "engine/knowledge.hpp"
#include "engine/plan.hpp"
#include "engine/run.hpp"
#include "engine/yara_pass.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <ranges>
#include <set>
#include <thread>

namespace exhibit {
namespace {

Platform platform_of(AcquisitionKind kind)
{
    switch (kind) {
    case AcquisitionKind::ios_backup:
    case AcquisitionKind::ios_file_system:
    case AcquisitionKind::sysdiagnose:
        return Platform::ios;
    case AcquisitionKind::android_bugreport:
    case AcquisitionKind::androidqf:
    case AcquisitionKind::android_backup:
    case AcquisitionKind::intrusion_logs:
    case AcquisitionKind::android_file_system:
        return Platform::android;
    }
    return Platform::ios;
}

Selection select_artifacts(Platform platform, ExamineOptions const& options)
{
    Selection selection;
    auto const named = [](std::vector<std::string> const& names, Artifact const* artifact) {
        return std::ranges::find(names, artifact->id) != names.end();
    };
    for (auto const* artifact : artifacts()) {
        if (artifact->platform != platform)
            continue;
        selection.all.push_back(artifact);
        if ((options.only.empty() || named(options.only, artifact)) && !named(options.skip, artifact))
            selection.wanted.push_back(artifact);
    }
    if (!options.yara.empty())
        selection.all.push_back(yara_artifact(platform));
    return selection;
}

Refusal refusal_of(Error const& error)
{
    if (error.fault == Fault::cancelled)
        return { error.fault, "the examination was stopped",
            "nothing was written; start it again when you like" };
    return { error.fault, std::string { error.what }, "nothing was written" };
}

/// The artifacts of which the case holds rows.
std::vector<Artifact const*> filled(
    std::span<Artifact const* const> artifacts, casefile::CoverageRuns const& coverage)
{
    std::set<std::string_view> with_rows;
    for (auto const& run : coverage.runs())
        if (run.rows != 0 || run.recovered_rows != 0)
            with_rows.insert(run.artifact);
    std::vector<Artifact const*> found;
    std::ranges::copy_if(artifacts, std::back_inserter(found),
        [&](Artifact const* artifact) { return with_rows.contains(artifact->id); });
    return found;
}

/// What went wrong with the device's clock: a zone that cannot be used, local times without a zone.
/// `artifacts` are those with rows: to prepare a query of all tables would take longer than to run it.
Result<std::vector<Problem>> clock_problems(
    casefile::Database& database, std::span<Artifact const* const> artifacts, OwnedClock const& clock)
{
    std::vector<Problem> problems;
    if (clock.problem)
        problems.push_back(*clock.problem);
    auto count
        = EXHIBIT_TRY(database.prepare(fmt::format("SELECT count(*) FROM ({})", local_timeline(artifacts))));
    EXHIBIT_TRY(count.step());
    if (auto const events = static_cast<std::uint64_t>(count.integer(0)); events != 0)
        problems.push_back({ Fault::missing,
            fmt::format(
                "{}: an event has the time of the phone's clock only, and stands apart from the timeline "
                "(`exhibit timeline` shows it at the end)",
                clock.zone == nullptr ? "the phone's time zone is not known"
                                      : "the phone's clock was not set"),
            {}, events, false });
    return problems;
}

Result<void> write_acquisition(
    casefile::Database& database, Acquisition const& acquisition, std::vector<Problem> const& more)
{
    EXHIBIT_TRY(database.run("BEGIN"));
    auto fact = EXHIBIT_TRY(database.prepare("INSERT INTO acquisition_fact VALUES (?,?)"));
    for (auto const& one : acquisition.facts())
        EXHIBIT_TRY(fact.bind(1, one.name).bind(2, one.value).run());
    auto problem = EXHIBIT_TRY(database.prepare("INSERT INTO acquisition_problem VALUES (?,?,?,?)"));
    auto problems = acquisition.problems();
    problems.insert(problems.end(), more.begin(), more.end());
    for (auto const& one : problems) {
        problem.bind(1, name_of(one.fault)).bind(2, one.message).bind(3, one.stored);
        EXHIBIT_TRY(problem.bind(4, static_cast<std::int64_t>(one.count)).run());
    }
    return database.run("COMMIT");
}

/// None of the built-in rules reads a view of the case.
bool may_read_view(detection::Rule const& rule)
{
    return !rule.built_in && exhibit::may_read_view(rule.sql);
}

/// Evaluates the rules, and puts their findings and those of the indicators into the case. Whether all of the
/// rules could be evaluated that had their data.
Result<bool> add_findings(CaseWriter& writer, Knowledge const& knowledge, detection::Compared const& compared,
    detection::SeenViews const& seen, ExamineOptions const& options)
{
    options.say("evaluating rules");
    if (std::ranges::any_of(knowledge.rules.rules() | std::views::values,
            [](detection::Rule const& rule) { return may_read_view(rule); }))
        EXHIBIT_TRY(writer.complete_schema());
    detection::DetectionInputs inputs;
    inputs.rules = &knowledge.rules;
    inputs.indicators = &knowledge.indicators;
    inputs.compared = &compared;
    inputs.seen = &seen;
    inputs.coverage = &writer.coverage();
    if (knowledge.yara)
        inputs.yara_text = [&](std::string_view file, std::string_view rule) {
            return knowledge.yara->text_of(file, rule);
        };
    inputs.jobs = jobs_of(options);
    inputs.parallel = run_in_parallel;
    inputs.stop = options.stop;
    auto const detection = EXHIBIT_TRY(detection::detect(writer.working_path(), inputs));
    EXHIBIT_TRY(detection::store(writer.database(), detection, inputs));
    return std::ranges::none_of(detection.rules,
        [](detection::RuleOutcome const& rule) { return rule.state == detection::RuleState::failed; });
}

/// Whether a file of indicators was cut off or damaged, so that a part of it was not compared.
bool is_damaged(indicators::IndicatorSet const& set)
{
    return std::ranges::any_of(set.problems(), [](indicators::Problem const& problem) {
        return problem.reason == indicators::Reason::damaged_file;
    });
}

/// Reads every file once, where that was asked for: for its digests, with the kinds that indicators are made
/// of, and for YARA rules in the same reading.
Result<std::optional<Hashes>> read_files(Acquisition const& acquisition, Knowledge const& knowledge,
    YaraPass* yara, ExamineOptions const& options, Progress& progress)
{
    std::optional<Hashes> hashes;
    if (options.hash) {
        options.say(yara == nullptr ? "hashing files" : "hashing files and looking at them with YARA rules");
        HashOptions hash;
        hash.jobs = jobs_of(options);
        hash.md5 = knowledge.indicators.count(indicators::Kind::md5) != 0;
        hash.sha1 = knowledge.indicators.count(indicators::Kind::sha1) != 0;
        hash.stop = options.stop;
        hash.observer = yara;
        hashes = EXHIBIT_TRY(hash_files(acquisition, hash, progress));
    } else if (yara != nullptr) {
        options.say("looking at files with YARA rules");
        EXHIBIT_TRY(yara->read(acquisition, jobs_of(options), options.stop, progress));
    }
    progress.bytes_read = 0;
    return hashes;
}

/// Whether the rows of the case will hold the digests of all files.
bool lists_files(Selection const& selection)
{
    return std::ranges::any_of(selection.wanted, [](Artifact const* artifact) {
        return artifact->paths.size() == 1 && artifact->paths.front() == kFileListPath;
    });
}

Result<void> write_hashes(CaseWriter& writer, std::optional<Hashes> const& hashes, bool listed,
    indicators::IndicatorSet const& indicators)
{
    if (auto const count = count_file_hashes(indicators); count != 0 && !(hashes && listed))
        EXHIBIT_TRY(writer.write_info(kHashesNotComparedInfo, std::to_string(count)));
    if (!hashes)
        return {};
    std::string digests;
    for (auto const& [kind, name] : kFileDigests) // SHA-256 is always made.
        if (listed && (kind == indicators::Kind::sha256 || indicators.count(kind) != 0))
            digests.append(digests.empty() ? "" : " ").append(name);
    EXHIBIT_TRY(writer.write_info("acquisition_sha256", hashes->acquisition));
    EXHIBIT_TRY(writer.write_info(kFilesHashedInfo, std::to_string(hashes->files.size())));
    EXHIBIT_TRY(writer.write_info(kFileDigestsInfo, digests));
    return writer.write_info(kFilesNotHashedInfo, std::to_string(hashes->unreadable));
}

/// Observers that each show a row to two others.
class Pairs {
public:
    Pairs(std::span<RowObserver* const> first, std::span<RowObserver* const> second)
    {
        for (std::size_t i = 0; i != first.size(); ++i)
            m_pairs.push_back(std::make_unique<Pair>(*first[i], *second[i]));
    }

    [[nodiscard]] std::vector<RowObserver*> observers() const
    {
        std::vector<RowObserver*> all;
        all.reserve(m_pairs.size());
        for (auto const& pair : m_pairs)
            all.push_back(pair.get());
        return all;
    }

private:
    class Pair final : public RowObserver {
    public:
        Pair(RowObserver& first, RowObserver& second)
            : m_first(first)
            , m_second(second)
        {
        }
        void see(SeenRow const& row) override
        {
            m_first.see(row);
            m_second.see(row);
        }

    private:
        RowObserver& m_first;
        RowObserver& m_second;
    };

    std::vector<std::unique_ptr<Pair>> m_pairs;
};

/// What is examined, besides the acquisition.
struct Examination {
    Selection const& selection;
    Knowledge const& knowledge;
    std::optional<Hashes> hashes;
    YaraPass* yara = nullptr; ///< null without such rules
    bool has_file_list = false; ///< the acquisition shows a list of its files as one more entry
};

/// What was read, and what became of it.
struct Reading {
    Plan plan;
    Outcomes outcomes;
};

/// Plans what to read, and reads it, on one thread less than there are observers. The list of files in a
/// backup is long, so that it is read for the case while another thread goes through it for the plan.
Result<Reading> read_artifacts(Acquisition const& acquisition, Examination const& examination,
    DeviceClock const& clock, CaseWriter& writer, std::span<RowObserver* const> observers,
    ExamineOptions const& options, Progress& progress)
{
    auto const jobs = static_cast<unsigned>(observers.size() - 1);
    auto const run = [&](TaskRange const& range, TaskOutcomes& outcomes, unsigned threads,
                         std::span<RowObserver* const> seen_by) {
        run_tasks(range, outcomes, acquisition, clock, writer, threads, options.limits, options.stop,
            progress, seen_by);
    };
    TaskList own;
    TaskOutcomes own_outcomes;
    std::exception_ptr thrown;
    std::jthread meanwhile;
    auto const start = [&](TaskList const& tasks) {
        if (jobs == 1 || tasks.empty())
            return;
        own = tasks;
        own_outcomes = TaskOutcomes { own.size() };
        meanwhile = std::jthread { [&] {
            try {
                run({ own, 0, own.size() }, own_outcomes, 1, observers.last(1));
            } catch (...) {
                thrown = std::current_exception();
            }
        } };
    };
    Reading reading;
    options.say("looking at the acquisition's files");
    reading.plan = EXHIBIT_TRY(make_plan(acquisition, examination.selection.wanted, options.stop, start));
    auto const& tasks = reading.plan.tasks;
    for (std::size_t at = 0; at != tasks.size(); ++at)
        progress.bytes_planned += tasks.bytes(at);
    options.say("reading artifacts");
    auto& outcomes = reading.outcomes.of_tasks;
    outcomes = TaskOutcomes { tasks.size() };
    auto const own_files
        = reading.plan.own_files; // Apart also where nobody reads them meanwhile: see RowRoom.
    if (!meanwhile.joinable())
        run({ tasks, 0, own_files }, outcomes, jobs, observers.first(jobs));
    run({ tasks, own_files, tasks.size() - own_files }, outcomes, jobs, observers.first(jobs));
    if (meanwhile.joinable())
        meanwhile.join();
    if (thrown)
        std::rethrow_exception(thrown);
    outcomes.set_first(std::move(own_outcomes));
    return reading;
}

bool is_in_part(Acquisition const& acquisition)
{
    return std::ranges::any_of(acquisition.problems(), &Problem::hides);
}

/// What was examined with what, and what was seen of it.
Result<void> write_facts(
    CaseWriter& writer, Acquisition const& acquisition, Examination const& examination, Plan const& plan)
{
    auto const& selection = examination.selection;
    EXHIBIT_TRY(writer.write_info("schema_version", std::to_string(kSchemaVersion)));
    EXHIBIT_TRY(writer.write_info("tool", "exhibit"));
    EXHIBIT_TRY(writer.write_info("tool_version", EXHIBIT_VERSION));
    EXHIBIT_TRY(writer.write_info("acquisition_kind", name_of(acquisition.kind())));
    EXHIBIT_TRY(writer.write_info("acquisition_description", acquisition.description()));
    EXHIBIT_TRY(writer.write_info(
        "entries_seen", std::to_string(plan.entries_seen - (examination.has_file_list ? 1 : 0))));
    EXHIBIT_TRY(writer.write_info(kFilesSeenInfo, std::to_string(plan.files_seen)));
    EXHIBIT_TRY(writer.write_info(kFilesUnreadInfo, std::to_string(plan.files_unread)));
    if (!plan.sections_unread.empty() && selection.wanted.size() == selection.all.size())
        EXHIBIT_TRY(writer.write_info(
            kSectionsUnreadInfo, repair_utf8(fmt::format("{}", fmt::join(plan.sections_unread, ", ")))));
    if (is_in_part(acquisition))
        EXHIBIT_TRY(writer.write_info(kAcquisitionInPartInfo, "1"));
    if (!plan.stores_unread.empty())
        EXHIBIT_TRY(
            writer.write_info(kStoresUnreadInfo, fmt::format("{}", fmt::join(plan.stores_unread, "; "))));
    return write_hashes(writer, examination.hashes, lists_files(selection), examination.knowledge.indicators);
}

Result<Examined> write_case(Acquisition const& acquisition, Examination const& examination,
    CaseWriter& writer, ExamineOptions const& options, Progress& progress)
{
    auto const& [selection, knowledge, hashes, yara, has_file_list] = examination;
    auto const clock = device_clock(acquisition.facts());
    detection::TimesOfFiles files;
    for (auto const& [name, value] : acquisition.facts())
        files.see_fact(name, value);
    detection::RowComparison comparison { knowledge.indicators, selection.all, files, jobs_of(options) + 1 };
    detection::SeenViews views { knowledge.rules, selection.all, jobs_of(options) + 1 };
    Pairs const pairs { comparison.observers(), views.observers() };
    auto const observers = pairs.observers();
    auto [plan, outcomes] = EXHIBIT_TRY(
        read_artifacts(acquisition, examination, clock.clock, writer, observers, options, progress));
    if (options.stop.stop_requested())
        return fail(Fault::cancelled, "cancelled");

    std::vector<EntryRecord> more_entries;
    if (yara != nullptr)
        outcomes.others.push_back(EXHIBIT_TRY(yara->write(plan, hashes ? &*hashes : nullptr, options.limits,
            options.stop, writer, progress, *observers.front(), more_entries)));
    options.say("writing the case file");
    add_unread(outcomes, plan, selection, is_in_part(acquisition));
    Examined examined;
    EXHIBIT_TRY(writer.load_entries([&](auto const& sink) -> Result<void> {
        EXHIBIT_TRY(show_entries(plan.tasks, hashes, clock.clock, sink));
        for (auto const& entry : more_entries)
            EXHIBIT_TRY(sink(entry));
        return {};
    }));
    EXHIBIT_TRY(writer.load_coverage([&](auto const& sink) {
        return show_coverage(outcomes, plan.tasks, [&](CoverageRecord const& record) {
            examined.damaged = examined.damaged || is_damage(record);
            return sink(record);
        });
    }));
    EXHIBIT_TRY(writer.finish_loading());
    EXHIBIT_TRY(write_diagnostics(outcomes, plan.tasks, writer));
    EXHIBIT_TRY(write_acquisition(writer.database(), acquisition,
        EXHIBIT_TRY(clock_problems(writer.database(), filled(selection.all, writer.coverage()), clock))));
    EXHIBIT_TRY(write_facts(writer, acquisition, examination, plan));
    auto const compared = comparison.finish();
    views.finish();
    auto const all_evaluated = EXHIBIT_TRY(add_findings(writer, knowledge, compared, views, options));
    if (options.minimal) {
        EXHIBIT_TRY(writer.write_info(kRowsKeptInfo, "those of findings"));
        EXHIBIT_TRY(writer.keep_only_finding_rows());
    }
    if (options.stop.stop_requested())
        return fail(Fault::cancelled, "cancelled");
    // Of the connection that is open: another one would read the schema anew, with all its views.
    examined.summary = EXHIBIT_TRY(report::read_summary(writer.database(), writer.coverage()));
    EXHIBIT_TRY(writer.commit(options.replace));

    examined.rows = progress.rows;
    examined.damaged = examined.damaged || std::ranges::any_of(acquisition.problems(), &Problem::damage)
        || (clock.problem && clock.problem->damage) || !all_evaluated || is_damaged(knowledge.indicators);
    return examined;
}

} // namespace

unsigned jobs_of(ExamineOptions const& options)
{
    return options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
}

std::expected<void, Refusal> check_names(ExamineOptions const& options)
{
    for (auto const* names : { &options.only, &options.skip })
        for (auto const& name : *names)
            if (find_artifact(name) == nullptr)
                return std::unexpected(Refusal { Fault::unsupported,
                    fmt::format("there is no artifact '{}'", name), "`exhibit artifacts` lists them all" });
    return {};
}

LoadingKnowledge load_knowledge(
    ExamineOptions const& options, AcquisitionKind kind, std::optional<indicators::YaraRules> yara)
{
    auto const load =
        [&options, kind](std::optional<indicators::YaraRules> compiled) -> std::expected<Knowledge, Refusal> {
        auto knowledge = load_knowledge(options.indicators, options.rules, platform_of(kind));
        if (!knowledge)
            return knowledge;
        if (!compiled) {
            auto loaded = load_yara_rules(options.yara);
            if (!loaded)
                return std::unexpected(std::move(loaded.error()));
            compiled = std::move(*loaded);
        }
        knowledge->yara = std::move(compiled);
        return knowledge;
    };
    return std::async(std::launch::async, load, std::move(yara));
}

StartedCase start_case(ExamineOptions const& options, AcquisitionKind kind)
{
    return std::async(
        std::launch::async, [artifacts = select_artifacts(platform_of(kind), options).all, &options] {
            return CaseWriter::create(options.output, artifacts);
        });
}

std::expected<Examined, Refusal> examine(Acquisition const& acquisition, LoadingKnowledge loading,
    StartedCase started, ExamineOptions const& options, Progress& progress)
{
    if (auto const checked = check_names(options); !checked)
        return std::unexpected(checked.error());
    auto const platform = platform_of(acquisition.kind());
    auto const selection = select_artifacts(platform, options);
    if (selection.wanted.empty() && options.yara.empty() && !options.hash)
        return std::unexpected(Refusal { Fault::unsupported,
            "with --only and --skip as they are, nothing of this acquisition would be read",
            "`exhibit artifacts` lists what there is for each kind of phone" });
    if (!started.valid())
        started = start_case(options, acquisition.kind());
    if (!loading.valid())
        loading = load_knowledge(options, acquisition.kind());
    auto knowledge = loading.get();
    if (!knowledge)
        return std::unexpected(knowledge.error());
    Examination examination { selection, *knowledge, {} };
    std::optional<YaraPass> yara;
    if (knowledge->yara)
        examination.yara = &yara.emplace(*knowledge->yara);
    // The evidence itself: in the list of files that is added to it below, YARA rules would find paths.
    auto hashes = read_files(acquisition, *knowledge, examination.yara, options, progress);
    if (!hashes)
        return std::unexpected(refusal_of(hashes.error()));
    examination.hashes = *std::move(hashes);
    FileListed const listed { acquisition, examination.hashes ? &*examination.hashes : nullptr };
    // Backups of iOS list their files themselves, and sysdiagnoses hold none of the phone's own.
    examination.has_file_list = examination.hashes || platform == Platform::android
        || acquisition.kind() == AcquisitionKind::ios_file_system;
    Acquisition const& examinable
        = examination.has_file_list ? static_cast<Acquisition const&>(listed) : acquisition;
    auto writer = started.get();
    if (!writer)
        return std::unexpected(refusal_of(writer.error()));
    auto const examined = write_case(examinable, examination, *writer, options, progress);
    if (!examined)
        return std::unexpected(refusal_of(examined.error()));
    return *examined;
}

} // namespace exhibit
