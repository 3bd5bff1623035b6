#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/processes/tables.hpp"

#include <algorithm>
#include <vector>

namespace exhibit::android::processes {
namespace {

std::optional<std::string> text_or_nothing(std::string_view text)
{
    return text.empty() || text == "0" || text == "-" ? std::nullopt : std::optional { std::string { text } };
}

/// A header of `ps`: what each word of a line means.
class Header {
public:
    static std::optional<Header> read(std::string_view line)
    {
        Header header;
        while (!line.empty())
            header.m_names.emplace_back(take_word(line));
        if (!header.has("USER") || !header.has("PID") || !(header.has("NAME") || header.has("CMD")))
            return std::nullopt;
        header.m_has_pc = header.has("PC");
        return header;
    }

    struct Row {
        Process process;
        std::optional<std::int64_t> tid;
    };

    [[nodiscard]] std::optional<Row> row(std::string_view line) const
    {
        Row row;
        bool has_pid = false;
        for (std::size_t i = 0; i + 1 < m_names.size() && !line.empty(); ++i) {
            auto const& name = m_names[i];
            if (name == "PCY" && lacks_policy(line))
                continue;
            auto const word = take_word(line);
            has_pid = has_pid || (name == "PID" && to_integer(word));
            set(row, name, word);
        }
        // Old versions print the state without a heading, behind the program counter.
        if (m_has_pc && line.size() > 2 && line[1] == ' ')
            row.process.state = take_word(line);
        if (!has_pid || line.empty())
            return std::nullopt;
        auto name = trim(line);
        if (name.starts_with('[') && name.ends_with(']'))
            name = name.substr(1, name.size() - 2);
        row.process.process = name;
        if (name.starts_with('/'))
            row.process.path = name.substr(0, name.find(' '));
        if (auto const package = package_of_process(name); !package.empty())
            row.process.package = package;
        return row;
    }

private:
    /// Whether the column PCY is empty, and what comes next stands in its place.
    [[nodiscard]] bool lacks_policy(std::string_view rest) const
    {
        auto const word = take_word(rest);
        if (word.contains(':'))
            return true; // Of real-time threads: the time.
        // Old versions leave it out for some threads.
        return m_has_pc && is_hexadecimal(word) && is_hexadecimal(take_word(rest));
    }

    static bool is_hexadecimal(std::string_view word)
    {
        return word.size() >= 8 && to_hex_integer(word).has_value();
    }

    [[nodiscard]] bool has(std::string_view name) const
    {
        return std::ranges::find(m_names, name) != m_names.end();
    }

    static void set(Row& row, std::string_view name, std::string_view word)
    {
        auto& process = row.process;
        if (name == "USER")
            process.user_name = word;
        else if (name == "PID")
            process.pid = to_integer(word).value_or(0);
        else if (name == "TID")
            row.tid = to_integer(word);
        else if (name == "PPID")
            process.parent_pid = to_integer(word);
        else if (name == "VSZ" || name == "VSIZE")
            process.virtual_kib = to_integer(word);
        else if (name == "RSS")
            process.resident_kib = to_integer(word);
        else if (name == "WCHAN")
            process.wait_channel = text_or_nothing(word);
        else if (name == "S")
            process.state = word;
        else if (name == "LABEL")
            process.label = word;
    }

    std::vector<std::string> m_names;
    bool m_has_pc = false;
};

} // namespace

Result<void> parse_ps(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const seen = time_of_section(input);
    std::optional<Header> header;
    bool has_text = false;
    for (Line line; lines.next(line);) {
        has_text = has_text || !trim(line.text).empty();
        if (auto const read = Header::read(line.text)) {
            header = read;
            continue;
        }
        auto row = header ? header->row(line.text) : std::nullopt;
        if (!row) {
            if (header && !trim(line.text).empty())
                context.note(
                    Level::warning, Fault::malformed, "a line that is no process", Origin { line.offset });
        } else if (row->tid && *row->tid != row->process.pid) {
            Thread const thread { row->process.pid, *row->tid, row->process.process };
            EXHIBIT_TRY(context.add(kThreads, thread, Origin { line.offset }));
        } else {
            row->process.seen = seen;
            EXHIBIT_TRY(context.add(kProcesses, row->process, Origin { line.offset }));
        }
    }
    if (has_text && !header)
        context.note(
            Level::damage, Fault::malformed, "a list of processes without a line that names its columns");
    return lines.result();
}

/// `1     /system/bin/init        0.09    5.59    0.00`
Result<void> parse_times(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const seen = time_of_section(input);
    for (Line line; lines.next(line);) {
        auto text = line.text;
        auto const pid = to_integer(take_word(text));
        auto const end = text.find("   ");
        if (!pid || end == text.npos)
            continue;
        Process process;
        process.seen = seen;
        process.pid = *pid;
        auto command = trim(text.substr(0, end));
        if (command.starts_with('[') && command.ends_with(']')) {
            command = command.substr(1, command.size() - 2);
        } else {
            process.command_line = command;
            auto const program = command.substr(0, command.find(' '));
            if (program.starts_with('/'))
                process.path = program;
            command = program;
        }
        process.process = command;
        if (auto const package = package_of_process(command); !package.empty())
            process.package = package;
        EXHIBIT_TRY(context.add(kProcesses, process, Origin { line.offset }));
    }
    return lines.result();
}

} // namespace exhibit::android::processes
