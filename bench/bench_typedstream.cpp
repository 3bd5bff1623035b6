// Reads the `attributedBody` of messages: one per message, hundreds of thousands on some phones.
#include "formats/typedstream/attributed_text.hpp"
#include "support/plist_builder.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>

namespace {

using namespace exhibit;

constexpr std::size_t kMessages = 1024;

std::vector<std::string> make_bodies()
{
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i != kMessages; ++i) {
        std::string text = "message " + std::to_string(1000 + i) + " ";
        std::vector<test::BodyLink> links;
        if (i % 4 == 0) {
            links.push_back({ text.size(), 19, "https://example.org" });
            text += "https://example.org";
        } else {
            text += std::string(i % 100, 'w');
        }
        bodies.push_back(attributed_body(text, links));
    }
    return bodies;
}

void read_message_bodies(benchmark::State& state)
{
    auto const bodies = make_bodies();
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i != bodies.size(); ++i) {
        auto const body = typedstream::read_attributed_text(as_bytes(std::string_view { bodies[i] }));
        if (!body || body->damage || !body->text.starts_with("message " + std::to_string(1000 + i))
            || typedstream::links_of(*body).size() != (i % 4 == 0 ? 1 : 0))
            std::abort();
        bytes += static_cast<std::int64_t>(bodies[i].size());
    }
    for (auto _ : state)
        for (auto const& body : bodies)
            benchmark::DoNotOptimize(typedstream::read_attributed_text(as_bytes(std::string_view { body })));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kMessages));
    state.SetBytesProcessed(state.iterations() * bytes);
}
BENCHMARK(read_message_bodies);

} // namespace
