#include "engine/hashes.hpp"

#include "acquisition/file_source.hpp"
#include "engine/entry_queue.hpp"
#include "engine/file_list.hpp"
#include "formats/crypto/digest.hpp"
#include "support/memory_acquisition.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <mutex>

namespace {

using namespace exhibit;
using exhibit::test::MemoryAcquisition;

MemoryAcquisition sample(int files)
{
    std::vector<std::pair<std::string, std::string>> content { { "/private/var/a", "abc" },
        { "/private/var/empty", "" }, { "/private/var/large", std::string(1'000'000, 'x') } };
    for (int i = 0; i != files; ++i)
        content.emplace_back(fmt::format("/private/var/many/{}", i), std::to_string(i));
    return { AcquisitionKind::ios_file_system, std::move(content) };
}

Hashes hash(Acquisition const& acquisition, HashOptions const& options)
{
    Progress progress;
    return hash_files(acquisition, options, progress).value();
}

TEST(Hashes, every_file_has_the_digests_that_were_asked_for)
{
    auto const acquisition = sample(0);
    auto const hashes = hash(acquisition, { .jobs = 2, .md5 = true, .sha1 = true, .stop = {} });
    ASSERT_EQ(hashes.files.size(), 3U);
    std::string small;
    ASSERT_TRUE(acquisition.visit([&](EntryView const& view) {
        auto const& digests = hashes.files.at({ view.handle, std::string { view.stored } });
        EXPECT_EQ(digests.sha256.size(), 64U);
        if (view.path == "/private/var/a")
            small = digests.sha256 + ' ' + digests.md5 + ' ' + digests.sha1;
        return true;
    }));
    EXPECT_EQ(small,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 900150983cd24fb0d6963f7d28e17f72 "
        "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Hashes, the_digest_of_the_acquisition_is_that_of_the_sorted_lines_on_any_number_of_threads)
{
    auto const acquisition = sample(3000);
    auto const one = hash(acquisition, { .jobs = 1, .stop = {} });
    std::vector<std::string> lines;
    ASSERT_TRUE(acquisition.visit([&](EntryView const& view) {
        lines.push_back(fmt::format("{}  {}\n", one.find(view.handle, view.stored)->sha256, view.stored));
        return true;
    }));
    std::ranges::sort(lines);
    std::string text;
    for (auto const& line : lines)
        text += line;
    EXPECT_EQ(one.acquisition, sha256_hex(as_bytes(text)));
    EXPECT_EQ(hash(acquisition, { .jobs = 3, .stop = {} }).acquisition, one.acquisition);
    EXPECT_NE(hash(sample(2999), { .jobs = 1, .stop = {} }).acquisition, one.acquisition);
    EXPECT_EQ(one.unreadable, 0U);
}

class Seen final : public ContentObserver {
public:
    [[nodiscard]] std::uint64_t largest() const override { return 1000; }
    void look(Entry const& entry, std::optional<Bytes> content) noexcept override
    {
        std::scoped_lock const lock { m_mutex };
        seen[entry.path] = content ? std::string { as_text(*content) } : "not shown";
    }
    std::map<std::string, std::string> seen;

private:
    std::mutex m_mutex;
};

TEST(Hashes, an_observer_sees_what_is_hashed_and_changes_no_digest)
{
    auto const acquisition = sample(10);
    Seen observer;
    auto const hashes = hash(acquisition, { .jobs = 2, .md5 = true, .stop = {}, .observer = &observer });
    EXPECT_EQ(hashes.acquisition, hash(acquisition, { .jobs = 1, .stop = {} }).acquisition);
    EXPECT_EQ(observer.seen.size(), 12U) << "the empty file is not shown";
    EXPECT_EQ(observer.seen["/private/var/a"], "abc");
    EXPECT_EQ(observer.seen["/private/var/large"], "not shown");
    EXPECT_EQ(observer.seen["/private/var/many/7"], "7");
}

TEST(Hashes, a_run_that_was_stopped_says_so)
{
    std::stop_source stop;
    stop.request_stop();
    Progress progress;
    auto const hashes = hash_files(sample(5000), { .jobs = 2, .stop = stop.get_token() }, progress);
    ASSERT_FALSE(hashes.has_value());
    EXPECT_EQ(hashes.error().fault, Fault::cancelled);
}

/// Its files are on disk; one of them becomes shorter as soon as it is opened.
class ShrinkingAcquisition final : public Acquisition {
public:
    ShrinkingAcquisition(Acquisition const& files, std::filesystem::path folder)
        : m_files(files)
        , m_folder(std::move(folder))
    {
    }

    [[nodiscard]] AcquisitionKind kind() const override { return m_files.kind(); }
    [[nodiscard]] std::string description() const override { return m_files.description(); }
    [[nodiscard]] std::vector<Fact> facts() const override { return {}; }
    [[nodiscard]] std::vector<Problem> problems() const override { return {}; }
    [[nodiscard]] Result<void> visit(std::function<bool(EntryView const&)> const& visitor) const override
    {
        return m_files.visit(visitor);
    }
    [[nodiscard]] Result<std::unique_ptr<Source>> open(Entry const& entry) const override
    {
        auto const held = EXHIBIT_TRY(m_files.open(entry));
        auto const content = std::string { as_text(held->in_memory()) };
        auto const path = m_folder / std::to_string(entry.handle);
        std::ofstream { path, std::ios::binary } << content;
        auto opened = open_file(path);
        if (entry.path == "/private/var/large")
            std::filesystem::resize_file(path, 150'000);
        return opened;
    }

private:
    Acquisition const& m_files;
    std::filesystem::path m_folder;
};

TEST(Hashes, a_file_that_becomes_shorter_while_it_is_read_has_no_digest_and_is_counted)
{
    test::TemporaryFolder const folder;
    auto const files = sample(2);
    ShrinkingAcquisition const shrinking { files, folder.path() };
    auto const hashes = hash(shrinking, { .jobs = 2, .md5 = true, .sha1 = true, .stop = {} });
    EXPECT_EQ(hashes.unreadable, 1U);
    EXPECT_EQ(hashes.files.size(), 4U);
    for (auto const& [key, digests] : hashes.files)
        EXPECT_NE(key.second, "/private/var/large");
}

TEST(Hashes, a_file_on_disk_has_the_digests_that_its_bytes_have_in_memory)
{
    test::TemporaryFolder const folder;
    std::string content;
    for (int i = 0; content.size() < 300'001; ++i)
        content += std::to_string(i);
    MemoryAcquisition const files { AcquisitionKind::ios_file_system, { { "/private/var/a", content } } };
    ShrinkingAcquisition const on_disk { files, folder.path() };
    HashOptions const options { .jobs = 1, .md5 = true, .sha1 = true, .stop = {} };
    auto const held = hash(files, options).files.begin()->second;
    auto const read = hash(on_disk, options).files.begin()->second;
    EXPECT_EQ(held.sha256, sha256_hex(as_bytes(content)));
    EXPECT_EQ(read.sha256, held.sha256);
    EXPECT_EQ(read.md5, held.md5);
    EXPECT_EQ(read.sha1, held.sha1);
}

TEST(EntryQueue, large_files_come_first_and_the_others_in_the_order_of_the_visit)
{
    EntryQueue queue;
    for (std::uint64_t const megabytes : { 1U, 20U, 2U, 900U, 0U, 40U }) {
        Entry entry;
        entry.size = megabytes << 20U;
        queue.put(std::move(entry));
    }
    queue.close();
    std::vector<std::uint64_t> order;
    while (auto const entry = queue.take())
        order.push_back(entry->size >> 20U);
    EXPECT_EQ(order, (std::vector<std::uint64_t> { 900, 40, 20, 1, 2, 0 }));
}

TEST(FileList, an_acquisition_has_its_list_of_files_as_one_entry_more)
{
    MemoryAcquisition const acquisition { AcquisitionKind::ios_file_system,
        { { "/private/var/a", "abc" }, { "/private/var/odd\n\t\\name", "" } } };
    auto const hashes = hash(acquisition, { .jobs = 1, .stop = {} });
    FileListed const listed { acquisition, &hashes };
    std::vector<Entry> entries;
    ASSERT_TRUE(listed.visit([&](EntryView const& view) {
        entries.emplace_back(view);
        return true;
    }));
    ASSERT_EQ(entries.size(), 3U);
    ASSERT_EQ(entries.back().path, kFileListPath);
    auto const source = listed.open(entries.back()).value();
    auto const text = std::string { as_text(source->in_memory()) };
    EXPECT_EQ(std::ranges::count(text, '\n'), 2);
    EXPECT_TRUE(text.find("\tba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\t-\t-\t"
                          "/private/var/a\t")
        != std::string::npos)
        << text;
    EXPECT_TRUE(text.find("/private/var/odd\\n\\t\\\\name\t") != std::string::npos) << text;
    EXPECT_EQ(listed.open(entries.front()).value()->size(), 3U);
}

} // namespace
