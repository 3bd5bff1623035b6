#include "engine/hashes.hpp"

#include "engine/file_list.hpp"
#include "formats/crypto/digest.hpp"
#include "support/memory_acquisition.hpp"

#include <algorithm>
#include <fmt/format.h>
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
