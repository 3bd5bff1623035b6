#include "artifact/artifact.hpp"
#include "artifacts/ios/common/device_path.hpp"
#include "base/beginning.hpp"
#include "base/line_reader.hpp"
#include "base/number.hpp"
#include "base/text.hpp"
#include "formats/json/json_fields.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios::log_statistics {
namespace {

using namespace std::string_view_literals;

struct LoggingProcess {
    Time happened;
    std::string process;
    std::string path;
    std::optional<std::int64_t> size;
    std::optional<std::string> reason;
    std::optional<std::string> log_file;
};

constexpr std::array kColumns {
    column<&LoggingProcess::happened>("happened", Clock::utc_text,
        "When the log was closed, with its zone; in the newer form as seconds since 1970."),
    column<&LoggingProcess::process>("process", Is::process, "A process that had written to it."),
    column<&LoggingProcess::path>("path", Is::path, "Path of its program."),
    column<&LoggingProcess::size>("size", "Bytes that it had written."),
    column<&LoggingProcess::reason>(
        "reason", Is::opaque, "Why the log was closed, such as File Rotate: words of the system's."),
    column<&LoggingProcess::log_file>(
        "log_file", Is::opaque, "The log that was closed; the system numbers them."),
};
constexpr std::array kEvents { Event { "happened", "process_logged", "{path}" } };
constexpr auto kProcesses = table<LoggingProcess>("ios_log_statistic",
    "One row per time a log of the system was closed and process that had written much to it.",
    Relation::executed, kColumns, kEvents);

void name_process(std::string_view stored, LoggingProcess& row)
{
    row.path = device_path(repair_utf8(stored));
    row.process = base_name(row.path);
}

std::optional<std::int64_t> number_at(std::string_view text)
{
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
    return leading_number<std::int64_t>(text);
}

/// `key   : value`
std::optional<std::string_view> value_of(std::string_view line, std::string_view key)
{
    if (!line.starts_with(key))
        return std::nullopt;
    auto const at = line.find_first_not_of(' ', key.size());
    if (at == std::string_view::npos || line[at] != ':')
        return std::nullopt;
    return line.substr(std::min(line.size(), line.find_first_not_of(' ', at + 1)));
}

/// `    - [    3117304,  32.0, /usr/libexec/backboardd ]`
bool read_process(std::string_view line, LoggingProcess& row)
{
    auto const open = line.find("- [");
    auto const close = line.rfind(" ]");
    if (open == std::string_view::npos || close == std::string_view::npos || close < open + 3)
        return false;
    auto const fields = line.substr(open + 3, close - open - 3);
    auto const share = fields.find(',');
    auto const path = fields.find(", ", share == std::string_view::npos ? share : share + 1);
    if (path == std::string_view::npos)
        return false;
    row.size = number_at(fields.substr(0, share));
    name_process(fields.substr(path + 2), row);
    return true;
}

Result<void> read_text(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    Line line;
    bool inside = false;
    LoggingProcess record;
    while (reader.next(line)) {
        Origin const origin { line.number };
        if (line.text.starts_with("--- !")) {
            inside = line.text.starts_with("--- !logd statistics");
            record = {};
        } else if (!inside) {
            continue;
        } else if (auto const type = value_of(line.text, "type")) {
            record.reason = beginning_of(repair_utf8(*type));
        } else if (auto const file = value_of(line.text, "file")) {
            record.log_file = beginning_of(repair_utf8(*file));
        } else if (auto const time = value_of(line.text, "time")) {
            record.happened = Time::iso(*time);
        } else if (read_process(line.text, record)) {
            EXHIBIT_TRY(context.add(kProcesses, record, origin));
        }
    }
    return reader.result();
}

/// A record with all its processes: what is said of the log may stand behind them.
struct Record {
    LoggingProcess common;
    std::vector<LoggingProcess> processes;
};

constexpr std::size_t kMostProcesses = 10'000; // The system writes 50.

Result<void> read_listed(JsonValue& value, Record& record)
{
    return for_each_json_element(value, [&](JsonValue& element) -> Result<void> {
        simdjson::ondemand::object object;
        if (element.get_object().get(object) != simdjson::SUCCESS)
            return {};
        if (record.processes.size() == kMostProcesses)
            return fail(Fault::over_limit, "a record names more processes than are read");
        LoggingProcess process;
        EXHIBIT_TRY(for_each_field(object, [&](std::string_view key, JsonValue& part) -> Result<void> {
            if (key == "sizeBytes")
                process.size = json_integer(part);
            else if (key == "process")
                name_process(json_text(part).value_or(""), process);
            return {};
        }));
        record.processes.push_back(std::move(process));
        return {};
    });
}

Result<void> read_field(std::string_view key, JsonValue& value, Record& record)
{
    if (key == "processList")
        return read_listed(value, record);
    if (key == "unixTime") {
        if (auto const seconds = json_integer(value))
            record.common.happened = Time::unix_seconds(*seconds);
    } else if (key == "type") {
        if (auto const text = json_text(value))
            record.common.reason = beginning_of(*text);
    } else if (key == "file") {
        if (auto const text = json_text(value))
            record.common.log_file = beginning_of(*text);
    } else if (key == "client") { // A single process that wrote too much.
        LoggingProcess process;
        name_process(json_text(value).value_or(""), process);
        record.processes.push_back(std::move(process));
    }
    return {};
}

Result<void> read_lines(Input const& input, Context& context)
{
    LineReader reader { *input.source };
    JsonObjectReader json;
    Line line;
    while (reader.next(line)) {
        if (line.text.empty())
            continue;
        Origin const origin { line.number };
        Record record;
        auto const read = json.read(line.text,
            [&](std::string_view key, JsonValue& value) { return read_field(key, value, record); });
        if (!read)
            context.note(Level::damage, read.error().fault, read.error().what, origin);
        for (auto& process : record.processes) {
            process.happened = record.common.happened;
            process.reason = record.common.reason;
            process.log_file = record.common.log_file;
            if (!process.path.empty())
                EXHIBIT_TRY(context.add(kProcesses, process, origin));
        }
    }
    return reader.result();
}

Result<void> parse(Input const& input, Context& context)
{
    return input.path.ends_with(".jsonl") ? read_lines(input, context) : read_text(input, context);
}

constexpr std::array kPaths {
    "/private/var/db/diagnostics/logdata.statistics.*.txt"sv,
    "/private/var/db/diagnostics/logdata.statistics.*.jsonl"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "system_logs.logarchive/Extra/logdata.statistics.*.txt"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "system_logs.logarchive/Extra/logdata.statistics.*.jsonl"sv,
};
constexpr std::array<Table const*, 1> kTables { &kProcesses };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.log_statistics",
    .title = "Processes that wrote to the system's log",
    .doc = "Which programs had written most to the log of the system each time a file of it was closed, with "
           "their paths: "
           "a record of what ran that reaches back weeks or months, longer than the log itself. Read from "
           "logdata.statistics.0.txt and its kin, and since iOS 16.4 from files of JSON lines.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::log_statistics
