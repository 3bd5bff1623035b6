#include "artifacts/common/plist_file.hpp"

#include <array>

namespace exhibit::ios::web_clips {
namespace {

using namespace std::string_view_literals;

struct WebClip {
    std::optional<std::string> title;
    std::optional<std::string> url;
    std::optional<bool> full_screen;
};

constexpr std::array kColumns {
    column<&WebClip::title>("title", Is::free_text, "Name below its picture.").mvt("-"),
    column<&WebClip::url>("url", Is::url, "The page that it opens.").mvt("-"),
    column<&WebClip::full_screen>(
        "full_screen", "Whether the page is shown without the bars of a browser, as an app would look.")
        .mvt("-"),
};
constexpr auto kWebClips
    = table<WebClip>("ios_web_clip", "One row per web page on the home screen.", Relation::present, kColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    auto const root = file.root();
    if (root.kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    WebClip const clip { root.find("Title").as_text(), root.find("URL").as_text(),
        plist_flag(root.find("FullScreen")) };
    return context.add(kWebClips, clip, {});
}

constexpr std::array kPaths { "/private/var/mobile/Library/WebClips/*/Info.plist"sv };
constexpr std::array<Table const*, 1> kTables { &kWebClips };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.web_clips",
    .title = "Web pages on the home screen",
    .doc = "Pages that look like an app among the others: the person, a page or a configuration profile puts "
           "them there. Read from the files Info.plist of web clips.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::web_clips
