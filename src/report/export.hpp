#pragma once

#include "casefile/database.hpp"
#include "report/output_file.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// What an export wrote, and what it left out.
struct Exported {
    std::uint64_t rows = 0; ///< of evidence, or what the format makes of them: records, events
    std::uint64_t own_rows = 0; ///< of the tables that every case has
    std::uint64_t left_out = 0; ///< events without a date that the receiver would accept
};

/// How the files of one-file exports begin.
constexpr std::string_view kJsonlBeginning = "{\"record\":\"header\",\"format\":";
constexpr std::string_view kEventBeginning = "{\"message\":";
constexpr std::string_view kEventsHeader
    = "message,datetime,timestamp_desc,timestamp,artifact,kind,entry,table,"
      "record_id,recovered\r\n";

/// The whole case, one JSON object a line: a header, then case, coverage, findings, then every row of every
/// table. docs/exports.md describes it.
Result<Exported> export_jsonl(
    casefile::Database& database, TextSink const& sink, std::stop_token const& stop);

/// One RFC 4180 file per table that holds rows, and `timeline.csv`. Text that a spreadsheet would run as a
/// formula is disarmed.
Result<Exported> export_csv(
    casefile::Database& database, OutputFolder const& folder, std::stop_token const& stop);

/// The files that scripts for MVT read: one `<module>.json` per module, `timeline.csv`, `alerts.json`,
/// `info.json`.
Result<Exported> export_mvt(
    casefile::Database& database, OutputFolder const& folder, std::stop_token const& stop);

enum class TimesketchForm : std::uint8_t { csv, jsonl };

/// The timeline as Timesketch takes it: `message`, `datetime`, `timestamp_desc` and what exhibit knows
/// besides. Timesketch drops rows with dates it cannot read in silence; none are written, they are counted.
Result<Exported> export_timesketch(
    casefile::Database& database, TextSink const& sink, TimesketchForm form, std::stop_token const& stop);

} // namespace exhibit::report
