#include "artifact/artifact.hpp"
#include "base/line_reader.hpp"
#include "base/text.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace exhibit::ios::version_history {
namespace {

using namespace std::string_view_literals;

struct Version {
    Time seen;
    std::optional<std::string> os_version;
    std::optional<std::string> bug_type;
    std::optional<std::string> incident_id;
};

constexpr std::array kColumns {
    column<&Version::seen>("seen", Clock::utc_text, "When a report of this version was written.")
        .mvt("isodate"),
    column<&Version::os_version>(
        "os_version", Is::opaque, "Version and build of iOS, such as iPhone OS 16.3 (20D47).")
        .mvt("os_version"),
    column<&Version::bug_type>("bug_type", Is::opaque, "Kind of report, a number.").mvt("-"),
    column<&Version::incident_id>(
        "incident_id", Is::opaque, "The report's own number, made up by the system.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "seen", "ios_version", "{os_version}" } };
constexpr auto kVersions
    = table<Version>("ios_version_seen", "One row per report of the system's analytics: which iOS ran then.",
        Relation::context, kColumns, kEvents, "ios_version_history");

std::optional<std::string> text_of(nlohmann::json const& json, char const* key)
{
    auto const found = json.find(key);
    if (found == json.end() || found->is_structured()) // To write what nests deeply would recurse too far.
        return std::nullopt;
    return found->is_string() ? found->get<std::string>() : found->dump();
}

Result<void> parse(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    Line line;
    if (!reader.next(line))
        return reader.result();
    auto const json = nlohmann::json::parse(repair_utf8(line.text), nullptr, false);
    if (!json.is_object())
        return fail(Fault::malformed, "the first line is no JSON object");
    Version version;
    if (auto const stamp = text_of(json, "timestamp"))
        version.seen = Time::iso(*stamp);
    version.os_version = text_of(json, "os_version");
    version.bug_type = text_of(json, "bug_type");
    version.incident_id = text_of(json, "incident_id");
    return context.add(kVersions, version, Origin { line.number });
}

constexpr std::array kPaths {
    "/private/var/db/analyticsd/Analytics-Journal-*.ips"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/Analytics-*"sv,
};
constexpr std::array<Table const*, 1> kTables { &kVersions };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.version_history",
    .title = "iOS versions over time",
    .doc = "Which version of iOS ran when, from the first line of the reports that the system's analytics "
           "leaves every day.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::version_history
