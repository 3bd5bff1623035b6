#pragma once

#include "artifacts/common/query.hpp"

#include <array>
#include <functional>
#include <optional>
#include <string_view>

/// The file History of Chrome, and of browsers that are made from Chromium: the same on all systems.
namespace exhibit::chrome {

struct Visit {
    std::optional<std::string_view> package; ///< for systems on which several browsers have such a file
    std::optional<std::int64_t> visit_id;
    std::optional<std::int64_t> url_id;
    std::optional<std::string_view> url;
    std::optional<std::string_view> title;
    Time visited;
    std::optional<std::int64_t> from_visit;
    std::optional<std::int64_t> transition;
    std::optional<std::int64_t> visit_duration;
    std::optional<std::int64_t> visit_count;
    std::optional<std::int64_t> typed_count;
    std::optional<std::int64_t> source;
    std::optional<std::string_view> device_id;
};

inline constexpr std::array kVisitColumns {
    column<&Visit::visit_id>("visit_id", "Number of the visit; absent for a page whose visits are gone.")
        .mvt("visit_id"),
    column<&Visit::url_id>("url_id", "Number of the page; all visits of a page share it.").mvt("id"),
    column<&Visit::url>("url", Is::url, "The page; absent when its row is gone and only the visit is left.")
        .mvt("url"),
    column<&Visit::title>("title", Is::free_text, "Title of the page.").mvt("-"),
    column<&Visit::visited>("visited", Clock::webkit, "When the page was opened.").mvt("isodate+timestamp"),
    column<&Visit::from_visit>("from_visit", "The visit that led to this one.").mvt("redirect_source"),
    column<&Visit::transition>(
        "transition", "How it was come to, in the browser's code; its upper bits tell redirects.")
        .mvt("-"),
    column<&Visit::visit_duration>("visit_duration", "Microseconds that the page was open.").mvt("-"),
    column<&Visit::visit_count>("visit_count", "How often the page was opened in all.").mvt("-"),
    column<&Visit::typed_count>("typed_count", "How often its address was typed.").mvt("-"),
    column<&Visit::source>("source_code",
        "Where the visit comes from: 0 another device of the same account, 1 this browser, 2 an extension, "
        "3 and more another browser's history. Absent for most visits of this browser.")
        .mvt("-"),
    column<&Visit::device_id>("device_id", Is::opaque,
        "Code of the other device of the same account that made the visit; `another device` where "
        "`source_code` "
        "is 0 and the code was not kept. Absent for visits on this one.")
        .mvt("-"),
};
inline constexpr std::array kVisitEvents { Event { "visited", "visit", "{url} {title}" } };

/// Shows the visits, and then the pages whose visits are gone. `unsupported` for a database of something
/// else.
Result<void> each_visit(sqlite::Database const& database, Context& context,
    std::function<Result<void>(Visit&, Origin)> const& visit);

} // namespace exhibit::chrome
