#include "engine/plan.hpp"

#include "artifact/registry.hpp"
#include "base/text.hpp"
#include "engine/unread_stores.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using namespace exhibit;
using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::array<Column, 0> kNoColumns {};
struct Nothing { };
constexpr auto kTable = table<Nothing>("test_nothing", "Nothing.", Relation::context, kNoColumns);
constexpr std::array<Table const*, 1> kTables { &kTable };
constexpr std::array kPaths { "/data/a.db"sv, "/data/many/**"sv, "@backup/list"sv, "@dumpsys/wanted"sv };
constexpr Artifact kArtifact { "test.database", "Database", "Databases.", Platform::android, kPaths, kTables,
    [](Input const&, Context&) -> Result<void> { return {}; } };
constexpr std::array<Artifact const*, 1> kArtifacts { &kArtifact };

struct Stored {
    std::string_view path;
    std::string_view stored;
    std::uint64_t size = 1;
};

/// Files of which several may have one path.
class Copies final : public Acquisition {
public:
    explicit Copies(std::vector<Stored> files)
        : m_files(std::move(files))
    {
    }

    [[nodiscard]] AcquisitionKind kind() const override { return AcquisitionKind::androidqf; }
    [[nodiscard]] std::string description() const override { return "files of a test"; }
    [[nodiscard]] std::vector<Fact> facts() const override { return {}; }
    [[nodiscard]] Result<void> visit(std::function<bool(EntryView const&)> const& visitor) const override
    {
        for (std::size_t i = 0; i != m_files.size(); ++i) {
            EntryView view;
            view.path = m_files[i].path;
            view.stored = m_files[i].stored;
            view.handle = i;
            view.size = m_files[i].size;
            if (!visitor(view))
                break;
        }
        return {};
    }
    void visit_own_files(std::function<bool(EntryView const&)> const& visitor) const override
    {
        bool is_own = true;
        (void)visit([&](EntryView const& view) {
            is_own = is_own && view.path.starts_with("@backup/");
            return is_own && visitor(view);
        });
    }
    [[nodiscard]] Result<std::unique_ptr<Source>> open(Entry const&) const override
    {
        return fail(Fault::missing, "nothing is opened while planning");
    }
    [[nodiscard]] std::vector<Problem> problems() const override { return {}; }

private:
    std::vector<Stored> m_files;
};

/// `database+wal` of every task, as stored.
std::vector<std::string> planned(std::vector<Stored> files)
{
    Copies const acquisition { std::move(files) };
    std::vector<std::string> tasks;
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    for (auto const& task : plan.tasks)
        tasks.push_back(task.entry.stored + "+" + (task.wal ? task.wal->stored : "none"));
    return tasks;
}

using Tasks = std::vector<std::string>;

TEST(Plan, of_two_databases_with_one_path_each_gets_the_log_that_is_stored_beside_it)
{
    EXPECT_EQ(planned({ { "/data/a.db", "one/a.db" }, { "/data/a.db-wal", "one/a.db-wal" },
                  { "/data/a.db", "two/a.db" }, { "/data/a.db-wal", "two/a.db-wal" } }),
        (Tasks { "one/a.db+one/a.db-wal", "two/a.db+two/a.db-wal" }));
}

TEST(Plan, a_log_that_is_stored_beside_one_database_is_given_to_no_other)
{
    EXPECT_EQ(planned({ { "/data/a.db", "one/a.db" }, { "/data/a.db", "two/a.db" },
                  { "/data/a.db-wal", "two/a.db-wal" } }),
        (Tasks { "one/a.db+none", "two/a.db+two/a.db-wal" }));
}

TEST(Plan, a_log_that_is_stored_elsewhere_belongs_to_the_database_of_its_path)
{
    EXPECT_EQ(planned({ { "/data/a.db", "0a/0a12" }, { "/data/a.db-wal", "1b/1b34" } }),
        (Tasks { "0a/0a12+1b/1b34" }));
}

