#include "artifacts/common/plist_file.hpp"

#include <array>

namespace exhibit::ios::disabled_services {
namespace {

using namespace std::string_view_literals;

struct Service {
    std::string label;
    std::optional<bool> disabled;
};

constexpr std::array kColumns {
    column<&Service::label>("label", Is::process, "The service, by its label."),
    column<&Service::disabled>("disabled", "Whether it is switched off; false where it was switched on."),
};
constexpr auto kServices = table<Service>("ios_service_switch",
    "One row per service that was switched on or off apart from how it came.", Relation::installed, kColumns);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::uint64_t number = 0;
    for (auto const& entry : file.root().entries())
        EXHIBIT_TRY(context.add(
            kServices, { entry.key.as_text().value_or(""), plist_flag(entry.value) }, Origin { ++number }));
    return {};
}

constexpr std::array kPaths {
    "/private/var/db/com.apple.xpc.launchd/disabled.plist"sv,
    "/private/var/db/com.apple.xpc.launchd/disabled.*.plist"sv,
};
constexpr std::array<Table const*, 1> kTables { &kServices };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.disabled_services",
    .title = "Services that were switched off",
    .doc = "Services that the process that starts all others was told to start or not to start. Read from "
           "disabled.plist and those of single users.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::disabled_services
