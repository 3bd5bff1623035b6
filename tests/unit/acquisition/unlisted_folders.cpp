#include "acquisition/folder_container.hpp"
#include "acquisition/ios_backup/backup.hpp"
#include "support/backup_builder.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <map>

namespace {

using namespace exhibit;

/// A folder of which one below it may not be listed.
class Sealed final : public Container {
public:
    Sealed(std::shared_ptr<Container const> whole, std::string sealed)
        : m_whole(std::move(whole))
        , m_sealed(std::move(sealed))
    {
    }
    [[nodiscard]] std::string_view form() const override { return m_whole->form(); }
    [[nodiscard]] Result<void> visit(std::string_view folder, NodeVisitor const& visitor) const override
    {
        return m_whole->visit(folder, visitor);
    }
    [[nodiscard]] Result<void> children(
        std::string_view folder, Detail detail, NodeVisitor const& visitor) const override
    {
        if (folder == m_sealed)
            return fail(Fault::io, "the folder cannot be opened");
        return m_whole->children(folder, detail, visitor);
    }
    [[nodiscard]] std::optional<Node> find(std::string_view path) const override
    {
        return m_whole->find(path);
    }
    [[nodiscard]] Result<std::unique_ptr<Source>> open(std::string_view path) const override
    {
        return m_whole->open(path);
    }

private:
    std::shared_ptr<Container const> m_whole;
    std::string m_sealed;
};

TEST(IosBackup, what_lies_in_a_folder_that_cannot_be_listed_is_not_said_to_be_missing)
{
    test::TemporaryFolder const folder;
    test::BackupBuilder backup { folder / "b", {} };
    backup.add_file("HomeDomain", "Library/SMS/sms.db", "messages"); // 3d0d7e5f...
    backup.add({ .domain = "HomeDomain", .path = "Library/gone", .content = "x", .has_payload = false });
    backup.add_file("RootDomain", "Library/here", "x");
    backup.finish();
    auto const sealed = std::make_shared<Sealed>(FolderContainer::open_folder(folder / "b").value(), "3d");
    auto const acquisition = ios_backup::IosBackup::open_backup(sealed, "", {});
    ASSERT_TRUE(acquisition.has_value());
    ASSERT_TRUE((*acquisition)->visit([](EntryView const&) { return true; }));
    std::map<std::string, std::string> problems;
    for (auto const& problem : (*acquisition)->problems()) {
        EXPECT_TRUE(problem.damage);
        EXPECT_EQ(problem.count, 1U);
        problems[problem.message] = problem.stored;
    }
    std::map<std::string, std::string> const expected {
        { "folders of the backup could not be listed; check the permissions and the disk", "" },
        { "the manifest lists files that lie in folders of the backup that could not be listed",
            "HomeDomain::Library/SMS/sms.db" },
        { "the manifest lists files that the backup does not hold", "HomeDomain::Library/gone" },
    };
    EXPECT_EQ(problems, expected);
}

} // namespace
