#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <set>

namespace exhibit::android::anr_traces {
namespace {

struct TracedProcess {
    std::string process;
    std::optional<std::string> package;
    std::optional<std::int64_t> pid;
    Time traced;
    std::optional<std::string> subject;
    std::int64_t threads = 0;
};

constexpr std::array kProcessColumns {
    column<&TracedProcess::process>("process", Is::process, "Process."),
    column<&TracedProcess::package>(
        "package", Is::app_id, "Package that it belongs to, where its name says so."),
    column<&TracedProcess::pid>("pid", "Process id."),
    column<&TracedProcess::traced>("traced", Clock::local_text, "When its threads were written down."),
    column<&TracedProcess::subject>("subject", Is::system_text, "Why, in the first process of a report."),
    column<&TracedProcess::threads>("threads", "How many threads it had."),
};
constexpr std::array kEvents { Event {
    "traced", "not_responding", "threads of {process} written down: {subject}" } };
constexpr auto kProcesses = table<TracedProcess>("android_traced_process",
    "One row per process whose threads were written down because an app hung.", Relation::executed,
    kProcessColumns, kEvents);

struct TracedThread {
    std::string process;
    std::string thread_name;
    std::optional<std::int64_t> tid;
};

constexpr std::array kThreadColumns {
    column<&TracedThread::process>("process", Is::process, "Process."),
    column<&TracedThread::thread_name>(
        "thread_name", Is::opaque, "Name of the thread: tools that were injected name theirs."),
    column<&TracedThread::tid>("tid", "Thread id, where it is printed."),
};
constexpr auto kThreads = table<TracedThread>(
    "android_traced_thread", "One row per thread of such a process.", Relation::executed, kThreadColumns);

struct TracedModule {
    std::string process;
    std::string path;
    std::string file_name;
};

constexpr std::array kModuleColumns {
    column<&TracedModule::process>("process", Is::process, "Process."),
    column<&TracedModule::path>("path", Is::path, "File that code of the process came from."),
    column<&TracedModule::file_name>("file_name", Is::file_name, "Its name."),
};
constexpr auto kModules = table<TracedModule>("android_traced_module",
    "One row per process and file outside of the system's partitions that its code came from.",
    Relation::executed, kModuleColumns);

constexpr std::size_t kMostModules = 10'000;

class Report {
public:
    Report(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = line.text;
        if (eat(text, "Subject: ")) {
            m_subject = text;
        } else if (text.starts_with("----- pid ")) {
            EXHIBIT_TRY(finish());
            open(text, line.offset);
        } else if (text.starts_with("----- end ")) {
            return finish();
        } else if (m_open && (eat(text, "Cmd line: ") || eat(text, "Cmdline: "))) {
            m_row.process = trim(text);
            if (auto const package = package_of_process(m_row.process); !package.empty())
                m_row.package = package;
        } else if (m_open && text.starts_with('"')) {
            return add_thread(text, line.offset);
        } else if (m_open && is_native_frame(trim(text))) {
            return add_frame(trim(text), line.offset);
        }
        return {};
    }

    Result<void> finish()
    {
        if (!std::exchange(m_open, false))
            return {};
        return m_context.add(kProcesses, m_row, m_origin);
    }

private:
    /// `----- pid 4242 at 2024-05-01 10:11:12.345678901+0200 -----`
    void open(std::string_view text, std::uint64_t offset)
    {
        m_open = true;
        m_row = {};
        m_modules.clear();
        m_origin = Origin { offset };
        m_row.pid = leading_integer(text.substr(10));
        m_row.traced = Time::local(trim(between(text, " at ", " ---").value_or("")), m_clock.zone);
        m_row.subject = std::exchange(m_subject, std::nullopt);
    }

    /// `"main" prio=5 tid=1 Native`, or `"Binder:4242_1" sysTid=4250`
    Result<void> add_thread(std::string_view text, std::uint64_t offset)
    {
        auto const close = text.find('"', 1);
        if (close == text.npos)
            return {};
        ++m_row.threads;
        TracedThread thread;
        thread.process = m_row.process;
        thread.thread_name = text.substr(1, close - 1);
        thread.tid = to_integer(value_of(text, "sysTid").value_or(""));
        return m_context.add(kThreads, thread, Origin { offset });
    }

    /// ART writes `native: #00 pc ...` below the threads of an app, debuggerd `#00 pc ...` for processes that
    /// have no ART.
    static bool is_native_frame(std::string_view text)
    {
        (void)eat(text, "native: ");
        return eat(text, "#") && leading_integer(take_word(text)) && text.starts_with("pc ");
    }

    /// `native: #00 pc 0000000000004321  /data/app/x/base.apk (offset 1000) (name+8)`
    Result<void> add_frame(std::string_view text, std::uint64_t offset)
    {
        auto const at = text.find("  /");
        if (at == text.npos)
            return {};
        auto path = text.substr(at + 2);
        path = trim(path.substr(0, path.find(" (")));
        constexpr std::array<std::string_view, 6> system { "/system/", "/apex/", "/vendor/", "/product/",
            "/system_ext/", "/odm/" };
        if (std::ranges::any_of(system, [&](auto folder) { return path.starts_with(folder); }))
            return {};
        if (m_modules.size() >= kMostModules || !m_modules.emplace(path).second)
            return {};
        return m_context.add(kModules,
            TracedModule { m_row.process, std::string { path }, std::string { read_mapped_file(path).name } },
            Origin { offset });
    }

    Context& m_context;
    DeviceClock m_clock;
    std::optional<std::string> m_subject;
    bool m_open = false;
    TracedProcess m_row;
    std::set<std::string, std::less<>> m_modules;
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    Report report { context, input.clock };
    for (Line line; lines.next(line);) {
        if (line.number % 4096 == 0 && context.stop().stop_requested())
            return fail(Fault::cancelled, "cancelled");
        EXHIBIT_TRY(report.add_line(line));
    }
    EXHIBIT_TRY(report.finish());
    return lines.result();
}

constexpr std::array<std::string_view, 6> kPaths { "/data/anr/**", "@dumpstate/vm_traces_just_now",
    "@dumpstate/vm_traces_at_last_anr", "@dumpstate/vm_traces_when_slow", "@dumpstate/last_anr",
    "@dumpstate/historical_anr" };
constexpr std::array<Table const*, 3> kTables { &kProcesses, &kThreads, &kModules };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.anr_traces",
    .title = "Processes written down when an app hung",
    .doc = "When an app does not respond, the system writes down the threads of it and of others. Their "
           "names, and files "
           "that code came from, show what was loaded into a process.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::anr_traces
