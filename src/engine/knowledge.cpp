#include "engine/knowledge.hpp"

#include "indicators/load.hpp"

#include <fmt/format.h>
#include <thread>

namespace exhibit {

std::expected<Knowledge, Refusal> load_knowledge(
    std::span<std::filesystem::path const> indicators, std::span<std::filesystem::path const> rules)
{
    indicators::SetBuilder builder;
    for (auto const& path : indicators)
        if (auto const loaded = indicators::load_path(builder, path); !loaded)
            return std::unexpected(
                Refusal { loaded.error().fault, fmt::format("{}: {}", path.string(), loaded.error().what),
                    "name a STIX, MISP or CSV file, or a folder that holds some" });
    Knowledge knowledge { builder.build(), detection::RuleSet::built_in() };
    for (auto const& folder : rules)
        if (auto const added = knowledge.rules.add_folder(folder); !added)
            return std::unexpected(
                Refusal { added.error().fault, fmt::format("{}: {}", folder.string(), added.error().what),
                    "name a folder with rule files" });
    return knowledge;
}

void run_in_parallel(unsigned jobs, std::function<void(unsigned)> const& work)
{
    std::vector<std::jthread> threads;
    for (unsigned worker = 1; worker < jobs; ++worker)
        threads.emplace_back([&work, worker] { work(worker); });
    work(0);
}

} // namespace exhibit
