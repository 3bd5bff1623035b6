#include "artifacts/ios/crash_reports/json_report.hpp"

#include "artifacts/ios/common/device_path.hpp"
#include "base/number.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace exhibit::ios::crash_reports {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestName = 255; ///< of a file, in bytes

Json const& member(Json const& json, char const* key)
{
    static Json const kNone;
    if (!json.is_object())
        return kNone;
    auto const found = json.find(key);
    return found == json.end() ? kNone : *found;
}

std::optional<std::string> text(Json const& json, char const* key)
{
    auto const& value = member(json, key);
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_number())
        return value.dump();
    return std::nullopt;
}

std::optional<std::int64_t> integer(Json const& json, char const* key)
{
    auto const& value = member(json, key);
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    return std::nullopt;
}

std::optional<double> real(Json const& json, char const* key)
{
    auto const& value = member(json, key);
    return value.is_number() ? std::optional { value.get<double>() } : std::nullopt;
}

/// A flag that is written as `true` or as 1.
std::optional<bool> flag(Json const& json, char const* key)
{
    auto const& value = member(json, key);
    if (value.is_boolean())
        return value.get<bool>();
    auto const number = integer(json, key);
    return number ? std::optional { *number != 0 } : std::nullopt;
}

Time time(Json const& json, char const* key)
{
    auto const value = text(json, key);
    return value ? Time::iso(*value) : Time {};
}

template<typename T> void fill(std::optional<T>& field, std::optional<T> value)
{
    if (value)
        field = std::move(value);
}

/// All texts below a value, in lines.
// NOLINTNEXTLINE(misc-no-recursion): as deep as `depth_left` at most
void collect_text(Json const& value, std::string& into, unsigned depth_left)
{
    if (value.is_string())
        into += (into.empty() ? "" : "\n") + value.get<std::string>();
    if (depth_left != 0 && value.is_structured())
        for (auto const& element : value)
            collect_text(element, into, depth_left - 1);
}

std::optional<std::string> all_text(Json const& value)
{
    std::string collected;
    collect_text(value, collected, 4);
    return collected.empty() ? std::nullopt : std::optional { std::move(collected) };
}

void read_identity(Json const& body, Report& report)
{
    fill(report.incident_id, text(body, "incident"));
    fill(report.process, text(body, "procname")); // of older reports, as property lists
    fill(report.process, text(body, "procName"));
    if (auto const path = text(body, "procPath"))
        report.path = device_path(*path);
    fill(report.bundle_id, text(member(body, "bundleInfo"), "CFBundleIdentifier"));
    fill(report.app_version, text(member(body, "bundleInfo"), "CFBundleShortVersionString"));
    report.pid = integer(body, "pid");
    report.user_id = integer(body, "userID");
    report.parent_process = text(body, "parentProc");
    report.parent_pid = integer(body, "parentPid");
    report.responsible_process = text(body, "responsibleProc");
    report.coalition = text(body, "coalitionName");
    report.process_role = text(body, "procRole");
    report.code_signing_id = text(body, "codeSigningID");
    report.code_signing_team = text(body, "codeSigningTeamID");
    report.code_signing_flags = integer(body, "codeSigningFlags");
    report.code_signing_trust = integer(body, "codeSigningTrustLevel");
    fill(report.model, text(body, "modelCode"));
    fill(report.model, text(body, "product"));
    auto const& version = member(body, "osVersion");
    if (auto const train = text(version, "train"))
        report.os_version = fmt::format("{} ({})", *train, text(version, "build").value_or(""));
    else if (!report.os_version)
        report.os_version = text(body, "build");
}

void read_failure(Json const& body, Report& report)
{
    auto const& exception = member(body, "exception");
    report.exception_type = text(exception, "type");
    report.exception_codes = text(exception, "codes");
    report.exception_subtype = text(exception, "subtype");
    report.signal = text(exception, "signal");
    auto const& termination = member(body, "termination");
    if (termination.is_object()) {
        auto words = fmt::format("{} {} {}", text(termination, "namespace").value_or(""),
            text(termination, "code").value_or(""), text(termination, "indicator").value_or(""));
        if (auto const reasons = all_text(member(termination, "reasons")))
            words += '\n' + *reasons;
        report.termination = std::move(words);
        report.terminated_by = text(termination, "byProc");
    }
    report.faulting_thread = integer(body, "faultingThread");
    report.largest_process = text(body, "largestProcess");
    report.panic_text = text(body, "panicString");
    report.app_text = all_text(member(body, "asi"));
}

void read_images(Json const& images, Contents& contents)
{
    if (!images.is_array())
        return;
    for (auto const& one : images) {
        Image image;
        image.name = text(one, "name");
        if (auto const path = text(one, "path"))
            image.path = device_path(*path);
        image.binary_uuid = text(one, "uuid");
        image.bundle_id = text(one, "CFBundleIdentifier");
        image.origin_letter = text(one, "source");
        contents.keep(contents.images, std::move(image));
    }
}

std::optional<std::string> beginning(std::optional<std::string> name)
{
    return name ? std::optional { std::string { beginning_of(*name, kLongestName) } } : std::nullopt;
}

void read_frames(
    Json const& frames, std::int64_t thread, bool of_exception, Json const& images, Contents& contents)
{
    if (!frames.is_array())
        return;
    std::int64_t position = 0;
    for (auto const& one : frames) {
        Frame frame;
        frame.thread = thread;
        frame.of_exception = of_exception;
        frame.position = position++;
        frame.symbol = text(one, "symbol");
        frame.image_offset = integer(one, "imageOffset");
        auto const image = integer(one, "imageIndex").value_or(-1);
        if (images.is_array() && image >= 0 && static_cast<std::uint64_t>(image) < images.size())
            frame.image = beginning(text(images[static_cast<std::size_t>(image)], "name"));
        contents.keep(contents.frames, std::move(frame));
    }
}

