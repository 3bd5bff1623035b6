#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::android::calls {
namespace {

using namespace std::string_view_literals;

struct Call {
    Time started;
    std::optional<std::string_view> number;
    std::optional<std::string_view> name;
    std::optional<std::string_view> direction;
    std::optional<std::int64_t> call_kind;
    std::optional<std::int64_t> duration_s;
    std::optional<std::string_view> country;
    std::optional<std::string_view> location;
    std::optional<std::string_view> service;
    std::optional<bool> read;
};

constexpr std::array kColumns {
    column<&Call::started>("started", Clock::unix_millis, "When the phone began to ring or to dial."),
    column<&Call::number>("number", Is::handle, "The other side; empty where it hid its number."),
    column<&Call::name>("name", Is::free_text, "Name that the phone had for it."),
    column<&Call::direction>(
        "direction", Is::opaque, "`incoming` or `outgoing`; empty where the kind tells neither."),
    column<&Call::call_kind>("call_kind",
        "1 incoming, 2 outgoing, 3 missed, 4 to the answering machine, 5 rejected, 6 blocked, 7 answered on "
        "another device."),
    column<&Call::duration_s>("duration_s", "Seconds that the two were connected."),
    column<&Call::country>("country", Is::opaque, "Country that the phone was in or that the number is of."),
    column<&Call::location>("location", Is::opaque, "Region that the number belongs to, in words."),
    column<&Call::service>("service", Is::opaque, "Part of an app that carried the call."),
    column<&Call::read>("read", "Whether a missed call was seen."),
};
constexpr std::array kEvents { Event {
    "started", "call", "{direction} call with {number}, {duration_s} s" } };
constexpr auto kCalls = table<Call>(
    "android_call", "One row per call in the phone's log.", Relation::contacted, kColumns, kEvents);

// Columns and numbers: CallLog.Calls of the Android Open Source Project.
constexpr std::int64_t kOutgoing = 2;
constexpr std::int64_t kFirstKind = 1;
constexpr std::int64_t kLastKind = 7;

std::optional<std::string_view> direction_of(std::optional<std::int64_t> kind)
{
    if (!kind || *kind < kFirstKind || *kind > kLastKind)
        return std::nullopt;
    return *kind == kOutgoing ? "outgoing"sv : "incoming"sv;
}

constexpr std::array kFields {
    from<&Call::started>("calls.date", Clock::unix_millis),
    from<&Call::number>("calls.number"),
    from<&Call::name>("calls.name"),
    from<&Call::call_kind>("calls.type"),
    from<&Call::duration_s>("calls.duration"),
    from<&Call::country>("calls.countryiso"),
    from<&Call::location>("calls.geocoded_location"),
    from<&Call::service>("calls.subscription_component_name"),
    from<&Call::read>("calls.is_read"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    Select const rows { .alias = "calls", .table = "calls", .deleted = true };
    return each_row<Call>(database, context, rows, kFields, [&](Call& row, Origin origin) {
        row.direction = direction_of(row.call_kind);
        return context.add(kCalls, row, origin);
    });
}

constexpr std::array kPaths {
    "/data/data/com.android.providers.contacts/databases/calllog.db"sv,
    "/data/data/com.android.providers.contacts/databases/contacts2.db"sv,
    "/data/user/*/com.android.providers.contacts/databases/calllog.db"sv,
    "/data/user_de/*/com.android.providers.contacts/databases/calllog_shadow.db"sv,
};
constexpr std::array<Table const*, 1> kTables { &kCalls };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.calls",
    .title = "Call history",
    .doc = "Calls of the telephone, and of apps that use its log; before Android 7 they stand beside the "
           "contacts. The "
           "phone keeps some hundred. Deleted ones may be left in the database.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::calls
