#include "report/mvt_alerts.hpp"

#include "report/mvt_alert_events.hpp"
#include "report/mvt_events.hpp"
#include "report/mvt_record.hpp"
#include "report/mvt_text_file.hpp"
#include "report/text_format.hpp"
#include "report/timeline.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <utility>

namespace exhibit::report {
namespace {

using casefile::Database;

/// MVT's word for a kind of indicator; that of Exhibit for what MVT does not have.
std::string_view mvt_type(std::string_view kind)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> types { { { "domain", "domains" },
        { "ip", "domains" }, { "url", "urls" }, { "email", "emails" }, { "process", "processes" },
        { "file_name", "file_names" }, { "file_path", "file_paths" }, { "md5", "files_md5" },
        { "sha1", "files_sha1" }, { "sha256", "files_sha256" }, { "app_id", "app_ids" },
        { "cert_hash", "app_cert_hashes" }, { "profile_id", "ios_profile_ids" },
        { "property_name", "android_property_names" } } };
    auto const* const found
        = std::ranges::find(types, kind, &std::pair<std::string_view, std::string_view>::first);
    return found == types.end() ? kind : found->second;
}

void append_indicator(std::string& out, casefile::Statement const& finding)
{
    if (finding.text(5).empty()) {
        out += "null";
        return;
    }
    out += "{\n            \"value\": ";
    append_json(out, finding.text(5));
    out += ",\n            \"type\": ";
    append_json(out, mvt_type(finding.text(6)));
    out += ",\n            \"name\": ";
    append_json(out, finding.text(7));
    out += ",\n            \"stix2_file_name\": ";
    append_json(out, finding.text(8));
    out += "\n        }";
}

/// The event's module; an artifact that MVT has no module for keeps its own name.
std::string_view module_of(MvtAlertEvents::Event const& event, std::string_view artifact)
{
    return event.module.empty() ? artifact : std::string_view { event.module };
}

/// A list of alerts, whose file comes with the first of them.
class AlertsFile {
public:
    AlertsFile(OutputFolder const& folder, std::string name)
        : m_folder(&folder)
        , m_name(std::move(name))
    {
    }

    Result<void> add(std::string_view alert)
    {
        bool const first = !m_file;
        if (first)
            m_file.emplace(EXHIBIT_TRY(MvtTextFile::create(*m_folder, m_name)));
        m_file->text() += first ? "[" : ",";
        m_file->text() += alert;
        return m_file->settle();
    }

    Result<void> finish()
    {
        if (!m_file)
            return {};
        m_file->text() += "\n]";
        return m_file->finish();
    }

private:
    OutputFolder const* m_folder;
    std::string m_name;
    std::optional<MvtTextFile> m_file;
};

Result<void> write_alerts(Database& database, OutputFolder const& folder, MvtAlertEvents const& events,
    std::span<std::string const> files, std::stop_token const& stop)
{
    auto finding = EXHIBIT_TRY(database.prepare(
        "SELECT f.severity, f.title, coalesce(t.artifact, f.artifact), r.table_name, r.record_id, "
        "coalesce(f.indicator, ''), "
        "coalesce(f.indicator_kind, ''), f.campaign, coalesce(p.file, ''), r.time FROM finding f "
        "LEFT JOIN finding_row r USING (finding_id) LEFT JOIN artifact_table t USING (table_name) "
        "LEFT JOIN indicator_pack p USING (pack_id) "
        "ORDER BY f.finding_id, r.rowid"));
    AlertsFile all { folder, "alerts.json" };
    std::map<std::string, AlertsFile> of_modules;
    for (auto const& module : files)
        of_modules.try_emplace(module, folder, module + "_detected.json");
    while (EXHIBIT_TRY(finding.step())) {
        if (stop.stop_requested())
            return fail(Fault::cancelled, "the export was stopped; nothing was written");
        auto const& event = events.find(finding.text(3), finding.integer(4));
        auto const module = module_of(event, finding.text(2));
        auto alert = fmt::format(
            "\n    {{\n        \"level\": \"{}\",\n        \"module\": ", mvt_level(finding.text(0)));
        append_json(alert, module);
        alert += ",\n        \"message\": ";
        append_json(alert, finding.text(1));
        alert += ",\n        \"event_time\": \"";
        if (auto const time = finding.integer_or_none(9); time && is_safe_time(*time))
            append_time(alert, Timestamp { std::chrono::microseconds { *time } });
        alert += "\",\n        \"event\": ";
        alert += event.record;
        alert += ",\n        \"matched_indicator\": ";
        append_indicator(alert, finding);
        alert += "\n    }";
        EXHIBIT_TRY(all.add(alert));
        if (auto const file = of_modules.find(std::string { module }); file != of_modules.end())
            EXHIBIT_TRY(file->second.add(alert));
    }
    for (auto& [module, file] : of_modules)
        EXHIBIT_TRY(file.finish());
    return all.finish();
}

/// JSON without the line ends and blanks between its parts.
std::string one_line(std::string_view json)
{
    std::string out;
    for (std::size_t i = 0; i != json.size(); ++i)
        if (json[i] != '\n')
            out += json[i];
        else
            while (i + 1 != json.size() && json[i + 1] == ' ')
                ++i;
    return out;
}

/// The alerts that have a time, in its order; MVT writes the header when there are none, too.
Result<void> write_alerts_timeline(
    Database& database, OutputFolder const& folder, MvtAlertEvents const& events, std::stop_token const& stop)
{
    auto finding = EXHIBIT_TRY(database.prepare(
        "SELECT f.title, coalesce(t.artifact, f.artifact), r.table_name, r.record_id, r.time "
        "FROM finding f JOIN finding_row r USING (finding_id) LEFT JOIN artifact_table t "
        "USING (table_name) WHERE r.time IS NOT NULL ORDER BY r.time, "
        "f.finding_id, r.rowid"));
    auto file = EXHIBIT_TRY(MvtTextFile::create(folder, "alerts_timeline.csv"));
    file.text() += "\"Event Time\",\"Module\",\"Message\",\"Event\"\r\n";
    while (EXHIBIT_TRY(finding.step())) {
        if (stop.stop_requested())
            return fail(Fault::cancelled, "the export was stopped; nothing was written");
        auto const time = finding.integer(4);
        if (!is_safe_time(time))
            continue;
        auto const& event = events.find(finding.text(2), finding.integer(3));
        append_mvt_line(file.text(), Timestamp { std::chrono::microseconds { time } },
            { module_of(event, finding.text(1)), finding.text(0), one_line(event.record) });
        EXHIBIT_TRY(file.settle());
    }
    return file.finish();
}

} // namespace

Result<void> write_mvt_alerts(Database& database, OutputFolder const& folder,
    std::vector<TableInfo> const& tables, std::span<std::string const> files, std::stop_token const& stop)
{
    auto const events = EXHIBIT_TRY(MvtAlertEvents::read(database, tables, stop));
    EXHIBIT_TRY(write_alerts(database, folder, events, files, stop));
    return write_alerts_timeline(database, folder, events, stop);
}

} // namespace exhibit::report
