#include "artifacts/ios/crash_reports/json_report.hpp"
#include "artifacts/ios/crash_reports/rows.hpp"
#include "base/text.hpp"
#include "formats/json/json_prefix.hpp"
#include "formats/plist/json.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace exhibit::ios::crash_reports {
namespace {

using namespace std::string_view_literals;

constexpr auto kReports
    = table<Report>("ios_crash_report", "One row per crash, hang, panic or other report of the system's.",
        Relation::executed, kReportColumns, kReportEvents);
constexpr auto kProcesses = table<Process>("ios_crash_process",
    "One row per process that ran when a report on memory, a hang, the whole device or the use of resources "
    "was made.",
    Relation::executed, kProcessColumns);
constexpr auto kImages = table<Image>("ios_crash_image",
    "One row per program or library that a process had loaded when it failed.", Relation::executed,
    kImageColumns);
constexpr auto kFrames = table<Frame>("ios_crash_frame",
    "One row per call of the thread that failed, or that raised the exception.", Relation::executed,
    kFrameColumns);
constexpr auto kAnalytics = table<AnalyticsText>("ios_crash_analytics",
    "One row per different text of a report of the system's analytics that may name a program.",
    Relation::executed, kAnalyticsTextColumns);

/// Without the mark of the byte order, which some tools write.
std::string_view without_blanks(std::string_view text)
{
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark))
        text.remove_prefix(mark.size());
    auto const first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view {} : text.substr(first);
}

nlohmann::json parse_json(std::string_view text)
{
    if (is_plain_utf8(text))
        return nlohmann::json::parse(text, nullptr, false);
    return nlohmann::json::parse(repair_utf8(text), nullptr, false);
}

/// The JSON object of a report, as far as it can be read.
Result<void> read_object(std::string_view text, bool with_header, Contents& contents)
{
    auto json = parse_json(text);
    bool const whole = json.is_object();
    if (!whole)
        json = is_plain_utf8(text) ? json_before_damage(text) : json_before_damage(repair_utf8(text));
    if (with_header && json.is_object())
        read_header(json, contents);
    read_json_body(json, contents);
    if (!whole)
        return fail(
            Fault::truncated, "the JSON of a report ends early or is damaged: what follows there is lost");
    return {};
}

/// The body of a report: JSON, JSON in lines, a property list, or lines of text.
Result<void> read_body(std::string_view body, bool with_header, Contents& contents, Context& context)
{
    if (body.starts_with('{')) {
        if (with_header || !is_lines_of_json(body))
            return read_object(body, with_header, contents);
        read_lines_of_json(body, contents, context);
        return {};
    }
    if (body.starts_with("<?xml") || body.starts_with("bplist")) {
        auto const document = EXHIBIT_TRY(plist::Document::parse(as_bytes(body), context.limits().depth));
        auto const json = parse_json(plist::to_json(document.root(), context.limits().blob).text);
        read_json_body(json, contents);
    } else {
        read_text_body(body, contents);
    }
    return {};
}

/// A JSON object in one line before the body, in reports since iOS 9; older ones begin with the body, and
/// tools write header and body as one object.
Result<void> read_report(std::string_view text, Contents& contents, Context& context)
{
    auto const line = text.substr(0, text.find('\n'));
    auto const header = line.starts_with('{') ? parse_json(line) : nlohmann::json {};
    if (!header.is_object())
        return read_body(text, true, contents, context);
    read_header(header, contents);
    auto const body = without_blanks(text.substr(line.size()));
    if (!body.empty())
        return read_body(body, false, contents, context);
    read_json_body(header, contents);
    return {};
}

Result<void> add_rows(Contents& contents, Context& context)
{
    constexpr std::size_t longest = 255; ///< of what each row repeats
    auto const& report = contents.report;
    auto const beginning = [](std::optional<std::string> const& text) {
        return text ? std::optional { beginning_of(*text, longest) } : std::nullopt;
    };
    auto const incident_id = beginning(report.incident_id);
    auto const process = beginning(report.process);
    auto const add_all = [&](auto const& table, auto& rows, auto const& fill) -> Result<void> {
        std::uint64_t number = 0;
        for (auto& row : rows) {
            row.incident_id = incident_id;
            fill(row);
            EXHIBIT_TRY(context.add(table, row, Origin { ++number }));
        }
        return {};
    };
    EXHIBIT_TRY(add_all(kProcesses, contents.processes, [&](auto& row) { row.captured = report.captured; }));
    EXHIBIT_TRY(add_all(kFrames, contents.frames, [&](auto& row) { row.process = process; }));
    EXHIBIT_TRY(add_all(kImages, contents.images, [&](auto& row) {
        if (!row.process)
            row.process = process;
        row.captured = report.captured;
    }));
    EXHIBIT_TRY(add_all(kAnalytics, contents.analytics, [&](auto& row) { row.captured = report.written; }));
    if (contents.cut)
        context.note(Level::damage, Fault::over_limit,
            fmt::format(
                "a report has more than {} rows of a kind; the others were left out", Contents::kMostRows));
    return {};
}

void drop_repeated_names(Report& report)
{
    if (report.head_app_name == report.process || report.head_app_name == report.head_name)
        report.head_app_name.reset();
    if (report.head_name == report.process)
        report.head_name.reset();
}

Result<void> parse(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    auto const text = without_blanks(as_text(content.bytes()));
    if (text.empty())
        return {};
    Contents contents;
    auto const read = read_report(text, contents, context);
    auto& report = contents.report;
    if (!report.process && !report.bug_type && !report.incident_id && report.captured.absent()
        && contents.processes.empty())
        return read ? Result<void> { fail(Fault::unsupported, "the file is no report") } : read;
    if (report.bug_type)
        report.report_kind = kind_of(*report.bug_type);
    else if (contents.lists_memory)
        report.report_kind = "jetsam";
    if (report.captured.absent())
        report.captured = report.written;
    if (!contents.thread_names.empty())
        report.thread_names = fmt::format("{}", fmt::join(contents.thread_names, "\n"));
    drop_repeated_names(report);
    EXHIBIT_TRY(context.add(kReports, report, {}));
    EXHIBIT_TRY(add_rows(contents, context));
    return read;
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Logs/CrashReporter/**.ips**"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/**.crash**"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/**.panic**"sv,
    "/private/var/logs/CrashReporter/**.ips**"sv,
    "/private/var/wireless/Library/Logs/CrashReporter/**.ips**"sv,
    "/private/var/containers/Shared/SystemGroup/*/DiagnosticReports/**.ips**"sv,
    "/private/var/containers/Shared/SystemGroup/*/DiagnosticReports/**.crash**"sv,
};
constexpr std::array<Table const*, 5> kTables { &kReports, &kProcesses, &kImages, &kFrames, &kAnalytics };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.crash_reports",
    .title = "Crash and diagnostic reports",
    .doc
    = "Crashes, hangs, panics, resource reports and lists of running processes. Exploits leave crashes "
      "of the programs that they "
      "attack, and spyware shows up in lists of processes and of loaded libraries. Read from .ips files "
      "in all their forms: a "
      "line of JSON before JSON, a property list or text, either alone, and both as one JSON object; of the "
      "system's analytics, whose body is a JSON object a line, what may name a program.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::crash_reports
