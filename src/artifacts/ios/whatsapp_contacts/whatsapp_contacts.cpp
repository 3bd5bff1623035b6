#include "artifacts/common/query.hpp"
#include "artifacts/ios/common/whatsapp.hpp"

#include <array>

namespace exhibit::ios::whatsapp_contacts {
namespace {

using namespace std::string_view_literals;

struct Contact {
    std::optional<std::int64_t> contact_id;
    std::optional<std::string_view> account;
    std::optional<std::string> account_phone;
    std::optional<std::string_view> lid;
    std::optional<std::string_view> phone;
    std::optional<std::string_view> localized_phone;
    std::optional<std::string_view> full_name;
    std::optional<std::string_view> given_name;
    std::optional<std::string_view> last_name;
    std::optional<std::string_view> username;
    std::optional<std::string_view> business_name;
    std::optional<std::string_view> about_text;
    std::optional<std::string_view> about_emoji;
    std::optional<std::string_view> notes;
    std::optional<std::int64_t> disappearing_seconds;
    std::optional<bool> disappearing_is_on;
    std::optional<std::string_view> disappearing_label;
    Time disappearing_set;
    Time about_changed;
    Time about_expires;
    Time updated;
    std::optional<std::int64_t> phone_status;
    std::optional<std::int64_t> sync_policy;
};

constexpr std::array kColumns {
    column<&Contact::contact_id>("contact_id", "Number of the contact.").mvt("row_pk"),
    column<&Contact::account>("account", Is::handle, "The contact's account.").mvt("whatsapp_id"),
    column<&Contact::account_phone>("account_phone", Is::phone, "The number that the account tells.")
        .mvt("-"),
    column<&Contact::lid>(
        "lid", Is::handle, "Number that stands for the account without telling its phone number.")
        .mvt("lid"),
    column<&Contact::phone>("phone", Is::phone, "Phone number.").mvt("phone_number"),
    column<&Contact::localized_phone>("localized_phone", Is::phone, "The same as written in its country.")
        .mvt("localized_phone_number"),
    column<&Contact::full_name>("full_name", Is::free_text, "Name.").mvt("full_name"),
    column<&Contact::given_name>("given_name", Is::free_text, "First name.").mvt("given_name"),
    column<&Contact::last_name>("last_name", Is::free_text, "Last name.").mvt("last_name"),
    column<&Contact::username>("username", Is::handle, "Name that the contact chose in the service.")
        .mvt("user_name"),
    column<&Contact::business_name>("business_name", Is::free_text, "Name of a business.")
        .mvt("business_name"),
    column<&Contact::about_text>("about_text", Is::free_text, "What the contact says of itself.")
        .mvt("about_text"),
    column<&Contact::about_emoji>("about_emoji", Is::free_text, "Picture that goes with it.")
        .mvt("about_emoji"),
    column<&Contact::notes>("notes", Is::free_text, "What the person noted about the contact.").mvt("notes"),
    column<&Contact::disappearing_seconds>(
        "disappearing_seconds", "After how many seconds messages disappear; 0 for never.")
        .mvt("disappearing_mode_duration"),
    column<&Contact::disappearing_is_on>("disappearing_is_on", "Whether messages disappear.")
        .mvt("disappearing_mode_is_on"),
    column<&Contact::disappearing_label>(
        "disappearing_label", Is::opaque, "The same in words, one of a few fixed ones.")
        .mvt("disappearing_mode_label"),
    column<&Contact::disappearing_set>("disappearing_set", Clock::mac, "When this was set.")
        .mvt("disappearing_mode_timestamp"),
    column<&Contact::about_changed>(
        "about_changed", Clock::mac, "When the contact changed what it says of itself.")
        .mvt("about_timestamp"),
    column<&Contact::about_expires>("about_expires", Clock::mac, "When that ends.")
        .mvt("about_expiration_timestamp"),
    column<&Contact::updated>("updated", Clock::mac, "When the contact was last fetched.")
        .mvt("last_updated"),
    column<&Contact::phone_status>(
        "phone_status", "Whether the number is known to the service, in the app's code.")
        .mvt("phone_status"),
    column<&Contact::sync_policy>("sync_policy", "How the contact is kept up to date, in the app's code.")
        .mvt("sync_policy"),
};
constexpr std::array kEvents {
    Event { "disappearing_set", "whatsapp_disappearing_set", "{full_name} {account}: {disappearing_label}" },
    Event { "about_changed", "whatsapp_about_changed", "{full_name} {account}: {about_text}" },
    Event { "about_expires", "whatsapp_about_expires", "{full_name} {account}" },
    Event { "updated", "whatsapp_contact_updated", "{full_name} {account}" },
};
constexpr auto kContacts = table<Contact>("ios_whatsapp_contact", "One row per contact that WhatsApp knows.",
    Relation::present, kColumns, kEvents, "whatsapp_contacts");

constexpr std::array kFields {
    from<&Contact::contact_id>("contact.Z_PK"),
    from<&Contact::account>("contact.ZWHATSAPPID"),
    from<&Contact::lid>("contact.ZLID"),
    from<&Contact::phone>("contact.ZPHONENUMBER"),
    from<&Contact::localized_phone>("contact.ZLOCALIZEDPHONENUMBER"),
    from<&Contact::full_name>("contact.ZFULLNAME"),
    from<&Contact::given_name>("contact.ZGIVENNAME"),
    from<&Contact::last_name>("contact.ZLASTNAME"),
    from<&Contact::username>("contact.ZUSERNAME"),
    from<&Contact::business_name>("contact.ZBUSINESSNAME"),
    from<&Contact::about_text>("contact.ZABOUTTEXT"),
    from<&Contact::about_emoji>("contact.ZABOUTEMOJI"),
    from<&Contact::notes>("contact.ZNOTES"),
    from<&Contact::disappearing_seconds>("contact.ZDISAPPEARINGMODEDURATION"),
    from<&Contact::disappearing_set>("contact.ZDISAPPEARINGMODETIMESTAMP", Clock::mac),
    from<&Contact::about_changed>("contact.ZABOUTTIMESTAMP", Clock::mac),
    from<&Contact::about_expires>("contact.ZABOUTEXPIRATIONTIMESTAMP", Clock::mac),
    from<&Contact::updated>("contact.ZLASTUPDATED", Clock::mac),
    from<&Contact::phone_status>("contact.ZPHONENUMBERSTATUS"),
    from<&Contact::phone_status>("contact.ZPHONESTATUS"), // before it was renamed
    from<&Contact::sync_policy>("contact.ZSYNCPOLICY"),
};

struct Label {
    std::int64_t seconds;
    std::string_view words;
};
constexpr std::array kLabels {
    Label { 0, "off" },
    Label { 86'400, "24 hours" },
    Label { 604'800, "7 days" },
    Label { 1'209'600, "14 days" },
    Label { 2'592'000, "30 days" },
    Label { 7'776'000, "90 days" },
};

Result<void> parse(Input const& input, Context& context)
{
    auto const database = EXHIBIT_TRY(open_database(input, context));
    if (!database.empty() && !database.had_table("ZWAADDRESSBOOKCONTACT"))
        return fail(Fault::unsupported, "the database has no table `ZWAADDRESSBOOKCONTACT`");
    return each_row<Contact>(database, context,
        { .alias = "contact", .table = "ZWAADDRESSBOOKCONTACT", .deleted = true }, kFields,
        [&](Contact& row, Origin origin) {
            row.account_phone = ios::whatsapp_phone(row.account);
            if (row.disappearing_seconds)
                row.disappearing_is_on = *row.disappearing_seconds > 0;
            for (auto const& label : kLabels)
                if (row.disappearing_seconds == label.seconds)
                    row.disappearing_label = label.words;
            return context.add(kContacts, row, origin);
        });
}

constexpr std::array kPaths { "/private/var/mobile/Containers/Shared/AppGroup/*/ContactsV2.sqlite"sv };
constexpr std::array<Table const*, 1> kTables { &kContacts };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.whatsapp_contacts",
    .title = "WhatsApp contacts",
    .doc
    = "Contacts of WhatsApp and WhatsApp Business, which give names and phone numbers to accounts. Read from "
      "ContactsV2.sqlite; often missing in backups.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::whatsapp_contacts
