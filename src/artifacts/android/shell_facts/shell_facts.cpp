#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

namespace exhibit::android::shell_facts {
namespace {

struct Mode {
    std::string_view selinux_mode;
};

constexpr std::array kModeColumns {
    column<&Mode::selinux_mode>("selinux_mode", Is::opaque, "`Enforcing`, `Permissive` or `Disabled`."),
};
constexpr auto kModes = table<Mode>("android_selinux",
    "One row: whether the system enforces its access rules.", Relation::context, kModeColumns);

struct Registered {
    std::string_view service;
    std::string_view interface;
};

constexpr std::array kServiceColumns {
    column<&Registered::service>("service", Is::opaque, "Name that the service is found by."),
    column<&Registered::interface>("interface", Is::opaque, "Interface that it offers."),
};
constexpr auto kServices = table<Registered>("android_registered_service",
    "One row per service that programs of the system offered to others.", Relation::executed,
    kServiceColumns);

struct Variable {
    std::string_view name;
    std::string_view value;
};

constexpr std::array kVariableColumns {
    column<&Variable::name>("name", Is::opaque, "Name of the variable."),
    column<&Variable::value>("value", Is::system_text, "Its value."),
};
constexpr auto kVariables = table<Variable>("android_shell_variable",
    "One row per variable in the environment of adb's shell.", Relation::context, kVariableColumns);

/// `12<TAB>name: [interface]`, `name=value`, or the one word that `getenforce` prints.
Result<void> add_line(std::string_view name, Line const& line, Context& context)
{
    auto text = trim(line.text);
    Origin const origin { line.offset };
    if (text.empty())
        return {};
    if (name == "selinux.txt")
        return context.add(kModes, Mode { text }, origin);
    if (name == "env.txt" || name == "printenv") {
        auto const key = take_until(text, '=');
        return key.size() == trim(line.text).size() ? Result<void> {}
                                                    : context.add(kVariables, Variable { key, text }, origin);
    }
    auto const number = text.find_first_not_of("0123456789");
    if (number == 0 || number == text.npos || !text.ends_with(']'))
        return {};
    text = trim(text.substr(number));
    auto const colon = text.rfind(": [");
    if (colon == text.npos)
        return {};
    return context.add(kServices,
        Registered { text.substr(0, colon), text.substr(colon + 3, text.size() - colon - 4) }, origin);
}

Result<void> parse(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const name = base_name(input.path);
    for (Line line; lines.next(line);)
        EXHIBIT_TRY(add_line(name, line, context));
    return lines.result();
}

constexpr std::array<std::string_view, 4> kPaths { "@androidqf/selinux.txt", "@androidqf/services.txt",
    "@androidqf/env.txt", "@dumpstate/printenv" };
constexpr std::array<Table const*, 3> kTables { &kModes, &kServices, &kVariables };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.shell_facts",
    .title = "State of the system as the shell sees it",
    .doc = "Whether the system enforces its access rules, which services are registered, and the environment "
           "of the "
           "shell.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::shell_facts
