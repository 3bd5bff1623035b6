#include "artifacts/common/plist_file.hpp"
#include "formats/plist/json.hpp"

#include <array>

namespace exhibit::ios::global_preferences {
namespace {

using namespace std::string_view_literals;

struct Preference {
    std::string key;
    std::string value;
    std::optional<bool> flag;
};

constexpr std::array kColumns {
    column<&Preference::key>("key", Is::opaque,
        "Name of the setting, such as LDMGlobalEnabled (Lockdown Mode): a name of Apple's that no indicator "
        "has.")
        .mvt("entry"),
    column<&Preference::value>("value", Is::free_text, "Its value, as JSON.").mvt("value"),
    column<&Preference::flag>("flag", "Its value, where it is yes or no, or 1 or 0.").mvt("-"),
};
constexpr auto kPreferences = table<Preference>("ios_global_preference",
    "One row per setting that holds for all apps.", Relation::context, kColumns, {}, "global_preferences");

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::uint64_t number = 0;
    for (auto const& entry : file.root().entries()) {
        Preference preference;
        preference.key = entry.key.as_text().value_or("");
        preference.value = plist::to_json(entry.value, context.limits().text).text;
        preference.flag = plist_flag(entry.value);
        EXHIBIT_TRY(context.add(kPreferences, preference, Origin { ++number }));
    }
    return {};
}

constexpr std::array kPaths { "/private/var/mobile/Library/Preferences/.GlobalPreferences.plist"sv };
constexpr std::array<Table const*, 1> kTables { &kPreferences };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.global_preferences",
    .title = "Global preferences",
    .doc = "Settings that hold for all apps; among them whether Lockdown Mode is on (`LDMGlobalEnabled`) and "
           "the device's languages.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::global_preferences
