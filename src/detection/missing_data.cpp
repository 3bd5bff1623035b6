#include "detection/missing_data.hpp"

#include "artifact/registry.hpp"

#include <fmt/format.h>

namespace exhibit::detection {
namespace {

std::uint64_t rows_of_key_artifacts(CaseView const& view)
{
    std::uint64_t rows = 0;
    for (auto const& [name, artifact] : view.artifacts)
        if (artifact.is_key && !artifact.only_context)
            rows += artifact.rows;
    return rows;
}

bool was_left_out(CaseArtifact const& artifact)
{
    return artifact.states.size() == 1 && artifact.states.begin()->first == "skipped";
}

} // namespace

LeftOut Missing::left_out() const
{
    if (skipped == 0)
        return LeftOut::nothing;
    return skipped == parts.size() ? LeftOut::all : LeftOut::a_part;
}

bool told_otherwise(CaseView const& view, std::string_view artifact)
{
    auto const* declared = find_artifact(artifact);
    auto const other
        = declared == nullptr ? view.artifacts.end() : view.artifacts.find(std::string { declared->instead });
    return other != view.artifacts.end() && other->second.readable();
}

Missing find_missing(CaseView const& view)
{
    Missing found;
    if (view.in_part)
        found.parts.emplace_back("the acquisition itself, which could not be read whole");
    for (auto const& [name, artifact] : view.artifacts) {
        if (!artifact.is_key || artifact.whole() || (!artifact.readable() && told_otherwise(view, name)))
            continue;
        found.parts.push_back(
            fmt::format("{} ({})", artifact.title.empty() ? name : artifact.title, artifact.why_not()));
        found.skipped += was_left_out(artifact) ? 1U : 0U;
    }
    if (found.parts.empty() && rows_of_key_artifacts(view) == 0)
        found.parts.emplace_back("everything that matters was read, and holds nothing");
    return found;
}

} // namespace exhibit::detection
