#include "report/mvt_shapes_android.hpp"

#include <array>

namespace exhibit::report {
namespace {

using enum MvtForm;

// Some texts hold one thing per line. A backslash of a text is written so that none of its escapes looks like
// a line end.
#define EXHIBIT_LINES(column)                                                                                \
    "CASE WHEN " column " IS NOT NULL THEN '[' || replace(replace(json_quote(" column                        \
    "), '\\\\', '\\u005c'), '\\n', '\",\"') || ']' ELSE '[]' END"

// A crash is reported in two files, as text and as protobuf: one record, whose values are the latter's where
// it has them. The text names processors by their ABI, the protobuf by words of its own.
#define EXHIBIT_CRASHES                                                                                      \
    "SELECT record_id, entry_id, stored, substr(stored, -3)='.pb' AS is_binary, iif(substr(stored, "         \
    "-3)='.pb', substr(stored, 1, length(stored)-3), stored) AS crash FROM android_tombstone JOIN entry "    \
    "USING (entry_id)"
constexpr std::string_view kCrashJoin = R"sql(
LEFT JOIN (
  WITH crash AS ()sql" EXHIBIT_CRASHES R"sql(),
  report AS (
    SELECT c.record_id, crash, is_binary, replace(stored, rtrim(stored, replace(stored, '/', '')), '') AS file_name,
      w.modified_raw AS written,
      json_patch('{}', json_object(
        'build_fingerprint', build_fingerprint, 'revision', revision,
        'arch', iif(is_binary, upper(architecture), architecture),
        'timestamp', CASE
          WHEN crashed IS NOT NULL AND crashed_raw GLOB '????-??-?? ??:??:??*[+-][0-9][0-9][0-9][0-9]'
            THEN strftime('%Y-%m-%d %H:%M:%S', crashed/1000000, 'unixepoch') || printf('.%06d', crashed%1000000)
          WHEN crashed_raw GLOB '????-??-?? ??:??:??*' THEN substr(crashed_raw, 1, 19) ||
            iif(crashed, printf('.%06d', crashed%1000000), substr(crashed_raw || '.000000', 20, 7))
          ELSE crashed_raw END,
        'process_uptime', uptime_s, 'command_line', CASE WHEN arguments<>'' THEN json()sql" EXHIBIT_LINES(
    "arguments") R"sql()
          WHEN command_line<>'' THEN json_array(command_line) END,
        'pid', pid, 'tid', tid, 'process_name', thread_name,
        'binary_path', iif(is_binary, NULL, coalesce(program, process)), 'selinux_label', label, 'uid', uid,
        'signal_info', json_object('number', signal_number, 'name', signal_name, 'code', signal_code,
          'code_name', signal_code_name),
        'cause', iif(is_binary, NULL, cause),
        'causes', iif(is_binary AND cause<>'', json_array(json_object('human_readable', cause)), NULL),
        'abort_message', abort_message)) AS told
    FROM crash AS c JOIN android_tombstone USING (record_id) LEFT JOIN android_file_time AS w ON w.entry_id=c.entry_id),
  source AS (
    SELECT *, json_object('file_name', file_name, 'file_timestamp', replace(written, ' ', 'T'), 'parsed', json('true'),
      'record', json(told)) AS source
    FROM report)
  SELECT own.record_id, own.file_name, own.written, iif(own.is_binary, substr(own.file_name, 1,
      length(own.file_name)-3), own.file_name) AS crash_id,
    json_patch(coalesce(other.told, '{}'), own.told) AS told,
    json_patch('{}', iif(own.is_binary, json_object('text', json(other.source), 'protobuf', json(own.source)),
      json_object('text', json(own.source)))) AS sources,
    (SELECT json_group_object(key, json_object('text', json_extract(other.told, '$.' || key),
        'protobuf', json_extract(own.told, '$.' || key)))
      FROM (SELECT column1 AS key FROM (VALUES ('build_fingerprint'), ('revision'), ('arch'), ('timestamp'),
        ('process_uptime'), ('command_line'), ('pid'), ('tid'), ('process_name'), ('binary_path'), ('selinux_label'),
        ('uid'), ('signal_info'), ('cause'), ('causes'), ('abort_message')))
      WHERE other.told IS NOT NULL AND json_extract(other.told, '$.' || key) IS NOT
        json_extract(own.told, '$.' || key)) AS differences
  FROM source AS own LEFT JOIN source AS other ON other.crash=own.crash AND own.is_binary AND NOT other.is_binary
) AS report ON report.record_id=t.record_id
)sql";
#define EXHIBIT_TOLD(key) MvtMember { key, "json_extract(report.told, '$." key "')" }
constexpr std::array kTombstone {
    MvtMember { "crash_id", "report.crash_id" },
    MvtMember { "file_name", "report.file_name" },
    MvtMember { "file_timestamp", "report.written || '.000000'" },
    EXHIBIT_TOLD("timestamp"),
    EXHIBIT_TOLD("arch"),
    EXHIBIT_TOLD("build_fingerprint"),
    EXHIBIT_TOLD("revision"),
    EXHIBIT_TOLD("process_uptime"),
    MvtMember { "command_line",
        "coalesce(json_extract(report.told, '$.command_line'), iif(report.file_name LIKE '%.pb', '[]', "
        "NULL))",
        json },
    EXHIBIT_TOLD("process_name"),
    EXHIBIT_TOLD("binary_path"),
    EXHIBIT_TOLD("selinux_label"),
    MvtMember { "signal_info", "json_extract(report.told, '$.signal_info')", json },
    EXHIBIT_TOLD("cause"),
    MvtMember { "causes", "json_extract(report.told, '$.causes')", json },
    EXHIBIT_TOLD("abort_message"),
    MvtMember { "extra", "NULL" },
    MvtMember { "sources", "report.sources", json },
    MvtMember { "differences", "report.differences", json },
};
constexpr std::array kTombstoneParts { MvtPart { "android_file_time", kCrashJoin, kTombstone } };
constexpr std::string_view kFirstOfCrash = R"sql(t.record_id IN (
  SELECT record_id FROM (
    SELECT record_id, row_number() OVER (PARTITION BY crash ORDER BY is_binary DESC, record_id) AS place
    FROM ()sql" EXHIBIT_CRASHES R"sql()) WHERE place=1))sql";

