#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

namespace exhibit::android::platform_compat {
namespace {

struct Override {
    std::int64_t change_id = 0;
    std::string_view name;
    std::optional<std::string_view> state;
    std::optional<bool> overridable;
    std::string_view package;
    std::optional<bool> enabled;
};

constexpr std::array kColumns {
    column<&Override::change_id>("change_id", "Number of the change in behavior."),
    column<&Override::name>("name", Is::opaque, "Its name.").mvt("change_name"),
    column<&Override::state>("state", Is::opaque,
        "`enabled` or `disabled`, as it is for other packages; empty where the line does not tell, as for "
        "what "
        "depends on the version that an app is made for.")
        .mvt("change_state"),
    column<&Override::overridable>(
        "overridable", "Whether it may be overridden for any package; empty where the line has no end."),
    column<&Override::package>("package", Is::app_id, "Package that it was overridden for.")
        .mvt("package_name"),
    column<&Override::enabled>("enabled", "Whether the change was switched on or off for it.")
        .mvt("override_value"),
};
constexpr auto kOverrides = table<Override>("android_compat_override",
    "One row per override of a package's behavior: it stays when the package is removed.", Relation::present,
    kColumns, {}, "dumpsys_platform_compat");

bool has_part(std::string_view text, std::string_view wanted)
{
    while (!text.empty())
        if (trim(take_until(text, ';')) == wanted)
            return true;
    return false;
}

/// `com.example=false, b=true`
Result<void> add_packages(Override row, std::string_view list, bool whole, Context& context, Origin origin)
{
    while (!list.empty()) {
        auto pair = trim(take_until(list, ','));
        if (!whole && !pair.contains('='))
            break; // A part of a name.
        row.package = take_until(pair, '=');
        row.enabled = to_flag(pair);
        if (!row.package.empty())
            EXHIBIT_TRY(context.add(kOverrides, row, origin));
    }
    return {};
}

constexpr std::string_view kOverridesOf = "rawOverrides={";

/// `ChangeId(168419799; name=DOWNSCALED; disabled; rawOverrides={com.example=false, b=true}; overridable)`
Result<void> parse(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        auto const at = text.find(kOverridesOf);
        if (!text.starts_with("ChangeId(") || at == text.npos)
            continue;
        auto rest = text.substr(at + kOverridesOf.size());
        bool const whole = rest.contains('}');
        auto const list = take_until(rest, '}');
        eat(text, "ChangeId(");
        bool const has_end = text.contains(')');
        if (!has_end)
            context.note(Level::damage, Fault::truncated, "a change without its end", Origin { line.offset });
        Override row;
        row.change_id = leading_integer(text).value_or(0);
        row.name = value_of(text, "name").value_or("");
        text = text.substr(0, text.rfind(')'));
        for (std::string_view const state : { "enabled", "disabled" })
            if (has_part(text, state))
                row.state = state;
        if (has_end)
            row.overridable = has_part(text, "overridable");
        EXHIBIT_TRY(add_packages(row, list, whole, context, Origin { line.offset }));
    }
    return lines.result();
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/platform_compat" };
constexpr std::array<Table const*, 1> kTables { &kOverrides };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.platform_compat",
    .title = "Compatibility overrides",
    .doc
    = "Packages for which the system once stored an exception from changed behavior. The entries outlive the "
      "package, so they can name an app that was removed.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::platform_compat
