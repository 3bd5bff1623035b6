#include "contents.hpp"
#include "support/backup_builder.hpp"
#include "support/plist_builder.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fstream>

namespace exhibit::sample {
namespace {

namespace fs = std::filesystem;
using test::BackupBuilder;
using test::BackupOptions;
using test::Plist;

struct Options {
    fs::path folder;
    Size size;
    std::uint64_t scale = 1;
    bool benchmark = false;
    bool encrypted = false;
    std::uint32_t iterations = 10'000;
};

constexpr auto kProfiles = "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles";

std::string profile_events()
{
    auto const when = double(kStart + 10 * 86'400 + 1'500);
    return test::to_binary_plist(Plist::dictionary({ { "ProfileEvents",
        Plist::array({ Plist::dictionary({ { "org.example.sample.profile",
            Plist::dictionary({ { "timestamp", Plist::date(when) }, { "Operation", "install" },
                { "Process", "profiled" } }) } }) }) } }));
}

/// Databases first, then folders and photos until the list is as long as asked for. Two rows in three are
/// folders, as on a phone.
void fill(BackupBuilder& backup, Size const& size)
{
    backup.add_file("HomeDomain", "Library/SMS/sms.db", sms_database(size));
    backup.add_file(
        "AppDomainGroup-group.net.whatsapp.WhatsApp.shared", "ChatStorage.sqlite", whatsapp_database(size));
    backup.add_file("HomeDomain", "Library/Safari/History.db", safari_database(size));
    backup.add_file("WirelessDomain", "Library/Databases/DataUsage.sqlite", usage_database(size));
    backup.add_file("HomeDomain", "Library/TCC/TCC.db", tcc_database());
    backup.add_file("HomeDomain", "Library/CallHistoryDB/CallHistory.storedata", call_database());
    backup.add_file("HomeDomain", "Library/AddressBook/AddressBook.sqlitedb", contact_database());
    backup.add_file("HomeDomain", "Library/CoreDuet/People/interactionC.db", interaction_database());
    backup.add_file(kProfiles, "Library/ConfigurationProfiles/MCProfileEvents.plist", profile_events());
    for (std::uint64_t i = 9; i < size.manifest_rows; ++i) {
        bool const file = i % 3 == 0;
        auto const path = file ? fmt::format("Media/DCIM/{}APPLE/IMG_{:06}.HEIC", 100 + i / 3000, i)
                               : fmt::format("Media/PhotoData/Folder{:06}", i);
        backup.add({ .domain = "CameraRollDomain",
            .path = path,
            .content = file ? "photo" : "",
            .kind = file ? test::ItemKind::file : test::ItemKind::folder });
    }
}

void make(Options options)
{
    if (options.benchmark)
        options.size = { 150'000, 300'000, 300'000, 100'000, 5'000 };
    for (auto* count : { &options.size.manifest_rows, &options.size.messages, &options.size.whatsapp_messages,
             &options.size.visits, &options.size.usage_rows })
        *count *= options.scale;
    fs::create_directories(options.folder);
    BackupOptions backup_options;
    backup_options.encrypted = options.encrypted;
    backup_options.password = "sample";
    backup_options.sha256_iterations = options.iterations;
    backup_options.sha1_iterations = 10'000;
    backup_options.device_name = "Sample phone";
    BackupBuilder backup { options.folder / "backup", backup_options };
    fill(backup, options.size);
    backup.finish();
    std::ofstream { options.folder / "indicators.stix2" } << indicator_file();
}

int run(int argc, char const* const* argv)
{
    Options options;
    CLI::App app { "Writes a sample iPhone backup with planted, harmless traces into FOLDER/backup, and the "
                   "indicators that find them into FOLDER/indicators.stix2." };
    app.add_option("FOLDER", options.folder, "Where to write")->required();
    app.add_flag("--benchmark", options.benchmark, "As large as the backup of a well-used phone");
    app.add_option("--scale", options.scale, "So many times as large");
    app.add_flag("--encrypted", options.encrypted, "Encrypted with the password 'sample'");
    app.add_option(
        "--iterations", options.iterations, "Rounds of the first key derivation (10,000,000 on a phone)");
    CLI11_PARSE(app, argc, argv);
    try {
        make(options);
    } catch (std::exception const& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
    return 0;
}

} // namespace
} // namespace exhibit::sample

int main(int argc, char** argv)
{
    return exhibit::sample::run(argc, argv);
}
