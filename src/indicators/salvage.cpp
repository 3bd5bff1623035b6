#include "indicators/salvage.hpp"

#include "base/text.hpp"
#include "indicators/json.hpp"

#include <algorithm>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kLongestObject = 1U << 20U;
constexpr std::size_t kMostFailures = 1000;

/// The length of the object at the front, by counting braces outside of strings; 0 when it has no end.
std::size_t object_length(std::string_view text)
{
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const c = text[at];
        if (c == '"')
            quoted = !quoted;
        else if (quoted)
            at += c == '\\' ? 1U : 0U;
        else if (c == '{')
            ++depth;
        else if (c == '}' && --depth == 0)
            return at + 1;
    }
    return 0;
}

bool is_whole(simdjson::dom::parser& parser, std::string_view piece)
{
    simdjson::dom::element object;
    return !piece.empty() && parse_json(parser, piece, object) == simdjson::SUCCESS && object.is_object()
        && !text_at(object, "type").empty();
}

} // namespace

std::string salvage_objects(std::string_view text)
{
    auto const repaired = is_plain_utf8(text) ? std::string {} : repair_utf8(text);
    if (!repaired.empty())
        text = repaired;
    std::string list = "[";
    simdjson::dom::parser parser;
    auto const objects = text.find("\"objects\"");
    auto at = text.find('{', objects == text.npos ? 0 : objects);
    // After a broken piece the search goes on at its next brace: where a closing brace or quote is lost,
    // that is the next object.
    for (std::size_t failures = 0; at != text.npos && failures != kMostFailures;) {
        auto const rest = text.substr(at, kLongestObject);
        auto const piece = rest.substr(0, object_length(rest));
        if (is_whole(parser, piece)) {
            list.append(list.size() == 1 ? "" : ",").append(piece);
            at = text.find('{', at + piece.size());
        } else {
            ++failures;
            at = text.find('{', at + 1);
        }
    }
    return list + ']';
}

} // namespace exhibit::indicators
