#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

namespace exhibit::android::recent_tasks {
namespace {

struct RecentTask {
    std::optional<std::int64_t> task;
    std::int64_t user = 0;
    std::string package;
    std::string activity;
    std::optional<std::int64_t> uid;
    Time moved;
    std::optional<bool> to_front;
    std::optional<std::string> started_by;
    std::optional<std::string> action;
    std::optional<std::string> url;
};

constexpr std::array kColumns {
    column<&RecentTask::task>("task_number", "Number of the task."),
    column<&RecentTask::user>("user", "Number of the Android user."),
    column<&RecentTask::package>("package", Is::app_id, "App that is shown."),
    column<&RecentTask::activity>("activity", Is::opaque, "Class of the activity that it began with."),
    column<&RecentTask::uid>("uid", "Linux user id that it runs as."),
    column<&RecentTask::moved>("moved", Clock::local_text,
        "When it was last brought to the front or sent to the back; the file has milliseconds since 1970 in "
        "UTC, below 0 for the latter."),
    column<&RecentTask::to_front>("to_front", "Whether it was brought to the front then."),
    column<&RecentTask::started_by>("started_by", Is::app_id, "Package that started it."),
    column<&RecentTask::action>("action", Is::opaque, "What was asked for, such as `VIEW` of a link."),
    column<&RecentTask::url>("url", Is::url, "Link or other address that it was started with."),
};
constexpr std::array kEvents { Event { "moved", "app_shown", "{package}: {activity} {url}" } };
constexpr auto kTasks = table<RecentTask>("android_recent_task",
    "One row per app in the list of recent apps.", Relation::executed, kColumns, kEvents);

/// The sign tells where it was moved to.
void read_moved(RecentTask& row, XmlElement const& element)
{
    auto const stored = element.attribute("last_time_moved");
    auto const millis = to_integer(stored.value_or(""));
    if (!millis || *millis == 0)
        return;
    constexpr auto lowest = -std::numeric_limits<std::int64_t>::max(); // One below has no opposite.
    row.moved = millis_text(*stored, std::abs(std::max(*millis, lowest)));
    row.to_front = *millis > 0;
}

void read_task(RecentTask& row, XmlElement const& element)
{
    row.task = integer_of(element, "task_id");
    row.user = integer_of(element, "user_id").value_or(row.user);
    row.uid = integer_of(element, "effective_uid");
    read_moved(row, element);
    for (std::string_view const name : { "real_activity", "orig_activity" })
        if (auto const component = to_component(element.attribute(name).value_or(""));
            component && row.package.empty()) {
            row.package = component->package;
            row.activity = component->class_name;
        }
    row.started_by = text_of(element, "calling_package");
}

/// `<task task_id="12" real_activity="com.a/.Main" ...><activity launched_from_package="com.b"/><intent
/// action="..." data="https://..."/></task>`. Source: Task, ActivityRecord and Intent of the Android Open
/// Source Project.
Result<void> parse(Input const& input, Context& context)
{
    RecentTask row;
    row.user = user_of_path(input.path);
    EXHIBIT_TRY(for_each_element(input, context, [&](XmlElement const& element, Origin) -> Result<void> {
        if (element.depth == 1 && element.name == "task") {
            read_task(row, element);
        } else if (element.depth == 2 && element.name == "activity" && !row.started_by) {
            row.started_by = text_of(element, "launched_from_package");
        } else if (element.depth == 2 && element.name == "intent") {
            row.action = text_of(element, "action");
            row.url = text_of(element, "data");
        }
        return {};
    }));
    return row.package.empty() ? Result<void> {} : context.add(kTasks, row, {});
}

constexpr std::array<std::string_view, 1> kPaths { "/data/system_ce/*/recent_tasks/*_task.xml" };
constexpr std::array<Table const*, 1> kTables { &kTasks };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.recent_tasks",
    .title = "Recent apps",
    .doc = "The list of recent apps that a person can go back to, as it outlives a restart: what was on the "
           "screen last, who started it, and with which link.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::android::recent_tasks
