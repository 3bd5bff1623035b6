#include "artifacts/common/query.hpp"

#include <array>

namespace exhibit::ios::contacts {
namespace {

using namespace std::string_view_literals;

struct Contact {
    std::optional<std::int64_t> person_id;
    std::optional<std::string_view> value;
    std::optional<std::string_view> url;
    std::optional<std::int64_t> property;
    std::optional<std::string_view> label;
    std::optional<std::string_view> first;
    std::optional<std::string_view> middle;
    std::optional<std::string_view> last;
    std::optional<std::string_view> organization;
    std::optional<std::string_view> note;
    Time created;
    Time modified;
};

constexpr std::array kColumns {
    column<&Contact::person_id>(
        "person_id", "Number of the person in the address book; several rows may share it.")
        .mvt("-"),
    column<&Contact::value>("value", Is::handle,
        "A phone number, mail address or web page; absent where the person has none, and where "
        "`ios_contact_entry` has its parts.")
        .mvt("value"),
    column<&Contact::url>("url", Is::free_text, "The value, where it is a web page.").mvt("-"),
    column<&Contact::property>(
        "property", "What the value is: 3 phone, 4 mail, 22 web page, 46 social profile.")
        .mvt("-"),
    column<&Contact::label>("label", Is::opaque,
        "The person's own word for the value, such as home or mobile; never an indicator.")
        .mvt("-"),
    column<&Contact::first>("first", Is::free_text, "First name.").mvt("First"),
    column<&Contact::middle>("middle", Is::free_text, "Middle name.").mvt("Middle"),
    column<&Contact::last>("last", Is::free_text, "Last name.").mvt("Last"),
    column<&Contact::organization>("organization", Is::free_text, "Organization.").mvt("Organization"),
    column<&Contact::note>("note", Is::free_text, "What the person noted about the contact.").mvt("-"),
    column<&Contact::created>("created", Clock::mac, "When the contact was added.").mvt("-"),
    column<&Contact::modified>("modified", Clock::mac, "When the contact was last changed.").mvt("-"),
};
constexpr auto kContacts = table<Contact>("ios_contact",
    "One row per phone number, address or account of a person in the address book, and one for a person "
    "without any.",
    Relation::present, kColumns, {}, "contacts");

struct Entry {
    std::optional<std::int64_t> person_id;
    std::optional<std::int64_t> property;
    std::optional<std::string_view> key;
    std::optional<std::string_view> value;
    std::optional<std::string_view> account;
};

constexpr std::array kEntryColumns {
    column<&Entry::person_id>("person_id", "Number of the person.").mvt("-"),
    column<&Entry::property>(
        "property", "What the whole is: 5 postal address, 13 instant messages, 46 social profile.")
        .mvt("-"),
    column<&Entry::key>("key", Is::opaque, "What the part is, such as username, service or url.").mvt("-"),
    column<&Entry::value>("value", Is::free_text, "The part.").mvt("-"),
    column<&Entry::account>("account", Is::handle, "The part, where it is the name of an account.").mvt("-"),
};
constexpr auto kEntries = table<Entry>("ios_contact_entry",
    "One row per part of a value of a person that has parts: social profiles, instant messages, postal "
    "addresses.",
    Relation::present, kEntryColumns);

constexpr std::array kEntryFields {
    from<&Entry::person_id>("value.record_id"),
    from<&Entry::property>("value.property"),
    from<&Entry::key>("key.value"),
    from<&Entry::value>("entry.value"),
};

constexpr std::array kFields {
    from<&Contact::person_id>("value.record_id"),
    from<&Contact::value>("value.value"),
    from<&Contact::property>("value.property"),
    from<&Contact::label>("label.value"),
    from<&Contact::first>("person.First"),
    from<&Contact::middle>("person.Middle"),
    from<&Contact::last>("person.Last"),
    from<&Contact::organization>("person.Organization"),
    from<&Contact::note>("person.Note"),
    from<&Contact::created>("person.CreationDate", Clock::mac),
    from<&Contact::modified>("person.ModificationDate", Clock::mac),
};

constexpr std::array kPersonFields {
    from<&Contact::person_id>("person.ROWID"),
    from<&Contact::first>("person.First"),
    from<&Contact::middle>("person.Middle"),
    from<&Contact::last>("person.Last"),
    from<&Contact::organization>("person.Organization"),
    from<&Contact::note>("person.Note"),
    from<&Contact::created>("person.CreationDate", Clock::mac),
    from<&Contact::modified>("person.ModificationDate", Clock::mac),
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ABPerson"))
        return fail(Fault::unsupported, "the database has no table `ABPerson`");
    auto const add = [&](Contact& row, Origin origin) {
        constexpr std::int64_t web_page = 22;
        if (row.property == web_page)
            row.url = row.value;
        return context.add(kContacts, row, origin);
    };
    Select const values { .alias = "value",
        .table = "ABMultiValue",
        .joins = { { "person", "ABPerson", "ROWID", "value.record_id" },
            { "label", "ABMultiValueLabel", "ROWID", "value.label" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Contact>(database, context, values, kFields, add));
    Select const entries { .alias = "entry",
        .table = "ABMultiValueEntry",
        .joins = { { "value", "ABMultiValue", "UID", "entry.parent_id" },
            { "key", "ABMultiValueEntryKey", "ROWID", "entry.key" } },
        .deleted = true };
    EXHIBIT_TRY(each_row<Entry>(database, context, entries, kEntryFields, [&](Entry& row, Origin origin) {
        if (row.key == "username"sv)
            row.account = row.value;
        return context.add(kEntries, row, origin);
    }));
    Select people { .alias = "person", .table = "ABPerson", .deleted = true };
    if (database.has_column("ABMultiValue", "record_id"))
        people.where = "person.rowid NOT IN (SELECT record_id FROM ABMultiValue WHERE record_id IS NOT NULL)";
    return each_row<Contact>(database, context, people, kPersonFields, add);
}

constexpr std::array kPaths { "/private/var/mobile/Library/AddressBook/AddressBook.sqlitedb"sv };
constexpr std::array<Table const*, 2> kTables { &kContacts, &kEntries };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.contacts",
    .title = "Contacts",
    .doc = "The address book, which gives names to the numbers and addresses of other artifacts. Read from "
           "the tables `ABPerson`, `ABMultiValue` and `ABMultiValueEntry`.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::contacts
