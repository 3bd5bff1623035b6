#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::recents {
namespace {

using namespace std::string_view_literals;

struct Recent {
    Time last_used;
    std::optional<std::string_view> address;
    std::optional<std::string_view> display_name;
    std::optional<std::string_view> kind;
    std::optional<std::string_view> sending_address;
    std::optional<std::string_view> source;
};

constexpr std::array kColumns {
    column<&Recent::last_used>("last_used", Clock::unix_millis, "When it was last written to or read from."),
    column<&Recent::address>("address", Is::handle, "The other side: a mail address or a phone number."),
    column<&Recent::display_name>("display_name", Is::free_text, "The name beside it."),
    column<&Recent::kind>("kind", Is::opaque, "What the address is, such as email: a word of the system's."),
    column<&Recent::sending_address>("sending_address", Is::handle, "The person's own address."),
    column<&Recent::source>("source", Is::opaque, "Where it was taken from: a name of the system's."),
};
constexpr std::array kEvents { Event { "last_used", "address_used", "{address} {display_name}" } };
constexpr auto kRecents = table<Recent>("ios_recent_address",
    "One row per address that was lately written to, in mail or messages.", Relation::contacted, kColumns,
    kEvents);

constexpr std::array kFields {
    from<&Recent::last_used>("r.last_date", Clock::unix_millis),
    from<&Recent::address>("c.address"),
    from<&Recent::display_name>("c.display_name"),
    from<&Recent::kind>("c.kind"),
    from<&Recent::sending_address>("r.sending_address"),
    from<&Recent::source>("r.original_source"),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("contacts"))
        return fail(Fault::unsupported, "the database has no table `contacts`");
    Select const select { .alias = "c",
        .table = "contacts",
        .joins = { { "r", "recents", "ROWID", "c.recent_id" } },
        .deleted = true };
    return each_row<Recent>(
        database, context, select, kFields, [&](Recent const& row, Origin origin) -> Result<void> {
            return row.address ? context.add(kRecents, row, origin) : Result<void> {};
        });
}

constexpr std::array kPaths { "/private/var/mobile/Library/Recents/Recents"sv };
constexpr std::array<Table const*, 1> kTables { &kRecents };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.recents",
    .title = "Recently used addresses",
    .doc = "Mail addresses and phone numbers that the person lately exchanged something with, as the system "
           "proposes them. Read from Recents, which backups hold too.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::recents