void read_threads(Json const& body, Contents& contents)
{
    auto const& threads = member(body, "threads");
    if (!threads.is_array())
        return;
    std::int64_t number = 0;
    for (auto const& thread : threads) {
        for (auto const* const key : { "queue", "name" })
            contents.add_thread_name(text(thread, key).value_or(""));
        if (flag(thread, "triggered") == true || contents.report.faulting_thread == number)
            read_frames(member(thread, "frames"), number, false, member(body, "usedImages"), contents);
        ++number;
    }
}

void read_exception(Json const& body, Contents& contents)
{
    read_frames(member(body, "lastExceptionBacktrace"), contents.report.faulting_thread.value_or(0), true,
        member(body, "usedImages"), contents);
}

/// `Panicked task 0xffffffe19d3c5ef8: 8310 pages, 7 threads: pid 0: kernel_task`
std::optional<Process> panicked_task(Report const& report)
{
    auto rest = std::string_view { *report.panic_text };
    auto const after = [&](std::string_view mark) {
        auto const at = rest.find(mark);
        rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + mark.size());
    };
    after("Panicked task ");
    rest = rest.substr(0, rest.find('\n'));
    after("pid ");
    auto const pid = leading_number<std::int64_t>(rest);
    after(": ");
    if (!pid || rest.empty())
        return std::nullopt;
    Process process;
    process.process = rest.substr(0, rest.find('\r'));
    process.pid = pid;
    process.states = "panicked";
    return process;
}

Process process_of(Json const& one)
{
    Process process;
    process.process = text(one, "name");
    fill(process.process, text(one, "procname"));
    process.pid = integer(one, "pid");
    process.binary_uuid = text(one, "uuid");
    process.coalition = text(one, "coalition");
    process.states = all_text(member(one, "states"));
    process.reason = text(one, "reason");
    process.memory_pages = integer(one, "rpages");
    process.cpu_seconds = real(one, "cpuTime");
    process.code_signing_flags = integer(one, "csFlags");
    process.code_signing_trust = integer(one, "csTrustLevel");
    return process;
}

void read_processes(Json const& body, Contents& contents)
{
    auto const& list = member(body, "processes");
    if (list.is_array())
        for (auto const& one : list)
            contents.keep(contents.processes, process_of(one));
    auto const& by_pid = member(body, "processByPid");
    if (contents.report.panic_text)
        if (auto task = panicked_task(contents.report);
            task && !member(by_pid, std::to_string(*task->pid).c_str()).is_object())
            contents.keep(contents.processes, *std::move(task));
    if (by_pid.is_object())
        for (auto const& [key, one] : by_pid.items())
            contents.keep(contents.processes, process_of(one));
}

} // namespace

std::optional<std::string_view> kind_of(std::string_view bug_type)
{
    struct Kind {
        std::string_view number;
        std::string_view words;
    };
    static constexpr std::array kKinds { Kind { "109", "crash" }, Kind { "309", "crash" },
        Kind { "110", "panic" }, Kind { "210", "panic" }, Kind { "298", "jetsam" },
        Kind { "288", "stackshot" }, Kind { "509", "stackshot" }, Kind { "115", "reset" },
        Kind { "151", "forced reset" }, Kind { "142", "resource use" }, Kind { "143", "resource use" },
        Kind { "144", "resource use" }, Kind { "145", "disk writes" }, Kind { "159", "baseband" },
        Kind { "183", "system update" }, Kind { "185", "resource exception" },
        Kind { "385", "resource exception" }, Kind { "187", "sandbox" }, Kind { "194", "restore" },
        Kind { "202", "processor use" }, Kind { "206", "processor use, fatal" },
        Kind { "204", "automatic capture" }, Kind { "211", "analytics" }, Kind { "222", "hang" },
        Kind { "223", "hang" }, Kind { "228", "hang" }, Kind { "310", "hang" },
        Kind { "225", "transparency" }, Kind { "226", "transparency" },
        Kind { "227", "too many threads or ports" }, Kind { "327", "too many threads or ports" },
        Kind { "230", "power log" }, Kind { "308", "fault without end" }, Kind { "409", "watchdog" } };
    for (auto const& kind : kKinds)
        if (kind.number == bug_type)
            return kind.words;
    return std::nullopt;
}

void read_header(Json const& header, Contents& contents)
{
    auto& report = contents.report;
    report.incident_id = text(header, "incident_id");
    report.written = time(header, "timestamp");
    report.bug_type = text(header, "bug_type");
    report.head_name = text(header, "name");
    report.head_app_name = text(header, "app_name");
    report.process = report.head_app_name ? report.head_app_name : report.head_name;
    report.bundle_id = text(header, "bundleID");
    report.app_version = text(header, "app_version");
    report.os_version = text(header, "os_version");
    report.is_first_party = flag(header, "is_first_party");
}

void read_json_body(Json const& body, Contents& contents)
{
    auto& report = contents.report;
    report.captured = time(body, "captureTime");
    if (report.captured.absent())
        report.captured = time(body, "date");
    report.launched = time(body, "procLaunch");
    fill(report.bug_type, text(body, "bug_type"));
    read_identity(body, report);
    read_failure(body, report);
    read_images(member(body, "usedImages"), contents);
    read_threads(body, contents);
    read_exception(body, contents);
    read_processes(body, contents);
}

} // namespace exhibit::ios::crash_reports
