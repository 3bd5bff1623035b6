#include "artifacts/common/query.hpp"
#include "formats/plist/json.hpp"

#include <array>

namespace exhibit::ios::accounts {
namespace {

using namespace std::string_view_literals;

struct Account {
    std::optional<std::int64_t> account_number;
    std::optional<std::string_view> username;
    std::optional<std::string_view> description;
    std::optional<std::string_view> account_type;
    std::optional<std::string_view> account_type_words;
    std::optional<std::string_view> bundle_id;
    std::optional<std::string_view> uuid;
    std::optional<bool> is_active;
    std::optional<bool> is_visible;
    std::optional<std::int64_t> parent_account;
    Time created;
};

constexpr std::array kColumns {
    column<&Account::account_number>("account_number", "Number of the account.").mvt("-"),
    column<&Account::username>("username", Is::handle, "Name of the account, often a mail address.").mvt("-"),
    column<&Account::description>("description", Is::free_text, "Name that the person gave it.").mvt("-"),
    column<&Account::account_type>(
        "account_type", Is::opaque, "Kind, such as com.apple.account.AppleAccount: a name of the system's.")
        .mvt("-"),
    column<&Account::account_type_words>(
        "account_type_words", Is::opaque, "The same in words, from the system.")
        .mvt("-"),
    column<&Account::bundle_id>("bundle_id", Is::app_id, "The app that made it.").mvt("-"),
    column<&Account::uuid>("uuid", Is::opaque, "The account's own number, made up by the device.").mvt("-"),
    column<&Account::is_active>("is_active", "Whether it is in use.").mvt("-"),
    column<&Account::is_visible>("is_visible", "Whether the person sees it.").mvt("-"),
    column<&Account::parent_account>("parent_account", "The account that it belongs to.").mvt("-"),
    column<&Account::created>("created", Clock::mac, "When it was set up.").mvt("-"),
};
constexpr std::array kEvents { Event {
    "created", "account_created", "{account_type} {username} by {bundle_id}" } };
constexpr auto kAccounts = table<Account>(
    "ios_account", "One row per account that is set up on the device.", Relation::present, kColumns, kEvents);

struct Property {
    std::optional<std::int64_t> account_number;
    std::optional<std::string_view> username;
    std::optional<std::string_view> name;
    std::optional<std::string> value;
    std::optional<Bytes> stored; // not stored
};

constexpr std::array kPropertyColumns {
    column<&Property::account_number>("account_number", "The account.").mvt("-"),
    column<&Property::username>("username", Is::handle, "Its name.").mvt("-"),
    column<&Property::name>("name", Is::opaque, "The setting, such as Hostname: a name of the system's.")
        .mvt("-"),
    column<&Property::value>(
        "value", Is::system_text, "Its value, such as the name of a server; JSON where it is no text.")
        .mvt("-"),
};
constexpr auto kProperties = table<Property>("ios_account_property",
    "One row per setting of an account, such as the server that it talks to.", Relation::present,
    kPropertyColumns);

constexpr std::array kFields {
    from<&Account::account_number>("account.Z_PK"),
    from<&Account::username>("account.ZUSERNAME"),
    from<&Account::description>("account.ZACCOUNTDESCRIPTION"),
    from<&Account::account_type>("type.ZIDENTIFIER"),
    from<&Account::account_type_words>("type.ZACCOUNTTYPEDESCRIPTION"),
    from<&Account::bundle_id>("account.ZOWNINGBUNDLEID"),
    from<&Account::uuid>("account.ZIDENTIFIER"),
    from<&Account::is_active>("account.ZACTIVE"),
    from<&Account::is_visible>("account.ZVISIBLE"),
    from<&Account::parent_account>("account.ZPARENTACCOUNT"),
    from<&Account::created>("account.ZDATE", Clock::mac),
};

constexpr std::array kPropertyFields {
    from<&Property::account_number>("property.ZOWNER"),
    from<&Property::username>("account.ZUSERNAME"),
    from<&Property::name>("property.ZKEY"),
    from<&Property::stored>("property.ZVALUE"),
};

/// The value of a setting, which is stored as a keyed archive.
Result<std::string> value_of(Bytes stored, Context const& context)
{
    auto const archive = EXHIBIT_TRY(plist::KeyedArchive::parse(stored, context.limits().depth));
    auto text = archive.root().as_text();
    return text ? *std::move(text) : plist::to_json(archive.root(), context.limits().text).text;
}

Result<void> read_properties(sqlite::Database const& database, Context& context)
{
    Select const properties { .alias = "property",
        .table = "ZACCOUNTPROPERTY",
        .joins = { { "account", "ZACCOUNT", "Z_PK", "property.ZOWNER" } },
        .deleted = true };
    return each_row<Property>(
        database, context, properties, kPropertyFields, [&](Property& row, Origin origin) {
            if (row.stored && !row.stored->empty()) {
                auto value = value_of(*row.stored, context);
                if (value)
                    row.value = *std::move(value);
                else
                    context.note(Level::warning, value.error().fault,
                        "a setting of an account cannot be read", origin);
            }
            return context.add(kProperties, row, origin);
        });
}

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZACCOUNT"))
        return fail(Fault::unsupported, "the database has no table `ZACCOUNT`");
    Select const accounts { .alias = "account",
        .table = "ZACCOUNT",
        .joins = { { "type", "ZACCOUNTTYPE", "Z_PK", "account.ZACCOUNTTYPE" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Account>(database, context, accounts, kFields,
        [&](Account& row, Origin origin) { return context.add(kAccounts, row, origin); }));
    return read_properties(database, context);
}

constexpr std::array kPaths {
    "/private/var/mobile/Library/Accounts/Accounts3.sqlite"sv,
    "/private/var/mobile/Library/Accounts/VerifiedBackup/Accounts3.sqlite"sv,
};
constexpr std::array<Table const*, 2> kTables { &kAccounts, &kProperties };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.accounts",
    .title = "Accounts",
    .doc = "Accounts of mail, cloud and other services that are set up on the device. One that the person "
           "does not know needs an "
           "explanation. Read from Accounts3.sqlite.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::accounts
