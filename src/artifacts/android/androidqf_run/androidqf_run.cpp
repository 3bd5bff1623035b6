#include "artifact/artifact.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/utf16.hpp"
#include "formats/json/json_fields.hpp"

#include <array>

namespace exhibit::android::androidqf_run {
namespace {

struct Run {
    Time started;
    Time completed;
    std::optional<std::string> version;
    std::optional<std::string> key;
    std::optional<std::string> owner;
};

constexpr std::array kColumns {
    column<&Run::started>("started", Clock::utc_text, "When the acquisition began, by the computer's clock."),
    column<&Run::completed>("completed", Clock::utc_text, "When it ended; empty where it did not."),
    column<&Run::version>("program_version", Is::opaque, "Version of AndroidQF."),
    column<&Run::key>("key", Is::opaque, "Public key of the computer for adb, base64."),
    column<&Run::owner>("owner", Is::opaque, "What that computer calls itself: user and host."),
};
constexpr std::array kEvents {
    Event { "started", "acquisition_started", "acquisition with AndroidQF {program_version} began" },
    Event { "completed", "acquisition_completed", "acquisition with AndroidQF {program_version} ended" },
};
constexpr auto kRuns = table<Run>("android_androidqf_run",
    "One row for the description of the acquisition, and one for its computer's key where that has a file of "
    "its own: "
    "what happened then, and that key, are the acquisition's own traces.",
    Relation::context, kColumns, kEvents);

/// `QAAAA... user@host`
void set_key(Run& run, std::string_view text)
{
    text = trim(text);
    if (auto const key = take_word(text); !key.empty())
        run.key = key;
    if (!trim(text).empty())
        run.owner = trim(text);
}

Time moment(std::string_view text)
{
    return text.starts_with("0001-") ? Time {} : Time::iso(text); // What Go writes for no time.
}

Result<void> parse(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().text));
    Run run;
    if (input.path.ends_with(".pub")) {
        set_key(run, as_text(content.bytes()));
        return run.key ? context.add(kRuns, run, {}) : Result<void> {};
    }
    JsonObjectReader reader;
    EXHIBIT_TRY(reader.read(to_utf8(std::string { as_text(content.bytes()) }),
        [&](std::string_view key, JsonValue& value) -> Result<void> {
            auto const text = json_text(value).value_or("");
            if (key == "started")
                run.started = moment(text);
            else if (key == "completed")
                run.completed = moment(text);
            else if (key == "androidqf_version" && !text.empty())
                run.version = text;
            else if (key == "adb_host_public_key")
                set_key(run, text);
            return {};
        }));
    return context.add(kRuns, run, {});
}

constexpr std::array<std::string_view, 2> kPaths { "@androidqf/acquisition.json",
    "@androidqf/adb_host_key.pub" };
constexpr std::array<Table const*, 1> kTables { &kRuns };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.androidqf_run",
    .title = "The acquisition itself",
    .doc
    = "When AndroidQF ran and on which computer, so that its own traces are not taken for somebody else's.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::androidqf_run
