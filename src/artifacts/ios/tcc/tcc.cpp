#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/device_path.hpp"

#include <array>

namespace exhibit::ios::tcc {
namespace {

using namespace std::string_view_literals;

struct Access {
    std::optional<std::string_view> service;
    std::optional<std::string_view> client;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string> client_path;
    std::optional<std::int64_t> client_type;
    std::optional<std::string_view> decision;
    std::optional<std::int64_t> auth_value;
    std::optional<std::string_view> reason;
    std::optional<std::int64_t> auth_reason;
    std::optional<bool> allowed;
    std::optional<std::int64_t> prompt_count;
    std::optional<std::string_view> on_behalf_of;
    std::optional<std::int64_t> policy_id;
    Time modified;
};

constexpr std::array kColumns {
    column<&Access::service>("service", Is::opaque,
        "What access was asked to, such as kTCCServiceMicrophone; a name of Apple's that no indicator has.")
        .mvt("service"),
    column<&Access::client>(
        "client", Is::process, "Who asked: a bundle id, or the path of a program without one.")
        .mvt("client"),
    column<&Access::bundle_id>("bundle_id", Is::app_id, "The client, where it is a bundle id.").mvt("-"),
    column<&Access::client_path>("client_path", Is::path, "The client, where it is the path of a program.")
        .mvt("-"),
    column<&Access::client_type>("client_type", "0 when the client is a bundle id, 1 when it is a path.")
        .mvt("-"),
    column<&Access::decision>(
        "decision", Is::opaque, "denied, unknown, allowed or limited: one of four fixed words.")
        .mvt("auth_value"),
    column<&Access::auth_value>("auth_value", "The decision as stored by iOS 14 and later.").mvt("-"),
    column<&Access::reason>("reason", Is::opaque,
        "Who or what decided, such as user_consent or mdm_policy: one of twelve fixed words.")
        .mvt("auth_reason_desc"),
    column<&Access::auth_reason>("auth_reason", "The reason as stored by iOS 14 and later.").mvt("-"),
    column<&Access::allowed>("allowed", "The decision as stored before iOS 14.").mvt("allowed_value"),
    column<&Access::prompt_count>("prompt_count", "How often the person was asked, before iOS 14.")
        .mvt("prompt_count"),
    column<&Access::on_behalf_of>("on_behalf_of", Is::app_id,
        "The program whose data the client asked for, where the service names one.")
        .mvt("-"),
    column<&Access::policy_id>("policy_id", "The device policy that decided, where one did.").mvt("-"),
    column<&Access::modified>(
        "modified", Clock::unix_seconds, "When this decision was last written; absent before iOS 12.")
        .mvt("last_modified"),
};
constexpr std::array kEvents { Event {
    "modified", "permission", "{client} asked for {service}: {decision}" } };
constexpr auto kAccesses = table<Access>("ios_tcc_access",
    "One row per program and kind of private data: whether it may use the camera, microphone, contacts and "
    "so on.",
    Relation::permitted, kColumns, kEvents, "tcc");

struct Expired {
    std::optional<std::string_view> service;
    std::optional<std::string_view> client;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string> client_path;
    std::optional<std::int64_t> client_type;
    Time modified;
    Time expired;
};

constexpr std::array kExpiredColumns {
    column<&Expired::service>("service", Is::opaque,
        "What access was asked to, such as kTCCServiceMicrophone; a name of Apple's that no indicator has.")
        .mvt("-"),
    column<&Expired::client>(
        "client", Is::process, "Who asked: a bundle id, or the path of a program without one.")
        .mvt("-"),
    column<&Expired::bundle_id>("bundle_id", Is::app_id, "The client, where it is a bundle id.").mvt("-"),
    column<&Expired::client_path>("client_path", Is::path, "The client, where it is the path of a program.")
        .mvt("-"),
    column<&Expired::client_type>("client_type", "0 when the client is a bundle id, 1 when it is a path.")
        .mvt("-"),
    column<&Expired::modified>("modified", Clock::unix_seconds, "When the decision was last written.")
        .mvt("-"),
    column<&Expired::expired>("expired", Clock::unix_seconds, "When the system let it lapse.").mvt("-"),
};
constexpr std::array kExpiredEvents { Event {
    "expired", "permission_expired", "{client} asked for {service} before" } };
constexpr auto kExpired = table<Expired>("ios_tcc_expired",
    "One row per program and kind of private data of which a decision has lapsed.", Relation::permitted,
    kExpiredColumns, kExpiredEvents);

constexpr std::array kExpiredFields {
    from<&Expired::service>("expired.service"),
    from<&Expired::client>("expired.client"),
    from<&Expired::client_type>("expired.client_type"),
    from<&Expired::modified>("expired.last_modified", Clock::unix_seconds),
    from<&Expired::expired>("expired.expired_at", Clock::unix_seconds),
};

constexpr std::array kFields {
    from<&Access::service>("access.service"),
    from<&Access::client>("access.client"),
    from<&Access::client_type>("access.client_type"),
    from<&Access::auth_value>("access.auth_value"),
    from<&Access::auth_reason>("access.auth_reason"),
    from<&Access::allowed>("access.allowed"),
    from<&Access::prompt_count>("access.prompt_count"),
    from<&Access::on_behalf_of>("access.indirect_object_identifier"),
    from<&Access::policy_id>("access.policy_id"),
    from<&Access::modified>("access.last_modified", Clock::unix_seconds),
};

template<std::size_t Count>
std::optional<std::string_view> word(
    std::array<std::string_view, Count> const& words, std::optional<std::int64_t> number)
{
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) >= Count
        || words[static_cast<std::size_t>(*number)].empty())
        return std::nullopt;
    return words[static_cast<std::size_t>(*number)];
}

