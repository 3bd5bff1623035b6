#include "acquisition/decrypt_backup.hpp"

#include "support/backup_builder.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

namespace {

using namespace exhibit;
using test::BackupBuilder;
using test::TemporaryFolder;

OpenOptions with_password()
{
    OpenOptions options;
    options.password = [] { return std::optional<std::string> { "correct horse" }; };
    return options;
}

std::string read(std::filesystem::path const& path)
{
    std::ifstream file { path, std::ios::binary };
    return { std::istreambuf_iterator<char> { file }, {} };
}

std::map<std::string, nlohmann::json> ledger_of(std::filesystem::path const& folder)
{
    std::map<std::string, nlohmann::json> lines;
    std::ifstream file { folder / "ledger.jsonl" };
    for (std::string line; std::getline(file, line);) {
        auto parsed = nlohmann::json::parse(line);
        auto const path = parsed["path"].get<std::string>();
        lines[path] = std::move(parsed);
    }
    return lines;
}

void write_backup(std::filesystem::path const& folder, bool encrypted = true)
{
    BackupBuilder builder { folder, { .encrypted = encrypted } };
    builder.add({ .domain = "HomeDomain", .path = "", .kind = test::ItemKind::folder });
    builder.add_file("HomeDomain", "Library/a.txt", "abc");
    builder.add_file("HomeDomain", "Library/large", std::string(3'000'000, 'L'));
    builder.add({ .domain = "HomeDomain", .path = "gone", .content = "x", .has_payload = false });
    builder.add({ .domain = "HomeDomain", .path = "empty", .content = "", .has_payload = false });
    builder.add({ .domain = "HomeDomain", .path = "locked\n\xff", .content = "x", .protection_class = 77 });
    builder.add(
        { .domain = "HomeDomain", .path = "hostile", .content = "x", .stated_id = "../../etc/passwd" });
    for (int i = 0; i < 300; ++i)
        builder.add_file("HomeDomain", "many/" + std::to_string(i), std::to_string(i));
    builder.finish();
}

TEST(DecryptBackup, the_copy_is_a_backup_without_encryption_and_its_ledger_accounts_for_every_file)
{
    TemporaryFolder const folder;
    write_backup(folder / "b");
    auto const summary = decrypt_backup(folder / "b", folder / "copy", with_password());
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    EXPECT_EQ(summary->decrypted, 302U + 2); // with Manifest.db and Manifest.plist
    EXPECT_EQ(summary->copied, 2U);
    EXPECT_EQ(summary->missing, 1U);
    EXPECT_EQ(summary->empty, 1U);
    EXPECT_EQ(summary->failed, 2U);

    auto const ledger = ledger_of(folder / "copy");
    EXPECT_EQ(ledger.size(), 4U + 6U + 300U);
    auto const& small = ledger.at("/private/var/mobile/Library/a.txt");
    EXPECT_EQ(small["state"], "decrypted");
    EXPECT_EQ(small["stored"], "HomeDomain::Library/a.txt");
    EXPECT_EQ(small["size"], 3);
    EXPECT_EQ(small["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(ledger.at("/private/var/mobile/gone")["state"], "missing");
    EXPECT_EQ(ledger.at("/private/var/mobile/empty")["state"], "empty");
    EXPECT_EQ(ledger.at("/private/var/mobile/hostile")["state"], "failed");
    EXPECT_EQ(ledger.at("/private/var/mobile/locked\n\xEF\xBF\xBD")["state"], "failed");
    EXPECT_FALSE(ledger.at("/private/var/mobile/hostile")["why"].get<std::string>().empty());

    auto const copy = open_acquisition(folder / "copy", {});
    ASSERT_TRUE(copy.has_value()) << copy.error().message;
    std::map<std::string, std::string> contents;
    EXPECT_TRUE((*copy)->visit([&](EntryView const& view) {
        if (auto const source = (*copy)->open(Entry { view }))
            contents[std::string { view.path }] = as_text(read_all(**source, 1U << 24U).value().bytes());
        return true;
    }));
    EXPECT_EQ(contents.at("/private/var/mobile/Library/a.txt"), "abc");
    EXPECT_EQ(contents.at("/private/var/mobile/Library/large"), std::string(3'000'000, 'L'));
    EXPECT_EQ(contents.at("/private/var/mobile/many/299"), "299");
    EXPECT_TRUE(read(folder / "copy/Manifest.db").starts_with("SQLite format 3"));
    EXPECT_FALSE(read(folder / "copy/Manifest.plist").contains("BackupKeyBag"));
    EXPECT_TRUE(read(folder / "copy/Manifest.plist").contains("<key>ProductVersion</key>"));
    EXPECT_EQ(read(folder / "copy/Info.plist"), read(folder / "b/Info.plist"));
}

TEST(DecryptBackup, a_file_that_is_cut_off_is_not_told_as_whole)
{
    TemporaryFolder const folder;
    BackupBuilder builder { folder / "b", { .encrypted = true } };
    auto const inside_a_block = builder.add_file("HomeDomain", "inside", std::string(5000, 'i'));
    auto const between_blocks = builder.add_file("HomeDomain", "between", std::string(5000, 'b'));
    builder.add_file("HomeDomain", "whole", std::string(5000, 'w'));
    builder.add({ .domain = "HomeDomain", .path = "larger", .content = "abc", .stated_size = 5000 });
    builder.finish();
    std::filesystem::resize_file(builder.payload(inside_a_block), 1001);
    std::filesystem::resize_file(builder.payload(between_blocks), 1024);
    auto const summary = decrypt_backup(folder / "b", folder / "copy", with_password());
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    EXPECT_EQ(summary->cut, 2U);
    EXPECT_EQ(summary->failed, 0U);
    auto const ledger = ledger_of(folder / "copy");
    for (auto const& [name, size] : { std::pair { "inside", 992 }, std::pair { "between", 1024 } }) {
        auto const& line = ledger.at(std::string { "/private/var/mobile/" } + name);
        EXPECT_EQ(line["state"], "cut") << name;
        EXPECT_EQ(line["size"], size) << name;
        EXPECT_EQ(line["stated_size"], 5000) << name;
        EXPECT_FALSE(line["why"].get<std::string>().empty()) << name;
    }
    EXPECT_EQ(ledger.at("/private/var/mobile/whole")["state"], "decrypted");
    EXPECT_FALSE(ledger.at("/private/var/mobile/whole").contains("stated_size"));
    EXPECT_EQ(ledger.at("/private/var/mobile/larger")["state"], "decrypted")
        << "its padding says that it ends there";
}

TEST(DecryptBackup, is_the_same_with_one_thread_and_with_four)
{
    TemporaryFolder const folder;
    write_backup(folder / "b");
    ASSERT_TRUE(decrypt_backup(folder / "b", folder / "one", with_password(), 1).has_value());
    ASSERT_TRUE(decrypt_backup(folder / "b", folder / "four", with_password(), 4).has_value());
    EXPECT_EQ(read(folder / "one/ledger.jsonl"), read(folder / "four/ledger.jsonl"));
}

TEST(DecryptBackup, refuses_places_where_a_copy_must_not_be)
{
    TemporaryFolder const folder;
    write_backup(folder / "b");
    std::filesystem::create_directories(folder / "full");
    std::ofstream { folder / "full/file" } << "x";
    std::filesystem::create_directory_symlink(folder / "b", folder / "link");
    auto const message = [&](std::string_view into) {
        auto const summary = decrypt_backup(folder / "b", folder / into, with_password());
        return summary ? std::string {} : summary.error().message;
    };
    EXPECT_TRUE(message("b/copy").contains("into the backup itself"));
    EXPECT_TRUE(message("b/../b/copy").contains("into the backup itself"));
    EXPECT_TRUE(message("link/copy").contains("into the backup itself"));
    EXPECT_TRUE(message("b").contains("into the backup itself"));
    EXPECT_TRUE(message("full").contains("something at the place"));
    EXPECT_TRUE(message("full/file").contains("something at the place"));
    EXPECT_TRUE(message("none/copy").contains("does not exist"));
    EXPECT_EQ(read(folder / "full/file"), "x");
    std::filesystem::create_directories(folder / "empty");
    EXPECT_EQ(message("empty"), "");
}

TEST(DecryptBackup, leaves_nothing_behind_when_it_is_refused_or_stopped)
{
    TemporaryFolder const folder;
    write_backup(folder / "b");
    write_backup(folder / "plain", false);
    std::stop_source stop;
    auto options = with_password();
    options.stop = stop.get_token();
    options.progress = [&](std::string_view words, double) {
        if (words == "decrypting")
            stop.request_stop();
    };
    EXPECT_EQ(decrypt_backup(folder / "b", folder / "copy", options).error().fault, Fault::cancelled);
    EXPECT_TRUE(
        decrypt_backup(folder / "plain", folder / "copy", {}).error().message.contains("not encrypted"));
    EXPECT_EQ(decrypt_backup(folder / "b", folder / "copy", {}).error().fault, Fault::locked);
    std::size_t left = 0;
    for (auto const& found : std::filesystem::directory_iterator { folder.path() })
        left += found.path().filename() == "b" || found.path().filename() == "plain" ? 0U : 1U;
    EXPECT_EQ(left, 0U);
}

} // namespace