constexpr std::string_view kToldByCrash = R"sql((
  SELECT o.record_id FROM ()sql" EXHIBIT_CRASHES R"sql() AS own
    JOIN ()sql" EXHIBIT_CRASHES R"sql() AS o ON o.crash=own.crash
  WHERE own.record_id=t.record_id ORDER BY o.is_binary DESC, o.record_id LIMIT 1))sql";

// A backup writes numbers as texts.
constexpr std::array kStoredMessage {
    MvtMember { "date", "CAST(t.date_raw AS TEXT)" },
    MvtMember { "date_sent", "coalesce(CAST(t.date_sent_raw AS TEXT), '0')" },
    MvtMember { "read", "CAST(t.read AS TEXT)" },
    MvtMember { "recipients", EXHIBIT_LINES("t.recipients"), json },
    MvtMember { "links", "t.body", links },
};
constexpr std::array kShortMessage {
    MvtMember { "type", "CAST(t.message_type AS TEXT)" },
    MvtMember { "status", "CAST(t.status AS TEXT)" },
};
constexpr std::array kShortMessageParts { MvtPart { "", "", kStoredMessage },
    MvtPart { "", "", kShortMessage } };
constexpr std::array kMultimediaMessage {
    MvtMember { "m_type", "CAST(t.message_type AS TEXT)" },
    MvtMember { "msg_box", "CAST(t.box AS TEXT)" },
};
constexpr std::array kParties { MvtMember { "mms_addresses", "coalesce(parties.list, '[]')", json } };
constexpr std::array kMultimediaMessageParts {
    MvtPart { "", "", kStoredMessage },
    MvtPart { "", "", kMultimediaMessage },
    MvtPart { "android_mms_address",
        "LEFT JOIN (SELECT entry_id, locator, json_group_array(json_object('type', type, 'address', address, "
        "'charset', charset)) AS list FROM android_mms_address GROUP BY entry_id, locator) AS parties ON "
        "parties.entry_id=t.entry_id AND parties.locator=t.locator",
        kParties },
};