TEST(Plan, a_log_whose_database_is_gone_is_read_alone)
{
    Copies const acquisition { { { "/data/a.db-journal", "1b/1b34" }, { "/data/a.db-wal", "0a/0a12" },
        { "/data/many/b", "b" } } };
    Tasks tasks;
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    for (auto const& task : plan.tasks)
        tasks.push_back(
            fmt::format("{} {} {} {}", task.number, task.entry_id, task.entry.stored, task.log_alone));
    EXPECT_EQ(tasks, (Tasks { "1 1 b ", "2 2 1b/1b34 -journal", "3 3 0a/0a12 -wal" }));
}

TEST(Plan, a_log_that_is_empty_or_a_file_like_any_other_is_not_read_alone)
{
    EXPECT_EQ(planned({ { "/data/a.db-wal", "a.db-wal", 0 }, { "/data/many/b-wal", "b-wal" } }),
        Tasks { "b-wal+none" });
}

TEST(Plan, of_two_copies_the_log_without_its_database_is_read_alone)
{
    EXPECT_EQ(planned({ { "/data/a.db", "one/a.db" }, { "/data/a.db-wal", "one/a.db-wal" },
                  { "/data/a.db-wal", "two/a.db-wal" } }),
        (Tasks { "one/a.db+one/a.db-wal", "two/a.db-wal+none" }));
}

TEST(Plan, the_files_of_the_backup_itself_come_first_and_are_told_before_the_rest)
{
    Copies const acquisition { { { "@backup/list", "list" }, { "@backup/list-wal", "list-wal" },
        { "/data/many/b", "b" }, { "/data/a.db", "a" }, { "@backup/list", "late" } } };
    Tasks told;
    auto const plan = make_plan(acquisition, kArtifacts, {}, [&](TaskList const& own) {
        for (auto const& task : own)
            told.push_back(task.entry.stored + "+" + (task.wal ? task.wal->stored : "none"));
    }).value();
    EXPECT_EQ(told, Tasks { "list+list-wal" });
    EXPECT_EQ(plan.entries_seen, 5U);
    EXPECT_EQ(plan.files_seen, 5U);
    EXPECT_EQ(plan.files_unread, 0U);
    Tasks all;
    for (auto const& task : plan.tasks)
        all.push_back(fmt::format("{} {} {}", task.number, task.entry_id, task.entry.stored));
    EXPECT_EQ(all, (Tasks { "1 1 list", "2 3 a", "3 2 b", "4 4 late" }));
}

TEST(Plan, what_no_artifact_wants_is_counted)
{
    Copies const acquisition { { { "/data/a.db", "a" }, { "/data/a.db-wal", "a-wal" },
        { "/data/photo", "photo" }, { "/data/other.db-wal", "other" } } };
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    EXPECT_EQ(plan.files_seen, 4U);
    EXPECT_EQ(plan.files_unread, 2U);
}

TEST(Plan, a_file_of_which_only_the_first_bytes_are_looked_at_counts_as_unread)
{
    static constexpr std::array all { "/data/**"sv };
    static constexpr Artifact glancing { .id = "test.glancing",
        .title = "First bytes",
        .doc = "First bytes.",
        .platform = Platform::android,
        .paths = all,
        .tables = kTables,
        .parse = [](Input const&, Context&) -> Result<void> { return {}; },
        .first_bytes = true };
    constexpr std::array<Artifact const*, 2> both { &kArtifact, &glancing };
    Copies const acquisition { { { "/data/a.db", "a" }, { "/data/a.db-wal", "a-wal" },
        { "/data/photo", "photo" }, { "/data/other.db", "other" }, { "/data/other.db-wal", "other-wal" } } };
    auto const plan = make_plan(acquisition, both, {}).value();
    EXPECT_EQ(plan.files_seen, 5U);
    EXPECT_EQ(plan.files_unread, 3U);
}

