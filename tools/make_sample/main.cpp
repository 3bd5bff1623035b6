#include "android_traces.hpp"
#include "contents.hpp"
#include "support/backup_builder.hpp"
#include "support/fixture.hpp"
#include "support/plist_builder.hpp"
#include "traces.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
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
    bool traces = false;
    bool file_system = false;
    bool android = false;
    bool mbdb = false;
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

std::string configuration_profile()
{
    return test::to_xml_plist(Plist::dictionary({ { "PayloadIdentifier", "org.example.sample.profile" },
        { "PayloadUUID", "0B5E0E9A-0000-4000-8000-000000000001" }, { "PayloadType", "Configuration" },
        { "PayloadDisplayName", "Sample profile" }, { "PayloadOrganization", "Example" },
        { "InstallDate", Plist::date(double(kStart + 10 * 86'400 + 1'500)) },
        { "PayloadContent",
            Plist::array({ Plist::dictionary({ { "PayloadType", "com.apple.notificationsettings" },
                { "PayloadIdentifier", "org.example.sample.profile.notifications" },
                { "PayloadUUID", "0B5E0E9A-0000-4000-8000-000000000002" } }) }) } }));
}

Plist application(std::uint64_t number, std::string_view source)
{
    auto const metadata = test::to_binary_plist(
        Plist::dictionary({ { "softwareVersionBundleId", fmt::format("org.example.app{}", number) },
            { "itemName", fmt::format("Example {}", number) }, { "itemId", std::int64_t(1000 + number) },
            { "artistName", "Example" }, { "bundleShortVersionString", "1.0" }, { "bundleVersion", "100" },
            { "sourceApp", source }, { "kind", "software" },
            { "com.apple.iTunesStore.downloadInfo",
                Plist::dictionary({ { "purchaseDate", fmt::format("2021-04-{:02}T10:00:00Z", number) },
                    { "accountInfo", Plist::dictionary({ { "AppleID", "owner@example.org" } }) } }) } }));
    return Plist::dictionary(
        { { "iTunesMetadata", Plist::data(metadata) }, { "PlaceholderIcon", Plist::data("icon") } });
}

