#pragma once

#include "acquisition/acquisition.hpp"
#include "casefile/case_writer.hpp"
#include "engine/examine.hpp"
#include "engine/hashes.hpp"
#include "engine/plan.hpp"
#include "engine/run.hpp"
#include "indicators/yara.hpp"

namespace exhibit {

/// The table that YARA fills. It is no artifact's of a phone: any file may match.
Artifact const* yara_artifact(Platform platform);

/// Files that YARA looks at, and how much of their content at once.
constexpr std::uint64_t kLargestYaraFile = 64U << 20U;

struct YaraPass {
    Acquisition const& acquisition;
    indicators::YaraRules const& rules;
    Plan const& plan;
    unsigned jobs = 1;
    Limits limits;
    std::stop_token stop;
    Hashes const* hashes = nullptr; ///< of the files, where they were made
};

/// Looks at the content of every file, and adds a row for each rule and file that match. Entries that no
/// artifact wanted get numbers behind those of the plan and are added to `entries`.
Result<TaskOutcome> run_yara(
    YaraPass const& pass, CaseWriter& writer, Progress& progress, std::vector<EntryRecord>& entries);

} // namespace exhibit
