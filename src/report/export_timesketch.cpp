#include "report/case.hpp"
#include "report/export.hpp"
#include "report/summary.hpp"
#include "report/text_format.hpp"
#include "report/timeline.hpp"

namespace exhibit::report {
namespace {

using casefile::Database;

/// What stands in `message`: Timesketch refuses an event without one.
std::string_view message_of(TimelineEvent const& event)
{
    bool const says_nothing = event.words.find_first_not_of(' ') == std::string_view::npos;
    return says_nothing ? event.kind : event.words;
}

void append_csv_event(std::string& out, TimelineEvent const& event, std::string_view entry)
{
    append_csv(out, message_of(event));
    out += ',';
    append_iso(out, event.time);
    out += ',';
    append_csv(out, event.kind);
    out += ',';
    append_number(out, event.time.time_since_epoch().count());
    for (auto const text : { event.artifact, event.kind, entry, event.table }) {
        out += ',';
        append_csv(out, text);
    }
    out += ',';
    append_number(out, event.record_id);
    out += ',';
    append_csv(out, event.recovered);
    out += "\r\n";
}

void append_json_event(std::string& out, TimelineEvent const& event, std::string_view entry)
{
    out += kEventBeginning;
    append_json(out, message_of(event));
    out += ",\"datetime\":\"";
    append_iso(out, event.time);
    out += "\",\"timestamp_desc\":";
    append_json(out, event.kind);
    out += ",\"timestamp\":";
    append_number(out, event.time.time_since_epoch().count());
    out += ",\"artifact\":";
    append_json(out, event.artifact);
    out += ",\"kind\":";
    append_json(out, event.kind);
    out += ",\"entry\":";
    append_json(out, entry);
    out += ",\"table\":";
    append_json(out, event.table);
    out += ",\"record_id\":";
    append_number(out, event.record_id);
    out += ",\"recovered\":";
    append_json(out, event.recovered);
    out += "}\n";
}

} // namespace

Result<Exported> export_timesketch(
    Database& database, TextSink const& sink, TimesketchForm form, std::stop_token const& stop)
{
    Exported exported;
    for (auto const& [artifact, events] : EXHIBIT_TRY(read_undated_events(database)))
        exported.left_out += static_cast<std::uint64_t>(events);
    TextBuffer buffer { sink };
    auto paths = EXHIBIT_TRY(EntryPaths::open(database));
    if (form == TimesketchForm::csv)
        buffer.text() += kEventsHeader;
    EXHIBIT_TRY(read_timeline(database, {}, [&](TimelineEvent const& event) -> Result<bool> {
        if (!is_safe_time(event.time.time_since_epoch().count())) {
            ++exported.left_out;
            return true;
        }
        auto const entry = EXHIBIT_TRY(paths.find(event.entry_id));
        auto const append = form == TimesketchForm::csv ? append_csv_event : append_json_event;
        append(buffer.text(), event, entry);
        ++exported.rows;
        EXHIBIT_TRY(buffer.settle());
        return !stop.stop_requested();
    }));
    if (stop.stop_requested())
        return fail(Fault::cancelled, "the export was stopped; nothing was written");
    EXHIBIT_TRY(buffer.flush());
    return exported;
}

} // namespace exhibit::report
