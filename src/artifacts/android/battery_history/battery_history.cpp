#include "artifacts/android/battery_history/tables.hpp"

namespace exhibit::android::battery_history {
namespace {

Result<void> parse(Input const& input, Context& context)
{
    return input.path.starts_with("@dumpstate/") ? parse_checkin(input, context)
                                                 : parse_history(input, context);
}

constexpr std::array<std::string_view, 2> kPaths { "@dumpsys/batterystats",
    "@dumpstate/checkin_batterystats" };
constexpr std::array<Table const*, 2> kTables { &kHistory, &kCheckin };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.battery_history",
    .title = "Battery history",
    .doc
    = "What drew power: apps in front, jobs, wake locks, the use of camera, microphone and location, and the "
      "installation and removal of packages. It reaches back to the last full charge or a few days.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::battery_history
