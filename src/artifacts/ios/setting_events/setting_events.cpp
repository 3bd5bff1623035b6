#include "artifacts/common/plist_file.hpp"
#include "base/beginning.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios::setting_events {
namespace {

using namespace std::string_view_literals;

struct SettingEvent {
    std::string setting;
    Time happened;
    std::optional<std::string> event;
    std::optional<std::string> process;
    std::optional<std::string> profile_uuid;
    std::optional<std::string> owner;
};

constexpr std::array kColumns {
    column<&SettingEvent::setting>("setting", Is::opaque,
        "The setting, with the groups that it belongs to, such as `Restrictions.restrictedBool.allowCamera`: "
        "names of Apple's."),
    column<&SettingEvent::happened>("happened", Clock::plist, "When it was last changed."),
    column<&SettingEvent::event>("event", Is::opaque, "What was done: a word of the system's."),
    column<&SettingEvent::process>("process", Is::process, "The process that did it."),
    column<&SettingEvent::profile_uuid>("profile_uuid", Is::profile_id,
        "The profile or declaration that did it, where one is named instead."),
    column<&SettingEvent::owner>("owner", Is::profile_id,
        "The profile or program whose restriction it is, where restrictions are kept apart by owner."),
};
constexpr std::array kEvents { Event { "happened", "setting_changed", "{setting} {event} by {process}" } };
constexpr auto kSettingEvents = table<SettingEvent>("ios_setting_event",
    "One row per setting or restriction, with its last change.", Relation::executed, kColumns, kEvents);

constexpr std::size_t kMostNodes = 200'000; // Some hundreds of settings are known.
// Thousands of nodes may share one text, so each is looked at before it is copied.
constexpr std::size_t kLongestText = 1024;
constexpr std::size_t kUuidSize = 36;

std::optional<std::string> uuid_at_start(std::string_view text)
{
    if (text.size() < kUuidSize)
        return std::nullopt;
    auto const uuid = text.substr(0, kUuidSize);
    for (std::size_t i = 0; i != kUuidSize; ++i) {
        bool const is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_hyphen ? uuid[i] != '-' : "0123456789abcdefABCDEF"sv.find(uuid[i]) == std::string_view::npos)
            return std::nullopt;
    }
    return std::string { uuid };
}

class Reading {
public:
    explicit Reading(Context& context)
        : m_context(&context)
    {
    }

    /// A dictionary with a time is a setting; any other holds settings or groups of them.
    // NOLINTNEXTLINE(misc-no-recursion): values end at the depth that the document was opened with
    Result<void> visit(plist::Value const& node, std::vector<std::string>& path)
    {
        if (++m_nodes > kMostNodes)
            return fail(Fault::over_limit, "more settings than are read");
        if (path.size() > 1 && node.find("timestamp"))
            return m_context->add(kSettingEvents, read(node, path), Origin { ++m_rows });
        for (auto const& entry : node.entries()) {
            if (entry.value.kind() != plist::Kind::dictionary)
                continue;
            path.push_back(text_of(entry.key).value_or(""));
            auto const visited = visit(entry.value, path);
            path.pop_back();
            if (!visited)
                return visited;
        }
        return {};
    }

private:
    std::optional<std::string> text_of(plist::Value const& value)
    {
        if (value.stored_size() <= kLongestText)
            return value.as_text();
        m_context->note(Level::warning, Fault::over_limit, "a name is longer than is read");
        return std::nullopt;
    }

    static std::string joined(std::vector<std::string> const& path)
    {
        std::string out;
        for (auto const& name : path) {
            if (out.size() >= kLongestRepeated)
                break;
            out += (out.empty() ? "" : ".") + name;
        }
        return std::string { beginning_of(out) };
    }

    SettingEvent read(plist::Value const& node, std::vector<std::string> const& path)
    {
        SettingEvent row;
        row.setting = joined(path);
        row.happened = plist_time(node.find("timestamp"));
        row.event = text_of(node.find("event"));
        row.process = text_of(node.find("process"));
        if (row.process)
            row.profile_uuid = uuid_at_start(*row.process);
        if (row.profile_uuid)
            row.process.reset();
        if (path.size() > 2
            && (path[0] == "SystemProfileRestrictions" || path[0] == "SystemClientRestrictions"))
            row.owner = path[1];
        return row;
    }

    Context* m_context;
    std::size_t m_nodes = 0;
    std::uint64_t m_rows = 0;
};

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::vector<std::string> path;
    return Reading { context }.visit(file.root(), path);
}

constexpr std::array kPaths {
    "/private/var/containers/Shared/SystemGroup/*/Library/ConfigurationProfiles/MCSettingsEvents.plist"sv,
    "/private/var/mobile/Library/ConfigurationProfiles/MCSettingsEvents.plist"sv,
    "/private/var/mobile/Library/UserConfigurationProfiles/MCSettingsEvents.plist"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "logs/MCState/Shared/MCSettingsEvents.plist"sv,
};
constexpr std::array<Table const*, 1> kTables { &kSettingEvents };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.setting_events",
    .title = "Changes of settings",
    .doc
    = "When each setting and restriction was last changed, and by which process or profile: of Lockdown "
      "Mode, the "
      "sending of diagnostics, the installation of apps and much else. Read from MCSettingsEvents.plist.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::setting_events
