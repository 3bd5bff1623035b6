#include "artifacts/common/plist_file.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::ios::profile_lists {
namespace {

using namespace std::string_view_literals;

struct Listed {
    std::string_view file;
    std::string list_name;
    std::string profile_id;
};

constexpr std::array kListedColumns {
    column<&Listed::file>("file", Is::opaque, "The file, one of three that the system made."),
    column<&Listed::list_name>("list_name", Is::opaque,
        "The list: OrderedProfiles for those that a person sees, HiddenProfiles for those that they do not; "
        "a "
        "name of Apple's."),
    column<&Listed::profile_id>("profile_id", Is::profile_id, "Identifier of the profile."),
};
constexpr auto kListed = table<Listed>("ios_profile_listed",
    "One row per configuration profile in the system's own lists of them, hidden ones too.",
    Relation::installed, kListedColumns);

struct Restrictions {
    std::string_view file;
    std::string owner;
    std::string content;
};

constexpr std::array kRestrictionColumns {
    column<&Restrictions::file>("file", Is::opaque, "The file, one of three that the system made."),
    column<&Restrictions::owner>("owner", Is::profile_id,
        "In ClientTruth.plist the profile or program whose they are; in ProfileTruth.plist, which has those "
        "of all profiles together, the kind of restriction."),
    column<&Restrictions::content>("content", Is::free_text, "All of them, as JSON."),
};
constexpr auto kRestrictions = table<Restrictions>("ios_profile_restrictions",
    "One row per owner or kind of restrictions that profiles and programs set.", Relation::installed,
    kRestrictionColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    auto const name = base_name(input.path);
    std::uint64_t number = 0;
    for (auto const& entry : file.root().entries()) {
        auto const key = entry.key.as_text().value_or("");
        for (auto const& element : entry.value.elements())
            if (auto profile_id = element.as_text())
                EXHIBIT_TRY(context.add(kListed, { name, key, *std::move(profile_id) }, Origin { ++number }));
        if (entry.value.kind() == plist::Kind::dictionary) {
            Origin const origin { ++number };
            EXHIBIT_TRY(
                context.add(kRestrictions, { name, key, plist_json(entry.value, context, origin) }, origin));
        }
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/**ConfigurationProfiles/PayloadManifest.plist"sv,
    "/private/var/**ConfigurationProfiles/ProfileTruth.plist"sv,
    "/private/var/**ConfigurationProfiles/ClientTruth.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/MCState/*/"
    "PayloadManifest.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/MCState/*/"
    "ProfileTruth.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/logs/MCState/*/"
    "ClientTruth.plist"sv,
};
constexpr std::array<Table const*, 2> kTables { &kListed, &kRestrictions };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.profile_lists",
    .title = "Lists of configuration profiles",
    .doc
    = "Which configuration profiles the system counts as installed, those that it does not show too, and "
      "what profiles and programs restrict. Read from PayloadManifest.plist, ProfileTruth.plist and "
      "ClientTruth.plist; the form of these lists was not verified on a sample.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::profile_lists
