#include "artifacts/common/plist_file.hpp"
#include "artifacts/common/query.hpp"
#include "base/text.hpp"
#include "formats/plist/json.hpp"

#include <array>

namespace exhibit::ios::shortcuts {
namespace {

using namespace std::string_view_literals;

struct Shortcut {
    std::optional<std::int64_t> shortcut_id;
    std::optional<std::string_view> name;
    std::optional<std::string_view> description;
    Time created;
    Time modified;
    std::optional<std::int64_t> action_count;
    std::optional<std::string> actions;
    std::optional<std::string_view> workflow_id;
    std::optional<std::string_view> source_text;
    std::optional<bool> is_deleted;
    std::optional<Bytes> action_data; // not stored
};

constexpr std::array kShortcutColumns {
    column<&Shortcut::shortcut_id>("shortcut_id", "Number of the shortcut.").mvt("shortcut_id"),
    column<&Shortcut::name>("name", Is::free_text, "Name.").mvt("shortcut_name"),
    column<&Shortcut::description>("description", Is::free_text, "Summary of what it does, in words.")
        .mvt("description"),
    column<&Shortcut::created>("created", Clock::mac, "When it was made.").mvt("isodate"),
    column<&Shortcut::modified>("modified", Clock::mac, "When it was last changed.").mvt("modified_date"),
    column<&Shortcut::action_count>("action_count", "How many steps it has, by its own account.").mvt("-"),
    column<&Shortcut::actions>("actions", Is::system_text, "All steps, as JSON.").mvt("parsed_actions"),
    column<&Shortcut::workflow_id>("workflow_id", Is::opaque, "Its own number, made up by a device.")
        .mvt("-"),
    column<&Shortcut::source_text>("source_text", Is::free_text, "Where it came from, in the app's words.")
        .mvt("-"),
    column<&Shortcut::is_deleted>("is_deleted", "Whether the person deleted it.").mvt("-"),
};
constexpr std::array kShortcutEvents {
    Event { "created", "shortcut_created", "{name}: {description}" },
    Event { "modified", "shortcut_modified", "{name}: {description}" },
};
constexpr auto kShortcuts = table<Shortcut>("ios_shortcut", "One row per shortcut, with its steps.",
    Relation::present, kShortcutColumns, kShortcutEvents, "shortcuts");

struct Action {
    std::optional<std::int64_t> shortcut_id;
    std::int64_t position = 0;
    std::optional<std::string> action_id;
    std::optional<std::string> parameters;
    std::optional<std::string> data_texts;
};

constexpr std::array kActionColumns {
    column<&Action::shortcut_id>("shortcut_id", "The shortcut; its row may be gone.").mvt("-"),
    column<&Action::position>("position", "Place of the step, from 0.").mvt("-"),
    column<&Action::action_id>(
        "action_id", Is::app_id, "What the step does, such as is.workflow.actions.downloadurl.")
        .mvt("-"),
    column<&Action::parameters>("parameters", Is::system_text, "What it does it with, as JSON.").mvt("-"),
    column<&Action::data_texts>("data_texts", Is::system_text,
        "Texts that stand in `parameters` as data and so as base64, one a line.")
        .mvt("-"),
};
constexpr auto kActions = table<Action>(
    "ios_shortcut_action", "One row per step of a shortcut.", Relation::present, kActionColumns);

struct Trigger {
    std::optional<std::int64_t> trigger_id;
    std::optional<std::int64_t> shortcut_id;
    std::optional<bool> is_enabled;
    std::optional<bool> asks_first;
    std::optional<bool> notifies;
    std::optional<std::string> content;
    std::optional<Bytes> data;
};

constexpr std::array kTriggerColumns {
    column<&Trigger::trigger_id>("trigger_id", "Number of the automation.").mvt("-"),
    column<&Trigger::shortcut_id>("shortcut_id", "The shortcut that it runs.").mvt("-"),
    column<&Trigger::is_enabled>("is_enabled", "Whether it is switched on.").mvt("-"),
    column<&Trigger::asks_first>("asks_first", "Whether the person is asked before it runs.").mvt("-"),
    column<&Trigger::notifies>("notifies", "Whether the person is told that it ran.").mvt("-"),
    column<&Trigger::content>("content", Is::system_text,
        "What sets it off, as JSON, where it is a keyed archive; `$class` tells the kind.")
        .mvt("-"),
    column<&Trigger::data>("data", "What sets it off, in a form of the system's.").mvt("-"),
};
constexpr auto kTriggers = table<Trigger>("ios_shortcut_trigger",
    "One row per automation: a shortcut that runs by itself.", Relation::present, kTriggerColumns);

constexpr std::array kShortcutFields {
    from<&Shortcut::shortcut_id>("shortcut.Z_PK"),
    from<&Shortcut::name>("shortcut.ZNAME"),
    from<&Shortcut::description>("shortcut.ZACTIONSDESCRIPTION"),
    from<&Shortcut::created>("shortcut.ZCREATIONDATE", Clock::mac),
    from<&Shortcut::modified>("shortcut.ZMODIFICATIONDATE", Clock::mac),
    from<&Shortcut::action_count>("shortcut.ZACTIONCOUNT"),
    from<&Shortcut::workflow_id>("shortcut.ZWORKFLOWID"),
    from<&Shortcut::source_text>("shortcut.ZSOURCE"),
    from<&Shortcut::is_deleted>("shortcut.ZTOMBSTONED"),
    from<&Shortcut::action_data>("actions.ZDATA"),
};
constexpr std::array kStepFields {
    from<&Shortcut::shortcut_id>("actions.ZSHORTCUT"),
    from<&Shortcut::action_data>("actions.ZDATA"),
};
constexpr std::array kTriggerFields {
    from<&Trigger::trigger_id>("automation.Z_PK"),
    from<&Trigger::shortcut_id>("automation.ZSHORTCUT"),
    from<&Trigger::is_enabled>("automation.ZENABLED"),
    from<&Trigger::asks_first>("automation.ZSHOULDPROMPT"),
    from<&Trigger::notifies>("automation.ZSHOULDNOTIFY"),
    from<&Trigger::data>("automation.ZDATA"),
};

/// Texts that are stored as data, below a value.
struct DataTexts {
    std::size_t most;
    std::string found {};

