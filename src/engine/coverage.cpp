#include "engine/coverage.hpp"

#include "base/text.hpp"
#include "casefile/schema.hpp"
#include "engine/file_list.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <set>

namespace exhibit {
namespace {

std::string_view digest_of(std::optional<Hashes> const& hashes, Entry const& entry)
{
    if (!hashes || entry.path == kFileListPath)
        return {};
    auto const* const found = hashes->find(entry.handle, entry.stored);
    return found == nullptr ? std::string_view {} : found->sha256;
}

/// The moment of a wall clock is known when the device's zone is.
std::optional<Timestamp> modified_of(Entry const& entry, DeviceClock const& clock)
{
    return entry.wall_clock ? Time::local(to_text(*entry.wall_clock).substr(0, 19), clock.zone).utc
                            : entry.modified;
}

/// What an artifact looked for in vain: which part of the phone stayed unseen.
std::string absence_of(Artifact const& artifact, bool in_part)
{
    constexpr std::size_t most_named = 3;
    std::string text { in_part ? kNotFoundBeginning : std::string_view { "not in this acquisition: " } };
    for (std::size_t i = 0; i < std::min(artifact.paths.size(), most_named); ++i)
        text.append(i == 0 ? "" : ", ").append(artifact.paths[i]);
    if (artifact.paths.size() > most_named)
        text += fmt::format(" and {} more", artifact.paths.size() - most_named);
    return text;
}

/// Whether files that fit the pattern may lie in the folder.
bool may_hold(std::string_view folder, std::string_view pattern)
{
    auto const literal = pattern.substr(0, pattern.find_first_of("*?"));
    return literal.starts_with(folder) ? literal.size() == folder.size() || literal[folder.size()] == '/'
                                       : literal.size() != pattern.size() && folder.starts_with(literal);
}

std::string const* sealed_folder_of(Artifact const& artifact, std::span<std::string const> folders)
{
    auto const found = std::ranges::find_if(folders, [&](std::string const& folder) {
        return std::ranges::any_of(
            artifact.paths, [&](std::string_view pattern) { return may_hold(folder, pattern); });
    });
    return found == folders.end() ? nullptr : &*found;
}

/// An artifact that nothing was read of: why.
CoverageRecord without_entry(
    Artifact const& artifact, bool wanted, std::span<std::string const> sealed_folders, bool in_part)
{
    CoverageRecord record;
    record.artifact = artifact.id;
    if (!wanted) {
        record.state = "skipped";
        record.message = "left out with --only or --skip";
    } else if (auto const* folder = sealed_folder_of(artifact, sealed_folders)) {
        record.state = "failed";
        record.fault = Fault::io;
        record.message
            = fmt::format("it may lie in {}, which could not be looked into: check its permissions", *folder);
    } else {
        record.state = "absent";
        record.message = absence_of(artifact, in_part);
    }
    return record;
}

} // namespace

Result<void> show_entries(TaskList const& tasks, std::optional<Hashes> const& hashes,
    DeviceClock const& clock, std::function<Result<void>(EntryRecord const&)> const& sink)
{
    std::vector<bool> is_read(tasks.entries().size());
    for (std::size_t at = 0; at != tasks.size(); ++at)
        is_read[static_cast<std::size_t>(tasks.entry_id(at)) - 1] = true;
    Entry entry;
    for (std::size_t at = 0; at != is_read.size(); ++at) {
        if (!is_read[at])
            continue;
        tasks.entries().get(at, entry);
        EXHIBIT_TRY(sink({ static_cast<std::int64_t>(at) + 1, entry.path, entry.stored, entry.size,
            modified_of(entry, clock), digest_of(hashes, entry) }));
    }
    return {};
}

void add_unread(Outcomes& outcomes, Plan const& plan, Selection const& selection, bool in_part)
{
    std::set<std::string_view> read;
    for (std::size_t at = 0; at != plan.tasks.size(); ++at)
        read.insert(plan.tasks.artifact(at).id);
    for (auto const& other : outcomes.others)
        read.insert(other.coverage.artifact);
    for (auto const* artifact : selection.all) {
        if (read.contains(artifact->id))
            continue;
        bool const wanted = std::ranges::find(selection.wanted, artifact) != selection.wanted.end();
        outcomes.others.push_back({ without_entry(*artifact, wanted, plan.sealed_folders, in_part), {} });
    }
}

Result<void> show_coverage(Outcomes const& outcomes, TaskList const& tasks,
    std::function<Result<void>(CoverageRecord const&)> const& sink)
{
    std::vector<std::uint32_t> order(tasks.size()); // As many as tasks have entries.
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::size_t left, std::size_t right) {
        auto const& artifact = tasks.artifact(left);
        auto const& other = tasks.artifact(right);
        return &artifact == &other ? tasks.entry_id(left) < tasks.entry_id(right) : artifact.id < other.id;
    });
    std::vector<CoverageRecord const*> others;
    others.reserve(outcomes.others.size());
    for (auto const& other : outcomes.others)
        others.push_back(&other.coverage);
    std::ranges::sort(others, {}, &CoverageRecord::artifact);
    auto other = others.begin();
    for (auto const at : order) {
        for (; other != others.end() && (*other)->artifact < tasks.artifact(at).id; ++other)
            EXHIBIT_TRY(sink(**other));
        EXHIBIT_TRY(sink(outcomes.of_tasks.coverage(at, tasks)));
    }
    for (; other != others.end(); ++other)
        EXHIBIT_TRY(sink(**other));
    return {};
}

bool is_damage(CoverageRecord const& record)
{
    return record.state != "parsed" && record.state != "empty" && record.state != "absent"
        && record.state != "skipped";
}

Result<void> write_diagnostics(Outcomes const& outcomes, TaskList const& tasks, CaseWriter& writer)
{
    for (std::size_t at = 0; at != tasks.size(); ++at)
        EXHIBIT_TRY(writer.write_diagnostics(
            tasks.artifact(at).id, tasks.entry_id(at), outcomes.of_tasks.diagnostics(at)));
    for (auto const& other : outcomes.others)
        EXHIBIT_TRY(
            writer.write_diagnostics(other.coverage.artifact, other.coverage.entry_id, other.diagnostics));
    return {};
}

} // namespace exhibit
