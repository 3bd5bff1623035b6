#include "artifacts/android/common/crash_line.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/tombstones/tables.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace exhibit::android::tombstones {
namespace {

constexpr std::size_t kLongestMessage = 64U << 10U;

enum class Part : std::uint8_t { header, backtrace, mappings, files, log, other };

/// Reads the parts of one text report; those of further threads are left out.
class TextReport {
public:
    TextReport(Input const& input, Context& context)
        : m_context(context)
        , m_clock(input.clock)
    {
        if (input.wall_clock) // Only a zip has one: the time of an unpacked file is that of the unpacking.
            m_file_written = Time::local(to_text(*input.wall_clock).substr(0, 19), m_clock.zone);
    }

    Result<void> add_line(Line const& line)
    {
        auto const text = line.text;
        if (m_in_message && !ends_message(text)) {
            add_to_message(text);
            return {};
        }
        if (!text.starts_with(' ')) { // Nearly all lines are indented.
            if (text.starts_with("--- --- ---") || text.starts_with("+++ +++ +++")) {
                EXHIBIT_TRY(finish_header());
                m_other_thread = true;
                m_part = Part::other;
                return {};
            }
            if (begins_part(text)) {
                EXHIBIT_TRY(finish_header());
                return {};
            }
            if (m_other_thread && m_part == Part::other && text.starts_with("pid: "))
                return add_other_thread(text, line.offset);
        }
        switch (m_part) {
        case Part::header:
            add_header(line);
            return {};
        case Part::backtrace:
            return m_other_thread ? Result<void> {} : add_frame(trim(text), line.offset);
        case Part::mappings:
            return add_mapping(trim(text), line.offset);
        case Part::files:
            return add_file(trim(text), line.offset);
        case Part::log:
            return add_log(text, line.offset);
        case Part::other:
            return {};
        }
        return {};
    }

    Result<void> finish()
    {
        EXHIBIT_TRY(finish_header());
        if (!m_added)
            return fail(Fault::malformed, "no crash report of a known form");
        return {};
    }

private:
    /// `    x0  0000007fd3a1b2c0  x1  ...`
    static bool are_registers(std::string_view text)
    {
        if (indent_of(text) != 4)
            return false;
        auto const name = take_word(text);
        auto const value = take_word(text);
        return name.size() <= 6 && (value.size() == 8 || value.size() == 16)
            && to_hex_integer(value).has_value();
    }

    /// The message is the process's own, printed as it is, with quotes and lines of any form: it ends at
    /// registers, which stand behind it, or at the backtrace.
    bool ends_message(std::string_view text)
    {
        if (text != "backtrace:" && !are_registers(text))
            return false;
        end_message();
        return true;
    }

    void end_message()
    {
        if (std::exchange(m_in_message, false))
            m_tombstone.abort_message = trim_quotes(std::exchange(m_message, {}));
    }

    bool begins_part(std::string_view text)
    {
        if (text == "backtrace:" || (text.ends_with(" total frames") && text.starts_with("backtrace")))
            m_part = Part::backtrace;
        else if (text.starts_with("memory map"))
            m_part = Part::mappings;
        else if (text.starts_with("open files:"))
            m_part = Part::files;
        else if (text.starts_with("--------- ") && text.contains("log "))
            m_part = Part::log;
        else if (text.starts_with("stack:") || text.starts_with("memory near ")
            || text.starts_with("code around "))
            m_part = Part::other;
        else
            return false;
        return true;
    }

    void add_header(Line const& line)
    {
        auto text = line.text;
        auto& t = m_tombstone;
        if (text.starts_with("------ TOMBSTONE ("))
            m_file_written = Time::local(between(text, ": ", ")").value_or(""), m_clock.zone);
        else if (eat(text, "Build fingerprint: "))
            t.build_fingerprint = trim_quotes(text);
        else if (eat(text, "Revision: "))
            t.revision = trim_quotes(text);
        else if (eat(text, "ABI: "))
            t.architecture = trim_quotes(text);
        else if (eat(text, "Timestamp: "))
            t.crashed = Time::local(trim(text), m_clock.zone);
        else if (eat(text, "Process uptime: "))
            t.uptime_s = leading_integer(text);
        else if (eat(text, "Cmdline: ") || eat(text, "Cmd line: "))
            set_command(trim(text));
        else if (eat(text, "Executable: "))
            t.program = trim(text);
        else if (eat(text, "uid: "))
            t.uid = to_integer(trim(text));
        else if (text.starts_with("pid: "))
            add_ids(text, line.offset);
        else if (text.starts_with("----- pid "))
            add_dump_ids(text, line.offset);
        else if (eat(text, "signal "))
            add_signal(text);
        else if (eat(text, "Cause: "))
            add_cause(trim(text));
        else if (eat(text, "Abort message: ")) {
            m_in_message = true;
            m_message = text;
        }
    }