    // NOLINTNEXTLINE(misc-no-recursion): as deep as the document was opened with at most
    void collect(plist::Value const& value)
    {
        if (auto const bytes = value.as_data()) {
            auto const text = as_text(*bytes);
            if (!text.empty() && text.size() + found.size() < most && is_plain_utf8(text))
                found.append(found.empty() ? "" : "\n").append(text);
        }
        for (auto const& element : value.elements())
            collect(element);
        for (auto const& entry : value.entries())
            collect(entry.value);
    }
};

Result<void> add_actions(
    plist::Value const& list, std::optional<std::int64_t> shortcut_id, Context& context, Origin origin)
{
    Action action;
    action.shortcut_id = shortcut_id;
    for (auto const& step : list.elements()) {
        action.action_id = step.find("WFWorkflowActionIdentifier").as_text();
        auto const parameters = step.find("WFWorkflowActionParameters");
        action.parameters.reset();
        action.data_texts.reset();
        if (parameters) {
            action.parameters = plist_json(parameters, context, origin);
            DataTexts texts { context.limits().text };
            texts.collect(parameters);
            if (!texts.found.empty())
                action.data_texts = std::move(texts.found);
        }
        EXHIBIT_TRY(context.add(kActions, action, origin));
        ++action.position;
    }
    return {};
}

Result<void> add_shortcut(Shortcut& row, Context& context, Origin origin)
{
    if (!row.action_data || row.action_data->empty())
        return context.add(kShortcuts, row, origin);
    auto const document = plist::Document::parse(*row.action_data, context.limits().depth);
    if (!document) {
        context.note(
            Level::warning, document.error().fault, "the steps of a shortcut cannot be read", origin);
        return context.add(kShortcuts, row, origin);
    }
    row.actions = plist::to_json(document->root(), context.limits().text).text;
    EXHIBIT_TRY(context.add(kShortcuts, row, origin));
    return add_actions(document->root(), row.shortcut_id, context, origin);
}

/// Steps whose shortcut is gone.
Result<void> read_steps_alone(sqlite::Database const& database, Context& context)
{
    if (!database.has_column("ZSHORTCUT", "Z_PK") || !database.has_column("ZSHORTCUTACTIONS", "ZSHORTCUT"))
        return {};
    Select const alone { .alias = "actions",
        .table = "ZSHORTCUTACTIONS",
        .where = "actions.ZSHORTCUT IS NULL OR actions.ZSHORTCUT NOT IN (SELECT Z_PK FROM ZSHORTCUT)",
        .deleted = true };
    return each_row<Shortcut>(
        database, context, alone, kStepFields, [&](Shortcut& row, Origin origin) -> Result<void> {
            if (!row.action_data || row.action_data->empty())
                return {};
            auto const document = plist::Document::parse(*row.action_data, context.limits().depth);
            if (!document) {
                context.note(
                    Level::warning, document.error().fault, "the steps of a shortcut cannot be read", origin);
                return {};
            }
            return add_actions(document->root(), row.shortcut_id, context, origin);
        });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZSHORTCUT"))
        return fail(Fault::unsupported, "the database has no table `ZSHORTCUT`");
    Select const shortcuts { .alias = "shortcut",
        .table = "ZSHORTCUT",
        .joins = { { "actions", "ZSHORTCUTACTIONS", "ZSHORTCUT", "shortcut.Z_PK" } },
        .once = true,
        .deleted = true };
    EXHIBIT_TRY(each_row<Shortcut>(database, context, shortcuts, kShortcutFields,
        [&](Shortcut& row, Origin origin) { return add_shortcut(row, context, origin); }));
    EXHIBIT_TRY(read_steps_alone(database, context));
    return each_row<Trigger>(database, context,
        { .alias = "automation", .table = "ZTRIGGER", .deleted = true }, kTriggerFields,
        [&](Trigger& row, Origin origin) {
            if (row.data)
                if (auto const archive = plist::KeyedArchive::parse(*row.data, context.limits().depth))
                    row.content = plist::to_json(archive->root(), context.limits().text).text;
            return context.add(kTriggers, row, origin);
        });
}

constexpr std::array kPaths { "/private/var/mobile/Library/Shortcuts/Shortcuts.sqlite"sv };
constexpr std::array<Table const*, 3> kTables { &kShortcuts, &kActions, &kTriggers };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.shortcuts",
    .title = "Shortcuts",
    .doc = "Shortcuts with all their steps, and automations. One spyware used an automation to come back "
           "after a restart. Read from "
           "Shortcuts.sqlite.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::shortcuts
