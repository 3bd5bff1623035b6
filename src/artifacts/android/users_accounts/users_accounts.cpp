#include "artifacts/android/common/restriction.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "artifacts/common/query.hpp"

#include <fmt/format.h>

namespace exhibit::android::users_accounts {
namespace {

struct User {
    std::int64_t user = 0;
    std::string user_name;
    std::optional<std::string> flags;
    std::optional<std::string> kind;
    std::optional<std::string> state;
    std::optional<std::string> created;
    std::optional<std::string> last_login;
    std::optional<std::string> restrictions;
    std::optional<std::string> policy_restrictions;
};

constexpr std::array kUserColumns {
    column<&User::user>("user", "Number of the Android user: 0 is the owner."),
    column<&User::user_name>("user_name", Is::opaque, "Its name; empty where the owner was given none."),
    column<&User::flags>("flags", Is::opaque, "Its flags, hexadecimal."),
    column<&User::kind>("kind", Is::opaque, "Kind, such as `android.os.usertype.profile.MANAGED`."),
    column<&User::state>("state", Is::opaque, "Whether it ran, such as `RUNNING_UNLOCKED`."),
    column<&User::created>("created_ago", Is::opaque, "How long ago it was created, as printed."),
    column<&User::last_login>(
        "last_login", Is::opaque, "When somebody last logged in, as printed; UTC in a file system."),
    column<&User::restrictions>("restrictions", Is::opaque, "What it is forbidden, one per line."),
    column<&User::policy_restrictions>("policy_restrictions", Is::opaque,
        "What an app that owns the device or the profile forbids it, one per line."),
};
constexpr auto kUsers
    = table<User>("android_user", "One row per user and profile of the device: each has packages of its own.",
        Relation::present, kUserColumns);

struct Account {
    std::optional<std::int64_t> user;
    std::string account;
    std::string account_type;
};

constexpr std::array kAccountColumns {
    column<&Account::user>("user", "Number of the Android user."),
    column<&Account::account>("account", Is::handle, "Name of the account; dumps mostly shorten it."),
    column<&Account::account_type>("account_type", Is::app_id, "Service, such as `com.google`."),
};
constexpr auto kAccounts = table<Account>(
    "android_account", "One row per account on the device.", Relation::present, kAccountColumns);

struct AccountChange {
    std::optional<std::int64_t> user;
    Time happened;
    std::optional<std::int64_t> account_number;
    std::string action;
    std::optional<std::int64_t> uid;
};

constexpr std::array kChangeColumns {
    column<&AccountChange::user>("user", "Number of the Android user."),
    column<&AccountChange::happened>("happened", Clock::local_text, "When."),
    column<&AccountChange::account_number>("account_number", "Number of the account in the device's list."),
    column<&AccountChange::action>("action", Is::opaque, "What, such as `action_account_add`."),
    column<&AccountChange::uid>("uid", "Linux user id of who did it."),
};
constexpr std::array kChangeEvents { Event {
    "happened", "account_changed", "{action} of account {account_number}" } };
constexpr auto kChanges = table<AccountChange>("android_account_change",
    "One row per remembered change of an account: at most 64.", Relation::context, kChangeColumns,
    kChangeEvents);

/// `UserInfo{10:Work profile:1030} serialNo=10 isPrimary=false` and the lines below it.
class UserDump {
public:
    explicit UserDump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (text.starts_with("UserInfo{")) {
            EXHIBIT_TRY(finish());
            open(text, line.offset);
            return {};
        }
        if (!m_open)
            return {};
        if (text.empty() || indent_of(line.text) <= 2)
            return finish();
        auto const indent = indent_of(line.text);
        if (m_list != List::none && indent > m_list_indent) {
            add_restriction(m_list == List::own ? m_open->restrictions : m_open->policy_restrictions, text);
            return {};
        }
        // Versions differ: `Device policy restrictions:`, or `global` and `local` ones.
        m_list = text == "Restrictions:"                                            ? List::own
            : text.starts_with("Device policy ") && text.ends_with("restrictions:") ? List::policy
                                                                                    : List::none;
        m_list_indent = indent;
        if (eat(text, "State: "))
            m_open->state = text;
        else if (eat(text, "Created: "))
            m_open->created = text;
        else if (eat(text, "Last logged in: "))
            m_open->last_login = text;
        else if (eat(text, "Type: "))
            m_open->kind = text;
        return {};
    }

    Result<void> finish()
    {
        if (!m_open)
            return {};
        auto const user = std::move(*m_open);
        m_open.reset();
        m_list = List::none;
        return m_context.add(kUsers, user, m_origin);
    }

private:
    enum class List : std::uint8_t { none, own, policy };

    void open(std::string_view text, std::uint64_t offset)
    {
        auto info = between(text, "{", "}").value_or("");
        auto const number = to_integer(take_until(info, ':'));
        if (!number)
            return;
        m_open.emplace();
        m_origin = Origin { offset };
        m_open->user = *number;
        auto const colon = info.rfind(':');
        m_open->user_name = info.substr(0, colon);
        if (colon != info.npos)
            m_open->flags = info.substr(colon + 1);
    }