    static std::string trim_quotes(std::string_view text)
    {
        text = trim(text);
        if (eat(text, "'") && text.ends_with('\''))
            text.remove_suffix(1);
        return std::string { text };
    }

    void set_command(std::string_view command)
    {
        m_tombstone.command_line = command;
        if (m_tombstone.process.empty())
            set_process(m_tombstone, command.substr(0, command.find(' ')));
    }

    /// `pid: 4242, tid: 4250, name: Thread-3  >>> com.example <<<`; that of the first thread counts.
    void add_ids(std::string_view text, std::uint64_t offset)
    {
        if (m_tombstone.pid)
            return;
        m_offset = offset;
        m_tombstone.pid = leading_integer(text.substr(5));
        m_tombstone.tid = leading_integer(between(text, "tid: ", ",").value_or(""));
        auto const names = read_crash_line(text);
        if (!names.thread.empty())
            m_tombstone.thread = names.thread;
        if (!names.process.empty())
            set_process(m_tombstone, names.process);
    }

    Result<void> add_other_thread(std::string_view text, std::uint64_t offset)
    {
        OtherThread row;
        row.crashed = m_tombstone.crashed;
        row.tid = leading_integer(between(text, "tid: ", ",").value_or("")).value_or(0);
        row.thread = read_crash_line(text).thread;
        return row.thread.empty() ? Result<void> {} : m_context.add(kOtherThreads, row, Origin { offset });
    }

    /// `----- pid 9611 at 2019-08-07 12:23:09 -----`: all threads of a process that did not crash.
    void add_dump_ids(std::string_view text, std::uint64_t offset)
    {
        if (m_tombstone.pid)
            return;
        m_offset = offset;
        m_tombstone.pid = leading_integer(text.substr(10));
        m_tombstone.crashed = Time::local(trim(between(text, " at ", " ---").value_or("")), m_clock.zone);
    }

    /// `11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10`, or `code -6 (SI_TKILL from pid 1, uid 0)`
    void add_signal(std::string_view text)
    {
        auto& t = m_tombstone;
        if (t.signal)
            return;
        t.signal = leading_integer(text);
        t.signal_name = between(text, "(", ")").value_or("");
        if (auto const code = text.find("code "); code != text.npos) {
            auto const rest = text.substr(code + 5);
            t.signal_code = leading_integer(rest);
            auto name = between(rest, "(", ")").value_or("");
            if (auto const from = name.find(" from pid "); from != name.npos) {
                t.sender_pid = leading_integer(name.substr(from + 10));
                if (auto const uid = name.find("uid "); uid != name.npos)
                    t.sender_uid = leading_integer(name.substr(uid + 4));
                name = name.substr(0, from);
            }
            t.signal_code_name = name;
        }
        if (auto const at = text.find("fault addr "); at != text.npos)
            if (auto const address = text.substr(at + 11); !address.starts_with("--"))
                t.fault_address = address.substr(0, address.find(' '));
    }

    void add_cause(std::string_view text) { append_part(m_tombstone.cause, '\n', text); }

    void add_to_message(std::string_view text)
    {
        if (m_message.size() < kLongestMessage)
            m_message += fmt::format("\n{}", text);
        else if (text.ends_with('\''))
            m_message += '\'';
    }

    /// `#00 pc 000603ca  /path/libc.so (offset 0x1000) (abort+166) (BuildId: 320f...)`
    Result<void> add_frame(std::string_view text, std::uint64_t offset)
    {
        if (!eat(text, "#")) {
            if (!text.empty() && !text.starts_with("NOTE: "))
                m_part = Part::other;
            return {};
        }
        Frame frame;
        frame.crashed = m_tombstone.crashed;
        frame.frame = leading_integer(take_word(text)).value_or(0);
        if (take_word(text) != "pc")
            return {};
        frame.pc = take_word(text);
        if (auto const build = text.rfind("(BuildId: "); build != text.npos) {
            frame.build_id = between(text.substr(build), ": ", ")");
            text = trim(text.substr(0, build));
        }
        auto const deleted = text.find(" (deleted)");
        auto const paren = text.find(" (", deleted == text.npos ? 0 : deleted + 1);
        frame.module = trim(text.substr(0, paren));
        auto rest = paren == text.npos ? std::string_view {} : text.substr(paren + 1);
        if (rest.starts_with("(offset "))
            rest = trim(rest.substr(std::min(rest.find(')') + 1, rest.size())));
        if (rest.starts_with('(') && rest.ends_with(')'))
            frame.function = rest.substr(1, rest.size() - 2);
        frame.module_name = read_mapped_file(frame.module).name;
        return m_context.add(kFrames, frame, Origin { offset });
    }

