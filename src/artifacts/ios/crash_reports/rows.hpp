#pragma once

#include "artifact/artifact.hpp"
#include "base/beginning.hpp"

#include <array>
#include <set>

/// The rows of crash and diagnostic reports.
namespace exhibit::ios::crash_reports {

struct Report {
    std::optional<std::string> incident_id;
    Time captured;
    Time written;
    Time launched;
    std::optional<std::string> bug_type;
    std::optional<std::string_view> report_kind;
    std::optional<std::string> process;
    std::optional<std::string> head_name;
    std::optional<std::string> head_app_name;
    std::optional<std::string> path;
    std::optional<std::string> bundle_id;
    std::optional<std::string> app_version;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> user_id;
    std::optional<std::string> parent_process;
    std::optional<std::int64_t> parent_pid;
    std::optional<std::string> responsible_process;
    std::optional<std::string> coalition;
    std::optional<std::string> process_role;
    std::optional<std::string> os_version;
    std::optional<std::string> model;
    std::optional<bool> is_first_party;
    std::optional<std::string> exception_type;
    std::optional<std::string> exception_codes;
    std::optional<std::string> exception_subtype;
    std::optional<std::string> signal;
    std::optional<std::string> termination;
    std::optional<std::string> terminated_by;
    std::optional<std::string> code_signing_id;
    std::optional<std::string> code_signing_team;
    std::optional<std::int64_t> code_signing_flags;
    std::optional<std::int64_t> code_signing_trust;
    std::optional<std::int64_t> faulting_thread;
    std::optional<std::string> largest_process;
    std::optional<std::string> panic_text;
    std::optional<std::string> app_text;
    std::optional<std::string> thread_names;
};

inline constexpr std::array kReportColumns {
    column<&Report::incident_id>("incident_id", Is::opaque, "The report's own number, made up by the system.")
        .mvt("-"),
    column<&Report::captured>("captured", Clock::utc_text, "When it happened; the text has its zone.")
        .mvt("-"),
    column<&Report::written>(
        "written", Clock::utc_text, "When the report was written; the text has its zone.")
        .mvt("-"),
    column<&Report::launched>(
        "launched", Clock::utc_text, "When the process was started; the text has its zone.")
        .mvt("-"),
    column<&Report::bug_type>("bug_type", Is::opaque, "Kind of report as a number, such as 309.").mvt("-"),
    column<&Report::report_kind>("report_kind", Is::opaque, "The same in words: one of a few fixed ones.")
        .mvt("-"),
    column<&Report::process>("process", Is::process, "The process; absent in reports on the whole system.")
        .mvt("-"),
    column<&Report::head_name>("head_name", Is::process,
        "The process by the first line of the report, where what follows names it otherwise.")
        .mvt("-"),
    column<&Report::head_app_name>(
        "head_app_name", Is::process, "The app by that line, where it has neither of these names.")
        .mvt("-"),
    column<&Report::path>("path", Is::path, "Path of its program.").mvt("-"),
    column<&Report::bundle_id>("bundle_id", Is::process, "Its app, or its name as a part of the system.")
        .mvt("-"),
    column<&Report::app_version>("app_version", Is::opaque, "Its version; a number, never an indicator.")
        .mvt("-"),
    column<&Report::pid>("pid", "Number of the process.").mvt("-"),
    column<&Report::user_id>("user_id", "User that it ran as: 0 root, 501 mobile.").mvt("-"),
    column<&Report::parent_process>(
        "parent_process", Is::process, "The process that started it; launchd as a rule.")
        .mvt("-"),
    column<&Report::parent_pid>("parent_pid", "Number of that process.").mvt("-"),
    column<&Report::responsible_process>(
        "responsible_process", Is::process, "The process on whose behalf it ran.")
        .mvt("-"),
    column<&Report::coalition>(
        "coalition", Is::process, "Name of the group of processes that it belonged to.")
        .mvt("-"),
    column<&Report::process_role>(
        "process_role", Is::opaque, "Foreground, Background and so on: a word of the system's.")
        .mvt("-"),
    column<&Report::os_version>(
        "os_version", Is::opaque, "Version and build of iOS, such as iPhone OS 16.3 (20D47).")
        .mvt("-"),
    column<&Report::model>("model", Is::opaque, "Model such as iPhone9,3; no indicator names models.")
        .mvt("-"),
    column<&Report::is_first_party>("is_first_party", "Whether the program is Apple's.").mvt("-"),
    column<&Report::exception_type>(
        "exception_type", Is::opaque, "Such as EXC_BAD_ACCESS: a name of the system's.")
        .mvt("-"),
    column<&Report::exception_codes>("exception_codes", Is::opaque, "Codes of the exception, in digits.")
        .mvt("-"),
    column<&Report::exception_subtype>(
        "exception_subtype", Is::opaque, "Such as KERN_INVALID_ADDRESS at 0x0, from the system.")
        .mvt("-"),
    column<&Report::signal>("signal", Is::opaque, "Such as SIGSEGV: a name of the system's.").mvt("-"),
    column<&Report::termination>("termination", Is::free_text, "Why it was ended: namespace, code and words.")
        .mvt("-"),
    column<&Report::terminated_by>("terminated_by", Is::process, "The process that ended it.").mvt("-"),
    column<&Report::code_signing_id>("code_signing_id", Is::process, "Name that the program is signed with.")
        .mvt("-"),
    column<&Report::code_signing_team>(
        "code_signing_team", Is::opaque, "Team that signed it; indicators do not name teams.")
        .mvt("-"),
    column<&Report::code_signing_flags>(
        "code_signing_flags", "How it is signed: 0x4000000 marks a part of the system.")
        .mvt("-"),
    column<&Report::code_signing_trust>("code_signing_trust", "How far it is trusted, in the system's code.")
        .mvt("-"),
    column<&Report::faulting_thread>("faulting_thread", "The thread that failed.").mvt("-"),
    column<&Report::largest_process>("largest_process", Is::process, "The process that used most memory.")
        .mvt("-"),
    column<&Report::panic_text>(
        "panic_text", Is::free_text, "What the kernel said when the whole device failed.")
        .mvt("-"),
    column<&Report::app_text>("app_text", Is::free_text, "What the program itself left in the report.")
        .mvt("-"),
    column<&Report::thread_names>("thread_names", Is::opaque,
        "Names of its threads and labels of their queues, one a line; indicators do not name these.")
        .mvt("-"),
};
inline constexpr std::array kReportEvents {
    Event { "captured", "diagnostic_report", "{report_kind} {process} {exception_type} {termination}" },
    Event { "launched", "process_launched", "{process} {path}" },
};

struct Process {
    std::optional<std::string_view> incident_id;
    Time captured;
    std::optional<std::string> process;
    std::optional<std::int64_t> pid;
    std::optional<std::string> path;
    std::optional<std::string> parent_process;
    std::optional<std::int64_t> parent_pid;
    std::optional<std::string> binary_uuid;
    std::optional<std::string> coalition;
    std::optional<std::string> states;
    std::optional<std::string> reason;
    std::optional<std::int64_t> memory_pages;
    std::optional<double> cpu_seconds;
    std::optional<std::int64_t> code_signing_flags;
    std::optional<std::int64_t> code_signing_trust;
};

inline constexpr std::array kProcessColumns {
    column<&Process::incident_id>("incident_id", Is::opaque, "The report, by its own number.").mvt("-"),
    column<&Process::captured>("captured", Clock::utc_text, "When the list was made; the text has its zone.")
        .mvt("-"),
    column<&Process::process>("process", Is::process, "The process; the name may be cut.").mvt("-"),
    column<&Process::pid>("pid", "Number of the process.").mvt("-"),
    column<&Process::path>("path", Is::path, "Path of its program; reports on hangs have it.").mvt("-"),
    column<&Process::parent_process>(
        "parent_process", Is::process, "The process that started it, in the same reports.")
        .mvt("-"),
    column<&Process::parent_pid>("parent_pid", "Number of that process.").mvt("-"),
    column<&Process::binary_uuid>(
        "binary_uuid", Is::opaque, "UUID of its binary; indicators do not name these.")
        .mvt("-"),
    column<&Process::coalition>(
        "coalition", Is::app_id, "Number of the group of processes that it belonged to.")
        .mvt("-"),
    column<&Process::states>("states", Is::opaque, "Such as frontmost or suspended: words of the system's.")
        .mvt("-"),
    column<&Process::reason>("reason", Is::opaque, "Why it was ended, if it was: a word of the system's.")
        .mvt("-"),
    column<&Process::memory_pages>("memory_pages", "Pages of memory that it used.").mvt("-"),
    column<&Process::cpu_seconds>("cpu_seconds", "Seconds of processor time that it used.").mvt("-"),
    column<&Process::code_signing_flags>(
        "code_signing_flags", "How it is signed: 0x4000000 marks a part of the system.")
        .mvt("-"),
    column<&Process::code_signing_trust>("code_signing_trust", "How far it is trusted, in the system's code.")
        .mvt("-"),
};

struct Image {
    std::optional<std::string_view> incident_id;
    Time captured;
    std::optional<std::string> process;
    std::optional<std::string> name;
    std::optional<std::string> path;
    std::optional<std::string> binary_uuid;
    std::optional<std::string> bundle_id;
    std::optional<std::string> origin_letter;
};

inline constexpr std::array kImageColumns {
    column<&Image::incident_id>("incident_id", Is::opaque, "The report, by its own number.").mvt("-"),
    column<&Image::captured>("captured", Clock::utc_text, "When it happened; the text has its zone.")
        .mvt("-"),
    column<&Image::process>("process", Is::process, "The process that had it loaded.").mvt("-"),
    column<&Image::name>("name", Is::file_name, "Name of the program or library.").mvt("-"),
    column<&Image::path>("path", Is::path, "Where it lies.").mvt("-"),
    column<&Image::binary_uuid>(
        "binary_uuid", Is::opaque, "UUID of the binary; indicators do not name these.")
        .mvt("-"),
    column<&Image::bundle_id>("bundle_id", Is::app_id, "The bundle that it is a part of.").mvt("-"),
    column<&Image::origin_letter>(
        "origin_letter", Is::opaque, "P loaded by the process, S a part of the system's shared cache.")
        .mvt("-"),
};

struct Frame {
    std::optional<std::string_view> incident_id;
    std::optional<std::string_view> process;
    std::int64_t thread = 0;
    std::int64_t position = 0;
    bool of_exception = false;
    std::optional<std::string> image;
    std::optional<std::string> symbol;
    std::optional<std::int64_t> image_offset;
};

inline constexpr std::array kFrameColumns {
    column<&Frame::incident_id>("incident_id", Is::opaque, "The report, by its own number.").mvt("-"),
    column<&Frame::process>("process", Is::process, "The process.").mvt("-"),
    column<&Frame::thread>("thread", "The thread that failed.").mvt("-"),
    column<&Frame::position>("position", "Place in the chain of calls; 0 is where it failed.").mvt("-"),
    column<&Frame::of_exception>("of_exception",
        "Whether it is of the chain of calls that raised the exception which ended the process, not of where "
        "the thread stood then.")
        .mvt("-"),
    column<&Frame::image>("image", Is::file_name, "The program or library.").mvt("-"),
    column<&Frame::symbol>("symbol", Is::opaque,
        "Name of the function, where the report has it; indicators do not name functions.")
        .mvt("-"),
    column<&Frame::image_offset>("image_offset", "Bytes from the start of the program or library.").mvt("-"),
};

struct AnalyticsText {
    std::optional<std::string_view> incident_id;
    Time captured;
    std::string event;
    std::string name;
    std::string value;
    std::int64_t lines = 1;
};

inline constexpr std::array kAnalyticsTextColumns {
    column<&AnalyticsText::incident_id>("incident_id", Is::opaque, "The report, by its own number.").mvt("-"),
    column<&AnalyticsText::captured>("captured", Clock::utc_text,
        "When the report was written: what it counts happened in the days before.")
        .mvt("-"),
    column<&AnalyticsText::event>("event", Is::opaque, "What was counted: a name of the system's.").mvt("-"),
    column<&AnalyticsText::name>("name", Is::opaque, "What the text is, by the system's word for it.")
        .mvt("-"),
    column<&AnalyticsText::value>(
        "value", Is::process, "The program, service or app; without the version that may follow it.")
        .mvt("-"),
    column<&AnalyticsText::lines>("lines", "In how many lines of the report it stands so.").mvt("-"),
};

/// What one report gives. What each row repeats of the report is filled in when it is added.
struct Contents {
    static constexpr std::size_t kMostRows = 100'000; ///< of one kind

    Report report;
    std::vector<Process> processes;
    std::vector<Image> images;
    std::vector<Frame> frames;
    std::vector<AnalyticsText> analytics;
    bool lists_memory = false; ///< it is one on memory that ran low, in text
    bool cut = false; ///< it has more rows of a kind than are kept
    std::set<std::string, std::less<>> thread_names; ///< and labels of queues

    void add_thread_name(std::string_view name)
    {
        constexpr std::size_t most = 1000;
        constexpr std::size_t longest = 256;
        if (!name.empty() && thread_names.size() < most)
            thread_names.emplace(beginning_of(name, longest));
    }
    template<typename Row> void keep(std::vector<Row>& rows, Row row)
    {
        if (rows.size() == kMostRows)
            cut = true;
        else
            rows.push_back(std::move(row));
    }
};

} // namespace exhibit::ios::crash_reports