TEST(Plan, sections_that_no_artifact_wants_are_named_once)
{
    Copies const acquisition { { { "@dumpsys/wanted", "a" }, { "@dumpsys/b", "b" },
        { "@dumpsys/b", "b again" }, { "@dumpstate/a", "c" }, { "/data/photo", "photo" } } };
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    EXPECT_EQ(plan.sections_unread, (std::vector { "@dumpstate/a"s, "@dumpsys/b"s }));
    EXPECT_EQ(plan.files_seen, 1U) << "sections of a dump are no files";
    EXPECT_EQ(plan.files_unread, 1U);
}

TEST(Plan, known_stores_that_no_artifact_reads_are_named_with_the_number_of_their_files)
{
    Copies const acquisition { { { "/private/var/db/diagnostics/Persist/1.tracev3", "1" },
        { "/private/var/db/diagnostics/Special/2.tracev3", "2" },
        { "/private/var/wireless/Library/Databases/CellularUsage.db", "3" },
        { "/private/var/mobile/Library/Databases/CellularUsage.db", "4" } } };
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    EXPECT_EQ(plan.stores_unread, (std::vector { "SIM cards: 1 file"s, "unified log (tracev3): 2 files"s }));
}

TEST(Plan, what_a_sysdiagnose_and_web_views_keep_unread_is_named)
{
    auto const diagnosis = "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/"
                           "sysdiagnose_2024.05.03_10-00-00+0000_iPhone-OS_iPhone_21A329/"s;
    auto const containers = "/private/var/mobile/Containers/Data/"s;
    std::array const paths { diagnosis + "system_logs.logarchive/Persist/0000000000000001.tracev3",
        diagnosis + "spindump-nosymbols.txt", diagnosis + "taskinfo.txt",
        containers + "PluginKitPlugin/A/Library/Caches/WebKit/CacheStorage/B/C",
        containers + "Application/A/Library/WebKit/WebsiteDataStore/B/Origins/C/C/CacheStorage/D/E" };
    Copies const acquisition { { { paths[0], "1" }, { paths[1], "2" }, { paths[2], "3" }, { paths[3], "4" },
        { paths[4], "5" } } };
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    EXPECT_EQ(plan.stores_unread,
        (std::vector { "caches that web sites keep themselves: 2 files"s,
            "programs that ran when a sysdiagnose was made: 2 files"s, "unified log (tracev3): 1 file"s }));
}

/// Some look at the first bytes of files in many folders, and `ios.filesystem` at none.
TEST(Plan, no_artifact_reads_a_store_that_is_called_unread)
{
    for (auto const& store : unread_stores()) {
        std::string path { store.path };
        for (auto at = path.find('*'); at != std::string::npos; at = path.find('*'))
            path.replace(at,
                path.compare(at, 3, "**/") == 0      ? 3
                    : path.compare(at, 2, "**") == 0 ? 2
                                                     : 1,
                path.compare(at, 3, "**/") == 0 ? "mobile/Library/" : "X");
        ASSERT_TRUE(glob_match(store.path, path)) << path;
        for (auto const* artifact : artifacts())
            for (auto const pattern : artifact->paths)
                EXPECT_TRUE(artifact->first_bytes || !glob_match(pattern, path))
                    << artifact->id << " reads " << path;
    }
}

TEST(Plan, very_many_files_are_in_the_order_of_their_paths)
{
    std::vector<std::string> paths { "/data/many/", "/data/many/\xFF" };
    for (int i = 0; i != 2000; ++i)
        paths.push_back(fmt::format("/data/many/{}/a long name that all have {}", i % 7, i * 7919 % 2003));
    std::vector<Stored> files;
    for (auto const& path : paths)
        files.push_back({ path, path });
    Copies const acquisition { files };
    auto const plan = make_plan(acquisition, kArtifacts, {}).value();
    std::ranges::sort(paths);
    std::vector<std::string> planned_paths;
    for (auto const& task : plan.tasks)
        planned_paths.push_back(task.entry.path);
    EXPECT_EQ(planned_paths, paths);
}

} // namespace
