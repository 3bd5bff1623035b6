#pragma once

#include "acquisition/acquisition.hpp"
#include "base/limits.hpp"
#include "base/rename.hpp"
#include "casefile/case_writer.hpp"
#include "engine/knowledge.hpp"
#include "report/summary.hpp"

#include <atomic>
#include <expected>
#include <filesystem>
#include <functional>
#include <future>
#include <stop_token>
#include <string>
#include <vector>

namespace exhibit {

/// How far an examination is. Counters only grow; any thread may read them.
struct Progress {
    std::atomic<std::uint64_t> bytes_planned = 0;
    std::atomic<std::uint64_t> bytes_read = 0;
    std::atomic<std::uint64_t> rows = 0;
};

struct ExamineOptions {
    std::filesystem::path output;
    Replace replace = Replace::no; ///< what may have the name of the output by then
    std::vector<std::filesystem::path> indicators; ///< files, or folders searched for them
    std::vector<std::filesystem::path> rules; ///< folders with rules besides the built-in ones
    std::vector<std::filesystem::path> yara; ///< files with YARA rules, or folders of them; empty: none
    std::vector<std::string> only; ///< artifact ids; empty: all
    std::vector<std::string> skip;
    unsigned jobs = 0; ///< 0: as many as there are processors
    bool minimal = false;
    bool hash = false; ///< make digests of every file, not only read those that artifacts want
    Limits limits;
    std::stop_token stop;
    std::function<void(std::string_view)> say = [](std::string_view) { }; ///< the stage that begins
};

/// What a run came to, for the exit code and the summary.
struct Examined {
    bool damaged = false; ///< something was damaged or unreadable
    std::uint64_t rows = 0;
    report::Summary summary; ///< of the case as it was written
};

/// How many threads an examination has.
unsigned jobs_of(ExamineOptions const& options);

/// What evidence will be compared with, while it is being loaded.
using LoadingKnowledge = std::future<std::expected<Knowledge, Refusal>>;

/// Whether the names of the artifacts to read or to leave out are such.
std::expected<void, Refusal> check_names(ExamineOptions const& options);

/// Begins to load what the options name for an acquisition of this kind; it can be opened meanwhile. `yara`:
/// those rules, where they are compiled already.
LoadingKnowledge load_knowledge(ExamineOptions const& options, AcquisitionKind kind,
    std::optional<indicators::YaraRules> yara = std::nullopt);

/// A case file that is being made, without a row.
using StartedCase = std::future<Result<CaseWriter>>;

/// Begins to make the case file of an acquisition of this kind; it can be opened meanwhile.
StartedCase start_case(ExamineOptions const& options, AcquisitionKind kind);

/// Examines an opened acquisition and writes its case file. Nothing is left at `options.output` when it
/// fails, is cancelled or the process ends early. What was not begun yet is begun here.
std::expected<Examined, Refusal> examine(Acquisition const& acquisition, LoadingKnowledge loading,
    StartedCase started, ExamineOptions const& options, Progress& progress);

} // namespace exhibit
