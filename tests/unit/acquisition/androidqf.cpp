#include "android_files.hpp"
#include "support/adb_backup_builder.hpp"
#include "support/archive_builder.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <iterator>

namespace {

using namespace exhibit;
using test::ArchiveForm;
using test::Files;
using test::TemporaryFolder;

std::string const kDump = "Currently running services:\n  package\nDUMP OF SERVICE package:\nfrom dumpsys\n"
                          "DUMP OF SERVICE adb:\nonly here\n";

Files const kOwn {
    { "acquisition.json",
        R"({"uuid": "0-1", "androidqf_version": "1.7", "started": "2024-05-01T08:11:12Z", "collector": null})" },
    { "getprop.txt",
        "[ro.product.model]: [Phone 8]\n[ro.build.version.release]: [14]\n"
        "[persist.sys.timezone]: [Europe/Berlin]\n" },
    { "packages.json", "[]" },
    { "dumpsys.txt", kDump },
    { "logs/data/anr/anr_1", "trace" },
    { "tmp/collector", "binary" },
    { "intrusion_logs/day.txt", R"({"dns_event": {}})" },
};

Files const kFromOwn {
    { "@androidqf/acquisition.json", kOwn.at("acquisition.json") },
    { "@androidqf/getprop.txt", kOwn.at("getprop.txt") },
    { "@androidqf/packages.json", "[]" },
    { "@androidqf/dumpsys.txt", kDump },
    { "/data/anr/anr_1", "trace" },
    { "/data/local/tmp/collector", "binary" },
    { "@intrusion_logs/day.txt", R"({"dns_event": {}})" },
    { "@dumpsys/package", "DUMP OF SERVICE package:\nfrom dumpsys\n" },
    { "@dumpsys/adb", "DUMP OF SERVICE adb:\nonly here\n" },
};

std::string slurp(std::filesystem::path const& path)
{
    std::ifstream stream { path, std::ios::binary };
    return { std::istreambuf_iterator<char> { stream }, {} };
}

std::string archive_of(TemporaryFolder const& folder, ArchiveForm form, Files const& files)
{
    std::vector<test::ArchiveMember> members;
    for (auto const& [name, content] : files)
        members.push_back({ .name = name, .content = content });
    test::write_archive(folder / "inner", form, members);
    auto content = slurp(folder / "inner");
    std::filesystem::remove(folder / "inner");
    return content;
}

std::string bug_report(TemporaryFolder const& folder)
{
    return archive_of(folder, ArchiveForm::zip_deflated,
        {
            { "main_entry.txt", "bugreport-x.txt" },
            { "bugreport-x.txt", "DUMP OF SERVICE package:\nfrom the bug report\n" },
            { "FS/data/tombstones/tombstone_00", "tombstone" },
        });
}

TEST(AndroidQf, folder_zip_and_nested_folder_give_the_same)
{
    TemporaryFolder const folder;
    test::write_files(folder / "out", kOwn);
    auto const from_folder = test::opened(folder / "out");
    ASSERT_NE(from_folder, nullptr);
    EXPECT_EQ(from_folder->kind(), AcquisitionKind::androidqf);
    EXPECT_EQ(from_folder->description(), "AndroidQF acquisition of Phone 8, Android 14, in a folder");
    EXPECT_EQ(test::files_of(*from_folder), kFromOwn);
    EXPECT_EQ(test::fact_of(*from_folder, "device.time_zone"), "Europe/Berlin");
    EXPECT_EQ(test::fact_of(*from_folder, "acquisition.started"), "2024-05-01T08:11:12Z");
    for (std::string const prefix : { "", "0-1/" }) {
        test::archive_folder(folder / "out", folder / "archive.zip", ArchiveForm::zip_deflated, prefix);
        auto const acquisition = test::opened(folder / "archive.zip");
        ASSERT_NE(acquisition, nullptr);
        EXPECT_EQ(test::files_of(*acquisition), kFromOwn);
    }
}

TEST(AndroidQf, a_run_of_which_the_most_is_missing_is_called_a_part)
{
    auto const described = [](std::vector<std::string> const& left_out) {
        TemporaryFolder const folder;
        auto files = kOwn;
        for (auto const& name : left_out)
            files.erase(name);
        test::write_files(folder / "out", files);
        auto const acquisition = test::opened(folder / "out");
        std::string out = acquisition == nullptr ? "" : acquisition->description() + "\n";
        for (auto const& problem : acquisition == nullptr ? std::vector<Problem> {} : acquisition->problems())
            out += problem.message + "\n";
        return out;
    };
    EXPECT_TRUE(described({}).starts_with("AndroidQF acquisition")) << described({});
    for (auto const& [left_out, named] : { std::pair { "acquisition.json", "acquisition.json" },
             { "dumpsys.txt", "dumpsys.txt" }, { "packages.json", "list of packages" } }) {
        auto const text = described({ left_out });
        EXPECT_TRUE(text.starts_with("Part of an AndroidQF acquisition")) << text;
        EXPECT_TRUE(text.contains("there is not: ") && text.contains(named)) << text;
    }
    auto const sections = described({});
    EXPECT_TRUE(sections.contains("the dump has no section: activity, appops")) << sections;
    EXPECT_FALSE(sections.contains("system_properties")) << "dumpsys prints services alone: " << sections;
}

TEST(AndroidQf, what_is_inside_is_examined_and_the_dump_adds_what_the_bug_report_lacks)
{
    TemporaryFolder const folder;
    auto own = kOwn;
    own["bugreport.zip"] = bug_report(folder);
    own["backup.ab"] = test::adb_backup_file(
        { 5, true, "secret" }, archive_of(folder, ArchiveForm::tar, { { "apps/org.app/f/x", "backed up" } }));
    own["intrusion_logs/more.zip"]
        = archive_of(folder, ArchiveForm::zip_deflated, { { "night.txt", R"({"connect_event": {}})" } });
    test::write_files(folder / "out", own);
    OpenOptions options;
    options.password = [] { return std::optional<std::string> { "secret" }; };
    for (auto const* const name : { "out", "out.zip" }) {
        if (std::string_view { name } == "out.zip")
            test::archive_folder(folder / "out", folder / name, ArchiveForm::zip_deflated);
        auto const acquisition = test::opened(folder / name, options);
        ASSERT_NE(acquisition, nullptr);
        auto const files = test::files_of(*acquisition);
        EXPECT_EQ(files.at("@dumpsys/package"), "DUMP OF SERVICE package:\nfrom the bug report\n");
        EXPECT_EQ(files.at("@dumpsys/adb"), "DUMP OF SERVICE adb:\nonly here\n");
        EXPECT_EQ(files.at("/data/tombstones/tombstone_00"), "tombstone");
        EXPECT_EQ(files.at("@bugreport/main_entry.txt"), "bugreport-x.txt");
        EXPECT_EQ(files.at("/data/data/org.app/files/x"), "backed up");
        EXPECT_EQ(files.at("@intrusion_logs/night.txt"), R"({"connect_event": {}})");
        EXPECT_EQ(files.at("@intrusion_logs/day.txt"), R"({"dns_event": {}})");
        EXPECT_FALSE(files.contains("@intrusion_logs/more.zip"));
        EXPECT_FALSE(test::problems_of(*acquisition).contains("!"));
    }
}

TEST(AndroidQf, the_number_of_bug_reports_is_bounded)
{
    TemporaryFolder const folder;
    auto own = kOwn;
    own["bugreport.zip"] = bug_report(folder);
    for (int i = 0; i != 15; ++i)
        own[fmt::format("bugreport-{}.zip", i)] = "this is no zip";
    test::write_files(folder / "out", own);
    EXPECT_FALSE(test::problems_of(*test::opened(folder / "out")).contains("more bug reports"));
    test::write_files(folder / "out", { { "bugreport-x.zip", "this is no zip" } });
    auto const acquisition = test::opened(folder / "out");
    EXPECT_TRUE(test::problems_of(*acquisition).contains("! there are more bug reports than are examined"));
    EXPECT_EQ(test::files_of(*acquisition).at("@dumpsys/package"),
        "DUMP OF SERVICE package:\nfrom the bug report\n");
}

TEST(AndroidQf, what_cannot_be_opened_inside_is_said_and_the_rest_is_read)
{
    TemporaryFolder const folder;
    auto own = kOwn;
    own["bugreport.zip"] = "this is no zip";
    own["backup.ab"] = test::adb_backup_file({ 5, false, "secret" }, std::string(1024, '\0'));
    test::write_files(folder / "out", own);
    auto const acquisition = test::opened(folder / "out");
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(test::files_of(*acquisition).at("@dumpsys/package"), kFromOwn.at("@dumpsys/package"));
    auto const problems = test::problems_of(*acquisition);
    EXPECT_TRUE(problems.contains("! the bug report could not be read")) << problems;
    EXPECT_TRUE(problems.contains("! the backup could not be opened: it is encrypted")) << problems;
    own["backup.ab"] = "";
    test::write_files(folder / "out", own);
    auto const refused = test::opened(folder / "out");
    EXPECT_TRUE(test::problems_of(*refused).contains("the backup is empty: it was refused on the phone"));
}

TEST(AndroidQf, an_age_file_is_read_in_place_with_its_key)
{
    if (!std::filesystem::exists("/usr/bin/age-keygen"))
        GTEST_SKIP() << "age is not installed";
    TemporaryFolder const folder;
    test::write_files(folder / "out", kOwn);
    test::archive_folder(folder / "out", folder / "out.zip", ArchiveForm::zip_deflated);
    auto const run = [&](std::string const& arguments) {
        return std::system(("cd " + folder.path().string() + " && " + arguments + " 2>/dev/null").c_str());
    };
    ASSERT_EQ(run("/usr/bin/age-keygen -o key.txt && /usr/bin/age -e -i key.txt -o out.zip.age out.zip"), 0);
    OpenOptions options;
    options.identities = slurp(folder / "key.txt");
    auto const acquisition = test::opened(folder / "out.zip.age", options);
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(acquisition->kind(), AcquisitionKind::androidqf);
    EXPECT_EQ(test::files_of(*acquisition), kFromOwn);

    auto const locked = open_acquisition(folder / "out.zip.age", {});
    ASSERT_FALSE(locked.has_value());
    EXPECT_EQ(locked.error().fault, Fault::locked);
    EXPECT_TRUE(locked.error().advice.contains("--identity"));
    ASSERT_EQ(run("/usr/bin/age-keygen -o other.txt"), 0);
    options.identities = slurp(folder / "other.txt");
    EXPECT_EQ(open_acquisition(folder / "out.zip.age", options).error().fault, Fault::locked);
}

TEST(AndroidQf, an_age_file_in_its_text_form_is_read_in_place)
{
    if (!std::filesystem::exists("/usr/bin/age-keygen"))
        GTEST_SKIP() << "age is not installed";
    TemporaryFolder const folder;
    test::write_files(folder / "out", kOwn);
    test::archive_folder(folder / "out", folder / "out.zip", ArchiveForm::zip_deflated);
    auto const command = "cd " + folder.path().string()
        + " && /usr/bin/age-keygen -o key.txt 2>/dev/null && /usr/bin/age -e -a -i key.txt -o out.zip.age "
          "out.zip";
    ASSERT_EQ(std::system(command.c_str()), 0);
    OpenOptions options;
    options.identities = slurp(folder / "key.txt");
    auto const acquisition = test::opened(folder / "out.zip.age", options);
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(test::files_of(*acquisition), kFromOwn);
    auto text = slurp(folder / "out.zip.age");
    text.resize(text.size() - 40);
    test::write_files(folder.path(), { { "cut.age", text } });
    EXPECT_EQ(open_acquisition(folder / "cut.age", options).error().fault, Fault::truncated);
}

TEST(AndroidQf, a_file_that_is_no_key_is_blamed_instead_of_the_acquisition)
{
    if (!std::filesystem::exists("/usr/bin/age-keygen"))
        GTEST_SKIP() << "age is not installed";
    TemporaryFolder const folder;
    auto const command = "cd " + folder.path().string()
        + " && /usr/bin/age-keygen -o key.txt 2>pub && echo x | /usr/bin/age -e -i key.txt -o out.age";
    ASSERT_EQ(std::system(command.c_str()), 0);
    OpenOptions options;
    options.identities = slurp(folder / "pub"); // `Public key: age1...`
    auto const refused = open_acquisition(folder / "out.age", options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().message.contains("The file that --identity names"))
        << refused.error().message;
    EXPECT_TRUE(refused.error().advice.contains("AGE-SECRET-KEY")) << refused.error().advice;
}

TEST(AndroidQf, a_part_of_one_is_opened_when_nothing_else_is_there)
{
    TemporaryFolder const folder;
    test::write_files(folder / "packages", { { "packages.json", "[]" }, { "apks/com.example.apk", "PK" } });
    test::write_files(folder / "report", { { "bugreport.zip", bug_report(folder) } });
    test::write_files(folder / "dump", { { "dumpsys.txt", kDump } });
    test::write_files(folder / "backup",
        { { "backup.ab", test::adb_backup_file({ 5, false, {} }, std::string(1024, '\0')) } });
    for (auto const* const name : { "packages", "report", "dump", "backup" }) {
        auto const acquisition = test::opened(folder / name);
        ASSERT_NE(acquisition, nullptr) << name;
        EXPECT_EQ(acquisition->kind(), AcquisitionKind::androidqf) << name;
        EXPECT_TRUE(test::problems_of(*acquisition).starts_with("this is a part of what AndroidQF takes"));
    }
    EXPECT_TRUE(test::files_of(*test::opened(folder / "report")).contains("@dumpsys/package"));
    test::write_files(folder / "dump", { { "letter.txt", "x" } });
    EXPECT_FALSE(open_acquisition(folder / "dump", {}).has_value());
}

TEST(AndroidQf, change_times_of_a_copied_folder_are_not_told)
{
    TemporaryFolder const folder;
    test::write_files(folder / "out", kOwn);
    test::archive_folder(folder / "out", folder / "out.zip", ArchiveForm::zip_deflated);
    for (auto const* const name : { "out", "out.zip" })
        EXPECT_TRUE(test::opened(folder / name)->visit([&](EntryView const& view) {
            EXPECT_FALSE(view.modified || view.wall_clock) << name << ": " << view.path;
            return true;
        }));
}

TEST(AndroidQf, an_age_file_for_other_kinds_of_key_says_which)
{
    TemporaryFolder const folder;
    std::string const body(43, 'A');
    test::write_files(folder.path(),
        { { "out.zip.age",
            "age-encryption.org/v1\n-> mlkem768x25519 AAAA\n" + body + "\n-> p256tag AAAA\n" + body
                + "\n-> mlkem768x25519 AAAA\n" + body + "\n--- " + body + "\n" } });
    auto const refused = open_acquisition(folder / "out.zip.age", {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().fault, Fault::unsupported);
    EXPECT_TRUE(refused.error().message.contains("not read here: mlkem768x25519, p256tag. "))
        << refused.error().message;
    EXPECT_TRUE(refused.error().message.contains("X25519 and passphrases (scrypt) are read"));
}

TEST(AndroidQf, large_members_of_an_age_file_are_read_whole)
{
    if (!std::filesystem::exists("/usr/bin/age"))
        GTEST_SKIP() << "age is not installed";
    TemporaryFolder const folder;
    std::string large = "[\n";
    for (int i = 0; large.size() < (33U << 20U); ++i)
        large += fmt::format("{{\"path\": \"/data/{}\"}}\n", i);
    test::write_files(folder / "out", { { "files.json", large }, { "packages.json", "[]" } });
    test::archive_folder(folder / "out", folder / "out.zip", ArchiveForm::zip_deflated);
    auto const command = "cd " + folder.path().string()
        + " && /usr/bin/age-keygen -o key.txt 2>/dev/null && /usr/bin/age -e -i key.txt -o out.zip.age "
          "out.zip";
    ASSERT_EQ(std::system(command.c_str()), 0);
    OpenOptions options;
    options.identities = slurp(folder / "key.txt");
    auto const acquisition = test::opened(folder / "out.zip.age", options);
    ASSERT_NE(acquisition, nullptr);
    EXPECT_TRUE(test::files_of(*acquisition).at("@androidqf/files.json") == large);
    for (auto const& problem : acquisition->problems())
        EXPECT_FALSE(problem.damage) << problem.message;
}

TEST(AndroidQf, real_acquisitions_are_recognized)
{
    auto const* const data = std::getenv("EXHIBIT_TEST_DATA");
    if (data == nullptr)
        GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
    std::filesystem::path const root { data };
    OpenOptions options;
    options.password = [] { return std::optional<std::string> { "123456" }; };
    for (auto const* const name :
        { "mvt-fixtures/androidqf", "mvt-fixtures/androidqf.zip", "mvt-history/androidqf" }) {
        auto const acquisition = test::opened(root / name, options);
        ASSERT_NE(acquisition, nullptr);
        EXPECT_EQ(acquisition->kind(), AcquisitionKind::androidqf) << name;
        EXPECT_FALSE(test::problems_of(*acquisition).contains("!")) << test::problems_of(*acquisition);
    }
    auto const whole = test::opened(root / "mvt-fixtures/androidqf", options);
    auto const files = test::files_of(*whole);
    EXPECT_TRUE(files.contains("@dumpsys/accessibility"));
    EXPECT_TRUE(files.contains("@androidqf/files.json"));
    EXPECT_TRUE(files.contains("/data/user_de/0/com.android.providers.telephony/files/000000_sms_backup"));
}

/// What a Windows shell saves when it is told to write what a program prints into a file.
std::string as_utf16(std::string_view text)
{
    std::string out = "\xFF\xFE";
    for (char const c : text)
        out.append({ c, '\0' });
    return out;
}

TEST(AndroidQf, texts_in_utf_16_are_read)
{
    TemporaryFolder const folder;
    auto files = kOwn;
    files["dumpsys.txt"] = as_utf16(kDump);
    files["getprop.txt"] = as_utf16(kOwn.at("getprop.txt"));
    test::write_files(folder / "qf", files);
    auto const acquisition = test::opened(folder / "qf");
    ASSERT_NE(acquisition, nullptr);
    EXPECT_EQ(test::fact_of(*acquisition, "device.time_zone"), "Europe/Berlin");
    auto const read = test::files_of(*acquisition);
    EXPECT_EQ(read.at("@dumpsys/package"), "DUMP OF SERVICE package:\nfrom dumpsys\n");
    EXPECT_EQ(read.at("@dumpsys/adb"), "DUMP OF SERVICE adb:\nonly here\n");
    EXPECT_EQ(read.at("@androidqf/dumpsys.txt"), files["dumpsys.txt"]);

    test::write_files(folder / "text",
        { { "dump.txt", as_utf16(std::string(79, '-') + "\nDUMP OF SERVICE adb:\nonly here\n") } });
    auto const text = test::opened(folder / "text" / "dump.txt");
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(text->kind(), AcquisitionKind::android_bugreport);
    EXPECT_TRUE(test::files_of(*text).contains("@dumpsys/adb"));
}

TEST(AndroidQf, what_a_bug_report_has_only_cut_is_read_from_the_dump_beside_it_too)
{
    TemporaryFolder const folder;
    auto files = kOwn;
    std::string const cut
        = "DUMP OF SERVICE package:\nfrom\n*** SERVICE 'package' DUMP TIMEOUT (10000ms) EXPIRED ***\n";
    files["bugreport.zip"] = archive_of(folder, ArchiveForm::zip_deflated,
        { { "main_entry.txt", "bugreport-x.txt" },
            { "bugreport-x.txt", cut + "DUMP OF SERVICE adb:\nfrom the bug report\n" } });
    test::write_files(folder / "qf", files);
    auto const acquisition = test::opened(folder / "qf");
    ASSERT_NE(acquisition, nullptr);
    std::vector<std::string> stored;
    EXPECT_TRUE(acquisition->visit([&](EntryView const& view) {
        if (view.path.starts_with("@dumpsys/"))
            stored.emplace_back(view.stored);
        return true;
    }));
    EXPECT_EQ(stored,
        (std::vector<std::string> { "bugreport.zip/bugreport-x.txt#dumpsys/adb",
            "bugreport.zip/bugreport-x.txt#dumpsys/package", "dumpsys.txt#dumpsys/package" }));
    EXPECT_TRUE(test::problems_of(*acquisition).contains("did not finish their dump")) << "of package";
    EXPECT_TRUE(
        test::problems_of(*acquisition).contains("1 section is read from the bug report and not from"));
}

TEST(AndroidQf, every_bug_report_in_the_folder_is_read)
{
    TemporaryFolder const folder;
    auto files = kOwn;
    files["bugreport.zip"] = bug_report(folder);
    files["bugreport-older.zip"] = bug_report(folder);
    test::write_files(folder / "qf", files);
    auto const acquisition = test::opened(folder / "qf");
    ASSERT_NE(acquisition, nullptr);
    std::vector<std::string> stored;
    EXPECT_TRUE(acquisition->visit([&](EntryView const& view) {
        if (view.path == "@dumpsys/package")
            stored.emplace_back(view.stored);
        return true;
    }));
    EXPECT_EQ(stored,
        (std::vector<std::string> { "bugreport.zip/bugreport-x.txt#dumpsys/package",
            "bugreport-older.zip/bugreport-x.txt#dumpsys/package" }));
    EXPECT_FALSE(test::problems_of(*acquisition).contains("more than one"));
}

} // namespace
