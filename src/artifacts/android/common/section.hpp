#pragma once

#include "artifact/artifact.hpp"
#include "base/line_reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android {

/// The clock of a section of a dump: the time in the section's own footer or header is nearer to its content
/// than the acquisition's.
DeviceClock clock_of_section(Input const& input);

/// When a section that tells of the present was written; absent where nothing tells.
Time time_of_section(Input const& input);

/// A time as logs write it, `05-01 10:11:12.345`: the year is the latest in which it does not lie more than a
/// day after the acquisition. Without an acquisition time there is no UTC moment. `stored` is kept raw.
Time log_time(std::string_view stored, DeviceClock const& clock);

/// Phones whose clock does not outlive the battery begin at 1970 or another year until the network sets it:
/// the first half hour of a year then, unless that is near.
bool may_be_unset(Timestamp wall, DeviceClock const& clock);

/// Device-local text with a date, also in the form `2024-05-01-10-11-12`.
Time local_time(std::string_view stored, DeviceClock const& clock);

/// Reads the body of one section of a dump, without the lines that frame it: rulers, `DUMP OF SERVICE`, how
/// long it took, and what recent versions say about the service's process. Notes it when the service did not
/// finish its dump. Texts that are no section (AndroidQF's own files) come through unchanged, but for times
/// in the digits of another script (common/local_digits.hpp).
class SectionReader {
public:
    /// Reads one of the stretches that `cut_at_lines` makes of the section.
    SectionReader(Input const& input, Context& context, Stretch stretch = {})
        : m_lines(*input.source, context.limits().text, stretch)
        , m_context(context)
        , m_in_body(stretch.begin != 0)
    {
    }

    [[nodiscard]] bool next(Line& line);
    void repeat() { m_lines.repeat(); }
    [[nodiscard]] Result<void> result() const;

private:
    bool is_frame(Line const& line);

    LineReader m_lines;
    std::string m_with_digits; ///< the last line, where its times were in other digits
    Context& m_context;
    bool m_in_body;
    bool m_stopped = false;
};

/// Gives every line of a section to `dump.add_line(line)`, and then calls `dump.finish()` if there is such a
/// thing.
template<typename Dump>
Result<void> read_section(Input const& input, Context& context, Dump dump, Stretch stretch = {})
{
    SectionReader lines { input, context, stretch };
    for (Line line; lines.next(line);)
        EXHIBIT_TRY(dump.add_line(line));
    if constexpr (requires { dump.finish(); })
        EXHIBIT_TRY(dump.finish());
    return lines.result();
}

/// The priority-free name of a dumpsys header line (`DUMP OF SERVICE HIGH meminfo:` is `meminfo`).
std::optional<std::string_view> service_of_header(std::string_view line);

} // namespace exhibit::android