    Context& m_context;
    std::optional<User> m_open;
    Origin m_origin;
    List m_list = List::none;
    std::size_t m_list_indent = 0;
};

Result<void> parse_users(Input const& input, Context& context)
{
    return read_section(input, context, UserDump { context });
}

/// `12,action_account_add,2024-05-01 10:11:12,1000,accounts,3`
std::optional<AccountChange> read_change(std::string_view text, DeviceClock const& clock)
{
    AccountChange change;
    change.account_number = to_integer(take_until(text, ','));
    change.action = take_until(text, ',');
    auto const time = take_until(text, ',');
    change.uid = to_integer(take_until(text, ','));
    if (!change.account_number || !change.action.starts_with("action_") || !from_text(time))
        return std::nullopt;
    change.happened = local_time(time, clock);
    return change;
}

Result<void> parse_accounts(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const clock = clock_of_section(input);
    std::optional<std::int64_t> user;
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        Origin const origin { line.offset };
        if (text.starts_with("User UserInfo{")) {
            user = leading_integer(between(text, "{", ":").value_or(""));
        } else if (text.starts_with("Account {name=")) {
            auto const type = text.rfind(", type=");
            Account account;
            account.user = user;
            auto const name = text.substr(14);
            account.account = name.substr(0, type == text.npos ? name.size() : type - 14);
            account.account_type = between(text, ", type=", "}").value_or("");
            EXHIBIT_TRY(context.add(kAccounts, account, origin));
        } else if (auto change = read_change(text, clock)) {
            change->user = user;
            EXHIBIT_TRY(context.add(kChanges, *change, origin));
        }
    }
    return lines.result();
}

/// `/data/system/users/10.xml`: the user's attributes, its name as text, and what it is forbidden as
/// attributes of one element; of others, or of what stands in them, what an app that owns the device forbids.
Result<void> parse_user_file(Input const& input, Context& context)
{
    std::optional<User> user;
    Origin found;
    bool of_policy = false;
    EXHIBIT_TRY(
        for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
            if (element.depth == 2)
                of_policy = element.name.starts_with("device_policy_");
            if (element.name == "user" && element.depth == 1) {
                user.emplace();
                found = origin;
                user->user = integer_of(element, "id").value_or(0);
                if (auto const flags = integer_of(element, "flags"))
                    user->flags = fmt::format("{:x}", *flags);
                user->kind = text_of(element, "type");
                if (auto const login = time_of(element, "lastLoggedIn").utc)
                    user->last_login = to_text(*login);
            } else if (user && element.name == "name" && element.depth == 2) {
                user->user_name = trim(element.text);
            } else if (user && element.name == "restrictions" && element.depth == 2) {
                add_restrictions(user->restrictions, element);
            } else if (user && of_policy) {
                add_restrictions(user->policy_restrictions, element);
            }
            return {};
        }));
    return user ? context.add(kUsers, *user, found) : Result<void> {};
}

struct StoredAccount {
    std::optional<std::string_view> account;
    std::optional<std::string_view> account_type;
};
constexpr std::array kAccountFields {
    from<&StoredAccount::account>("account.name"),
    from<&StoredAccount::account_type>("account.type"),
};

struct StoredChange {
    std::optional<std::int64_t> account_number;
    std::optional<std::string_view> action;
    std::optional<std::string_view> happened;
    std::optional<std::int64_t> uid;
};
constexpr std::array kChangeFields {
    from<&StoredChange::account_number>("change._id"),
    from<&StoredChange::action>("change.action_type"),
    from<&StoredChange::happened>("change.time"),
    from<&StoredChange::uid>("change.caller_uid"),
};

/// `accounts_ce.db` holds the accounts that need the user's lock, `accounts_de.db` all of them and the
/// changes: each is read, so that one without the other still tells.
Result<void> parse_database(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    auto const user = user_of_path(input.path);
    EXHIBIT_TRY(each_row<StoredAccount>(database, context, { .alias = "account", .table = "accounts" },
        kAccountFields, [&](StoredAccount& stored, Origin origin) {
            Account row;
            row.user = user;
            row.account = stored.account.value_or("");
            row.account_type = stored.account_type.value_or("");
            return context.add(kAccounts, row, origin);
        }));
    return each_row<StoredChange>(database, context, { .alias = "change", .table = "debug_table" },
        kChangeFields, [&](StoredChange& stored, Origin origin) {
            AccountChange row;
            row.user = user;
            row.happened = local_time(stored.happened.value_or(""), input.clock);
            row.account_number = stored.account_number;
            row.action = stored.action.value_or("");
            row.uid = stored.uid;
            return context.add(kChanges, row, origin);
        });
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".xml"))
        return parse_user_file(input, context);
    if (input.path.ends_with(".db"))
        return parse_database(input, context);
    return input.path.ends_with("/user") ? parse_users(input, context) : parse_accounts(input, context);
}

constexpr std::array<std::string_view, 6> kPaths { "@dumpsys/user", "@dumpsys/account",
    "/data/system/users/*.xml", "/data/system_ce/*/accounts_ce.db", "/data/system_de/*/accounts_de.db",
    "/data/system/users/*/accounts.db" };
constexpr std::array<Table const*, 3> kTables { &kUsers, &kAccounts, &kChanges };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.users_accounts",
    .title = "Users, profiles and accounts",
    .doc = "Users and profiles of the device, accounts on it, and when accounts were added, removed or used. "
           "Times are the "
           "device's wall clock.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::users_accounts
