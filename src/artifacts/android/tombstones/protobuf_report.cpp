#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/tombstones/tables.hpp"
#include "base/text.hpp"
#include "formats/protobuf/wire.hpp"

#include <fmt/format.h>

namespace exhibit::android::tombstones {
namespace {

using protobuf::Field;
using protobuf::for_each_field;
using protobuf::MessageReader;

constexpr std::array<std::string_view, 6> kArchitectures { "arm32", "arm64", "x86", "x86_64", "riscv64",
    "none" };

std::string hexadecimal(std::uint64_t value)
{
    return fmt::format("{:x}", value);
}

std::optional<std::string> owned(Field const& field)
{
    return field.bytes.empty() ? std::nullopt : std::optional { std::string { field.text() } };
}

// Field numbers: tombstone.proto of the Android Open Source Project.
class ProtobufReport {
public:
    ProtobufReport(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    /// The row of the crash, and in a second pass what hangs on it: the number of the thread that crashed
    /// stands before the threads, but nothing promises that order.
    Result<void> read(Bytes message)
    {
        auto const header = for_each_field(
            MessageReader { message }, [&](Field const& field) { return read_header(field); });
        if (!m_tombstone.pid && !header)
            return header;
        if (!m_tombstone.pid)
            return fail(Fault::malformed, "no crash report of a known form");
        finish_names();
        EXHIBIT_TRY(read_thread_names(message));
        EXHIBIT_TRY(m_context.add(kTombstones, m_tombstone, {}));
        auto const parts
            = for_each_field(MessageReader { message }, [&](Field const& field) { return read_part(field); });
        return header ? parts : header;
    }

private:
    Result<void> read_header(Field const& field)
    {
        auto& t = m_tombstone;
        switch (field.number) {
        case 1:
            t.architecture = field.value < kArchitectures.size() ? kArchitectures[field.value] : "unknown";
            break;
        case 2:
            t.build_fingerprint = owned(field);
            break;
        case 3:
            t.revision = owned(field);
            break;
        case 4:
            if (auto const text = trim(field.text()); !text.empty())
                t.crashed = Time::local(text, m_clock.zone);
            break;
        case 5:
            t.pid = field.integer();
            break;
        case 6:
            t.tid = field.integer();
            break;
        case 7:
            t.uid = field.integer();
            break;
        case 8:
            t.label = field.text().substr(0, field.text().find('\0')); // Ends like a text of C.
            break;
        case 9:
            add_argument(field.text());
            break;
        case 10:
            return for_each_field(
                MessageReader { field }, [&](Field const& part) { return read_signal(part); });
        case 14:
            t.abort_message = owned(field);
            break;
        case 15:
            return for_each_field(
                MessageReader { field }, [&](Field const& part) { return read_cause(part); });
        case 20:
            t.uptime_s = field.integer();
            break;
        default:
            break;
        }
        return {};
    }

    void add_argument(std::string_view text)
    {
        auto& line = m_tombstone.command_line;
        if (!line)
            m_program = text;
        append_part(line, ' ', text);
        append_part(m_tombstone.arguments, '\n', text);
    }

    Result<void> read_signal(Field const& field)
    {
        auto& t = m_tombstone;
        switch (field.number) {
        case 1:
            t.signal = field.integer();
            break;
        case 2:
            t.signal_name = owned(field);
            break;
        case 3:
            t.signal_code = static_cast<std::int32_t>(field.value);
            break;
        case 4:
            t.signal_code_name = owned(field);
            break;
        case 6:
            t.sender_uid = field.integer();
            break;
        case 7:
            t.sender_pid = field.integer();
            break;
        case 9:
            t.fault_address = hexadecimal(field.value);
            break;
        default:
            break;
        }
        return {};
    }

    Result<void> read_cause(Field const& field)
    {
        if (field.number == 1) {
            append_part(m_tombstone.cause, '\n', field.text());
        }
        return {};
    }

    void finish_names()
    {
        if (!m_tombstone.architecture) // What is zero is not written.
            m_tombstone.architecture = kArchitectures.front();
        if (!m_program.empty())
            set_process(m_tombstone, m_program);
    }

    /// Threads are a map: entries {1: id, 2: Thread}.
    struct Thread {
        std::uint64_t id = 0;
        Field content;
    };
    static Result<Thread> thread_of(Field const& entry)
    {
        Thread thread;
        EXHIBIT_TRY(for_each_field(MessageReader { entry }, [&](Field const& part) -> Result<void> {
            if (part.number == 1)
                thread.id = part.value;
            else if (part.number == 2)
                thread.content = part;
            return {};
        }));
        return thread;
    }

    [[nodiscard]] bool crashed(Thread const& thread) const
    {
        return m_tombstone.tid && thread.id == static_cast<std::uint64_t>(*m_tombstone.tid);
    }

    Result<void> read_thread_names(Bytes message)
    {
        // Damage further on is reported by the pass that reads the parts.
        (void)for_each_field(MessageReader { message }, [&](Field const& field) -> Result<void> {
            if (field.number != 16 || !m_tombstone.thread.empty())
                return {};
            auto const thread = EXHIBIT_TRY(thread_of(field));
            if (!crashed(thread))
                return {};
            return for_each_field(MessageReader { thread.content }, [&](Field const& part) -> Result<void> {
                if (part.number == 2)
                    m_tombstone.thread = part.text();
                return {};
            });
        });
        return {};
    }

    Result<void> read_part(Field const& field)
    {
        switch (field.number) {
        case 16:
            return read_thread(field);
        case 17:
            return read_mapping(field);
        case 18:
            return for_each_field(MessageReader { field },
                [&](Field const& part) { return part.number == 2 ? read_log(part) : Result<void> {}; });
        case 19:
            return read_file(field);
        default:
            return {};
        }
    }

    Result<void> read_thread(Field const& field)
    {
        auto const thread = EXHIBIT_TRY(thread_of(field));
        if (!crashed(thread))
            return add_other_thread(thread, field.offset);
        m_frame = 0;
        return for_each_field(MessageReader { thread.content },
            [&](Field const& part) { return part.number == 4 ? read_frame(part) : Result<void> {}; });
    }

    Result<void> add_other_thread(Thread const& thread, std::uint64_t offset)
    {
        OtherThread row;
        row.crashed = m_tombstone.crashed;
        row.tid = static_cast<std::int64_t>(thread.id);
        EXHIBIT_TRY(for_each_field(MessageReader { thread.content }, [&](Field const& part) -> Result<void> {
            if (part.number == 2)
                row.thread = part.text();
            return {};
        }));
        return row.thread.empty() ? Result<void> {} : m_context.add(kOtherThreads, row, Origin { offset });
    }

    Result<void> read_frame(Field const& field)
    {
        Frame frame;
        frame.crashed = m_tombstone.crashed;
        frame.frame = m_frame++;
        std::uint64_t offset = 0;
        EXHIBIT_TRY(for_each_field(MessageReader { field }, [&](Field const& part) -> Result<void> {
            if (part.number == 1)
                frame.pc = hexadecimal(part.value);
            else if (part.number == 4)
                frame.function = owned(part);
            else if (part.number == 5)
                offset = part.value;
            else if (part.number == 6)
                frame.module = part.text();
            else if (part.number == 8)
                frame.build_id = owned(part);
            return {};
        }));
        if (frame.function)
            frame.function = fmt::format("{}+{}", *frame.function, offset);
        frame.module_name = read_mapped_file(frame.module).name;
        return m_context.add(kFrames, frame, Origin { field.offset });
    }

    Result<void> read_mapping(Field const& field)
    {
        Mapping mapping;
        mapping.crashed = m_tombstone.crashed;
        mapping.access = "---";
        EXHIBIT_TRY(for_each_field(MessageReader { field }, [&](Field const& part) -> Result<void> {
            if (part.number == 1)
                mapping.begin = hexadecimal(part.value);
            else if (part.number == 2)
                mapping.end = hexadecimal(part.value);
            else if (part.number >= 4 && part.number <= 6 && part.flag())
                mapping.access[part.number - 4] = "rwx"[part.number - 4];
            else if (part.number == 7)
                mapping.module = part.text();
            return {};
        }));
        mapping.module_name = read_mapped_file(mapping.module).name;
        if (mapping.access[2] != 'x' || !is_foreign_code(mapping.module, mapping.access[1] == 'w'))
            return {};
        return m_context.add(kMappings, mapping, Origin { field.offset });
    }

    /// Lines of the log have no year: they are at most as old as the crash.
    [[nodiscard]] Time log_moment(std::string_view text) const
    {
        auto clock = m_clock;
        if (auto const* stored = std::get_if<std::string>(&m_tombstone.crashed.raw))
            if (auto const wall = from_text(std::string_view { *stored }.substr(0, 19)))
                clock.taken = wall;
        return text.size() > 2 && text[2] == '-' ? log_time(text, clock) : Time::local(text, m_clock.zone);
    }

    Result<void> read_log(Field const& field)
    {
        LogLine line;
        EXHIBIT_TRY(for_each_field(MessageReader { field }, [&](Field const& part) -> Result<void> {
            if (part.number == 1)
                line.logged = log_moment(part.text());
            else if (part.number == 2)
                line.pid = part.integer();
            else if (part.number == 3)
                line.tid = part.integer();
            else if (part.number == 4)
                line.priority = part.value < 9 ? std::string { "??VDIWEFS"[part.value] } : std::string {};
            else if (part.number == 5)
                line.tag = trim(part.text());
            else if (part.number == 6)
                line.message = part.text();
            return {};
        }));
        return m_context.add(kLogLines, line, Origin { field.offset });
    }

    Result<void> read_file(Field const& field)
    {
        OpenFile file;
        file.crashed = m_tombstone.crashed;
        EXHIBIT_TRY(for_each_field(MessageReader { field }, [&](Field const& part) -> Result<void> {
            if (part.number == 1)
                file.descriptor = part.integer();
            else if (part.number == 2)
                file.path = part.text();
            return {};
        }));
        return is_plain_file(file.path) ? m_context.add(kOpenFiles, file, Origin { field.offset })
                                        : Result<void> {};
    }

    Context& m_context;
    DeviceClock m_clock;
    Tombstone m_tombstone;
    std::string m_program;
    std::int64_t m_frame = 0;
};

} // namespace

Result<void> parse_protobuf(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    return ProtobufReport { context, input.clock }.read(content.bytes());
}

} // namespace exhibit::android::tombstones
