#pragma once

#include "indicators/matcher.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::indicators {

struct Sample {
    Kind kind;
    std::string_view value;
    Compare compare = Compare::equal;
};

/// A set of these values; the id of each is its position.
inline IndicatorSet set_of(std::vector<Sample> const& samples)
{
    SetBuilder builder;
    Pack pack;
    pack.title = "samples";
    builder.begin_pack(pack);
    for (std::size_t i = 0; i != samples.size(); ++i) {
        auto const id = std::to_string(i);
        RawIndicator raw;
        raw.id = id;
        raw.kind = samples[i].kind;
        raw.value = samples[i].value;
        raw.compare = samples[i].compare;
        builder.add(raw);
    }
    return builder.build();
}

/// `how/confidence` of what the value matches, joined by spaces; `none` when there is nothing.
inline std::string outcome(std::vector<Sample> const& samples, Is is, std::string_view value)
{
    Matcher matcher { set_of(samples) };
    std::string text;
    for (auto const& match : matcher.match(is, value)) {
        text += text.empty() ? "" : " ";
        text.append(name_of(match.how)).append("/").append(name_of(match.confidence));
    }
    return text.empty() ? "none" : text;
}

} // namespace exhibit::indicators
