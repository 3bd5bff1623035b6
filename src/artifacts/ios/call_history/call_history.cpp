#include "artifacts/common/query.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::ios::call_history {
namespace {

using namespace std::string_view_literals;

struct Call {
    std::optional<std::int64_t> call_id;
    Time started;
    std::optional<double> duration;
    std::optional<std::string_view> number;
    std::optional<std::string_view> name;
    std::optional<std::string_view> direction;
    std::optional<bool> originated;
    std::optional<bool> answered;
    std::optional<std::string_view> service;
    std::optional<std::int64_t> call_type;
    std::optional<std::string_view> location;
    std::optional<std::string_view> country;
    std::optional<std::int64_t> handle_type;
    std::optional<std::int64_t> disconnected_cause;
    std::optional<std::string_view> unique_id;
    std::optional<bool> was_read;
};

constexpr std::array kColumns {
    column<&Call::call_id>("call_id", "Number of the call in the phone's log.").mvt("-"),
    column<&Call::started>("started", Clock::mac, "When the phone began to ring or to dial.").mvt("isodate"),
    column<&Call::duration>("duration", "Seconds that the two were connected; 0 if they never were.")
        .mvt("duration"),
    column<&Call::number>(
        "number", Is::handle, "The other side: a phone number, a mail address or an account of a service.")
        .mvt("number"),
    column<&Call::name>("name", Is::free_text, "The other side's name as the phone had it.").mvt("-"),
    column<&Call::direction>("direction", Is::opaque, "incoming or outgoing: one of two fixed words.")
        .mvt("-"),
    column<&Call::originated>("originated", "Whether the call was placed on this phone.").mvt("-"),
    column<&Call::answered>("answered", "Whether the call was picked up.").mvt("-"),
    column<&Call::service>("service", Is::app_id,
        "Who carried the call: com.apple.Telephony, com.apple.FaceTime or the app's bundle id.")
        .mvt("provider"),
    column<&Call::call_type>(
        "call_type", "0 an app's call, 1 telephone, 8 FaceTime video, 16 FaceTime audio.")
        .mvt("-"),
    column<&Call::location>("location", Is::opaque,
        "Region that the number belongs to, in words; not a place that indicators name.")
        .mvt("location"),
    column<&Call::country>("country", Is::opaque, "Country code of the number; no indicator names countries.")
        .mvt("-"),
    column<&Call::handle_type>(
        "handle_type", "What `number` is: 1 an account, 2 a phone number, 3 a mail address.")
        .mvt("-"),
    column<&Call::disconnected_cause>("disconnected_cause", "Why the call ended, in the system's code.")
        .mvt("-"),
    column<&Call::unique_id>("unique_id", Is::opaque, "The call's own UUID, which the system makes up.")
        .mvt("-"),
    column<&Call::was_read>("was_read", "Whether a missed call was seen by the person.").mvt("-"),
};
constexpr std::array kEvents { Event {
    "started", "call", "{direction} call with {number} over {service}, {duration} s" } };
constexpr auto kCalls = table<Call>("ios_call", "One row per call in the phone's own call log.",
    Relation::contacted, kColumns, kEvents, "calls");

struct Participant {
    std::optional<std::int64_t> call_id;
    std::optional<std::string_view> handle;
    std::optional<std::string_view> normalized;
    std::optional<std::int64_t> handle_type;
    Time started;
    std::optional<bool> originated;
    std::optional<std::string_view> direction;
    std::optional<std::string_view> service;
};

constexpr std::array kParticipantColumns {
    column<&Participant::call_id>("call_id", "The call; none where it is gone and its people are left.")
        .mvt("-"),
    column<&Participant::handle>("handle", Is::handle,
        "Somebody on the other side: a phone number, a mail address or an account of a service.")
        .mvt("-"),
    column<&Participant::normalized>("normalized", Is::handle, "The same in the form that is compared.")
        .mvt("-"),
    column<&Participant::handle_type>(
        "handle_type", "What it is: 1 an account, 2 a phone number, 3 a mail address.")
        .mvt("-"),
    column<&Participant::started>("started", Clock::mac, "When the call began.").mvt("-"),
    column<&Participant::originated>("originated", "Whether the call was placed on this phone.").mvt("-"),
    column<&Participant::direction>("direction", Is::opaque, "incoming or outgoing: one of two fixed words.")
        .mvt("-"),
    column<&Participant::service>("service", Is::app_id, "Who carried the call.").mvt("-"),
};
constexpr auto kParticipants = table<Participant>("ios_call_participant",
    "One row per person on the other side of a call, several for a call of a group.", Relation::contacted,
    kParticipantColumns);

constexpr std::array kFields {
    from<&Call::call_id>("call.Z_PK"),
    from<&Call::started>("call.ZDATE", Clock::mac),
    from<&Call::duration>("call.ZDURATION"),
    from<&Call::number>("call.ZADDRESS"),
    from<&Call::name>("call.ZNAME"),
    from<&Call::originated>("call.ZORIGINATED"),
    from<&Call::answered>("call.ZANSWERED"),
    from<&Call::service>("call.ZSERVICE_PROVIDER"),
    from<&Call::call_type>("call.ZCALLTYPE"),
    from<&Call::location>("call.ZLOCATION"),
    from<&Call::country>("call.ZISO_COUNTRY_CODE"),
    from<&Call::handle_type>("call.ZHANDLE_TYPE"),
    from<&Call::disconnected_cause>("call.ZDISCONNECTED_CAUSE"),
    from<&Call::unique_id>("call.ZUNIQUE_ID"),
    from<&Call::was_read>("call.ZREAD"),
};

constexpr std::array kParticipantFields {
    from<&Participant::handle>("handle.ZVALUE"),
    from<&Participant::normalized>("handle.ZNORMALIZEDVALUE"),
    from<&Participant::handle_type>("handle.ZTYPE"),
    from<&Participant::call_id>("call.Z_PK"),
    from<&Participant::started>("call.ZDATE", Clock::mac),
    from<&Participant::originated>("call.ZORIGINATED"),
    from<&Participant::service>("call.ZSERVICE_PROVIDER"),
};

/// The table that says which people took part in which calls. Its name and those of its columns hold numbers
/// that differ between versions: `Z_2REMOTEPARTICIPANTHANDLES`, `Z_4REMOTEPARTICIPANTHANDLES`.
struct ParticipantLinks {
    std::string table;
    std::string call;
    std::string handle;
};

ParticipantLinks find_links(sqlite::Database const& database)
{
    constexpr auto handles = "REMOTEPARTICIPANTHANDLES"sv;
    ParticipantLinks links;
    for (auto const& table : database.tables()) {
        if (!table.starts_with("Z_") || !table.ends_with(handles))
            continue;
        links.table = table;
        for (auto const& column : database.columns(table))
            (std::string_view { column.name }.ends_with(handles) ? links.handle : links.call) = column.name;
    }
    return links;
}

Result<void> read_participants(sqlite::Database const& database, Context& context)
{
    auto const links = find_links(database);
    auto const call = "link." + links.call;
    Select const people { .alias = "handle",
        .table = "ZHANDLE",
        .joins
        = { { "link", links.table, links.handle, "handle.Z_PK" }, { "call", "ZCALLRECORD", "Z_PK", call } },
        .deleted = true };
    return each_row<Participant>(
        database, context, people, kParticipantFields, [&](Participant& row, Origin origin) {
            if (row.originated)
                row.direction = *row.originated ? "outgoing"sv : "incoming"sv;
            return context.add(kParticipants, row, origin);
        });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZCALLRECORD"))
        return fail(Fault::unsupported, "the database has no table `ZCALLRECORD`");
    Select const calls { .alias = "call", .table = "ZCALLRECORD", .deleted = true };
    EXHIBIT_TRY(each_row<Call>(database, context, calls, kFields, [&](Call& row, Origin origin) {
        if (row.originated)
            row.direction = *row.originated ? "outgoing"sv : "incoming"sv;
        return context.add(kCalls, row, origin);
    }));
    return read_participants(database, context);
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/CallHistoryDB/CallHistory.storedata"sv,
    "/private/var/mobile/Library/CallHistoryDB/CallHistoryTemp.storedata"sv,
};
constexpr std::array<Table const*, 2> kTables { &kCalls, &kParticipants };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.call_history",
    .title = "Call history",
    .doc = "Telephone, FaceTime and apps' calls from the phone's own log, table `ZCALLRECORD`, and the "
           "people of group calls, table `ZHANDLE`. Backups hold "
           "it only when they are "
           "encrypted. The phone keeps some hundred calls.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::if_encrypted,
};

} // namespace exhibit::ios::call_history
