#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/processes/tables.hpp"
#include "base/text.hpp"
#include "formats/json/json_elements.hpp"
#include "formats/json/json_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exhibit::android::processes {
namespace {

std::optional<std::string> owned(std::optional<std::string_view> text)
{
    return text && !text->empty() ? std::optional { std::string { *text } } : std::nullopt;
}

Result<std::string> joined(JsonValue& list, char separator, std::optional<std::string>* first = nullptr)
{
    std::string out;
    bool is_first = true;
    EXHIBIT_TRY(for_each_json_element(list, [&](JsonValue& value) -> Result<void> {
        auto const text = json_text(value).value_or("");
        if (std::exchange(is_first, false) && first != nullptr)
            *first = text;
        else if (!out.empty())
            out += separator;
        out += text;
        return {};
    }));
    return out;
}

/// Files with code that a process is made to load besides its own, by its environment or its arguments.
Result<void> add_preloads(Process const& process, Context& context, Origin origin)
{
    constexpr std::array<std::string_view, 5> names { "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH",
        "CLASSPATH", "-Djava.class.path" };
    auto const add_from = [&](std::string_view rest, char separator) -> Result<void> {
        while (!rest.empty()) {
            auto value = take_until(rest, separator);
            auto const variable = take_until(value, '=');
            if (std::ranges::find(names, variable) == names.end())
                continue;
            while (!value.empty()) {
                auto const path = value.substr(0, value.find_first_of(": "));
                value.remove_prefix(std::min(path.size() + 1, value.size()));
                if (!path.empty())
                    EXHIBIT_TRY(context.add(
                        kPreloads, Preload { process.pid, variable, path, base_name(path) }, origin));
            }
        }
        return {};
    };
    EXHIBIT_TRY(add_from(process.environment.value_or(""), '\n'));
    return add_from(process.command_line.value_or(""), ' ');
}

/// The collector fills in neither user nor path, and reads the numbers behind the name from wrong places:
/// only what does not depend on them is kept.
Result<void> read_field(
    Process& process, std::optional<std::string>& program, std::string_view key, JsonValue& value)
{
    if (key == "pid")
        process.pid = json_integer(value).value_or(0);
    else if (key == "filename")
        process.process = trim(json_text(value).value_or(""));
    else if (key == "path")
        process.path = owned(json_text(value));
    else if (key == "context")
        process.label = owned(json_text(value));
    else if (key == "cwd")
        process.working_folder = owned(json_text(value));
    else if (key == "command_line")
        process.command_line = owned(EXHIBIT_TRY(joined(value, ' ', &program)));
    else if (key == "env")
        process.environment = owned(EXHIBIT_TRY(joined(value, '\n')));
    return {};
}

/// The name in the process table is cut after 15 bytes; the first argument has all of it, and where it is a
/// path, the program's file.
void complete_name(Process& process, std::optional<std::string> const& program)
{
    if (!process.path && program && program->starts_with('/'))
        process.path = program;
    if (process.process.starts_with('(') && process.process.ends_with(')'))
        process.process = process.process.substr(1, process.process.size() - 2);
    auto const first = process.command_line
        ? std::string_view { *process.command_line }.substr(0, process.command_line->find(' '))
        : std::string_view {};
    if (!first.empty()) {
        if (!process.process.empty())
            process.kernel_name = process.process;
        process.process = first;
    }
    if (auto const package = package_of_process(process.process); !package.empty())
        process.package = package;
}

} // namespace

Result<void> parse_json(Input const& input, Context& context)
{
    JsonElements elements { *input.source };
    JsonObjectReader reader;
    auto const seen = time_of_section(input);
    for (JsonElement element; elements.next(element);) {
        Process process;
        process.seen = seen;
        std::optional<std::string> program;
        auto const read = reader.read(element.text,
            [&](std::string_view key, JsonValue& value) { return read_field(process, program, key, value); });
        if (!read)
            context.note(Level::damage, read.error().fault, read.error().what, Origin { element.offset });
        complete_name(process, program);
        if (!process.process.empty())
            EXHIBIT_TRY(context.add(kProcesses, process, Origin { element.offset }));
        EXHIBIT_TRY(add_preloads(process, context, Origin { element.offset }));
    }
    return elements.result();
}

} // namespace exhibit::android::processes
