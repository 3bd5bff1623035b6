#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/whatsapp.hpp"

namespace exhibit::ios::whatsapp_calls {
namespace {

using namespace std::string_view_literals;

struct WhatsappCall {
    std::optional<std::int64_t> call_id;
    Time started;
    std::optional<double> duration;
    std::optional<std::string_view> direction;
    std::optional<bool> is_missed;
    std::optional<bool> is_video;
    std::optional<std::int64_t> outcome;
    std::optional<std::string_view> creator_account;
    std::optional<std::string_view> group_account;
    std::optional<std::int64_t> bytes_received;
    std::optional<std::int64_t> bytes_sent;
    std::optional<bool> is_incoming;
};

constexpr std::array kCallColumns {
    column<&WhatsappCall::call_id>("call_id", "Number of the row.").mvt("-"),
    column<&WhatsappCall::started>("started", Clock::mac, "When it began.").mvt("-"),
    column<&WhatsappCall::duration>("duration", "How long it was, in seconds.").mvt("-"),
    column<&WhatsappCall::direction>("direction", Is::opaque, "Received or sent.").mvt("-"),
    column<&WhatsappCall::is_missed>("is_missed", "Whether nobody took it.").mvt("-"),
    column<&WhatsappCall::is_video>("is_video", "Whether it was a video call.").mvt("-"),
    column<&WhatsappCall::outcome>("outcome", "How it ended, in the app's code; 0 for a call that was held.")
        .mvt("-"),
    column<&WhatsappCall::creator_account>("creator_account", Is::handle, "The account that called.")
        .mvt("-"),
    column<&WhatsappCall::group_account>("group_account", Is::handle, "The group, for a call to one.")
        .mvt("-"),
    column<&WhatsappCall::bytes_received>("bytes_received", "Bytes received during the call.").mvt("-"),
    column<&WhatsappCall::bytes_sent>("bytes_sent", "Bytes sent during the call.").mvt("-"),
};
constexpr std::array kCallEvents { Event {
    "started", "whatsapp_call", "{direction} call of {creator_account} {group_account}, {duration} s" } };
constexpr auto kCalls = table<WhatsappCall>(
    "ios_whatsapp_call", "One row per WhatsApp call.", Relation::received, kCallColumns, kCallEvents);

struct Participant {
    std::optional<std::int64_t> call_id;
    Time started;
    std::optional<std::string_view> account;
    std::optional<std::string> phone;
    std::optional<std::int64_t> outcome;
};

constexpr std::array kParticipantColumns {
    column<&Participant::call_id>("call_id", "The call.").mvt("-"),
    column<&Participant::started>("started", Clock::mac, "When the call began.").mvt("-"),
    column<&Participant::account>("account", Is::handle, "Who took part besides the owner.").mvt("-"),
    column<&Participant::phone>("phone", Is::phone, "Their number, where the account tells one.").mvt("-"),
    column<&Participant::outcome>("outcome", "How it ended for them, in the app's code.").mvt("-"),
};
constexpr auto kParticipants = table<Participant>("ios_whatsapp_call_participant",
    "One row per account that took part in a call.", Relation::contacted, kParticipantColumns);

constexpr std::array kCallFields {
    from<&WhatsappCall::call_id>("call.Z_PK"),
    from<&WhatsappCall::started>("call.ZDATE", Clock::mac),
    from<&WhatsappCall::duration>("call.ZDURATION"),
    from<&WhatsappCall::is_incoming>("whole.ZINCOMING"),
    from<&WhatsappCall::is_missed>("whole.ZMISSED"),
    from<&WhatsappCall::is_video>("whole.ZVIDEO"),
    from<&WhatsappCall::outcome>("call.ZOUTCOME"),
    from<&WhatsappCall::creator_account>("call.ZGROUPCALLCREATORUSERJIDSTRING"),
    from<&WhatsappCall::group_account>("call.ZGROUPJIDSTRING"),
    from<&WhatsappCall::bytes_received>("call.ZBYTESRECEIVED"),
    from<&WhatsappCall::bytes_sent>("call.ZBYTESSENT"),
};
constexpr std::array kParticipantFields {
    from<&Participant::call_id>("participant.Z1PARTICIPANTS"),
    from<&Participant::started>("call.ZDATE", Clock::mac),
    from<&Participant::account>("participant.ZJIDSTRING"),
    from<&Participant::outcome>("participant.ZOUTCOME"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZWACDCALLEVENT"))
        return fail(Fault::unsupported, "the database has no table `ZWACDCALLEVENT`");
    Select const calls { .alias = "call",
        .table = "ZWACDCALLEVENT",
        .joins = { { "whole", "ZWAAGGREGATECALLEVENT", "Z_PK", "call.Z1CALLEVENTS" } },
        .deleted = true };
    EXHIBIT_TRY(
        each_row<WhatsappCall>(database, context, calls, kCallFields, [&](WhatsappCall& row, Origin origin) {
            if (row.is_incoming)
                row.direction = *row.is_incoming ? "received"sv : "sent"sv;
            return context.add(kCalls, row, origin);
        }));
    Select const participants { .alias = "participant",
        .table = "ZWACDCALLEVENTPARTICIPANT",
        .joins = { { "call", "ZWACDCALLEVENT", "Z_PK", "participant.Z1PARTICIPANTS" } },
        .deleted = true };
    return each_row<Participant>(
        database, context, participants, kParticipantFields, [&](Participant& row, Origin origin) {
            row.phone = ios::whatsapp_phone(row.account);
            return context.add(kParticipants, row, origin);
        });
}

constexpr std::array kPaths { "/private/var/mobile/Containers/Shared/AppGroup/*/CallHistory.sqlite"sv };
constexpr std::array<Table const*, 2> kTables { &kCalls, &kParticipants };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.whatsapp_calls",
    .title = "WhatsApp calls",
    .doc
    = "Calls of WhatsApp and WhatsApp Business with who called and who took part. Calls that nobody took "
      "have carried attacks. Read from CallHistory.sqlite in the group container of the app.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::whatsapp_calls