    /// `    0995c000-0995dfff r-x         0      2000  /vendor/bin/x (BuildId: 5dbc)`
    Result<void> add_mapping(std::string_view text, std::uint64_t offset)
    {
        (void)eat(text, "--->");
        auto range = take_word(text);
        auto const access = take_word(text);
        if (access.size() != 3 || access[2] != 'x')
            return {};
        for (int i = 0; i != 2 && to_hex_integer(text.substr(0, text.find(' '))); ++i)
            (void)take_word(text); // offset in the file and size; Android 4 has neither
        for (std::string_view const mark : { " (BuildId:", " (load bias" })
            text = text.substr(0, text.find(mark));
        auto const module = trim(text);
        if (!is_foreign_code(module, access[1] == 'w'))
            return {};
        Mapping mapping;
        mapping.crashed = m_tombstone.crashed;
        mapping.begin = take_until(range, '-');
        mapping.end = range;
        mapping.access = access;
        mapping.module = module;
        mapping.module_name = read_mapped_file(module).name;
        return m_context.add(kMappings, mapping, Origin { offset });
    }

    /// `fd 12: /path (owned by ...)`
    Result<void> add_file(std::string_view text, std::uint64_t offset)
    {
        if (!eat(text, "fd "))
            return {};
        OpenFile file;
        file.crashed = m_tombstone.crashed;
        file.descriptor = leading_integer(take_until(text, ':')).value_or(-1);
        text = trim(text);
        for (std::string_view const mark : { " (owned by", " (unowned)" })
            text = text.substr(0, text.find(mark));
        file.path = text;
        return is_plain_file(file.path) ? m_context.add(kOpenFiles, file, Origin { offset })
                                        : Result<void> {};
    }

    /// `05-01 10:11:12.345  4242  4250 E Tag     : words`
    Result<void> add_log(std::string_view text, std::uint64_t offset)
    {
        auto rest = text;
        LogLine row;
        auto const day = take_word(rest);
        auto const clock = take_word(rest);
        if (day.size() != 5 || clock.size() < 8)
            return {};
        auto log_clock = m_clock;
        auto const& written = m_tombstone.crashed.absent() ? m_file_written : m_tombstone.crashed;
        if (auto const* stored = std::get_if<std::string>(&written.raw))
            if (auto const wall = from_text(std::string_view { *stored }.substr(0, 19)))
                log_clock.taken = wall;
        row.logged = log_time(fmt::format("{} {}", day, clock), log_clock);
        row.pid = to_integer(take_word(rest));
        row.tid = to_integer(take_word(rest));
        row.priority = take_word(rest);
        auto const colon = rest.find(": ");
        row.tag = trim(rest.substr(0, colon));
        row.message = colon == rest.npos ? std::string_view {} : rest.substr(colon + 2);
        return m_context.add(kLogLines, row, Origin { offset });
    }

    /// The header is complete when another part begins.
    Result<void> finish_header()
    {
        if (m_added || !m_tombstone.pid)
            return {};
        m_added = true;
        end_message();
        if (m_tombstone.crashed.absent())
            m_tombstone.file_written = m_file_written;
        return m_context.add(kTombstones, m_tombstone, Origin { m_offset });
    }

    Context& m_context;
    DeviceClock m_clock;
    Time m_file_written;
    Tombstone m_tombstone;
    Part m_part = Part::header;
    std::string m_message;
    std::uint64_t m_offset = 0;
    bool m_in_message = false;
    bool m_other_thread = false;
    bool m_added = false;
};

} // namespace

Result<void> parse_text(Input const& input, Context& context)
{
    LineReader lines { *input.source, context.limits().text };
    TextReport report { input, context };
    for (Line line; lines.next(line);)
        EXHIBIT_TRY(report.add_line(line));
    EXHIBIT_TRY(lines.result());
    return report.finish();
}

} // namespace exhibit::android::tombstones
