// Compares 100,000 distinct URLs with 100,000 and with 1,000,000 indicators of all kinds, searches prose,
// and loads packs. The number of planted URLs that must be found is checked before anything is measured.
#include "indicators/load.hpp"
#include "indicators/matcher.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace {

using namespace exhibit;
using namespace exhibit::indicators;

constexpr std::size_t kUrls = 100'000;
constexpr std::size_t kPlantedEvery = 1000;

std::string name(char first, std::size_t number)
{
    return first + std::to_string(number * 7919) + "-update";
}

/// 60 % domains, 15 % URLs, the rest hashes, addresses, mail addresses, processes, paths and app ids.
void add_indicator(SetBuilder& builder, std::size_t i)
{
    RawIndicator raw;
    auto const id = "indicator--" + std::to_string(i);
    raw.id = id;
    std::string value;
    auto const number = std::to_string(i);
    switch (i % 20) {
    case 12:
    case 13:
    case 14:
        raw.kind = Kind::url;
        value = "https://" + name('u', i) + ".example/landing?id=" + number;
        break;
    case 15:
        raw.kind = Kind::sha256;
        value = std::string(64 - number.size(), 'a') + number;
        break;
    case 16:
        raw.kind = Kind::ip;
        value = "45." + std::to_string(i >> 16U & 0xFFU) + '.' + std::to_string(i >> 8U & 0xFFU) + '.'
            + std::to_string(i & 0xFFU);
        break;
    case 17:
        raw.kind = Kind::email;
        value = name('m', i) + "@mail.example";
        break;
    case 18:
        raw.kind = Kind::process;
        value = name('p', i);
        break;
    case 19:
        raw.kind = Kind::file_path;
        value = "/private/var/tmp/" + name('f', i);
        break;
    default:
        value = name('d', i) + ".example";
    }
    raw.value = value;
    builder.add(raw);
}

IndicatorSet make_set(std::size_t count)
{
    SetBuilder builder;
    builder.begin_pack({});
    for (std::size_t i = 0; i != count; ++i)
        add_indicator(builder, i);
    return builder.build();
}

std::vector<std::string> make_urls()
{
    std::vector<std::string> urls;
    for (std::size_t i = 0; i != kUrls; ++i) {
        auto const planted = i % kPlantedEvery == 0;
        auto const host = planted ? "cdn." + name('d', i - i % 20) : "www." + name('g', i);
        urls.push_back(
            "https://" + host + ".example/articles/2024/05/page?session=" + std::to_string(i * 31) + "#top");
    }
    return urls;
}

IndicatorSet const& set_of(std::size_t count)
{
    static std::map<std::size_t, IndicatorSet> sets;
    if (!sets.contains(count))
        sets[count] = make_set(count);
    return sets[count];
}

void match_urls(benchmark::State& state)
{
    static auto const urls = make_urls();
    Matcher matcher { set_of(static_cast<std::size_t>(state.range(0))) };
    std::size_t bytes = 0;
    for (auto _ : state) {
        std::size_t found = 0;
        bytes = 0;
        for (auto const& url : urls) {
            found += matcher.match(Is::url, url).size();
            bytes += url.size();
        }
        if (found != kUrls / kPlantedEvery)
            return state.SkipWithError("the planted URLs were not found");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kUrls));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(match_urls)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void match_text(benchmark::State& state)
{
    static auto const urls = make_urls();
    std::vector<std::string> messages;
    for (std::size_t i = 0; i != kUrls; ++i)
        messages.push_back(
            "Hi there, are we still meeting at 7.30? I will bring the papers. See you then, and "
            "do not forget the keys!"
            + (i % 10 == 0 ? " " + urls[i] + "." : std::string {}));
    Matcher matcher { set_of(static_cast<std::size_t>(state.range(0))) };
    std::size_t bytes = 0;
    for (auto _ : state) {
        std::size_t found = 0;
        bytes = 0;
        for (auto const& message : messages) {
            found += matcher.match(Is::free_text, message).size();
            bytes += message.size();
        }
        if (found != kUrls / kPlantedEvery)
            return state.SkipWithError("the planted URLs were not found");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kUrls));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(match_text)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// Every pack of the folder that EXHIBIT_BENCH_INDICATORS names.
void load_packs(benchmark::State& state)
{
    auto const* folder = std::getenv("EXHIBIT_BENCH_INDICATORS"); // NOLINT(concurrency-mt-unsafe)
    if (folder == nullptr)
        return state.SkipWithError("EXHIBIT_BENCH_INDICATORS is not set");
    std::size_t bytes = 0;
    for (auto _ : state) {
        SetBuilder builder;
        if (!load_path(builder, folder))
            return state.SkipWithError("the folder cannot be loaded");
        auto const set = builder.build();
        bytes = 0;
        for (auto const& pack : set.packs())
            bytes += pack.bytes;
        state.counters["indicators"] = static_cast<double>(set.indicators().size());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(load_packs)->Unit(benchmark::kMillisecond);

void compile_set(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(make_set(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(compile_set)->Arg(100'000)->Unit(benchmark::kMillisecond)->Iterations(3);

} // namespace