constexpr std::array kLookup { MvtMember { "ip_addresses", "coalesce(addresses.list, '[]')", json } };
constexpr std::array kLookupParts {
    MvtPart { "android_intrusion_dns_address",
        "LEFT JOIN (SELECT entry_id, locator, json_group_array('/' || ip) AS list FROM "
        "android_intrusion_dns_address GROUP BY entry_id, locator) AS addresses ON "
        "addresses.entry_id=t.entry_id "
        "AND addresses.locator=t.locator",
        kLookup },
};
constexpr std::array kConnection { MvtMember { "ip_address", "coalesce(t.domain, '') || '/' || t.ip" } };
constexpr std::array kConnectionParts { MvtPart { "", "", kConnection } };

// What was logged of an event stands in an object of the event's name. What has no column of its own stands
// in `detail`, one `name=value` per line.
constexpr std::string_view kLogged = R"sql(
json_object(t.event, json_patch(
  json_patch('{}', json_object(
    iif(t.event GLOB 'package_*', 'package_name', 'package'), t.package,
    'process', t.process, 'start_time', t.process_start_raw, 'pid', t.pid, 'uid', t.uid, 'sha256', t.sha256,
    'command', t.command, 'path', t.path,
    iif(t.event='backup_service_toggled', 'enabled', 'success'),
    json(iif(t.success, 'true', iif(t.success=0, 'false', 'null'))),
    iif(t.event GLOB 'package_*', 'user_id', 'target_user'), t.user, 'version_code', t.version_code,
    'subject', t.subject, 'key_id', t.key_id, 'reason', t.reason,
    iif(t.event GLOB 'wifi_*', 'bssid', 'addr'), t.address, 'boot_state', t.boot_state,
    'verity_mode', t.verity_mode, 'restriction', t.restriction)),
  (WITH RECURSIVE line(text, rest) AS (
      SELECT '', t.detail || char(10)
      UNION ALL
      SELECT substr(rest, 1, instr(rest, char(10))-1), substr(rest, instr(rest, char(10))+1) FROM line
      WHERE rest<>'' LIMIT 1000),
    field(name, value) AS (
      SELECT substr(text, 1, instr(text, '=')-1), substr(text, instr(text, '=')+1) FROM line WHERE instr(text, '='))
    SELECT json_group_object(name,
      iif(length(value) BETWEEN 1 AND 18 AND value NOT GLOB '*[^0-9]*', CAST(value AS INTEGER), value)) FROM field)))
)sql";
constexpr std::array kLoggedEvent { MvtMember { "", kLogged, merge } };
constexpr std::array kLoggedEventParts { MvtPart { "", "", kLoggedEvent } };

constexpr std::array kEventShapes {
    MvtShape { "android_intrusion_connection", "", kConnectionParts },
    MvtShape { "android_intrusion_dns", "", kLookupParts },
    MvtShape { "android_intrusion_event", "", kLoggedEventParts },
    MvtShape { "android_mms", "", kMultimediaMessageParts },
    MvtShape { "android_sms", "", kShortMessageParts },
    MvtShape { .table = "android_tombstone",
        .where = kFirstOfCrash,
        .parts = kTombstoneParts,
        .told_in = "android_tombstone",
        .told_by = kToldByCrash },
};
#undef EXHIBIT_CRASHES
#undef EXHIBIT_TOLD
#undef EXHIBIT_LINES

} // namespace

std::span<MvtShape const> android_event_shapes()
{
    return kEventShapes;
}

} // namespace exhibit::report
