#include "formats/plist/json.hpp"
#include "formats/plist/keyed_archive.hpp"
#include "formats/sqlite/database.hpp"
#include "support/sqlite_files.hpp"

#include <cstdlib>
#include <filesystem>

namespace exhibit::plist {
namespace {

/// Published property lists, and what an independent reader makes of them.
class PlistRealData : public testing::Test {
protected:
    void SetUp() override
    {
        auto const* const folder = std::getenv("EXHIBIT_TEST_DATA");
        if (folder == nullptr)
            GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
        m_folder = folder;
    }

    Result<Document> parse(std::string const& name)
    {
        m_bytes = test::read_file(m_folder / name);
        return Document::parse(m_bytes);
    }

    Value root(std::string const& name)
    {
        auto document = parse(name);
        if (!document)
            return {};
        m_document.emplace(std::move(*document));
        return m_document->root();
    }

    std::filesystem::path m_folder;
    std::vector<std::byte> m_bytes;
    std::optional<Document> m_document;
};

TEST_F(PlistRealData, odd_widths_of_references_and_offsets_are_read)
{
    for (char width = '1'; width <= '8'; ++width) {
        std::string const plural = width == '1' ? "" : "s";
        EXPECT_EQ(root("libplist/test/data/dictref" + std::string { width } + "byte" + plural + ".bplist")
                      .find("A")
                      .as_text(),
            "B");
        EXPECT_EQ(root("libplist/test/data/off" + std::string { width } + "byte" + plural + ".bplist")
                      .find("A")
                      .as_text(),
            "B");
    }
}

TEST_F(PlistRealData, values_are_those_of_an_independent_reader)
{
    std::string const data = "libplist/test/data/";
    EXPECT_EQ(root(data + "signed.bplist").as_int(), -1);
    EXPECT_EQ(root(data + "unsigned.bplist").as_digits(), "18446744073709551615");
    EXPECT_EQ(root(data + "uid.bplist").as_uid(), 7U);
    EXPECT_EQ(root(data + "hex.plist").as_int(), 7932961166869);
    for (std::string const form : { "bplist", "plist" }) {
        auto const numbers = root(data + "signedunsigned." + form);
        EXPECT_EQ(to_json(numbers).text,
            "[-1,18446744073709551615,9223372036854775807,-9223372036854775808,9223372036854775808]");
        EXPECT_EQ(to_json(root(data + "order." + form)).text,
            R"({"test":[1,1],"foo":[[1],{"test":"foo"},[1],[1]]})");
    }
    EXPECT_EQ(root(data + "6.plist").size(), 4000U);
    EXPECT_EQ(root(data + "empty_keys.plist").find("").as_text(), "empty key");
    EXPECT_EQ(root(data + "7.plist").find("Time1").as_date()->utc, from_text("2010-11-12T13:14:15Z"));
    EXPECT_EQ(
        root(data + "entities.plist").find("some test entitites").find("copyright").as_text(), "\u00A9");
    EXPECT_EQ(
        root("plaso/plist/InstallHistory.plist").at(0).find("displayVersion").as_text(), "10.9 (13A603)");
    EXPECT_EQ(root("plaso/plist/com.apple.bluetooth.plist").find("BluetoothVersionNumber").as_int(), 3);
    EXPECT_EQ(root("plaso/plist/leading_whitespace.plist")
                  .find("RememberedNetworks")
                  .at(0)
                  .find("AutoLogin")
                  .as_bool(),
        false);
}

TEST_F(PlistRealData, broken_lists_are_refused)
{
    for (std::string const name :
        { "libplist/test/data/recursion.bplist", "libplist/test/data/invalid_tag.plist",
            "plaso/plist/empty.plist", "plaso/plist/truncated.plist" }) {
        auto const document = parse(name);
        ASSERT_FALSE(document) << name;
        EXPECT_EQ(document.error().fault, Fault::malformed) << name;
    }
}

TEST_F(PlistRealData, inputs_that_crashed_another_reader_end_in_values_or_errors)
{
    std::size_t files = 0;
    for (auto const& entry : std::filesystem::recursive_directory_iterator { m_folder / "libplist/fuzz" }) {
        if (!entry.is_regular_file())
            continue;
        auto const bytes = test::read_file(entry.path());
        if (auto const document = Document::parse(bytes)) {
            EXPECT_FALSE(to_json(document->root()).text.empty());
        }
        if (auto const archive = KeyedArchive::parse(bytes)) {
            EXPECT_FALSE(to_json(archive->root()).text.empty());
        }
        ++files;
    }
    EXPECT_GT(files, 50U);
}

TEST_F(PlistRealData, every_row_of_a_real_manifest_is_a_backup_file)
{
    auto const bytes = test::read_file(m_folder / "mvt-fixtures/ios_backup/Manifest.db");
    MemorySource const source { bytes };
    auto const database = sqlite::Database::open(source).value();
    auto statement = database.prepare("SELECT file, relativePath, flags FROM Files").value();
    std::size_t rows = 0;
    std::size_t keys = 0;
    std::size_t digests = 0;
    std::size_t targets = 0;
    std::size_t attributes = 0;
    while (statement.step().value()) {
        auto const archive = KeyedArchive::parse(statement.blob(0));
        ASSERT_TRUE(archive) << archive.error().what;
        auto const& root = archive->root();
        ASSERT_EQ(root.class_name(), "MBFile");
        EXPECT_EQ(root.find("RelativePath").as_text(), statement.text(1));
        EXPECT_TRUE(root.find("Size").as_int());
        bool const directory = (root.find("Mode").as_int().value_or(0) & 0170000) == 0040000;
        EXPECT_EQ(directory, statement.integer(2) == 2);
        auto const key = root.find("EncryptionKey").as_data();
        EXPECT_TRUE(!key || key->size() == 44);
        auto const digest = root.find("Digest").as_data();
        EXPECT_TRUE(!digest || digest->size() == 20);
        keys += key ? 1U : 0U;
        digests += digest ? 1U : 0U;
        targets += root.find("Target").as_text() ? 1U : 0U;
        attributes += root.find("ExtendedAttributes") ? 1U : 0U;
        ++rows;
    }
    EXPECT_EQ(rows, 3721U);
    EXPECT_EQ(keys, 1089U);
    EXPECT_EQ(digests, 477U);
    EXPECT_EQ(targets, 14U);
    EXPECT_EQ(attributes, 77U);
}

} // namespace
} // namespace exhibit::plist
