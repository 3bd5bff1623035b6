#include "artifacts/common/plist_file.hpp"
#include "base/text.hpp"

#include <array>

namespace exhibit::ios::profile_events {
namespace {

using namespace std::string_view_literals;

struct ProfileEvent {
    std::string profile_id;
    Time happened;
    std::optional<std::string> operation;
    std::optional<std::string> process;
};

constexpr std::array kColumns {
    column<&ProfileEvent::profile_id>("profile_id", Is::profile_id, "Identifier of the profile.")
        .mvt("profile_id"),
    column<&ProfileEvent::happened>("happened", Clock::plist, "When it happened.").mvt("timestamp"),
    column<&ProfileEvent::operation>(
        "operation", Is::opaque, "What was done, such as install or remove: a word of Apple's.")
        .mvt("operation"),
    column<&ProfileEvent::process>("process", Is::process, "The process that did it.").mvt("process"),
};
constexpr std::array kEvents { Event {
    "happened", "profile_operation", "{operation} of profile {profile_id} by {process}" } };
constexpr auto kProfileEvents = table<ProfileEvent>("ios_profile_event",
    "One row per installation, change or removal of a configuration profile; also of profiles that are gone.",
    Relation::installed, kColumns, kEvents, "profile_events");

// Keys are compared without regard to case: both `timestamp` and `Timestamp` were seen.
ProfileEvent read_event(plist::Entry const& entry)
{
    ProfileEvent event;
    event.profile_id = entry.key.as_text().value_or("");
    for (auto const& field : entry.value.entries()) {
        auto const name = to_lower(field.key.as_text().value_or(""));
        if (name == "timestamp")
            event.happened = plist_time(field.value);
        else if (name == "operation")
            event.operation = field.value.as_text();
        else if (name == "process")
            event.process = field.value.as_text();
    }
    return event;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    auto const events = file.root().find("ProfileEvents");
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    if (events && events.kind() != plist::Kind::array)
        return fail(Fault::malformed, "`ProfileEvents` is no array");
    std::uint64_t number = 0;
    for (auto const& element : events.elements()) {
        Origin const origin { ++number };
        if (element.kind() != plist::Kind::dictionary)
            context.note(Level::warning, Fault::malformed, "an event is no dictionary", origin);
        for (auto const& entry : element.entries())
            EXHIBIT_TRY(context.add(kProfileEvents, read_event(entry), origin));
    }
    return {};
}

constexpr std::array kPaths {
    "/private/var/containers/Shared/SystemGroup/*/Library/ConfigurationProfiles/MCProfileEvents.plist"sv,
    "/private/var/mobile/Library/ConfigurationProfiles/MCProfileEvents.plist"sv,
    "/private/var/mobile/Library/UserConfigurationProfiles/MCProfileEvents.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "logs/MCState/Shared/MCProfileEvents.plist"sv,
};
constexpr std::array<Table const*, 1> kTables { &kProfileEvents };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.profile_events",
    .title = "Configuration profile events",
    .doc = "Installations and removals of configuration profiles, with the process that did it. Read from "
           "MCProfileEvents.plist; "
           "it keeps what happened after the profile itself was removed.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::profile_events