void add_applications(BackupOptions& options)
{
    std::vector<std::pair<std::string, Plist>> details;
    for (std::uint64_t i = 1; i != 6; ++i) {
        options.applications.push_back(fmt::format("org.example.app{}", i));
        details.emplace_back(options.applications.back(),
            application(i, i == 5 ? "com.apple.TestFlight" : "com.apple.AppStore"));
    }
    options.application_details = Plist::dictionary(std::move(details));
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
    backup.add({ .domain = "WirelessDomain", .path = "Library/Databases", .kind = test::ItemKind::folder });
    backup.add_file("HomeDomain", "Library/TCC/TCC.db", tcc_database());
    backup.add_file("HomeDomain", "Library/CallHistoryDB/CallHistory.storedata", call_database());
    backup.add_file("HomeDomain", "Library/AddressBook/AddressBook.sqlitedb", contact_database());
    backup.add_file("HomeDomain", "Library/CoreDuet/People/interactionC.db", interaction_database());
    backup.add_file("AppDomain-com.apple.mobilesafari",
        "Library/Safari/Profiles/5F0C7A2E-0000-4000-8000-000000000001/History.db", safari_profile_database());
    backup.add_file("AppDomainGroup-group.net.whatsapp.WhatsApp.shared", "ContactsV2.sqlite",
        whatsapp_contact_database());
    backup.add_file(kProfiles,
        "Library/ConfigurationProfiles/"
        "profile-0000000000000000000000000000000000000000000000000000000000000001"
        ".stub",
        configuration_profile());
    backup.add_file(kProfiles, "Library/ConfigurationProfiles/MCProfileEvents.plist", profile_events());
    for (std::uint64_t i = 13; i < size.manifest_rows; ++i) {
        bool const file = i % 3 == 0;
        auto const path = file ? fmt::format("Media/DCIM/{}APPLE/IMG_{:06}.HEIC", 100 + i / 3000, i)
                               : fmt::format("Media/PhotoData/Folder{:06}", i);
        backup.add({ .domain = "CameraRollDomain",
            .path = path,
            .content = file ? "photo" : "",
            .kind = file ? test::ItemKind::file : test::ItemKind::folder });
    }
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFolders { {
    { "HomeDomain", "private/var/mobile" },
    { "MediaDomain", "private/var/mobile" },
    { "RootDomain", "private/var/root" },
    { "WirelessDomain", "private/var/wireless" },
    { "", "" },
} };

void write_backup(fs::path const& folder, TraceSet const& traces)
{
    BackupOptions options;
    options.device_name = "Sample phone";
    BackupBuilder backup { folder, options };
    for (auto const& file : traces.files)
        if (!file.domain.empty())
            backup.add({ .domain = file.domain,
                .path = file.path,
                .content = file.content,
                .kind = file.folder ? test::ItemKind::folder : test::ItemKind::file,
                .modified = kTraceTime,
                .changed = kTraceTime });
    backup.finish();
}

void write_file_system(fs::path const& folder, TraceSet const& traces)
{
    for (auto const& file : traces.files) {
        auto const root = std::ranges::find(kFolders, file.domain, [](auto const& one) { return one.first; });
        if (root == kFolders.end() || file.folder)
            continue;
        auto const path = folder / root->second / file.path;
        fs::create_directories(path.parent_path());
        std::ofstream { path, std::ios::binary } << file.content;
    }
}

void write_truth(fs::path const& file, TraceSet const& traces)
{
    auto const object = [](auto const& rules) {
        std::vector<std::string> lines;
        for (auto const& [rule, severity] : rules)
            lines.push_back(fmt::format("    \"{}\": \"{}\"", rule, severity));
        return fmt::format("{{\n{}\n  }}", fmt::join(lines, ",\n"));
    };
    std::ofstream { file } << fmt::format("{{\n  \"backup\": {},\n  \"file_system\": {}\n}}\n",
        object(traces.in_backup), object(traces.in_file_system));
}

/// For `make evaluate`: every trace that a rule must find, and beside it what looks much like each.
void make_trace_sets(fs::path const& folder)
{
    for (auto const& [form, name] :
        { std::pair { Form::trace, "traces" }, { Form::near_miss, "near_misses" } }) {
        auto const traces = make_traces(form);
        fs::create_directories(folder / name);
        write_backup(folder / name / "backup", traces);
        write_file_system(folder / name / "file_system", traces);
        write_truth(folder / name / "truth.json", traces);
    }
}

void write(fs::path const& path, std::string const& content)
{
    fs::create_directories(path.parent_path());
    std::ofstream { path, std::ios::binary } << content;
}

/// A file system with the databases of the sample, and one file for each other path that the fixtures of the
/// tests have one for.
void make_file_system(fs::path const& folder, Size const& size)
{
    auto const mobile = folder / "private/var/mobile";
    write(mobile / "Library/SMS/sms.db", sms_database(size));
    write(mobile / "Library/Safari/History.db", safari_database(size));
    write(mobile / "Library/TCC/TCC.db", tcc_database());
    write(mobile / "Library/CallHistoryDB/CallHistory.storedata", call_database());
    write(mobile / "Library/AddressBook/AddressBook.sqlitedb", contact_database());
    write(mobile / "Library/CoreDuet/People/interactionC.db", interaction_database());
    auto const group = mobile / "Containers/Shared/AppGroup/group.net.whatsapp.WhatsApp.shared";
    write(group / "ChatStorage.sqlite", whatsapp_database(size));
    write(group / "ContactsV2.sqlite", whatsapp_contact_database());
    write(folder / "private/var/wireless/Library/Databases/DataUsage.sqlite", usage_database(size));
    write(folder / "private/var/networkd/netusage.sqlite", usage_database(size));
    // Only names are read of these.
    auto const app = mobile / "Containers/Data/Application/A";
    write(app / "Library/WebKit/WebsiteData/IndexedDB/https_a.example.net_0/x/IndexedDB.sqlite3", {});
    write(app / "Library/WebKit/WebsiteData/LocalStorage/http_b.example.net_8080.localstorage", {});
    write(app
            / "SystemData/com.apple.SafariViewService/Library/WebKit/WebsiteData/LocalStorage/"
              "https_c.example.net_0.localstorage",
        {});
    auto const checkout = fs::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path();
    for (auto const& fixture : test::load_fixtures(checkout / "tests/artifacts")) {
        auto const path = folder / std::string_view { fixture.path }.substr(fixture.path.starts_with('/'));
        if (fixture.artifact == nullptr || fixture.artifact->platform != Platform::ios
            || fixture.path.starts_with('@') || fs::exists(path))
            continue;
        write(path, fixture.main);
        if (fixture.has_wal)
            write(path.string() + "-wal", fixture.wal);
    }
}

void make(Options options)
{
    if (options.traces)
        return make_trace_sets(options.folder);
    if (options.android) {
        write(options.folder / "indicators.stix2", indicator_file());
        write_android(options.folder / "traces", make_android(Form::trace));
        return write_android(options.folder / "near_misses", make_android(Form::near_miss));
    }
    if (options.benchmark)
        options.size = { 150'000, 300'000, 300'000, 100'000, 5'000 };
    for (auto* count : { &options.size.manifest_rows, &options.size.messages, &options.size.whatsapp_messages,
             &options.size.visits, &options.size.usage_rows })
        *count *= options.scale;
    fs::create_directories(options.folder);
    if (options.file_system)
        return make_file_system(options.folder / "files", options.size);
    BackupOptions backup_options;
    backup_options.encrypted = options.encrypted;
    backup_options.form = options.mbdb ? test::ManifestForm::mbdb : test::ManifestForm::database;
    backup_options.password = "sample";
    backup_options.sha256_iterations = options.iterations;
    backup_options.sha1_iterations = 10'000;
    backup_options.device_name = "Sample phone";
    add_applications(backup_options);
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
    app.add_flag("--traces", options.traces,
        "Instead: a trace for each rule into FOLDER/traces, near misses into FOLDER/near_misses");
    app.add_flag("--android", options.android,
        "Instead: an AndroidQF acquisition with a trace for each of many rules into FOLDER/traces, one with "
        "near "
        "misses into FOLDER/near_misses");
    app.add_flag("--file-system", options.file_system,
        "Instead, a file system of the tests' fixtures into FOLDER/files");
    app.add_flag("--mbdb", options.mbdb, "With the list of files that iOS 9 and older write");
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
