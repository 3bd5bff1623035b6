#pragma once

#include "artifact/table.hpp"
#include "casefile/coverage_runs.hpp"
#include "casefile/database.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::detection {

/// A column of an artifact table, as the case file itself describes it.
struct CaseColumn {
    std::string name;
    std::string type;
    std::string holds;
    std::string clock {}; ///< of a time

    /// As the case will describe it.
    static CaseColumn of(Column const& column);
};

/// Whether the times of an acquisition's files are those of the copying, as in a folder without a manifest or
/// in an archive whose files all have nearly one time: they date nothing that happened on the device.
class TimesOfFiles {
public:
    void see_fact(std::string_view name, std::string_view value);
    [[nodiscard]] bool are_of_copying() const { return (m_is_folder || m_is_of_copy) && !m_has_manifest; }

private:
    bool m_is_folder = false;
    bool m_is_of_copy = false;
    bool m_has_manifest = false;
};

struct CaseTable {
    std::string name;
    std::string artifact;
    std::string relation;
    /// The columns that date a row: those of its events, in their order, or else `date_of`. The first that
    /// holds a time counts.
    std::vector<std::string> dates {};
    std::vector<std::string> copied {}; ///< columns with times of files that are those of the copying
    std::vector<CaseColumn> columns;

    [[nodiscard]] bool has(std::string_view column) const;
    /// Adds the column of an event, once.
    void add_date(std::string_view column);
    /// To be called when events and columns are known.
    void choose_dates(TimesOfFiles const& files);
};

/// The column that dates the rows of a table whose rows are no events, such as the parts of a message or the
/// processes in a report. Not when a certificate ends or an alarm is due. Empty when there is none.
std::string date_of(std::vector<CaseColumn> const& columns);

/// How an artifact fared, over all its entries.
struct CaseArtifact {
    std::string title;
    std::string platform;
    bool is_key = false;
    std::map<std::string, std::uint64_t, std::less<>> states; ///< coverage state to the number of entries
    std::set<std::int64_t> in_part; ///< entries that were there and could not be read whole
    std::uint64_t rows = 0;
    /// Of an artifact that matters: it has rows, and none that tells of what happened on the device, only
    /// such as count or describe. A database whose tables were emptied looks like that.
    bool only_context = false;
    bool is_context = false; ///< all its tables are such
    bool has_local_times = false; ///< of the phone's clock, whose zone is not known; where it has no others
    std::optional<std::int64_t> first_seen;
    std::optional<std::int64_t> last_seen;

    /// At least one entry was read, if only in part.
    [[nodiscard]] bool readable() const;
    /// Entries that were there and could not be read whole.
    [[nodiscard]] std::uint64_t unreadable() const;
    /// Everything of it that was there was read.
    [[nodiscard]] bool whole() const { return readable() && unreadable() == 0; }
    /// Why nothing, or not all, of it was read, in words.
    [[nodiscard]] std::string why_not() const;
};

/// Tells when AndroidQF worked on the device, in `started` and `completed`.
inline constexpr std::string_view kOwnRunTable = "android_androidqf_run";

/// The number that a text begins with; 0 when there is none.
unsigned first_number(std::string_view text);

/// What a case file says about itself: tables, columns and coverage. Detection needs nothing else of the
/// program that wrote it.
struct CaseView {
    std::map<std::string, CaseTable, std::less<>> tables;
    std::map<std::string, CaseArtifact, std::less<>> artifacts;
    std::set<std::string, std::less<>> platforms;
    std::string system_version; ///< of the device, when the acquisition says so: `16.3`
    bool in_part = false; ///< files may be among what of the acquisition could not be read
    std::string acquisition; ///< its kind: `ios_backup`; `ios_plain_backup` where it is not encrypted
    /// When the acquisition was made, as far as the newest rows tell: those of two artifacts that are of one
    /// hour. A device that is on has rows of its last minutes; one artifact alone may look ahead, as a
    /// calendar does.
    [[nodiscard]] std::optional<std::int64_t> taken() const;

    /// When AndroidQF worked on the device, a day at most, and ten minutes around it.
    struct OwnRun {
        std::int64_t begin;
        std::int64_t end;
    };
    std::vector<OwnRun> own_runs;
    /// Of a row of `kOwnRunTable`.
    void add_own_run(std::optional<std::int64_t> started, std::optional<std::int64_t> completed);

    static Result<CaseView> read(casefile::Database& database);
    /// The same where the coverage of the case is known.
    static Result<CaseView> read(casefile::Database& database, casefile::CoverageRuns const& coverage);

    [[nodiscard]] CaseTable const* table(std::string_view name) const;
    [[nodiscard]] CaseArtifact const* artifact(std::string_view name) const;
};

} // namespace exhibit::detection
