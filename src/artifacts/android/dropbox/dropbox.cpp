#include "artifacts/android/common/crash_line.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/line_reader.hpp"
#include "base/text.hpp"
#include "formats/gzip/gzip.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::android::dropbox {
namespace {

struct Entry {
    Time happened;
    std::string entry_tag;
    std::optional<std::string> process;
    std::optional<std::string> package;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> size;
    std::optional<std::string> excerpt;
};

constexpr std::array kColumns {
    column<&Entry::happened>("happened", Clock::local_text, "When it was stored."),
    column<&Entry::entry_tag>("entry_tag", Is::opaque,
        "Kind: `system_server`, `system_app` or `data_app` with `_crash`, `_native_crash`, `_anr`, `_wtf`; "
        "`SYSTEM_BOOT`, `SYSTEM_RESTART`, `SYSTEM_TOMBSTONE` and so on."),
    column<&Entry::process>("process", Is::process, "Process that it is about."),
    column<&Entry::package>("package", Is::app_id, "Package of that process, where its name says so."),
    column<&Entry::pid>("pid", "Process id."),
    column<&Entry::uid>("uid", "Linux user id."),
    column<&Entry::size>("size", "Bytes of the text."),
    column<&Entry::excerpt>("excerpt", Is::system_text, "Its first lines, as far as they were printed."),
};
constexpr std::array kEvents { Event { "happened", "dropbox_entry", "{entry_tag} {process}" } };
constexpr auto kEntries = table<Entry>("android_dropbox_entry",
    "One row per stored report of a crash, hang or start of the system; up to about a thousand, over days to "
    "weeks.",
    Relation::executed, kColumns, kEvents);

constexpr std::size_t kLongestExcerpt = 4096;

class Dump {
public:
    Dump(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto const text = trim(line.text);
        if (begins_entry(line.text)) {
            EXHIBIT_TRY(finish());
            open(text, line.offset);
        } else if (m_open && !text.empty() && !text.starts_with("=====")) {
            add_text(text);
        }
        return {};
    }

    /// `data_app_native_crash@1714550000000.txt.gz`; `.lost` is what was cleaned up.
    Result<void> add_file(Input const& input)
    {
        auto name = base_name(input.path);
        m_row = {};
        m_row.entry_tag = take_until(name, '@');
        auto const millis = to_integer(take_until(name, '.'));
        if (!millis)
            return {}; // Not of the service: it names all of its files so.
        m_row.happened = Time::unix_millis(*millis);
        m_origin = Origin {};
        m_open = true;
        if (name.starts_with("txt"))
            EXHIBIT_TRY(add_content(input, name.ends_with(".gz")));
        return finish();
    }

    Result<void> finish()
    {
        if (!std::exchange(m_open, false))
            return {};
        return m_context.add(kEntries, m_row, m_origin);
    }

private:
    Result<void> add_content(Input const& input, bool packed)
    {
        constexpr std::size_t most = 64U << 10U; // What counts stands at the beginning.
        auto const unpacked = packed ? gzip::unpack(*input.source, most) : gzip::Unpacked {};
        if (unpacked.damage && unpacked.damage->fault != Fault::over_limit)
            m_context.note(Level::damage, unpacked.damage->fault, unpacked.damage->what);
        MemorySource const memory { Bytes { unpacked.bytes } };
        m_row.size = static_cast<std::int64_t>(packed ? unpacked.bytes.size() : input.source->size());
        if (unpacked.damage)
            m_row.size.reset();
        LineReader lines { packed ? static_cast<Source const&>(memory) : *input.source,
            m_context.limits().text };
        for (Line line; lines.next(line) && line.offset < most;)
            if (auto const text = trim(line.text); !text.empty())
                add_text(text);
        return lines.result();
    }

    /// `2024-05-01 10:11:12 data_app_native_crash (compressed text, 5020 bytes)` at the margin, where lines
    /// of a report may begin with a time too. Others are `(contents lost)` and `(no file)`.
    static bool begins_entry(std::string_view line)
    {
        auto const text = line.substr(0, line.find_last_not_of(" \t\r") + 1);
        return text.size() > 20 && text[4] == '-' && text[7] == '-' && text[10] == ' ' && text[19] == ' '
            && from_text(text.substr(0, 19)).has_value()
            && (text.ends_with(" bytes)") || text.ends_with("(contents lost)")
                || text.ends_with("(no file)"));
    }

    void open(std::string_view text, std::uint64_t offset)
    {
        m_open = true;
        m_row = {};
        m_origin = Origin { offset };
        m_row.happened = local_time(text.substr(0, 19), m_clock);
        auto rest = text.substr(std::min<std::size_t>(20, text.size())); // It may end in blanks only.
        m_row.entry_tag = take_word(rest);
        if (auto const comma = rest.rfind(", "); comma != rest.npos)
            m_row.size = leading_integer(rest.substr(comma + 2));
    }

    void set_process(std::string_view process)
    {
        if (m_row.process || process.empty())
            return;
        m_row.process = process;
        if (auto const package = package_of_process(process); !package.empty())
            m_row.package = package;
    }

    /// The short form has `Process: com.a/PID: 4242/UID: 10231/...`, the long one a header per line.
    void add_text(std::string_view text)
    {
        auto& excerpt = m_row.excerpt;
        if (!excerpt)
            excerpt.emplace();
        if (excerpt->size() < kLongestExcerpt)
            *excerpt += fmt::format("{}{}", excerpt->empty() ? "" : "\n", text.substr(0, kLongestExcerpt));
        auto const field = [&](std::string_view key) -> std::optional<std::string_view> {
            auto const at = text.find(key);
            if (at == text.npos || (at != 0 && text[at - 1] != '/'))
                return std::nullopt;
            auto const rest = text.substr(at + key.size());
            return trim(rest.substr(0, rest.find('/')));
        };
        set_process(field("Process: ").value_or(""));
        set_process(read_crash_line(text).process); // of a tombstone
        if (auto const pid = field("PID: "); pid && !m_row.pid)
            m_row.pid = to_integer(*pid);
        if (auto const uid = field("UID: "); uid && !m_row.uid)
            m_row.uid = to_integer(*uid);
    }

    Context& m_context;
    DeviceClock m_clock;
    bool m_open = false;
    Entry m_row;
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    Dump dump { context, clock_of_section(input) };
    if (input.path.starts_with('/'))
        return dump.add_file(input);
    return read_section(input, context, std::move(dump));
}

constexpr std::array<std::string_view, 4> kPaths { "@dumpsys/dropbox",
    "@dumpstate/dropbox_system_server_crashes", "@dumpstate/dropbox_system_app_crashes",
    "/data/system/dropbox/*" };
constexpr std::array<Table const*, 1> kTables { &kEntries };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.dropbox",
    .title = "Stored crash reports and starts",
    .doc = "Reports that the system stored of crashes, hangs and its own starts. The same report may stand "
           "both in the "
           "list and in the sections with whole texts. Times are the device's wall clock in a dump, UTC in "
           "the files "
           "that the service keeps.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::dropbox
