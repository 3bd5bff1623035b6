#pragma once

#include "artifact/artifact.hpp"
#include "base/line_reader.hpp"

#include <array>
#include <functional>
#include <string>

/// Text logs of system services. Two forms of head are in use, and what follows without one belongs to the
/// entry before it:
///
///     Wed May 24 13:58:04 2023 [206] <notice> (0x16f72b000) -[MIInstaller performWithError:]: text
///     10/13/21 07:57:42.865446 pid=69 handle_get_value: text
///
/// Times are those of the device's wall clock, in no stated zone.
namespace exhibit::ios {

struct DaemonLogEntry {
    Time written;
    std::optional<Timestamp> wall; ///< what the device's clock showed, as if it were UTC
    std::optional<std::int64_t> pid;
    std::optional<std::string_view> level;
    std::optional<std::string_view> function; ///< `-[Class selector:]` or `handle_get_value`
    std::string_view message; ///< what follows it, with all further lines of the entry
};

/// Whether a line begins an entry, and what it says. `written` and `wall` are set, further lines are not
/// known here. Texts are borrowed from the line.
std::optional<DaemonLogEntry> read_daemon_log_head(std::string_view line, DeviceClock const& clock);

/// Reads entry by entry; memory is bounded by the longest entry that is kept.
class DaemonLogReader {
public:
    static constexpr std::size_t kLongestEntry = std::size_t { 64 } << 10U;

    explicit DaemonLogReader(Source const& source, DeviceClock const& clock)
        : m_lines(source, kLongestEntry)
        , m_clock(clock)
    {
    }

    /// The next entry, whose texts live until the next call; false at the end or when the source could not
    /// be read (see `result`).
    [[nodiscard]] bool next(DaemonLogEntry& entry);

    [[nodiscard]] std::uint64_t line() const { return m_line; } ///< of the entry's head, from 1
    [[nodiscard]] bool cut() const { return m_cut; } ///< the entry is longer than what is kept
    [[nodiscard]] std::uint64_t orphans() const { return m_orphans; } ///< lines before the first entry
    [[nodiscard]] Result<void> result() const { return m_lines.result(); }

private:
    bool find_head();
    void append_further_lines();

    LineReader m_lines;
    DeviceClock m_clock;
    Line m_current;
    std::string m_text; ///< the whole entry
    std::uint64_t m_line = 0;
    std::uint64_t m_orphans = 0;
    bool m_cut = false;
};

/// A row per entry, whatever it says: the columns that the tables of all these logs share.
struct DaemonLogRow {
    Time written;
    std::optional<std::int64_t> pid;
    std::optional<std::string_view> level;
    std::optional<std::string_view> function;
    std::string_view message;
};

inline constexpr std::array kDaemonLogColumns {
    column<&DaemonLogRow::written>("written", Clock::local_text, "When, by the device's own time.").mvt("-"),
    column<&DaemonLogRow::pid>("pid", "Number of the process that wrote it.").mvt("-"),
    column<&DaemonLogRow::level>("level", Is::opaque, "How serious: a word of the system's.").mvt("-"),
    column<&DaemonLogRow::function>("function", Is::opaque, "Where in the program's own code it was written.")
        .mvt("-"),
    column<&DaemonLogRow::message>(
        "message", Is::free_text, "What it says, with all lines that belong to the entry.")
        .mvt("-"),
};

using DaemonLogVisitor = std::function<Result<void>(DaemonLogEntry const&, Origin)>;

/// Adds every entry of a log to `rows` and shows it to the visitor. Notes lines that belong to no entry, and
/// entries that are cut.
Result<void> read_daemon_log(
    Input const&, Context&, TableOf<DaemonLogRow> const& rows, DaemonLogVisitor const& visitor);

/// What stands between two marks, or nothing: `between("a (b) c", "(", ")")` is `b`. An end that is not
/// there is the end of the line.
std::optional<std::string_view> between(std::string_view text, std::string_view begin, std::string_view end);

/// The word that a text begins with: all up to a blank, a comma, a semicolon or a closing bracket.
std::string_view first_word(std::string_view text);

} // namespace exhibit::ios
