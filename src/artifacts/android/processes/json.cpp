#include "artifacts/android/common/text.hpp"
#include "artifacts/android/processes/tables.hpp"
#include "formats/json/json_elements.hpp"
#include "formats/json/json_fields.hpp"

namespace exhibit::android::processes {
namespace {

std::optional<std::string> owned(std::optional<std::string_view> text)
{
    return text && !text->empty() ? std::optional { std::string { *text } } : std::nullopt;
}

Result<std::string> joined(JsonValue& list, char separator)
{
    std::string out;
    EXHIBIT_TRY(for_each_json_element(list, [&](JsonValue& value) -> Result<void> {
        if (!out.empty())
            out += separator;
        out += json_text(value).value_or("");
        return {};
    }));
    return out;
}

/// The collector fills in neither user nor path, and reads the numbers behind the name from wrong places:
/// only what does not depend on them is kept.
Result<void> read_field(Process& process, std::string_view key, JsonValue& value)
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
        process.command_line = owned(EXHIBIT_TRY(joined(value, ' ')));
    else if (key == "env")
        process.environment = owned(EXHIBIT_TRY(joined(value, '\n')));
    return {};
}

/// The name in the process table is cut after 15 bytes; the first argument has all of it.
void complete_name(Process& process)
{
    if (process.process.starts_with('(') && process.process.ends_with(')'))
        process.process = process.process.substr(1, process.process.size() - 2);
    auto const first = process.command_line
        ? std::string_view { *process.command_line }.substr(0, process.command_line->find(' '))
        : std::string_view {};
    if (!first.empty())
        process.process = first;
    if (auto const package = package_of_process(process.process); !package.empty())
        process.package = package;
}

} // namespace

Result<void> parse_json(Input const& input, Context& context)
{
    JsonElements elements { *input.source };
    JsonObjectReader reader;
    for (JsonElement element; elements.next(element);) {
        Process process;
        auto const read = reader.read(element.text,
            [&](std::string_view key, JsonValue& value) { return read_field(process, key, value); });
        if (!read)
            context.note(Level::damage, read.error().fault, read.error().what, Origin { element.offset });
        complete_name(process);
        if (!process.process.empty())
            EXHIBIT_TRY(context.add(kProcesses, process, Origin { element.offset }));
    }
    return elements.result();
}

} // namespace exhibit::android::processes