constexpr std::array kDecisions { "denied"sv, "unknown"sv, "allowed"sv, "limited"sv };
constexpr std::array kReasons { ""sv, "error"sv, "user_consent"sv, "user_set"sv, "system_set"sv,
    "service_policy"sv, "mdm_policy"sv, "override_policy"sv, "missing_usage_string"sv, "prompt_timeout"sv,
    "preflight_unknown"sv, "entitled"sv, "app_type_policy"sv };

template<typename Row> void tell_kind(Row& row)
{
    bool const is_path = row.client_type == 1 || (row.client && row.client->starts_with('/'));
    if (is_path && row.client)
        row.client_path = ios::device_path(*row.client);
    else
        row.bundle_id = row.client;
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("access"))
        return fail(Fault::unsupported, "the database has no table `access`");
    Select const accesses { .alias = "access", .table = "access", .deleted = true };
    EXHIBIT_TRY(each_row<Access>(database, context, accesses, kFields, [&](Access& row, Origin origin) {
        row.decision = word(kDecisions, row.auth_value);
        if (!row.auth_value && row.allowed)
            row.decision = *row.allowed ? "allowed"sv : "denied"sv;
        row.reason = word(kReasons, row.auth_reason);
        tell_kind(row);
        if (row.on_behalf_of == "UNUSED"sv) // Written where the service names no other program.
            row.on_behalf_of.reset();
        return context.add(kAccesses, row, origin);
    }));
    Select const lapsed { .alias = "expired", .table = "expired", .deleted = true };
    return each_row<Expired>(database, context, lapsed, kExpiredFields, [&](Expired& row, Origin origin) {
        tell_kind(row);
        return context.add(kExpired, row, origin);
    });
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/TCC/TCC.db"sv,
    "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
    "logs/Accessibility/TCC.db"sv,
};
constexpr std::array<Table const*, 2> kTables { &kAccesses, &kExpired };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.tcc",
    .title = "Permissions (TCC)",
    .doc
    = "Which programs asked for camera, microphone, contacts and other private data, and what was "
      "decided. Read from "
      "the table `access` of TCC.db in its three forms: decisions with a reason (iOS 14 and later), "
      "`allowed` with a "
      "date (iOS 12 and 13), `allowed` without one (before); and from `expired`, decisions that have lapsed.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
};

} // namespace exhibit::ios::tcc
